#pragma once
// A second, independent implementation of the classic profile, for the tests to compare the engine with. One instrument
// at a time, plain scalar code, every window from scratch at every bar. It shares no code with the engine; only tests
// may link it.
//
// Shape: bars ascend by date, all vectors of equal length. Missing is NaN; infinite is a value and is kept.
// Bits: every operation is rounded once in the order in which the profile writes it, except deviations and logarithms,
// which are computed wider and rounded at the end (the profile asks for 1e-12 relative there).
// Cost: some microseconds per bar.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace momentum::score::oracle {

struct Bars {
  std::vector<double> open, high, low, close;  // yuan
  std::vector<double> volume;  // shares
  std::vector<double> preclose;  // yuan; empty where no bar has one

  std::size_t size() const noexcept { return close.size(); }
};

// The columns in output order, named as in the profile's table and in the golden files.
enum Column : std::size_t {
  kOpen,
  kHigh,
  kLow,
  kClose,
  kVol,
  kMa5,
  kMa10,
  kMa20,
  kMa60,
  kMacd,
  kSignal,
  kMacdHist,
  kRsi,
  kK,
  kD,
  kJ,
  kBollMid,
  kBollStd,
  kBollUpper,
  kBollLower,
  kMomentum5,
  kMomentum10,
  kMomentum20,
  kMomentum60,
  kVolMa5,
  kVolMa10,
  kVolRatio5,
  kVolRatio10,
  kVolRatio20,
  kVolatility20,
  kTrend20,
  kColumns
};
inline constexpr std::array<std::string_view, kColumns> kColumnNames = {"open",
                                                                        "high",
                                                                        "low",
                                                                        "close",
                                                                        "vol",
                                                                        "ma5",
                                                                        "ma10",
                                                                        "ma20",
                                                                        "ma60",
                                                                        "macd",
                                                                        "signal",
                                                                        "macd_hist",
                                                                        "rsi",
                                                                        "k",
                                                                        "d",
                                                                        "j",
                                                                        "boll_mid",
                                                                        "boll_std",
                                                                        "boll_upper",
                                                                        "boll_lower",
                                                                        "momentum_5",
                                                                        "momentum_10",
                                                                        "momentum_20",
                                                                        "momentum_60",
                                                                        "vol_ma5",
                                                                        "vol_ma10",
                                                                        "vol_ratio_5",
                                                                        "vol_ratio_10",
                                                                        "vol_ratio_20",
                                                                        "volatility_20",
                                                                        "trend_20"};
using Row = std::array<double, kColumns>;

// The six parts, in the order in which they are added.
inline constexpr std::array<std::string_view, 6> kPartNames = {"价格动量", "均线排列",   "MACD指标",
                                                               "RSI指标",  "成交量变化", "趋势强度"};
inline constexpr std::size_t kRowsToScore = 60;

// The score of a surviving row. All NaN where there is none.
struct Scored {
  double score;  // integer valued
  double score_raw;  // the sum before rounding
  std::array<double, 6> details;  // the first rounded to two decimals, the others integers
};

// One raw bar, seen as if the history ended with it.
struct Bar {
  Row columns;  // no row removed: missing where not valid
  bool survives = false;  // no column is missing
  std::size_t survivors = 0;  // surviving rows up to and including this bar
  std::ptrdiff_t scored_row = -1;  // index of the last surviving row at or before this bar; -1: none
  Scored scored;  // of scored_row; NaN while survivors < kRowsToScore
};
using History = std::vector<Bar>;

// Indicators, survival and score of every bar; the first bar is the origin. Prices are taken as they are.
History evaluate(const Bars& bars);

// F_t for every bar, with every link taken as verified: F_0 = 1. A link needs a preclose above zero and a close of the
// bar before it; without them F stays.
std::vector<double> back_factors(const Bars& bars);

// open, high, low and close times F_t, rounded once each; volume as it is; preclose dropped: adjust only once.
Bars back_adjust(const Bars& bars);

// The pieces, for cases worked by hand.
std::vector<double> exponential_mean(std::span<const double> values, double alpha);
std::vector<double> percent_change(std::span<const double> values, std::size_t periods);
std::vector<double> relative_strength(std::span<const double> close);
// Parts and total of `last`; volumes are those of the last five surviving rows, oldest first.
Scored score_row(const Row& last, const Row& previous, const std::array<double, 5>& volumes);
double round_to_cents(double points);  // nearest-even(x * 100) / 100
double round_total(double sum);  // half to even

}  // namespace momentum::score::oracle
