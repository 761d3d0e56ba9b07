#pragma once
// Why an instrument has no score, or an old one: the column and the bar behind it, in the user's words.

#include <span>
#include <vector>

#include "market.h"
#include "momentum/score/record.h"
#include "scored_panel.h"

namespace momentum::engine {

// Writes the reason of every record of status bad_data and stale: the column that is missing on most bars (for a stale one:
// after its scored row), from which bar on, the input whose missing value is behind it, and whether a shorter history would
// help. Evaluates those lanes once more, every column on every row; nothing where there are none.
Result<void> explain_missing(const Context& ctx, const Profile& profile, std::span<const Lane> lanes,
                             const ScanRequest& request, Date session, std::vector<score::Record>& records);

// "1 bar", "7 bars".
Wording bars_text(std::size_t n);

}  // namespace momentum::engine
