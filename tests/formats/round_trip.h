#pragma once
// A column written to a data file and read back in every way that there is.

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "column_fixture.h"

namespace momentum::testing {

// Two row groups of the same values.
template <class T>
void round_trip(formats::FileForm form, const std::string& path, ColumnSpec spec, Pattern pattern, std::size_t rows) {
  const std::vector<T> values = walk<T>(rows, rows + 7);
  const std::vector<std::uint8_t> validity = validity_of(pattern, rows);
  std::vector<T> expected = values;
  std::vector<double> real(rows);
  std::int64_t missing = 0;
  for (std::size_t k = 0; k < rows; ++k) {
    const bool absent = is_missing(pattern, k, rows);
    real[k] = absent ? kNaN : static_cast<double>(values[k]) / (spec.scale == 2 ? 100.0 : 1.0);
    if (absent) expected[k] = T{};
    missing += absent;
  }
  {
    auto writer = formats::create_data_file(form, path, {spec});
    ASSERT_TRUE(writer) << writer.error().to_string();
    const std::array columns = {column_of(values, validity)};
    const auto wrote = (*writer)->write_row_group(columns);
    ASSERT_TRUE(wrote) << wrote.error().to_string();
    ASSERT_TRUE((*writer)->write_row_group(columns));
    ASSERT_TRUE((*writer)->close());
  }
  const auto reader = formats::open_data_file(form, path);
  ASSERT_TRUE(reader) << reader.error().to_string();
  EXPECT_EQ((*reader)->specs(), std::vector{spec});
  EXPECT_EQ((*reader)->rows(), static_cast<std::int64_t>(2 * rows));
  for (std::size_t group = 0; group < 2; ++group) {
    ASSERT_EQ((*reader)->missing(group, 0), missing);
    std::vector<T> got(rows, T{77});
    std::vector<std::uint8_t> got_validity(validity.size(), 0x55);
    const auto read = (*reader)->read(group, 0, got, got_validity);
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_TRUE(same_bits(got, expected));
    if (missing != 0) {
      EXPECT_EQ(got_validity, validity);
    }
    std::vector<double> got_real(rows, 77);
    ASSERT_TRUE((*reader)->read_real(group, 0, got_real));
    for (std::size_t k = 0; k < rows; ++k) {
      ASSERT_TRUE(got_real[k] == real[k] || (std::isnan(got_real[k]) && std::isnan(real[k]))) << k;
    }
    for (const std::size_t end : {rows, rows / 2, std::size_t{0}}) {
      std::vector<double> streamed;
      const auto stream = (*reader)->stream_real(group, 0, static_cast<std::int64_t>(end),
                                                 [&](std::int64_t row, std::span<const double> stretch) {
                                                   ASSERT_EQ(row, static_cast<std::int64_t>(streamed.size()));
                                                   streamed.insert(streamed.end(), stretch.begin(), stretch.end());
                                                 });
      ASSERT_TRUE(stream) << stream.error().to_string();
      ASSERT_EQ(streamed.size(), end);
      for (std::size_t k = 0; k < end; ++k) {
        ASSERT_TRUE(streamed[k] == real[k] || (std::isnan(streamed[k]) && std::isnan(real[k]))) << k;
      }
    }
    if constexpr (std::is_same_v<T, std::int32_t>) {
      if (missing != 0) continue;
      std::vector<std::int32_t> streamed;
      const auto stream = (*reader)->stream_int32(group, 0, static_cast<std::int64_t>(rows),
                                                  [&](std::int64_t row, std::span<const std::int32_t> stretch) {
                                                    ASSERT_EQ(row, static_cast<std::int64_t>(streamed.size()));
                                                    streamed.insert(streamed.end(), stretch.begin(), stretch.end());
                                                  });
      ASSERT_TRUE(stream) << stream.error().to_string();
      EXPECT_EQ(streamed, expected);
    }
  }
  std::filesystem::remove(path);
}

}  // namespace momentum::testing
