#pragma once
// Second half of an ingest: which files must be written anew, and with which rows.

#include <map>
#include <optional>
#include <vector>

#include "bars_file_internal.h"
#include "merging_internal.h"
#include "momentum/store/levels.h"

namespace momentum::store {

// A file to be: a level, and a bucket in year and base.
struct Target {
  catalog::Level level;
  std::optional<int> bucket;
  auto operator<=>(const Target&) const = default;
};

// By instrument, those with a patch or without.
using Patches = std::map<catalog::InstrumentId, Merging*>;

// Whether a file has bars of days that are not its level's (any more).
bool is_stale(const catalog::FileRecord& file, Date newest);

// Whether the bars of `target` change, or come from other files than its own, or from several.
bool must_write(const Target& target, const Sources& sources, const Patches& patches, int buckets, Date newest);

// All bars of `target` as they will be: those of `sources` with the patches laid over them. Errors: interrupted, and
// those of reading.
Result<BarsDraft> draft_of(const Context& ctx, const Target& target, Sources& sources, const Patches& patches,
                           int buckets, Date newest);

}  // namespace momentum::store
