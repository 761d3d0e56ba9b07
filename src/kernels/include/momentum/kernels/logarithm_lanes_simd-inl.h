// The natural logarithm over lanes, once per instruction set: the operations of logarithm.h in their order.

#if defined(MOMENTUM_KERNELS_LOGARITHM_LANES_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_LOGARITHM_LANES_SIMD_INL_H_
#undef MOMENTUM_KERNELS_LOGARITHM_LANES_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_LOGARITHM_LANES_SIMD_INL_H_
#endif

#include <cstddef>
#include <limits>

#include "hwy/highway.h"
#include "momentum/kernels/lanes_simd-inl.h"
#include "momentum/kernels/logarithm.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

// Of x / 2^down, where x is positive, finite and normal.
HWY_INLINE V log_of_normal(V x, V down) {
  const hn::RebindToUnsigned<D> du;
  const hn::RebindToSigned<D> di;
  const auto bits = hn::BitCast(du, x);
  const auto exponent = hn::ShiftRight<52>(hn::BitCast(di, hn::Sub(bits, hn::Set(du, kSqrtHalfBits))));
  const V k = hn::Sub(hn::ConvertTo(D(), exponent), down);
  const V f = hn::Sub(hn::BitCast(D(), hn::Sub(bits, hn::BitCast(du, hn::ShiftLeft<52>(exponent)))), set(1.0));
  const V s = hn::Div(f, hn::Add(set(2.0), f));
  const V z = hn::Mul(s, s);
  V r = set(kLogTerms[kLogTermCount - 1]);
#pragma GCC unroll 16
  for (std::size_t i = kLogTermCount - 1; i-- > 0;) r = hn::Add(hn::Mul(r, z), set(kLogTerms[i]));
  r = hn::Mul(r, z);
  const V low = hn::Sub(hn::Mul(s, hn::Sub(f, r)), hn::Mul(k, set(kLn2Low)));
  return hn::Sub(hn::Mul(k, set(kLn2High)), hn::Sub(low, f));
}

// Of anything.
HWY_INLINE V log_of(V x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const M tiny = hn::Lt(x, set(kSmallestNormal));
  V y = log_of_normal(hn::IfThenElse(tiny, hn::Mul(x, set(kTwo54)), x), hn::IfThenElseZero(tiny, set(54.0)));
  y = hn::IfThenElse(hn::Eq(x, set(kInfinity)), x, y);
  y = hn::IfThenElse(hn::Eq(x, hn::Zero(D())), set(-kInfinity), y);
  return hn::IfThenElse(hn::Ge(x, hn::Zero(D())), y, missing());
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
