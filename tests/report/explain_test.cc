#include <gtest/gtest.h>

#include "momentum/report/scan_report.h"
#include "sample_scan.h"

namespace momentum::report {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST(Explain, EveryPartWithPointsMaximumAndBar) {
  const score::Scan scan = sample_scan();
  const std::string text = explain(scan, scan.results[0], 1, {.lang = Lang::zh, .width = 100});
  EXPECT_TRUE(has(text, "600000.SH  浦发\"银行\",A  main  银行  排名 1 / 2\n"));
  EXPECT_TRUE(has(text, "数据日期 2024-06-28  首根K线 2020-01-02  根数 1,087"));
  EXPECT_TRUE(has(text, "价格动量    12.34 / 20  ████████████░░░░░░░░  20日涨幅 +10.00%\n"));
  EXPECT_TRUE(has(text, "均线排列       15 / 15  ███████████████       收盘 10.25\n"));
  EXPECT_TRUE(has(text, "MACD指标       10 / 20  ██████████░░░░░░░░░░  MACD +0.2500, MACD柱 -0.1250\n"));
  EXPECT_TRUE(has(text, "RSI指标        15 / 15  ███████████████       RSI 55.50\n"));
  EXPECT_TRUE(has(text, "成交量变化     11 / 15  ███████████░░░░       量比20 1.50\n"));
  EXPECT_TRUE(has(text, "趋势强度       12 / 15  ████████████░░░\n"));
  EXPECT_TRUE(has(text, "总分          75 / 100                        取整前 75.34\n"));
}

TEST(Explain, English) {
  const score::Scan scan = sample_scan();
  const std::string text = explain(scan, scan.results[1], 2, {.width = 100});
  for (const score::Part& part : score::classic_parts())
    EXPECT_TRUE(has(text, "\n" + std::string(part.english))) << part.english;
  EXPECT_TRUE(has(text, "rank 2 of 2"));
  EXPECT_TRUE(has(text, "60 / 100"));
  EXPECT_TRUE(has(text, "vol ratio inf"));
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
}

}  // namespace
}  // namespace momentum::report
