#include "momentum/formats/foreign_rows.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>

namespace momentum::formats {
namespace {

using Strings = std::vector<std::string>;

template <class Builder, class Value>
std::shared_ptr<arrow::Array> array(Builder& builder, const std::vector<Value>& values) {
  for (const Value& value : values) EXPECT_TRUE(builder.Append(value).ok());
  EXPECT_TRUE(builder.AppendNull().ok());
  return builder.Finish().ValueOrDie();
}
template <class Builder, class Value>
std::shared_ptr<arrow::Array> array_of(const std::vector<Value>& values) {
  Builder builder;
  return array(builder, values);
}

std::shared_ptr<arrow::Array> times(arrow::TimeUnit::type unit, const std::vector<std::int64_t>& values,
                                    const std::string& zone = "") {
  arrow::TimestampBuilder builder(arrow::timestamp(unit, zone), arrow::default_memory_pool());
  return array(builder, values);
}

std::shared_ptr<arrow::Table> table_of(
    const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, values] : columns) {
    fields.push_back(arrow::field(name, values->type()));
    arrays.push_back(values);
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

// The cells of the only column.
Strings cells_of(const std::shared_ptr<arrow::Array>& values) {
  auto rows = ForeignRows::open(table_of({{"x", values}}), "file");
  EXPECT_TRUE(rows) << rows.error().to_string();
  EXPECT_EQ(rows->records_left(), static_cast<std::size_t>(values->length()));
  Strings out;
  while (rows->next()) {
    out.emplace_back(rows->cells().front());
    EXPECT_EQ(rows->line(), static_cast<std::int64_t>(out.size()));
  }
  EXPECT_EQ(rows->records_left(), 0U);
  return out;
}

TEST(ForeignRows, Numbers) {
  EXPECT_EQ(cells_of(array_of<arrow::Int8Builder>(std::vector<std::int8_t>{-7})), (Strings{"-7", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::Int64Builder>(std::vector<std::int64_t>{9007199254740993})),
            (Strings{"9007199254740993", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::UInt64Builder>(std::vector<std::uint64_t>{18446744073709551615U})),
            (Strings{"18446744073709551615", ""}));
  EXPECT_EQ(
      cells_of(array_of<arrow::DoubleBuilder>(std::vector<double>{
          45407.6, 0.1, 1e22, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})),
      (Strings{"45407.6", "0.1", "1e+22", "inf", "", ""}));
  EXPECT_EQ(
      cells_of(array_of<arrow::DoubleBuilder>(std::vector<double>{-0.0, -2.699, 0.0001, 1.0001, 100, 99999999999.9999,
                                                                  100000000000.5, 0.30000000000000004, 1e-5, -5e-324})),
      (Strings{"0", "-2.699", "0.0001", "1.0001", "100", "99999999999.9999", "100000000000.5", "0.30000000000000004",
               "1e-05", "-5e-324", ""}));
  // The double that the float is, not the decimal that it was made of.
  EXPECT_EQ(cells_of(array_of<arrow::FloatBuilder>(std::vector<float>{0.1F, 7.5F})),
            (Strings{"0.10000000149011612", "7.5", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::BooleanBuilder>(std::vector<bool>{true, false})), (Strings{"1", "0", ""}));
  arrow::Decimal128Builder decimals(arrow::decimal128(10, 2));
  EXPECT_EQ(cells_of(array(decimals, std::vector<arrow::Decimal128>{arrow::Decimal128(-1234)})),
            (Strings{"-12.34", ""}));
}

// By the C library: the same double, and the shortest text.
TEST(ForeignRows, NumbersReadBackAsTheyAre) {
  std::vector<double> values;
  std::mt19937_64 random(7);
  for (int k = 0; k < 20'000; ++k) {
    values.push_back(static_cast<double>(random() % 10'000'000) / 100);
    values.push_back(std::nextafter(values.back(), 1e9));
    values.push_back(static_cast<double>(random() % 1'000'000'000'000'000) / 10'000);
    values.push_back(std::bit_cast<double>(random() & 0xffefffffffffffff));
  }
  const Strings cells = cells_of(array_of<arrow::DoubleBuilder>(values));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    ASSERT_EQ(std::strtod(cells[i].c_str(), nullptr), values[i]) << cells[i];
    char seventeen[40];
    for (int digits = 1; digits <= 17; ++digits) {
      std::snprintf(seventeen, sizeof seventeen, "%.*e", digits - 1, values[i]);
      if (std::strtod(seventeen, nullptr) != values[i]) continue;
      const std::string mantissa = cells[i].substr(0, cells[i].find('e'));
      std::string figures;
      for (const char c : mantissa)
        if (c >= '0' && c <= '9') figures += c;
      figures.erase(0, figures.find_first_not_of('0'));
      figures.erase(figures.find_last_not_of('0') + 1);
      ASSERT_LE(figures.size(), static_cast<std::size_t>(digits)) << cells[i];
      break;
    }
  }
}

TEST(ForeignRows, TextsAndDates) {
  EXPECT_EQ(cells_of(array_of<arrow::StringBuilder>(Strings{"600000.SH", " 平安银行 \n", ""})),
            (Strings{"600000.SH", "平安银行", "", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::LargeStringBuilder>(Strings{"a"})), (Strings{"a", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::StringDictionaryBuilder>(Strings{"b", "a", "b"})), (Strings{"b", "a", "b", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::Date32Builder>(std::vector<std::int32_t>{18628, -1})),
            (Strings{"2021-01-01", "1969-12-31", ""}));
  EXPECT_EQ(cells_of(array_of<arrow::Date64Builder>(std::vector<std::int64_t>{18628 * std::int64_t{86400000}})),
            (Strings{"2021-01-01", ""}));
  constexpr std::int64_t kDay = 18628 * std::int64_t{86400};
  EXPECT_EQ(cells_of(times(arrow::TimeUnit::SECOND, {kDay, -86400})), (Strings{"2021-01-01", "1969-12-31", ""}));
  EXPECT_EQ(cells_of(times(arrow::TimeUnit::MILLI, {kDay * 1000, -1})),
            (Strings{"2021-01-01", "1969-12-31 23:59:59", ""}));
  EXPECT_EQ(cells_of(times(arrow::TimeUnit::MICRO, {(kDay + 54000) * 1000000})), (Strings{"2021-01-01 15:00:00", ""}));
  EXPECT_EQ(
      cells_of(times(arrow::TimeUnit::NANO, {kDay * 1000000000, std::numeric_limits<std::int64_t>::min()}, "UTC")),
      (Strings{"2021-01-01", "", ""}));
  EXPECT_EQ(cells_of(times(arrow::TimeUnit::SECOND, {std::int64_t{1} << 62})), (Strings{"4611686018427387904", ""}));
}

TEST(ForeignRows, AnIndexWithoutAName) {
  const auto whole = array_of<arrow::Int64Builder>(std::vector<std::int64_t>{1});
  const auto day = array_of<arrow::Date32Builder>(std::vector<std::int32_t>{18628});
  const auto headings = [](const auto& columns) { return ForeignRows::open(table_of(columns), "file")->headings(); };
  using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;
  EXPECT_EQ(headings(Columns{{"close", whole}, {"__index_level_0__", whole}}), (Strings{"close", ""}));
  EXPECT_EQ(headings(Columns{{"close", whole}, {"__index_level_0__", day}}), (Strings{"close", "date"}));
  EXPECT_EQ(headings(Columns{{"date", day}, {"__index_level_0__", day}}), (Strings{"date", ""}));
  EXPECT_EQ(headings(Columns{{"index", day}, {"close", whole}}), (Strings{"date", "close"}));
  EXPECT_EQ(headings(Columns{{"close", whole}, {"index", whole}}), (Strings{"close", "index"}));
}

TEST(ForeignRows, WhatNoCellHolds) {
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
  const auto refused = [](const std::shared_ptr<arrow::Array>& values) {
    return ForeignRows::open(table_of({{"x", values}}), "bars.parquet").error().to_string();
  };
  EXPECT_EQ(refused(lists.Finish().ValueOrDie()),
            "values of type list<item: int64>: bars.parquet, column x; numbers, texts and dates are read; leave the "
            "column out");
  EXPECT_EQ(refused(times(arrow::TimeUnit::NANO, {0}, "Asia/Shanghai")),
            "instants in the zone Asia/Shanghai instead of dates: bars.parquet, column x; write the days, in pandas by "
            "tz_localize(None)");
}

}  // namespace
}  // namespace momentum::formats
