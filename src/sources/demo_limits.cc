#include "demo_limits.h"

#include <algorithm>

#include "demo_random.h"

namespace momentum::sources {
namespace {

constexpr Date kFirstLimits{9846};        // 1996-12-16
constexpr Date kChinextReform{18498};     // 2020-08-24
constexpr Date kMainRegistration{19457};  // 2023-04-10
constexpr Date kWiderSt{20640};           // 2026-07-06

DemoLimits reach(std::int64_t preclose, std::int64_t up, std::int64_t down) {
  // At least one tick, or a price of four cents could never move again.
  return {std::max(preclose + 1, rounded_half_up(preclose * (100 + up), 100)),
          std::max(std::int64_t{1}, std::min(preclose - 1, rounded_half_up(preclose * (100 - down), 100)))};
}

}  // namespace

DemoLimits demo_limits(DemoBoard board, bool st, Date listed, std::int64_t age, Date day,
                       std::int64_t preclose) noexcept {
  constexpr DemoLimits kNone{std::int64_t{1} << 50, 1, false};
  if (board == DemoBoard::bse) return age == 0 ? kNone : reach(preclose, 30, 30);
  const bool as_main = board == DemoBoard::main || (board == DemoBoard::chinext && day < kChinextReform);
  const Date registration = board == DemoBoard::main ? kMainRegistration : kChinextReform;
  if (age < 5 && (board == DemoBoard::star || listed >= registration)) return kNone;
  if (!as_main) return reach(preclose, 20, 20);
  if (day < kFirstLimits) return kNone;
  if (age == 0) return reach(preclose, 44, 36);
  if (st && day < kWiderSt) return reach(preclose, 5, 5);
  return reach(preclose, 10, 10);
}

}  // namespace momentum::sources
