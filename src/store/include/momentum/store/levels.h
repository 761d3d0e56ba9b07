#pragma once
// Which file a bar belongs to: a level by its day, and within year and base a bucket by its instrument.

#include <cstdint>

#include "momentum/base/date.h"
#include "momentum/catalog/state.h"
#include "momentum/store/dataset.h"

namespace momentum::store {

// The days of a level, both included; no date: open on that side.
struct LevelDays {
  Date first, last;
  bool holds(Date day) const noexcept {
    return (!first.has_value() || first <= day) && (!last.has_value() || day <= last);
  }
};

// `newest` is the newest day of the dataset. tail: its month, and whatever would be later; year: the earlier months of that
// year, and the year before; base: all before.
LevelDays level_days(catalog::Level level, Date newest) noexcept;
catalog::Level level_of(Date day, Date newest) noexcept;

// The bucket of an instrument in the levels year and base, and of minutes in the level tail, too: ((id x 2654435769 mod 2^32)
// >> 16) mod `buckets`. It spreads neighbours evenly and is part of the store's format.
int bucket_of(catalog::InstrumentId id, int buckets) noexcept;

// Row groups end where an instrument ends, before they would have more rows than this, unless one instrument alone has.
std::int64_t rows_per_group(Dataset dataset, catalog::Level level) noexcept;

}  // namespace momentum::store
