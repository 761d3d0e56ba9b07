#pragma once
// The catalog of a store: `catalog.db` in its folder, an SQLite database, the only place where a store's state becomes
// visible. Readers take a whole State; the writer commits a whole Change. Layout: docs/formats.md.

#include <chrono>
#include <memory>
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
  // Takes the writer lock itself, so the caller must not hold it. Errors: store_exists, bad_value (info), locked.
  static Result<void> create(const Context& ctx, const std::string& folder, StoreInfo info);

  // Read-only: writes nothing to the folder, with one exception: what a killed writer left half-done is undone first.
  // A store of an older format is read as it is.
  // Errors: store_not_found (no such folder, no catalog in it), newer_store, damaged_store.
  static Result<Catalog> open(const std::string& folder, CatalogOptions options = {});
  // For commits. A store of an older format is brought to this one, in one transaction. The lock outlives the Catalog.
  static Result<Catalog> open(const WriterLock& lock, CatalogOptions options = {});

  ~Catalog();
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;

  // The newest state, or an earlier one exactly as it was. 5,500 instruments and 50 files: about 13 ms.
  // Errors: snapshot_not_found (none of this number, or its files have been removed).
  Result<State> load() const;
  Result<State> load(SnapshotId snapshot) const;

  // The price limits of a state's days from `first` to `last`, ascending (no date: open on that side). They are not in the State,
  // as few ask for them: 5,500 instruments over a year take about 20 ms and 30 MB. Errors: snapshot_not_found.
  Result<std::vector<DayLimits>> limits(SnapshotId snapshot, Date first, Date last) const;

  // All snapshots, newest first.
  Result<std::vector<Snapshot>> log() const;

  // Makes `change` the state after snapshot `parent`: one transaction, durable when this returns. After an error
  // nothing has changed, unless it is io_failed from a disk that broke in the last step: whether the change stands is then
  // for load() to say, so a caller does not remove its files on that ground. Errors: store_changed (`parent` is not the newest snapshot), internal (a change that contradicts
  // itself or the state: a bug of the caller).
  Result<Snapshot> commit(const Context& ctx, const Change& change, SnapshotId parent);

  // Files that have ended and are still there, oldest first. Which of them may go is the caller's policy.
  Result<std::vector<Garbage>> garbage() const;
  // Says that these files are gone. To be called before they are removed: states that need them are refused from here on.
  // Errors: internal (a file that is not garbage; nothing is done then).
  Result<void> forget(const Context& ctx, const std::vector<FileId>& files);

 private:
  struct Impl;
  explicit Catalog(std::unique_ptr<Impl> impl);
  Result<void> settle(const Snapshot& snapshot, Error error) const;
  std::unique_ptr<Impl> impl_;
};

}  // namespace momentum::catalog
