#pragma once
// Fused stages: a whole stage of a compiled graph as one function over a stretch of rows, instead of one kernel call per
// node. The bits and the state are those of the kernels called one by one, so that both can take turns.

#include <array>
#include <cstddef>
#include <cstdint>

#include "momentum/base/simd_level.h"
#include "momentum/kernels/tile.h"

namespace momentum::kernels {

// Rows a fused stage is given at a time, at most.
inline constexpr std::size_t kFusedRows = 96;

// All pointers are at row 0 of the stretch, rows kTileLanes doubles apart, in the numbering of the stage.
struct FusedCall {
  const double* const* leaves;  // with the leaf's history before row 0
  double* const* windows;  // of the steps: the history before row 0; the stretch is written from row 0 on
  double* const* outputs;  // null where an output is not in a slot
  const double* state;  // state rows of the stage before the stretch
  double* next;  // and after it
  std::size_t rows;  // 1 .. kFusedRows
  std::size_t checked;  // rows before row 0 that fused calls have gone through without a break
};

// False: this stretch is not of the ordinary kind (missing values, warm-ups, extreme ranges, ...) and must be run node by
// node from `state`; windows, outputs and next hold nothing then.
using FusedFn = bool (*)(const FusedCall&) noexcept;

struct FusedStage {
  std::uint64_t signature;  // of the stage it was made from (expr::signature)
  FusedFn sse4, avx2, avx512;

  FusedFn at(SimdLevel level) const noexcept {
    switch (level) {
      case SimdLevel::sse4: return sse4;
      case SimdLevel::avx2: return avx2;
      case SimdLevel::avx512: return avx512;
      default: return nullptr;  // the definitions are run one by one
    }
  }
};

// The definition of rolling_std for one lane: what a fused stage asks where its own rounding is not certain. `last` points at
// the newest of w values, older ones kTileLanes doubles apart.
double window_deviation(const double* last, std::size_t w) noexcept;

}  // namespace momentum::kernels
