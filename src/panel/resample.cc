#include "momentum/panel/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "momentum/base/date.h"
#include "momentum/base/error.h"

namespace momentum::panel {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::int32_t floor_div(std::int32_t a, std::int32_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// How many trading minutes of the day have ended by `minute`, and the other way round.
std::int32_t traded_until(const TradingHours& hours, std::int32_t minute) {
  std::int32_t traded = 0;
  for (const auto& part : hours.parts) {
    if (minute <= part.open) break;
    traded += std::min(minute, part.close) - part.open;
  }
  return traded;
}

std::int32_t end_of(const TradingHours& hours, std::int32_t traded) {
  for (const auto& part : hours.parts) {
    if (traded <= part.close - part.open) return part.open + traded;
    traded -= part.close - part.open;
  }
  return hours.parts.back().close;
}

// A column by the rows of the periods, of which it may have the last ones alone.
class Column {
 public:
  Column(std::span<const std::int32_t> periods, std::span<const double> values)
      : values_(values), absent_(periods.size() - values.size()) {
    MOMENTUM_CHECK(values.size() <= periods.size());
  }
  bool has(std::size_t row) const { return row >= absent_; }
  double operator[](std::size_t row) const { return values_[row - absent_]; }
  std::span<const double> rows(std::size_t begin, std::size_t end) const {
    return values_.subspan(begin - absent_, end - begin);
  }

 private:
  std::span<const double> values_;
  std::size_t absent_;
};

double sum_of(std::span<const double> values) {
  double sum = 0.0;
  bool there = false;
  for (const double x : values) {
    if (std::isnan(x)) continue;
    sum += x;
    there = true;
  }
  return there ? sum : kMissing;
}

}  // namespace

std::vector<std::int32_t> weeks_of(std::span<const std::int32_t> days) {
  constexpr std::int32_t kThursday = 3;  // 1970-01-01 was one: days since the Monday of its week
  std::vector<std::int32_t> weeks;
  weeks.reserve(days.size());
  for (const std::int32_t day : days) weeks.push_back(floor_div(day + kThursday, 7) * 7 - kThursday);
  return weeks;
}

std::vector<std::int32_t> months_of(std::span<const std::int32_t> days) {
  std::vector<std::int32_t> months;
  months.reserve(days.size());
  std::int32_t month = 0, next = std::numeric_limits<std::int32_t>::min();
  for (const std::int32_t day : days) {
    if (months.empty() || day >= next || day < month) {
      month = first_of_month(Date{day}).days;
      next = first_of_month(Date{month} + 31).days;
    }
    months.push_back(month);
  }
  return months;
}

std::vector<std::int32_t> minutes_of(std::span<const std::int32_t> minutes, const TradingHours& hours, std::int32_t n) {
  MOMENTUM_CHECK(n >= 1 && !hours.parts.empty());
  const std::int32_t all = hours.minutes();
  std::vector<std::int32_t> periods;
  periods.reserve(minutes.size());
  for (const std::int32_t minute : minutes) {
    const std::int32_t day = floor_div(minute, kMinutesOfDay) * kMinutesOfDay;
    const std::int32_t traded = std::max(traded_until(hours, minute - day), std::int32_t{1});
    periods.push_back(day + end_of(hours, std::min((traded + n - 1) / n * n, all)));
  }
  return periods;
}

std::vector<std::int32_t> days_of(std::span<const std::int32_t> minutes) {
  std::vector<std::int32_t> days;
  days.reserve(minutes.size());
  for (const std::int32_t minute : minutes) days.push_back(floor_div(minute, kMinutesOfDay));
  return days;
}

Resampled resample(std::span<const std::int32_t> periods, const BarColumns& bars) {
  const Column open(periods, bars.open), high(periods, bars.high), low(periods, bars.low), close(periods, bars.close),
      volume(periods, bars.volume), amount(periods, bars.amount);
  Resampled out;
  for (std::size_t begin = 0; begin < periods.size();) {
    std::size_t end = begin + 1;
    while (end < periods.size() && periods[end] == periods[begin]) ++end;
    const double at = bars.factor.empty() ? 1.0 : bars.factor[end - 1];
    // Each price of the period's rows at the level of the last one, until `take` is content.
    const auto prices = [&](const Column& column, auto&& take) {
      for (std::size_t r = begin; r < end; ++r) {
        const double own = bars.factor.empty() ? 1.0 : bars.factor[r];
        if (take(own == at ? column[r] : column[r] * own / at)) return;
      }
    };
    const auto put = [&](const Column& column, std::vector<double>& into, auto&& better) {
      if (!column.has(begin)) return;
      double value = kMissing;
      prices(column, [&](double x) {
        if (!std::isnan(x) && (std::isnan(value) || better(x, value))) value = x;
        return false;
      });
      into.push_back(value);
    };
    if (open.has(begin)) {
      double value = kMissing;
      prices(open, [&](double x) { return !std::isnan(value = x); });
      out.open.push_back(value);
    }
    put(high, out.high, [](double x, double value) { return x > value; });
    put(low, out.low, [](double x, double value) { return x < value; });
    put(close, out.close, [](double, double) { return true; });
    if (volume.has(begin)) out.volume.push_back(sum_of(volume.rows(begin, end)));
    if (amount.has(begin)) out.amount.push_back(sum_of(amount.rows(begin, end)));
    out.last.push_back(end - 1);
    out.factor.push_back(at);
    begin = end;
  }
  return out;
}

}  // namespace momentum::panel
