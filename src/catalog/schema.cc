#include "momentum/catalog/packed.h"
#include "schema_internal.h"

#include <fmt/format.h>

namespace momentum::catalog {
namespace {

// A row holds in the states begin_snapshot .. end_snapshot - 1. "check" is check_of() of the rest of the row.
constexpr const char* kFormat1 = R"sql(
CREATE TABLE store(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,  -- microseconds since 1970, UTC
  buckets INTEGER NOT NULL CHECK (buckets > 0),
  storage TEXT NOT NULL,
  compression INTEGER NOT NULL,
  synthetic INTEGER NOT NULL,
  arguments TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  "check" INTEGER NOT NULL
) STRICT;

CREATE TABLE snapshot(
  id INTEGER PRIMARY KEY,
  parent INTEGER UNIQUE REFERENCES snapshot(id),
  created INTEGER NOT NULL,
  op TEXT NOT NULL,
  note TEXT NOT NULL,
  instruments INTEGER NOT NULL,
  files INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  days INTEGER NOT NULL,
  "check" INTEGER NOT NULL
) STRICT;

CREATE TABLE instrument(
  end_snapshot INTEGER NOT NULL,
  id INTEGER NOT NULL,
  begin_snapshot INTEGER NOT NULL REFERENCES snapshot(id),
  symbol TEXT NOT NULL,
  market TEXT NOT NULL,
  kind TEXT NOT NULL,
  board TEXT NOT NULL,
  currency TEXT NOT NULL,
  tick REAL NOT NULL,
  gaps_are_suspensions INTEGER NOT NULL,
  factors_from INTEGER,  -- day
  history BLOB NOT NULL,
  "check" INTEGER NOT NULL,
  PRIMARY KEY (end_snapshot, id),
  CHECK (end_snapshot > begin_snapshot)
) STRICT, WITHOUT ROWID;

CREATE TABLE file(
  id INTEGER PRIMARY KEY,
  dataset TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  level TEXT NOT NULL CHECK (level IN ('tail', 'year', 'base')),
  bucket INTEGER,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  first INTEGER NOT NULL,  -- day
  last INTEGER NOT NULL,
  columns BLOB NOT NULL,
  row_groups BLOB NOT NULL,
  extents BLOB NOT NULL,
  "check" INTEGER NOT NULL,
  begin_snapshot INTEGER NOT NULL REFERENCES snapshot(id),
  end_snapshot INTEGER NOT NULL,
  removed INTEGER,  -- when gc said that the file goes
  CHECK (end_snapshot > begin_snapshot)
) STRICT;
CREATE INDEX file_end ON file(end_snapshot);

CREATE TABLE gc_queue(
  file INTEGER PRIMARY KEY REFERENCES file(id),
  ended INTEGER NOT NULL
) STRICT;

CREATE TABLE market_days(
  end_snapshot INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('session', 'calendar')),
  market TEXT NOT NULL,
  year INTEGER NOT NULL,
  begin_snapshot INTEGER NOT NULL REFERENCES snapshot(id),
  days BLOB NOT NULL,
  "check" INTEGER NOT NULL,
  PRIMARY KEY (end_snapshot, kind, market, year),
  CHECK (end_snapshot > begin_snapshot)
) STRICT, WITHOUT ROWID;
)sql";

// Price limits by day: a day more is a row more. What stands before the blob is read without it.
constexpr const char* kFormat2 = R"sql(
CREATE TABLE price_limits(
  end_snapshot INTEGER NOT NULL,
  day INTEGER NOT NULL,
  begin_snapshot INTEGER NOT NULL REFERENCES snapshot(id),
  entries INTEGER NOT NULL,  -- how many limits are in the blob
  limits BLOB NOT NULL,
  "check" INTEGER NOT NULL,
  PRIMARY KEY (end_snapshot, day),
  CHECK (end_snapshot > begin_snapshot)
) STRICT, WITHOUT ROWID;

CREATE TABLE limits_total(
  snapshot INTEGER PRIMARY KEY REFERENCES snapshot(id),  -- the first with so many
  entries INTEGER NOT NULL,
  "check" INTEGER NOT NULL
) STRICT;
)sql";

// Accounts of commits, pinned and dropped snapshots, and how far the redo files of the folder `redo` reach.
constexpr const char* kFormat3 = R"sql(
CREATE TABLE account(
  snapshot INTEGER PRIMARY KEY REFERENCES snapshot(id),
  added INTEGER NOT NULL,
  corrected INTEGER NOT NULL,
  filled INTEGER NOT NULL,
  revised INTEGER NOT NULL,
  "check" INTEGER NOT NULL
) STRICT;

CREATE TABLE pin(
  snapshot INTEGER PRIMARY KEY REFERENCES snapshot(id),
  pinned INTEGER NOT NULL,  -- when
  note TEXT NOT NULL,
  "check" INTEGER NOT NULL
) STRICT;

CREATE TABLE dropped(
  snapshot INTEGER PRIMARY KEY REFERENCES snapshot(id),
  dropped INTEGER NOT NULL,  -- when
  "check" INTEGER NOT NULL
) STRICT;

CREATE TABLE redo(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL,
  hash INTEGER NOT NULL  -- of the redo file of that number
) STRICT;
INSERT INTO redo VALUES(1, 0, 0);
)sql";

constexpr Migration kMigrations[] = {{1, kFormat1}, {2, kFormat2}, {3, kFormat3}};
static_assert(kMigrations[std::size(kMigrations) - 1].to == kStoreFormatVersion);

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

Result<int> format_of(const Database& database, std::span<const Migration> known) {
  MOMENTUM_TRY(const std::int64_t application, database.integer("PRAGMA application_id"));
  if (application != kApplicationId) return damaged("not a catalog of this program", database.path());
  MOMENTUM_TRY(const std::int64_t version, database.integer("PRAGMA user_version"));
  const int newest = known.back().to;
  if (version > newest) {
    return fail(
        ErrorCode::store_version,
        fmt::format("written by a newer version of the program (store format {}, this one knows {})", version, newest),
        database.path(), "update");
  }
  if (version < 1) return damaged(fmt::format("store format {}", version), database.path());
  return static_cast<int>(version);
}

Result<bool> has_format(const Database& database, int format) {
  MOMENTUM_TRY(const std::int64_t version, database.integer("PRAGMA user_version"));
  return version >= format;
}

Result<void> migrate(const Database& database, std::span<const Migration> known) {
  const Transaction transaction(database);
  MOMENTUM_TRY_VOID(database.begin_write());
  // Asked under the lock: another writer may have come first.
  MOMENTUM_TRY(const std::int64_t version, database.integer("PRAGMA user_version"));
  for (const Migration& migration : known) {
    if (migration.to <= version) continue;
    MOMENTUM_TRY_VOID(database.run(migration.sql));
    MOMENTUM_TRY_VOID(database.run(fmt::format("PRAGMA user_version={}", migration.to)));
  }
  MOMENTUM_TRY_VOID(database.run(fmt::format("PRAGMA application_id={}", kApplicationId)));
  return database.commit();
}

}  // namespace momentum::catalog
