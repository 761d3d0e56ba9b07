#include "momentum/panel/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "momentum/base/date.h"

namespace momentum::panel {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Values = std::vector<double>;
using Days = std::vector<std::int32_t>;

std::int32_t day(int year, int month, int of_month) { return make_date(year, month, of_month)->days; }
std::int32_t at(int hour, int minute) { return 20000 * kMinutesOfDay + hour * 60 + minute; }

void expect_values(const Values& found, const Values& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_TRUE(found[i] == wanted[i] || (std::isnan(found[i]) && std::isnan(wanted[i])))
        << i << ": " << found[i] << ", not " << wanted[i];
}

TEST(Resample, WeeksBeginOnMonday) {
  // 2024-12-30 is a Monday; the week goes over the year's end
  const Days days{day(2024, 12, 29), day(2024, 12, 30), day(2025, 1, 3), day(2025, 1, 5), day(2025, 1, 6)};
  EXPECT_EQ(weeks_of(days),
            (Days{day(2024, 12, 23), day(2024, 12, 30), day(2024, 12, 30), day(2024, 12, 30), day(2025, 1, 6)}));
  for (std::int32_t d = -3000; d < 3000; ++d) {  // and so before 1970
    const std::int32_t monday = weeks_of(Days{d})[0];
    EXPECT_EQ(iso_weekday(Date{monday}), 1);
    EXPECT_TRUE(monday <= d && d < monday + 7);
  }
}

TEST(Resample, MonthsBeginOnTheFirst) {
  Days days;
  for (std::int32_t d = day(1969, 1, 1); d < day(2025, 3, 1); d += 9) days.push_back(d);
  const Days months = months_of(days);
  for (std::size_t i = 0; i < days.size(); ++i) EXPECT_EQ(months[i], first_of_month(Date{days[i]}).days);
}

TEST(Resample, MinutesAreCountedWithoutTheBreak) {
  const auto hours = a_share_hours();
  EXPECT_EQ(hours.minutes(), 240);
  const Days minutes{at(9, 31),  at(9, 35), at(9, 36), at(10, 30), at(10, 31),
                     at(11, 30), at(13, 1), at(14, 0), at(15, 0)};
  EXPECT_EQ(minutes_of(minutes, hours, 60), (Days{at(10, 30), at(10, 30), at(10, 30), at(10, 30), at(11, 30),
                                                  at(11, 30), at(14, 0), at(14, 0), at(15, 0)}));
  EXPECT_EQ(minutes_of(minutes, hours, 5), (Days{at(9, 35), at(9, 35), at(9, 40), at(10, 30), at(10, 35), at(11, 30),
                                                 at(13, 5), at(14, 0), at(15, 0)}));
  EXPECT_EQ(minutes_of(minutes, hours, 1), minutes);
  EXPECT_EQ(minutes_of(minutes, hours, 240), Days(minutes.size(), at(15, 0)));
}

TEST(Resample, WhatIsOutsideOfTheHoursHasAPlace) {
  const Days minutes{at(9, 25), at(9, 30), at(11, 31), at(13, 0), at(15, 5)};
  EXPECT_EQ(minutes_of(minutes, a_share_hours(), 5), (Days{at(9, 35), at(9, 35), at(11, 30), at(11, 30), at(15, 0)}));
}

TEST(Resample, TheLastPeriodOfADayMayBeShorter) {
  EXPECT_EQ(us_hours().minutes(), 390);
  EXPECT_EQ(minutes_of(Days{at(9, 31), at(15, 30), at(15, 31), at(16, 0)}, us_hours(), 60),
            (Days{at(10, 30), at(15, 30), at(16, 0), at(16, 0)}));
}

TEST(Resample, EveryPeriodOfADayHasItsMinutes) {
  Days minutes;
  for (int m = 1; m <= 120; ++m) minutes.push_back(at(9, 30) + m);
  for (int m = 1; m <= 120; ++m) minutes.push_back(at(13, 0) + m);
  for (const std::int32_t n : {5, 15, 30, 60, 120}) {
    const Days periods = minutes_of(minutes, a_share_hours(), n);
    for (std::size_t i = 0; i < minutes.size(); ++i)
      EXPECT_EQ(
          periods[i],
          minutes[i / static_cast<std::size_t>(n) * static_cast<std::size_t>(n) + static_cast<std::size_t>(n) - 1]);
  }
  EXPECT_EQ(days_of(Days{at(0, 0), at(23, 59), -1, -1440, -1441}), (Days{20000, 20000, -1, -1, -2}));
}

TEST(Resample, ByHand) {
  const Values open{10, 11, 12, 20}, high{12, 13, 12.5, 21}, low{9, 10.5, 11, 19}, close{11, 12, 11.5, 20.5},
      volume{100, 200, 300, 400}, amount{1100, 2400, 3450, 8200};
  const Resampled bars = resample(Days{1, 1, 1, 2}, {open, high, low, close, volume, amount, {}});
  EXPECT_EQ(bars.last, (std::vector<std::size_t>{2, 3}));
  expect_values(bars.open, {10, 20});
  expect_values(bars.high, {13, 21});
  expect_values(bars.low, {9, 19});
  expect_values(bars.close, {11.5, 20.5});
  expect_values(bars.volume, {600, 400});
  expect_values(bars.amount, {6950, 8200});
  expect_values(bars.factor, {1, 1});
}

TEST(Resample, MissingValuesAreSkipped) {
  const Values open{kNaN, 11, 12, kNaN}, high{kNaN, 13, 12, kNaN}, low{9, kNaN, 11, kNaN}, close{11, 12, kNaN, kNaN},
      volume{kNaN, 200, 300, kNaN};
  const Resampled bars = resample(Days{1, 1, 1, 2}, {open, high, low, close, volume, {}, {}});
  expect_values(bars.open, {11, kNaN});
  expect_values(bars.high, {13, kNaN});
  expect_values(bars.low, {9, kNaN});
  expect_values(bars.close, {12, kNaN});
  expect_values(bars.volume, {500, kNaN});
  EXPECT_TRUE(bars.amount.empty());
  EXPECT_TRUE(resample({}, {}).last.empty());
}

// Columns of the last rows alone: the bars of which all rows are there, with the same bits.
TEST(Resample, LastRowsAreTheLastBars) {
  std::mt19937 random(11);
  Days periods;
  Values price, volume, factor;
  std::vector<std::size_t> begins;
  for (std::int32_t period = 0; period < 60; ++period) {
    begins.push_back(periods.size());
    for (auto rows = 1 + random() % 7; rows > 0; --rows) {
      periods.push_back(period);
      price.push_back(random() % 9 == 0 ? kNaN : 10.0 + static_cast<double>(random() % 1000) / 100.0);
      volume.push_back(static_cast<double>(random() % 100000) / 3.0);
      factor.push_back(1.0 + static_cast<double>(periods.size() / 50) * 0.1);
    }
  }
  const Resampled whole = resample(periods, {price, price, price, price, volume, volume, factor});
  for (std::size_t n = 0; n <= periods.size(); ++n) {
    const std::span last = std::span(price).last(n), volumes = std::span(volume).last(n);
    const Resampled bars = resample(periods, {last, price, last, price, volumes, {}, factor});
    const auto bars_there = static_cast<std::size_t>(
        std::ranges::count_if(begins, [&](std::size_t begin) { return begin >= periods.size() - n; }));
    const auto last_of = [&](const Values& column) {
      return Values(column.end() - static_cast<std::ptrdiff_t>(bars_there), column.end());
    };
    expect_values(bars.open, last_of(whole.open));
    expect_values(bars.high, whole.high);
    expect_values(bars.low, last_of(whole.low));
    expect_values(bars.close, whole.close);
    expect_values(bars.volume, last_of(whole.volume));
    EXPECT_TRUE(bars.amount.empty());
    EXPECT_EQ(bars.last, whole.last);
    expect_values(bars.factor, whole.factor);
  }
}

// A dividend in the week: the earlier day is taken at the later one's level. 10.00 was 9.50 before it.
TEST(Resample, AFactorThatChangesMakesNoJump) {
  const Values open{10.0, 9.6}, high{10.2, 9.7}, low{9.9, 9.4}, close{10.0, 9.5}, volume{100, 100},
      factor{1.0, 10.0 / 9.5};
  const Resampled bars = resample(Days{1, 1}, {open, high, low, close, volume, {}, factor});
  expect_values(bars.open, {10.0 * 1.0 / (10.0 / 9.5)});
  EXPECT_NEAR(bars.open[0], 9.5, 1e-12);
  EXPECT_NEAR(bars.high[0], 9.7, 1e-12);
  expect_values(bars.low, {9.4});
  expect_values(bars.close, {9.5});
  expect_values(bars.factor, {10.0 / 9.5});
  expect_values(bars.volume, {200});
}

// Nothing that comes later changes a period that is over.
TEST(Resample, LooksAtNoLaterRow) {
  std::mt19937 random(7);
  Days days;
  Values price, factor, volume;
  for (std::int32_t d = 0; d < 400; ++d) {
    if (random() % 4 == 0) continue;
    days.push_back(d);
    price.push_back(10.0 + static_cast<double>(random() % 1000) / 100.0);
    volume.push_back(static_cast<double>(random() % 100000));
    factor.push_back(1.0 + static_cast<double>(d / 60) * 0.1);
  }
  const auto of_first = [&](std::size_t n) {
    const auto first = [&](const Values& column) { return std::span(column).first(n); };
    const auto p = first(price);
    return resample(weeks_of(std::span(days).first(n)), {p, p, p, p, first(volume), {}, first(factor)});
  };
  const Resampled all = of_first(days.size());
  for (std::size_t n = 1; n < days.size(); ++n) {
    const Resampled part = of_first(n);
    for (std::size_t k = 0; k + 1 < part.close.size(); ++k) {
      ASSERT_EQ(part.last[k], all.last[k]);
      ASSERT_EQ(std::bit_cast<std::uint64_t>(part.open[k]), std::bit_cast<std::uint64_t>(all.open[k]));
      ASSERT_EQ(std::bit_cast<std::uint64_t>(part.high[k]), std::bit_cast<std::uint64_t>(all.high[k]));
      ASSERT_EQ(part.volume[k], all.volume[k]);
    }
  }
}

}  // namespace
}  // namespace momentum::panel
