#include "classic_oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "exact_window.h"

namespace momentum::score::oracle {
namespace {

using Series = std::vector<double>;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// f(window) where the window of w values that ends at each bar is full and has no missing value; else missing.
template <class F>
Series rolling(const Series& values, std::size_t w, F f) {
  Series out(values.size(), kMissing);
  for (std::size_t t = w - 1; t < values.size(); ++t) {
    const std::span<const double> window(&values[t + 1 - w], w);
    if (std::none_of(window.begin(), window.end(), [](double x) { return std::isnan(x); })) out[t] = f(window);
  }
  return out;
}

Series rolling_mean(const Series& values, std::size_t w) { return rolling(values, w, window_mean); }
Series rolling_deviation(const Series& values, std::size_t w) { return rolling(values, w, window_deviation); }
Series rolling_highest(const Series& values, std::size_t w) {
  return rolling(values, w, [](std::span<const double> x) { return *std::max_element(x.begin(), x.end()); });
}
Series rolling_lowest(const Series& values, std::size_t w) {
  return rolling(values, w, [](std::span<const double> x) { return *std::min_element(x.begin(), x.end()); });
}

// One value per bar from a function of the bar's index.
template <class F>
Series each(std::size_t size, F f) {
  Series out(size);
  for (std::size_t t = 0; t < size; ++t) out[t] = f(t);
  return out;
}

// Not forward-filled: a missing close costs two returns.
Series log_returns(const Series& close) {
  return each(close.size(), [&](std::size_t t) {
    if (t == 0) return kMissing;
    return static_cast<double>(std::log(static_cast<long double>(close[t] / close[t - 1])));
  });
}

Series raw_stochastic(const Bars& bars) {
  const Series highest = rolling_highest(bars.high, 9);
  const Series lowest = rolling_lowest(bars.low, 9);
  return each(bars.size(), [&](std::size_t t) {
    const double rsv = (bars.close[t] - lowest[t]) / (highest[t] - lowest[t]) * 100;
    return std::isnan(rsv) ? 50 : rsv;
  });
}

std::array<Series, kColumns> all_columns(const Bars& bars) {
  const std::size_t n = bars.size();
  const Series& close = bars.close;
  const Series& volume = bars.volume;
  std::array<Series, kColumns> x;
  x[kOpen] = bars.open;
  x[kHigh] = bars.high;
  x[kLow] = bars.low;
  x[kClose] = close;
  x[kVol] = volume;

  x[kMa5] = rolling_mean(close, 5);
  x[kMa10] = rolling_mean(close, 10);
  x[kMa20] = rolling_mean(close, 20);
  x[kMa60] = rolling_mean(close, 60);

  const Series fast = exponential_mean(close, 2.0 / 13.0);
  const Series slow = exponential_mean(close, 2.0 / 27.0);
  x[kMacd] = each(n, [&](std::size_t t) { return fast[t] - slow[t]; });
  x[kSignal] = exponential_mean(x[kMacd], 2.0 / 10.0);
  x[kMacdHist] = each(n, [&](std::size_t t) { return x[kMacd][t] - x[kSignal][t]; });

  x[kRsi] = relative_strength(close);

  x[kK] = exponential_mean(raw_stochastic(bars), 1.0 / 3.0);
  x[kD] = exponential_mean(x[kK], 1.0 / 3.0);
  x[kJ] = each(n, [&](std::size_t t) { return 3 * x[kK][t] - 2 * x[kD][t]; });

  x[kBollMid] = x[kMa20];
  x[kBollStd] = rolling_deviation(close, 20);
  x[kBollUpper] = each(n, [&](std::size_t t) { return x[kBollMid][t] + 2 * x[kBollStd][t]; });
  x[kBollLower] = each(n, [&](std::size_t t) { return x[kBollMid][t] - 2 * x[kBollStd][t]; });

  x[kMomentum5] = percent_change(close, 5);
  x[kMomentum10] = percent_change(close, 10);
  x[kMomentum20] = percent_change(close, 20);
  x[kMomentum60] = percent_change(close, 60);

  x[kVolMa5] = rolling_mean(volume, 5);
  x[kVolMa10] = rolling_mean(volume, 10);
  const Series volume_mean_20 = rolling_mean(volume, 20);
  x[kVolRatio5] = each(n, [&](std::size_t t) { return volume[t] / x[kVolMa5][t]; });
  x[kVolRatio10] = each(n, [&](std::size_t t) { return volume[t] / x[kVolMa10][t]; });
  x[kVolRatio20] = each(n, [&](std::size_t t) { return volume[t] / volume_mean_20[t]; });

  const double root = std::sqrt(20.0);
  const Series deviation = rolling_deviation(log_returns(close), 20);
  x[kVolatility20] = each(n, [&](std::size_t t) { return deviation[t] * root; });
  x[kTrend20] =
      each(n, [&](std::size_t t) { return t < 20 ? kMissing : (close[t] - close[t - 20]) / (x[kBollStd][t] * root); });
  return x;
}

double price_momentum(const Row& last) {
  const double m = last[kMomentum5] * 100 * 0.4 + last[kMomentum10] * 100 * 0.3 + last[kMomentum20] * 100 * 0.2 +
                   last[kMomentum60] * 100 * 0.1;
  return std::clamp(m + 10, 0.0, 20.0);
}

double moving_averages(const Row& last) {
  if (!(last[kClose] > last[kMa5])) return 0;
  if (!(last[kMa5] > last[kMa10])) return 5;
  if (!(last[kMa10] > last[kMa20])) return 8;
  if (!(last[kMa20] > last[kMa60])) return 12;
  return 15;
}

double macd(const Row& last, const Row& previous) {
  double points = 0;
  if (last[kMacd] > last[kSignal] && previous[kMacd] <= previous[kSignal]) points += 10;
  if (last[kMacd] > 0) points += 5;
  if (last[kMacdHist] > 0 && last[kMacdHist] > previous[kMacdHist]) points += 5;
  return points;
}

double strength_index(const Row& last, const Row& previous) {
  const double r = last[kRsi];
  double points = 0;
  if (r >= 40 && r <= 70) points = 10;
  if (r >= 30 && r < 40) points = 7;
  if (r > 70 && r <= 80) points = 5;
  if (r > previous[kRsi]) points += 5;
  return points;
}

double volume_change(const Row& last, const std::array<double, 5>& volumes) {
  const double ratio = last[kVolRatio5];
  double points = 5;
  if (ratio > 1.0) points = 8;
  if (ratio > 1.2) points = 10;
  if (ratio > 1.5) points = 12;

  Series changes;
  for (std::size_t i = 1; i < volumes.size(); ++i) {
    const double change = volumes[i] / volumes[i - 1] - 1;
    if (!std::isnan(change)) changes.push_back(change);
  }
  if (!changes.empty() && window_mean(changes) * 100 > 5) points += 3;
  return points;
}

double trend_strength(const Row& last) {
  const double trend = last[kTrend20];
  if (trend > 1.5) return 15;
  if (trend > 1.0) return 12;
  if (trend > 0.5) return 10;
  if (trend > 0) return 5;
  return 0;
}

}  // namespace

Series exponential_mean(std::span<const double> values, double alpha) {
  Series out(values.size(), kMissing);
  double y = kMissing;
  double old_weight = 1;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double x = values[t];
    if (std::isnan(y)) {
      y = x;
    } else {
      old_weight *= 1 - alpha;
      if (!std::isnan(x)) {
        // without a gap the divisor is exactly 1
        if (x != y) y = (old_weight * y + alpha * x) / (old_weight + alpha);
        old_weight = 1;
      }
    }
    out[t] = y;
  }
  return out;
}

Series percent_change(std::span<const double> values, std::size_t periods) {
  Series filled(values.begin(), values.end());
  for (std::size_t t = 1; t < filled.size(); ++t) {
    if (std::isnan(filled[t])) filled[t] = filled[t - 1];
  }
  return each(filled.size(),
              [&](std::size_t t) { return t < periods ? kMissing : filled[t] / filled[t - periods] - 1; });
}

Series relative_strength(std::span<const double> close) {
  const std::size_t n = close.size();
  Series gain(n, kMissing), loss(n, kMissing), out(n, kMissing);
  for (std::size_t t = 1; t < n; ++t) {
    const double delta = close[t] - close[t - 1];
    if (std::isnan(delta)) continue;
    gain[t] = delta > 0 ? delta : 0;
    loss[t] = delta < 0 ? -delta : 0;
  }
  Series average_gain = rolling_mean(gain, 14);
  Series average_loss = rolling_mean(loss, 14);
  for (std::size_t t = 14; t < n; ++t) {
    if (t > 14) {  // from here on smoothed; the plain means after the first are not used
      average_gain[t] = (average_gain[t - 1] * 13 + gain[t]) / 14;
      average_loss[t] = (average_loss[t - 1] * 13 + loss[t]) / 14;
    }
    const double strength = average_gain[t] / average_loss[t];
    out[t] = 100 - 100 / (1 + strength);
  }
  return out;
}

double round_to_cents(double points) { return std::nearbyint(points * 100) / 100; }
double round_total(double sum) { return std::nearbyint(sum); }

Scored score_row(const Row& last, const Row& previous, const std::array<double, 5>& volumes) {
  Scored out;
  out.details = {price_momentum(last),           moving_averages(last),        macd(last, previous),
                 strength_index(last, previous), volume_change(last, volumes), trend_strength(last)};
  out.score_raw = out.details[0];
  for (std::size_t i = 1; i < out.details.size(); ++i) out.score_raw += out.details[i];
  out.score = round_total(out.score_raw);
  out.details[0] = round_to_cents(out.details[0]);
  return out;
}

History evaluate(const Bars& bars) {
  const std::array<Series, kColumns> columns = all_columns(bars);
  History history(bars.size());
  std::vector<std::size_t> surviving;
  for (std::size_t t = 0; t < bars.size(); ++t) {
    Bar& bar = history[t];
    for (std::size_t c = 0; c < kColumns; ++c) bar.columns[c] = columns[c][t];
    bar.survives = std::none_of(bar.columns.begin(), bar.columns.end(), [](double x) { return std::isnan(x); });
    if (bar.survives) surviving.push_back(t);
    bar.survivors = surviving.size();
    if (!surviving.empty()) bar.scored_row = static_cast<std::ptrdiff_t>(surviving.back());

    bar.scored = {kMissing, kMissing, {kMissing, kMissing, kMissing, kMissing, kMissing, kMissing}};
    if (surviving.size() >= kRowsToScore) {
      const auto row = [&](std::size_t back) -> const Row& {
        return history[surviving[surviving.size() - back]].columns;
      };
      bar.scored = score_row(row(1), row(2), {row(5)[kVol], row(4)[kVol], row(3)[kVol], row(2)[kVol], row(1)[kVol]});
    }
  }
  return history;
}

std::vector<double> back_factors(const Bars& bars) {
  std::vector<double> factors(bars.size(), 1.0);
  for (std::size_t t = 1; t < bars.size(); ++t) {
    factors[t] = factors[t - 1];
    if (bars.preclose.empty()) continue;
    const double before = bars.close[t - 1];
    const double preclose = bars.preclose[t];
    const bool link = preclose > 0 && !std::isnan(before) && preclose != before;
    if (link) factors[t] = factors[t - 1] * (before / preclose);
  }
  return factors;
}

Bars back_adjust(const Bars& bars) {
  const std::vector<double> factors = back_factors(bars);
  Bars out = bars;
  for (std::size_t t = 0; t < bars.size(); ++t) {
    out.open[t] *= factors[t];
    out.high[t] *= factors[t];
    out.low[t] *= factors[t];
    out.close[t] *= factors[t];
  }
  out.preclose.clear();
  return out;
}

}  // namespace momentum::score::oracle
