#pragma once
// A program over a panel: tiles in parallel, each in stretches of rows, cross-sections between the stages.

#include <cstddef>
#include <functional>
#include <span>

#include "momentum/base/context.h"
#include "momentum/expr/program.h"
#include "momentum/panel/panel.h"

namespace momentum::expr {

// Results of one stretch of one tile: columns[i] + r * strides[i] is row first_row + r of output i (32 lanes). Rows at or
// after a lane's length are absent: their values mean nothing. The memory is gone when the call returns.
struct Stretch {
  std::size_t tile;
  std::size_t first_row;
  std::size_t rows;
  std::span<const double* const> columns;
  std::span<const std::size_t> strides;
};

// Called from several threads, for different tiles at a time; within a tile in the order of rows.
using StretchSink = std::function<void(const Stretch&)>;

struct EvaluateOptions {
  // Rows per stretch; 0: what is quickest.
  std::size_t chunk_rows = 0;
  // Planes of cross-sections are dates x lanes x 8 bytes each; more than this at once is error too_large.
  std::size_t plane_bytes_limit = std::size_t{8} << 30;
};

// Errors: interrupted; too_large; unsupported_simd; name_not_found (compiled for other columns than the panel's).
Result<void> evaluate(const Context& ctx, const Program& program, const panel::Panel& panel, const StretchSink& sink,
                      const EvaluateOptions& options = {});

}  // namespace momentum::expr
