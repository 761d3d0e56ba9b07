#include <algorithm>
#include <limits>
#include <vector>

#include "momentum/expr/evaluate_series.h"
#include "momentum/expr/latest.h"

namespace momentum::expr {
namespace {

using kernels::kTileLanes;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// The last rows of each lane, of what is carried: lane by lane, column by column.
class Carried {
 public:
  Carried(std::span<const std::size_t> rows, std::size_t columns) : rows_(rows), columns_(columns) {
    std::size_t next = 0;
    for (const std::size_t n : rows) {
      first_.push_back(next);
      next += n * columns;
    }
    values_.resize(next);
  }

  void keep(const SeriesLanes& lanes, const Stretch& s) {
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const std::size_t lane = s.tile * kTileLanes + l, length = lanes.length(lane);
      if (length == 0) continue;
      const std::size_t i = lanes.series_of(lane), begin = length - rows_[i];
      const std::size_t from = std::max(begin, s.first_row), to = std::min(length, s.first_row + s.rows);
      for (std::size_t c = 0; from < to && c < columns_; ++c) {
        const double* value = s.columns[c] + (from - s.first_row) * s.strides[c] + l;
        double* out = values_.data() + first_[i] + c * rows_[i] + (from - begin);
        for (std::size_t r = from; r < to; ++r, value += s.strides[c]) *out++ = *value;
      }
    }
  }
  std::span<const double> column(std::size_t i, std::size_t c) const {
    return std::span(values_).subspan(first_[i] + c * rows_[i], rows_[i]);
  }

 private:
  std::span<const std::size_t> rows_;
  std::size_t columns_;
  std::vector<std::size_t> first_;
  std::vector<double> values_;
};

// The outputs on a row, if the stretch has it.
void keep_row(const Stretch& s, std::size_t lane, std::size_t row, std::span<double> into) {
  if (row < s.first_row || row >= s.first_row + s.rows) return;
  for (std::size_t o = 0; o < into.size(); ++o)
    into[o] = s.columns[o][(row - s.first_row) * s.strides[o] + lane % kTileLanes];
}

std::vector<std::size_t> tail_rows(const Latest& latest, std::span<const LatestSeries> lanes) {
  std::vector<std::size_t> rows;
  for (const LatestSeries& lane : lanes) {
    std::size_t n = std::min(lane.rows, latest.rows);
    for (const auto& column : lane.tail) n = std::min(n, column.size());
    rows.push_back(n);
  }
  return rows;
}

Result<void> run_carry(const Context& ctx, const Latest& latest, std::span<const LatestSeries> lanes,
                       Carried& carried) {
  if (latest.carried.empty()) return {};
  std::vector<RowSeries> series;
  for (const LatestSeries& lane : lanes) series.push_back({lane.rows, lane.carry});
  const SeriesLanes in_lanes(series);
  return evaluate_series(ctx, latest.carry, latest.carry_columns, series, in_lanes,
                         [&](const Stretch& s) { carried.keep(in_lanes, s); });
}

std::vector<RowSeries> tail_series(const Latest& latest, std::span<const LatestSeries> lanes,
                                   std::span<const std::size_t> rows, const Carried& carried) {
  std::vector<RowSeries> series;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    RowSeries& one = series.emplace_back(RowSeries{rows[i], {}});
    for (const auto& column : lanes[i].tail) one.columns.push_back(column.last(rows[i]));
    for (std::size_t c = 0; c < latest.carried.size(); ++c) one.columns.push_back(carried.column(i, c));
  }
  return series;
}

}  // namespace

Result<LatestValues> evaluate_latest(const Context& ctx, const Latest& latest, std::span<const LatestSeries> lanes) {
  const std::vector<std::size_t> rows = tail_rows(latest, lanes);
  Carried carried(rows, latest.carried.size());
  MOMENTUM_TRY_VOID(run_carry(ctx, latest, lanes, carried));
  const std::vector<RowSeries> series = tail_series(latest, lanes, rows, carried);
  std::vector<std::string> columns = latest.tail_columns;
  columns.insert(columns.end(), latest.carried.begin(), latest.carried.end());

  const std::size_t outputs = latest.tail.outputs.size();
  std::vector<double> last(lanes.size() * outputs, kMissing), before(lanes.size() * outputs, 0.0);
  const SeriesLanes in_lanes(series);
  const auto keep = [&](const Stretch& s) {
    for (std::size_t lane = s.tile * kTileLanes; lane < (s.tile + 1) * kTileLanes; ++lane) {
      const std::size_t length = in_lanes.length(lane);
      if (length == 0) continue;
      const std::size_t at = in_lanes.series_of(lane) * outputs;
      keep_row(s, lane, length - 1, std::span(last).subspan(at, outputs));
      if (latest.warm_up > 0 && latest.warm_up <= length)
        keep_row(s, lane, latest.warm_up - 1, std::span(before).subspan(at, outputs));
    }
  };
  MOMENTUM_TRY_VOID(evaluate_series(ctx, latest.tail, columns, series, in_lanes, keep));

  LatestValues out;
  out.outputs = outputs - latest.conditions.size();
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const double* const values = last.data() + i * outputs;
    out.values.insert(out.values.end(), values, values + out.outputs);
    const auto held = [&](const Latest::Condition& condition) {
      return values[condition.output] - before[i * outputs + condition.output] >= condition.times;
    };
    const bool whole = rows[i] == lanes[i].rows;
    out.settled.push_back(whole || (rows[i] > latest.warm_up && std::ranges::all_of(latest.conditions, held)));
  }
  return out;
}

}  // namespace momentum::expr
