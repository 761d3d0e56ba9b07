#pragma once
// A made-up market in the likeness of the A-share market: for trying things out, for benchmarks and for tests of what
// has no business with real data. Names, prices, listings and corporate actions are invented. Codes are drawn from the
// exchanges' real ranges, so that every board rule applies, and therefore equal codes of real companies: it is the name
// (演示银行01) that says what a stock is, and whoever stores or prints this data marks it as synthetic.
//
// Everything is decided in integers (cents, shares, millionths) by an own generator: the same options give the same
// bits on every machine, with any number of threads and in any order of the calls. Whoever changes a number that comes
// out raises kDemoVersion.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/base/instrument.h"
#include "momentum/sources/bar_set.h"

namespace momentum::sources {

inline constexpr int kDemoVersion = 1;

struct DemoOptions {
  int stocks = 500;  // 1..6000; from 13 on every DemoCase occurs
  int years = 3;  // 1..40; the first day is the day after `end`, this many years earlier; not before 1991
  std::uint64_t seed = 1;
  Date end = {20453};  // 2025-12-31; not after 2030-12-31. The last session is on it or before it.
};

// What is the matter with a stock at the last session. By chance, an ordinary stock may be suspended, delisted or young
// as well.
enum class DemoCase : std::uint8_t {
  none,
  suspended,  // suspension records for the last five sessions
  resumed,  // suspended for 60 sessions, back since 20, with a jump
  stopped,  // no bar in the last 30 sessions and no record that says why
  no_close,  // the last three closes (and amounts) are missing
  young,  // listed 80 sessions ago
  newborn,  // listed three sessions ago: no price limit yet
  delisted,  // *ST for its last year, delisted 40 sessions ago
  special,  // ST for the last 100 sessions: limits of 5 %
  flat,  // its price never moved
  holes,  // every ninth volume is missing
  lost_close,  // one close is missing, at the 70th bar
  gap,  // 15 sessions without bar or record, 100 sessions ago, and bonus shares meanwhile
};
inline constexpr std::size_t kDemoCases = 12;  // without none
std::string_view to_string(DemoCase which) noexcept;

struct DemoName {
  Date from;  // holds until the next one begins
  std::string name;  // 演示银行01, ST演示银行01, *ST演示银行01
  bool operator==(const DemoName&) const = default;
};

struct DemoInstrument {
  Instrument id;
  Kind kind = Kind::stock;
  std::string_view board;  // main, star, chinext, bse
  std::string industry;  // one of demo_industries()
  Date list_date;  // may lie before the first session
  Date delist_date;  // first day on which it is no longer listed; no date while it is
  std::vector<DemoName> names;  // ascending, the first from list_date
  DemoCase planted = DemoCase::none;
};

// An ex-date, per ten shares as Chinese companies announce it.
// preclose = (10 x last close - cash) / (10 + bonus), to the cent, half up.
struct DemoExDate {
  Date date;
  std::int32_t cash = 0;  // cents per ten shares
  std::int32_t bonus = 0;  // new shares per ten shares
};

// Bars as the integers they were made of: columns of one length, dates ascending. kDemoMissing is the only negative value.
inline constexpr std::int64_t kDemoMissing = -1;
struct DemoHistory {
  std::vector<Date> dates;
  std::vector<std::int64_t> open, high, low, close, preclose;  // cents
  std::vector<std::int64_t> volume;  // shares, whole lots of 100
  std::vector<std::int64_t> amount;  // cents; between low x volume and high x volume
  std::vector<std::int64_t> turnover;  // millionths of the floating shares
  std::vector<Date> suspended;  // sessions with a suspension record, ascending; never in `dates`
  std::vector<DemoExDate> ex_dates;  // ascending; a bar's date, but in the planted gap, where it has no bar
};

// The names of the 28 industries, in a fixed order. They are the words of the first level of the usual classification.
std::span<const std::string_view> demo_industries() noexcept;

// Weekdays in [first, last] that are no holidays: 1 January, seven days from the eve of Spring Festival, 5 April,
// 1-5 May, 1-7 October. Invented (real calendars move days about and know more holidays), about 246 a year, for the demo
// market alone. Both days must lie in 1990..2030.
std::vector<Date> demo_sessions(Date first, Date last);

// Immutable: any thread may call any const member at any time.
class DemoMarket {
 public:
  // Cost: about a millisecond per thousand stocks. Error: bad_value, naming the option and its range.
  static Result<DemoMarket> make(const DemoOptions& options);

  const DemoOptions& options() const noexcept { return options_; }
  std::span<const Date> sessions() const noexcept { return sessions_; }  // ascending
  std::size_t size() const noexcept { return instruments_.size(); }
  const DemoInstrument& instrument(std::size_t i) const { return instruments_[i]; }  // ascending by id

  // A pure function of (options, i). Cost: 0.1 microseconds a bar; bars() takes as long again.
  DemoHistory history(std::size_t i) const;
  // The same as bar_set.h wants it: yuan, shares and fractions, each the correctly rounded quotient of its integer; with
  // amount, preclose and turnover, without names and industries (instrument(i) has them). There is at least one row.
  InstrumentBars bars(std::size_t i) const;
  // Bars of minutes of its days from `from` on, 240 a day: open, high, low, close, volume and amount, of which the bar of the day
  // is made exactly. A pure function of (options, i, day). No rows, if it has no bar since.
  InstrumentBars minutes(std::size_t i, Date from) const;

  // Of everything that instrument(i) and history(i) say; in a fixed byte order.
  std::uint64_t checksum(std::size_t i) const;
  // Of the whole market: sessions and every checksum(i) in order. Parallel over instruments. Error: interrupted.
  Result<std::uint64_t> checksum(const Context& ctx) const;

 private:
  DemoMarket() = default;

  DemoOptions options_;
  std::vector<Date> sessions_;
  std::vector<std::int32_t>
      shared_;  // returns that stocks share, in millionths: the market's sessions, then each industry's
  std::vector<DemoInstrument> instruments_;
};

}  // namespace momentum::sources
