#pragma once
// The minutes of one day of the demo market.

#include <array>
#include <cstdint>

#include "demo_random.h"

namespace momentum::sources {

inline constexpr std::size_t kDemoMinutes = 240;

// A bar of a day, as DemoHistory has it; kDemoMissing: not there.
struct DemoDay {
  std::int64_t open, high, low, close;  // cents
  std::int64_t volume, amount;  // shares, cents
};

// Its minutes, in the same units: the first opens at its open, the last one closes at its close, the highest high and the lowest
// low are its own, volumes and amounts sum up to its own, of which all but the last amount are whole yuan: as doubles, too,
// taken in their order, they sum up exactly. What is missing of the day is missing of every minute.
struct DemoMinutes {
  std::array<std::int64_t, kDemoMinutes> open, high, low, close, volume, amount;
};
DemoMinutes demo_minutes(DemoRandom random, const DemoDay& day);

}  // namespace momentum::sources
