#pragma once
// The tables, and how a store of an older format becomes one of this.

#include <limits>
#include <span>

#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "sqlite_internal.h"

namespace momentum::catalog {

// SQLite's application_id of a catalog: "MMCT".
inline constexpr int kApplicationId = 0x4D4D4354;
// end_snapshot of a row that still holds. The rows of now are then one stretch of a table's key, however long its past.
inline constexpr SnapshotId kStillHolds = std::numeric_limits<SnapshotId>::max();

// Times and checks as they are stored.
inline std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
inline Time time_of(std::int64_t microseconds) { return Time(std::chrono::microseconds(microseconds)); }
inline std::int64_t as_stored(std::uint64_t hash) { return static_cast<std::int64_t>(hash); }

// From format `to - 1` to format `to`.
struct Migration {
  int to;
  const char* sql;
};
// One per format, from 1 on.
std::span<const Migration> migrations();

// The formats that brought tables: a reader takes those of an older store for empty.
inline constexpr int kLimitsFormat = 2, kUpkeepFormat = 3;
// Whether the open database is of this format or a newer one.
Result<bool> has_format(const Database& database, int format);

// The format of the open database, asked before anything else is read. Errors: damaged_store (no catalog), store_version
// (newer than the last migration).
Result<int> format_of(const Database& database, std::span<const Migration> known);

// Brings a database that is empty, or a catalog of an older format, to the last of `known`; one transaction.
Result<void> migrate(const Database& database, std::span<const Migration> known);

}  // namespace momentum::catalog
