#include <array>
#include <filesystem>
#include <thread>

#include "column_fixture.h"
#include "round_trip.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

struct Storage {
  Encoding encoding;
  Codec codec;
  int level = 1;
};

TEST(ColumnFile, EveryTypeEncodingCodecAndPatternComesBack) {
  const ScratchFolder folder;
  const std::string path = folder.path("a");
  constexpr std::array kStorages = {Storage{Encoding::plain, Codec::none},
                                    Storage{Encoding::plain, Codec::lz4},
                                    Storage{Encoding::plain, Codec::snappy},
                                    Storage{Encoding::plain, Codec::zstd, 3},
                                    Storage{Encoding::dictionary, Codec::none},
                                    Storage{Encoding::dictionary, Codec::zstd},
                                    Storage{Encoding::delta, Codec::none},
                                    Storage{Encoding::delta, Codec::zstd},
                                    Storage{Encoding::byte_stream_split, Codec::lz4},
                                    Storage{Encoding::byte_stream_split, Codec::none}};
  constexpr std::array kPatterns = {Pattern::none_missing, Pattern::every_third, Pattern::all_missing,
                                    Pattern::long_runs, Pattern::only_last};
  for (const Storage& storage : kStorages) {
    for (const Pattern pattern : kPatterns) {
      for (const std::size_t rows : {1, 33, 10007}) {
        ColumnSpec spec{
            .name = "收盘价.x", .encoding = storage.encoding, .codec = storage.codec, .level = storage.level};
        for (const bool required : {false, true}) {
          if (required && pattern != Pattern::none_missing) continue;
          spec.required = required;
          spec.physical = Physical::int32;
          spec.scale = 2;
          round_trip<std::int32_t>(FileForm::parquet, path, spec, pattern, rows);
          spec.physical = Physical::int64;
          round_trip<std::int64_t>(FileForm::parquet, path, spec, pattern, rows);
          spec.scale = kNoScale;
          spec.physical = Physical::float64;
          if (storage.encoding != Encoding::delta) round_trip<double>(FileForm::parquet, path, spec, pattern, rows);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(ColumnFile, AMillionRowsInOneGroup) {
  const ScratchFolder folder;
  round_trip<std::int32_t>(FileForm::parquet, folder.path("a"), column_spec("a", Physical::int32, 2),
                           Pattern::none_missing, 1 << 20);
  round_trip<std::int64_t>(FileForm::parquet, folder.path("b"), column_spec("b", Physical::int64), Pattern::long_runs,
                           1 << 20);
  round_trip<double>(FileForm::parquet, folder.path("c"), column_spec("c", Physical::float64), Pattern::every_third,
                     1 << 20);
}

TEST(ColumnFile, NoRowGroupAtAll) {
  const ScratchFolder folder;
  ColumnSpec date = column_spec("date", Physical::int32);
  date.date = true;
  const std::vector specs = {date, column_spec("close", Physical::float64)};
  auto writer = ColumnFileWriter::create(folder.path("a"), specs, {{"级别", "tail"}, {"b", ""}}).value();
  const auto summary = writer->close().value();
  const auto reader = ColumnFileReader::open(folder.path("a")).value();
  EXPECT_EQ(reader->rows(), 0);
  EXPECT_TRUE(reader->groups().empty());
  EXPECT_EQ(reader->specs(), specs);
  EXPECT_EQ(reader->metadata(), (FileMetadata{{"级别", "tail"}, {"b", ""}}));
  EXPECT_EQ(reader->find("close"), 1U);
  EXPECT_EQ(reader->find("open"), std::nullopt);
  EXPECT_EQ(reader->hash(), summary.hash);
}

TEST(ColumnFile, DoublesKeepTheirBits) {
  const ScratchFolder folder;
  const std::vector<double> values = {0.0,
                                      -0.0,
                                      0.1 + 0.2,
                                      std::numeric_limits<double>::infinity(),
                                      -std::numeric_limits<double>::infinity(),
                                      std::numeric_limits<double>::denorm_min(),
                                      std::numeric_limits<double>::max()};
  for (const Encoding encoding : {Encoding::plain, Encoding::dictionary, Encoding::byte_stream_split}) {
    const std::string path = folder.path(std::to_string(static_cast<int>(encoding)));
    ColumnSpec spec = column_spec("a", Physical::float64);
    spec.encoding = encoding;
    auto writer = ColumnFileWriter::create(path, {spec}).value();
    ASSERT_TRUE(writer->write_row_group(std::array{column_of(values)}));
    ASSERT_TRUE(writer->close());
    std::vector<double> got(values.size());
    ASSERT_TRUE(ColumnFileReader::open(path).value()->read(0, 0, got));
    EXPECT_TRUE(same_bits(got, values));
  }
}

TEST(ColumnFile, ThreadsReadTheSameFile) {
  const ScratchFolder folder;
  constexpr std::size_t kColumns = 4, kGroups = 6, kRows = 3000;
  std::vector<ColumnSpec> specs;
  for (std::size_t c = 0; c < kColumns; ++c) specs.push_back(column_spec("c" + std::to_string(c), Physical::int32));
  auto writer = ColumnFileWriter::create(folder.path("a"), specs).value();
  for (std::size_t g = 0; g < kGroups; ++g) {
    std::vector<std::vector<std::int32_t>> values;
    for (std::size_t c = 0; c < kColumns; ++c) values.push_back(walk<std::int32_t>(kRows, g * kColumns + c));
    std::vector<ColumnValues> columns;
    for (const auto& column : values) columns.push_back(column_of(column));
    ASSERT_TRUE(writer->write_row_group(columns));
  }
  ASSERT_TRUE(writer->close());
  const auto reader = ColumnFileReader::open(folder.path("a")).value();
  for (std::size_t g = 0; g < kGroups; ++g) {  // a group's columns fill its place
    std::int64_t bytes = 0;
    for (std::size_t c = 0; c < kColumns; ++c) bytes += reader->bytes(g, c);
    EXPECT_EQ(bytes, reader->groups()[g].bytes);
  }
  std::array<int, 8> wrong{};
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        std::vector<std::int32_t> got(kRows);
        for (std::size_t k = 0; k < kGroups * kColumns; ++k) {
          const bool read = reader->read(k / kColumns, k % kColumns, got).has_value();
          count += !read || got != walk<std::int32_t>(kRows, k);
        }
      });
    }
  }
  EXPECT_EQ(wrong, (std::array<int, 8>{}));
}

TEST(ColumnFile, WhatIsNotThereOrNoFile) {
  const ScratchFolder folder;
  EXPECT_EQ(ColumnFileReader::open(folder.path("none")).error().code, ErrorCode::file_not_found);
  EXPECT_EQ(ColumnFileReader::open(folder.path()).error().code, ErrorCode::io_failed);
  for (const std::string& text :
       {std::string(), std::string("PAR1"), std::string(1000, 'x'), "PAR1" + std::string(50, '\0') + "PAR1"}) {
    const std::string path = folder.write("text", text);
    const auto reader = ColumnFileReader::open(path);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, ErrorCode::unreadable_data);
    EXPECT_EQ(reader.error().where, path);
  }
}

}  // namespace
}  // namespace momentum::formats
