#include "momentum/kernels/kernel.h"

#include <algorithm>
#include <limits>

#include "momentum/base/error.h"
#include "reference_internal.h"
#include "simd_internal.h"

#include "hwy/highway.h"
#include "hwy/targets.h"

namespace momentum::kernels {

std::size_t history(Kernel kernel, std::span<const double> params) noexcept {
  switch (kernel) {
    case Kernel::rolling_sum:
    case Kernel::rolling_mean:
    case Kernel::rolling_std:
    case Kernel::rolling_min:
    case Kernel::rolling_max:
    case Kernel::whole:
    case Kernel::wilder: return static_cast<std::size_t>(params[0]);
    default: return 0;
  }
}

std::size_t state_slots(Kernel kernel, std::span<const double> params) noexcept {
  switch (kernel) {
    case Kernel::rolling_sum:
    case Kernel::rolling_mean: return 6;
    case Kernel::rolling_min:
    case Kernel::rolling_max:
    case Kernel::whole:
    case Kernel::fill_forward:
    case Kernel::bar_index:
    case Kernel::count_when:
    case Kernel::bars_since: return 1;
    case Kernel::rolling_std:
    case Kernel::ema:
    case Kernel::wilder: return 2;
    case Kernel::value_when: return static_cast<std::size_t>(params[0]);
    case Kernel::mean_when: return static_cast<std::size_t>(params[0]) + 1;
    default: return 0;
  }
}

void init_state(Kernel kernel, std::span<const double> params, double* state) noexcept {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  const auto set_row = [&](std::size_t slot, double value) {
    std::fill_n(state + slot * kTileLanes, kTileLanes, value);
  };
  for (std::size_t i = 0; i < state_slots(kernel, params); ++i) set_row(i, 0.0);
  switch (kernel) {
    case Kernel::rolling_sum:
    case Kernel::rolling_mean: set_row(5, std::numeric_limits<double>::infinity()); break;
    case Kernel::ema:
      set_row(0, kMissing);
      set_row(1, 1.0);
      break;
    case Kernel::wilder:
    case Kernel::fill_forward:
    case Kernel::bars_since: set_row(0, kMissing); break;
    case Kernel::value_when:
    case Kernel::mean_when:
      for (std::size_t i = 0; i < static_cast<std::size_t>(params[0]); ++i) set_row(i, kMissing);
      break;
    default: break;
  }
}

namespace {

KernelTable reference_table() noexcept {
  KernelTable table{};
  fill_elementwise_ref(table);
  fill_rolling_ref(table);
  fill_recurrence_ref(table);
  fill_conditional_ref(table);
  return table;
}

KernelTable vector_table(SimdLevel level) noexcept {
  KernelTable table = reference_table();
  fill_elementwise_simd(level, table);
  fill_rolling_simd(level, table);
  fill_recurrence_simd(level, table);
  fill_conditional_simd(level, table);
  return table;
}

}  // namespace

const std::vector<SimdLevel>& supported_levels() {
  static const std::vector<SimdLevel> levels = [] {
    std::vector<SimdLevel> found{SimdLevel::scalar};
    const auto targets = hwy::SupportedTargets();
    if (targets & HWY_SSE4) found.push_back(SimdLevel::sse4);
    if (targets & HWY_AVX2) found.push_back(SimdLevel::avx2);
    if (targets & HWY_AVX3) found.push_back(SimdLevel::avx512);
    return found;
  }();
  return levels;
}

Result<SimdLevel> resolve_level(SimdLevel level) {
  const auto& levels = supported_levels();
  if (level == SimdLevel::best) return levels.back();
  if (std::find(levels.begin(), levels.end(), level) != levels.end()) return level;
  std::string there;
  for (const SimdLevel each : levels) there += (there.empty() ? "" : ", ") + std::string(to_string(each));
  return fail(ErrorCode::unsupported_simd, "this machine has no " + std::string(to_string(level)), "--simd",
              "choose one of " + there + ", or auto");
}

const KernelTable& kernels_for(SimdLevel level) {
  static const KernelTable scalar = reference_table();
  static const KernelTable sse4 = vector_table(SimdLevel::sse4);
  static const KernelTable avx2 = vector_table(SimdLevel::avx2);
  static const KernelTable avx512 = vector_table(SimdLevel::avx512);
  switch (level) {
    case SimdLevel::sse4: return sse4;
    case SimdLevel::avx2: return avx2;
    case SimdLevel::avx512: return avx512;
    default: return scalar;
  }
}

}  // namespace momentum::kernels
