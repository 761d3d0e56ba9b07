#pragma once
// What to read of a store for some columns, days and instruments: row groups, and where in them each instrument's bars are.
// A plan reads no data file, only the extents of the catalog's state.

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "momentum/store/dataset.h"

namespace momentum::store {

inline constexpr std::int64_t kAllRows = std::numeric_limits<std::int64_t>::max();

struct Need {
  Dataset dataset = Dataset::daily;
  std::vector<std::string> columns = {};  // of values (open, close, ...): whose and when they are is read in any case
  // Of these columns an instrument's last rows among the wanted days are enough, so many at most.
  std::map<std::string, std::int64_t> latest_rows = {};
  Date first = {}, last = {};  // wanted days, both included; no date: open on that side
  std::vector<catalog::InstrumentId> instruments = {};  // ascending; empty: all
};

// Rows of one instrument in one row group.
struct Piece {
  std::uint32_t file = 0;  // place in State::files
  std::uint32_t group = 0;  // place in its row groups
  std::int64_t row = 0, rows = 0;  // of the row group
};

// Days and rows are those of the whole extents: of the first and the last of them some rows may lie outside of the wanted days
// (BarsReader cuts them off).
struct PlannedInstrument {
  catalog::InstrumentId id = 0;
  std::vector<Piece> pieces;  // not empty, ascending by day
  std::int64_t rows = 0;
  Date first, last;
};

// Instruments to be read at once, computed at once and then dropped: their pieces stand side by side in the row groups.
struct Batch {
  std::vector<PlannedInstrument> instruments;  // ascending by id
  std::int64_t rows = 0;
};

// A plain value. It belongs to the state that it was made of.
struct Plan {
  Dataset dataset = Dataset::daily;
  std::vector<Batch> batches;
  std::vector<std::string> columns;
  std::vector<std::int64_t> column_rows;  // of each column: how many of an instrument's last wanted rows, or kAllRows
  Date first, last;  // as wanted
  std::int64_t rows = 0;
};

struct PlanOptions {
  // Batches have about so many rows (within a quarter), more where an instrument alone has more. About what a row group of the
  // base level takes with the later bars of its instruments: neighbours then share few row groups, and a batch of five columns
  // (4 MB) is still in the caches when it is used. Measured: batches of 2^18 rows take a fifth more time to read.
  std::int64_t rows_per_batch = 90'000;
};

// Every instrument with an extent that touches the wanted days, once; instruments without are not in it. Batches follow the
// order of the files (bucket by bucket, by id within) and are cut where the fewest rows are in row groups of two batches.
// Cost: 16,500 extents (5,500 instruments over 17 files) in about 2 ms.
// Errors: damaged_store (bars of one instrument in two places for the same days).
Result<Plan> plan(const catalog::State& state, const Need& need, PlanOptions options = {});

}  // namespace momentum::store
