#pragma once
// A market as the compute plane sees it: what is known of its instruments, and their bars, cut to a session. Bars come from
// files in memory (file_market.h) or from a store, batch by batch (store_market.h).

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/engine/scan.h"
#include "momentum/panel/additive_prices.h"
#include "momentum/panel/adjustment.h"

namespace momentum::engine {

// Columns of one instrument as the compute plane reads them: NaN for missing. Views: into Arrow buffers, a batch of a store, or
// `storage`.
struct Bars {
  std::span<const std::int32_t> dates;
  // Of bars of minutes: the minute of the day in which each ends; they ascend by date, then by minute. Empty: bars of days.
  std::span<const std::int32_t> minutes;
  // Each as long as `dates`, or of the last rows where Cut::latest_rows says that they are enough.
  std::span<const double> open, high, low, close, volume;
  std::span<const double> amount, preclose;  // empty if the source has none
  std::vector<std::shared_ptr<const std::vector<double>>> storage;
  std::shared_ptr<const void> owner;  // of what else is viewed
  std::shared_ptr<arrow::Table> table;  // null for a store
  std::vector<std::span<const double>> more;  // of a store: the columns of Cut::more, empty where it has none

  // Rows [first, last) of all columns.
  Bars slice(std::size_t first, std::size_t last) const;
};

// Numbers that ascend strictly with the rows, also where dates do not: minutes since 1970-01-01. Of bars of minutes.
std::vector<std::int32_t> times_of(const Bars& bars);

Result<Bars> bars_from_arrow(const std::shared_ptr<arrow::Table>& table);
// The name and the industry on a row; empty if the table has no such column or no word there.
std::string name_at(const Bars& bars, std::size_t row);
std::string industry_at(const Bars& bars, std::size_t row);
// The words of the industry column, each once: every industry that a row names.
std::vector<std::string> industries_of(const Bars& bars);

// One instrument as of a session: the bars from its origin to the session, and their factors.
struct Lane {
  std::size_t instrument;  // place in Market::ids
  Bars bars;  // dates within the origin rule and the session
  panel::Factors factors;  // all 1 with `adjust` none
  Date last_before;  // where there are no bars: the last one before the origin, if there is one
  bool cut_short = false;  // Cut::latest_rows were too few for one bar of the frequency: it is to be read whole
};

// The highest and the lowest price at which an instrument might trade on a day, as traded, in yuan; NaN: none that day.
struct DayLimit {
  Date day;
  double up, down;
};

class Stages;

// What is taken of instruments.
struct Cut {
  Date session;
  std::optional<int> history_days = {};
  bool minutes = false;  // bars of minutes: of a market that has some
  Adjust adjust = Adjust::front;
  std::vector<std::size_t> only = {};  // these instruments alone, ascending; empty: all
  std::map<std::string, std::int64_t> latest_rows = {};  // columns of which the last rows are enough; more may be given
  std::vector<std::string> more = {};  // other stored columns, of a store alone
  Stages* stages = nullptr;  // is told what reading took
};

// Given some lanes; they are gone when it returns. Called from several threads at once, each time with the context that its
// own work is to use.
using LaneSink = std::function<Result<void>(const Context& ctx, std::span<const Lane> lanes)>;

// A plain view of one input; may be read from several threads.
class Market {
 public:
  Market() = default;
  Market(Market&&) = default;
  Market& operator=(Market&&) = default;
  virtual ~Market() = default;

  std::vector<Instrument> ids;
  std::vector<std::int32_t> sessions;  // ascending, not empty
  bool synthetic = false;
  std::optional<std::int64_t> snapshot;  // of a store

  // What adjustment factors come from: "preclose", or empty where there are none.
  virtual std::string factor_source() const = 0;
  // As of a day; empty where nothing is known.
  virtual std::string name(std::size_t instrument, Date day) const = 0;
  virtual std::string industry(std::size_t instrument, Date day) const = 0;
  virtual std::set<std::string> industries() const = 0;
  // Days on which a source says that it did not trade, and days of refused rows, ascending.
  virtual std::span<const Date> suspended(std::size_t instrument) const = 0;
  virtual std::span<const Date> quarantined(std::size_t instrument) const = 0;
  // Corporate actions, ascending; none where any of its prices are not raw, and would be adjusted twice.
  virtual std::vector<panel::ShareAction> actions(std::size_t instrument) const = 0;
  // Price limits of days from `first` to `last`: for each of `instruments`, ascending; what is not known is left out. Errors: those
  // of store::LimitsReader.
  virtual Result<std::vector<std::vector<DayLimit>>> limits(const Context& ctx,
                                                            std::span<const std::size_t> instruments, Date first,
                                                            Date last) const = 0;
  // Digits after the point of its tick.
  virtual int digits(std::size_t instrument) const = 0;
  // Whether a source says that its listing ended before the session.
  virtual bool delisted(std::size_t instrument, Date session) const = 0;
  // No date where it has no bar, of days or, of a market opened for them, of minutes.
  virtual Date first_bar(std::size_t instrument) const = 0;
  virtual Date last_bar(std::size_t instrument) const = 0;
  // Of instruments; of a market opened for minutes those whose minutes begin before and end after it count as well.
  virtual std::int64_t bars_on(Date session) const = 0;
  // The newest day with bars of minutes of its instruments; no date: there are none.
  virtual Date last_minute_day() const { return {}; }
  virtual bool has_minutes(std::size_t) const { return false; }

  // Of those asked for, every instrument whose first bar is not after the session (with empty bars if none lies within the
  // history window), and those of which every row up to the session was refused or a suspension.
  virtual Result<void> read(const Context& ctx, const Cut& cut, const LaneSink& sink) const = 0;

 protected:
  // No row of the instrument is a bar, but up to the session there were some: it must not vanish.
  bool known_without_bars(std::size_t instrument, Date session) const;
};

// Reads or opens the input for bars of that frequency. `report`, if not null, gets the account of reading files. Errors: those of
// reading; empty_input (a store without such bars), bad_value (minutes of files).
Result<std::unique_ptr<Market>> open_market(const Context& ctx, const Input& input, Frequency frequency,
                                            InputReport* report);

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

// How prices are shown, and from what: "front (preclose)", "back (preclose)", "none", "none (no factors)". Whatever is shown,
// the computation is on back-adjusted prices wherever there are factors.
std::string adjust_text(const Market& market, Adjust adjust);
// The same of additive prices of one instrument: "front (actions)", "back (actions)", "none (no actions)".
std::string additive_text(const Market& market, std::size_t instrument, Adjust adjust);

}  // namespace momentum::engine
