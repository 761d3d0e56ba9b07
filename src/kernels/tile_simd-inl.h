// What the vector kernels of every group share, once per instruction set. Included by the *_simd.cc only.

#if defined(MOMENTUM_KERNELS_TILE_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_TILE_SIMD_INL_H_
#undef MOMENTUM_KERNELS_TILE_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_TILE_SIMD_INL_H_
#endif

#include <cstddef>

#include "hwy/highway.h"
#include "momentum/kernels/kernel.h"
#include "window_internal.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<double>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;
inline constexpr std::size_t kLanes = HWY_LANES(double);
inline constexpr std::size_t kVectors = kTileLanes / kLanes;
// Vectors worked on together, so that the chains of a recurrence overlap: a whole row of AVX-512, less of narrower ones.
inline constexpr std::size_t kGroup = kVectors < 4 ? kVectors : 4;

HWY_INLINE V set(double x) { return hn::Set(D(), x); }
HWY_INLINE V missing() { return hn::Set(D(), kNaN); }
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
    const V excess = hn::MulSub(q, d, x);    // proven exact: the remainder of a faithful quotient is a double
    return hn::NegMulAdd(excess, r, q);      // proven exact: correctly rounded quotient
#else
    return hn::Div(x, d);
#endif
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
