#pragma once
// Bars of one instrument in memory: a view, and rows that grow.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/store/dataset.h"
#include "store_file_internal.h"

namespace momentum::store {

// Columns of a bars file by number: first those that every file has.
inline constexpr std::size_t kRequiredColumns = kBarColumns.size();
inline constexpr std::size_t kColumns = kRequiredColumns + kOptionalColumns.size();
inline constexpr std::size_t kCloseColumn = 3, kPrecloseColumn = 6;
constexpr std::string_view column_name(std::size_t c) {
  return c < kRequiredColumns ? kBarColumns[c] : kOptionalColumns[c - kRequiredColumns];
}
static_assert(column_name(kCloseColumn) == "close" && column_name(kPrecloseColumn) == "preclose");

using ColumnMask = std::uint32_t;  // bit c: column c
inline constexpr ColumnMask kAllColumns = (ColumnMask{1} << kColumns) - 1;
constexpr bool has_column(ColumnMask mask, std::size_t c) { return (mask >> c & 1) != 0; }

// Times (dataset.h) ascend strictly. A column is of their length, or empty: not there. NaN is missing.
struct BarSeries {
  Dataset dataset = Dataset::daily;
  std::span<const std::int32_t> times = {};
  std::array<std::span<const double>, kColumns> columns = {};

  std::size_t size() const { return times.size(); }
  Date first() const { return day_of(dataset, times.front()); }
  Date last() const { return day_of(dataset, times.back()); }
  BarSeries slice(std::size_t from, std::size_t to) const;
  BarSeries between(Date from, Date to) const;  // days, both included; no date: open
  BarSeries only(ColumnMask mask) const;
};

// Rows of one or of many instruments, one after the other. A column comes into being with the first series that has it.
class BarRows {
 public:
  explicit BarRows(std::size_t expected = 0) : expected_(expected) {}

  std::size_t size() const { return times_.size(); }
  void append(const BarSeries& bars);
  // Gives the last row what it lacks in the columns that are not in every file.
  void fill_last(const BarSeries& bars, std::size_t row);
  void clear();  // keeps the memory

  std::span<const std::int32_t> times() const { return times_; }
  BarSeries view() const;

 private:
  std::vector<double>& column(std::size_t c);

  std::size_t expected_;
  Dataset dataset_ = Dataset::daily;  // that of the first series
  std::vector<std::int32_t> times_;
  std::array<std::vector<double>, kColumns> columns_;
};

}  // namespace momentum::store
