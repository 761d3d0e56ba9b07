#include "momentum/report/parquet_report.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <bit>
#include <cmath>

#include "momentum/report/scan_report.h"
#include "sample_scan.h"

namespace momentum::report {
namespace {

std::shared_ptr<arrow::Table> read(const std::string& bytes) {
  auto opened = parquet::arrow::OpenFile(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)),
                                         arrow::default_memory_pool());
  EXPECT_TRUE(opened.ok()) << opened.status().ToString();
  auto table = (*opened)->ReadTable();
  EXPECT_TRUE(table.ok()) << table.status().ToString();
  return *(*table)->CombineChunks();
}

std::shared_ptr<arrow::Array> column(const arrow::Table& table, const std::string& name) {
  const auto found = table.GetColumnByName(name);
  EXPECT_TRUE(found != nullptr && found->num_chunks() == 1) << name;
  return found->chunk(0);
}

TEST(ParquetReport, ScanHasTheColumnsOfTheCsv) {
  const score::Scan scan = sample_scan();
  const auto table = read(*scan_parquet(scan, {.unranked = true}));
  const std::string csv = scan_csv(scan, {.unranked = true});
  std::string heading;
  for (const std::string& name : table->ColumnNames()) heading += (heading.empty() ? "" : ",") + name;
  EXPECT_EQ(heading, csv.substr(0, csv.find('\n')));
  ASSERT_EQ(table->num_rows(), static_cast<std::int64_t>(scan.results.size() + scan.unranked.size()));
  EXPECT_EQ(read(*scan_parquet(scan, {}))->num_rows(), static_cast<std::int64_t>(scan.results.size()));

  const auto& codes = static_cast<const arrow::StringArray&>(*column(*table, "ts_code"));
  const auto& scores = static_cast<const arrow::DoubleArray&>(*column(*table, "score_raw"));
  const auto& days = static_cast<const arrow::Date32Array&>(*column(*table, "as_of"));
  const auto& bars = static_cast<const arrow::Int64Array&>(*column(*table, "bars"));
  for (std::size_t i = 0; i < scan.results.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const score::Record& record = scan.results[i];
    EXPECT_EQ(codes.GetString(row), record.ts_code);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(scores.Value(row)), std::bit_cast<std::uint64_t>(record.score_raw));
    EXPECT_EQ(days.Value(row), record.as_of.days);
    EXPECT_EQ(bars.Value(row), record.bars);
  }
  EXPECT_EQ(table->schema()->GetFieldByName("synthetic")->type()->id(), arrow::Type::BOOL);
}

TEST(ParquetReport, WhatIsMissingIsNull) {
  score::Scan scan;
  scan.results.push_back({.ts_code = "600000.SH", .status = score::Status::ok});
  const auto table = read(*scan_parquet(scan, {}));
  for (const char* name : {"name", "industry", "close", "score", "价格动量", "reason", "as_of", "first_bar"})
    EXPECT_TRUE(column(*table, name)->IsNull(0)) << name;
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*column(*table, "flags")).GetString(0), "");
}

TEST(ParquetReport, MetadataSaysWhatItIs) {
  score::Scan scan = sample_scan();
  scan.store_snapshot = "7";
  const std::string bytes = *scan_parquet(scan, {});
  const auto file =
      parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)));
  const auto metadata = file->metadata();
  EXPECT_EQ(*metadata->key_value_metadata()->Get("as_of"), to_string(scan.as_of));
  EXPECT_EQ(*metadata->key_value_metadata()->Get("store_snapshot"), "7");
  EXPECT_EQ(*metadata->key_value_metadata()->Get("synthetic"), scan.synthetic ? "true" : "false");
  EXPECT_EQ(metadata->RowGroup(0)->ColumnChunk(0)->compression(), parquet::Compression::ZSTD);
  scan.store_snapshot.clear();
  const auto table = read(*scan_parquet(scan, {}));
  EXPECT_FALSE(table->schema()->metadata()->Contains("store_snapshot"));
}

TEST(ParquetReport, RowsKeepEveryBitButThatOfNaN) {
  const std::vector<double> values{0.1, -0.0, 5e-324, std::numeric_limits<double>::infinity(), NAN, 1.0 / 3};
  arrow::DoubleBuilder builder;
  ASSERT_TRUE(builder.AppendValues(values).ok());
  const auto array = *builder.Finish();
  const auto rows = arrow::Table::Make(arrow::schema({arrow::field("ma5", array->type())}), {array});
  const auto back = read(*rows_parquet(*rows, {{"name", "浦发银行"}, {"nothing", ""}}));
  const auto& read_values = static_cast<const arrow::DoubleArray&>(*column(*back, "ma5"));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    EXPECT_EQ(read_values.IsNull(row), std::isnan(values[i]));
    if (std::isnan(values[i])) continue;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(read_values.Value(row)), std::bit_cast<std::uint64_t>(values[i]));
  }
  EXPECT_EQ(*back->schema()->metadata()->Get("name"), "浦发银行");
  EXPECT_FALSE(back->schema()->metadata()->Contains("nothing"));
  EXPECT_EQ(read(*rows_parquet(*rows->Slice(0, 0), {}))->num_rows(), 0);
}

TEST(ParquetReport, ATypeThatParquetHasNot) {
  const auto odd = arrow::month_day_nano_interval();
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("lag", odd)}), {*arrow::MakeArrayOfNull(odd, 1)});
  const auto bytes = rows_parquet(*table, {});
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace momentum::report
