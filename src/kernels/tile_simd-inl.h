// What the vector kernels of every group share, once per instruction set. Included by the *_simd.cc only.

#if defined(MOMENTUM_KERNELS_TILE_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOMENTUM_KERNELS_TILE_SIMD_INL_H_
#undef MOMENTUM_KERNELS_TILE_SIMD_INL_H_
#else
#define MOMENTUM_KERNELS_TILE_SIMD_INL_H_
#endif

#include <cstddef>

#include "hwy/highway.h"
#include "momentum/kernels/kernel.h"
#include "momentum/kernels/lanes_simd-inl.h"
#include "window_internal.h"

HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

// Vectors worked on together, so that the chains of a recurrence overlap: a whole row of AVX-512, less of narrower ones.
inline constexpr std::size_t kGroup = kVectors < 4 ? kVectors : 4;

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();

#endif  // include guard
