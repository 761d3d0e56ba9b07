#pragma once
// The way in: bars of a call -> merged with what is stored -> new immutable files -> one commit. Either all of a call
// becomes visible or nothing of it does.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/change.h"
#include "momentum/catalog/state.h"
#include "momentum/catalog/writer_lock.h"
#include "momentum/store/dataset.h"

namespace momentum::store {

// What a call says of one instrument: the wanted record, whole (a list that it does not know is copied from the state's).
// A new instrument has the next free id: State::instruments.size(), then one more each.
struct Incoming {
  catalog::InstrumentRecord record;
};

// The bars of incoming `i`; null or without rows where it has none (only names, only suspensions). Called once per incoming
// (with no promised order, from several threads at once), so that the bars can be made or read when they are wanted and are
// dropped soon after. Schema: a column `date` (date32, no null, strictly ascending) and columns of float64 named as those of
// a bars file (docs/formats.md), at least open, high, low, close and volume; under a null lies NaN. Bars of minutes have a column
// `minute` (int32, no null, 0 .. 1439) too, and ascend strictly by both. Columns of other types (names, industries) are left
// alone: they stand in the record.
using BarsOf = std::function<Result<std::shared_ptr<arrow::Table>>(std::size_t i)>;

// The bars of one instrument as they will be stored: stored and new ones together. All spans are of one length; `preclose`
// is NaN where it is not known. Gone when the call returns.
struct Merged {
  std::span<const std::int32_t> dates;
  std::span<const double> close, preclose;
};
// Called once per incoming, after its bars and before anything is committed, from several threads at once: lets the caller
// derive what depends on all bars (factor events) into the record. May be empty, which saves reading history; is empty for
// minutes, of which nothing is derived.
using Describe = std::function<Result<void>(std::size_t i, const Merged& merged, catalog::InstrumentRecord& record)>;

// Called once, after the last Describe and before the commit: the markets whose sessions change, each with all its days.
// May be empty: sessions stay. A market equal to the state's is no change.
using SessionsOf = std::function<Result<std::vector<catalog::MarketDays>>()>;

struct IngestOptions {
  Dataset dataset = Dataset::daily;
  bool replace = false;  // a bar that differs from the stored one replaces it, instead of being kept out
  bool dry_run = false;  // everything but writing
  std::string op = "import", note = {};
  // The newest day of all bars to come, where the caller knows it: then each thread holds one bucket of the market, not
  // more. Without it all bars are pulled before the first file is written. A bar after it is an internal error.
  Date newest = {};
};

struct Conflict {
  catalog::InstrumentId id = 0;
  Date date;
  std::int32_t minute = -1;  // of a bar of a minute
  bool operator==(const Conflict&) const = default;
};

// Incoming rows: stored (a new day, or minute) + known (the same bar is there) + conflicting (another one is there and was kept) +
// corrected (another one was there and was replaced). Two bars are the same if open, high, low, close and volume are, bit for
// bit, missing being a value of its own, and no other column in which both have a value differs. So a known bar may bring
// values that the stored one lacks: with `replace` they are filled in, else not. A value of those other columns is never
// taken away, not by a correction either.
struct Outcome {
  std::int64_t stored = 0, known = 0, conflicting = 0, corrected = 0;
  std::vector<Conflict> conflicts;  // those of `conflicting` or `corrected`, ascending by id, then by time
  std::vector<catalog::InstrumentId> prepended;  // got a bar of a day before their first stored one; ascending
  catalog::Snapshot snapshot;  // the new state's; where nothing changed, or on a dry run, the one given
  bool changed = false;  // on a dry run: would have
};

// `incoming` ascends strictly by id; `state` is the newest state. Which level a bar belongs to follows from its day and the
// newest day of the dataset after the call (levels.h), so that this moves bars on when a month or a year turns; a file whose
// bars stay as they are stays too. Files that a dead writer left behind are removed first. A call that changes nothing
// makes no snapshot. Files of other datasets are not touched.
//
// Memory: per thread the pulled bars of a bucket and the rows of one of its files (both rows x columns x 8 bytes), the
// newest month of the market, and what `newest` says: 0.5 GB for a first call of 9 million bars on two threads. Cost: 0.1 to
// 0.2 microseconds a bar of every file that is written anew (a day more: the tail), about as much for every incoming one,
// 10 ns for every stored bar of the incoming instruments if they are described, a sync per file, and for each of its columns 2 ms
// of trying how it is best stored (50 at the highest compression).
// Errors: store_changed (`state` is not the newest), damaged_store (a stored file that is gone or not as the catalog has
// it), disk_full, no_permission, io_failed, out_of_memory, interrupted (ctx.cancel), those of the callbacks, of
// Catalog::commit(), and internal (incoming that breaks the rules above). After each of them the store is as it was and no
// file is left, but for commit()'s io_failed of a broken disk: then the files stay, and the next call removes them if they
// are not in the state.
Result<Outcome> ingest(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                       const catalog::State& state, std::span<const Incoming> incoming, const BarsOf& bars_of,
                       const Describe& describe, const SessionsOf& sessions_of, const IngestOptions& options = {});

}  // namespace momentum::store
