#pragma once
// How the bars of a store are read and computed: which batches together, on how many threads, in how much memory.

#include <cstddef>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/catalog/state.h"
#include "momentum/store/plan.h"

namespace momentum::engine {

struct ReadPlan {
  store::Plan plan;
  std::vector<std::size_t> ends;  // batches that are computed together, as the places after their last ones
  int threads = 1;
};

// The usual plan, or the quickest that stays within ctx.memory_limit: fewer lanes at once, smaller batches, then fewer threads.
// Values do not depend on it. Errors: those of store::plan; too_large where no plan is small enough, saying what one needs.
Result<ReadPlan> plan_read(const Context& ctx, const std::string& folder, const catalog::State& state,
                           const store::Need& need);

// An upper bound of what reading and computing it allocates. far: files of an object store, of which bytes are fetched first.
std::size_t read_need(const ReadPlan& read, const catalog::State& state, bool far = false);

}  // namespace momentum::engine
