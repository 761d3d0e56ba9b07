#pragma once
// Bars that do not stand where they belong are moved there, without any new ones.

#include <cstdint>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"

namespace momentum::store {

struct Compaction {
  catalog::Snapshot snapshot;  // the new state's; where nothing changed, the one given
  bool changed = false;
  std::int64_t files_before = 0, files_after = 0;
  std::int64_t bytes_before = 0, bytes_after = 0;
};

// Of each dataset one file per level and bucket, each with the days of its level (levels.h) and no others: what a call of
// ingest() does on its way when a month or a year turns, for stores where none has come since. `state` is the newest. One
// commit, or none where all is in place; the bars are the same. Errors: those of ingest(), and as after each of them the store
// is as it was.
Result<Compaction> compact(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                           const catalog::State& state);

}  // namespace momentum::store
