#pragma once
// Reading a state out of the tables.

#include <optional>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "sqlite_internal.h"

namespace momentum::catalog {

// Each inside a transaction of the caller's. Errors: those of Catalog::load().
Result<Snapshot> newest_snapshot(const Database& database);
Result<Snapshot> find_snapshot(const Database& database, SnapshotId wanted);  // one that can be read
Result<std::vector<Snapshot>> all_snapshots(const Database& database);  // newest first
Result<State> load_state(const Database& database, std::optional<SnapshotId> wanted);
// State::coverage from the extents. `where` names where these come from. Error: damaged_store.
Result<void> derive_coverage(State& state, std::string_view where);
// No row ends with a commit that never came: the next one would have its number, and the row would be gone from its state. Some
// seeks, no scan. Error: damaged_store.
Result<void> check_ends(const Database& database, SnapshotId newest);
Result<std::vector<Garbage>> load_garbage(const Database& database);
Result<std::vector<LogEntry>> load_history(const Database& database);
Result<std::optional<Time>> time_removed(const Database& database, FileId file);
Result<std::optional<Time>> time_dropped(const Database& database, SnapshotId snapshot);

// The error of a state that gc dropped.
std::unexpected<Error> dropped_by_gc(SnapshotId snapshot, Time when);

}  // namespace momentum::catalog
