// Parquet and HDF5 files of others, by the rules of CSV.

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <filesystem>

#include "code_of_file.h"
#include "momentum/sources/header.h"
#include "reading.h"

namespace momentum::sources::testing {
namespace {

using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

template <class Builder, class Value>
std::shared_ptr<arrow::Array> array(const std::vector<std::optional<Value>>& values) {
  Builder builder;
  for (const auto& value : values) EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  return builder.Finish().ValueOrDie();
}
std::shared_ptr<arrow::Array> reals(const Numbers& values) { return array<arrow::DoubleBuilder>(values); }
std::shared_ptr<arrow::Array> wholes(const std::vector<std::optional<std::int64_t>>& values) {
  return array<arrow::Int64Builder>(values);
}
std::shared_ptr<arrow::Array> texts(const std::vector<std::optional<std::string>>& values) {
  return array<arrow::StringBuilder>(values);
}

std::string parquet(const Columns& columns, const std::string& synthetic = "false") {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, values] : columns) {
    fields.push_back(arrow::field(name, values->type()));
    arrays.push_back(values);
  }
  const auto notes = arrow::key_value_metadata({"synthetic"}, {synthetic});
  const auto table = arrow::Table::Make(arrow::schema(fields, notes), arrays);
  const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), out, 1024,
                                         parquet::default_writer_properties(), properties)
                  .ok());
  return out->Finish().ValueOrDie()->ToString();
}

const BarOptions kOptions{.dialect = "", .code = "", .reader = {FOREIGN_READER, {}}};

Result<BarSet> read_tables(const std::vector<std::string>& paths, const std::string& dialect = "", int threads = 1) {
  BarOptions options = kOptions;
  options.dialect = dialect;
  return read(paths, options, threads);
}

const Columns kBars = {{"date", texts({"2024-01-02", "20240103", "2024-01-04", "2024-01-05"})},
                       {"open", reals({10.1, 10.2, -1.0, {}})},
                       {"high", reals({10.3, 10.4, 10, 11})},
                       {"low", reals({10.0, 10.1, 10, 10})},
                       {"close", reals({10.2, 10.3, 10, 10.5})},
                       {"volume", wholes({100, 9007199254740993, 5, 0})}};

// The same text by way of a CSV file.
TEST(ForeignTables, AreReadAsTheTextOfThemIs) {
  ScratchFolder folder;
  const auto table = read_tables({folder.write("t/sh600000.parquet", parquet(kBars))});
  const auto text = read({folder.write("c/sh600000.csv",
                                       "date,open,high,low,close,volume\n2024-01-02,10.1,10.3,10,10.2,100\n"
                                       "20240103,10.2,10.4,10.1,10.3,9007199254740993\n2024-01-04,-1,10,10,10,5\n"
                                       "2024-01-05,,11,10,10.5,0\n")});
  ASSERT_TRUE(table && text) << table.error().to_string();
  EXPECT_EQ(table->dialect, "plain");
  EXPECT_EQ(account(*table), account(*text));
  EXPECT_EQ(account(*table), (Account{3, 0, 0, 1}));
  ASSERT_EQ(table->instruments.size(), 1U);
  EXPECT_EQ(to_string(table->instruments.front().id), "600000.SH");
  EXPECT_TRUE(table->instruments.front().bars->Equals(*text->instruments.front().bars));
  const Quarantined& refused = table->quarantine.front();
  EXPECT_EQ(refused.file, folder.path("t/sh600000.parquet"));
  EXPECT_EQ(refused.line, 3);  // the row, without a header
  EXPECT_EQ(refused.column, "open");
  EXPECT_EQ(refused.value, "-1");
  EXPECT_EQ(refused.reason, "negative price");
}

TEST(ForeignTables, AreFoundInFoldersAndArchives) {
  ScratchFolder folder;
  const std::string bytes = parquet(kBars);
  folder.write("all/a/sh600000.parquet", bytes);
  folder.write("all/b/sz000001.PQ", bytes);
  folder.write("all/sh600004.csv", "date,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n");
  const std::string archive = folder.pack("bars.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip,
                                          {{"x/sh600001.parquet", bytes}, {"read.me", "?"}});
  const std::vector<std::string> paths = {folder.path("all"), archive};
  const auto set = read_tables(paths);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->summary.files, 4);
  EXPECT_EQ(account(*set), (Account{10, 0, 0, 3}));
  EXPECT_EQ(set->quarantine.back().file, archive + "!x/sh600001.parquet");
  const auto threaded = read_tables(paths, "", 4);
  ASSERT_TRUE(threaded);
  ASSERT_EQ(threaded->instruments.size(), set->instruments.size());
  for (std::size_t i = 0; i < set->instruments.size(); ++i)
    EXPECT_TRUE(threaded->instruments[i].bars->Equals(*set->instruments[i].bars));
}

TEST(ForeignTables, SayWhetherTheyAreMadeUp) {
  ScratchFolder folder;
  EXPECT_TRUE(read_tables({folder.write("sh600000.parquet", parquet(kBars, "true"))})->synthetic);
  EXPECT_FALSE(read_tables({folder.write("sh600000.parquet", parquet(kBars))})->synthetic);
}

TEST(ForeignTables, UnitsAreThoseOfTheDialect) {
  ScratchFolder folder;
  const std::string bytes = parquet({{"code", texts({"600774.SH"})},
                                     {"date", texts({"2025-03-06"})},
                                     {"open", reals({7.71})},
                                     {"high", reals({7.74})},
                                     {"low", reals({7.63})},
                                     {"close", reals({7.69})},
                                     {"pre_close", reals({7.71})},
                                     {"change", reals({-0.02})},
                                     {"pct_chg", reals({-0.2594})},
                                     {"volume", reals({45407.6})},
                                     {"amount", reals({34852.242})},
                                     {"__index_level_0__", wholes({14})}});
  const auto set = read_tables({folder.write("0ab3.parquet", bytes)});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "tushare_cache");
  const InstrumentBars& bars = set->instruments.front();
  EXPECT_EQ(column(bars, "volume"), Numbers{4540760});  // and not 45407.6 * 100, which is no whole number
  EXPECT_EQ(column(bars, "amount"), Numbers{34852242});
  EXPECT_EQ(column(bars, "preclose"), Numbers{7.71});
}

// Bars of one vendor in English: nothing but their order tells them from plain ones, and nothing tells their basis.
TEST(ForeignTables, AnOrderOfColumnsMakesOneAsk) {
  ScratchFolder folder;
  const std::string file = folder.write("sz000001.parquet", parquet({{"date", texts({"2024-01-02"})},
                                                                     {"open", reals({10.0})},
                                                                     {"close", reals({10.5})},
                                                                     {"high", reals({11.0})},
                                                                     {"low", reals({9.0})},
                                                                     {"volume", wholes({12})}}));
  const auto asked = read_tables({file});
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, ErrorCode::unknown_dialect);
  EXPECT_EQ(asked.error().what,
            "the columns fit several dialects (plain, eastmoney_raw, eastmoney_front, eastmoney_back)");
  const auto front = read_tables({file}, "eastmoney_front");
  ASSERT_TRUE(front);
  EXPECT_EQ(front->price_basis, "front");
  EXPECT_EQ(column(front->instruments.front(), "volume"), Numbers{1200});
  EXPECT_EQ(column(read_tables({file}, "plain")->instruments.front(), "volume"), Numbers{12});
}

TEST(ForeignTables, ThatAreNone) {
  ScratchFolder folder;
  const auto error_of = [&](const std::string& bytes, const BarOptions& options) {
    return read({folder.write("sh600000.parquet", bytes)}, options).error();
  };
  const std::string whole = parquet(kBars);
  EXPECT_EQ(error_of("", kOptions).code, ErrorCode::unreadable_data);
  EXPECT_EQ(error_of(whole.substr(0, whole.size() / 2), kOptions).code, ErrorCode::unreadable_data);
  EXPECT_EQ(error_of(parquet({{"a", reals({1})}}), kOptions).what, "no column of a known dialect");
  EXPECT_EQ(error_of(parquet({{"date", texts({"2024-01-02"})}, {"No1", reals({1})}}), kOptions).what,
            "no dialect matches the columns (plain needs open, high, low, close, volume)");
  EXPECT_EQ(error_of(whole, {}).what, "a Parquet or HDF5 file, for which no reader is set");
  const auto empty = read_tables({folder.write("sh600000.parquet", parquet({{"date", texts({})},
                                                                            {"open", reals({})},
                                                                            {"high", reals({})},
                                                                            {"low", reals({})},
                                                                            {"close", reals({})},
                                                                            {"volume", wholes({})}}))});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::empty_input);
}

TEST(ForeignTables, AreNamedByTheirWayInTheFile) {
  EXPECT_EQ(stem_of_table("/data/SH600000", "sh_day", false), "SH600000");
  EXPECT_EQ(stem_of_table("/SH600000/table", "sh_day", true), "SH600000");
  EXPECT_EQ(stem_of_table("/data/AAPL", "us", false), "AAPL");
  EXPECT_EQ(stem_of_table("/AAPL/table", "us", false), "AAPL");
  EXPECT_EQ(stem_of_table("/bars/table", "sz000001", true), "sz000001");
  EXPECT_EQ(stem_of_table("", "sz000001", true), "sz000001");
}

TEST(ForeignTables, Hikyuu) {
  const std::string path = MOMENTUM_SOURCE_DIR "/../shared/data/hdf5/sh_day.h5";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data folder beside the sources";
  const auto set = read_tables({path});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "hikyuu");
  EXPECT_EQ(set->summary.files, 1);
  EXPECT_EQ(account(*set), (Account{12922, 0, 0, 0}));
  ASSERT_EQ(set->instruments.size(), 4U);
  const auto bank = std::ranges::find(set->instruments, Instrument{"600000", Market::SH}, &InstrumentBars::id);
  ASSERT_NE(bank, set->instruments.end());
  EXPECT_EQ(days(*bank).front(), "1999-11-10");
  EXPECT_EQ(column(*bank, "close").front(), 27.75);
  EXPECT_EQ(column(*bank, "volume").front(), 174085000);
  EXPECT_EQ(column(*bank, "amount").front(), 4859102000);
}

}  // namespace
}  // namespace momentum::sources::testing
