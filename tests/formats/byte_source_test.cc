// Data files out of sources that give ranges only: what is read, what is fetched before, and what failing looks like.

#include "momentum/formats/byte_source.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "column_fixture.h"
#include "momentum/formats/data_file.h"
#include "object_folder_internal.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

constexpr std::size_t kRows = 9000, kGroups = 3, kColumns = 4;

// Every range is a copy of its own, as it would be of bytes that came from afar.
class Far final : public ByteSource {
 public:
  struct Log {
    std::vector<ByteRange> read, fetched;
    int fail_after = -1;  // reads that succeed; -1: all
  };
  Far(std::string bytes, std::shared_ptr<Log> log) : bytes_(std::move(bytes)), log_(std::move(log)) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<SourceBytes> read(ByteRange range) const override {
    EXPECT_TRUE(range.offset >= 0 && range.length >= 0 && range.offset + range.length <= size());
    if (log_->fail_after == 0) return fail(ErrorCode::source_failed, "the line is dead", "far");
    if (log_->fail_after > 0) --log_->fail_after;
    log_->read.push_back(range);
    auto copy = std::make_shared<std::string>(
        bytes_.substr(static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.length)));
    return SourceBytes{std::as_bytes(std::span(*copy)), copy};
  }
  std::shared_ptr<const void> fetch(std::vector<ByteRange> ranges) const override {
    log_->fetched.insert(log_->fetched.end(), ranges.begin(), ranges.end());
    return std::make_shared<int>(1);
  }

 private:
  std::string bytes_;
  std::shared_ptr<Log> log_;
};

class Source : public ::testing::TestWithParam<FileForm> {
 protected:
  Source() {
    std::vector<ColumnSpec> specs;
    for (std::size_t c = 0; c < kColumns; ++c)
      specs.push_back(spec_of_form(GetParam(), column_spec("c" + std::to_string(c), Physical::int32), 1));
    auto writer = create_data_file(GetParam(), folder_.path("a"), specs).value();
    for (std::size_t g = 0; g < kGroups; ++g) {
      std::vector<std::vector<std::int32_t>> values;
      std::vector<ColumnValues> columns;
      for (std::size_t c = 0; c < kColumns; ++c) values.push_back(values_of(g, c));
      for (const auto& one : values) columns.push_back({std::span<const std::int32_t>(one)});
      EXPECT_TRUE(writer->write_row_group(columns));
    }
    hash_ = writer->close().value().hash;
    std::ifstream file(folder_.path("a"), std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }
  static std::vector<std::int32_t> values_of(std::size_t group, std::size_t column) {
    return walk<std::int32_t>(kRows, 1 + group * kColumns + column);
  }
  Result<std::unique_ptr<DataFileReader>> open() {
    return open_data_file(GetParam(), std::make_unique<Far>(bytes_, log_), "far", bytes_.size());
  }
  ScratchFolder folder_;
  std::string bytes_;
  std::uint64_t hash_ = 0;
  std::shared_ptr<Far::Log> log_ = std::make_shared<Far::Log>();
};

TEST_P(Source, GivesWhatTheFileDoes) {
  const auto reader = open().value();
  for (std::size_t g = 0; g < kGroups; ++g) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      std::vector<std::int32_t> got(kRows);
      ASSERT_TRUE(reader->read(g, c, got));
      EXPECT_EQ(got, values_of(g, c));
    }
  }
  EXPECT_EQ(reader->hash().value(), hash_);
}

TEST_P(Source, IsAskedForWhatIsWantedOnly) {
  const auto reader = open().value();
  log_->read.clear();
  log_->fetched.clear();
  const auto fetched = reader->fetch(1, std::array<std::size_t, 2>{1, 2});
  EXPECT_NE(fetched, nullptr);
  EXPECT_TRUE(log_->read.empty());
  std::vector<std::int32_t> got(kRows);
  for (const std::size_t c : {1, 2}) ASSERT_TRUE(reader->read(1, c, got));
  std::int64_t read = 0;
  for (const ByteRange& range : log_->read) {
    read += range.length;
    EXPECT_TRUE(std::ranges::any_of(log_->fetched, [&](const ByteRange& one) {
      return one.offset <= range.offset && one.offset + one.length >= range.offset + range.length;
    }));
  }
  // Lines of text hold all columns; chunks of HDF5 may reach into the neighbours' rows.
  const std::int64_t most = GetParam() == FileForm::csv ? 2 * reader->groups()[1].bytes : 3 * reader->bytes(1, 1) * 2;
  EXPECT_LE(read, most);
  EXPECT_LT(read, static_cast<std::int64_t>(bytes_.size()));
}

// Whatever the read is at which it fails.
TEST_P(Source, ThatFailsIsAnErrorOfItsOwn) {
  int failures = 0;
  for (int after = 0; after < 100; ++after) {
    log_->fail_after = after;
    std::vector<std::int32_t> got(kRows);
    const auto reader = open();
    const Result<void> read = reader ? (*reader)->read(2, 3, got) : std::unexpected(reader.error());
    if (read) break;
    EXPECT_EQ(read.error().code, ErrorCode::source_failed);
    EXPECT_EQ(read.error().what, "the line is dead");
    ++failures;
  }
  EXPECT_GE(failures, 3);
  EXPECT_LT(failures, 100);
}

TEST_P(Source, OfAnotherSizeIsDamage) {
  const auto reader = open_data_file(GetParam(), std::make_unique<Far>(bytes_, log_), "far", bytes_.size() + 1);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::unreadable_data);
  for (const std::size_t size : {std::size_t{0}, std::size_t{30}, bytes_.size() / 2, bytes_.size() - 1}) {
    const auto cut = open_data_file(GetParam(), std::make_unique<Far>(bytes_.substr(0, size), log_), "far");
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::unreadable_data);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Source, ::testing::Values(FileForm::parquet, FileForm::hdf5, FileForm::csv), [](const auto& one) {
      return std::string(one.param == FileForm::parquet ? "parquet" : one.param == FileForm::hdf5 ? "hdf5" : "csv");
    });

// A file of Arrow's that keeps account, and may break.
class ArrowFile final : public arrow::io::RandomAccessFile {
 public:
  explicit ArrowFile(std::string bytes) : bytes_(std::move(bytes)) {}
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }
  arrow::Result<std::int64_t> Tell() const override { return 0; }
  arrow::Status Seek(std::int64_t) override { return arrow::Status::OK(); }
  arrow::Result<std::int64_t> Read(std::int64_t, void*) override { return arrow::Status::NotImplemented("read"); }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t) override {
    return arrow::Status::NotImplemented("read");
  }
  arrow::Result<std::int64_t> GetSize() override { return static_cast<std::int64_t>(bytes_.size()); }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t offset, std::int64_t length) override {
    const std::lock_guard lock(mutex);
    if (!failure.empty()) return arrow::Status::IOError(failure);
    asked.push_back({offset, length});
    return arrow::Buffer::FromString(bytes_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)));
  }
  std::mutex mutex;
  std::vector<ByteRange> asked;
  std::string failure;  // of every read

 private:
  std::string bytes_;
};

std::string text_of(const SourceBytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.bytes.data()), bytes.bytes.size()};
}

TEST(ObjectSource, NearRangesComeInOnePiece) {
  std::string bytes(1'000'000, '\0');
  for (std::size_t k = 0; k < bytes.size(); ++k) bytes[k] = static_cast<char>(k % 251);
  const auto file = std::make_shared<ArrowFile>(bytes);
  const auto source = object_source(file, static_cast<std::int64_t>(bytes.size()), "s3://b/a");
  const std::vector<ByteRange> ranges = {{500'000, 100}, {1000, 50}, {20'000, 30'000}, {900'000, 1}, {899'900, 100}};
  {
    const auto fetched = source->fetch(ranges);
    for (const ByteRange& range : ranges)
      EXPECT_EQ(text_of(source->read(range).value()),
                bytes.substr(static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.length)));
    EXPECT_EQ(file->asked.size(), 3U);
    EXPECT_EQ(text_of(source->read({499'000, 10}).value()), bytes.substr(499'000, 10));  // nobody had spoken of it
    EXPECT_EQ(file->asked.size(), 4U);
  }
  // What came is gone with its keeper.
  EXPECT_EQ(text_of(source->read({1000, 50}).value()), bytes.substr(1000, 50));
  EXPECT_EQ(file->asked.size(), 5U);
  // But not under the hands of who reads.
  SourceBytes kept;
  {
    const auto fetched = source->fetch({{700, 300}});
    kept = source->read({800, 20}).value();
  }
  EXPECT_EQ(text_of(kept), bytes.substr(800, 20));
}

TEST(ObjectSource, SaysInOneLineWhatFailed) {
  const auto file = std::make_shared<ArrowFile>("0123456789");
  const auto longer = object_source(file, 20, "s3://b/a");
  EXPECT_EQ(longer->read({5, 10}).error().code, ErrorCode::unreadable_data);
  const auto fetched = longer->fetch({{5, 10}});
  EXPECT_EQ(longer->read({5, 10}).error().what, "5 bytes at 5, where 10 should be");
  file->failure = "connection\nreset";
  const auto source = object_source(file, 10, "s3://b/a");
  const Error error = source->read({0, 1}).error();
  EXPECT_EQ(error.category(), Category::source);
  EXPECT_EQ(error.where, "s3://b/a");
  EXPECT_EQ(error.what, "the object store failed (connection reset)");
}

// Replaced by a shorter one while it was open.
TEST(ObjectSource, AnObjectThatShrankIsDamage) {
  const auto file = std::make_shared<ArrowFile>("0123456789");
  const auto source = object_source(file, 10, "abfs://a@b/latest");
  file->failure = "ReadAt failed. Azure Error: [InvalidRange] 416 The range specified is invalid";
  const Error error = source->read({2, 8}).error();
  EXPECT_EQ(error.code, ErrorCode::unreadable_data);
  EXPECT_EQ(error.what, "0 bytes at 2, where 8 should be");
}

}  // namespace
}  // namespace momentum::formats
