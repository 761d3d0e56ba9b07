// The deviation of a sliding window over lanes, once per instruction set: shared by the kernel rolling_std and the fused stages.
//
// A lane keeps sum(x) and sum(x^2), each as a double-double that slides along the window, and from them
// N = w sum(x^2) - sum(x)^2, the deviation's square times w (w - 1). All this has an error far below the last bit of a double
// but not zero. A root counts only where rounding both ends of the error's interval gives the same double, which then is
// the correctly rounded one; the rest is left to the definition. So the bits depend on the window alone, although the sums do
// not start with it. The rest is less than one in 2^19 of prices in cents and of returns, one in 2^14 of bonds near 100, but
// most windows of a fund that stays within thousandths of 100: there sum(x^2) is 2^33 times what is left of it.

#if defined(MOMENTUM_KERNELS_DEVIATION_LANES_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_DEVIATION_LANES_SIMD_INL_H_
#undef MOMENTUM_KERNELS_DEVIATION_LANES_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_DEVIATION_LANES_SIMD_INL_H_
#endif

#include <cstddef>
#include <limits>

#include "hwy/highway.h"
#include "momentum/kernels/lanes_simd-inl.h"
#include "momentum/kernels/tile.h"

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

// A double-double: the rounding of `low` is the only error.
struct Pair {
  V high, low;
  HWY_INLINE void add(V x) {
    V error;
    high = two_sum(high, x, error);
    low = hn::Add(low, error);
  }
};

// From row to row of one stretch. Missing values count as nothing: begin() sees to that, slide() wants 0 for them (what the
// window then has is for the caller to say). An infinite one leaves nothing sure until the next begin().
class Deviation {
 public:
  explicit HWY_INLINE Deviation(double width)
      : full_(set(width)), freedom_(set(width * (width - 1.0))), per_freedom_(set(1.0 / (width * (width - 1.0)))) {}

  // Takes in the w rows before `x`, for a stretch of up to `rows`.
  HWY_INLINE void begin(const double* x, std::size_t w, std::size_t rows) {
    first_ = second_ = {hn::Zero(D()), hn::Zero(D())};
    for (std::size_t i = w; i > 0; --i) {
      const V v = hn::Load(D(), x - i * kTileLanes);
      add(hn::IfThenElseZero(present(v), v));
    }
    most_ = second_.high;
    // n = w + 2 rows additions of pieces below S, the largest sum of squares so far: a low part stays below n 2^-53 S, its
    // roundings below n^2 2^-106 S, with the errors of the squares four times that. N takes w times as much, and as much again
    // comes from the square of the first sum (whose pieces are below sqrt(S), and it below sqrt(w S)). Putting N together and
    // taking the root adds less than (24 n + 16) w 2^-106 S, for n >= 4 less than 8 n^2 w 2^-106 S. That makes 16 such.
    const double additions = static_cast<double>(w + 2 * rows);
    part_ = set(additions * additions * static_cast<double>(w) * 0x1p-102);
  }

  // One value in, one out: the deviation of the window that ends at `in`, where `sure`.
  HWY_INLINE V slide(V in, V out, M& sure) {
    first_.add(hn::Neg(out));
    first_.add(in);
    return slide(in, out, first_.high, first_.low, sure);
  }

  // The same where the sum of the window is known exactly: `sum` is its rounding, `rest` what is left.
  HWY_INLINE V slide(V in, V out, V sum, V rest, M& sure) {
    V e1, e2, e3;
    second_.add(hn::Neg(two_product(out, out, e1)));
    second_.add(two_product(in, in, e2));
    second_.low = hn::Add(second_.low, hn::Sub(e2, e1));
    most_ = hn::IfThenElse(hn::Gt(second_.high, most_), second_.high, most_);

    // N = w sum(x^2) - sum(x)^2 as head + tail.
    const V scaled = two_product(full_, second_.high, e1);
    const V square = two_product(sum, sum, e2);
    // In that order (Dekker): scaled >= square by Cauchy and Schwarz, and where rounding says otherwise nothing is lost either.
    const V head = hn::Sub(scaled, square);
    e3 = hn::Sub(hn::Sub(scaled, head), square);
    const V cross = hn::Mul(hn::Add(sum, sum), rest);
    const V tail = hn::Add(hn::Add(e3, hn::Sub(e1, e2)), hn::Sub(hn::Mul(full_, second_.low), cross));

    // A root, about; what its square is short of; and both ends of where the true root lies.
    const V root = hn::Sqrt(hn::Mul(hn::Add(head, tail), per_freedom_));
    const V back = two_product(root, root, e1);
    const V product = two_product(back, freedom_, e2);
    const V residual = hn::Add(hn::Sub(hn::Sub(head, product), e2), hn::Sub(tail, hn::Mul(e1, freedom_)));
    const V half_slope = hn::Div(set(0.5), hn::Mul(freedom_, root));
    const V step = hn::Mul(residual, half_slope);
    // 2^-1000: what squares lose that leave the range of a double at its lower end. Past the upper end nothing is a number.
    const V short_of = hn::Add(hn::Mul(part_, most_), set(0x1p-1000));
    const V error = hn::Add(hn::Mul(short_of, half_slope), hn::Mul(root, set(0x1p-96)));
    const V below = hn::Add(root, hn::Sub(step, error)), above = hn::Add(root, hn::Add(step, error));
    sure = hn::Eq(below, above);
    return below;
  }

 private:
  HWY_INLINE void add(V x) {
    V error;
    first_.add(x);
    second_.add(two_product(x, x, error));
    second_.low = hn::Add(second_.low, error);
  }

  V full_, freedom_, per_freedom_;
  Pair first_, second_;
  V most_, part_;
};

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
