#pragma once
// One lane, one window: the definitions of the rolling means and deviations, used by the reference twins for every row and
// by the vector kernels for the lanes whose range is outside what their fast arithmetic proves exact.

#include <cmath>
#include <cstddef>
#include <limits>

#include "exact_sum_internal.h"
#include "momentum/kernels/tile.h"

namespace momentum::kernels {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();

// `last` points at the newest value of a lane; older ones lie kTileLanes doubles apart.
inline bool window_has_missing(const double* last, std::size_t w) noexcept {
  for (std::size_t i = 0; i < w; ++i)
    if (std::isnan(*(last - i * kTileLanes))) return true;
  return false;
}

inline bool window_is_flat(const double* last, std::size_t w) noexcept {
  for (std::size_t i = 1; i < w; ++i)
    if (*(last - i * kTileLanes) != *last) return false;
  return true;
}

// Correctly rounded sum of a window without missing values.
inline double window_sum(const double* last, std::size_t w) noexcept {
  ExactSum sum;
  for (std::size_t i = 0; i < w; ++i) sum.add(*(last - i * kTileLanes));
  return sum.round();
}

inline double window_mean(const double* last, std::size_t w) noexcept {
  if (window_is_flat(last, w)) return *last;
  return window_sum(last, w) / static_cast<double>(w);
}

// Two passes with the correction term, oldest value first. Squares of values outside 2^+-kWideRange could overflow or
// vanish, so such a window is first scaled by a power of two, which changes no bit of the others.
inline constexpr int kWideRange = 400;
inline double window_std(const double* last, std::size_t w) noexcept {
  double largest = 0.0;
  for (std::size_t i = 0; i < w; ++i) {
    const double x = std::fabs(*(last - i * kTileLanes));
    if (!(x < kInf)) return kNaN;
    if (x > largest) largest = x;
  }
  if (window_is_flat(last, w)) return 0.0;
  int exponent = 0;
  std::frexp(largest, &exponent);
  const int shift = exponent > kWideRange || exponent < -kWideRange ? -exponent : 0;
  const double n = static_cast<double>(w);
  ExactSum sum;
  for (std::size_t i = 0; i < w; ++i) sum.add(std::ldexp(*(last - i * kTileLanes), shift));
  const double mean = sum.round() / n;
  double s1 = 0.0, s2 = 0.0;
  for (std::size_t i = w; i-- > 0;) {
    const double d = std::ldexp(*(last - i * kTileLanes), shift) - mean;
    s1 = s1 + d;
    s2 = s2 + d * d;
  }
  double variance = (s2 - s1 * s1 / n) / (n - 1.0);
  if (!(variance > 0.0)) variance = 0.0;
  return std::ldexp(std::sqrt(variance), -shift);
}

}  // namespace momentum::kernels
