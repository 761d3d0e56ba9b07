#pragma once
// What the writers of all forms refuse before a byte is written.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/column_spec.h"
#include "momentum/formats/data_file.h"

namespace momentum::formats {

inline constexpr std::string_view kReservedPrefix = "momentum.";  // of keys in the metadata

// Every spec that could not be written, or written and not read, is a bad_value naming the column.
Result<void> check_specs(const std::vector<ColumnSpec>& specs);
Result<void> check_metadata(const FileMetadata& metadata);

// The rows of a row group; a bad_value naming file and column if there are none, or not of the specs' kind.
Result<std::size_t> check_group(const std::vector<ColumnSpec>& specs, std::span<const ColumnValues> columns,
                                const std::string& path);

std::size_t length_of(const ColumnValues& column);
std::size_t count_missing(std::span<const std::uint8_t> validity, std::size_t rows);

inline bool is_present(std::span<const std::uint8_t> validity, std::size_t row) {
  return validity.empty() || (validity[row / 8] >> (row % 8) & 1) != 0;
}

}  // namespace momentum::formats
