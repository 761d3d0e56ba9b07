#include "momentum/formats/foreign_file.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <filesystem>
#include <fstream>

#include "column_sample.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

const std::string kFolder = MOMENTUM_SOURCE_DIR "/../shared/data/hdf5/";
const ForeignReader kReader{FOREIGN_READER, {}};

class Foreign : public ::testing::Test {
 protected:
  std::string shared(const std::string& name) const {
    const std::string path = kFolder + name;
    return std::filesystem::exists(path) ? path : "";
  }
  ScratchFolder folder_;
};

template <class Array>
const Array& column(const ForeignTable& table, const std::string& name) {
  return static_cast<const Array&>(*table.table->GetColumnByName(name)->chunk(0));
}

TEST_F(Foreign, RecordsOfPyTables) {
  const std::string path = shared("sh_day.h5");
  if (path.empty()) GTEST_SKIP() << "no shared data folder beside the sources";
  const auto tables = read_foreign_file(kReader, path);
  ASSERT_TRUE(tables) << tables.error().to_string();
  const auto found =
      std::ranges::find(*tables, std::string("/data/SH000001"), [](const ForeignTable& one) { return one.path; });
  ASSERT_NE(found, tables->end());
  EXPECT_EQ(found->table->num_rows(), 5121);
  EXPECT_EQ(found->table->num_columns(), 7);
  EXPECT_EQ(column<arrow::Int64Array>(*found, "closePrice").Value(0), 99980);
  EXPECT_EQ(column<arrow::Int64Array>(*found, "datetime").Value(1), 199012200000);
  EXPECT_EQ(column<arrow::Int64Array>(*found, "transCount").Value(1), 197);
}

TEST_F(Foreign, AFixedFrameOfPandas) {
  const std::string path = shared("pandas_fixed_SYNTHETIC.h5");
  if (path.empty()) GTEST_SKIP() << "no shared data folder beside the sources";
  const auto tables = read_foreign_file(kReader, path);
  ASSERT_TRUE(tables) << tables.error().to_string();
  ASSERT_EQ(tables->size(), 1U);
  EXPECT_EQ(tables->front().path, "/data");
  const auto& table = *tables->front().table;
  EXPECT_EQ(table.num_rows(), 1000);
  EXPECT_EQ(table.num_columns(), 11);
  EXPECT_EQ(table.field(0)->type()->id(), arrow::Type::TIMESTAMP);
  EXPECT_EQ(table.field(1)->type()->id(), arrow::Type::DOUBLE);
}

// Nothing is ever unpickled.
TEST_F(Foreign, ATableFrameOfPandasWhoseNamesArePickled) {
  const std::string path = shared("pandas_table_SYNTHETIC.h5");
  if (path.empty()) GTEST_SKIP() << "no shared data folder beside the sources";
  const auto tables = read_foreign_file(kReader, path);
  ASSERT_FALSE(tables);
  EXPECT_EQ(tables.error().to_string(), "the names of the columns are pickled, which only Python reads: " + path +
                                            "!/data/table; write it by to_hdf(format='table', data_columns=True)");
}

TEST_F(Foreign, WhatIsNoTableOrNoHdf5) {
  EXPECT_EQ(read_foreign_file(kReader, folder_.path("none")).error().code, ErrorCode::file_not_found);
  folder_.write("text", "no HDF5");
  EXPECT_EQ(read_foreign_file(kReader, folder_.path("text")).error().code, ErrorCode::unreadable_data);
  folder_.write("empty", "");
  EXPECT_EQ(read_foreign_file(kReader, folder_.path("empty")).error().code, ErrorCode::unreadable_data);
  write_sample(folder_.path("ours.h5"), FileForm::hdf5);  // columns side by side are no records
  EXPECT_EQ(read_foreign_file(kReader, folder_.path("ours.h5")).error().code, ErrorCode::empty_input);
}

// 500 rows of a day, a price that is missing at times, and a text.
std::string parquet_sample() {
  arrow::Date32Builder days;
  arrow::DoubleBuilder prices;
  arrow::StringBuilder codes;
  for (int k = 0; k < 500; ++k) {
    EXPECT_TRUE(days.Append(18000 + k).ok());
    EXPECT_TRUE((k % 7 == 3 ? prices.AppendNull() : prices.Append(10 + k / 100.0)).ok());
    EXPECT_TRUE(codes.Append(k % 2 == 0 ? "600000.SH" : "000001.SZ").ok());
  }
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("date", arrow::date32()), arrow::field("close", arrow::float64()),
                                        arrow::field("code", arrow::utf8())}),
                         {days.Finish().ValueOrDie(), prices.Finish().ValueOrDie(), codes.Finish().ValueOrDie()});
  const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), out, 200).ok());
  return out->Finish().ValueOrDie()->ToString();
}

void expect_sample(const Result<std::vector<ForeignTable>>& tables) {
  ASSERT_TRUE(tables) << tables.error().to_string();
  ASSERT_EQ(tables->size(), 1U);
  EXPECT_EQ(tables->front().path, "");
  ASSERT_EQ(tables->front().table->num_rows(), 500);
  const auto whole = tables->front().table->CombineChunks().ValueOrDie();
  const auto& close = static_cast<const arrow::DoubleArray&>(*whole->GetColumnByName("close")->chunk(0));
  for (int k = 0; k < 500; ++k) {
    ASSERT_EQ(close.IsNull(k), k % 7 == 3);
    if (close.IsValid(k)) {
      ASSERT_EQ(close.Value(k), 10 + k / 100.0);
    }
  }
  EXPECT_EQ(whole->schema()->field(0)->type()->id(), arrow::Type::DATE32);
}

TEST_F(Foreign, Parquet) {
  const std::string bytes = parquet_sample();
  folder_.write("bars.parquet", bytes);
  expect_sample(read_foreign_file(kReader, folder_.path("bars.parquet")));
  folder_.write("bars", bytes);  // the name does not matter
  expect_sample(read_foreign_file(kReader, folder_.path("bars")));
  expect_sample(read_foreign_bytes(kReader, bytes, "bars.zip!bars.parquet"));
}

TEST_F(Foreign, ParquetThatIsTruncatedOrDamaged) {
  const std::string whole = parquet_sample();
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 20 + 1) {
    const auto tables = read_foreign_bytes(kReader, std::string_view(whole).substr(0, size), "cut.zip!a.parquet");
    ASSERT_FALSE(tables) << size;
    EXPECT_EQ(tables.error().code, ErrorCode::unreadable_data) << size;
    EXPECT_EQ(tables.error().where, "cut.zip!a.parquet");
  }
  std::size_t errors = 0;
  for (std::size_t k = 0; k < 60; ++k) {
    std::string bytes = whole;
    const std::size_t at =
        k % 2 == 0 ? k * 97 % bytes.size() : bytes.size() - 1 - k * 31 % 1500;  // the footer is at the end
    for (std::size_t n = at; n < std::min(at + 4, bytes.size()); ++n) bytes[n] = static_cast<char>(bytes[n] ^ 0x55);
    const auto tables = read_foreign_bytes(kReader, bytes, "damaged.parquet");
    if (tables) continue;
    EXPECT_EQ(tables.error().category(),
              tables.error().code == ErrorCode::too_large ? Category::limit : Category::bad_data);
    EXPECT_EQ(tables.error().to_string().find('\n'), std::string::npos);
    ++errors;
  }
  EXPECT_GT(errors, 20U);
}

TEST_F(Foreign, NamesOfSuchFiles) {
  for (const char* name : {"a.parquet", "b/A.PARQUET", "x.pq", "sh_day.h5", "x.HDF5", "x.hdf"})
    EXPECT_TRUE(is_foreign_name(name)) << name;
  for (const char* name : {"a.csv", "parquet", ".h5", "a.parquet.txt", "h5", "a.h5x"})
    EXPECT_FALSE(is_foreign_name(name)) << name;
}

// Whatever a file does to the HDF5 library, this process goes on.
TEST_F(Foreign, DamageIsAnErrorOrHarmless) {
  const std::string path = shared("pandas_fixed_SYNTHETIC.h5");
  if (path.empty()) GTEST_SKIP() << "no shared data folder beside the sources";
  const std::string whole = bytes_of(path);
  std::size_t errors = 0;
  for (std::size_t k = 0; k < 60; ++k) {
    std::string bytes = whole;
    const std::size_t at = k * 131 % 8000;  // the descriptions stand in front
    for (std::size_t n = at; n < at + 8; ++n) bytes[n] = static_cast<char>(0xff);
    folder_.write("damaged", bytes);
    const auto tables = read_foreign_file(kReader, folder_.path("damaged"));
    if (tables) continue;
    EXPECT_EQ(tables.error().category(),
              tables.error().code == ErrorCode::too_large ? Category::limit : Category::bad_data);
    ++errors;
  }
  EXPECT_GT(errors, 0U);
}

// Found by fuzzing: libhdf5 1.10.8 copies from nowhere. Another version may see the damage; nobody reads a table.
TEST_F(Foreign, AFileThatLibhdf5DiesOf) {
  const auto tables = read_foreign_file(kReader, MOMENTUM_SOURCE_DIR "/tests/formats/libhdf5_dies.h5");
  ASSERT_FALSE(tables);
  EXPECT_EQ(tables.error().code, ErrorCode::unreadable_data);
  EXPECT_EQ(tables.error().exit_status(), 4);
}

TEST_F(Foreign, AReaderThatDiesLiesOrIsNotThere) {
  folder_.write("file", "x");
  const auto error_of = [&](const ForeignReader& reader) {
    return read_foreign_file(reader, folder_.path("file")).error();
  };
  const Error died = error_of({"/bin/sh", {"-c", "kill -SEGV $$"}});
  EXPECT_EQ(died.code, ErrorCode::unreadable_data);
  EXPECT_EQ(died.where, folder_.path("file"));
  EXPECT_EQ(error_of({"/bin/sh", {"-c", "exit 3"}}).code, ErrorCode::unreadable_data);
  EXPECT_EQ(error_of({"/bin/sh", {"-c", "printf T12345678"}}).code, ErrorCode::unreadable_data);
  EXPECT_EQ(error_of({"/bin/sh", {"-c", "head -c 9 /dev/zero | tr '\\0' E"}}).code, ErrorCode::unreadable_data);
  EXPECT_EQ(error_of({"/bin/sh", {"-c", "true"}}).code, ErrorCode::unreadable_data);
  EXPECT_EQ(error_of({folder_.path("none"), {}}).code, ErrorCode::io_failed);
}

}  // namespace
}  // namespace momentum::formats
