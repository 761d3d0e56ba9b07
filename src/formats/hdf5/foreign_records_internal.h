#pragma once
// The tables of an HDF5 file of another make, as plain columns. Runs where the process may die.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "momentum/base/error.h"

namespace momentum::formats {

struct ForeignColumn {
  std::string name;
  std::int64_t per_second = 0;  // of times, int64 since 1970: how many make a second; 0: no times
  std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>> values;
};

struct ForeignRecords {
  std::string path;
  std::vector<ForeignColumn> columns;  // all of one length
};

// Of all values of a file.
inline constexpr std::uint64_t kMostForeignBytes = std::uint64_t{4} << 30;

// Errors: unreadable_data, too_large, empty_input.
Result<std::vector<ForeignRecords>> read_foreign_records(const std::string& path,
                                                         std::uint64_t most_bytes = kMostForeignBytes);

}  // namespace momentum::formats
