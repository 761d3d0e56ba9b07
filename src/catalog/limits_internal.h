#pragma once
// Price limits in the tables: a row per day, read only when somebody asks.

#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "sqlite_internal.h"

namespace momentum::catalog {

// Each inside a transaction of the caller's.

// How many limits a state has; none in a store of a format that had no place for them.
Result<std::int64_t> count_limits(const Database& database, SnapshotId snapshot);
// Errors: those of Catalog::limits().
Result<std::vector<DayLimits>> load_limits(const Database& database, SnapshotId snapshot, Date first, Date last);
// The days that have some, ascending; no blob is read. Errors: those of Catalog::limit_days().
Result<std::vector<Date>> limit_days(const Database& database, SnapshotId snapshot);
// The days whose limits two states may not have alike, ascending; no blob is read.
Result<std::vector<Date>> changed_limits(const Database& database, SnapshotId before, SnapshotId after);
// Every day of every state, and what the days of these add up to. Errors: damaged_store.
Result<void> check_limits(const Database& database, const std::vector<SnapshotId>& snapshots);
// Days equal to those that stand add nothing.
Result<void> put_limits(const Database& database, const std::vector<DayLimits>& days, SnapshotId snapshot);

}  // namespace momentum::catalog
