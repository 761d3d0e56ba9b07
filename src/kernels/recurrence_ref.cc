#include <cmath>

#include "reference_internal.h"
#include "window_internal.h"

namespace momentum::kernels {
namespace {

// State: y (NaN before the first value), weight of the old mean, multiplied by 1 - a at every bar since the last value.
void ema(const KernelCall& c) noexcept {
  const double a = c.params[0];
  const double keep = 1.0 - a;
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    double y = c.state[l], weight = c.state[kTileLanes + l];
    for (std::size_t r = 0; r < c.rows; ++r) {
      const double x = c.in[0][r * c.in_stride[0] + l];
      if (std::isnan(y)) {
        y = x;
        weight = 1.0;
      } else {
        const bool gap = weight != 1.0;
        weight = weight * keep;
        if (!std::isnan(x)) {
          if (x != y) {
            const double mean = weight * y + a * x;
            y = gap ? mean / (weight + a) : mean;
          }
          weight = 1.0;
        }
      }
      c.out[r * kTileLanes + l] = y;
    }
    c.state[l] = y;
    c.state[kTileLanes + l] = weight;
  }
}

void fill_forward(const KernelCall& c) noexcept {
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    double y = c.state[l];
    for (std::size_t r = 0; r < c.rows; ++r) {
      const double x = c.in[0][r * c.in_stride[0] + l];
      if (!std::isnan(x)) y = x;
      c.out[r * kTileLanes + l] = y;
    }
    c.state[l] = y;
  }
}

void bar_index(const KernelCall& c) noexcept {
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    double n = c.state[l];
    for (std::size_t r = 0; r < c.rows; ++r) {
      c.out[r * kTileLanes + l] = n;
      n = n + 1.0;
    }
    c.state[l] = n;
  }
}

}  // namespace

// State: y, rows seen. params: n, s.
void wilder_ref(const KernelCall& c) noexcept {
  const double n = c.params[0];
  const auto window = static_cast<std::size_t>(n);
  const double seed_row = c.params[1] + n;  // rows seen once the seed window is complete
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    double y = c.state[l], seen = c.state[kTileLanes + l];
    for (std::size_t r = 0; r < c.rows; ++r) {
      const double* x = c.in[0] + r * kTileLanes + l;
      seen = seen + 1.0;
      if (seen == seed_row) {
        y = window_has_missing(x, window) ? kNaN : window_mean(x, window);
      } else {
        y = (y * (n - 1.0) + *x) / n;  // NaN before the seed, and for ever after a missing value
      }
      c.out[r * kTileLanes + l] = y;
    }
    c.state[l] = y;
    c.state[kTileLanes + l] = seen;
  }
}

void fill_recurrence_ref(KernelTable& table) noexcept {
  const auto set = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  set(Kernel::ema, ema);
  set(Kernel::wilder, wilder_ref);
  set(Kernel::fill_forward, fill_forward);
  set(Kernel::bar_index, bar_index);
}

}  // namespace momentum::kernels
