#include "momentum/formats/export_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>

#include "foreign_records_internal.h"
#include "round_trip.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();
const std::vector<std::string> kColumns{"close", "turnover"};
const FileMetadata kNotes{{"synthetic", "false"}, {"profile", ""}};

const std::vector<std::int32_t> kDays{0, 1, 19'000};
const std::vector<std::vector<double>> kValues{{0.1, kMissing, -1e-300}, {kInfinite, 1e22, 0.30000000000000004}};
const std::vector<std::int32_t> kDay{-1};
const std::vector<std::vector<double>> kValue{{12}, {-kInfinite}};

Result<void> write(ExportForm form, const std::string& path) {
  MOMENTUM_TRY(const auto writer, create_export(form, path, ExportTime::day, kColumns, kNotes));
  MOMENTUM_TRY_VOID(writer->add({.code = "600000.SH", .key = "SH600000", .dates = kDays, .columns = kValues}));
  MOMENTUM_TRY_VOID(writer->add({.code = "AAPL.US", .key = "USAAPL", .dates = kDay, .columns = kValue}));
  return writer->close();
}

TEST(ExportFile, TheSuffixSaysTheForm) {
  EXPECT_EQ(export_form_of("a/b.parquet"), ExportForm::parquet);
  EXPECT_EQ(export_form_of("b.csv"), ExportForm::csv);
  EXPECT_EQ(export_form_of("b.h5"), ExportForm::hdf5);
  EXPECT_EQ(export_form_of("b.hdf5"), ExportForm::hdf5);
  EXPECT_FALSE(export_form_of("b.csv.gz"));
  EXPECT_FALSE(export_form_of("csv"));
}

TEST(ExportFile, Csv) {
  const ScratchFolder folder;
  const std::string path =
      folder.write("a.csv", "what stood here before, and was longer than what comes, by far..............");
  ASSERT_TRUE(write(ExportForm::csv, path));
  EXPECT_EQ(bytes_of(path),
            "code,date,close,turnover\n"
            "600000.SH,1970-01-01,0.1,inf\n"
            "600000.SH,1970-01-02,,1e+22\n"
            "600000.SH,2022-01-08,-1e-300,0.30000000000000004\n"
            "AAPL.US,1969-12-31,12,-inf\n");
}

TEST(ExportFile, Parquet) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.parquet", "old");
  ASSERT_TRUE(write(ExportForm::parquet, path));
  const auto file = arrow::io::ReadableFile::Open(path).ValueOrDie();
  const auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  const std::shared_ptr<arrow::Table> table = reader->ReadTable().ValueOrDie();
  ASSERT_TRUE(table->ValidateFull().ok());
  EXPECT_EQ(table->schema()->field(0)->type()->id(), arrow::Type::STRING);
  EXPECT_EQ(table->schema()->field(1)->type()->id(), arrow::Type::DATE32);
  EXPECT_EQ(table->ColumnNames(), (std::vector<std::string>{"code", "date", "close", "turnover"}));
  const auto metadata = reader->parquet_reader()->metadata()->key_value_metadata();
  EXPECT_EQ(metadata->Get("synthetic").ValueOrDie(), "false");
  EXPECT_FALSE(metadata->Contains("profile"));
  std::vector<double> close;
  for (int i = 0; i < 4; ++i) {
    const auto value = table->column(2)->GetScalar(i).ValueOrDie();
    close.push_back(value->is_valid ? static_cast<const arrow::DoubleScalar&>(*value).value : kMissing);
  }
  EXPECT_EQ(close[0], 0.1);
  EXPECT_TRUE(std::isnan(close[1]));
  EXPECT_EQ(close[2], -1e-300);
  EXPECT_EQ(close[3], 12);
  EXPECT_EQ(table->column(2)->null_count(), 1);
  EXPECT_EQ(table->column(0)->GetScalar(3).ValueOrDie()->ToString(), "AAPL.US");
}

// Row groups are cut between instruments, and together have all rows.
TEST(ExportFile, ManyRowsOfParquet) {
  const ScratchFolder folder;
  const std::string path = folder.path("a.parquet");
  const auto writer = create_export(ExportForm::parquet, path, ExportTime::day, {"x"}, {}).value();
  std::vector<std::int32_t> days(100'000);
  std::vector<std::vector<double>> values(1, std::vector<double>(days.size()));
  for (std::size_t i = 0; i < days.size(); ++i) {
    days[i] = static_cast<std::int32_t>(i);
    values[0][i] = static_cast<double>(i * i);
  }
  for (int k = 0; k < 7; ++k)
    ASSERT_TRUE(writer->add({.code = std::to_string(k), .key = "k", .dates = days, .columns = values}));
  ASSERT_TRUE(writer->close());
  const auto file = arrow::io::ReadableFile::Open(path).ValueOrDie();
  const auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  EXPECT_EQ(reader->num_row_groups(), 3);
  EXPECT_EQ(reader->parquet_reader()->metadata()->num_rows(), 700'000);
  EXPECT_EQ(reader->parquet_reader()->metadata()->RowGroup(0)->num_rows(), 300'000);
}

// As the reader of others' files sees it; pandas itself is in tests/system/export_cli_test.py.
TEST(ExportFile, FramesOfPandas) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.h5", "old");
  ASSERT_TRUE(write(ExportForm::hdf5, path));
  const auto records = read_foreign_records(path);
  ASSERT_TRUE(records) << records.error().to_string();
  ASSERT_EQ(records->size(), 2U);
  const ForeignRecords& first = (*records)[0];
  EXPECT_NE(first.path.find("SH600000"), std::string::npos);
  ASSERT_EQ(first.columns.size(), 3U);
  EXPECT_EQ(first.columns[0].per_second, 1'000'000'000);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(first.columns[0].values)[2], 19'000 * 86'400'000'000'000);
  EXPECT_EQ(first.columns[1].name, "close");
  EXPECT_EQ(first.columns[2].name, "turnover");
  for (std::size_t c = 0; c < 2; ++c) {
    const auto& values = std::get<std::vector<double>>(first.columns[c + 1].values);
    for (std::size_t r = 0; r < 3; ++r) EXPECT_TRUE(values[r] == kValues[c][r] || std::isnan(kValues[c][r]));
  }
}

// A time has no zone: it is what the market's clock shows.
TEST(ExportFile, Minutes) {
  const ScratchFolder folder;
  const std::vector<std::int32_t> days{-1, 19'000, 19'000}, minutes{1439, 0, 571};
  const std::vector<std::vector<double>> values{{1, 2, 3}};
  const auto write_minutes = [&](ExportForm form, const std::string& name) -> Result<void> {
    MOMENTUM_TRY(const auto writer, create_export(form, folder.path(name), ExportTime::minute, {"close"}, {}));
    MOMENTUM_TRY_VOID(
        writer->add({.code = "600000.SH", .key = "SH600000", .dates = days, .minutes = minutes, .columns = values}));
    return writer->close();
  };
  ASSERT_TRUE(write_minutes(ExportForm::csv, "a.csv"));
  EXPECT_EQ(bytes_of(folder.path("a.csv")),
            "code,datetime,close\n"
            "600000.SH,1969-12-31 23:59,1\n"
            "600000.SH,2022-01-08 00:00,2\n"
            "600000.SH,2022-01-08 09:31,3\n");

  ASSERT_TRUE(write_minutes(ExportForm::parquet, "a.parquet"));
  const auto file = arrow::io::ReadableFile::Open(folder.path("a.parquet")).ValueOrDie();
  const auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  const std::shared_ptr<arrow::Table> table = reader->ReadTable().ValueOrDie();
  ASSERT_TRUE(table->ValidateFull().ok());
  EXPECT_EQ(table->num_rows(), 3);
  EXPECT_EQ(table->schema()->field(1)->name(), "datetime");
  EXPECT_TRUE(table->schema()->field(1)->type()->Equals(arrow::timestamp(arrow::TimeUnit::MILLI)));
  EXPECT_EQ(table->column(1)->GetScalar(0).ValueOrDie()->ToString(), "1969-12-31 23:59:00.000");
  EXPECT_EQ(table->column(1)->GetScalar(2).ValueOrDie()->ToString(), "2022-01-08 09:31:00.000");

  ASSERT_TRUE(write_minutes(ExportForm::hdf5, "a.h5"));
  const auto records = read_foreign_records(folder.path("a.h5"));
  ASSERT_TRUE(records) << records.error().to_string();
  const ForeignRecords& frame = records->at(0);
  EXPECT_EQ(frame.columns[0].per_second, 1'000'000'000);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(frame.columns[0].values),
            (std::vector<std::int64_t>{-60'000'000'000, 19'000 * 86'400'000'000'000,
                                       (19'000 * std::int64_t{1440} + 571) * 60'000'000'000}));
}

TEST(ExportFile, TheSameRowsAreTheSameFile) {
  const ScratchFolder folder;
  for (const ExportForm form : {ExportForm::parquet, ExportForm::csv, ExportForm::hdf5}) {
    ASSERT_TRUE(write(form, folder.path("a")));
    ASSERT_TRUE(write(form, folder.path("b")));
    EXPECT_EQ(bytes_of(folder.path("a")), bytes_of(folder.path("b")));
  }
}

TEST(ExportFile, ADayThatPandasCannotTell) {
  const ScratchFolder folder;
  const std::vector<std::int32_t> days{200'000};  // 2517
  const auto writer = create_export(ExportForm::hdf5, folder.path("a.h5"), ExportTime::day, kColumns, {}).value();
  const auto added = writer->add({.code = "600000.SH", .key = "SH600000", .dates = days, .columns = kValue});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::bad_value);
}

TEST(ExportFile, AFullDiskOrNoFolder) {
  const ScratchFolder folder;
  for (const ExportForm form : {ExportForm::parquet, ExportForm::csv, ExportForm::hdf5}) {
    EXPECT_EQ(write(form, "/dev/full").error().code, ErrorCode::disk_full);
    EXPECT_FALSE(write(form, folder.path("no/such/folder")));
  }
}

// Wherever the disk is full, it is an error and no crash: the HDF5 library would die of a write that fails.
TEST(ExportFile, HdfOnADiskThatFillsUp) {
  const ScratchFolder folder;
  std::vector<std::int32_t> days(1000);
  for (std::size_t i = 0; i < days.size(); ++i) days[i] = static_cast<std::int32_t>(i);
  const std::vector<std::vector<double>> values(2, std::vector<double>(days.size(), 1.5));
  const auto written = [&]() -> Result<void> {
    MOMENTUM_TRY(const auto writer,
                 create_export(ExportForm::hdf5, folder.path("a.h5"), ExportTime::day, kColumns, kNotes));
    for (int k = 0; k < 5; ++k) {
      const std::string key = "k" + std::to_string(k);
      MOMENTUM_TRY_VOID(writer->add({.code = key, .key = key, .dates = days, .columns = values}));
    }
    return writer->close();
  };
  ASSERT_TRUE(written());
  const auto whole = std::filesystem::file_size(folder.path("a.h5"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  std::vector<Category> found;
  for (rlim_t bytes = 50; bytes < whole; bytes += 3011) {
    const rlimit small{bytes, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const Result<void> done = written();
    ::setrlimit(RLIMIT_FSIZE, &before);
    found.push_back(done ? Category::internal : done.error().category());
  }
  std::signal(SIGXFSZ, handler);
  EXPECT_GT(found.size(), 30U);
  EXPECT_EQ(found, std::vector<Category>(found.size(), Category::storage));
  EXPECT_TRUE(written());
}

}  // namespace
}  // namespace momentum::formats
