// rolling_std over lanes, once per instruction set. Included by rolling_simd.cc only.

#if defined(MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_
#undef MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_DEVIATION_SIMD_INL_H_
#endif

#include "momentum/kernels/deviation_lanes_simd-inl.h"
#include "tile_simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

// State: rows since a missing value, run of equal values.
void rolling_std(const KernelCall& c) noexcept {
  const double width = c.params[0];
  const auto w = static_cast<std::size_t>(width);
  const V full = set(width), one = set(1.0);
  if (c.rows == 0) return;
  for (std::size_t at = 0; at < kTileLanes; at += kLanes) {
    const double* x = c.in[0] + at;
    V since = hn::Load(D(), c.state + at), run = hn::Load(D(), c.state + kTileLanes + at);
    Deviation deviation(width);
    deviation.begin(x, w, c.rows);
    V before = hn::Load(D(), x - kTileLanes);
    for (std::size_t r = 0; r < c.rows; ++r) {
      const V now = hn::Load(D(), x + r * kTileLanes);
      M sure;
      const V gone = hn::Load(D(), x + r * kTileLanes - w * kTileLanes);
      const V y = deviation.slide(hn::IfThenElseZero(present(now), now), hn::IfThenElseZero(present(gone), gone), sure);
      since = hn::IfThenElseZero(present(now), hn::Add(since, one));
      run = hn::Add(hn::IfThenElseZero(hn::Eq(now, before), run), one);
      before = now;

      const M flat = hn::And(hn::Ge(run, full), hn::Lt(hn::Abs(now), set(kInf)));
      const M whole = hn::Ge(since, full);
      sure = hn::Or(sure, hn::Or(flat, hn::Not(whole)));
      double* out = c.out + r * kTileLanes + at;
      hn::Store(hn::IfThenElse(whole, hn::IfThenZeroElse(flat, y), missing()), D(), out);
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
