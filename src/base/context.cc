#include "momentum/base/context.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <thread>

#include "cpu_quota_internal.h"

namespace momentum {
namespace {

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now(); }
};

constexpr std::chrono::hours kShanghaiOffset{8};

struct CpuSetFree {
  void operator()(cpu_set_t* set) const noexcept { CPU_FREE(set); }
};

// Cores in the affinity mask. The mask must be as wide as the kernel's, which nobody tells: EINVAL means wider.
int affinity_count() {
  for (int width = 1024; width <= 1 << 20; width *= 2) {
    const std::unique_ptr<cpu_set_t, CpuSetFree> set(CPU_ALLOC(width));
    if (set == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(width);
    if (sched_getaffinity(0, size, set.get()) == 0) return CPU_COUNT_S(size, set.get());
    if (errno != EINVAL) break;
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

int quota_count() {
  constexpr double kMany = 1 << 20;
  static const int count = static_cast<int>(std::ceil(std::min(cpu_quota().value_or(kMany), kMany)));
  return count;
}

}  // namespace

Date Clock::today() const {
  const auto day = std::chrono::floor<std::chrono::days>(now() + kShanghaiOffset);
  return Date{static_cast<std::int32_t>(day.time_since_epoch().count())};
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::chrono::system_clock::time_point FixedClock::now() const {
  // system_clock counts nanoseconds in 64 bits.
  MOMENTUM_CHECK(day_.has_value() && year_of(day_) > 1677 && year_of(day_) < 2262);
  return std::chrono::sys_days(std::chrono::days(day_.days)) + std::chrono::hours(12) - kShanghaiOffset;
}

int Context::thread_count() const {
  return threads > 0 ? threads : std::max(1, std::min(affinity_count(), quota_count()));
}

}  // namespace momentum
