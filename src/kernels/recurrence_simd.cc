#include "reference_internal.h"
#include "simd_internal.h"
#include "window_internal.h"

// clang-format off: foreach_target.h stands first
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "recurrence_simd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile_simd-inl.h"
// clang-format on

#if HWY_TARGET != HWY_EMU128
HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

void ema(const KernelCall& c) noexcept {
  const EmaStep step(c.params[0]);
  for (std::size_t g = 0; g < kTileLanes; g += kGroup * kLanes) {
    V y[kGroup], weight[kGroup];
    M steady = hn::Eq(set(1.0), set(1.0));  // every lane begun and without a gap
    for (std::size_t i = 0; i < kGroup; ++i) {
      y[i] = hn::Load(D(), c.state + g + i * kLanes);
      weight[i] = hn::Load(D(), c.state + kTileLanes + g + i * kLanes);
      steady = hn::And(steady, hn::And(present(y[i]), hn::Eq(weight[i], set(1.0))));
    }
    bool plain = hn::AllTrue(D(), steady);
    for (std::size_t r = 0; r < c.rows; ++r) {
      V x[kGroup];
      M all = hn::Eq(set(1.0), set(1.0));
      for (std::size_t i = 0; i < kGroup; ++i) {
        x[i] = hn::Load(D(), c.in[0] + r * c.in_stride[0] + g + i * kLanes);
        all = hn::And(all, present(x[i]));
      }
      if (HWY_LIKELY(plain && hn::AllTrue(D(), all))) {
        for (std::size_t i = 0; i < kGroup; ++i) y[i] = step.plain(x[i], y[i]);
      } else {
        steady = hn::Eq(set(1.0), set(1.0));
        for (std::size_t i = 0; i < kGroup; ++i) {
          step.any(x[i], y[i], weight[i]);
          steady = hn::And(steady, hn::And(present(y[i]), hn::Eq(weight[i], set(1.0))));
        }
        plain = hn::AllTrue(D(), steady);
      }
      for (std::size_t i = 0; i < kGroup; ++i) {
        hn::Store(y[i], D(), c.out + r * kTileLanes + g + i * kLanes);
      }
      // inf - inf makes a mean missing: such a lane begins again at its next value.
      if (HWY_UNLIKELY(plain)) {
        M still = present(y[0]);
        for (std::size_t i = 1; i < kGroup; ++i) still = hn::And(still, present(y[i]));
        plain = hn::AllTrue(D(), still);
      }
    }
    for (std::size_t i = 0; i < kGroup; ++i) {
      hn::Store(y[i], D(), c.state + g + i * kLanes);
      hn::Store(weight[i], D(), c.state + kTileLanes + g + i * kLanes);
    }
  }
}

void wilder(const KernelCall& c) noexcept {
  const V seeded = set(c.params[0] + c.params[1]);
  V seen = hn::Load(D(), c.state + kTileLanes);
  M past_seed = hn::Ge(seen, seeded);
  for (std::size_t v = kLanes; v < kTileLanes; v += kLanes)
    past_seed = hn::And(past_seed, hn::Ge(hn::Load(D(), c.state + kTileLanes + v), seeded));
  if (!hn::AllTrue(D(), past_seed)) return wilder_ref(c);

  const ConstantDivisor by_n(c.params[0]);
  const V n = set(c.params[0]), keep = set(c.params[0] - 1.0);
  const V tiny = set(0x1p-900), huge = set(0x1p900);
  for (std::size_t g = 0; g < kTileLanes; g += kGroup * kLanes) {
    V y[kGroup];
    for (std::size_t i = 0; i < kGroup; ++i) y[i] = hn::Load(D(), c.state + g + i * kLanes);
    for (std::size_t r = 0; r < c.rows; ++r) {
      for (std::size_t i = 0; i < kGroup; ++i) {
        const V total = hn::Add(hn::Mul(y[i], keep), hn::Load(D(), c.in[0] + r * kTileLanes + g + i * kLanes));
        const V size = hn::Abs(total);
        const M extreme = hn::Or(hn::Gt(size, huge), hn::And(hn::Lt(size, tiny), hn::Gt(size, hn::Zero(D()))));
        y[i] = HWY_LIKELY(hn::AllFalse(D(), extreme)) ? by_n.divide(total) : hn::Div(total, n);
        hn::Store(y[i], D(), c.out + r * kTileLanes + g + i * kLanes);
      }
    }
    for (std::size_t i = 0; i < kGroup; ++i) hn::Store(y[i], D(), c.state + g + i * kLanes);
  }
  const V rows = set(static_cast<double>(c.rows));
  for (std::size_t v = 0; v < kTileLanes; v += kLanes) {
    seen = hn::Load(D(), c.state + kTileLanes + v);
    hn::Store(hn::Add(seen, rows), D(), c.state + kTileLanes + v);
  }
}

void fill_forward(const KernelCall& c) noexcept {
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V y = hn::Load(D(), c.state + g);
    for (std::size_t r = 0; r < c.rows; ++r) {
      const V x = hn::Load(D(), c.in[0] + r * c.in_stride[0] + g);
      y = hn::IfThenElse(present(x), x, y);
      hn::Store(y, D(), c.out + r * kTileLanes + g);
    }
    hn::Store(y, D(), c.state + g);
  }
}

void bar_index(const KernelCall& c) noexcept {
  const V one = set(1.0);
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V n = hn::Load(D(), c.state + g);
    for (std::size_t r = 0; r < c.rows; ++r) {
      hn::Store(n, D(), c.out + r * kTileLanes + g);
      n = hn::Add(n, one);
    }
    hn::Store(n, D(), c.state + g);
  }
}

void fill_recurrence(KernelTable& table) noexcept {
  const auto put = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  put(Kernel::ema, ema);
  put(Kernel::wilder, wilder);
  put(Kernel::fill_forward, fill_forward);
  put(Kernel::bar_index, bar_index);
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace momentum::kernels {
void fill_recurrence_simd(SimdLevel level, KernelTable& table) noexcept {
  MOMENTUM_PICK_TARGET(level, fill_recurrence, table)
}
}  // namespace momentum::kernels
#endif
