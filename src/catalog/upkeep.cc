// Pinned and dropped snapshots, and the log that shows them.

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <ranges>
#include <set>
#include <utility>

#include "commit_internal.h"
#include "load_internal.h"
#include "momentum/catalog/packed.h"
#include "records_internal.h"
#include "schema_internal.h"

namespace momentum::catalog {
namespace {

std::unexpected<Error> wrong(const std::string& what, std::string where) {
  return fail(ErrorCode::internal, "a drop that contradicts the store: " + what, std::move(where),
              "please report this line");
}

Result<std::optional<Time>> time_in(const Database& database, const char* sql, std::int64_t id) {
  MOMENTUM_TRY(Statement row, database.prepare(sql));
  row.bind(1, id);
  MOMENTUM_TRY(const bool there, row.step());
  if (!there || row.is_null(0)) return std::nullopt;
  return time_of(row.integer(0));
}

// What a state needs must not be there: a snapshot that is not dropped lies in [begin_snapshot, end_snapshot).
constexpr const char* kUnneeded =
    "end_snapshot < 9223372036854775807 AND NOT EXISTS (SELECT 1 FROM snapshot WHERE snapshot.id >= begin_snapshot AND "
    "snapshot.id < end_snapshot "
    "AND snapshot.id NOT IN (SELECT snapshot FROM dropped))";

Result<void> drop_snapshots(const Database& database, const std::vector<SnapshotId>& snapshots, Time now) {
  MOMENTUM_TRY(const Snapshot newest, newest_snapshot(database));
  MOMENTUM_TRY(Statement find, database.prepare("SELECT (SELECT count(*) FROM snapshot WHERE id=?1), "
                                                "(SELECT count(*) FROM pin WHERE snapshot=?1), "
                                                "(SELECT count(*) FROM dropped WHERE snapshot=?1)"));
  MOMENTUM_TRY(Statement put, database.prepare("INSERT INTO dropped(snapshot, dropped, \"check\") VALUES(?1,?2,?3)"));
  for (const SnapshotId snapshot : snapshots) {
    find.bind(1, snapshot);
    MOMENTUM_TRY_VOID(find.step());
    const bool may_go = find.integer(0) == 1 && find.integer(1) == 0 && find.integer(2) == 0;
    MOMENTUM_TRY_VOID(find.step());
    if (!may_go || snapshot == newest.id)
      return wrong("a snapshot that may not go", fmt::format("snapshot {}", snapshot));
    put.bind(1, snapshot);
    put.bind(2, micros(now));
    put.bind(3, as_stored(check_of_dropped(snapshot, now)));
    MOMENTUM_TRY_VOID(put.run());
  }
  return {};
}

Result<void> drop_files(const Database& database, const std::vector<FileId>& files, Time now) {
  MOMENTUM_TRY(Statement leave, database.prepare("DELETE FROM gc_queue WHERE file=?1"));
  // The row stays for its path's sake, which nobody may use again.
  MOMENTUM_TRY(Statement mark, database.prepare(fmt::format("UPDATE file SET removed=?2, columns=x'', row_groups=x'', "
                                                            "extents=x'' WHERE id=?1 AND {}",
                                                            kUnneeded)));
  for (const FileId file : files) {
    leave.bind(1, file);
    MOMENTUM_TRY(const int left, leave.run());
    if (left == 0) return wrong("a file that has not ended", fmt::format("file {}", file));
    mark.bind(1, file);
    mark.bind(2, micros(now));
    MOMENTUM_TRY(const int marked, mark.run());
    if (marked == 0) return wrong("a file that a snapshot needs", fmt::format("file {}", file));
  }
  return {};
}

Result<void> read_pins(const Database& database, std::map<SnapshotId, LogEntry*>& entries) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT snapshot, pinned, note, \"check\" FROM pin"));
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) return {};
    const Time pinned = time_of(row.integer(1));
    const auto at = entries.find(row.integer(0));
    if (at == entries.end() || as_stored(check_of_pin(row.integer(0), pinned, row.text(2))) != row.integer(3))
      return damaged("wrong checksum", fmt::format("{}, pin of snapshot {}", database.path(), row.integer(0)));
    at->second->pinned = pinned;
    at->second->pin_note = row.text(2);
  }
}

Result<void> read_dropped(const Database& database, std::map<SnapshotId, LogEntry*>& entries) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT snapshot, dropped, \"check\" FROM dropped"));
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) return {};
    const Time when = time_of(row.integer(1));
    const auto at = entries.find(row.integer(0));
    if (at == entries.end() || as_stored(check_of_dropped(row.integer(0), when)) != row.integer(2))
      return damaged("wrong checksum", fmt::format("{}, dropped snapshot {}", database.path(), row.integer(0)));
    at->second->dropped = when;
  }
}

Result<void> count_files(const Database& database, std::map<SnapshotId, LogEntry*>& entries) {
  for (const auto& [column, counter] :
       {std::pair{"begin_snapshot", &LogEntry::files_added}, std::pair{"end_snapshot", &LogEntry::files_ended}}) {
    MOMENTUM_TRY(Statement row, database.prepare(fmt::format("SELECT {0}, count(*) FROM file GROUP BY {0}", column)));
    while (true) {
      MOMENTUM_TRY(const bool there, row.step());
      if (!there) break;
      if (const auto at = entries.find(row.integer(0)); at != entries.end()) at->second->*counter = row.integer(1);
    }
  }
  return {};
}

// A file has its rows in the states from its first snapshot on, to before the one that ended it. Its row stays when gc has removed
// it, so that this holds of dropped snapshots, too. Counted without a sign: nothing checks these numbers before a state is loaded.
Result<void> count_rows(const Database& database, std::vector<LogEntry>& log) {
  std::map<std::string, std::map<SnapshotId, std::uint64_t>> changes;  // of each dataset
  std::set<std::pair<std::string, SnapshotId>> added;
  MOMENTUM_TRY(Statement row, database.prepare("SELECT dataset, begin_snapshot, end_snapshot, rows FROM file"));
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) break;
    const std::string dataset(row.text(0));
    const auto rows = static_cast<std::uint64_t>(row.integer(3));
    changes[dataset][row.integer(1)] += rows;
    changes[dataset][row.integer(2)] -= rows;
    added.emplace(dataset, row.integer(1));
  }
  for (const auto& [dataset, of_dataset] : changes) {
    std::uint64_t rows = 0;
    auto next = of_dataset.begin();
    for (LogEntry& entry : std::views::reverse(log)) {
      for (; next != of_dataset.end() && next->first <= entry.snapshot.id; ++next) rows += next->second;
      if (rows > 0)
        entry.datasets.push_back(
            {dataset, static_cast<std::int64_t>(rows), added.contains({dataset, entry.snapshot.id})});
    }
  }
  return {};
}

}  // namespace

std::unexpected<Error> dropped_by_gc(SnapshotId snapshot, Time when) {
  return fail(ErrorCode::snapshot_not_found,
              fmt::format("snapshot {} was dropped by gc on {}", snapshot, time_text(when)), "",
              "momentum store log lists those that can be read; pin one to keep it");
}

Result<std::optional<Time>> time_removed(const Database& database, FileId file) {
  return time_in(database, "SELECT removed FROM file WHERE id=?1", file);
}

Result<std::optional<Time>> time_dropped(const Database& database, SnapshotId snapshot) {
  MOMENTUM_TRY(const bool may_be, has_format(database, kUpkeepFormat));
  if (!may_be) return std::nullopt;
  return time_in(database, "SELECT dropped FROM dropped WHERE snapshot=?1", snapshot);
}

Result<std::vector<LogEntry>> load_history(const Database& database) {
  MOMENTUM_TRY(const std::vector<Snapshot> snapshots, all_snapshots(database));
  std::vector<LogEntry> out(snapshots.size());
  std::map<SnapshotId, LogEntry*> entries;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].snapshot = snapshots[i];
    entries.emplace(snapshots[i].id, &out[i]);
  }
  MOMENTUM_TRY_VOID(count_files(database, entries));
  MOMENTUM_TRY_VOID(count_rows(database, out));
  MOMENTUM_TRY(const bool more, has_format(database, kUpkeepFormat));
  if (!more) return out;
  MOMENTUM_TRY_VOID(read_pins(database, entries));
  MOMENTUM_TRY_VOID(read_dropped(database, entries));
  return out;
}

Result<void> write_pin(const Database& database, SnapshotId snapshot, const std::string& note, Time now) {
  MOMENTUM_TRY_VOID(find_snapshot(database, snapshot));
  MOMENTUM_TRY(Statement row, database.prepare("INSERT INTO pin(snapshot, pinned, note, \"check\") VALUES(?1,?2,?3,?4) "
                                               "ON CONFLICT(snapshot) DO UPDATE SET pinned=?2, note=?3, \"check\"=?4"));
  row.bind(1, snapshot);
  row.bind(2, micros(now));
  row.bind_text(3, note);
  row.bind(4, as_stored(check_of_pin(snapshot, now, note)));
  MOMENTUM_TRY_VOID(row.run());
  return {};
}

Result<void> write_unpin(const Database& database, SnapshotId snapshot) {
  MOMENTUM_TRY_VOID(find_snapshot(database, snapshot));
  MOMENTUM_TRY(Statement row, database.prepare("DELETE FROM pin WHERE snapshot=?1"));
  row.bind(1, snapshot);
  MOMENTUM_TRY(const int rows, row.run());
  if (rows == 0)
    return fail(ErrorCode::snapshot_not_found, "not pinned", fmt::format("snapshot {}", snapshot),
                "momentum store log shows which are");
  return {};
}

Result<void> write_dropped(const Database& database, const std::vector<SnapshotId>& snapshots,
                           const std::vector<FileId>& files, Time now) {
  MOMENTUM_TRY_VOID(drop_snapshots(database, snapshots, now));
  MOMENTUM_TRY_VOID(drop_files(database, files, now));
  // Nobody can ask for these any more.
  for (const char* table : {"instrument", "market_days", "price_limits"})
    MOMENTUM_TRY_VOID(database.run(fmt::format("DELETE FROM {} WHERE {}", table, kUnneeded)));
  return {};
}

}  // namespace momentum::catalog
