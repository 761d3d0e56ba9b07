#include "momentum/cli/reading_summary.h"

#include <gtest/gtest.h>

#include "momentum/report/text_width.h"

namespace momentum::cli {
namespace {

engine::InputReport sample(int quarantined) {
  engine::InputReport report;
  report.dialect = "plain";
  report.summary.files = 1200;
  report.summary.empty_files = {"a.csv", "b\n.csv"};
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
  EXPECT_EQ(reading_lines(sample(0), report::Lang::en),
            (std::vector<std::string>{
                "read 1,200 files (plain): rows in 5,000 = 4,990 stored + 4 repeated + 6 suspension records",
                "  2 files without rows: " + report::printable("a.csv, b\n.csv")}));
}

TEST(ReadingSummary, TheFirstFilesWithoutRows) {
  auto report = sample(1);
  report.summary.empty_files = {"1.csv", "2.csv", "3.csv", "4.csv", "5.csv"};
  auto lines = reading_lines(report, report::Lang::en);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1], "  5 files without rows: 1.csv, 2.csv, 3.csv, 4.csv, 5.csv");
  EXPECT_EQ(lines[2], "  a.csv:2: negative price (close '-3')");
  report.summary.empty_files.push_back("6.csv");
  EXPECT_EQ(reading_lines(report, report::Lang::en)[1],
            "  6 files without rows: 1.csv, 2.csv, 3.csv, 4.csv, 5.csv, ...");
  report.summary.empty_files.clear();
  lines = reading_lines(report, report::Lang::en);
  ASSERT_EQ(lines.size(), 2u);
}

TEST(ReadingSummary, FiveQuarantinedRowsThenHowManyMore) {
  const auto lines = reading_lines(sample(8), report::Lang::en);
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_TRUE(lines[0].ends_with("+ 8 quarantined (high < low 1, negative price 7)"));
  EXPECT_EQ(lines[2], "  a.csv:2: negative price (close '-3')");
  EXPECT_EQ(lines[7], "  ... and 3 more; --report FILE writes them all");
  EXPECT_EQ(reading_lines(sample(5), report::Lang::en).size(), 7u);
}

TEST(ReadingSummary, Chinese) {
  const auto lines = reading_lines(sample(0), report::Lang::zh);
  EXPECT_EQ(lines[0], "读取 1,200 个文件 (plain): 输入 5,000 行 = 入库 4,990 + 重复 4 + 停牌记录 6");
  EXPECT_TRUE(lines[1].starts_with("  空文件 2: a.csv, "));
}

TEST(ReadingSummary, CsvHasEveryRow) {
  auto report = sample(2);
  report.quarantine[1].value = "1,5\"";
  EXPECT_EQ(
      quarantine_csv(report),
      "file,line,column,value,reason\na.csv,2,close,-3,negative price\na.csv,3,close,\"1,5\"\"\",negative price\n");
}

engine::ImportReport imported() {
  engine::ImportReport report;
  report.summary = sample(2).summary;
  report.quarantine = sample(2).quarantine;
  report.dialect = "plain";
  report.accounted = true;
  report.stored = 4000;
  report.known = 985;
  report.conflicting = 3;
  for (int i = 0; i < 7; ++i) report.contradicted.push_back({{"600000", Market::SH}, {19000 + i}});
  return report;
}

TEST(ReadingSummary, AnImportTellsStoredRowsApart) {
  engine::ImportReport report = imported();
  auto lines = import_lines(report, report::Lang::en);
  EXPECT_EQ(
      lines[0],
      "read 1,200 files (plain): rows in 5,000 = 4,000 stored + 985 already there + 3 conflicting, kept as stored + "
      "4 repeated + 6 suspension records + 2 quarantined (high < low 1, negative price 1)");
  EXPECT_EQ(lines[4], "  600000.SH 2022-01-08: the file's row differs from the stored one, which is kept");
  EXPECT_EQ(lines.back(), "  ... and 2 more");
  report.accounted = false;  // it failed before it was known
  lines = import_lines(report, report::Lang::en);
  EXPECT_NE(lines[0].find("= 4,988 stored + 4 repeated"), std::string::npos);
}

TEST(ReadingSummary, AnImportOfAKindNamesIt) {
  engine::ImportReport report = imported();
  report.kind = "factors";
  report.quarantine = {{"f.csv", 0, "code", "600009.SH", "no such instrument in the store"}};
  const auto lines = import_lines(report, report::Lang::zh);
  EXPECT_TRUE(lines[0].starts_with("读取 1,200 个文件 (factors)"));
  EXPECT_EQ(lines[2], "  f.csv: no such instrument in the store (code '600009.SH')");
}

TEST(ReadingSummary, BarsBeforeTheFirstAreAWarning) {
  engine::ImportReport report = imported();
  report.corrected = 1;
  report.contradicted.resize(1);
  report.prepended.assign(6, {"600000", Market::SH});
  const auto lines = import_lines(report, report::Lang::en);
  EXPECT_EQ(lines[lines.size() - 2], "  600000.SH 2022-01-08: the file's row replaced a different one");
  EXPECT_EQ(lines.back().substr(0, 75), "warning: bars before the first stored one of 6 instruments (600000.SH, 6000");
  EXPECT_NE(lines.back().find("..."), std::string::npos);
}

TEST(ReadingSummary, TheReportOfAnImportHasTheBarsThatDiffer) {
  engine::ImportReport report = imported();
  report.contradicted.resize(1);
  EXPECT_EQ(quarantine_csv(report),
            "file,line,column,value,reason\na.csv,2,close,-3,negative price\na.csv,3,close,-3,negative price\n"
            ",,date,600000.SH 2022-01-08,differs from the stored bar\n");
}

}  // namespace
}  // namespace momentum::cli
