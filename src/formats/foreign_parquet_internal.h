#pragma once
// A Parquet file of another make. Runs where the process may die.

#include <cstdint>
#include <memory>
#include <string>

#include "momentum/base/error.h"

namespace arrow {
class Table;
}

namespace momentum::formats {

// Whether it begins as Parquet files do.
bool is_parquet(const std::string& path);

// The whole file as one table, of any types. Errors: unreadable_data, too_large.
Result<std::shared_ptr<arrow::Table>> read_foreign_parquet(const std::string& path,
                                                           std::int64_t most_bytes = std::int64_t{4} << 30);

}  // namespace momentum::formats
