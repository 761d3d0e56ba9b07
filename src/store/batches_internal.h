#pragma once
// Where a plan is cut into batches.

#include <cstdint>
#include <vector>

#include "momentum/catalog/state.h"
#include "momentum/store/plan.h"

namespace momentum::store {

// `instruments` in the order of the bucketed files' row groups. A cut lies where the fewest rows are in row groups of both
// sides, of the places that make a batch of the wanted size.
std::vector<Batch> cut_batches(const catalog::State& state, std::vector<PlannedInstrument> instruments,
                               std::int64_t rows_per_batch);

}  // namespace momentum::store
