#pragma once
// Progress of long work. The worker side is cheap and thread-safe; the sink decides what to draw and how often.

#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>

namespace momentum {

class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  // Called from any thread, at most about every 50 ms per stage plus once at the end (done == total, or what was done
  // when the stage is left early). Calls of one stage never overlap and `done` only grows; calls of two stages may
  // overlap. `total` 0 means unknown. Must not throw and should not block: a worker waits for it.
  virtual void update(std::string_view stage, std::uint64_t done, std::uint64_t total) = 0;
};

// One stage of work: `Progress p(ctx.progress, "reading", files); ... p.advance();`. A null sink costs one branch,
// any other an atomic add and a reading of the clock. The sink outlives the Progress.
class Progress {
 public:
  Progress(ProgressSink* sink, std::string stage, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Thread-safe. More than `total` in all is reported as `total`.
  void advance(std::uint64_t n = 1) noexcept;

 private:
  void report() noexcept;

  ProgressSink* sink_;
  std::string stage_;
  std::uint64_t total_;
  std::atomic<std::uint64_t> done_{0};
  // Steady clock; whoever moves it on reports.
  std::atomic<std::int64_t> next_ns_{std::numeric_limits<std::int64_t>::min()};
  std::mutex mutex_;  // guards reported_, keeps updates in order
  std::uint64_t reported_ = 0;
};

}  // namespace momentum
