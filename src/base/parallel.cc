#include "momentum/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#ifdef MOMENTUM_TBB
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>
#else
#include <system_error>
#include <thread>
#include <vector>
#endif

namespace momentum {
namespace {

using Body = std::function<Result<void>(std::size_t)>;

// A body that throws breaks its contract, but an exception loose on a worker thread would end the process.
Result<void> call(const Body& body, std::size_t i) {
  try {
    return body(i);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "out of memory");
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "unexpected exception", error.what(), "please report this");
  } catch (...) {
    return fail(ErrorCode::internal, "unexpected exception", {}, "please report this");
  }
}

// One call of parallel_for; its workers run work() at the same time. Both backends share it, so that they cannot differ
// in anything but where the threads come from.
class Loop {
 public:
  Loop(const Context& ctx, std::size_t n, const Body& body) : ctx_(ctx), n_(n), body_(body) {}

  // Takes indices until there are none, or until someone failed. An index once taken is run even if someone failed
  // meanwhile: as indices rise, every i below a failed one has then been run, and the smallest error is the serial one.
  void work() noexcept {
    while (!stop_.load(std::memory_order_relaxed)) {
      const std::size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= n_) return;
      if (ctx_.cancelled()) {
        interrupted_.store(true, std::memory_order_relaxed);
        stop_.store(true, std::memory_order_relaxed);
        return;
      }
      if (Result<void> done = call(body_, i); !done) {
        stop_.store(true, std::memory_order_relaxed);
        const std::lock_guard lock(mutex_);
        if (!error_ || i < failed_at_) {
          error_ = std::move(done).error();
          failed_at_ = i;
        }
      }
    }
  }

  // Once all workers have been joined.
  Result<void> result() && {
    if (error_) return std::unexpected(*std::move(error_));
    if (interrupted_.load(std::memory_order_relaxed)) return Context::interrupted();
    return {};
  }

 private:
  const Context& ctx_;
  const std::size_t n_;
  const Body& body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::atomic<bool> interrupted_{false};
  std::mutex mutex_;  // guards the two below
  std::optional<Error> error_;
  std::size_t failed_at_ = 0;
};

#ifdef MOMENTUM_TBB
// An arena of its own caps the threads without a global setting, and keeps a thread that waits inside a body (a nested
// parallel_for) from picking up another body of the same loop. oneTBB lends no more threads than the process has cores
// (and warns on stderr when asked to), perhaps fewer; a worker that starts late finds nothing left and ends.
void run_workers(Loop& loop, int workers) {
  const std::size_t lent = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  workers = static_cast<int>(std::min(static_cast<std::size_t>(workers), std::max<std::size_t>(1, lent)));
  tbb::task_arena arena(workers);
  arena.execute([&] { tbb::parallel_for(0, workers, [&](int) { loop.work(); }, tbb::simple_partitioner{}); });
}
#else
void run_workers(Loop& loop, int workers) {
  std::vector<std::jthread> crew;
  crew.reserve(static_cast<std::size_t>(workers) - 1);
  try {
    for (int i = 1; i < workers; ++i) crew.emplace_back([&loop] { loop.work(); });
  } catch (const std::system_error&) {
    // The system gives no more threads; those that run do the same work.
  }
  loop.work();
}
#endif

}  // namespace

Result<void> parallel_for(const Context& ctx, std::size_t n, const Body& body) {
  if (n == 0) return {};
  Loop loop(ctx, n, body);
  try {
    const int workers = static_cast<int>(std::min<std::size_t>(n, static_cast<std::size_t>(ctx.thread_count())));
    if (workers == 1) {
      loop.work();
    } else {
      run_workers(loop, workers);
    }
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "out of memory");
  }
  return std::move(loop).result();
}

}  // namespace momentum
