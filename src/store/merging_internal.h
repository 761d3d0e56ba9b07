#pragma once
// First half of an ingest: bars are pulled and compared with what is stored, instrument by instrument. Nothing is written.

#include <memory>
#include <span>
#include <vector>

#include "incoming_bars_internal.h"
#include "merge_internal.h"
#include "momentum/store/ingest.h"
#include "momentum/store/levels.h"
#include "stored_bars_internal.h"

namespace momentum::store {

// What is to become of one incoming.
struct Merging {
  catalog::InstrumentRecord record;
  Comparison counts;  // without `laid`
  bool changes = false;  // what is stored, whatever is left of the patch
  bool prepended = false;
  BarSeries patch;  // to be laid over the stored bars; lies in `owner` and `times`, or in `kept`
  std::shared_ptr<arrow::Table> owner;
  std::shared_ptr<const std::vector<std::int32_t>> times;
  BarRows kept;

  void keep_only(const LevelDays& days);  // of the patch; the rest is dropped, with its memory
  void drop();  // all of the patch
};

// The files of a state that hold a bucket's bars, each with its own place to decode into.
using Sources = std::vector<StoredBars>;

// One extent of an instrument.
struct Piece {
  StoredBars* from;
  const catalog::Extent* extent;
};

// All bars of an instrument in `sources`, by day. Error: damaged_store (two files have the same days).
Result<std::vector<Piece>> pieces_of(Sources& sources, catalog::InstrumentId id);

// Pulls the bars of incoming `i`, compares them and lets the caller describe them. Errors: as ingest() has them.
Result<Merging> merge_one(std::size_t i, const Incoming& incoming, const BarsOf& bars_of, const Describe& describe,
                          const IngestOptions& options, Sources& sources);

}  // namespace momentum::store
