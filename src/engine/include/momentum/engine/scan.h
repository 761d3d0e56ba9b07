#pragma once
// The spine: files -> panel -> graph -> score -> rank. See docs/map.md.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/formats/foreign_file.h"
#include "momentum/score/record.h"
#include "momentum/sources/bar_set.h"

namespace momentum::engine {

// Where bars come from: files, or a store.
struct Input {
  std::vector<std::string> files = {};  // files, folders, globs, archives
  std::string dialect = {};             // "": sniffed
  std::string code = {};                // for a file that names no instrument
  formats::ForeignReader reader = {};   // of Parquet and HDF5 files among them
  std::string store = {};               // folder of a store; not beside files
  std::optional<std::int64_t> snapshot = {};  // of the store; default: the newest
  std::string universe = {};  // of the store: a b etf index us all; "": a where there are A-shares, else all
};

// The account of what reading the input gave, for the summary line and --report. Filled as soon as the input is read, also
// where a later step fails.
struct InputReport {
  sources::ReadSummary summary;
  std::vector<sources::Quarantined> quarantine;
  std::string dialect;
};

enum class Adjust : std::uint8_t { front, back, none };  // front and back compute the same and differ in what is shown

// What a row is. Weeks (ISO 8601) and months are made of the daily bars up to the session; the last one may not be over. Minutes
// are those of a store, up to the last one of the session; several of them are counted from the day's first trading minute on
// (panel/resample.h).
enum class Frequency : std::uint8_t { day, week, month, minute, minutes_5, minutes_15, minutes_30, minutes_60 };
std::string_view to_string(Frequency frequency) noexcept;  // "1d", "1w", "1mo", "1m", "5m", "15m", "30m", "60m"
std::int32_t minutes_of(Frequency frequency) noexcept;  // of a bar; 0: it is not of minutes

// How a price before an ex-date becomes one after it. ratio: by the adjustment factors, which keeps returns; additive: as
// terminals do it, from corporate actions.
enum class Method : std::uint8_t { ratio, additive };

struct ScanRequest {
  Input input;
  std::string profile = "classic";
  std::optional<Date> as_of;  // default: the last complete session
  bool allow_partial = false;  // take the very last session even if it looks incomplete
  std::optional<int> history_days;  // 365: only bars within 365 calendar days before the session; default: origin
  Adjust adjust = Adjust::front;
  Frequency frequency = Frequency::day;
  std::optional<double> min_score;
  std::optional<std::int64_t> top;
  std::vector<std::string> codes;  // filter; any spelling
  std::vector<std::string> industries;  // filter; exact
  bool list_delisted = false;
  std::string explain;  // code whose record gets its ingredients; any spelling
};

// Scores every instrument as of the close of the session. Filters select after ranking. Errors: those of reading;
// session_not_found (a session after the data's end); code_not_found, ambiguous_code, industry_not_found with the nearest
// names; bad_value (unknown profile); too_large (ctx.memory_limit).
Result<score::Scan> scan(const Context& ctx, const ScanRequest& request, InputReport* report = nullptr);

}  // namespace momentum::engine
