#include "classic_fused.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "classic_fused_internal.h"

// clang-format off: foreach_target.h stands first
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "classic_fused.cc"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "classic_fused-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace momentum::bench::HWY_NAMESPACE {

bool score_only(const FusedInput& in, const FusedOutput& out) { return score_rows<false>(in, out); }
bool score_and_columns(const FusedInput& in, const FusedOutput& out) { return score_rows<true>(in, out); }

}  // namespace momentum::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace momentum::bench {
HWY_EXPORT(score_only);
HWY_EXPORT(score_and_columns);

namespace {

std::vector<Bars> lane_bars(const FusedInput& in, std::size_t lane) {
  std::vector<Bars> bars(in.rows);
  for (std::size_t t = 0; t < in.rows; ++t) {
    const std::size_t at = t * kLanes + lane;
    bars[t] = {in.open[at], in.high[at], in.low[at], in.close[at], in.volume[at]};
  }
  return bars;
}

void score_tile_slowly(const FusedInput& in, const FusedOutput& out) {
  const std::size_t n = in.rows;
  std::vector<double> score(n), raw(n), columns(out.columns == nullptr ? 0 : kColumns * n);
  std::vector<std::uint8_t> status(n);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    reference_score(lane_bars(in, lane), score.data(), raw.data(), status.data(),
                    columns.empty() ? nullptr : columns.data());
    for (std::size_t t = 0; t < n; ++t) {
      out.score[t * kLanes + lane] = score[t];
      out.score_raw[t * kLanes + lane] = raw[t];
      out.status[t * kLanes + lane] = status[t];
      if (columns.empty()) continue;
      for (std::size_t k = 0; k < kColumns; ++k) out.columns[(k * n + t) * kLanes + lane] = columns[k * n + t];
    }
  }
}

}  // namespace

double exact_sum_of(const double* x, std::size_t n, std::size_t stride) {
  __float128 sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += x[i * stride];
  return static_cast<double>(sum);
}

bool volume_rises(const double* changes) {
  double kept[4];
  std::size_t count = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (std::isinf(changes[i])) return true;
    if (!std::isnan(changes[i])) kept[count++] = changes[i];
  }
  return count > 0 && exact_sum_of(kept, count, 1) / static_cast<double>(count) * 100 > 5;
}

double exact_trend(const double* close) {
  bool flat = true;
  for (std::ptrdiff_t i = 1; i < 20; ++i) flat = flat && close[-i * kLanes] == close[0];
  double deviation = 0;
  if (!flat) {
    const double mean = exact_sum_of(close - 19 * kLanes, 20, kLanes) / 20;
    double squares = 0, rest = 0;
    for (std::ptrdiff_t i = 19; i >= 0; --i) {
      const double u = close[-i * static_cast<std::ptrdiff_t>(kLanes)] - mean;
      squares += u * u;
      rest += u;
    }
    deviation = std::sqrt((squares - rest * rest / 20) / 19);
  }
  return (close[0] - close[-20 * static_cast<std::ptrdiff_t>(kLanes)]) / (deviation * std::sqrt(20.0));
}

std::size_t flat_run(const double* close, std::size_t limit) {
  std::size_t run = 1;
  while (run < limit && close[-static_cast<std::ptrdiff_t>(run * kLanes)] == close[0]) ++run;
  return run;
}

std::vector<std::string> fused_targets() {
  std::vector<std::string> names;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) names.emplace_back(hwy::TargetName(target));
  return names;
}

bool pin_fused_target(const std::string& name) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      return true;
    }
  }
  return false;
}

bool score_tile(const FusedInput& in, const FusedOutput& out) {
  const bool fast = out.columns == nullptr ? HWY_DYNAMIC_DISPATCH(score_only)(in, out)
                                           : HWY_DYNAMIC_DISPATCH(score_and_columns)(in, out);
  if (!fast) score_tile_slowly(in, out);
  return fast;
}

}  // namespace momentum::bench
#endif  // HWY_ONCE
