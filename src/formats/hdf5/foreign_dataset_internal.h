#pragma once
// One dataset of another's file in memory, of the types that tables are made of.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreign_records_internal.h"
#include "hdf5_library_internal.h"

namespace momentum::formats {

// Bytes that a file may still ask for.
struct ForeignBudget {
  std::uint64_t left = kMostForeignBytes;
  bool take(std::uint64_t bytes) {
    if (bytes > left) return false;
    left -= bytes;
    return true;
  }
};

std::unexpected<Error> foreign_damage(std::string_view why, const std::string& where);
// What only Python can read.
std::unexpected<Error> foreign_pickled(std::string_view what, const std::string& where);
std::unexpected<Error> foreign_too_large(const std::string& where);

bool is_records(hid_t dataset);
// All members of a dataset of records, of one dimension.
Result<std::vector<ForeignColumn>> read_records(hid_t dataset, const std::string& where, ForeignBudget& budget);

// A dataset of numbers or texts of one or two dimensions: `columns` wide, row by row.
struct ForeignBlock {
  std::size_t rows = 0, columns = 0;
  ForeignColumn values;
};
Result<ForeignBlock> read_block(hid_t dataset, const std::string& where, ForeignBudget& budget);

// Of the words by which pandas says what its integers are: datetime64[us] counts 1,000,000 to a second; 0: no times.
std::int64_t ticks_per_second(std::string_view kind);

// Of an attribute; none: it is not there or of another type.
std::optional<std::string> text_attribute(hid_t at, const char* name);
std::optional<std::int64_t> number_attribute(hid_t at, const char* name);

}  // namespace momentum::formats
