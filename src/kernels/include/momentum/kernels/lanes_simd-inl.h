// Arithmetic on one vector of lanes that the block kernels and the fused stages share, once per instruction set. Included by
// vector sources only, after hwy/highway.h; a source that includes it links Highway.

#if defined(MOMENTUM_KERNELS_LANES_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_LANES_SIMD_INL_H_
#undef MOMENTUM_KERNELS_LANES_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_LANES_SIMD_INL_H_
#endif

#include <cstddef>
#include <limits>

#include "hwy/highway.h"
#include "momentum/kernels/kernel.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<double>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;
inline constexpr std::size_t kLanes = HWY_LANES(double);
inline constexpr std::size_t kVectors = kTileLanes / kLanes;

HWY_INLINE V set(double x) { return hn::Set(D(), x); }
HWY_INLINE V missing() { return hn::Set(D(), std::numeric_limits<double>::quiet_NaN()); }
HWY_INLINE M present(V x) { return hn::Eq(x, x); }
HWY_INLINE V truth(M m) { return hn::IfThenElseZero(m, set(1.0)); }
HWY_INLINE M holds(V condition) { return hn::And(present(condition), hn::Ne(condition, hn::Zero(D()))); }

// s + error = a + b exactly (Knuth). No order of magnitude is needed.
HWY_INLINE V two_sum(V a, V b, V& error) {
  const V s = hn::Add(a, b);
  const V bb = hn::Sub(s, a);
  error = hn::Add(hn::Sub(a, hn::Sub(s, bb)), hn::Sub(b, bb));
  return s;
}

// x / d for a constant d > 0 with r = RN(1 / d). Where there is an FMA: one product and two FMAs give the correctly rounded
// quotient (Markstein; Brisebarre, Muller and Raina 2004) as long as nothing under- or overflows, which callers see to by
// keeping |x| within 2^+-900 or zero. Elsewhere the division itself: the same bits.
struct ConstantDivisor {
  V d, r;
  explicit HWY_INLINE ConstantDivisor(double divisor) : d(set(divisor)), r(set(1.0 / divisor)) {}
  HWY_INLINE V divide(V x) const {
#if HWY_NATIVE_FMA
    const V q = hn::Mul(x, r);
    // q d - x and not x - q d: an exact remainder is then +0, and -0 / d stays -0.
    const V excess = hn::MulSub(q, d, x);  // proven exact: the remainder of a faithful quotient is a double
    return hn::NegMulAdd(excess, r, q);  // proven exact: correctly rounded quotient
#else
    return hn::Div(x, d);
#endif
  }
};

// Markstein's quotient from the rounded reciprocal, where neither operand comes near the ends of the range: both within
// 2^+-400.
HWY_INLINE V quotient_in_range(V a, V b, V reciprocal_b) {
#if HWY_NATIVE_FMA
  const V q = hn::Mul(a, reciprocal_b);
  const V remainder = hn::NegMulAdd(q, b, a);  // proven exact: the remainder of a faithful quotient is a double
  return hn::MulAdd(remainder, reciprocal_b, q);  // proven exact: correctly rounded quotient
#else
  (void)reciprocal_b;
  return hn::Div(a, b);
#endif
}

HWY_INLINE V quotient_by(V a, V b, V reciprocal_b) {
#if HWY_NATIVE_FMA
  const V low = set(0x1p-400), high = set(0x1p400);
  const V size_a = hn::Abs(a), size_b = hn::Abs(b);
  const M in_range =
      hn::And(hn::And(hn::Ge(size_a, low), hn::Le(size_a, high)), hn::And(hn::Ge(size_b, low), hn::Le(size_b, high)));
  if (HWY_LIKELY(hn::AllTrue(D(), in_range))) return quotient_in_range(a, b, reciprocal_b);
#endif
  (void)reciprocal_b;
  return hn::Div(a, b);
}

// One bar of the exponential mean.
struct EmaStep {
  V a, keep;
  explicit HWY_INLINE EmaStep(double weight) : a(set(weight)), keep(hn::Sub(set(1.0), set(weight))) {}
  // With every case: not begun, missing input, first value after a gap.
  HWY_INLINE void any(V x, V& y, V& weight) const {
    const M begun = present(y), has_x = present(x);
    const M gap = hn::Ne(weight, set(1.0));
    const V decayed = hn::Mul(weight, keep);
    const V mean = hn::Add(hn::Mul(decayed, y), hn::Mul(a, x));
    V next = hn::IfThenElse(gap, hn::Div(mean, hn::Add(decayed, a)), mean);
    next = hn::IfThenElse(hn::Eq(x, y), y, next);
    next = hn::IfThenElse(has_x, next, y);
    y = hn::IfThenElse(begun, next, x);
    weight = hn::IfThenElse(hn::Or(has_x, hn::Not(begun)), set(1.0), decayed);
  }
  // Of a lane that has begun, has no gap behind it and a value now.
  HWY_INLINE V plain(V x, V y) const {
    return hn::IfThenElse(hn::Eq(x, y), y, hn::Add(hn::Mul(keep, y), hn::Mul(a, x)));
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
