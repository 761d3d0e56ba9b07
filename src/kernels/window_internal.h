#pragma once
// One lane, one window: the definitions of the rolling means and deviations, used by the reference twins for every row and
// by the vector kernels for the lanes whose range is outside what their fast arithmetic proves exact.

#include <cmath>
#include <cstddef>
#include <limits>

#include "deviation_internal.h"
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

// Correctly rounded sum of a window without missing values. Usually the errors of plain additions (Knuth's two-sum) add up
// without one of their own: then the sum is exact and rounded once. Where something is lost, the wide accumulator.
inline double window_sum(const double* last, std::size_t w) noexcept {
  double sum = 0.0, errors = 0.0;
  bool exact = true;
  const auto two_sum = [](double a, double b, double& error) {
    const double s = a + b, bb = s - a;
    error = (a - (s - bb)) + (b - bb);
    return s;
  };
  for (std::size_t i = 0; i < w; ++i) {
    double error, lost;
    sum = two_sum(sum, *(last - i * kTileLanes), error);
    errors = two_sum(errors, error, lost);
    exact = exact && lost == 0.0;
  }
  if (exact) return sum + errors;
  ExactSum wide;
  for (std::size_t i = 0; i < w; ++i) wide.add(*(last - i * kTileLanes));
  return wide.round();
}

inline double window_mean(const double* last, std::size_t w) noexcept {
  if (window_is_flat(last, w)) return *last;
  return window_sum(last, w) / static_cast<double>(w);
}

// Missing if any value is infinite.
inline double window_std(const double* last, std::size_t w) noexcept {
  for (std::size_t i = 0; i < w; ++i)
    if (!(std::fabs(*(last - i * kTileLanes)) < kInf)) return kNaN;
  return window_is_flat(last, w) ? 0.0 : exact_deviation(last, w);
}

}  // namespace momentum::kernels
