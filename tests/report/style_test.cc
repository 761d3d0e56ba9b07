#include "momentum/report/style.h"

#include <gtest/gtest.h>

namespace momentum::report {
namespace {

TEST(Style, FormatsByName) {
  EXPECT_EQ(*parse_format("table"), Format::table);
  EXPECT_EQ(*parse_format("csv"), Format::csv);
  EXPECT_EQ(*parse_format("json"), Format::json);
  EXPECT_EQ(*parse_format("parquet"), Format::parquet);
}

TEST(Style, FormatsThatAreNotThereSayWhichAre) {
  for (const char* name : {"xlsx", "yaml", ""}) {
    const auto format = parse_format(name);
    ASSERT_FALSE(format) << name;
    EXPECT_EQ(format.error().exit_status(), 2);
    EXPECT_EQ(format.error().remedy, "use table, csv, json or parquet");
  }
}

TEST(Style, SuffixImpliesFormat) {
  EXPECT_EQ(*format_of_path("a/b.json", Format::csv), Format::json);
  EXPECT_EQ(*format_of_path("a/b.CSV", Format::table), Format::csv);
  EXPECT_EQ(*format_of_path("b.txt", Format::csv), Format::table);
  EXPECT_EQ(*format_of_path("folder.json/b", Format::csv), Format::csv);
  EXPECT_EQ(*format_of_path("b.dat", Format::csv), Format::csv);
  EXPECT_EQ(format_of_path("b.xlsx", Format::csv).error().code, ErrorCode::bad_value);
  EXPECT_EQ(format_of_path("b.xlsx", Format::csv).error().where, "b.xlsx");
  EXPECT_EQ(*format_of_path("b.parquet", Format::csv), Format::parquet);
}

TEST(Style, Languages) {
  EXPECT_EQ(*parse_lang("zh"), Lang::zh);
  EXPECT_EQ(*parse_lang("en"), Lang::en);
  EXPECT_EQ(parse_lang("fr").error().exit_status(), 2);
}

}  // namespace
}  // namespace momentum::report
