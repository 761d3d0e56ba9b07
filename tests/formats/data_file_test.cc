// The contract that all forms of data files keep, one suite for all of them.

#include <array>
#include <bit>
#include <filesystem>
#include <thread>

#include "column_sample.h"
#include "csv_file_internal.h"
#include "hdf5_file_internal.h"
#include "round_trip.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

constexpr std::array kPatterns = {Pattern::none_missing, Pattern::every_third, Pattern::all_missing, Pattern::long_runs,
                                  Pattern::only_last};

class DataFile : public ::testing::TestWithParam<FileForm> {
 protected:
  ColumnSpec spec(std::string name, Physical physical, int scale = kNoScale, int compression = 1) const {
    return spec_of_form(GetParam(), column_spec(std::move(name), physical, scale), compression);
  }
  std::string path(const std::string& name = "a") const { return folder_.path(name); }
  ErrorCode creation(std::vector<ColumnSpec> specs, const FileMetadata& metadata = {}) const {
    const auto writer = create_data_file(GetParam(), path("refused"), std::move(specs), metadata);
    EXPECT_FALSE(std::filesystem::exists(path("refused")) && !writer);
    return writer ? ErrorCode::internal : writer.error().code;
  }
  ScratchFolder folder_;
};

TEST_P(DataFile, EveryTypeLevelAndPatternComesBack) {
  for (const int compression : {-1, 0, 1, 5}) {
    if (GetParam() != FileForm::hdf5 && compression != 1) continue;
    for (const Pattern pattern : kPatterns) {
      for (const std::size_t rows : {1, 33, 8193}) {
        for (const bool required : {false, true}) {
          if (required && pattern != Pattern::none_missing) continue;
          const auto with = [&](ColumnSpec made) {
            made.required = required;
            return made;
          };
          round_trip<std::int32_t>(GetParam(), path(), with(spec("价格.x", Physical::int32, 2, compression)), pattern,
                                   rows);
          round_trip<std::int64_t>(GetParam(), path(), with(spec("b", Physical::int64, 2, compression)), pattern, rows);
          round_trip<std::int64_t>(GetParam(), path(), with(spec("b", Physical::int64, kNoScale, compression)), pattern,
                                   rows);
          round_trip<double>(GetParam(), path(), with(spec("c", Physical::float64, kNoScale, compression)), pattern,
                             rows);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

// Row groups end anywhere, and a chunk of HDF5 may hold the ends of several.
TEST_P(DataFile, RowGroupsOfAllSizes) {
  auto writer =
      create_data_file(GetParam(), path(), {spec("a", Physical::int32), spec("b", Physical::float64)}).value();
  const std::vector<std::size_t> sizes = {1, 5000, 3191, 1, 8192, 20000, 7};
  std::uint64_t seed = 1;
  for (const std::size_t rows : sizes) {
    const auto whole = walk<std::int32_t>(rows, seed);
    const auto real = walk<double>(rows, seed);
    const auto holes = validity_of(seed % 2 == 0 ? Pattern::every_third : Pattern::none_missing, rows);
    ASSERT_TRUE(writer->write_row_group(std::array{column_of(whole), column_of(real, holes)}));
    ++seed;
  }
  const auto summary = writer->close().value();
  const auto reader = open_data_file(GetParam(), path(), summary.bytes).value();
  ASSERT_EQ(reader->groups().size(), sizes.size());
  EXPECT_EQ(summary.hash, reader->hash());
  std::int64_t rows_seen = 0, bytes = 0;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    const RowGroupPlace& place = reader->groups()[g];
    EXPECT_EQ(place.rows, summary.groups[g].rows);
    EXPECT_EQ(place.offset, summary.groups[g].offset);
    EXPECT_EQ(place.bytes, summary.groups[g].bytes);
    EXPECT_LE(place.offset + place.bytes, summary.bytes);
    rows_seen += place.rows;
    for (std::size_t c = 0; c < 2; ++c) bytes += reader->bytes(g, c);
    std::vector<std::int32_t> got(sizes[g]);
    ASSERT_TRUE(reader->read(g, 0, got));
    EXPECT_EQ(got, walk<std::int32_t>(sizes[g], g + 1));
    std::vector<double> real(sizes[g]);
    ASSERT_TRUE(reader->read_real(g, 1, real));
    const auto expected = walk<double>(sizes[g], g + 1);
    for (std::size_t k = 0; k < sizes[g]; ++k) {
      const bool hole = g % 2 == 1 && k % 3 == 1;
      ASSERT_TRUE(hole ? std::isnan(real[k]) : real[k] == expected[k]) << g << " " << k;
    }
  }
  EXPECT_EQ(reader->rows(), rows_seen);
  EXPECT_GT(bytes, summary.bytes / 2);
  EXPECT_LE(bytes, summary.bytes);
}

TEST_P(DataFile, ExtremeValuesComeBack) {
  constexpr auto kLeast32 = std::numeric_limits<std::int32_t>::min(),
                 kMost32 = std::numeric_limits<std::int32_t>::max();
  constexpr auto kLeast64 = std::numeric_limits<std::int64_t>::min(),
                 kMost64 = std::numeric_limits<std::int64_t>::max();
  ColumnSpec a = spec("a", Physical::int32, 9), b = spec("b", Physical::int64, 18), c = spec("c", Physical::float64);
  a.required = b.required = c.required = true;
  const std::vector<std::int32_t> narrow = {kLeast32, kMost32, 0, -1, 1, 1000000000, -10};
  const std::vector<std::int64_t> wide = {kLeast64, kMost64, 0, -1, 1, 1000000000000000000, -10};
  const std::vector<double> real = {-0.0,
                                    std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(),
                                    5e-324,
                                    1.7976931348623157e308,
                                    std::bit_cast<double>(0x7ff80000deadbeef),
                                    kNaN};
  auto writer = create_data_file(GetParam(), path(), {a, b, c}).value();
  ASSERT_TRUE(writer->write_row_group(std::array{column_of(narrow), column_of(wide), column_of(real)}));
  ASSERT_TRUE(writer->close());
  const auto reader = open_data_file(GetParam(), path()).value();
  std::vector<std::int32_t> got_narrow(narrow.size());
  std::vector<std::int64_t> got_wide(wide.size());
  std::vector<double> got_real(real.size());
  ASSERT_TRUE(reader->read(0, 0, got_narrow));
  ASSERT_TRUE(reader->read(0, 1, got_wide));
  ASSERT_TRUE(reader->read(0, 2, got_real));
  EXPECT_EQ(got_narrow, narrow);
  EXPECT_EQ(got_wide, wide);
  EXPECT_TRUE(same_bits(got_real, real));
}

TEST_P(DataFile, SpecsMetadataAndDatesComeBack) {
  const auto summary = write_sample(path(), GetParam());
  const auto reader = open_data_file(GetParam(), path(), summary.bytes).value();
  EXPECT_EQ(reader->specs(), sample_specs(GetParam()));
  EXPECT_EQ(reader->metadata(), sample(0).metadata);
  EXPECT_EQ(reader->find("volume"), 3U);
  EXPECT_EQ(reader->find("none"), std::nullopt);
  const SampleReading reading = read_sample(*reader);
  EXPECT_EQ(reading.equal, 12U);
  EXPECT_EQ(reading.errors + reading.other, 0U);
}

TEST_P(DataFile, NoRowGroupAtAll) {
  auto writer =
      create_data_file(GetParam(), path(), {spec("a", Physical::int32)}, {{"b", ""}, {"空 格", "a\nb%"}}).value();
  const auto summary = writer->close().value();
  const auto reader = open_data_file(GetParam(), path(), summary.bytes).value();
  EXPECT_EQ(reader->rows(), 0);
  EXPECT_TRUE(reader->groups().empty());
  EXPECT_EQ(reader->metadata(), (FileMetadata{{"b", ""}, {"空 格", "a\nb%"}}));
}

TEST_P(DataFile, TheSameDataIsTheSameFile) {
  write_sample(path("a"), GetParam());
  write_sample(path("b"), GetParam());
  EXPECT_EQ(bytes_of(path("a")), bytes_of(path("b")));
}

TEST_P(DataFile, LeavesNothingBehindWithoutCloseAndTouchesNoFileThatExists) {
  create_data_file(GetParam(), path(), {spec("a", Physical::int32)}).value().reset();
  EXPECT_FALSE(std::filesystem::exists(path()));
  folder_.write("old", "precious");
  EXPECT_EQ(create_data_file(GetParam(), path("old"), {spec("a", Physical::int32)}).error().code, ErrorCode::io_failed);
  EXPECT_EQ(bytes_of(path("old")), "precious");
}

TEST_P(DataFile, RefusesSpecsAndMetadataThatItCannotHold) {
  const ColumnSpec good = spec("a", Physical::int32, 2);
  EXPECT_EQ(creation({}), ErrorCode::bad_value);
  EXPECT_EQ(creation({good, good}), ErrorCode::bad_value);
  EXPECT_EQ(creation({good}, {{"momentum.x", "y"}}), ErrorCode::bad_value);
  EXPECT_EQ(creation({spec("", Physical::int32)}), ErrorCode::bad_value);
  EXPECT_EQ(creation({spec("a", Physical::float64, 2)}), ErrorCode::bad_value);
  if (GetParam() == FileForm::parquet) {
    ColumnSpec gzip = good;
    gzip.codec = Codec::gzip;
    EXPECT_EQ(creation({gzip}), ErrorCode::bad_value);
    return;
  }
  EXPECT_EQ(creation({column_spec("a", Physical::int32)}), ErrorCode::bad_value);  // delta
  ColumnSpec snappy = good;
  snappy.codec = Codec::snappy;
  EXPECT_EQ(creation({snappy}), ErrorCode::bad_value);
  if (GetParam() == FileForm::hdf5) {
    ColumnSpec steep = spec("a", Physical::int32, 2, 5);
    steep.level = 10;
    EXPECT_EQ(creation({steep}), ErrorCode::bad_value);
    EXPECT_EQ(creation({spec("a/b", Physical::int32)}), ErrorCode::bad_value);
    EXPECT_EQ(creation({good}, {{"", "x"}}), ErrorCode::bad_value);
    EXPECT_EQ(creation({good}, {{"a", "x"}, {"a", "y"}}), ErrorCode::bad_value);
    EXPECT_EQ(creation({good}, {{"a", std::string(70'000, 'x')}}), ErrorCode::bad_value);
  } else {
    for (const char* const name : {"a,b", "#a", "a\nb", "\"a\""})
      EXPECT_EQ(creation({spec(name, Physical::int32)}), ErrorCode::bad_value) << name;
  }
}

TEST_P(DataFile, RefusesARowGroupThatDoesNotFitAndGoesOn) {
  ColumnSpec required = spec("a", Physical::int32);
  required.required = true;
  auto writer = create_data_file(GetParam(), path(), {required, spec("b", Physical::float64)}).value();
  const std::vector<std::int32_t> whole = {1, 2, 3};
  const std::vector<double> reals = {1, 2, 3}, two = {1, 2};
  const std::vector<std::uint8_t> hole = {0b101}, wide = {7, 7};
  const auto code_of = [&](std::vector<ColumnValues> columns) {
    const auto done = writer->write_row_group(columns);
    return done ? ErrorCode::internal : done.error().code;
  };
  EXPECT_EQ(code_of({column_of(whole)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(reals), column_of(reals)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(whole), column_of(two)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(whole), column_of(reals, wide)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(whole, hole), column_of(reals)}), ErrorCode::bad_value);
  EXPECT_EQ(code_of({column_of(std::vector<std::int32_t>{}), column_of(std::vector<double>{})}), ErrorCode::bad_value);
  EXPECT_TRUE(writer->write_row_group(std::vector{column_of(whole), column_of(reals, hole)}));
  EXPECT_EQ(writer->close().value().groups.size(), 1U);
}

// What a form has no text or no bits for is refused, never stored as something else.
TEST(DataFileForms, RefuseWhatTheyCannotHold) {
  const ScratchFolder folder;
  const auto spec = [](FileForm form, Physical physical) { return spec_of_form(form, column_spec("a", physical), 1); };
  const auto code_of = [&](FileForm form, ColumnSpec made, const ColumnValues& values) {
    auto writer = create_data_file(form, folder.path("a"), {std::move(made)}).value();
    const auto done = writer->write_row_group(std::array{values});
    return done ? ErrorCode::internal : done.error().code;
  };
  const std::vector<std::int32_t> narrow = {1, std::numeric_limits<std::int32_t>::min()};
  const std::vector<std::int64_t> wide = {1, std::numeric_limits<std::int64_t>::min()};
  const std::vector<double> real = {1, std::bit_cast<double>(0x7ff84d4953534e47)};
  const std::vector<std::uint8_t> first = {0b01};
  EXPECT_EQ(code_of(FileForm::hdf5, spec(FileForm::hdf5, Physical::int32), column_of(narrow)), ErrorCode::bad_value);
  EXPECT_EQ(code_of(FileForm::hdf5, spec(FileForm::hdf5, Physical::int64), column_of(wide)), ErrorCode::bad_value);
  EXPECT_EQ(code_of(FileForm::hdf5, spec(FileForm::hdf5, Physical::float64), column_of(real)), ErrorCode::bad_value);
  EXPECT_EQ(code_of(FileForm::hdf5, spec(FileForm::hdf5, Physical::int32), column_of(narrow, first)),
            ErrorCode::internal);
  ColumnSpec date = spec(FileForm::csv, Physical::int32);
  date.date = true;
  EXPECT_EQ(code_of(FileForm::csv, date, column_of(narrow)), ErrorCode::bad_value);
  EXPECT_EQ(code_of(FileForm::csv, date, column_of(narrow, first)), ErrorCode::internal);
}

TEST_P(DataFile, OneReaderServesManyThreads) {
  write_sample(path(), GetParam());
  const auto reader = open_data_file(GetParam(), path()).value();
  std::array<SampleReading, 4> readings;
  std::vector<std::jthread> threads;
  for (SampleReading& reading : readings)
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) reading = read_sample(*reader);
    });
  threads.clear();
  for (const SampleReading& reading : readings) EXPECT_EQ(reading.equal, 12U);
}

TEST_P(DataFile, WhatIsNotThereOrNotOursIsAnError) {
  const auto code_of = [&](const std::string& at) { return open_data_file(GetParam(), at).error().code; };
  EXPECT_EQ(code_of(path("none")), ErrorCode::file_not_found);
  folder_.write("empty", "");
  EXPECT_EQ(code_of(path("empty")), ErrorCode::unreadable_data);
  folder_.write("text", "date,close\n2024-01-02,1.5\n" + std::string(100, ' '));
  EXPECT_EQ(code_of(path("text")), ErrorCode::unreadable_data);
  const auto summary = write_sample(path(), GetParam());
  EXPECT_EQ(open_data_file(GetParam(), path(), summary.bytes + 1).error().code, ErrorCode::unreadable_data);
}

TEST_P(DataFile, FormsAreKnownByTheirNames) {
  EXPECT_EQ(form_of("data/base-1-2" + std::string(suffix_of(GetParam()))), GetParam());
  EXPECT_EQ(form_named(GetParam() == FileForm::parquet ? "parquet"
                       : GetParam() == FileForm::hdf5  ? "hdf"
                                                       : "csv"),
            GetParam());
  EXPECT_EQ(form_of("data/x"), std::nullopt);
  EXPECT_EQ(form_named("xml"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Forms, DataFile, ::testing::Values(FileForm::parquet, FileForm::hdf5, FileForm::csv),
                         [](const auto& which) { return std::string(suffix_of(which.param).substr(1)); });

}  // namespace
}  // namespace momentum::formats
