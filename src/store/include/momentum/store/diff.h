#pragma once
// What bars differ between two states of a store.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "momentum/base/context.h"
#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "momentum/store/dataset.h"

namespace momentum::store {

enum class How : std::uint8_t { added, removed, corrected };

// NaN: missing.
struct ValueChange {
  std::string_view column;
  double before = 0, after = 0;
};

struct BarDifference {
  catalog::InstrumentId id = 0;
  Dataset dataset = Dataset::daily;
  Date date;
  std::int32_t minute = -1;  // of a bar of a minute
  How how = How::added;
  std::span<const ValueChange> values;  // corrected: those that differ; else all that are there. Valid during the call
};

// Calls `take` for each bar that the two states do not have alike: of days, ascending by instrument, then by date; then of
// minutes likewise. Bits count; missing is
// a value. Files that both states have are not read, so that the cost is that of what was written between them.
// Errors: those of open_data_file() and reading, interrupted.
Result<void> diff_bars(const Context& ctx, const std::string& folder, const catalog::State& before,
                       const catalog::State& after, const std::function<void(const BarDifference&)>& take);

}  // namespace momentum::store
