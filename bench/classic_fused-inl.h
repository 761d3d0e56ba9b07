// The loop, once per vector target. Included by foreach_target: no #pragma once.
#if defined(MOMENTUM_BENCH_FUSED_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_BENCH_FUSED_INL
#undef MOMENTUM_BENCH_FUSED_INL
#else
#define MOMENTUM_BENCH_FUSED_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace momentum::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Not more than 8 lanes a vector; a row of 32 is 4 vectors at AVX-512, 8 at AVX2.
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;
constexpr D d;
constexpr std::size_t kWidth = hn::MaxLanes(d);
constexpr std::size_t kVectors = kLanes / kWidth;
// Rows a vector is taken through before the next one has its turn: state stays in registers, the rows in L1 and L2.
constexpr std::size_t kChunk = 32;
constexpr std::size_t kRing = 128;
// Rows the prefetch runs ahead; reading past the plane's end is harmless, a prefetch does not fault.
constexpr std::size_t kAhead = 48;

HWY_INLINE V set(double x) { return hn::Set(d, x); }

// x / k for a constant k, correctly rounded: a product and two fused steps (Markstein), or the division itself.
template <int k>
HWY_INLINE V divide_by(V x) {
#if HWY_NATIVE_FMA
  const V inverse = set(1.0 / k), q = x * inverse;
  return hn::MulAdd(hn::NegMulAdd(set(k), q, x), inverse, q);
#else
  return x / set(k);
#endif
}

// a / b where y = RN(1 / b).
HWY_INLINE V divide_with(V a, V b, V y) {
#if HWY_NATIVE_FMA
  const V q = a * y;
  return hn::MulAdd(hn::NegMulAdd(b, q, a), y, q);
#else
  (void)y;
  return a / b;
#endif
}

// hi + lo is the exact sum of the window.
struct Sum {
  V hi, lo;
};

HWY_INLINE void add_any(Sum& s, V x) {
  const V t = s.hi + x, back = t - s.hi;
  s.lo = s.lo + ((s.hi - (t - back)) + (x - back));
  s.hi = t;
}

// Takes out `old`, puts in `x`; right where hi >= old and what remains is >= x. Returns what remains.
HWY_INLINE V slide(Sum& s, V x, V old) {
  const V rest = s.hi - old, e = (s.hi - rest) - old;
  const V t = rest + x, f = x - (t - rest);
  s.hi = t;
  s.lo = s.lo + (e + f);
  return rest;
}

struct State {
  Sum c5, c10, c20, c60;
  V fast, slow, signal, gain, loss;
  V hist_p, rsi_p, volume_p, change1, change2, change3;
  V raw, count;
  M same1, same2, same3;
  M good;
  bool mature;
};

HWY_INLINE V exponential(V y, V x, double a) { return hn::IfThenElse(hn::Eq(x, y), y, set(1 - a) * y + set(a) * x); }

HWY_INLINE V maximum_zero(V x) { return hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), x); }

// Lanes where trend_20 is near a step, or its window nearly flat: the definition, lane by lane.
HWY_NOINLINE void settle_trend(const double* close, M doubt, double* points, double* valid) {
  HWY_ALIGN double flags[kWidth];
  hn::Store(hn::IfThenElseZero(doubt, set(1)), d, flags);
  for (std::size_t i = 0; i < kWidth; ++i) {
    if (flags[i] == 0) continue;
    const double trend = exact_trend(close + i);
    points[i] = trend > 1.5 ? 15 : trend > 1.0 ? 12 : trend > 0.5 ? 10 : trend > 0 ? 5 : 0;
    valid[i] = std::isnan(trend) ? 0 : 1;
  }
}

HWY_NOINLINE void settle_volume(M doubt, const double* changes, double* points) {
  HWY_ALIGN double flags[kWidth];
  hn::Store(hn::IfThenElseZero(doubt, set(1)), d, flags);
  for (std::size_t i = 0; i < kWidth; ++i) {
    if (flags[i] == 0) continue;
    const double four[4] = {changes[i], changes[kWidth + i], changes[2 * kWidth + i], changes[3 * kWidth + i]};
    points[i] = volume_rises(four) ? 3 : 0;
  }
}

// A window of identical closes has exactly that mean, which a rounded sum divided by its count need not give.
HWY_NOINLINE void settle_means(const double* close, std::size_t limit, double* means) {
  constexpr std::size_t kWindows[4] = {5, 10, 20, 60};
  for (std::size_t i = 0; i < kWidth; ++i) {
    const std::size_t run = flat_run(close + i, limit);
    for (std::size_t k = 0; k < 4; ++k) {
      if (run >= kWindows[k]) means[k * kWidth + i] = close[i];
    }
  }
}

#include "classic_fused_columns-inl.h"

// Rows before the first that can survive (momentum_60 needs 60 before it).
template <bool kAll>
inline void warm_up(const FusedInput& in, const FusedOutput& out, std::size_t lane, State& s, double* ring,
                    Columns& columns) {
  const double* const close = in.close + lane;
  const V missing = set(std::numeric_limits<double>::quiet_NaN()), zero = hn::Zero(d);
  const M none = hn::Lt(zero, zero);
  s = State{{zero, zero}, {zero, zero}, {zero, zero}, {zero, zero}, zero,    zero,    zero,
            zero,         zero,         missing,      missing,      missing, missing, missing,
            missing,      missing,      zero,         none,         none,    none,    hn::Eq(zero, zero),
            false};
  Sum gains{zero, zero}, losses{zero, zero};
  const std::size_t rows = std::min<std::size_t>(in.rows, 60);
  for (std::size_t t = 0; t < rows; ++t) {
    const V c = hn::Load(d, close + t * kLanes);
    const auto old = [&](std::size_t w) { return hn::Load(d, close + (t - w) * kLanes); };
    if (t >= 5) add_any(s.c5, hn::Neg(old(5)));
    if (t >= 10) add_any(s.c10, hn::Neg(old(10)));
    if (t >= 20) add_any(s.c20, hn::Neg(old(20)));
    add_any(s.c5, c);
    add_any(s.c10, c);
    add_any(s.c20, c);
    add_any(s.c60, c);
    hn::Store(set(1.0) / c, d, ring + t % kRing * kWidth);
    if (t == 0) {
      s.fast = s.slow = c;
      s.signal = c - c;
    } else {
      s.fast = exponential(s.fast, c, 2.0 / 13);
      s.slow = exponential(s.slow, c, 2.0 / 27);
      s.signal = exponential(s.signal, s.fast - s.slow, 2.0 / 10);
      const V change = c - old(1), gain = maximum_zero(change), loss = maximum_zero(hn::Neg(change));
      s.same3 = s.same2;
      s.same2 = s.same1;
      s.same1 = hn::Eq(c, old(1));
      if (t <= 14) {
        add_any(gains, gain);
        add_any(losses, loss);
        s.gain = divide_by<14>(gains.hi + gains.lo);
        s.loss = divide_by<14>(losses.hi + losses.lo);
      } else {
        s.gain = divide_by<14>(s.gain * set(13) + gain);
        s.loss = divide_by<14>(s.loss * set(13) + loss);
      }
    }
    if constexpr (kAll) {
      const V rsi = t >= 14 ? set(100) - set(100) / (set(1) + s.gain / s.loss) : missing;
      write_warm_columns(in, out, lane, t, s.fast - s.slow, s.signal, rsi, columns);
    } else {
      (void)columns;
    }
    const std::size_t at = t * kLanes + lane;
    s.good = hn::And(s.good, hn::And(hn::Ge(c, set(0x1p-10)), hn::Le(c, set(0x1p20))));
    s.good = hn::And(s.good, hn::And(hn::Le(hn::Load(d, in.low + at), c), hn::Le(c, hn::Load(d, in.high + at))));
    const V v = hn::Load(d, in.volume + at);
    s.good = hn::And(s.good, hn::And(hn::Ge(v, zero), hn::Le(v, set(0x1p48))));
    s.good = hn::And(s.good, hn::Eq(hn::Round(v), v));
    hn::Store(missing, d, out.score + at);
    hn::Store(missing, d, out.score_raw + at);
  }
  // Fourteen equal gains: their mean is that gain; only zeros are let through here, the rest is for the reference.
  if (rows > 14) {
    M equal_gains = hn::Eq(zero, zero), equal_losses = equal_gains;
    const auto change = [&](std::size_t t) {
      return hn::Load(d, close + t * kLanes) - hn::Load(d, close + (t - 1) * kLanes);
    };
    for (std::size_t t = 2; t <= 14; ++t) {
      equal_gains = hn::And(equal_gains, hn::Eq(maximum_zero(change(t)), maximum_zero(change(1))));
      equal_losses = hn::And(equal_losses, hn::Eq(maximum_zero(hn::Neg(change(t))), maximum_zero(hn::Neg(change(1)))));
    }
    s.good = hn::AndNot(hn::And(equal_gains, hn::Gt(change(1), zero)), s.good);
    s.good = hn::AndNot(hn::And(equal_losses, hn::Lt(change(1), zero)), s.good);
  }
}

#include "classic_fused_rows-inl.h"

template <bool kAll>
inline bool score_rows(const FusedInput& in, const FusedOutput& out) {
  const std::size_t rows = in.rows;
  if (rows == 0) return true;
  State states[kVectors];
  HWY_ALIGN double rings[kVectors][kRing * kWidth];
  Columns columns[kAll ? kVectors : 1];
  for (Columns& one : columns) one.last_return = one.equal_returns = hn::Zero(d);
  const std::size_t warm = std::min<std::size_t>(rows, 60);
  std::fill(out.status, out.status + warm * kLanes, static_cast<std::uint8_t>(BarStatus::too_few_bars));
  for (std::size_t i = 0; i < kVectors; ++i)
    warm_up<kAll>(in, out, i * kWidth, states[i], rings[i], columns[kAll ? i : 0]);
  for (std::size_t t = warm; t < rows; t += kChunk) {
    M good = hn::Eq(hn::Zero(d), hn::Zero(d));
    for (std::size_t i = 0; i < kVectors; ++i) {
      chunk_rows<kAll>(in, out, i * kWidth, t, std::min(t + kChunk, rows), states[i], rings[i], columns[kAll ? i : 0]);
      good = hn::And(good, states[i].good);
    }
    if (!hn::AllTrue(d, good)) return false;
  }
  for (const State& s : states) {
    if (!hn::AllTrue(d, s.good)) return false;
  }
  return true;
}

}  // namespace momentum::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
