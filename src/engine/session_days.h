#pragma once
// The sessions of every market group: from an imported calendar where it says, else from the bars themselves.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/catalog/state.h"

namespace momentum::engine {

// The days with bars of one instrument of a group.
struct GroupDays {
  std::string_view group;  // of market_group()
  std::span<const std::int32_t> days;  // ascending
};

// One entry per group that has a bar, ascending by group, with the number of bars on each session. Between the first and
// the last day of the calendars of a group's exchanges a session is a day of one of them; elsewhere it is what
// panel::infer_sessions says. None lies before the group's first bar or after its last.
std::vector<catalog::MarketDays> session_days(std::span<const GroupDays> instruments,
                                              const std::vector<catalog::MarketDays>& calendars);

// The sessions of a group; nullptr if there are none.
const catalog::MarketDays* sessions_of_group(const std::vector<catalog::MarketDays>& sessions, std::string_view group);

}  // namespace momentum::engine
