#pragma once
// Are the data files of a store what its catalog says, to the last byte?

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"

namespace momentum::store {

struct Health {
  std::int64_t files = 0, rows = 0, bytes = 0;  // looked at
  std::vector<Error> problems;  // one per file that is not well, in the order of the state; naming the file
};

// Reads every data file whole: its checksum is the catalog's, it is a column file of this store under its own path, with the
// columns and row groups of the catalog, and (in the dataset `daily`) each row is of the instrument and between the days that the
// extents say. Numbers are not looked at: what was written is under the checksum.
// Parallel over files; a file is read once, and its first two columns decoded. Errors: interrupted; what is wrong with a file is a
// problem, no error.
Result<Health> verify(const Context& ctx, const std::string& folder, const catalog::State& state);

}  // namespace momentum::store
