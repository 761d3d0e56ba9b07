#include "momentum/report/rows_report.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace momentum::report {
namespace {

// Two chunks, so that rows cross a border.
std::shared_ptr<arrow::Table> sample() {
  const auto chunk = [](int from, int to) {
    arrow::Date32Builder date;
    arrow::DoubleBuilder open, close, momentum;
    arrow::Int64Builder volume;
    arrow::StringBuilder note;
    for (int i = from; i < to; ++i) {
      EXPECT_TRUE(date.Append(19900 + i).ok());
      EXPECT_TRUE(open.Append(10).ok());
      EXPECT_TRUE((i == 1 ? close.AppendNull() : close.Append(10 + (i == 2 ? -1 : 1) * 0.5)).ok());
      EXPECT_TRUE(momentum.Append(i == 0 ? std::numeric_limits<double>::infinity() : i == 2 ? NAN : 0.05).ok());
      EXPECT_TRUE(volume.Append(12345 * i).ok());
      EXPECT_TRUE(note.Append(i == 0 ? "a,b" : "").ok());
    }
    const auto schema =
        arrow::schema({arrow::field("date", arrow::date32()), arrow::field("open", arrow::float64()),
                       arrow::field("close", arrow::float64()), arrow::field("momentum_5", arrow::float64()),
                       arrow::field("volume", arrow::int64()), arrow::field("note", arrow::utf8())});
    return arrow::RecordBatch::Make(
        schema, to - from,
        {*date.Finish(), *open.Finish(), *close.Finish(), *momentum.Finish(), *volume.Finish(), *note.Finish()});
  };
  return *arrow::Table::FromRecordBatches({chunk(0, 1), chunk(1, 3)});
}

TEST(RowsReport, Csv) {
  EXPECT_EQ(*rows_csv(*sample()),
            "date,open,close,momentum_5,volume,note\n"
            "2024-06-26,10,10.5,inf,0,\"a,b\"\n"
            "2024-06-27,10,,0.05,12345,\n"
            "2024-06-28,10,9.5,,24690,\n");
}

TEST(RowsReport, Json) {
  EXPECT_EQ(
      *rows_json(*sample(), {.code = "600000.SH", .name = "", .adjust_applied = "back", .synthetic = true}),
      "{\"ts_code\":\"600000.SH\",\"name\":null,\"adjust_applied\":\"back\",\"synthetic\":true,\n\"rows\":[\n"
      "{\"date\":\"2024-06-26\",\"open\":10,\"close\":10.5,\"momentum_5\":null,\"volume\":0,\"note\":\"a,b\"},\n"
      "{\"date\":\"2024-06-27\",\"open\":10,\"close\":null,\"momentum_5\":0.05,\"volume\":12345,\"note\":\"\"},\n"
      "{\"date\":\"2024-06-28\",\"open\":10,\"close\":9.5,\"momentum_5\":null,\"volume\":24690,\"note\":\"\"}\n]}\n");
}

TEST(RowsReport, TableShowsTheLastRows) {
  const RowsTitle title{.code = "600000.SH", .name = "浦发银行", .adjust_applied = "back", .synthetic = true};
  EXPECT_EQ(*rows_table(*sample(), title, {.width = 80, .rows = 2}),
            "600000.SH  浦发银行  prices back  合成数据 SYNTHETIC\n"
            "█ ▁\n"
            "date         open  close  momentum_5  volume  note\n"
            "2024-06-27  10.00      -      +5.00%  12,345\n"
            "2024-06-28  10.00   9.50           -  24,690\n"
            "1 earlier rows (--last N, or --format csv)\n");
}

TEST(RowsReport, TableColoursTheCandle) {
  const std::string text = *rows_table(*sample(), {}, {.color = true, .width = 80});
  EXPECT_NE(text.find("\x1b[31m10.50\x1b[0m"), text.npos);
  EXPECT_NE(text.find("\x1b[32m9.50\x1b[0m"), text.npos);
}

TEST(RowsReport, NoRows) {
  const auto none = sample()->Slice(0, 0);
  EXPECT_EQ(*rows_csv(*none), "date,open,close,momentum_5,volume,note\n");
  EXPECT_EQ(*rows_json(*none, {}),
            "{\"ts_code\":null,\"name\":null,\"adjust_applied\":null,\"synthetic\":false,\n\"rows\":[]}\n");
  EXPECT_TRUE(rows_table(*none, {}, {}));
}

TEST(RowsReport, UnknownTypeIsNamed) {
  const auto array = *arrow::MakeArrayOfNull(arrow::duration(arrow::TimeUnit::SECOND), 1);
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("lag", array->type())}), {array});
  const auto text = rows_csv(*table);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::internal);
  EXPECT_EQ(text.error().where, "lag");
}

}  // namespace
}  // namespace momentum::report
