#pragma once
// Sums, means and deviations of one window, as exact as doubles can carry them: the arithmetic of the second reference.
// Slow and obvious on purpose; depends on nothing but its own arguments, and on no code of the engine.

#include <span>

namespace momentum::score::oracle {

// The exact sum of finite doubles, rounded once, to nearest even (what Python's math.fsum returns). An exact sum above
// the largest double is infinite. If the window holds infinite values the sum is theirs: one sign gives that infinity,
// both give a missing value; a missing value gives a missing value. Empty: 0.
double exact_sum(std::span<const double> window) noexcept;

// exact_sum / size, the division rounded once; exactly the value itself where all values are equal.
double window_mean(std::span<const double> window) noexcept;

// Sample deviation (divisor size - 1) in 113-bit arithmetic, rounded to double at the end; exactly 0 where all values
// are equal. At least two values.
double window_deviation(std::span<const double> window) noexcept;

}  // namespace momentum::score::oracle
