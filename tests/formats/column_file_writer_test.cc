#include <sys/resource.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "column_file_internal.h"
#include "column_fixture.h"
#include "content_hash_internal.h"
#include "failing_file.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

const std::vector<std::int32_t> kThree = {1, 2, 3};

std::vector<ColumnSpec> one_column() { return {column_spec("close", Physical::int32, 2)}; }

TEST(ColumnFileWriter, SaysWhatItWrote) {
  const ScratchFolder folder;
  const std::string path = folder.path("a.parquet");
  auto writer = ColumnFileWriter::create(path, one_column()).value();
  const auto values = walk<std::int32_t>(5000);
  const std::array columns = {column_of(values)};
  ASSERT_TRUE(writer->write_row_group(columns));
  const std::array few = {column_of(kThree)};
  ASSERT_TRUE(writer->write_row_group(few));
  const auto summary = writer->close().value();
  const std::string bytes = bytes_of(path);
  EXPECT_EQ(summary.bytes, static_cast<std::int64_t>(bytes.size()));
  EXPECT_EQ(summary.hash, content_hash(std::as_bytes(std::span(bytes))));
  ASSERT_EQ(summary.groups.size(), 2U);
  EXPECT_EQ(summary.groups[0].rows, 5000);
  EXPECT_EQ(summary.groups[0].offset, 4);
  EXPECT_EQ(summary.groups[1].rows, 3);
  EXPECT_EQ(summary.groups[1].offset, 4 + summary.groups[0].bytes);
  EXPECT_LT(summary.groups[0].bytes, 5000 * 4);
}

TEST(ColumnFileWriter, TheSameDataIsTheSameFile) {
  const ScratchFolder folder;
  for (const char* name : {"a", "b"}) {
    auto writer = ColumnFileWriter::create(folder.path(name), one_column(), {{"symbol", "sh600000"}}).value();
    const std::array columns = {column_of(kThree)};
    ASSERT_TRUE(writer->write_row_group(columns));
    ASSERT_TRUE(writer->close());
  }
  EXPECT_EQ(bytes_of(folder.path("a")), bytes_of(folder.path("b")));
}

TEST(ColumnFileWriter, LeavesNothingBehindWithoutClose) {
  const ScratchFolder folder;
  {
    auto writer = ColumnFileWriter::create(folder.path("a"), one_column()).value();
    const std::array columns = {column_of(kThree)};
    ASSERT_TRUE(writer->write_row_group(columns));
    EXPECT_TRUE(std::filesystem::exists(folder.path("a")));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path("a")));
}

TEST(ColumnFileWriter, NeverTouchesAFileThatExists) {
  const ScratchFolder folder;
  const std::string path = folder.write("a", "precious");
  const auto writer = ColumnFileWriter::create(path, one_column());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::io_failed);
  EXPECT_EQ(writer.error().where, path);
  EXPECT_EQ(bytes_of(path), "precious");
}

TEST(ColumnFileWriter, RefusesSpecsThatContradictThemselves) {
  const ScratchFolder folder;
  const auto code_of = [&](std::vector<ColumnSpec> specs, const FileMetadata& metadata = {}) {
    const auto writer = ColumnFileWriter::create(folder.path("a"), std::move(specs), metadata);
    return writer ? ErrorCode::internal : writer.error().code;
  };
  const ColumnSpec good = column_spec("a", Physical::int32, 2);
  const auto with = [&](auto change) {
    ColumnSpec spec = good;
    change(spec);
    return std::vector{spec};
  };
  EXPECT_EQ(code_of({}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({good, good}), ErrorCode::bad_value);
  EXPECT_EQ(code_of(with([](ColumnSpec& s) { s.name.clear(); })), ErrorCode::bad_value);
  EXPECT_EQ(code_of(with([](ColumnSpec& s) { s.scale = 10; })), ErrorCode::bad_value);
  EXPECT_EQ(code_of(with([](ColumnSpec& s) { s.scale = -2; })), ErrorCode::bad_value);
  EXPECT_EQ(code_of(with([](ColumnSpec& s) { s.date = true; })), ErrorCode::bad_value);
  EXPECT_EQ(code_of(with([](ColumnSpec& s) { s.physical = Physical::float64; })), ErrorCode::bad_value);
  EXPECT_EQ(code_of({{.name = "a", .encoding = Encoding::delta}}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({{.name = "a", .codec = Codec::zstd, .level = 0}}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({{.name = "a", .codec = Codec::zstd, .level = 23}}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({good}, {{"momentum.storage", "x"}}), ErrorCode::bad_value);
  EXPECT_FALSE(std::filesystem::exists(folder.path("a")));
}

TEST(ColumnFileWriter, RefusesARowGroupThatDoesNotFitAndGoesOn) {
  const ScratchFolder folder;
  std::vector<ColumnSpec> specs = {column_spec("a", Physical::int32), column_spec("b", Physical::float64)};
  specs[0].required = true;
  auto writer = ColumnFileWriter::create(folder.path("a"), specs).value();
  const std::vector<double> reals = {1, 2, 3}, two = {1, 2};
  const std::vector<std::uint8_t> hole = {0b101}, wide = {7, 7};
  const auto code_of = [&](std::vector<ColumnValues> columns) {
    const auto done = writer->write_row_group(columns);
    return done ? ErrorCode::internal : done.error().code;
  };
  EXPECT_EQ(code_of({column_of(kThree)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(reals), column_of(reals)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(kThree), column_of(two)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(kThree), column_of(reals, wide)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(kThree, hole), column_of(reals)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(std::vector<std::int32_t>{}), column_of(std::vector<double>{})}), ErrorCode::bad_value);
  EXPECT_TRUE(writer->write_row_group(std::vector{column_of(kThree), column_of(reals, hole)}));
  EXPECT_EQ(writer->close().value().groups.size(), 1U);
}

TEST(ColumnFileWriter, AFullDiskIsOneErrorWhereverItComes) {
  const auto values = walk<std::int32_t>(200000);
  ColumnSpec spec = column_spec("a", Physical::int32);
  spec.encoding = Encoding::plain;
  for (const std::size_t room : {std::size_t{0}, std::size_t{300000}, std::size_t{800100}}) {
    bool discarded = false;
    {
      auto file = std::make_unique<FailingFile>();
      file->room = room;
      file->discarded = &discarded;
      auto writer = ColumnFileWriterAccess::create_on(std::move(file), "full/a", {spec}, {}).value();
      const std::array columns = {column_of(values)};
      const auto wrote = writer->write_row_group(columns);
      const Error error = wrote ? writer->close().error() : wrote.error();
      EXPECT_EQ(error.code, ErrorCode::disk_full) << room;
      EXPECT_EQ(error.where, "full/a");
    }
    EXPECT_TRUE(discarded);
  }
}

TEST(ColumnFileWriter, AFailureToSyncOrCloseIsAnError) {
  for (const bool sync : {true, false}) {
    bool discarded = false;
    {
      auto file = std::make_unique<FailingFile>();
      file->room = 100000;
      (sync ? file->sync_error : file->close_error) = sync ? EIO : EDQUOT;
      file->discarded = &discarded;
      auto writer = ColumnFileWriterAccess::create_on(std::move(file), "a", one_column(), {}).value();
      const auto closed = writer->close();
      ASSERT_FALSE(closed);
      EXPECT_EQ(closed.error().code, sync ? ErrorCode::io_failed : ErrorCode::disk_full);
    }
    EXPECT_TRUE(discarded);
  }
}

TEST(ColumnFileWriter, ARealFileThatMayNotGrowIsAnErrorAndGone) {
  const ScratchFolder folder;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    ColumnSpec spec = column_spec("a", Physical::int32);
    spec.encoding = Encoding::plain;
    auto writer = ColumnFileWriter::create(folder.path("a"), {spec}).value();
    const auto values = walk<std::int32_t>(200000);
    const std::array columns = {column_of(values)};
    const auto wrote = writer->write_row_group(columns);
    EXPECT_FALSE(wrote);
    if (!wrote) {
      EXPECT_EQ(wrote.error().code, ErrorCode::io_failed);
    }
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(std::filesystem::exists(folder.path("a")));
}

}  // namespace
}  // namespace momentum::formats
