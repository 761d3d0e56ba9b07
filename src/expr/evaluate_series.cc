#include "momentum/expr/evaluate_series.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "momentum/base/parallel.h"
#include "session_pool_internal.h"

namespace momentum::expr {
namespace {

using kernels::kTileLanes;

// Lanes whose rows are written together: a cache line of doubles.
constexpr std::size_t kLine = 8;

// Rows [first, last) of one column of a tile. Absent rows get those of the tile's longest lane: nobody looks at them, but lanes
// that go on are computed together with them, and quickest where they are ordinary bars, too.
class Layout {
 public:
  explicit Layout(std::size_t rows) : rows_(rows), ending_(kTileLanes * rows), out_(rows * kTileLanes + kLine) {}

  // `lanes`: the column of each lane of the tile, the longest first.
  const double* operator()(std::span<const std::span<const double>> lanes, std::size_t first, std::size_t last) {
    double* const begin = aligned();
    for (std::size_t line = 0; line < kTileLanes; line += kLine) {
      std::array<const double*, kLine> from;
      for (std::size_t l = 0; l < kLine; ++l) from[l] = rows_of(lanes, line + l, first, last);
      double* out = begin + line;
      for (std::size_t r = 0; r < last - first; ++r, out += kTileLanes)
        for (std::size_t l = 0; l < kLine; ++l) out[l] = from[l][r];
    }
    return begin;
  }

 private:
  const double* rows_of(std::span<const std::span<const double>> lanes, std::size_t lane, std::size_t first,
                        std::size_t last) {
    const std::span<const double> longest = lanes.front();
    const std::span<const double> own = lane < lanes.size() ? lanes[lane] : std::span<const double>();
    if (own.size() >= last) return own.data() + first;
    if (own.size() <= first) return longest.data() + first;
    double* const mixed = ending_.data() + lane * rows_;
    const auto there = std::copy(own.begin() + static_cast<std::ptrdiff_t>(first), own.end(), mixed);
    std::copy(longest.begin() + static_cast<std::ptrdiff_t>(own.size()),
              longest.begin() + static_cast<std::ptrdiff_t>(last), there);
    return mixed;
  }
  double* aligned() {
    const auto address = reinterpret_cast<std::uintptr_t>(out_.data());
    return out_.data() + (kernels::kAlignment - address % kernels::kAlignment) % kernels::kAlignment / sizeof(double);
  }

  std::size_t rows_;
  std::vector<double> ending_;  // of lanes that end among the rows
  std::vector<double> out_;
};

// What one tile works with.
class Tile {
 public:
  Tile(const Stage& stage, SessionPool& sessions)
      : leaves(stage.leaves.size()),
        sessions_(sessions),
        session_(sessions.take()),
        layouts_(stage.leaves.size(), Layout(sessions.chunk())),
        at_(stage.leaves.size()),
        outputs_(stage.outputs.size()),
        strides_(stage.outputs.size()) {}
  ~Tile() { sessions_.give_back(std::move(session_)); }
  Tile(const Tile&) = delete;
  Tile& operator=(const Tile&) = delete;

  std::vector<std::vector<std::span<const double>>> leaves;  // the column of each lane

  Result<void> run(const Context& ctx, std::size_t tile, std::size_t rows, const StretchSink& sink) {
    for (std::size_t row = 0; row < rows; row += sessions_.chunk()) {
      if (ctx.cancelled()) return Context::interrupted();
      const std::size_t n = std::min(sessions_.chunk(), rows - row);
      for (std::size_t i = 0; i < at_.size(); ++i) at_[i] = layouts_[i](leaves[i], row, row + n);
      session_->advance(at_, 0, n);
      for (std::size_t i = 0; i < outputs_.size(); ++i) {
        outputs_[i] = session_->output(i);
        strides_[i] = session_->output_stride(i);
      }
      sink({tile, row, n, outputs_, strides_});
    }
    return {};
  }

 private:
  SessionPool& sessions_;
  std::unique_ptr<Session> session_;
  std::vector<Layout> layouts_;
  std::vector<const double*> at_, outputs_;
  std::vector<std::size_t> strides_;
};

Result<std::vector<std::size_t>> places_of(const Stage& stage, std::span<const std::string> columns) {
  std::vector<std::size_t> places;
  for (const LeafUse& leaf : stage.leaves) {
    const auto at = std::ranges::find(columns, leaf.column);
    if (at == columns.end())
      return fail(ErrorCode::name_not_found, "the series have no column " + leaf.column, {},
                  "compile the expression for the columns of the series");
    places.push_back(static_cast<std::size_t>(at - columns.begin()));
  }
  return places;
}

Result<void> check_lengths(std::span<const RowSeries> series, std::span<const std::size_t> places) {
  for (std::size_t i = 0; i < series.size(); ++i)
    for (const std::size_t place : places)
      if (series[i].columns[place].size() != series[i].rows)
        return fail(ErrorCode::bad_value, "columns of different length", "series " + std::to_string(i));
  return {};
}

}  // namespace

SeriesLanes::SeriesLanes(std::span<const RowSeries> series) : order_(series.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, std::ranges::greater{}, [&](std::size_t i) { return series[i].rows; });
  for (const std::size_t i : order_) length_.push_back(series[i].rows);
}

Result<void> evaluate_series(const Context& ctx, const Program& program, std::span<const std::string> columns,
                             std::span<const RowSeries> series, const SeriesLanes& lanes, const StretchSink& sink) {
  MOMENTUM_CHECK(program.stages.size() == 1);
  MOMENTUM_TRY(const SimdLevel level, kernels::resolve_level(ctx.simd));
  const Stage& stage = program.stages[0];
  MOMENTUM_TRY(const std::vector<std::size_t> places, places_of(stage, columns));
  MOMENTUM_TRY_VOID(check_lengths(series, places));
  SessionPool sessions(stage, level, 0);
  return parallel_for(ctx, lanes.tiles(), [&](std::size_t tile) -> Result<void> {
    Tile work(stage, sessions);
    for (std::size_t i = 0; i < places.size(); ++i)
      for (std::size_t lane = tile * kTileLanes; lane < (tile + 1) * kTileLanes && lane < series.size(); ++lane)
        work.leaves[i].push_back(series[lanes.series_of(lane)].columns[places[i]]);
    return work.run(ctx, tile, lanes.rows(tile), sink);
  });
}

}  // namespace momentum::expr
