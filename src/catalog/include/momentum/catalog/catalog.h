#pragma once
// The catalog of a store: `catalog.db` in its folder, an SQLite database, the only place where a store's state becomes
// visible. Readers take a whole State; the writer commits a whole Change. Layout: docs/formats.md.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/change.h"
#include "momentum/catalog/state.h"
#include "momentum/catalog/writer_lock.h"

namespace momentum::catalog {

// A file that no state from `ended_by` on refers to.
struct Garbage {
  FileId file = 0;
  std::string path;
  std::int64_t bytes = 0;
  SnapshotId begun_by = 0, ended_by = 0;  // states begun_by .. ended_by - 1 need it
  Time ended;
};

// The rows of a state in one dataset.
struct DatasetRows {
  std::string dataset;  // as FileRecord has it
  std::int64_t rows = 0;
  bool added = false;  // whether the commit added files of it
  bool operator==(const DatasetRows&) const = default;
};

// A snapshot as the log has it.
struct LogEntry {
  Snapshot snapshot;
  std::vector<DatasetRows> datasets = {};  // that have rows, by name
  std::int64_t files_added = 0, files_ended = 0;  // by the commit
  std::optional<Time> pinned;
  std::string pin_note;
  std::optional<Time> dropped;  // when gc gave it up; its state can be read no more
};

struct CatalogOptions {
  std::chrono::milliseconds busy{
      5000};  // how long a load waits for a commit of another process, and the other way round
};

// One connection; used by one thread at a time. Any number of them, in any process of the same machine, may read while one
// writes: a load sees the state before a commit or after it. (Not over NFS: SQLite's locks do not hold there.)
//
// Errors that every function may return: damaged_store (naming what is wrong: a flipped bit is an error, never a wrong
// state), locked (`busy` ran out), no_permission, disk_full, io_failed, out_of_memory.
class Catalog {
 public:
  // Makes an empty store in `folder` (made if need be, with its parents) with `data/` and snapshot 1; whole or not at all.
  // Takes the writer lock itself, so the caller must not hold it. Errors: store_exists, bad_value (info), locked,
  // damaged_store (is_lost()).
  static Result<void> create(const Context& ctx, const std::string& folder, StoreInfo info);

  // Read-only: writes nothing to the folder, with one exception: what a killed writer left half-done is undone first.
  // A store of an older format is read as it is: nothing is in it that it had no place for.
  // Errors: store_not_found (no such folder, no catalog in it), newer_store, damaged_store (also: is_lost()).
  static Result<Catalog> open(const std::string& folder, CatalogOptions options = {});
  // For commits. A store of an older format is brought to this one, in one transaction. The lock outlives the Catalog.
  // Error: damaged_store, where the catalog is older than its redo files.
  static Result<Catalog> open(const WriterLock& lock, CatalogOptions options = {});

  ~Catalog();
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;

  // The newest state, or an earlier one exactly as it was. 5,500 instruments and 50 files: about 13 ms.
  // Errors: snapshot_not_found (none of this number, or gc has dropped it: naming when).
  Result<State> load() const;
  Result<State> load(SnapshotId snapshot) const;

  // The price limits of a state's days from `first` to `last`, ascending (no date: open on that side). They are not in the State,
  // as few ask for them: 5,500 instruments over a year take about 20 ms and 30 MB. Errors: snapshot_not_found.
  Result<std::vector<DayLimits>> limits(SnapshotId snapshot, Date first, Date last) const;
  // The days of a state that have some, ascending. Errors: snapshot_not_found.
  Result<std::vector<Date>> limit_days(SnapshotId snapshot) const;
  // The days whose limits two states may not have alike, ascending. Errors: snapshot_not_found.
  Result<std::vector<Date>> changed_limits(SnapshotId before, SnapshotId after) const;

  // All snapshots, newest first, also dropped ones.
  Result<std::vector<Snapshot>> log() const;
  Result<std::vector<LogEntry>> history() const;

  // Makes `change` the state after snapshot `parent`: one transaction, durable when this returns. After an error
  // nothing has changed, unless it is io_failed from a disk that broke in the last step: whether the change stands is then
  // for load() to say, so a caller does not remove its files on that ground. Errors: store_changed (`parent` is not the
  // newest snapshot), internal (a change that contradicts itself or the state: a bug of the caller).
  Result<Snapshot> commit(const Context& ctx, const Change& change, SnapshotId parent);

  // Keeps gc from dropping a snapshot, until it is taken back. Pinning twice changes the note alone.
  // Errors: snapshot_not_found (none of this number, dropped, or on unpin: not pinned).
  Result<void> pin(const Context& ctx, SnapshotId snapshot, const std::string& note);
  Result<void> unpin(const Context& ctx, SnapshotId snapshot);

  // Files that have ended and are still there, oldest first. Which of them may go is the caller's policy.
  Result<std::vector<Garbage>> garbage() const;
  // Says that these snapshots and files are gone, in one transaction. To be called before files are removed: the snapshots are
  // refused from here on. Errors: internal (the newest or a pinned snapshot, a file that is not garbage or that a snapshot
  // needs which is not dropped; nothing is done then).
  Result<void> drop(const Context& ctx, const std::vector<SnapshotId>& snapshots, const std::vector<FileId>& files);
  // When gc removed a file, if it did: for readers whose file is gone.
  Result<std::optional<Time>> removed(FileId file) const;

  // Is the database well? SQLite's own check, and every row of every state that can be read. Errors: damaged_store.
  Result<void> check() const;

  // Every write is also in the folder `redo`, from which rebuild() makes a lost or torn catalog anew, to the last row.
  // shorten_redo() bounds it: a copy of the catalog where more than `records` writes have come since the last one.
  Result<void> shorten_redo(std::int64_t records) const;

  struct Rebuilt {
    std::int64_t records = 0;  // writes repeated on top of the last copy
    std::string aside;  // where the old catalog is now; empty: there was none
  };
  // The old catalog.db is moved aside, never removed. A commit of which everything but its very last step was done is in the new
  // one. Errors: damaged_store (the redo files are missing or damaged too, naming which; nothing is changed then).
  static Result<Rebuilt> rebuild(const Context& ctx, const WriterLock& lock);
  // A folder without catalog.db that has held a store: not one to make a new store in.
  static bool is_lost(const std::string& folder);

 private:
  struct Impl;
  explicit Catalog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace momentum::catalog
