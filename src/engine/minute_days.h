#pragma once
// The days of bars of minutes: of each instrument, and as sessions where bars of days tell of none.

#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/catalog/state.h"

namespace momentum::engine {

// By instrument id: its first and its last day with bars of minutes, and how many bars. Reads the extents of the state alone.
std::vector<catalog::Coverage> minute_coverage(const catalog::State& state);

// By group, the days outside of those from its first session of days to its last one that are sessions by its bars of minutes
// (session_days.h): all of them in a store without bars of days. `coverage` is that of minutes. Reads no file where there are
// none outside, else the days of all minutes of such a group.
// Errors: damaged_store, no_permission, interrupted.
Result<std::vector<catalog::MarketDays>> sessions_of_minutes(const Context& ctx, const std::string& folder,
                                                             const catalog::State& state,
                                                             const std::vector<catalog::Coverage>& coverage);

}  // namespace momentum::engine
