#pragma once
// Columns of every kind for the tests of column files, and what must come back.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "momentum/formats/column_file.h"

namespace momentum::testing {

using formats::Codec;
using formats::ColumnFileReader;
using formats::ColumnFileWriter;
using formats::ColumnSpec;
using formats::ColumnValues;
using formats::Encoding;
using formats::Physical;

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class T>
constexpr Physical physical_of() {
  return std::is_same_v<T, std::int32_t>   ? Physical::int32
         : std::is_same_v<T, std::int64_t> ? Physical::int64
                                           : Physical::float64;
}

template <class T>
ColumnValues column_of(const std::vector<T>& values, std::span<const std::uint8_t> validity = {}) {
  return {std::span<const T>(values), validity};
}

enum class Pattern { none_missing, every_third, all_missing, long_runs, only_last };

inline bool is_missing(Pattern pattern, std::size_t row, std::size_t rows) {
  switch (pattern) {
    case Pattern::none_missing: return false;
    case Pattern::every_third: return row % 3 == 1;
    case Pattern::all_missing: return true;
    case Pattern::long_runs: return row / 3000 % 2 == 1;
    case Pattern::only_last: return row + 1 == rows;
  }
  return false;
}

inline std::vector<std::uint8_t> validity_of(Pattern pattern, std::size_t rows) {
  if (pattern == Pattern::none_missing) return {};
  std::vector<std::uint8_t> validity(formats::validity_bytes(static_cast<std::int64_t>(rows)));
  for (std::size_t row = 0; row < rows; ++row) {
    if (!is_missing(pattern, row, rows))
      validity[row / 8] = static_cast<std::uint8_t>(validity[row / 8] | 1U << row % 8);
  }
  return validity;
}

// A walk of small steps with rare jumps over the whole range, as prices and identifiers go.
template <class T>
std::vector<T> walk(std::size_t rows, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::vector<T> values(rows);
  std::int64_t at = 1000;
  for (T& value : values) {
    at += static_cast<std::int64_t>(random() % 41) - 20;
    value = static_cast<T>(at);
    if constexpr (std::is_same_v<T, double>) value = static_cast<double>(at) / 100;
    if (random() % 500 == 0) {
      if constexpr (std::is_same_v<T, double>) {
        value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 1000) - 500);
      } else {
        value = static_cast<T>(random());
      }
    }
  }
  return values;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace momentum::testing
