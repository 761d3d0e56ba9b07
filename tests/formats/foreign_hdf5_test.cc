#include "momentum/formats/foreign_hdf5.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

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
  if (path.empty()) GTEST_SKIP() << "no shared data";
  const auto tables = read_foreign_hdf5(kReader, path);
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
  if (path.empty()) GTEST_SKIP() << "no shared data";
  const auto tables = read_foreign_hdf5(kReader, path);
  ASSERT_TRUE(tables) << tables.error().to_string();
  ASSERT_EQ(tables->size(), 1U);
  EXPECT_EQ(tables->front().path, "/data");
  const auto& table = *tables->front().table;
  EXPECT_EQ(table.num_rows(), 1000);
  EXPECT_EQ(table.num_columns(), 11);
  EXPECT_EQ(table.field(0)->type()->id(), arrow::Type::TIMESTAMP);
  EXPECT_EQ(table.field(1)->type()->id(), arrow::Type::DOUBLE);
}

// The names are pickled and stay where they are.
TEST_F(Foreign, ATableFrameOfPandasIsRecords) {
  const std::string path = shared("pandas_table_SYNTHETIC.h5");
  if (path.empty()) GTEST_SKIP() << "no shared data";
  const auto tables = read_foreign_hdf5(kReader, path);
  ASSERT_TRUE(tables) << tables.error().to_string();
  ASSERT_EQ(tables->size(), 1U);
  EXPECT_EQ(tables->front().table->num_columns(), 11);
  EXPECT_EQ(tables->front().table->field(1)->name(), "values_block_0_0");
}

TEST_F(Foreign, WhatIsNoTableOrNoHdf5) {
  EXPECT_EQ(read_foreign_hdf5(kReader, folder_.path("none")).error().code, ErrorCode::file_not_found);
  folder_.write("text", "no HDF5");
  EXPECT_EQ(read_foreign_hdf5(kReader, folder_.path("text")).error().code, ErrorCode::unreadable_data);
  write_sample(folder_.path("ours.h5"), FileForm::hdf5);  // columns side by side are no records
  EXPECT_EQ(read_foreign_hdf5(kReader, folder_.path("ours.h5")).error().code, ErrorCode::empty_input);
}

// Whatever a file does to the HDF5 library, this process goes on.
TEST_F(Foreign, DamageIsAnErrorOrHarmless) {
  const std::string path = shared("pandas_fixed_SYNTHETIC.h5");
  if (path.empty()) GTEST_SKIP() << "no shared data";
  const std::string whole = bytes_of(path);
  std::size_t errors = 0;
  for (std::size_t k = 0; k < 60; ++k) {
    std::string bytes = whole;
    const std::size_t at = k * 131 % 8000;  // the descriptions stand in front
    for (std::size_t n = at; n < at + 8; ++n) bytes[n] = static_cast<char>(0xff);
    folder_.write("damaged", bytes);
    const auto tables = read_foreign_hdf5(kReader, folder_.path("damaged"));
    if (tables) continue;
    EXPECT_EQ(tables.error().category(),
              tables.error().code == ErrorCode::too_large ? Category::limit : Category::bad_data);
    ++errors;
  }
  EXPECT_GT(errors, 0U);
}

TEST_F(Foreign, AReaderThatDiesLiesOrIsNotThere) {
  folder_.write("file", "x");
  const auto error_of = [&](const ForeignReader& reader) {
    return read_foreign_hdf5(reader, folder_.path("file")).error();
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
