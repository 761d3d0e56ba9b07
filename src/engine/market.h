#pragma once
// The bars of a market in memory: what a source delivered, as plain spans, cut to a session.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/engine/scan.h"
#include "momentum/panel/adjustment.h"
#include "momentum/sources/bar_set.h"

namespace momentum::engine {

// Columns of one instrument as the compute plane reads them: NaN for missing. Views into the Arrow buffers where they hold
// no nulls, into `storage` where they do.
struct Bars {
  std::span<const std::int32_t> dates;
  std::span<const double> open, high, low, close, volume;
  std::span<const double> amount, preclose;  // empty if the source has none
  std::vector<std::shared_ptr<const std::vector<double>>> storage;
  std::shared_ptr<arrow::Table> table;

  // Rows [first, last) of all columns.
  Bars slice(std::size_t first, std::size_t last) const;
};

Result<Bars> bars_from_arrow(const std::shared_ptr<arrow::Table>& table);
// The name and the industry on a row; empty if the table has no such column or no word there.
std::string name_at(const Bars& bars, std::size_t row);
std::string industry_at(const Bars& bars, std::size_t row);
// The words of the industry column, each once: every industry that a row names.
std::vector<std::string> industries_of(const Bars& bars);

struct Market {
  sources::BarSet set;
  std::vector<Instrument> ids;
  std::vector<Bars> bars;  // as read, all of them
  std::vector<std::int32_t> sessions;  // ascending
};

// Reads the input and prepares it. `report`, if not null, gets the account of reading.
Result<Market> open_market(const Context& ctx, const Input& input, InputReport* report);

// The instrument that a text names: a code as we print it (a file's stem may be one that is no exchange's), in any letter
// case; else what resolve_code reads. Errors: bad_code, code_not_found, ambiguous_code.
Result<std::size_t> find_instrument(const Market& market, std::string_view text);

// bad_value unless the history window, where there is one, has at least a day.
Result<void> check_history(std::optional<int> history_days);

// The session a date means: the date itself, or the last session before it. Errors: session_not_found before the first
// session, and for a session after the data's end (without a calendar every later weekday counts as one).
Result<Date> resolve_session(const Market& market, Date requested);

// The last session that has at least 95 % as many bars as the one before it, else the one before; `skipped` tells.
Date last_complete_session(const Market& market, bool* skipped);

// One instrument as of a session: the bars from its origin to the session, and their factors.
struct Lane {
  std::size_t instrument;  // in Market
  Bars bars;  // dates within the origin rule and the session
  panel::Factors factors;  // all 1 with `adjust` none
  std::size_t bars_before = 0;  // rows of Market::bars before the origin
};

// Every instrument whose first bar is not after the session (empty bars if none lies within the history window), and those of
// which every row up to the session was refused or a suspension.
std::vector<Lane> cut(const Market& market, Date session, std::optional<int> history_days, Adjust adjust);

// How prices are shown, and from what: "front (preclose)", "back (preclose)", "none", "none (no factors)". Whatever is shown,
// the computation is on back-adjusted prices wherever there are factors.
std::string adjust_text(const Market& market, Adjust adjust);

}  // namespace momentum::engine
