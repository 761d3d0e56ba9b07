#pragma once
// Factors after something changed on which they depend beside bars: sessions, suspensions, what files of factors state.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/catalog/state.h"
#include "stored_days.h"

namespace momentum::engine {

// The days that are sessions of an instrument's group before a call or after it, but not both. The call may have moved it from
// one group to another.
std::vector<Date> changed_sessions(const std::vector<catalog::MarketDays>& before, std::string_view group_before,
                                   const std::vector<catalog::MarketDays>& after, std::string_view group_after);

// Whether one of the changed days (ascending) lies between a bar whose previous close is not the close before and that bar
// before: only there do sessions and suspensions decide anything. `days` are the instrument's bars.
bool depends_on(const catalog::InstrumentRecord& record, std::span<const std::int32_t> days,
                std::span<const Date> changed);

// The records of a state after a call that brings no bars: `records` (ascending by id; new instruments may be among them) are
// its own, `sessions` are those of all groups after it. Factors are derived anew where depends_on() says so, of these and of
// all others, and where a file of factors no longer rules; only of these instruments are bars read. Gives those that differ from
// the state's, ascending. Errors: damaged_store, no_permission, interrupted.
Result<std::vector<catalog::InstrumentRecord>> derive_again(const Context& ctx, const std::string& folder,
                                                            const catalog::State& state,
                                                            const std::vector<DayList>& days,
                                                            std::vector<catalog::InstrumentRecord> records,
                                                            const std::vector<catalog::MarketDays>& sessions);

}  // namespace momentum::engine
