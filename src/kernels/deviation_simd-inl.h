// rolling_std over lanes, once per instruction set. Included by rolling_simd.cc only.
//
// A lane keeps sum(d) and sum(d^2), d = x - K, each as a double-double that slides along the window, and from them
// N = w sum(d^2) - sum(d)^2, the deviation's square times w (w - 1). All this has an error far below the last bit of a double
// but not zero. A root is written only where rounding both ends of the error's interval gives the same double, which then is
// the correctly rounded one; the rest (about one in 2^30) is left to the definition. So the bits depend on the window alone,
// although the sums do not start with it.

#if defined(MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_
#undef MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_
#endif

#include "tile_simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

// p + error = a * b exactly, away from the ends of the range.
HWY_INLINE V two_product(V a, V b, V& error) {
  const V p = hn::Mul(a, b);
#if HWY_NATIVE_FMA
  error = hn::MulSub(a, b, p);  // proven exact: the error of a product is a double
#else
  // Dekker: halves of 26 bits have exact products.
  const V split = set(0x1p27 + 1.0);
  const V ta = hn::Mul(split, a), tb = hn::Mul(split, b);
  const V ah = hn::Sub(ta, hn::Sub(ta, a)), bh = hn::Sub(tb, hn::Sub(tb, b));
  const V al = hn::Sub(a, ah), bl = hn::Sub(b, bh);
  error = hn::Add(hn::Add(hn::Add(hn::Sub(hn::Mul(ah, bh), p), hn::Mul(ah, bl)), hn::Mul(al, bh)), hn::Mul(al, bl));
#endif
  return p;
}

// A double-double that only grows by exact pieces: the rounding of `low` is the only error, below 2^-105 of the largest
// magnitude it has had, per addition.
struct Pair {
  V high, low;
  HWY_INLINE void add(V x) {
    V error;
    high = two_sum(high, x, error);
    low = hn::Add(low, error);
  }
};

struct DeviationSums {
  V anchor;
  Pair first, second;  // of d and of d^2

  HWY_INLINE V distance(V x) const { return hn::IfThenElseZero(present(x), hn::Sub(x, anchor)); }
  HWY_INLINE void take_in(V x) {
    const V d = distance(x);
    V error;
    first.add(d);
    second.add(two_product(d, d, error));
    second.low = hn::Add(second.low, error);
  }
  HWY_INLINE void slide(V in, V out) {
    const V d = distance(in), gone = distance(out);
    V error, gone_error;
    first.add(d);
    first.add(hn::Neg(gone));
    second.add(two_product(d, d, error));
    second.add(hn::Neg(two_product(gone, gone, gone_error)));
    second.low = hn::Add(second.low, hn::Sub(error, gone_error));
  }
};

// State: rows since a missing value, run of equal values.
void rolling_std(const KernelCall& c) noexcept {
  const double width = c.params[0];
  const auto w = static_cast<std::size_t>(width);
  const V full = set(width), one = set(1.0), zero = hn::Zero(D());
  const V freedom = set(width * (width - 1.0));
  const ConstantDivisor by_freedom(width * (width - 1.0));
  if (c.rows == 0) return;
  for (std::size_t at = 0; at < kTileLanes; at += kLanes) {
    const double* x = c.in[0] + at;
    V since = hn::Load(D(), c.state + at), run = hn::Load(D(), c.state + kTileLanes + at);

    // The anchor: a value of the lane where all others are within half of it, so that every difference is exact (Sterbenz);
    // else 0, where it is exact anyway.
    V low = set(kInf), high = set(-kInf);
    const double* row = x - w * kTileLanes;
    for (std::size_t r = 0; r < w + c.rows; ++r, row += kTileLanes) {
      const V v = hn::Load(D(), row);
      low = hn::IfThenElse(hn::Lt(v, low), v, low);
      high = hn::IfThenElse(hn::Gt(v, high), v, high);
    }
    const V middle = hn::Mul(set(0.5), hn::Add(low, high));
    const M close_by = hn::And(hn::Lt(hn::Sub(high, low), hn::Mul(set(0.25), low)), hn::Gt(low, zero));
    DeviationSums sums{hn::IfThenElseZero(close_by, middle), {zero, zero}, {zero, zero}};
    const V largest =
        hn::IfThenElse(close_by, hn::Sub(high, low), hn::IfThenElse(hn::Gt(hn::Neg(low), high), hn::Neg(low), high));
    const M in_range = hn::And(hn::Le(largest, set(0x1p200)), hn::Ge(largest, set(0x1p-200)));
    // n = w + 2 rows additions of pieces below w largest^2: each low part stays below n 2^-53 of that, its roundings below
    // 2 n^2 2^-106; twice as much again comes from the square of the first sum, a little from putting N together.
    const double additions = width + 2.0 * static_cast<double>(c.rows);
    const V bound = hn::Mul(set(additions * additions * width * width * 0x1p-102), hn::Mul(largest, largest));

    for (std::size_t i = 0; i < w; ++i) sums.take_in(hn::Load(D(), x - (w - i) * kTileLanes));
    V before = hn::Load(D(), x - kTileLanes);
    for (std::size_t r = 0; r < c.rows; ++r) {
      const V now = hn::Load(D(), x + r * kTileLanes);
      sums.slide(now, hn::Load(D(), x + r * kTileLanes - w * kTileLanes));
      since = hn::IfThenElseZero(present(now), hn::Add(since, one));
      run = hn::Add(hn::IfThenElseZero(hn::Eq(now, before), run), one);
      before = now;

      // N = w sum(d^2) - sum(d)^2 as n + n_low.
      V e1, e2, e3;
      const V scaled = two_product(full, sums.second.high, e1);
      const V square = two_product(sums.first.high, sums.first.high, e2);
      const V head = two_sum(scaled, hn::Neg(square), e3);
      const V cross = hn::Mul(hn::Add(sums.first.high, sums.first.high), sums.first.low);
      const V tail = hn::Add(hn::Add(e3, hn::Sub(e1, e2)), hn::Sub(hn::Mul(full, sums.second.low), cross));
      V n_low;
      const V n = two_sum(head, tail, n_low);

      // A root, its residual, and both ends of where the true root lies.
      const V root = hn::Sqrt(by_freedom.divide(n));
      const V back = two_product(root, root, e1);
      const V product = two_product(back, freedom, e2);
      const V residual = hn::Add(hn::Sub(hn::Sub(n, product), e2), hn::Sub(n_low, hn::Mul(e1, freedom)));
      const V half_slope = hn::Div(set(0.5), hn::Mul(freedom, root));
      const V step = hn::Mul(residual, half_slope);
      const V error = hn::Add(hn::Mul(bound, half_slope), hn::Mul(root, set(0x1p-96)));
      const V below = hn::Add(root, hn::Sub(step, error)), above = hn::Add(root, hn::Add(step, error));

      const M flat = hn::And(hn::Ge(run, full), hn::Lt(hn::Abs(now), set(kInf)));
      const M whole = hn::Ge(since, full);
      const M sure = hn::Or(hn::And(hn::Eq(below, above), in_range), hn::Or(flat, hn::Not(whole)));
      double* out = c.out + r * kTileLanes + at;
      hn::Store(hn::IfThenElse(whole, hn::IfThenZeroElse(flat, below), missing()), D(), out);
      if (HWY_LIKELY(hn::AllTrue(D(), sure))) continue;
      alignas(64) double unsure[kLanes];
      hn::Store(hn::IfThenZeroElse(sure, one), D(), unsure);
      for (std::size_t l = 0; l < kLanes; ++l)
        if (unsure[l] != 0.0) out[l] = window_std(x + r * kTileLanes + l, w);
    }
    hn::Store(since, D(), c.state + at);
    hn::Store(run, D(), c.state + kTileLanes + at);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
