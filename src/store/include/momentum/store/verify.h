#pragma once
// Are the data files of a store what its catalog says, to the last byte?

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/state.h"

namespace momentum::store {

struct Health {
  std::int64_t files = 0, rows = 0, bytes = 0;  // looked at
  std::vector<Error> problems;  // one per file that is not well, in the order of the state; naming the file
};

enum class Depth : std::uint8_t { footers, bytes };

// With Depth::footers opens every data file: there, of the catalog's size, with an intact footer of this store and path, and
// the columns and row groups of the catalog. With Depth::bytes reads every one whole: its checksum is the catalog's, it
// is a column file of this store under its own path, with the columns and row groups of the catalog, and (in a dataset
// that this program knows) each row is of the instrument and between the days that the extents say, and every other column
// decodes, with the missing values that the footer counts. What the numbers are is not looked at: what was written is under the
// checksum. Parallel over files. Errors: interrupted; what is wrong with a file is a problem, no error.
Result<Health> verify(const Context& ctx, const std::string& folder, const catalog::State& state,
                      Depth depth = Depth::bytes);

// Files of older states: there, and of the catalog's size?
std::vector<Error> check_older(const std::string& folder, const std::vector<catalog::Garbage>& garbage);

}  // namespace momentum::store
