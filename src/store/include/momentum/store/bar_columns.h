#pragma once
// The columns of a bars file, beside `instrument` and `date`, and their order. Words of docs/formats.md.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace momentum::store {

inline constexpr std::string_view kInstrumentColumn = "instrument";
inline constexpr std::string_view kDateColumn = "date";

// Numbers of a bar, yuan (dollars in the US), shares and fractions. The first five are in every file, the others in those
// where any bar has one.
inline constexpr std::array<std::string_view, 15> kBarColumns = {
    "open",        "high",        "low",   "close",  "volume", "amount", "preclose", "turnover",
    "float_value", "total_value", "is_st", "pe_ttm", "pb",     "ps_ttm", "pcf_ttm"};
inline constexpr std::size_t kRequiredColumns = 5;
inline constexpr std::size_t kCloseColumn = 3, kPrecloseColumn = 6;

constexpr std::optional<std::size_t> bar_column(std::string_view name) {
  for (std::size_t c = 0; c < kBarColumns.size(); ++c) {
    if (kBarColumns[c] == name) return c;
  }
  return std::nullopt;
}

}  // namespace momentum::store
