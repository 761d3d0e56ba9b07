#include "demo_absence.h"

#include <algorithm>

#include "demo_random.h"

namespace momentum::sources {

std::vector<DemoAbsence> demo_absences(std::uint64_t seed, std::size_t i, const DemoPlan& plan, std::int64_t sessions) {
  switch (plan.planted) {
    case DemoCase::none: break;
    case DemoCase::suspended: return {{sessions - 5, sessions}};
    case DemoCase::resumed: return {{sessions - 80, sessions - 20, true, 250'000}};
    case DemoCase::stopped: return {{sessions - 30, sessions, false}};
    case DemoCase::gap: return {{sessions - 115, sessions - 100, false}};
    default: return {};
  }
  DemoRandom random(seed, static_cast<std::uint64_t>(DemoPurpose::absence), i);
  std::vector<DemoAbsence> absences;
  std::int64_t session = plan.first;
  for (;;) {
    session += 1 + random.below(1'600);  // every 800 sessions on average
    if (session >= plan.end) return absences;
    const bool is_long = random.happens(120'000);
    const std::int64_t length = is_long ? 10 + random.below(90) : 1 + random.below(8);
    const std::int64_t end = std::min(plan.end, session + length);
    absences.push_back({session, end, true, is_long ? random.bell(120'000) : 0});
    session = end;
  }
}

}  // namespace momentum::sources
