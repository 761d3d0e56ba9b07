#include "reference_internal.h"
#include "simd_internal.h"
#include "window_internal.h"

// clang-format off: foreach_target.h stands first
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conditional_simd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tile_simd-inl.h"
// clang-format on

#if HWY_TARGET != HWY_EMU128
HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

template <std::size_t kDepth>
void value_when_depth(const KernelCall& c) noexcept {
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V last[kDepth];
    for (std::size_t i = 0; i < kDepth; ++i) last[i] = hn::Load(D(), c.state + i * kTileLanes + g);
    const double *condition = c.in[0] + g, *x = c.in[1] + g;
    for (std::size_t r = 0; r < c.rows; ++r, condition += c.in_stride[0], x += c.in_stride[1]) {
      const M held = holds(hn::Load(D(), condition));
      for (std::size_t i = kDepth; i-- > 1;) last[i] = hn::IfThenElse(held, last[i - 1], last[i]);
      last[0] = hn::IfThenElse(held, hn::Load(D(), x), last[0]);
      hn::Store(last[kDepth - 1], D(), c.out + r * kTileLanes + g);
    }
    for (std::size_t i = 0; i < kDepth; ++i) hn::Store(last[i], D(), c.state + i * kTileLanes + g);
  }
}

void value_when(const KernelCall& c) noexcept {
  switch (static_cast<int>(c.params[0])) {
    case 1: return value_when_depth<1>(c);
    case 2: return value_when_depth<2>(c);
    case 3: return value_when_depth<3>(c);
    case 4: return value_when_depth<4>(c);
    default: return value_when_ref(c);
  }
}

// The correctly rounded sum of a few values: s carries the leading part, e the rest. It is exact, and s + e correctly
// rounded, unless something fell off e.
template <std::size_t kCount>
void mean_when_count(const KernelCall& c) noexcept {
  const V needed = set(c.params[0]), one = set(1.0), zero = hn::Zero(D());
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V last[kCount];
    for (std::size_t i = 0; i < kCount; ++i) last[i] = hn::Load(D(), c.state + i * kTileLanes + g);
    V count = hn::Load(D(), c.state + kCount * kTileLanes + g);
    const double *condition = c.in[0] + g, *x = c.in[1] + g;
    for (std::size_t r = 0; r < c.rows; ++r, condition += c.in_stride[0], x += c.in_stride[1]) {
      const M held = holds(hn::Load(D(), condition));
      for (std::size_t i = kCount; i-- > 1;) last[i] = hn::IfThenElse(held, last[i - 1], last[i]);
      last[0] = hn::IfThenElse(held, hn::Load(D(), x), last[0]);
      count = hn::IfThenElse(held, hn::Add(count, one), count);

      M has = present(last[0]);
      V s = hn::IfThenElseZero(has, last[0]), e = zero, seen = hn::IfThenElseZero(has, one);
      M exact = hn::Eq(s, s);
      for (std::size_t i = 1; i < kCount; ++i) {
        has = present(last[i]);
        seen = hn::IfThenElse(has, hn::Add(seen, one), seen);
        V rest, lost;
        s = two_sum(s, hn::IfThenElseZero(has, last[i]), rest);
        e = two_sum(e, rest, lost);
        exact = hn::And(exact, hn::Eq(lost, zero));
      }
      double* out = c.out + r * kTileLanes + g;
      const V mean = hn::Div(hn::Add(s, e), seen);
      const M enough = hn::Ge(count, needed);
      hn::Store(hn::IfThenElse(enough, mean, missing()), D(), out);
      if (HWY_UNLIKELY(!hn::AllTrue(D(), hn::Or(exact, hn::Not(enough))))) {
        alignas(64) double values[kCount * kLanes], flags[kLanes];
        for (std::size_t i = 0; i < kCount; ++i) hn::Store(last[i], D(), values + i * kLanes);
        hn::Store(hn::IfThenElseZero(hn::AndNot(exact, enough), one), D(), flags);
        for (std::size_t l = 0; l < kLanes; ++l) {
          if (flags[l] == 0.0) continue;
          ExactSum sum;
          double there = 0.0;
          for (std::size_t i = 0; i < kCount; ++i) {
            if (std::isnan(values[i * kLanes + l])) continue;
            sum.add(values[i * kLanes + l]);
            there = there + 1.0;
          }
          out[l] = sum.round() / there;
        }
      }
    }
    for (std::size_t i = 0; i < kCount; ++i) hn::Store(last[i], D(), c.state + i * kTileLanes + g);
    hn::Store(count, D(), c.state + kCount * kTileLanes + g);
  }
}

void mean_when(const KernelCall& c) noexcept {
  switch (static_cast<int>(c.params[0])) {
    case 2: return mean_when_count<2>(c);
    case 3: return mean_when_count<3>(c);
    case 4: return mean_when_count<4>(c);
    case 5: return mean_when_count<5>(c);
    default: return mean_when_ref(c);
  }
}

void count_when(const KernelCall& c) noexcept {
  const V one = set(1.0);
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V n = hn::Load(D(), c.state + g);
    const double* condition = c.in[0] + g;
    for (std::size_t r = 0; r < c.rows; ++r, condition += c.in_stride[0]) {
      n = hn::IfThenElse(holds(hn::Load(D(), condition)), hn::Add(n, one), n);
      hn::Store(n, D(), c.out + r * kTileLanes + g);
    }
    hn::Store(n, D(), c.state + g);
  }
}

void bars_since(const KernelCall& c) noexcept {
  const V one = set(1.0);
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V n = hn::Load(D(), c.state + g);
    const double* condition = c.in[0] + g;
    for (std::size_t r = 0; r < c.rows; ++r, condition += c.in_stride[0]) {
      n = hn::IfThenZeroElse(holds(hn::Load(D(), condition)), hn::Add(n, one));
      hn::Store(n, D(), c.out + r * kTileLanes + g);
    }
    hn::Store(n, D(), c.state + g);
  }
}

void fill_conditional(KernelTable& table) noexcept {
  const auto put = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  put(Kernel::value_when, value_when);
  put(Kernel::mean_when, mean_when);
  put(Kernel::count_when, count_when);
  put(Kernel::bars_since, bars_since);
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace momentum::kernels {
void fill_conditional_simd(SimdLevel level, KernelTable& table) noexcept {
  MOMENTUM_PICK_TARGET(level, fill_conditional, table)
}
}  // namespace momentum::kernels
#endif
