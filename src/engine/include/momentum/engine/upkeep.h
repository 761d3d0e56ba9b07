#pragma once
// The upkeep of a store: `momentum store log`, `pin`, `unpin`, `gc`, `compact`, `verify`, `repair`, `publish`.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/store/compact.h"
#include "momentum/store/gc.h"
#include "momentum/store/published.h"
#include "momentum/store/repair.h"

namespace momentum::engine {

using std::chrono::milliseconds;

// Errors everywhere: those of opening a store, to write (locked) where a wait is given.

struct LogLine {
  catalog::LogEntry entry;
  store::Kept kept;  // by the default grace
};
// Newest first; of a published copy what the store's was when it was published.
Result<std::vector<LogLine>> store_log(const Context& ctx, const std::string& folder);

// bad_value where the place is a published copy of a store.
Result<void> check_writable(const std::string& folder);

// At the end of a program, when nothing is read any more (formats::finish_object_stores()).
void finish_object_stores();

struct PublishRequest {
  std::string store, to;
  std::optional<catalog::SnapshotId> snapshot = {};  // none: the newest
  std::chrono::microseconds grace = store::kGrace;
};
Result<store::Publication> publish_store(const Context& ctx, const PublishRequest& request);

Result<void> pin_snapshot(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot,
                          const std::string& note, milliseconds wait);
Result<void> unpin_snapshot(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot,
                            milliseconds wait);

struct GcRequest {
  std::string store;
  std::chrono::microseconds grace = store::kGrace;
  bool dry_run = false;  // takes no lock and writes nothing
  milliseconds lock_wait{0};
};
Result<store::GcPlan> collect_garbage(const Context& ctx, const GcRequest& request);

Result<store::Compaction> compact_store(const Context& ctx, const std::string& folder, milliseconds wait);

struct VerifyReport {
  catalog::SnapshotId snapshot = 0;
  std::int64_t files = 0, older_files = 0, rows = 0, bytes = 0;  // looked at
  bool deep = false;
  std::vector<Error> findings;
};
// The catalog, and the files that it names: there, of its size, with its footer. `deep`: every checksum, row and value,
// SQLite's own check and every older state, the bars of each session counted again, and the factor events that were
// derived from previous closes derived again. snapshot 0: the newest. A store that is not well is no error but findings;
// errors are what keeps from looking: store_not_found, snapshot_not_found, store_version, no_permission, interrupted.
Result<VerifyReport> verify_store(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot,
                                  bool deep);

Result<store::Repair> repair_store(const Context& ctx, const std::string& folder, milliseconds wait);

}  // namespace momentum::engine
