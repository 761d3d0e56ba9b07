#include "momentum/report/rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sample_scan.h"

namespace momentum::report {
namespace {

using score::Record;

constexpr double kInf = std::numeric_limits<double>::infinity();

// "+10 40 <= RSI 55.50 <= 70 | +5 RSI 55.50 > 51.25 before"
std::string said(const Record& record, std::size_t part, Lang lang = Lang::en) {
  std::string out;
  for (const RuleLine& line : rules_of(record, part, lang)) {
    if (!out.empty()) out += " | ";
    std::string words = line.points;
    for (const std::string& piece : line.pieces) words.append(words.empty() ? 0 : 1, ' ').append(piece);
    out += words;
  }
  return out;
}

Record sample() { return explained_record(ranked_record("600000.SH", "name", 70)); }

TEST(Rules, Momentum) {
  Record r = sample();
  EXPECT_EQ(said(r, 0),
            "5d +3.10% x 0.4, 10d -1.30% x 0.3, 20d +10.00% x 0.2, 60d -5.10% x 0.1, + 10, within 0 and 20");
  r.ingredients.momentum_60 = score::kMissing;
  EXPECT_EQ(said(r, 0), "5d +3.10% x 0.4, 10d -1.30% x 0.3, 20d +10.00% x 0.2");
}

TEST(Rules, TheChainOfMeansEndsWhereThePointsSay) {
  Record r = sample();
  r.ingredients.ma60 = 9.3;
  r.details[1] = 15;
  EXPECT_EQ(said(r, 1), "close 10.25 > ma5 10.12 > ma10 9.80 > ma20 9.40 > ma60 9.30");
  r.ingredients.ma5 = 9.8;
  r.details[1] = 5;
  EXPECT_EQ(said(r, 1), "close 10.25 > ma5 9.80, ma5 <= ma10 9.80");
  r.ingredients.close = 9.79999;  // as many decimals as tell it from ma5
  r.details[1] = 0;
  EXPECT_EQ(said(r, 1), "close 9.79999 <= ma5 9.80000");
}

TEST(Rules, MacdCrossesOnItsVeryBar) {
  Record r = sample();
  EXPECT_EQ(said(r, 2),
            "+10 golden cross: MACD +0.2500 > signal +0.1250, not so on the bar before | "
            "+5 MACD +0.2500 > 0 | 0 MACD hist +0.1250 > 0, <= -0.0100 before");
  r.details[2] = 20;
  EXPECT_TRUE(said(r, 2).ends_with("+5 MACD hist +0.1250 > 0, > -0.0100 before"));
  r.ingredients.previous_macd_hist = 0;  // touching is not above
  EXPECT_TRUE(said(r, 2).starts_with("+10 golden cross"));
  r.ingredients.previous_macd_hist = 0.2;
  r.details[2] = 5;
  EXPECT_EQ(said(r, 2),
            "0 no golden cross: MACD +0.2500 > signal +0.1250, already so on the bar before | "
            "+5 MACD +0.2500 > 0 | 0 MACD hist +0.1250 > 0, <= +0.2000 before");
  r.macd = -0.25, r.macd_hist = -0.375, r.details[2] = 0;
  EXPECT_EQ(said(r, 2),
            "0 no golden cross: MACD -0.2500 <= signal +0.1250 | 0 MACD -0.2500 <= 0 | "
            "0 MACD hist -0.3750 <= 0");
}

TEST(Rules, BoundsOfRsi) {
  Record r = sample();
  const auto band = [&](double value) {
    r.rsi = value;
    const std::string text = said(r, 3);
    return text.substr(0, text.find(" |"));
  };
  EXPECT_EQ(band(std::nextafter(30, 0)), "0 RSI 30.00 < 30");
  EXPECT_EQ(band(30), "+7 30 <= RSI 30.00 < 40");
  EXPECT_EQ(band(40), "+10 40 <= RSI 40.00 <= 70");
  EXPECT_EQ(band(70), "+10 40 <= RSI 70.00 <= 70");
  EXPECT_EQ(band(80), "+5 70 < RSI 80.00 <= 80");
  EXPECT_EQ(band(80.5), "0 RSI 80.50 > 80");
  r.rsi = r.ingredients.previous_rsi;
  EXPECT_TRUE(said(r, 3).ends_with("| 0 RSI 51.25 <= 51.25 before"));
}

TEST(Rules, BoundsOfVolume) {
  Record r = sample();
  const auto band = [&](double value) {
    r.ingredients.vol_ratio_5 = value;
    const std::string text = said(r, 4);
    return text.substr(0, text.find(" |"));
  };
  EXPECT_EQ(band(1), "+5 volume / 5-bar mean 1.00 <= 1");
  EXPECT_EQ(band(1.2), "+8 1 < volume / 5-bar mean 1.20 <= 1.2");
  EXPECT_EQ(band(1.5), "+10 1.2 < volume / 5-bar mean 1.50 <= 1.5");
  EXPECT_EQ(band(1.6), "+12 volume / 5-bar mean 1.60 > 1.5");
  EXPECT_TRUE(said(r, 4).ends_with("| +3 mean change of volume +6.20% > 5%"));
  r.ingredients.volume_change = 0.05;
  EXPECT_TRUE(said(r, 4).ends_with("| 0 mean change of volume +5.00% <= 5%"));
  r.ingredients.volume_change = kInf;  // after a bar without volume
  EXPECT_TRUE(said(r, 4).ends_with("| +3 mean change of volume inf > 5%"));
  r.ingredients.volume_change = score::kMissing;
  EXPECT_TRUE(said(r, 4).ends_with("| 0 mean change of volume -"));
}

TEST(Rules, BoundsOfTrend) {
  Record r = sample();
  const auto band = [&](double value) {
    r.ingredients.trend_20 = value;
    return said(r, 5);
  };
  EXPECT_EQ(band(-kInf), "trend -inf <= 0");
  EXPECT_EQ(band(0), "trend 0.00 <= 0");
  EXPECT_EQ(band(0.5), "0 < trend 0.50 <= 0.5");
  EXPECT_EQ(band(1), "0.5 < trend 1.00 <= 1");
  EXPECT_EQ(band(1.5), "1 < trend 1.50 <= 1.5");
  EXPECT_EQ(band(kInf), "trend inf > 1.5");
}

TEST(Rules, Chinese) {
  EXPECT_EQ(said(sample(), 3, Lang::zh), "+10 40 <= RSI 55.50 <= 70 | +5 RSI 55.50 > 前值 51.25");
  EXPECT_EQ(said(sample(), 4, Lang::zh), "+8 1 < 成交量/5日均量 1.10 <= 1.2 | +3 成交量平均变化 +6.20% > 5%");
}

}  // namespace
}  // namespace momentum::report
