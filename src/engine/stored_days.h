#pragma once
// On which days the instruments of a store have bars: what decides sessions, and whether a bar is new.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/catalog/state.h"
#include "momentum/store/plan.h"

namespace momentum::engine {

using DayList = std::vector<std::int32_t>;  // days since 1970-01-01, ascending

// By instrument id, each day once: those of `need`, of which the columns do not matter. Reads the dates of its files: 4 bytes a
// bar, 8 of minutes.
// Errors: damaged_store (a file that is gone or not as the catalog has it), no_permission, interrupted.
Result<std::vector<DayList>> stored_days(const Context& ctx, const std::string& folder, const catalog::State& state,
                                         const store::Need& need = {});

// Dates lie in memory as plain day numbers.
static_assert(sizeof(Date) == sizeof(std::int32_t));
inline std::span<const std::int32_t> day_numbers(const std::vector<Date>& days) {
  return {days.empty() ? nullptr : &days.front().days, days.size()};
}

// The days that one of two ascending lists has and the other has not.
std::vector<Date> changed_days(const std::vector<Date>& before, const std::vector<Date>& after);

}  // namespace momentum::engine
