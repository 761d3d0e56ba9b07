#pragma once
// CSV files of a fixed layout -> rows of cells, with the account of those that were refused.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/sources/bar_set.h"
#include "momentum/sources/kind_tables.h"

namespace momentum::sources {

// The cells of one row by the layout's order; empty where missing or where the file has no such column.
using CellRow = std::vector<std::string_view>;

// Where a row came from.
struct Origin {
  std::size_t file;
  std::int64_t line;
};

struct WrongCell {
  std::size_t column;  // in the layout
  std::string_view reason;
};

struct RefusedRow {
  Origin origin;
  std::string column, value, reason;
};

struct TableFiles {
  std::vector<std::string> names;        // of the files
  std::vector<std::string> empty_files;  // without rows
  std::vector<std::string> stores;       // left out
  std::int64_t rows_in = 0;
  std::vector<RefusedRow> refused;
};

// Hands every row to `take`, in order; it answers what is wrong with it. The cells are valid during the call.
Result<TableFiles> read_table(const Context& ctx, const std::vector<std::string>& paths, const KindLayout& layout,
                              const std::function<std::optional<WrongCell>(const CellRow&, Origin)>& take);

}  // namespace momentum::sources
