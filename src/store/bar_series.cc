#include <algorithm>
#include <cmath>
#include <limits>

#include "bar_series_internal.h"
#include "momentum/base/error.h"

namespace momentum::store {

BarSeries BarSeries::slice(std::size_t from, std::size_t to) const {
  BarSeries out{.dataset = dataset, .times = times.subspan(from, to - from)};
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (!columns[c].empty()) out.columns[c] = columns[c].subspan(from, to - from);
  }
  return out;
}

BarSeries BarSeries::between(Date from, Date to) const {
  const auto day = [this](std::int32_t time) { return day_of(dataset, time); };
  const auto begin = from.has_value() ? std::ranges::lower_bound(times, from, {}, day) : times.begin();
  const auto end = to.has_value() ? std::ranges::upper_bound(times, to, {}, day) : times.end();
  const auto a = static_cast<std::size_t>(begin - times.begin()), b = static_cast<std::size_t>(end - times.begin());
  return a < b ? slice(a, b) : BarSeries{.dataset = dataset};
}

BarSeries BarSeries::only(ColumnMask mask) const {
  BarSeries out{.dataset = dataset, .times = times};
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (has_column(mask, c)) out.columns[c] = columns[c];
  }
  return out;
}

std::vector<double>& BarRows::column(std::size_t c) {
  std::vector<double>& out = columns_[c];
  if (out.capacity() == 0) out.reserve(expected_);
  if (out.size() < times_.size()) out.resize(times_.size(), std::numeric_limits<double>::quiet_NaN());
  return out;
}

void BarRows::append(const BarSeries& bars) {
  if (bars.times.empty()) return;
  MOMENTUM_CHECK(times_.empty() || dataset_ == bars.dataset);
  dataset_ = bars.dataset;
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (bars.columns[c].empty()) continue;
    std::vector<double>& out = column(c);
    out.insert(out.end(), bars.columns[c].begin(), bars.columns[c].end());
  }
  if (times_.capacity() == 0) times_.reserve(expected_);
  times_.insert(times_.end(), bars.times.begin(), bars.times.end());
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (!columns_[c].empty()) column(c);
  }
}

void BarRows::fill_last(const BarSeries& bars, std::size_t row) {
  for (std::size_t c = kRequiredColumns; c < kColumns; ++c) {
    if (bars.columns[c].empty() || std::isnan(bars.columns[c][row])) continue;
    double& value = column(c).back();
    if (std::isnan(value)) value = bars.columns[c][row];
  }
}

void BarRows::clear() {
  times_.clear();
  for (std::vector<double>& column : columns_) column.clear();
}

BarSeries BarRows::view() const {
  BarSeries out{.dataset = dataset_, .times = times_};
  for (std::size_t c = 0; c < kColumns; ++c) out.columns[c] = columns_[c];
  return out;
}

}  // namespace momentum::store
