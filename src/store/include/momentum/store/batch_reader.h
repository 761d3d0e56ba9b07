#pragma once
// Reads the batches of a plan: data files -> series of numbers, one per instrument and column.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "momentum/store/plan.h"

namespace momentum::store {

// The bars of one instrument within the wanted days (none, if its extents only span them). They ascend strictly by date, those
// of minutes by date and minute.
struct SeriesBars {
  catalog::InstrumentId id = 0;
  std::span<const std::int32_t> dates;  // days since 1970-01-01
  std::span<const std::int32_t> minutes;  // of the day (dataset.h), as long as `dates`; empty for bars of days
  // In the order of Plan::columns, NaN where a value is missing: as long as `dates`, or the last of them where the plan wants no
  // more. Empty where none of the files with bars of this instrument has the column.
  std::vector<std::span<const double>> columns;
};

// A batch as it was read. Owns what its spans point to and may outlive its reader.
struct BatchBars {
  std::vector<SeriesBars> series;  // as in Batch::instruments
  std::shared_ptr<const void> memory;
};

// The data files of a plan, opened once. Holds no reference to the state. All const members are thread-safe; the intended
// use is one read() per batch inside parallel_for.
//
// Memory: a batch takes rows x (4 + 8 x columns of all rows) bytes (8 + ... of minutes), 4 MB for 90,000 rows and five columns,
// used again for the next one when its BatchBars is gone. Row groups that several batches need (the tail is one file for the
// whole market) are decoded once and kept until the last of these has been read: the tail, plus at most one row group per level
// and batch in work. Files are mapped, not copied.
class BarsReader {
 public:
  // `folder` may be a URI of an object store (formats/folder.h): of each batch the wanted columns are then fetched before they are
  // decoded, near ones in one request and several at a time. Opens and checks the footers of the files that the plan names.
  // Errors: damaged_store naming a file that is gone, cut, damaged, another one or not as the catalog says; no_permission,
  // io_failed, source_failed, out_of_memory, interrupted.
  static Result<BarsReader> open(const Context& ctx, const std::string& folder, const catalog::State& state,
                                 const Plan& plan);
  ~BarsReader();
  BarsReader(BarsReader&&) noexcept;
  BarsReader& operator=(BarsReader&&) noexcept;

  // `batch` is one of the plan's. Any batch may be read again. Checks the checksum of every byte that it decodes, and that the
  // days are those of the catalog. Errors: damaged_store (flipped bits, other days), source_failed, out_of_memory.
  Result<BatchBars> read(const Batch& batch) const;

 private:
  struct State;
  explicit BarsReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace momentum::store
