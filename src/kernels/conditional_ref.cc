#include <cmath>

#include "reference_internal.h"
#include "window_internal.h"

namespace momentum::kernels {
namespace {

bool holds(double condition) noexcept { return !std::isnan(condition) && condition != 0.0; }

// State: the last k values, newest first.
void shift_in(double* state, std::size_t k, std::size_t l, double x) noexcept {
  for (std::size_t i = k; i-- > 1;) state[i * kTileLanes + l] = state[(i - 1) * kTileLanes + l];
  state[l] = x;
}

void count_when(const KernelCall& c) noexcept {
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      if (holds(c.in[0][r * c.in_stride[0] + l])) c.state[l] = c.state[l] + 1.0;
      c.out[r * kTileLanes + l] = c.state[l];
    }
}

void bars_since(const KernelCall& c) noexcept {
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      c.state[l] = holds(c.in[0][r * c.in_stride[0] + l]) ? 0.0 : c.state[l] + 1.0;
      c.out[r * kTileLanes + l] = c.state[l];
    }
}

}  // namespace

void value_when_ref(const KernelCall& c) noexcept {
  const auto k = static_cast<std::size_t>(c.params[0]);
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      if (holds(c.in[0][r * c.in_stride[0] + l])) shift_in(c.state, k, l, c.in[1][r * c.in_stride[1] + l]);
      c.out[r * kTileLanes + l] = c.state[(k - 1) * kTileLanes + l];
    }
}

// State: the last n values, newest first, then the number of rows on which the condition held.
void mean_when_ref(const KernelCall& c) noexcept {
  const auto n = static_cast<std::size_t>(c.params[0]);
  double* count = c.state + n * kTileLanes;
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      if (holds(c.in[0][r * c.in_stride[0] + l])) {
        shift_in(c.state, n, l, c.in[1][r * c.in_stride[1] + l]);
        count[l] = count[l] + 1.0;
      }
      ExactSum sum;
      double present = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        const double x = c.state[i * kTileLanes + l];
        if (std::isnan(x)) continue;
        sum.add(x);
        present = present + 1.0;
      }
      c.out[r * kTileLanes + l] = count[l] >= c.params[0] ? sum.round() / present : kNaN;
    }
}

void fill_conditional_ref(KernelTable& table) noexcept {
  const auto set = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  set(Kernel::value_when, value_when_ref);
  set(Kernel::mean_when, mean_when_ref);
  set(Kernel::count_when, count_when);
  set(Kernel::bars_since, bars_since);
}

}  // namespace momentum::kernels
