#pragma once
// The list of kernels, what each needs, and the table of implementations per instruction set.
//
// Missing is NaN. Unless said otherwise a kernel's result is missing where any input is. Truth is 1.0, falsehood 0.0; a
// comparison with a missing value is missing. Every operation is rounded once, in the order written; nothing is fused.
// Each kernel has a reference twin in *_ref.cc, which is its definition; the vector one must give the same bits.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/base/simd_level.h"
#include "momentum/kernels/tile.h"

namespace momentum::kernels {

// clang-format off: a line a kernel, as they belong together
enum class Kernel : std::uint16_t {
  // Elementwise, no state: out[t] = f(a[t], b[t], c[t]).
  negate, absolute, logarithm, square_root, reciprocal, round_even,  // round_even: to an integer, halves to even
  add, subtract, multiply, divide,
  divide_by,    // a / b given c = RN(1 / b): the same bits as divide, without the division
  minimum, maximum,
  greater, greater_equal, less, less_equal, equal, not_equal,
  logical_and, logical_or, logical_not,
  select,       // a ? b : c
  fill,         // a, or params[0] where a is missing
  step,         // params: n, v_0, then (t_i, inclusive, v_i) for i = 1 .. n, t ascending: v of the last t passed, where
                // passed is a >= t if inclusive, else a > t
  valid,        // 1 where a is not missing, else 0; never missing
  can_divide,   // valid(a / b), without dividing
  finite,       // 1 where a is neither missing nor infinite, else 0; never missing
  log_finite,   // finite(log(a)), without the logarithm
  all_valid,    // params[0] = m: 1 where the first m inputs, truths, are 1 and no other input is missing; never missing
  // Rolling over params[0] = w rows ending at t; missing unless the window is full and has no missing value.
  rolling_sum,   // correctly rounded sum
  rolling_mean,  // rolling_sum / w; exactly the value where all are equal
  rolling_std,   // correctly rounded sample deviation (w - 1), w >= 2; exactly 0 where all are equal; missing if any value
                 // is infinite
  rolling_min, rolling_max,  // +0 for any zero
  whole,         // 1 where all w values of the truth a are 1 (missing counts as 0); never missing
  // Recurrences over all rows so far.
  ema,           // params[0] = a: (1 - a) y + a x, from the first value on; a gap is carried over and decays y
  wilder,        // params n, s: mean of rows s .. s+n-1 at row s+n-1, then (y * (n-1) + x) / n; missing poisons
  fill_forward,  // last value that is not missing
  bar_index,     // 0, 1, 2, ...
  // Conditional recurrences: a is the condition (missing counts as false).
  value_when,    // params[0] = k: b at the k-th last row, this one included, where a held
  count_when,    // number of rows so far where a held; never missing
  mean_when,     // params[0] = n: mean of b over the last n rows where a held, missing ones skipped; missing until n such rows
  bars_since,    // rows since a last held, 0 on such a row; missing before the first
  count_,
};
// clang-format on
inline constexpr std::size_t kKernelCount = static_cast<std::size_t>(Kernel::count_);

inline constexpr std::size_t kMaxWhen = 16;  // largest k of value_when and n of mean_when
inline constexpr std::size_t kMaxWindow = 1 << 20;

// Rows of inputs before row 0 that the kernel reads (the same for every non-constant input).
std::size_t history(Kernel kernel, std::span<const double> params) noexcept;

// Rows of kTileLanes doubles of state, and their value before the first row.
std::size_t state_slots(Kernel kernel, std::span<const double> params) noexcept;
void init_state(Kernel kernel, std::span<const double> params, double* state) noexcept;

using KernelTable = std::array<KernelFn, kKernelCount>;

// The levels this machine can run, ascending; scalar (the reference twins) is always first.
const std::vector<SimdLevel>& supported_levels();

// The level to use: `best` becomes the highest supported one. Error unsupported_simd names what there is.
Result<SimdLevel> resolve_level(SimdLevel level);

// Implementations for a level that resolve_level returned.
const KernelTable& kernels_for(SimdLevel level);

}  // namespace momentum::kernels
