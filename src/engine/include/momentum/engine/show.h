#pragma once
// One instrument, bar by bar: prices, the columns of score::classic_columns(), scores.

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "momentum/engine/scan.h"

namespace momentum::engine {

struct ShowRequest {
  Input input;
  std::string code;                  // any spelling
  std::optional<Date> start, end;    // inclusive; end is also the as-of date of front adjustment
  std::optional<std::int64_t> last;  // the last N rows of what remains
  std::vector<std::string> columns;  // empty: all
  std::optional<int> history_days;
  Adjust adjust = Adjust::front;
  Frequency frequency = Frequency::day;
  Method method = Method::ratio;  // additive: prices, and all that is computed from them; no scores
  bool scores = false;               // add score, score_raw, the six parts by their Chinese names, score_row
};

struct Shown {
  std::string code, name;
  // date date32, of minutes time utf8 ("09:31", in which the bar ends), then float64 columns in the order of docs/cli.md
  // "show"; score_row is date32. Null = missing; infinities stay.
  std::shared_ptr<arrow::Table> rows;
  Date as_of;  // the day of the last bar up to `end`: what prices are front-adjusted to
  std::string adjust_applied;
  std::string history = "origin";  // or "365d"
  int numerics = 0;  // numerics version
  std::string store_snapshot;  // empty: read from files
  bool synthetic = false;
};

// Errors: those of reading; bad_value (additive scores or unadjusted additive prices); code_not_found, ambiguous_code;
// name_not_found (column) with the nearest names.
Result<Shown> show(const Context& ctx, const ShowRequest& request, InputReport* report = nullptr);

}  // namespace momentum::engine
