#include "classic_reference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace momentum::bench {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Series = std::vector<double>;

// 113 bits hold any sum of 60 prices or volumes without rounding; the cast rounds once.
double exact_sum(const double* x, std::size_t n) {
  __float128 sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += x[i];
  return static_cast<double>(sum);
}

bool flat(const double* x, std::size_t n) {
  return std::all_of(x, x + n, [x](double v) { return v == x[0]; });
}

double window_mean(const Series& x, std::size_t t, std::size_t w) {
  const double* window = x.data() + (t + 1 - w);
  return flat(window, w) ? window[0] : exact_sum(window, w) / static_cast<double>(w);
}

Series mean(const Series& x, std::size_t w) {
  Series out(x.size(), kNaN);
  for (std::size_t t = w - 1; t < x.size(); ++t) out[t] = window_mean(x, t, w);
  return out;
}

Series deviation(const Series& x, std::size_t w) {
  Series out(x.size(), kNaN);
  for (std::size_t t = w - 1; t < x.size(); ++t) {
    const double* window = &x[t + 1 - w];
    if (!std::all_of(window, window + w, [](double v) { return std::isfinite(v); })) continue;
    if (flat(window, w)) {
      out[t] = 0;
      continue;
    }
    const double m = exact_sum(window, w) / static_cast<double>(w);
    double squares = 0, rest = 0;
    for (std::size_t i = 0; i < w; ++i) {
      const double u = window[i] - m;
      squares += u * u;
      rest += u;
    }
    out[t] = std::sqrt((squares - rest * rest / static_cast<double>(w)) / static_cast<double>(w - 1));
  }
  return out;
}

Series exponential(const Series& x, double a) {
  Series out(x.size());
  double y = x[0];
  for (std::size_t t = 0; t < x.size(); ++t) {
    if (t > 0 && x[t] != y) y = (1 - a) * y + a * x[t];
    out[t] = y;
  }
  return out;
}

Series change(const Series& x, std::size_t p) {
  Series out(x.size(), kNaN);
  for (std::size_t t = p; t < x.size(); ++t) out[t] = x[t] / x[t - p] - 1;
  return out;
}

// The rises (sign 1) or the falls (sign -1) from bar to bar, at least zero.
Series moves(const Series& c, double sign) {
  Series out{kNaN};
  for (std::size_t t = 1; t < c.size(); ++t) {
    const double change = sign * (c[t] - c[t - 1]);
    out.push_back(change > 0 ? change : 0);
  }
  return out;
}

Series relative_strength(const Series& c) {
  Series out(c.size(), kNaN);
  const Series gain = moves(c, 1), loss = moves(c, -1);
  double g = 0, l = 0;
  for (std::size_t t = 14; t < c.size(); ++t) {
    if (t == 14) {
      g = window_mean(gain, t, 14);
      l = window_mean(loss, t, 14);
    } else {
      g = (g * 13 + gain[t]) / 14;
      l = (l * 13 + loss[t]) / 14;
    }
    out[t] = 100 - 100 / (1 + g / l);
  }
  return out;
}

Series column_of(const std::vector<Bars>& bars, double Bars::* member) {
  Series out;
  for (const Bars& bar : bars) out.push_back(bar.*member);
  return out;
}

using Table = std::array<Series, kColumns>;

Table table(const std::vector<Bars>& bars) {
  const std::size_t n = bars.size();
  const Series c = column_of(bars, &Bars::close), v = column_of(bars, &Bars::volume);
  const Series h = column_of(bars, &Bars::high), l = column_of(bars, &Bars::low);
  Table x;
  x[kMa5] = mean(c, 5);
  x[kMa10] = mean(c, 10);
  x[kMa20] = x[kBollMid] = mean(c, 20);
  x[kMa60] = mean(c, 60);
  const Series fast = exponential(c, 2.0 / 13), slow = exponential(c, 2.0 / 27);
  x[kMacd] = Series(n);
  for (std::size_t t = 0; t < n; ++t) x[kMacd][t] = fast[t] - slow[t];
  x[kSignal] = exponential(x[kMacd], 2.0 / 10);
  x[kRsi] = relative_strength(c);
  Series rsv(n, 50.0);
  for (std::size_t t = 8; t < n; ++t) {
    const double low = *std::min_element(&l[t - 8], &l[t] + 1), high = *std::max_element(&h[t - 8], &h[t] + 1);
    const double r = (c[t] - low) / (high - low) * 100;
    rsv[t] = std::isnan(r) ? 50.0 : r;
  }
  x[kK] = exponential(rsv, 1.0 / 3);
  x[kD] = exponential(x[kK], 1.0 / 3);
  x[kBollStd] = deviation(c, 20);
  x[kMom5] = change(c, 5);
  x[kMom10] = change(c, 10);
  x[kMom20] = change(c, 20);
  x[kMom60] = change(c, 60);
  x[kVolMa5] = mean(v, 5);
  x[kVolMa10] = mean(v, 10);
  const Series vol_ma20 = mean(v, 20);
  Series returns(n, kNaN);
  for (std::size_t t = 1; t < n; ++t) returns[t] = std::log(c[t] / c[t - 1]);
  x[kVolatility20] = deviation(returns, 20);
  for (Column k : {kHist, kJ, kBollUpper, kBollLower, kVolRatio5, kVolRatio10, kVolRatio20, kTrend20})
    x[k] = Series(n, kNaN);
  for (std::size_t t = 0; t < n; ++t) {
    x[kHist][t] = x[kMacd][t] - x[kSignal][t];
    x[kJ][t] = 3 * x[kK][t] - 2 * x[kD][t];
    x[kBollUpper][t] = x[kBollMid][t] + 2 * x[kBollStd][t];
    x[kBollLower][t] = x[kBollMid][t] - 2 * x[kBollStd][t];
    if (x[kVolMa5][t] != 0) x[kVolRatio5][t] = v[t] / x[kVolMa5][t];
    if (x[kVolMa10][t] != 0) x[kVolRatio10][t] = v[t] / x[kVolMa10][t];
    if (vol_ma20[t] != 0) x[kVolRatio20][t] = v[t] / vol_ma20[t];
    x[kVolatility20][t] *= std::sqrt(20.0);
    if (t >= 20) x[kTrend20][t] = (c[t] - c[t - 20]) / (x[kBollStd][t] * std::sqrt(20.0));
  }
  return x;
}

double points(const Table& x, const Series& c, const Series& v, const std::vector<std::size_t>& rows) {
  const std::size_t t = rows.back(), p = rows[rows.size() - 2];
  double m = x[kMom5][t] * 100 * 0.4;
  m += x[kMom10][t] * 100 * 0.3;
  m += x[kMom20][t] * 100 * 0.2;
  m += x[kMom60][t] * 100 * 0.1;
  double total = std::clamp(m + 10, 0.0, 20.0);
  const bool a = c[t] > x[kMa5][t], b = a && x[kMa5][t] > x[kMa10][t], e = b && x[kMa10][t] > x[kMa20][t];
  total += e && x[kMa20][t] > x[kMa60][t] ? 15 : e ? 12 : b ? 8 : a ? 5 : 0;
  const double hist = x[kHist][t];
  total += (x[kMacd][t] > x[kSignal][t] && x[kMacd][p] <= x[kSignal][p] ? 10 : 0) + (x[kMacd][t] > 0 ? 5 : 0) +
           (hist > 0 && hist > x[kHist][p] ? 5 : 0);
  const double r = x[kRsi][t];
  total += (r >= 40 && r <= 70 ? 10 : r >= 30 && r < 40 ? 7 : r > 70 && r <= 80 ? 5 : 0) + (r > x[kRsi][p] ? 5 : 0);
  const double ratio = x[kVolRatio5][t];
  double volume = ratio > 1.5 ? 12 : ratio > 1.2 ? 10 : ratio > 1.0 ? 8 : 5;
  std::array<double, 4> changes{};
  std::size_t count = 0;
  bool infinite = false;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t k = rows.size() - 4 + i;
    const double ch = v[rows[k]] / v[rows[k - 1]] - 1;
    if (std::isinf(ch)) infinite = true;
    if (!std::isnan(ch)) changes[count++] = ch;
  }
  if (infinite || (count > 0 && exact_sum(changes.data(), count) / static_cast<double>(count) * 100 > 5)) volume += 3;
  total += volume;
  const double trend = x[kTrend20][t];
  total += trend > 1.5 ? 15 : trend > 1.0 ? 12 : trend > 0.5 ? 10 : trend > 0 ? 5 : 0;
  return total;
}

}  // namespace

void reference_score(const std::vector<Bars>& bars, double* score, double* score_raw, std::uint8_t* status,
                     double* columns) {
  const std::size_t n = bars.size();
  const Table x = table(bars);
  const Series c = column_of(bars, &Bars::close), v = column_of(bars, &Bars::volume);
  if (columns != nullptr) {
    for (std::size_t k = 0; k < kColumns; ++k) std::copy(x[k].begin(), x[k].end(), columns + k * n);
  }
  std::vector<std::size_t> rows;
  double raw = kNaN;
  for (std::size_t t = 0; t < n; ++t) {
    const bool survives = std::none_of(x.begin(), x.end(), [t](const Series& s) { return std::isnan(s[t]); });
    if (survives) rows.push_back(t);
    if (survives && rows.size() >= 60) raw = points(x, c, v, rows);
    score_raw[t] = raw;
    score[t] = std::nearbyint(raw);
    const BarStatus s = t + 1 < 120        ? BarStatus::too_few_bars
                        : rows.size() < 60 ? BarStatus::bad_data
                        : survives         ? BarStatus::ok
                                           : BarStatus::stale;
    status[t] = static_cast<std::uint8_t>(s);
  }
}

}  // namespace momentum::bench
