#pragma once
// How far a price may move in a day, by the exchanges' dated rules, in integer cents.

#include <cstdint>

#include "demo_plan.h"

namespace momentum::sources {

struct DemoLimits {
  std::int64_t up, down;  // cents, both allowed; without a limit far above every price, and one cent
  bool bound = true;      // false: no limit applies that day
};

// `age`: sessions since the listing, 0 on its first day. `preclose` in cents, below 2^40.
// Percent, rounded half up to the cent. main: none before 1996-12-16; 10; ST 5, from 2026-07-06 10. chinext: as main before
// 2020-08-24, then 20 (ST too). star 20. bse 30. New listings: none for five days on main from 2023-04-10, on chinext from
// 2020-08-24 and on star; none on the first day on bse; else +44 and -36 on the first day.
DemoLimits demo_limits(DemoBoard board, bool st, Date listed, std::int64_t age, Date day,
                       std::int64_t preclose) noexcept;

}  // namespace momentum::sources
