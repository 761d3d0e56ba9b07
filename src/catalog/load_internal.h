#pragma once
// Reading a state out of the tables.

#include <optional>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "sqlite_internal.h"

namespace momentum::catalog {

// Each inside a transaction of the caller's. Errors: those of Catalog::load().
Result<Snapshot> newest_snapshot(const Database& database);
Result<Snapshot> find_snapshot(const Database& database, SnapshotId wanted);
Result<std::vector<Snapshot>> all_snapshots(const Database& database);  // newest first
Result<State> load_state(const Database& database, std::optional<SnapshotId> wanted);
Result<std::vector<Garbage>> load_garbage(const Database& database);

}  // namespace momentum::catalog
