#pragma once
// How far a price may move in a day, by the exchanges' dated rules, in integer cents.

#include <cstdint>

#include "demo_plan.h"

namespace momentum::sources {

struct DemoLimits {
  std::int64_t up, down;  // cents, both allowed; without a limit far above every price, and one cent
  bool bound = true;      // false: no limit applies that day
};

// `age`: sessions since the listing, 0 on its first day. `preclose` in cents, below 2^40. Rounded half up to the cent,
// and at least one cent away from preclose, but never below one.
//   board     percent                                    new listings
//   main      10; none before 1996-12-16;                first day +44 -36; listed from 2023-04-10: five days free
//             ST 5, from 2026-07-06 10
//   chinext   as main; from 2020-08-24 20, ST too        as main; listed from 2020-08-24: five days free
//   star      20                                         five days free
//   bse       30                                         first day free
DemoLimits demo_limits(DemoBoard board, bool st, Date listed, std::int64_t age, Date day,
                       std::int64_t preclose) noexcept;

}  // namespace momentum::sources
