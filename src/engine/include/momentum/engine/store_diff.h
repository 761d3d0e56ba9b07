#pragma once
// `momentum store diff`: what changed between two states of a store.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"

namespace momentum::engine {

// One thing that the two states do not have alike. Texts as they go to CSV; "" where there is none.
struct Difference {
  std::string_view what;  // instrument fact factor action session calendar limit bar minute
  std::string code;       // of the instrument; of a session or calendar: its market
  Date date;              // none: of no day
  std::string_view change;  // added removed corrected
  std::string field;      // column of a bar (of a minute: "09:31 close"), kind of a fact
  std::string before, after;
};

struct DiffSummary {
  catalog::Snapshot before, after;
  std::map<std::string, std::int64_t> counts;  // "bar added" -> how many; a bar counts once, whatever its columns
};

// Calls `take` for each difference: instruments, their facts, factors and actions, sessions, calendars, price limits, bars, then
// bars of minutes, each by id or market and by date. A corrected bar is one call per column that differs; an added or removed
// one is one call, with its close. Suspensions and the like, lists of days, are one call per list. Bars in files that both
// states have are not read. snapshot 0: the newest. Errors: those of opening and reading; snapshot_not_found.
Result<DiffSummary> diff_store(const Context& ctx, const std::string& folder, catalog::SnapshotId before,
                               catalog::SnapshotId after, const std::function<void(const Difference&)>& take);

}  // namespace momentum::engine
