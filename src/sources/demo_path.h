#pragma once
// The life of one stock of the demo market, session by session.

#include "demo_plan.h"

namespace momentum::sources {

// A pure function of its arguments; `market` and `industry` are demo_shared_moves() of the window, one per session.
DemoHistory demo_path(std::uint64_t seed, std::size_t i, const DemoPlan& plan, std::span<const Date> sessions,
                      std::span<const std::int32_t> market, std::span<const std::int32_t> industry);

}  // namespace momentum::sources
