#pragma once
// The one way to use several threads. oneTBB by default, a plain std::thread twin with MOMENTUM_TBB=OFF (TSan).

#include <cstddef>
#include <functional>

#include "momentum/base/context.h"
#include "momentum/base/error.h"

namespace momentum {

// Calls body(i) for every i in [0, n), each exactly once, on up to ctx.thread_count() threads (oneTBB lends no more
// than there are cores), in no promised order, and returns when all are done. One thread, or n < 2: in order on the
// caller's thread. Indices are handed out in rising order, one at a time: make i a tile or a file, not a row.
// Errors: the first error a body returns stops the rest; the one with the smallest i among those that failed is
// returned, which (as every smaller i was begun before) is the error a single thread would have returned. ctx.cancel
// is polled before each i; after it no new i is begun and the error is `interrupted`, unless a body has an error of
// its own. A body should not throw; if it does all the same, that is `out_of_memory` for bad_alloc and `internal` for
// the rest. Calls may nest; a body is never interleaved with another body on its own thread. Nothing global is
// changed.
Result<void> parallel_for(const Context& ctx, std::size_t n, const std::function<Result<void>(std::size_t)>& body);

}  // namespace momentum
