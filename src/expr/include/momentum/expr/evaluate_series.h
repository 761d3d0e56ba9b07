#pragma once
// A program without cross-sections over plain series: a stretch of rows of 32 of them is laid out side by side just before it is
// computed, so that no panel of all rows is ever made.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/expr/evaluate.h"
#include "momentum/expr/program.h"

namespace momentum::expr {

struct RowSeries {
  std::size_t rows = 0;
  std::vector<std::span<const double>> columns;  // each of so many values
};

// How series stand in lanes: longest first, so that neighbours end together.
class SeriesLanes {
 public:
  explicit SeriesLanes(std::span<const RowSeries> series);

  std::size_t tiles() const noexcept { return (order_.size() + kernels::kTileLanes - 1) / kernels::kTileLanes; }
  std::size_t rows(std::size_t tile) const noexcept { return length(tile * kernels::kTileLanes); }
  // Of lanes that hold a series: the others have length 0.
  std::size_t series_of(std::size_t lane) const noexcept { return order_[lane]; }
  std::size_t length(std::size_t lane) const noexcept { return lane < length_.size() ? length_[lane] : 0; }

 private:
  std::vector<std::size_t> order_, length_;
};

// As evaluate(), with the lanes of `lanes`, which are those of `series`. Errors: interrupted, unsupported_simd, name_not_found (a
// column that the program needs is not among `columns`), bad_value (it has not as many values as its series has rows).
Result<void> evaluate_series(const Context& ctx, const Program& program, std::span<const std::string> columns,
                             std::span<const RowSeries> series, const SeriesLanes& lanes, const StretchSink& sink);

}  // namespace momentum::expr
