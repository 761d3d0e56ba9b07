#include <gtest/gtest.h>

#include "momentum/report/scan_report.h"
#include "momentum/report/text_width.h"
#include "sample_scan.h"

namespace momentum::report {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST(ScanTable, GoldenAtEightyColumns) {
  EXPECT_EQ(scan_table(sample_scan(), {}, {.width = 80}),
            "2024-06-28  asked for 2024-06-30  coverage 98.5%  profile classic\n"
            "prices back (preclose)  history origin  numerics 1\n"
            "#  code       name          score  close     chg      20d   RSI  60 closes\n"
            "1  600000.SH  浦发\"银行\",A     75  10.25  +1.23%  +10.00%  55.5  ▅█▅▁▇\n"
            "2  000001.SZ  平安银行         60  10.25  -2.00%  +10.00%  55.5  ▅█▅▁▇\n"
            "no room for:  vol ratio  amount  industry  mom/20  MA/15  MACD/20  RSI/15\n"
            "vol/15  trend/15  MACD hist  board  flags  (wider terminal, or --format csv)\n"
            "unranked 1: too_few_bars 1; filtered 1; delisted 1\n");
}

TEST(ScanTable, ThirtyRowsThenWhatIsLeftOut) {
  score::Scan scan = sample_scan();
  scan.results.assign(4900, ranked_record("600000.SH", "浦发银行", 75));
  scan.statistics.unranked = {{"bad_data", 68}, {"no_bar", 43}, {"too_few_bars", 201}, {"stale", 0}};
  const std::string text = scan_table(scan, {}, {.width = 100});
  EXPECT_TRUE(
      has(text, "4,870 more; unranked 312: too_few_bars 201, bad_data 68, no_bar 43; filtered 1; delisted 1\n"));
  std::size_t rows = 0;
  for (std::size_t at = text.find("600000.SH"); at != text.npos; at = text.find("600000.SH", at + 1)) ++rows;
  EXPECT_EQ(rows, 30u);
}

TEST(ScanTable, NoLineOfTheTableIsWiderThanTheTerminal) {
  for (int width = 40; width < 260; width += 7) {
    const std::string text = scan_table(sample_scan(), {.unranked = true}, {.lang = Lang::zh, .width = width});
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = text.find('\n', from);
      const std::string line = text.substr(from, end - from);
      from = end + 1;
      EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
    }
  }
}

TEST(ScanTable, ColourAndUnits) {
  const std::string text = scan_table(sample_scan(), {}, {.lang = Lang::zh, .color = true, .width = 0});
  EXPECT_TRUE(has(text, "\x1b[31m+1.23%\x1b[0m"));
  EXPECT_TRUE(has(text, "\x1b[32m-2.00%\x1b[0m"));
  EXPECT_TRUE(has(text, "1.23亿"));
  EXPECT_TRUE(has(text, "unverified_link:2007-03-01;st"));
  EXPECT_FALSE(has(scan_table(sample_scan(), {}, {.width = 0}), "\x1b"));
}

TEST(ScanTable, SyntheticIsMarkedInBothLanguages) {
  score::Scan scan = sample_scan();
  scan.synthetic = true;
  EXPECT_TRUE(has(scan_table(scan, {}, {.lang = Lang::en}), "合成数据 SYNTHETIC"));
  EXPECT_TRUE(has(scan_table(scan, {}, {.lang = Lang::zh}), "合成数据 SYNTHETIC"));
  EXPECT_FALSE(has(scan_table(sample_scan(), {}, {}), "SYNTHETIC"));
}

TEST(ScanTable, UnrankedWithReasons) {
  const std::string text = scan_table(sample_scan(), {.unranked = true}, {.width = 100});
  EXPECT_TRUE(has(text, "688001.SH        too_few_bars      -  2024-06-28    12  12 bars, 120 needed\n"));
}

TEST(ScanTable, NothingRankedSaysSo) {
  score::Scan scan = sample_scan();
  scan.results.clear();
  EXPECT_TRUE(has(scan_table(scan, {}, {}), "nothing ranked\nunranked 1: too_few_bars 1"));
}

TEST(ScanTable, EscapesInNamesDoNotReachTheTerminal) {
  score::Scan scan = sample_scan();
  scan.results[0].name = "\x1b]0;x\x07";
  EXPECT_FALSE(has(scan_table(scan, {}, {}), "\x1b"));
}

}  // namespace
}  // namespace momentum::report
