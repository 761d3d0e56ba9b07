#include <cmath>

#include "momentum/kernels/fused.h"
#include "reference_internal.h"
#include "window_internal.h"

namespace momentum::kernels {
namespace {

// value(last, w) of a full window, where `last` is the newest value.
template <auto kValue>
void rolling(const KernelCall& c) noexcept {
  const auto w = static_cast<std::size_t>(c.params[0]);
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const double* last = c.in[0] + r * kTileLanes + l;
      c.out[r * kTileLanes + l] = window_has_missing(last, w) ? kNaN : kValue(last, w);
    }
}

template <bool kMaximum>
double extreme(const double* last, std::size_t w) noexcept {
  double best = *last;
  for (std::size_t i = 1; i < w; ++i) {
    const double x = *(last - i * kTileLanes);
    if (kMaximum ? x > best : x < best) best = x;
  }
  return best + 0.0;  // one zero, whichever sign came first
}

void whole(const KernelCall& c) noexcept {
  const auto w = static_cast<std::size_t>(c.params[0]);
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const double* last = c.in[0] + r * kTileLanes + l;
      bool all = true;
      for (std::size_t i = 0; i < w; ++i) all = all && *(last - i * kTileLanes) == 1.0;
      c.out[r * kTileLanes + l] = all ? 1.0 : 0.0;
    }
}

}  // namespace

void fill_rolling_ref(KernelTable& table) noexcept {
  const auto set = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  set(Kernel::rolling_sum, rolling<[](const double* last, std::size_t w) { return window_sum(last, w); }>);
  set(Kernel::rolling_mean, rolling<[](const double* last, std::size_t w) { return window_mean(last, w); }>);
  set(Kernel::rolling_std, rolling<[](const double* last, std::size_t w) { return window_std(last, w); }>);
  set(Kernel::rolling_min, rolling<extreme<false>>);
  set(Kernel::rolling_max, rolling<extreme<true>>);
  set(Kernel::whole, whole);
}

double window_deviation(const double* last, std::size_t w) noexcept { return window_std(last, w); }

}  // namespace momentum::kernels
