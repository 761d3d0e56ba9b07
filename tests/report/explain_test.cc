#include <gtest/gtest.h>

#include "momentum/report/scan_report.h"
#include "sample_scan.h"

namespace momentum::report {
namespace {

score::Scan explained_scan() {
  score::Scan scan = sample_scan();
  scan.results[0] = explained_record(scan.results[0]);
  return scan;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST(Explain, EveryPartWithPointsMaximumBarAndRules) {
  const score::Scan scan = explained_scan();
  const std::string text = explain(scan, scan.results[0], 1, {.lang = Lang::zh, .width = 120});
  EXPECT_TRUE(has(text, "600000.SH  浦发\"银行\",A  main  银行  排名 1 / 2\n"));
  EXPECT_TRUE(has(text, "数据日期 2024-06-28  首根K线 2020-01-02  根数 1,087"));
  EXPECT_TRUE(has(text,
                  "价格动量    12.34 / 20  ████████████░░░░░░░░       "
                  "5日 +3.10% x 0.4, 10日 -1.30% x 0.3, 20日 +10.00% x 0.2,\n"
                  "                                                   60日 -5.10% x 0.1, + 10，限于 0 至 20\n"));
  EXPECT_TRUE(has(text,
                  "均线排列       12 / 15  ████████████░░░            "
                  "收盘 10.25 > ma5 10.12 > ma10 9.80 > ma20 9.40, ma20 <= ma60 9.50\n"));
  EXPECT_TRUE(has(text,
                  "MACD指标       15 / 20  ███████████████░░░░░  +10  "
                  "金叉： MACD +0.2500 > 信号线 +0.1250, 前一根K线并非如此\n"));
  EXPECT_TRUE(has(text, "\n                                               +5  MACD +0.2500 > 0\n"));
  EXPECT_TRUE(has(text, "RSI指标        15 / 15  ███████████████       +10  40 <= RSI 55.50 <= 70\n"));
  EXPECT_TRUE(has(text, "\n                                               +5  RSI 55.50 > 前值 51.25\n"));
  EXPECT_TRUE(has(text, "成交量变化     11 / 15  ███████████░░░░        +8  1 < 成交量/5日均量 1.10 <= 1.2\n"));
  EXPECT_TRUE(has(text, "趋势强度       12 / 15  ████████████░░░            1 < 趋势 1.30 <= 1.5\n"));
  EXPECT_TRUE(has(text, "总分          75 / 100                             取整前 75.34\n"));
}

TEST(Explain, ANarrowTerminalLosesTheBarsAndNotTheRules) {
  const score::Scan scan = explained_scan();
  const std::string text = explain(scan, scan.results[0], 1, {.width = 80});
  EXPECT_FALSE(has(text, "░"));
  EXPECT_TRUE(has(text,
                  "moving-average order     12 / 15       close 10.25 > ma5 10.12 > ma10 9.80\n"
                  "                                       > ma20 9.40, ma20 <= ma60 9.50\n"));
  EXPECT_TRUE(has(text, "RSI                      15 / 15  +10  40 <= RSI 55.50 <= 70\n"));
}

TEST(Explain, WhatARecordDoesNotCarryIsLeftOut) {
  score::Scan scan = explained_scan();
  scan.results[0].ingredients = {};
  const std::string text = explain(scan, scan.results[0], 1, {.width = 120});
  EXPECT_TRUE(has(text, "     20d +10.00% x 0.2\n"));
  EXPECT_TRUE(has(text, "     close 10.25\n"));
  EXPECT_TRUE(has(text, "     MACD +0.2500, MACD hist +0.1250\n"));
  EXPECT_TRUE(has(text, "+10  40 <= RSI 55.50 <= 70\nvolume"));
  EXPECT_TRUE(has(text, "     vol ratio 1.50\n"));
  EXPECT_TRUE(has(text, "trend strength           12 / 15  ████████████░░░\n"));
}

TEST(Explain, ManyFlagsOfOneKindAreCounted) {
  score::Scan scan = sample_scan();
  auto& flags = scan.results[1].flags;
  flags = {"unverified_link:2007-03-01", "unverified_link:2008-03-03", "unverified_link:2009-03-02", "st"};
  std::string text = explain(scan, scan.results[1], 2, {.width = 100});
  for (const std::string& flag : flags)
    EXPECT_TRUE(has(text, std::string("flags: ").append(flag).append(1, '\n'))) << flag;
  flags.insert(flags.begin() + 2, "unverified_link:2008-04-01");
  text = explain(scan, scan.results[1], 2, {.width = 100});
  EXPECT_TRUE(has(text, "flags: unverified_link x 4, first 2007-03-01, last 2009-03-02\nflags: st\n")) << text;
  EXPECT_FALSE(has(text, "2008-0"));
  EXPECT_TRUE(has(explain(scan, scan.results[1], 2, {.lang = Lang::zh, .width = 100}),
                  "标记: unverified_link x 4、最早 2007-03-01，最近 2009-03-02\n"));
}

TEST(Explain, English) {
  const score::Scan scan = sample_scan();
  const std::string text = explain(scan, scan.results[1], 2, {.width = 100});
  for (const score::Part& part : score::classic_parts())
    EXPECT_TRUE(has(text, std::string(1, '\n').append(part.english))) << part.english;
  EXPECT_TRUE(has(text, "rank 2 of 2"));
  EXPECT_TRUE(has(text, "60 / 100"));
  EXPECT_TRUE(has(text, "MACD -inf, MACD hist -0.1250\n"));
  EXPECT_TRUE(has(text, "vol ratio inf\n"));
  EXPECT_TRUE(has(text, "flags: unverified_link:2007-03-01\n"));
  EXPECT_TRUE(has(text, "profile classic  prices back (preclose)\nhistory origin"));
}

TEST(Explain, WithoutAScoreTheReasonStands) {
  const score::Scan scan = sample_scan();
  const std::string text = explain(scan, scan.unranked[0], std::nullopt, {.width = 100});
  EXPECT_TRUE(has(text, "status too_few_bars"));
  EXPECT_TRUE(has(text, "reason: 12 bars, 120 needed\n"));
  EXPECT_TRUE(has(text, "no score\n"));
  EXPECT_TRUE(has(text, "合成数据 SYNTHETIC"));
  EXPECT_FALSE(has(text, "rank"));
  const std::string chinese = explain(scan, scan.unranked[0], std::nullopt, {.lang = Lang::zh, .width = 100});
  EXPECT_TRUE(has(chinese, "原因: 仅 12 根K线，需要 120 根\n")) << chinese;
}

}  // namespace
}  // namespace momentum::report
