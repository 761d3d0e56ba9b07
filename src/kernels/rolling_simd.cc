// Rolling windows over lanes. Sums are exact: the window's sum is kept as hi + lo, the two halves of a double-double, and
// sliding it (one value in, one out) loses no bit as long as the values the state has seen do not span too many orders of
// magnitude; a lane outside that is handed to the definition (window_internal.h), value by value.

#include "reference_internal.h"
#include "simd_internal.h"
#include "window_internal.h"

// clang-format off: foreach_target.h stands first
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "rolling_simd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "deviation_simd-inl.h"
#include "tile_simd-inl.h"
// clang-format on

#if HWY_TARGET != HWY_EMU128
HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

// Rows of state of the sums. Largest and smallest: magnitudes seen since the lane's state was last made from its window.
enum SumState : std::size_t { kHi, kLo, kSince, kRun, kLargest, kSmallest };

// All values are multiples of q = ulp(smallest), and every intermediate of the slide is below 4 (w + 1) largest. So nothing
// is lost in lo as long as largest / smallest < 2^53 / (8 (w + 1)); the constant keeps another factor of two.
HWY_INLINE double widest_ratio(double w) { return 0x1p49 / (w + 1.0); }

// Follows the magnitudes of the new rows and tells which lanes are within range.
HWY_INLINE M follow_range(const double* x, std::size_t rows, double* largest_row, double* smallest_row, double ratio,
                          double limit) {
  V largest = hn::Load(D(), largest_row), smallest = hn::Load(D(), smallest_row);
  for (std::size_t r = 0; r < rows; ++r) {
    const V size = hn::Abs(hn::Load(D(), x + r * kTileLanes));
    largest = hn::IfThenElse(hn::Gt(size, largest), size, largest);
    smallest = hn::IfThenElse(hn::And(hn::Lt(size, smallest), hn::Ne(size, hn::Zero(D()))), size, smallest);
  }
  hn::Store(largest, D(), largest_row);
  hn::Store(smallest, D(), smallest_row);
  return hn::And(hn::And(hn::Le(largest, hn::Mul(smallest, set(ratio))), hn::Le(largest, set(limit))),
                 hn::Ge(smallest, set(1.0 / limit)));
}

// The rare way: the definition for one lane of this call, then a fresh state from the window at its end.
template <bool kMean>
HWY_NOINLINE void redo_lane(const KernelCall& c, std::size_t lane) {
  const auto w = static_cast<std::size_t>(c.params[0]);
  for (std::size_t r = 0; r < c.rows; ++r) {
    const double* last = c.in[0] + r * kTileLanes + lane;
    c.out[r * kTileLanes + lane] =
        window_has_missing(last, w) ? kNaN : (kMean ? window_mean(last, w) : window_sum(last, w));
  }
  const double* last = c.in[0] + lane + c.rows * kTileLanes - kTileLanes;  // before row 0 where the call has no rows
  ExactSum hi_sum, lo_sum;
  double largest = 0.0, smallest = kInf;
  for (std::size_t i = 0; i < w; ++i) {
    const double x = *(last - i * kTileLanes);
    if (std::isnan(x)) continue;
    hi_sum.add(x);
    lo_sum.add(x);
    const double size = std::fabs(x);
    if (size > largest) largest = size;
    if (size != 0.0 && size < smallest) smallest = size;
  }
  const double hi = hi_sum.round();
  lo_sum.add(-hi);
  c.state[kHi * kTileLanes + lane] = hi;
  c.state[kLo * kTileLanes + lane] = lo_sum.round();
  c.state[kLargest * kTileLanes + lane] = largest;
  c.state[kSmallest * kTileLanes + lane] = smallest;
}

template <bool kMean>
void rolling_sum(const KernelCall& c) noexcept {
  const double width = c.params[0];
  const auto w = static_cast<std::size_t>(width);
  const ConstantDivisor by_width(width);
  const V full = set(width), one = set(1.0);
  const std::size_t back = w * kTileLanes;
  alignas(64) double redo[kTileLanes];
  bool any_redo = false;

  for (std::size_t g = 0; g < kTileLanes; g += kGroup * kLanes) {
    V hi[kGroup], lo[kGroup], since[kGroup], run[kGroup], before[kGroup];
    for (std::size_t i = 0; i < kGroup; ++i) {
      const std::size_t at = g + i * kLanes;
      const M good = follow_range(c.in[0] + at, c.rows, c.state + kLargest * kTileLanes + at,
                                  c.state + kSmallest * kTileLanes + at, widest_ratio(width), 0x1p900);
      hn::Store(hn::IfThenZeroElse(good, one), D(), redo + at);
      any_redo = any_redo || !hn::AllTrue(D(), good);
      hi[i] = hn::Load(D(), c.state + kHi * kTileLanes + at);
      lo[i] = hn::Load(D(), c.state + kLo * kTileLanes + at);
      since[i] = hn::Load(D(), c.state + kSince * kTileLanes + at);
      if (kMean) run[i] = hn::Load(D(), c.state + kRun * kTileLanes + at);
      if (kMean) before[i] = hn::Load(D(), c.in[0] + at - kTileLanes);
    }
    const double* x_row = c.in[0] + g;
    double* out_row = c.out + g;
    for (std::size_t r = 0; r < c.rows; ++r, x_row += kTileLanes, out_row += kTileLanes) {
      for (std::size_t i = 0; i < kGroup; ++i) {
        const V x = hn::Load(D(), x_row + i * kLanes);
        const V y = hn::Load(D(), x_row + i * kLanes - back);
        const M has_x = present(x);
        since[i] = hn::IfThenElseZero(has_x, hn::Add(since[i], one));
        V e_in, e_out;
        const V s_in = two_sum(hi[i], hn::IfThenElseZero(has_x, x), e_in);
        const V s = two_sum(s_in, hn::Neg(hn::IfThenElseZero(present(y), y)), e_out);
        const V l = hn::Add(lo[i], hn::Add(e_in, e_out));
        hi[i] = hn::Add(s, l);
        lo[i] = hn::Sub(l, hn::Sub(hi[i], s));
        V result = hi[i];
        if (kMean) {
          run[i] = hn::Add(hn::IfThenElseZero(hn::Eq(x, before[i]), run[i]), one);
          before[i] = x;
          result = hn::IfThenElse(hn::Ge(run[i], full), x, by_width.divide(result));
        }
        hn::Store(hn::IfThenElse(hn::Ge(since[i], full), result, missing()), D(), out_row + i * kLanes);
      }
    }
    for (std::size_t i = 0; i < kGroup; ++i) {
      const std::size_t at = g + i * kLanes;
      hn::Store(hi[i], D(), c.state + kHi * kTileLanes + at);
      hn::Store(lo[i], D(), c.state + kLo * kTileLanes + at);
      hn::Store(since[i], D(), c.state + kSince * kTileLanes + at);
      if (kMean) hn::Store(run[i], D(), c.state + kRun * kTileLanes + at);
    }
  }
  if (HWY_UNLIKELY(any_redo))
    for (std::size_t l = 0; l < kTileLanes; ++l)
      if (redo[l] != 0.0) redo_lane<kMean>(c, l);
}

// Blocks of up to 16 rows: the best of what the block's windows share of the past, scanned once from the newest row
// backwards, then a running best over the block. Cost per row about w / 16 + 3, whatever the data. State: rows since a
// missing value.
template <bool kMaximum>
void rolling_extreme(const KernelCall& c) noexcept {
  const auto w = static_cast<std::size_t>(c.params[0]);
  const V full = set(c.params[0]), one = set(1.0);
  const std::size_t block = w < 16 ? w : 16;
  const auto better = [](V x, V best)
                          HWY_ATTR { return hn::IfThenElse(kMaximum ? hn::Gt(x, best) : hn::Lt(x, best), x, best); };
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V since = hn::Load(D(), c.state + g);
    for (std::size_t start = 0; start < c.rows; start += block) {
      const std::size_t n = c.rows - start < block ? c.rows - start : block;
      const double* x = c.in[0] + start * kTileLanes + g;
      double* out = c.out + start * kTileLanes + g;
      alignas(64) double past[16 * kLanes];  // past[i]: best of the rows before the block that row i's window reaches
      if (w > 1) {
        V best = hn::Load(D(), x - kTileLanes);
        std::size_t reach = 1;  // rows before the block in `best`
        for (std::size_t i = n; i-- > 0;) {
          const std::size_t wanted = w - 1 - i;  // >= 0 as i < block <= w
          for (; reach < wanted; ++reach) best = better(hn::Load(D(), x - (reach + 1) * kTileLanes), best);
          if (wanted > 0) hn::Store(best, D(), past + i * kLanes);
        }
      }
      V running = hn::Load(D(), x);
      for (std::size_t i = 0; i < n; ++i) {
        const V now = hn::Load(D(), x + i * kTileLanes);
        since = hn::IfThenElseZero(present(now), hn::Add(since, one));
        running = better(now, running);
        const V best = i + 1 < w ? better(hn::Load(D(), past + i * kLanes), running) : running;
        hn::Store(hn::IfThenElse(hn::Ge(since, full), hn::Add(best, hn::Zero(D())), missing()), D(),
                  out + i * kTileLanes);
      }
    }
    hn::Store(since, D(), c.state + g);
  }
}

// State: length of the run of ones.
void whole(const KernelCall& c) noexcept {
  const V full = set(c.params[0]), one = set(1.0);
  for (std::size_t g = 0; g < kTileLanes; g += kLanes) {
    V run = hn::Load(D(), c.state + g);
    for (std::size_t r = 0; r < c.rows; ++r) {
      const V x = hn::Load(D(), c.in[0] + r * kTileLanes + g);
      run = hn::IfThenElseZero(hn::Eq(x, one), hn::Add(run, one));
      hn::Store(truth(hn::Ge(run, full)), D(), c.out + r * kTileLanes + g);
    }
    hn::Store(run, D(), c.state + g);
  }
}

void fill_rolling(KernelTable& table) noexcept {
  const auto put = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  put(Kernel::rolling_sum, rolling_sum<false>);
  put(Kernel::rolling_mean, rolling_sum<true>);
  put(Kernel::rolling_std, rolling_std);
  put(Kernel::rolling_min, rolling_extreme<false>);
  put(Kernel::rolling_max, rolling_extreme<true>);
  put(Kernel::whole, whole);
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace momentum::kernels {
void fill_rolling_simd(SimdLevel level, KernelTable& table) noexcept {
  MOMENTUM_PICK_TARGET(level, fill_rolling, table)
}
}  // namespace momentum::kernels
#endif
