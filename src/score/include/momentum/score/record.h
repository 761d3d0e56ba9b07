#pragma once
// What a scan says of one instrument and of the market: plain values, filled by engine, printed by report.

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/wording.h"

namespace momentum::score {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Why an instrument has or has not a score; the first that applies, in this order of testing: delisted, failed check,
// too_few_bars, bad_data, stale, suspended, no_bar, ok.
enum class Status : std::uint8_t { ok, suspended, no_bar, stale, too_few_bars, delisted, bad_data };
std::string_view to_string(Status status) noexcept;

// The six parts of the classic score, in the order in which they are added.
inline constexpr std::size_t kParts = 6;
struct Part {
  std::string_view key;     // 价格动量: the name that users' scripts know
  std::string_view english;  // "price momentum"
  double maximum;
};
const std::array<Part, kParts>& classic_parts() noexcept;

// What the rules compared on the scored bar, for the explanation of a record; not part of CSV or JSON. Missing is NaN: all
// are, but in the record that a scan was asked to explain, if it has a score. `close`, the means, `signal` and
// `previous_macd_hist` are prices at the level at which Record::macd is shown (computed value / one constant): any two of
// them compare as they did in the rule, but for values a last bit apart. "Previous" is on the surviving bar before.
struct Ingredients {
  double close = kMissing;
  double ma5 = kMissing;
  double ma10 = kMissing;
  double ma20 = kMissing;
  double ma60 = kMissing;
  double signal = kMissing;
  double previous_macd_hist = kMissing;
  double previous_rsi = kMissing;
  double vol_ratio_5 = kMissing;
  double volume_change = kMissing;  // fraction: mean change of volume over the last five surviving bars
  double momentum_5 = kMissing;  // fraction; 20 is Record::momentum_20
  double momentum_10 = kMissing;
  double momentum_60 = kMissing;
  double trend_20 = kMissing;
};

// One instrument. Doubles are missing as NaN. Prices are in yuan, front-adjusted to the as-of date unless told otherwise.
struct Record {
  std::string ts_code = {};  // 600000.SH
  std::string name = {};  // as of the as-of date; empty if unknown
  std::string industry = {};  // empty if unknown
  std::string board = {};  // main, star, chinext, bse, b, fund, ...
  double close = kMissing;
  double pct_chg = kMissing;  // fraction, against preclose
  double amount = kMissing;  // yuan
  double momentum_20 = kMissing;  // fraction; printed a second time as momentum_20d
  double rsi = kMissing;
  double macd = kMissing;
  double macd_hist = kMissing;
  double volume_ratio = kMissing;  // vol_ratio_20
  double score = kMissing;  // integer valued
  double score_raw = kMissing;  // not rounded
  std::array<double, kParts> details{kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};  // points per part
  Status status = Status::bad_data;
  Wording reason = {};  // why there is no score, or what is odd about it; empty for ok
  std::vector<std::string> flags = {};  // "unverified_link:2007-03-01", ...
  Date as_of = {};  // date of the row that was scored; for an unscored instrument its last bar
  Date first_bar = {};  // origin of its recurrences
  std::int64_t bars = 0;  // bars from first_bar to the session asked for
  bool synthetic = false;
  // Last up to 60 closes up to the as-of session, ascending, for the sparkline of a table; not part of CSV or JSON.
  std::vector<double> recent_closes = {};
  Ingredients ingredients = {};
};

// The answer of a scan.
struct Scan {
  Date as_of;  // the session
  Date requested_as_of;  // as typed, or the session when nothing was asked
  double coverage = kMissing;  // bars on the session / instruments listed, a fraction
  std::string profile = "classic";
  std::string adjust_applied;  // "front (preclose)", "back (preclose)", "none", "none (no factors)": as shown
  std::string history = "origin";  // or "365d"
  std::string frequency = "1d";  // or "1w", "1mo", "1m", "5m", ...: what a bar is
  int numerics = 0;  // numerics version
  std::string store_snapshot;  // empty: read from files
  bool synthetic = false;
  std::vector<Record> results;  // status ok, best first: score, score_raw, momentum_20 descending, then code
  std::vector<Record> unranked;  // every other instrument of the universe, by code
  std::vector<Wording> notes;  // for the reader, one sentence each; go to stderr or under the table
  // What it took, in order: seconds of all threads together, but for the whole, which is by the clock. Not part of any output.
  std::vector<std::pair<std::string_view, double>> stages;
  struct Statistics {
    std::int64_t universe = 0;  // = ranked + filtered + delisted + sum of unranked
    std::int64_t ranked = 0;  // results, after the filters
    std::int64_t filtered = 0;  // status ok, removed by a filter
    std::int64_t delisted = 0;
    std::map<std::string, std::int64_t> unranked;  // per status
    double avg_score = kMissing, max_score = kMissing, min_score = kMissing;
  } statistics;
};

}  // namespace momentum::score
