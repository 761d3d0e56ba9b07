#pragma once
// What a call may use and how it reports: handed down from the command line or Python, never global.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>

#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/base/progress.h"
#include "momentum/base/simd_level.h"

namespace spdlog {
class logger;
}

namespace momentum {

// The outside world's time. The system clock in programs, a fixed one in tests.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
  // The market's day, Asia/Shanghai (UTC+8, no daylight saving since 1991) for A-shares.
  Date today() const;
};
const Clock& system_clock();
// Noon in Shanghai on one given day, so that today() is that day whatever the time and zone of the machine. The day
// must lie in 1678..2261, the range of system_clock.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Date day) : day_(day) {}
  std::chrono::system_clock::time_point now() const override;

 private:
  Date day_;
};

// Raised by a signal handler or another thread; polled by every loop over tiles, files and row groups.
class CancelToken {
 public:
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

// Plain values; copy it to change one. Pointers outlive every call that is given the Context.
struct Context {
  int threads = 0;                       // 0: all the cores this process may use (affinity and cgroup quota)
  SimdLevel simd = SimdLevel::best;
  std::size_t memory_limit = 0;          // bytes that a call may allocate for data; 0: no limit
  const Clock* clock = &system_clock();
  const CancelToken* cancel = nullptr;   // nullptr: cannot be cancelled
  ProgressSink* progress = nullptr;      // nullptr: silent
  std::shared_ptr<spdlog::logger> log;   // nullptr: silent

  // threads, or what 0 stands for; at least 1. The affinity is asked at each call (a microsecond), the cgroup quota is
  // read once per process and rounded up to whole cores.
  int thread_count() const;
  bool cancelled() const noexcept { return cancel != nullptr && cancel->cancelled(); }
  // The error to return where a loop saw cancelled().
  static std::unexpected<Error> interrupted() { return fail(ErrorCode::interrupted, "interrupted"); }
};

}  // namespace momentum
