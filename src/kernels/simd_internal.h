#pragma once
// The vector kernels, by group. Level is one of sse4, avx2, avx512.

#include "momentum/kernels/kernel.h"

// SSSE3 adds nothing over the reference twins; the emulated 128-bit target that Highway adds as its static one is not built.
#define HWY_DISABLED_TARGETS HWY_SSSE3

// Picks the namespace of a level where all targets of a file have been compiled.
#define MOMENTUM_PICK_TARGET(level, function, argument)        \
  switch (level) {                                             \
    case SimdLevel::sse4: return N_SSE4::function(argument);   \
    case SimdLevel::avx2: return N_AVX2::function(argument);   \
    case SimdLevel::avx512: return N_AVX3::function(argument); \
    default: return;                                           \
  }

namespace momentum::kernels {

void fill_elementwise_simd(SimdLevel level, KernelTable& table) noexcept;
void fill_rolling_simd(SimdLevel level, KernelTable& table) noexcept;
void fill_recurrence_simd(SimdLevel level, KernelTable& table) noexcept;
void fill_conditional_simd(SimdLevel level, KernelTable& table) noexcept;

}  // namespace momentum::kernels
