#pragma once
// Bars of a longer period out of bars of a shorter one: days to weeks and months, minutes to more minutes and days. Pure
// functions of one instrument's own bars.
//
// Rows are named by whole numbers that ascend: days since 1970-01-01 for daily bars, minutes since 1970-01-01 00:00 of the
// market's own clock for minute bars, where a bar is named by the minute in which it ends (as Chinese vendors and terminals do:
// 09:31 .. 11:30 and 13:01 .. 15:00 are the 240 of an A-share session).

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "momentum/base/trading_hours.h"

namespace momentum::panel {

// The period of each row: equal for rows of one period, ascending.
//
// Weeks are those of ISO 8601 (Monday to Sunday), named by their Monday; months, by their first day.
std::vector<std::int32_t> weeks_of(std::span<const std::int32_t> days);
std::vector<std::int32_t> months_of(std::span<const std::int32_t> days);
// Periods of n trading minutes, counted from the day's first one without the breaks, named by the minute in which they end: with
// n = 60 an A-share day has 10:30, 11:30, 14:00 and 15:00. A day's last period may be shorter. What is named by a minute up
// to the opening (the auction's price) belongs to the first period; by one in a break or after the close, to the last one
// before it. n >= 1.
std::vector<std::int32_t> minutes_of(std::span<const std::int32_t> minutes, const TradingHours& hours, std::int32_t n);
// The day of each minute.
std::vector<std::int32_t> days_of(std::span<const std::int32_t> minutes);

// Each as long as the periods, or of the last rows alone (so many as it has).
struct BarColumns {
  std::span<const double> open, high, low, close, volume, amount;
  std::span<const double> factor;  // F_t of back-adjusted prices; empty: 1
};

// One row per period that has a row; of a column of the last rows alone, one per period of which it has all rows: the last ones.
// Missing is NaN.
struct Resampled {
  std::vector<std::size_t> last;  // the period's last row
  std::vector<double> open, high, low, close, volume, amount, factor;
};

// Of each period: the first open, the highest high, the lowest low and the last close that are there, the sums of volume and
// amount; missing where all of them are. Prices are those of the period's last row: where the factor changes within a period, an
// earlier one is P x F_t / F_last (each operation rounded once, nothing where both are equal), so that a dividend makes no
// jump within a bar. Volume and amount are not adjusted. `factor` is that of the last row. Truncating the input changes no
// period but the last one left. One pass.
Resampled resample(std::span<const std::int32_t> periods, const BarColumns& bars);

}  // namespace momentum::panel
