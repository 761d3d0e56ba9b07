#include "momentum/cli/reading_summary.h"

#include <gtest/gtest.h>

namespace momentum::cli {
namespace {

engine::InputReport sample(int quarantined) {
  engine::InputReport report;
  report.dialect = "plain";
  report.summary.files = 1200;
  report.summary.empty_files = 2;
  report.summary.rows_in = 5000;
  report.summary.stored = 4990 - quarantined;
  report.summary.duplicates = 4;
  report.summary.suspensions = 6;
  report.summary.quarantined = quarantined;
  if (quarantined > 0) report.summary.quarantined_by_reason = {{"high < low", 1}, {"negative price", quarantined - 1}};
  for (int i = 0; i < quarantined; ++i) report.quarantine.push_back({"a.csv", i + 2, "close", "-3", "negative price"});
  return report;
}

TEST(ReadingSummary, TheSumIsSpelledOut) {
  EXPECT_EQ(
      reading_lines(sample(0), report::Lang::en),
      std::vector<std::string>{"read 1,200 files (plain), 2 without rows: rows in 5,000 = 4,990 stored + 4 repeated "
                               "+ 6 suspension records"});
}

TEST(ReadingSummary, FiveQuarantinedRowsThenHowManyMore) {
  const auto lines = reading_lines(sample(8), report::Lang::en);
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_TRUE(lines[0].ends_with("+ 8 quarantined (high < low 1, negative price 7)"));
  EXPECT_EQ(lines[1], "  a.csv:2: negative price (close '-3')");
  EXPECT_EQ(lines[6], "  ... and 3 more; --report FILE writes them all");
  EXPECT_EQ(reading_lines(sample(5), report::Lang::en).size(), 6u);
}

TEST(ReadingSummary, Chinese) {
  EXPECT_EQ(reading_lines(sample(0), report::Lang::zh)[0],
            "读取 1,200 个文件 (plain), 空文件 2: 输入 5,000 行 = 入库 4,990 + 重复 4 + 停牌记录 6");
}

TEST(ReadingSummary, CsvHasEveryRow) {
  auto report = sample(2);
  report.quarantine[1].value = "1,5\"";
  EXPECT_EQ(
      quarantine_csv(report),
      "file,line,column,value,reason\na.csv,2,close,-3,negative price\na.csv,3,close,\"1,5\"\"\",negative price\n");
}

}  // namespace
}  // namespace momentum::cli
