#include "classic_oracle.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "random_series.h"

namespace momentum::score::oracle {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// One-price bars with constant volume.
Bars bars_of(const std::vector<double>& close, double volume = 1000) {
  return {close, close, close, close, std::vector<double>(close.size(), volume), {}};
}

std::vector<double> line(std::size_t bars, double start, double step) {
  std::vector<double> out;
  for (std::size_t t = 0; t < bars; ++t) out.push_back(start + step * static_cast<double>(t));
  return out;
}

Bars moving(std::size_t bars) {
  return random_series(7, {.bars = bars, .limit = 0, .flat_stretch = 0, .zero_volume = 0});
}

std::size_t survivors(const Bars& bars) {
  const History history = evaluate(bars);
  return history.empty() ? 0 : history.back().survivors;
}

void expect_same_bits(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b)) << a << " and " << b;
}

TEST(ClassicOracle, FirstValidBarOfEveryColumn) {
  const std::array<std::size_t, kColumns> first = {0,  0,  0,  0,  0, 4,  9,  19, 59, 0, 0, 0, 14, 0,  0, 0,
                                                   19, 19, 19, 19, 5, 10, 20, 60, 4,  9, 4, 9, 19, 20, 20};
  const History history = evaluate(moving(90));
  for (std::size_t c = 0; c < kColumns; ++c) {
    for (std::size_t t = 0; t < history.size(); ++t) {
      EXPECT_EQ(std::isnan(history[t].columns[c]), t < first[c]) << kColumnNames[c] << " at " << t;
    }
  }
}

TEST(ClassicOracle, RowsAndScoreByNumberOfBars) {
  EXPECT_EQ(survivors(moving(0)), 0u);
  EXPECT_EQ(survivors(moving(59)), 0u);
  EXPECT_EQ(survivors(moving(60)), 0u);
  EXPECT_EQ(survivors(moving(61)), 1u);
  const History history = evaluate(moving(121));
  EXPECT_EQ(history[59].scored_row, -1);
  EXPECT_EQ(history[118].survivors, 59u);
  EXPECT_EQ(history[118].scored_row, 118);
  EXPECT_TRUE(std::isnan(history[118].scored.score));
  EXPECT_TRUE(std::isnan(history[118].scored.details[0]));
  EXPECT_EQ(history[119].survivors, 60u);
  EXPECT_GE(history[119].scored.score, 5);
  EXPECT_GE(history[120].scored.score, 5);
}

TEST(ClassicOracle, ExponentialMean) {
  const std::vector<double> plain = exponential_mean(std::vector<double>{1, 2, 4}, 0.5);
  EXPECT_EQ(plain, (std::vector<double>{1, 1.5, 2.75}));
  // one gap: the old value weighs 0.25 against 0.5
  const std::vector<double> gap = exponential_mean(std::vector<double>{1, kNaN, 4}, 0.5);
  EXPECT_EQ(gap, (std::vector<double>{1, 1, 3}));
  // two gaps: 0.125 against 0.5
  EXPECT_EQ(exponential_mean(std::vector<double>{1, kNaN, kNaN, 6}, 0.5)[3], 5);
  // an equal value keeps y bit for bit, and ends the gap: the next weighs 0.5 against 0.5
  const std::vector<double> equal = exponential_mean(std::vector<double>{1, kNaN, 1, 3}, 0.5);
  EXPECT_EQ(equal, (std::vector<double>{1, 1, 1, 2}));
  const std::vector<double> late = exponential_mean(std::vector<double>{kNaN, 5, 7}, 0.5);
  EXPECT_TRUE(std::isnan(late[0]));
  EXPECT_EQ(late[1], 5);
  EXPECT_EQ(late[2], 6);
  // without a gap the divisor (1 - a) + a is exactly 1 for every a of the profile
  for (const double a : {2.0 / 13, 2.0 / 27, 2.0 / 10, 1.0 / 3}) EXPECT_EQ((1 - a) + a, 1.0) << a;
}

TEST(ClassicOracle, ExponentialMeanOfAConstantIsThatConstant) {
  for (int cents = 1; cents <= 2000; ++cents) {
    const std::vector<double> price(5, cents / 100.0);
    for (const double a : {2.0 / 13, 2.0 / 27, 2.0 / 10, 1.0 / 3}) ASSERT_EQ(exponential_mean(price, a), price);
  }
}

TEST(ClassicOracle, ConstantPricesGiveMacdExactlyZero) {
  const History history = evaluate(bars_of(std::vector<double>(130, 11.46)));
  for (const Bar& bar : history) {
    EXPECT_EQ(bar.columns[kMacd], 0);
    EXPECT_EQ(bar.columns[kSignal], 0);
    EXPECT_EQ(bar.columns[kK], 50);
    EXPECT_EQ(bar.columns[kJ], 50);
  }
  EXPECT_EQ(history[129].columns[kMa60], 11.46);
  EXPECT_EQ(history[129].columns[kBollStd], 0);
  EXPECT_EQ(history[129].columns[kVolatility20], 0);
  EXPECT_TRUE(std::isnan(history[129].columns[kTrend20]));  // 0 / 0
  EXPECT_EQ(history[129].survivors, 0u);
}

TEST(ClassicOracle, PercentChangeFillsForward) {
  const std::vector<double> change = percent_change(std::vector<double>{kNaN, 4, kNaN, 5, 0, 1, 0}, 1);
  EXPECT_TRUE(std::isnan(change[0]));
  EXPECT_TRUE(std::isnan(change[1]));
  EXPECT_EQ(change[2], 0);
  EXPECT_EQ(change[3], 0.25);
  EXPECT_EQ(change[4], -1);
  EXPECT_EQ(change[5], kInf);
  EXPECT_EQ(change[6], -1);
}

TEST(ClassicOracle, RelativeStrength) {
  std::vector<double> close = {10};
  for (int i = 0; i < 7; ++i) {  // seven gains of 2, seven losses of 1: means 1 and 0.5
    close.push_back(close.back() + 2);
    close.push_back(close.back() - 1);
  }
  close.push_back(close.back() + 15);  // gain (1 * 13 + 15) / 14 = 2, loss 0.5 * 13 / 14
  close.push_back(close.back());
  const std::vector<double> rsi = relative_strength(close);
  EXPECT_TRUE(std::isnan(rsi[13]));
  EXPECT_EQ(rsi[14], 100 - 100 / (1 + 1 / 0.5));
  EXPECT_EQ(rsi[15], 100 - 100 / (1 + 2 / (0.5 * 13 / 14)));
  EXPECT_NEAR(rsi[16], rsi[15], 1e-12);

  const std::vector<double> up = relative_strength(line(20, 10, 1));
  EXPECT_TRUE(std::isnan(up[13]));
  EXPECT_EQ(up[14], 100);
  EXPECT_EQ(relative_strength(line(20, 50, -1))[14], 0);

  std::vector<double> flat_then_up(16, 10.0);
  flat_then_up[15] = 11;
  const std::vector<double> late = relative_strength(flat_then_up);
  EXPECT_TRUE(std::isnan(late[14]));  // both means 0
  EXPECT_EQ(late[15], 100);
}

TEST(ClassicOracle, OneMissingCloseEndsRelativeStrength) {
  for (const std::size_t where : {0u, 5u, 14u, 30u}) {
    std::vector<double> close = line(60, 10, 0.5);
    close[where] = kNaN;
    const std::vector<double> rsi = relative_strength(close);
    for (std::size_t t = 14; t < close.size(); ++t) EXPECT_EQ(std::isnan(rsi[t]), t >= where) << where << ", " << t;
  }
}

TEST(ClassicOracle, StochasticStartsAtFifty) {
  Bars bars = bars_of(line(12, 10, 1));
  const History history = evaluate(bars);
  for (std::size_t t = 0; t < 8; ++t) {
    EXPECT_EQ(history[t].columns[kK], 50);
    EXPECT_EQ(history[t].columns[kD], 50);
  }
  EXPECT_NEAR(history[8].columns[kK], 50 * 2.0 / 3 + 100 / 3.0, 1e-12);  // the close is the highest of nine
  EXPECT_NEAR(history[8].columns[kD], 50 * 2.0 / 3 + history[8].columns[kK] / 3, 1e-12);
  bars.low[10] = kNaN;  // nine bars without a lowest low: 50
  const History gap = evaluate(bars);
  EXPECT_NEAR(gap[10].columns[kK], gap[9].columns[kK] * 2 / 3 + 50 / 3.0, 1e-12);
}

TEST(ClassicOracle, TrendOfALinearRise) {
  const History history = evaluate(bars_of(line(130, 10, 0.25)));
  EXPECT_NEAR(history[129].columns[kTrend20], 20 / (std::sqrt(35.0) * std::sqrt(20.0)), 1e-14);
  EXPECT_EQ(history[129].columns[kMa5], 10 + 0.25 * 127);
  EXPECT_NEAR(history[129].columns[kBollStd], 0.25 * std::sqrt(35.0), 1e-14);
  EXPECT_EQ(history[129].columns[kRsi], 100);
  EXPECT_EQ(history[129].scored.details[1], 15);
  EXPECT_EQ(history[129].scored.details[3], 0);
  EXPECT_EQ(history[129].scored.details[4], 5);
  EXPECT_EQ(history[129].scored.details[5], 10);
}

TEST(ClassicOracle, TrendOfASteadyPercent) {
  std::vector<double> close = {10};
  while (close.size() < 130) close.push_back(close.back() * 1.01);
  EXPECT_NEAR(evaluate(bars_of(close))[129].columns[kTrend20], 0.7524, 5e-5);
}

TEST(ClassicOracle, StepThenCalmHasInfiniteTrendAndSurvives) {
  Bars bars = moving(140);
  for (std::size_t t = 119; t < 140; ++t) bars.close[t] = 1 + bars.close[118];
  const History history = evaluate(bars);
  EXPECT_EQ(history[138].columns[kTrend20], kInf);
  EXPECT_TRUE(history[138].survives);
  EXPECT_EQ(history[138].scored.details[5], 15);
  EXPECT_TRUE(std::isnan(history[139].columns[kTrend20]));  // the base price is one of the twenty now
  EXPECT_EQ(history[139].scored_row, 138);
}

TEST(ClassicOracle, MissingVolumeCostsTwentyRows) {
  Bars bars = moving(250);
  const std::size_t whole = survivors(bars);
  bars.volume[100] = kNaN;
  EXPECT_EQ(survivors(bars), whole - 20);
}

TEST(ClassicOracle, MissingOpenCostsOneRow) {
  Bars bars = moving(250);
  const std::size_t whole = survivors(bars);
  bars.open[100] = kNaN;
  EXPECT_EQ(survivors(bars), whole - 1);
}

TEST(ClassicOracle, MissingCloseLosesAllThatFollows) {
  Bars bars = moving(250);
  bars.close[200] = kNaN;
  const History history = evaluate(bars);
  for (std::size_t t = 200; t < 250; ++t) EXPECT_EQ(history[t].scored_row, 199);
  expect_same_bits(history[249].scored.score_raw, history[199].scored.score_raw);
}

TEST(ClassicOracle, TrailingZeroVolumeLeavesAStaleRow) {
  Bars bars = moving(250);
  for (std::size_t t = 240; t < 250; ++t) bars.volume[t] = 0;
  const History history = evaluate(bars);
  EXPECT_EQ(history[243].scored_row, 243);
  for (std::size_t t = 244; t < 250; ++t) EXPECT_EQ(history[t].scored_row, 243);
}

// The last five volumes without a change, and rows that earn nothing but the 5 points of every volume.
const std::array<double, 5> kEven = {100, 100, 100, 100, 100};
Row poor() {
  Row row{};
  row[kMomentum5] = row[kMomentum10] = row[kMomentum20] = row[kMomentum60] = -0.5;
  row[kMacd] = row[kSignal] = row[kMacdHist] = row[kTrend20] = -1;
  row[kRsi] = 10;
  return row;
}

TEST(ClassicOracle, PoorestScoreIsFive) {
  const Scored scored = score_row(poor(), poor(), kEven);
  EXPECT_EQ(scored.details, (std::array<double, 6>{0, 0, 0, 0, 5, 0}));
  EXPECT_EQ(scored.score, 5);
}

TEST(ClassicOracle, PriceMomentumPoints) {
  Row row = poor();
  row[kMomentum5] = 0.01, row[kMomentum10] = 0.02, row[kMomentum20] = 0.03, row[kMomentum60] = 0.04;
  EXPECT_EQ(score_row(row, row, kEven).details[0], 12);  // 0.4 + 0.6 + 0.6 + 0.4
  row = poor();
  row[kMomentum5] = kInf;
  EXPECT_EQ(score_row(row, row, kEven).details[0], 20);
  row[kMomentum5] = row[kMomentum10] = row[kMomentum20] = row[kMomentum60] = 0;
  EXPECT_EQ(score_row(row, row, kEven).details[0], 10);
  row[kMomentum5] = 0.004567;
  const Scored scored = score_row(row, row, kEven);
  EXPECT_EQ(scored.details[0], 10.18);
  EXPECT_EQ(scored.score_raw, 10 + 0.004567 * 100 * 0.4 + 5);  // the total takes it unrounded
}

TEST(ClassicOracle, TotalRoundsHalfToEven) {
  EXPECT_EQ(round_total(12.5), 12);
  EXPECT_EQ(round_total(13.5), 14);
  EXPECT_EQ(round_total(12.500000000000002), 13);
  Row row = poor();
  row[kMomentum5] = row[kMomentum10] = row[kMomentum20] = 0;
  row[kMomentum60] = 0.25;  // 12.5 points
  EXPECT_EQ(score_row(row, row, kEven).score, 18);  // 17.5
  row[kTrend20] = 0.1;
  EXPECT_EQ(score_row(row, row, kEven).score, 22);  // 22.5
}

TEST(ClassicOracle, FirstPartRoundsAfterMultiplying) {
  EXPECT_EQ(round_to_cents(2.675), 2.68);  // the double is below 2.675, times 100 it is 267.5
  EXPECT_EQ(round_to_cents(0.125), 0.12);
  EXPECT_EQ(round_to_cents(0.375), 0.38);
}

TEST(ClassicOracle, MovingAveragePoints) {
  const auto points = [](double c, double ma5, double ma10, double ma20, double ma60) {
    Row row = poor();
    row[kClose] = c, row[kMa5] = ma5, row[kMa10] = ma10, row[kMa20] = ma20, row[kMa60] = ma60;
    return score_row(row, row, kEven).details[1];
  };
  EXPECT_EQ(points(5, 4, 3, 2, 1), 15);
  EXPECT_EQ(points(5, 4, 3, 2, 2), 12);
  EXPECT_EQ(points(5, 4, 3, 3, 1), 8);
  EXPECT_EQ(points(5, 4, 4, 2, 1), 5);
  EXPECT_EQ(points(4, 4, 3, 2, 1), 0);
}

TEST(ClassicOracle, MacdPoints) {
  const auto points = [](double macd, double signal, double before_macd, double before_signal) {
    Row last = poor(), previous = poor();
    last[kMacd] = macd, last[kSignal] = signal, last[kMacdHist] = macd - signal;
    previous[kMacd] = before_macd, previous[kSignal] = before_signal, previous[kMacdHist] = before_macd - before_signal;
    return score_row(last, previous, kEven).details[2];
  };
  EXPECT_EQ(points(2, 1, 1, 1), 20);   // a cross from equality counts
  EXPECT_EQ(points(-1, -2, -2, -1), 15);
  EXPECT_EQ(points(2, 1, 2, 1), 5);    // the histogram does not grow
  EXPECT_EQ(points(3, 1, 2, 1), 10);
  EXPECT_EQ(points(1, 1, 0, 1), 5);    // equality is no cross
  EXPECT_EQ(points(0, 0, 0, 0), 0);
}

TEST(ClassicOracle, RelativeStrengthPoints) {
  const auto points = [](double r, double before) {
    Row last = poor(), previous = poor();
    last[kRsi] = r, previous[kRsi] = before;
    return score_row(last, previous, kEven).details[3];
  };
  EXPECT_EQ(points(29.999, 50), 0);
  EXPECT_EQ(points(30, 50), 7);
  EXPECT_EQ(points(39.999, 50), 7);
  EXPECT_EQ(points(40, 50), 10);
  EXPECT_EQ(points(70, 70), 10);
  EXPECT_EQ(points(70, 69), 15);
  EXPECT_EQ(points(70.001, 90), 5);
  EXPECT_EQ(points(80, 90), 5);
  EXPECT_EQ(points(80.001, 90), 0);
  EXPECT_EQ(points(100, 90), 5);
}

TEST(ClassicOracle, VolumePoints) {
  const auto points = [](double ratio, const std::array<double, 5>& volumes) {
    Row row = poor();
    row[kVolRatio5] = ratio;
    return score_row(row, row, volumes).details[4];
  };
  EXPECT_EQ(points(1.0, kEven), 5);
  EXPECT_EQ(points(1.2, kEven), 8);
  EXPECT_EQ(points(1.5, kEven), 10);
  EXPECT_EQ(points(1.6, kEven), 12);
  EXPECT_EQ(points(0, {100, 125, 125, 125, 125}), 8);   // mean 6.25 %
  EXPECT_EQ(points(0, {100, 118.75, 118.75, 118.75, 118.75}), 5);  // 4.6875 %
  EXPECT_EQ(points(0, {0, 0, 0, 100, 100}), 8);     // 0/0 twice skipped, one infinite
  EXPECT_EQ(points(0, {0, 0, 0, 0, 0}), 5);         // nothing left to average
  EXPECT_EQ(points(0, {100, 0, 0, 100, 0}), 8);     // -1, skipped, infinite, -1
  EXPECT_EQ(points(0, {100, 0, 0, 0, 0}), 5);       // -1 alone
}

TEST(ClassicOracle, TrendPoints) {
  const auto points = [](double trend) {
    Row row = poor();
    row[kTrend20] = trend;
    return score_row(row, row, kEven).details[5];
  };
  EXPECT_EQ(points(-kInf), 0);
  EXPECT_EQ(points(0), 0);
  EXPECT_EQ(points(0.5), 5);
  EXPECT_EQ(points(1.0), 10);
  EXPECT_EQ(points(1.5), 12);
  EXPECT_EQ(points(kInf), 15);
}

TEST(ClassicOracle, PreviousIsTheSurvivingRowBefore) {
  Bars bars = moving(200);
  const History whole = evaluate(bars);
  bars.open[198] = kNaN;  // bar 198 goes; the row before 199 is 197
  const History history = evaluate(bars);
  const std::array<double, 5> volumes = {bars.volume[194], bars.volume[195], bars.volume[196], bars.volume[197],
                                         bars.volume[199]};
  const Scored expected = score_row(whole[199].columns, whole[197].columns, volumes);
  expect_same_bits(history[199].scored.score_raw, expected.score_raw);
  EXPECT_EQ(history[199].scored.details, expected.details);
}

TEST(ClassicOracle, BackFactorsFollowPreclose) {
  Bars bars = bars_of({10, 11, 6, 6, 9});
  EXPECT_EQ(back_factors(bars), std::vector<double>(5, 1.0));
  bars.preclose = {7, 10, 5.5, kNaN, 4};  // the first has no bar before it; 11 -> 5.5 doubles; missing keeps
  EXPECT_EQ(back_factors(bars), (std::vector<double>{1, 1, 2, 2, 2 * (6.0 / 4)}));
  const Bars adjusted = back_adjust(bars);
  EXPECT_EQ(adjusted.close, (std::vector<double>{10, 11, 12, 12, 27}));
  EXPECT_EQ(adjusted.low, adjusted.close);
  EXPECT_EQ(adjusted.volume, bars.volume);
  EXPECT_TRUE(adjusted.preclose.empty());
  bars.close[1] = kNaN;  // nothing to link to
  EXPECT_EQ(back_factors(bars)[2], 1);

  Bars rounding = bars_of({5.52, 16.08, 9});  // the ratio is rounded before the product
  rounding.preclose = {kNaN, 18.3, 5.18};
  const double first = 5.52 / 18.3, second = 16.08 / 5.18;
  EXPECT_EQ(back_factors(rounding)[2], first * second);
  EXPECT_NE(back_factors(rounding)[2], first * 16.08 / 5.18);
}

TEST(ClassicOracle, ATruncatedHistoryHasTheSameLastBar) {
  SeriesOptions options{.bars = 320, .missing_open = 0.005, .missing_close = 0.001, .missing_volume = 0.002};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Bars bars = random_series(seed, options);
    const History whole = evaluate(bars);
    for (const std::size_t n : {60u, 121u, 200u, 319u}) {
      Bars head = bars;
      for (auto* column : {&head.open, &head.high, &head.low, &head.close, &head.volume}) column->resize(n);
      const Bar last = evaluate(head).back();
      for (std::size_t c = 0; c < kColumns; ++c) expect_same_bits(last.columns[c], whole[n - 1].columns[c]);
      expect_same_bits(last.scored.score_raw, whole[n - 1].scored.score_raw);
      EXPECT_EQ(last.scored_row, whole[n - 1].scored_row);
    }
  }
}

}  // namespace
}  // namespace momentum::score::oracle
