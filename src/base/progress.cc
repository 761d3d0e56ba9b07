#include "momentum/base/progress.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace momentum {
namespace {

constexpr std::int64_t kIntervalNs = 50'000'000;

std::int64_t steady_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Progress::Progress(ProgressSink* sink, std::string stage, std::uint64_t total)
    : sink_(sink), stage_(std::move(stage)), total_(total) {}

// Work left early (an error, Ctrl-C) would otherwise stay drawn up to one interval behind what was done.
Progress::~Progress() {
  if (sink_ != nullptr) report();
}

void Progress::advance(std::uint64_t n) noexcept {
  if (sink_ == nullptr || n == 0) return;
  const std::uint64_t before = done_.fetch_add(n, std::memory_order_relaxed);
  const bool finished = total_ != 0 && before < total_ && total_ - before <= n;
  if (!finished) {
    const std::int64_t now = steady_ns();
    std::int64_t next = next_ns_.load(std::memory_order_relaxed);
    if (now < next) return;
    // One thread wins the interval; the losers' work is in the winner's report or the next one.
    if (!next_ns_.compare_exchange_strong(next, now + kIntervalNs, std::memory_order_relaxed)) return;
  }
  report();
}

void Progress::report() noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t done = done_.load(std::memory_order_relaxed);
  if (total_ != 0) done = std::min(done, total_);
  // A report that was overtaken while it waited for the lock has nothing new to say.
  if (done <= reported_) return;
  reported_ = done;
  sink_->update(stage_, done, total_);
}

}  // namespace momentum
