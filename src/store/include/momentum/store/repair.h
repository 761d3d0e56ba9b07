#pragma once
// A store whose catalog is lost or torn is made whole again from its redo files. Nothing is removed.

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"

namespace momentum::store {

struct Repair {
  bool rebuilt = false;  // false: the catalog was well, and stays
  Error reason = {};  // what was wrong with it
  std::int64_t records = 0;  // writes repeated
  catalog::Snapshot snapshot;  // the newest
  std::vector<std::string> aside;  // what was moved: the old catalog, and data files that the new one does not name
  std::vector<Error> problems;  // of the data files, and signs that commits are missing from the redo files
};

// Checks the catalog, and makes it anew if it is not well. Data files that it does not name then go to the folder `aside`, for
// the next writer would remove them. Errors: damaged_store, where the redo files are missing or damaged, too (the store is
// as it was), no_permission, disk_full, io_failed, interrupted. A crash at any point leaves a store to be repaired again.
Result<Repair> repair(const Context& ctx, const catalog::WriterLock& lock);

}  // namespace momentum::store
