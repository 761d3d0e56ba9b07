// What the generated stages are made of, beside the kernels' own lane arithmetic: the forms that hold on ordinary rows.
// Included by the generated files only, once per instruction set.

#if defined(MOMENTUM_FUSED_STEPS_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_FUSED_STEPS_SIMD_INL_H_
#undef MOMENTUM_FUSED_STEPS_SIMD_INL_H_
#else
#define MOMENTUM_FUSED_STEPS_SIMD_INL_H_
#endif

#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "momentum/kernels/deviation_lanes_simd-inl.h"
#include "momentum/kernels/fused.h"
#include "momentum/kernels/lanes_simd-inl.h"
#include "momentum/kernels/logarithm_lanes_simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::fused {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using namespace kernels::HWY_NAMESPACE;  // NOLINT: one vocabulary of lanes
using kernels::kTileLanes;

inline constexpr std::size_t kAhead = 48;  // rows the prefetch runs ahead; past the end a prefetch does not fault

HWY_INLINE V load(const double* row) { return hn::Load(D(), row); }
HWY_INLINE void store(V x, double* row) { hn::Store(x, D(), row); }
HWY_INLINE M all() { return hn::Eq(hn::Zero(D()), hn::Zero(D())); }
HWY_INLINE bool any(M m) { return !hn::AllFalse(D(), m); }
HWY_INLINE M within(V x, double low, double high) { return hn::And(hn::Ge(x, set(low)), hn::Le(x, set(high))); }
// As the kernels minimum and maximum do it.
HWY_INLINE V smaller(V a, V b) { return hn::IfThenElse(hn::Lt(b, a), b, a); }
HWY_INLINE V larger(V a, V b) { return hn::IfThenElse(hn::Gt(b, a), b, a); }
// Of values whose range and presence is tested, never -0: a stretch where it turns out otherwise is not taken.
HWY_INLINE V least(V a, V b) { return hn::Min(a, b); }  // no NaN: tested
HWY_INLINE V greatest(V a, V b) { return hn::Max(a, b); }  // no NaN: tested

// Follows the largest value, as bits: those of a missing, negative or infinite one are larger than those of any number.
using Bits = hn::Vec<hn::RebindToUnsigned<D>>;
HWY_INLINE Bits no_bits() { return hn::Zero(hn::RebindToUnsigned<D>()); }
// no NaN: whole numbers
HWY_INLINE void follow(Bits& most, V x) { most = hn::Max(most, hn::BitCast(hn::RebindToUnsigned<D>(), x)); }
HWY_INLINE M at_most(Bits most, double limit) {
  return hn::Not(hn::RebindMask(D(), hn::Gt(most, hn::BitCast(hn::RebindToUnsigned<D>(), set(limit)))));
}

// Least and largest of a series over the stretch, and the run of equal values, which all windows over it share.
struct Series {
  V low, high, run;
  HWY_INLINE void begin(const double* run_row) {
    low = set(std::numeric_limits<double>::infinity());
    high = hn::Zero(D());
    run = load(run_row);
  }
  HWY_INLINE void add(V x) {
    low = least(low, x);
    high = greatest(high, x);
  }
  HWY_INLINE void follow(V x, V before) { run = hn::Add(hn::IfThenElseZero(hn::Eq(x, before), run), set(1.0)); }
};

// A window's sum as hi + lo, of values that are positive and of about one size.
struct Sum {
  V hi, lo;
  HWY_INLINE void begin(const double* state) {
    hi = load(state);
    lo = load(state + kTileLanes);
  }
  // One value out, one in. hi >= old as the sum of positive values; that what remains is >= x is tested by the caller on
  // the shortest window of the series. So both errors come without a comparison of sizes (Dekker).
  HWY_INLINE V slide(V x, V old) {
    const V rest = hn::Sub(hi, old), e = hn::Sub(hn::Sub(hi, rest), old);
    hi = hn::Add(rest, x);
    lo = hn::Add(lo, hn::Add(e, hn::Sub(x, hn::Sub(hi, rest))));
    return rest;
  }
  HWY_INLINE V value() const { return hn::Add(hi, lo); }
  HWY_INLINE void settle() {
    const V s = hn::Add(hi, lo);
    lo = hn::Sub(lo, hn::Sub(s, hi));
    hi = s;
  }
};

// Sum of whole numbers small enough that nothing rounds.
HWY_INLINE V slide_whole(V hi, V x, V old) { return hn::Add(hn::Sub(hi, old), x); }
HWY_INLINE M is_whole(V x) { return hn::Eq(hn::Round(x), x); }

// The state rows of a rolling sum or mean at the end of a stretch. Magnitudes: what the kernel would have followed, and
// whether the sums were exact on the way: unnormalised low parts need 2^9 more room than the kernel's.
HWY_INLINE M end_sum(const double* state, double* next, V hi, V lo, V run, double rows, double w, V low, V high) {
  store(hi, next);
  store(lo, next + kTileLanes);
  store(hn::Add(load(state + 2 * kTileLanes), set(rows)), next + 2 * kTileLanes);
  store(run, next + 3 * kTileLanes);
  const V largest = larger(load(state + 4 * kTileLanes), high), smallest = smaller(load(state + 5 * kTileLanes), low);
  store(largest, next + 4 * kTileLanes);
  store(smallest, next + 5 * kTileLanes);
  return hn::And(present(hi), hn::Le(largest, hn::Mul(smallest, set(0x1p40 / (w + 1.0)))));
}

// The run of equal values at the end of the stretch.
HWY_INLINE V run_at_end(const double* row, std::size_t rows, V run_before) {
  V run = set(1.0);
  M same = all();
  for (std::size_t r = rows; r-- > 0;) {
    same = hn::And(same, hn::Eq(load(row + r * kTileLanes), load(row + r * kTileLanes - kTileLanes)));
    if (!any(same)) return run;
    if (r > 0) run = hn::Add(run, truth(same));
  }
  return hn::Add(run, hn::IfThenElseZero(same, run_before));
}

// What a whole-number sum's state must be, and that its window is full.
HWY_INLINE M begin_window(const double* state, double w) { return hn::Ge(load(state + 2 * kTileLanes), set(w)); }

// Least or largest of kWindow rows that end at `last`, in halves, so that no chain is long.
template <std::size_t kWindow, bool kMaximum>
HWY_INLINE V extreme(const double* last) {
  if constexpr (kWindow == 1) {
    return load(last);
  } else {
    constexpr std::size_t kNewer = kWindow / 2;
    const V newer = extreme<kNewer, kMaximum>(last);
    const V older = extreme<kWindow - kNewer, kMaximum>(last - kNewer * kTileLanes);
    return kMaximum ? greatest(newer, older) : least(newer, older);
  }
}

// w - 1 times the square of the window's deviation, about: for values that are only compared, with a margin of 2^-24 that
// sure() grants. Sums of differences from one value of the stretch, begun anew in every stretch.
struct Spread {
  V anchor, s1, s2, before, smallest;
  HWY_INLINE void begin(const double* row, std::size_t w) {
    anchor = load(row - kTileLanes);
    s1 = s2 = hn::Zero(D());
    smallest = set(std::numeric_limits<double>::infinity());
    for (std::size_t i = 1; i <= w; ++i) {
      const V u = hn::Sub(load(row - i * kTileLanes), anchor);
      s1 = hn::Add(s1, u);
      s2 = hn::Add(s2, hn::Mul(u, u));
    }
    before = s2;
  }
  HWY_INLINE V slide(V x, V old, double w) {
    const V u = hn::Sub(x, anchor), v = hn::Sub(old, anchor), rise = hn::Sub(x, old);
    s1 = hn::Add(s1, rise);
    s2 = hn::Add(s2, hn::Mul(hn::Add(u, v), rise));
    const V ss = hn::Sub(s2, hn::Mul(hn::Mul(s1, set(1.0 / w)), s1));
    smallest = least(smallest, ss);
    return ss;
  }
  // Whether no square that ever was in the sums was too large for the smallest result, given the stretch's extremes.
  HWY_INLINE M sure(V low, V high, double rows) const {
    const V up = hn::Sub(high, anchor), down = hn::Sub(low, anchor);
    const V largest = hn::Add(hn::Mul(up, up), hn::Mul(down, down));
    const V reach = hn::Add(before, hn::Mul(set(rows), largest));
    return hn::Gt(smallest, hn::Mul(reach, set(0x1p-18)));
  }
};

// The deviation of the last kWindow values, correctly rounded, as the kernel rolling_std has it, and the run of equal values.
template <std::size_t kWindow>
struct WindowDeviation {
  Deviation deviation;
  V run;
  HWY_INLINE WindowDeviation() : deviation(static_cast<double>(kWindow)) {}
  HWY_INLINE void begin(const double* row, std::size_t rows, const double* run_row) {
    deviation.begin(row, kWindow, rows);
    run = load(run_row);
  }
  HWY_INLINE V slide(V x, V before, V old, const double* last) {
    M sure;
    const V y = deviation.slide(x, old, sure);
    return settled(y, sure, x, before, last);
  }
  // Where the window's sum is known: `sum` is its rounding, `left` what it leaves.
  HWY_INLINE V slide(V x, V before, V old, const double* last, V sum, V left) {
    M sure;
    const V y = deviation.slide(x, old, sum, left, sure);
    return settled(y, sure, x, before, last);
  }
  HWY_INLINE V settled(V y, M sure, V x, V before, const double* last) {
    run = hn::Add(hn::IfThenElseZero(hn::Eq(x, before), run), set(1.0));
    const M flat = hn::Ge(run, set(static_cast<double>(kWindow)));
    const V rounded = hn::IfThenZeroElse(flat, y);
    sure = hn::Or(sure, flat);
    return HWY_LIKELY(hn::AllTrue(D(), sure)) ? rounded : settle(rounded, sure, last);
  }
  static HWY_NOINLINE V settle(V y, M sure, const double* last) {
    alignas(64) double values[kLanes], unsure[kLanes];
    store(y, values);
    store(hn::IfThenZeroElse(sure, set(1.0)), unsure);
    for (std::size_t l = 0; l < kLanes; ++l)
      if (unsure[l] != 0.0) values[l] = kernels::window_deviation(last + l, kWindow);
    return load(values);
  }
};

// The correctly rounded sum of a few finite values, while nothing falls off.
template <class... Values>
HWY_NOINLINE V few_sum(M& exact, V first, Values... others) {
  V s = first, e = hn::Zero(D());
  const auto add = [&](V x) HWY_ATTR {
    V rest, lost;
    s = two_sum(s, x, rest);
    e = two_sum(e, rest, lost);
    exact = hn::And(exact, hn::Eq(lost, hn::Zero(D())));
  };
  (add(others), ...);
  return hn::Add(s, e);
}

HWY_INLINE void fill_rows(double* row, std::size_t rows, std::size_t history, V x) {
  for (std::size_t r = rows > history ? rows - history : 0; r < rows; ++r) store(x, row + r * kTileLanes);
}
HWY_INLINE void copy_rows(double* row, const double* from, std::size_t rows, std::size_t history) {
  for (std::size_t r = rows > history ? rows - history : 0; r < rows; ++r)
    store(load(from + r * kTileLanes), row + r * kTileLanes);
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::fused
HWY_AFTER_NAMESPACE();

#endif  // include guard
