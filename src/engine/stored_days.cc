#include "stored_days.h"

#include <algorithm>
#include <iterator>

#include "momentum/base/parallel.h"
#include "momentum/store/batch_reader.h"

namespace momentum::engine {

Result<std::vector<DayList>> stored_days(const Context& ctx, const std::string& folder, const catalog::State& state,
                                         const store::Need& need) {
  std::vector<DayList> days(state.instruments.size());
  MOMENTUM_TRY(const store::Plan plan, store::plan(state, need));
  MOMENTUM_TRY(const store::BarsReader reader, store::BarsReader::open(ctx, folder, state, plan));
  MOMENTUM_TRY_VOID(parallel_for(ctx, plan.batches.size(), [&](std::size_t b) -> Result<void> {
    MOMENTUM_TRY(const store::BatchBars batch, reader.read(plan.batches[b]));
    for (const store::SeriesBars& series : batch.series)
      std::ranges::unique_copy(series.dates, std::back_inserter(days[static_cast<std::size_t>(series.id)]));
    return {};
  }));
  return days;
}

std::vector<Date> changed_days(const std::vector<Date>& before, const std::vector<Date>& after) {
  std::vector<Date> out;
  std::ranges::set_symmetric_difference(before, after, std::back_inserter(out));
  return out;
}

}  // namespace momentum::engine
