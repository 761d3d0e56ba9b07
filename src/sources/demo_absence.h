#pragma once
// When a listed stock of the demo market does not trade.

#include <cstdint>
#include <vector>

#include "demo_plan.h"

namespace momentum::sources {

struct DemoAbsence {
  std::int64_t begin, end;  // sessions [begin, end)
  bool recorded = true;     // a suspension; false: nobody says why
  std::int64_t surprise = 0;  // what the first day back adds to the return, in millionths
};

// A pure function of its arguments. Ascending, apart by at least one session, within [plan.first + 1, plan.end).
std::vector<DemoAbsence> demo_absences(std::uint64_t seed, std::size_t i, const DemoPlan& plan, std::int64_t sessions);

}  // namespace momentum::sources
