#pragma once
// Writing a change into the tables.

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/change.h"
#include "sqlite_internal.h"

namespace momentum::catalog {

// Each is inside a write transaction of the caller's, who commits it. Errors: those of Catalog::commit(), pin() and drop().
Result<void> write_first(const Database& database, const StoreInfo& info);
Result<Snapshot> write_change(const Database& database, const Change& change, SnapshotId parent, Time now);
Result<void> write_pin(const Database& database, SnapshotId snapshot, const std::string& note, Time now);
Result<void> write_unpin(const Database& database, SnapshotId snapshot);
Result<void> write_dropped(const Database& database, const std::vector<SnapshotId>& snapshots,
                           const std::vector<FileId>& files, Time now);

Time now_of(const Context& ctx);

}  // namespace momentum::catalog
