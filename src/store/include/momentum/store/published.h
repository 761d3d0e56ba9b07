#pragma once
// A published copy of a store: its data files, its states as bytes, and a file `latest` that names them; in a folder or an object
// store, for any number of readers. Layout: docs/formats.md, "Published copy".

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/store/gc.h"

namespace momentum::store {

// The price limits of a month.
struct PublishedMonth {
  Date first;  // day of it
  std::int64_t bytes = 0;
  std::uint64_t checksum = 0;
  bool operator==(const PublishedMonth&) const = default;
};

struct PublishedState {
  catalog::SnapshotId snapshot = 0;
  std::string path;
  std::int64_t bytes = 0;
  std::uint64_t checksum = 0;
  catalog::Time published;
  std::vector<PublishedMonth> limits = {};  // ascending, months without any are left out
  bool operator==(const PublishedState&) const = default;
};

struct Published {
  std::string uuid;  // of the store
  std::vector<PublishedState> states;  // newest first, not empty
  std::vector<catalog::LogEntry>
      log;  // as the store's catalog had it then, newest first; without datasets of an old copy
};

struct Publication {
  catalog::SnapshotId snapshot = 0;
  bool changed = false;  // `latest` is another one than before
  std::int64_t files_copied = 0, bytes_copied = 0;  // data files
  std::int64_t files = 0, bytes = 0;  // of the state, whoever copied them
  std::int64_t files_removed = 0;
};

// Makes `state`, of the store in `folder` with this catalog, what readers of `to` see from now on. Copies the data files that
// are not there yet (a file of the right name and size is there), each checked against the catalog's checksum before it becomes
// visible, then the price limits and the state, then `latest`, which is replaced in one step: a reader sees the old copy or the
// new one. An interrupted or failed call leaves `latest` as it was; the next one goes on where it ended. In the end removes the
// files that no state needs which was the latest less than `grace` ago, if they are themselves older than that; so one
// publisher at a time, or publishers that take less than `grace`. What is missing or cut there is copied again, and a damaged
// `latest` is made anew; nothing is removed then.
// Errors: bad_value (no folder; a place in `folder`), store_exists (a store stands there, or another one is published there),
// store_changed (a newer snapshot is published there), damaged_store (a data file of ours that is gone or not as the catalog
// says), store_version (a newer program published there), those of formats::Folder, interrupted.
Result<Publication> publish(const Context& ctx, const std::string& folder, const catalog::Catalog& catalog,
                            const catalog::State& state, const std::string& to,
                            std::chrono::microseconds grace = kGrace);

// Whether reading a place means reading a published copy: an object store, or a folder of one without a catalog.
bool is_published(const std::string& place);
// Errors: store_not_found (nothing is published there), damaged_store, store_version, those of formats::Folder.
Result<Published> read_published(const Context& ctx, const std::string& place);

// A state of a store or of a published copy, the newest where none is named. Errors: those of Catalog::open() and load(), those of
// read_published(), snapshot_not_found.
Result<catalog::State> load_state(const Context& ctx, const std::string& place,
                                  std::optional<catalog::SnapshotId> snapshot = {});

}  // namespace momentum::store
