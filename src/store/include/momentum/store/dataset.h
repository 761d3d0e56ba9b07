#pragma once
// What the rows of a store are: bars of days, or bars of minutes. Each dataset has files of its own, and levels that follow its
// own newest day.

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "momentum/base/date.h"
#include "momentum/base/trading_hours.h"

namespace momentum::store {

// A bar of a minute is named by its day and by the minute in which it ends, of the market's own clock and after midnight: 571 is
// 09:31. There may be many on a day.
enum class Dataset : std::uint8_t { daily, minute };

// As the catalog and docs/formats.md have it: "daily", "minute". A store may have others that this program does not know.
std::string_view to_string(Dataset dataset) noexcept;
std::optional<Dataset> dataset_named(std::string_view name) noexcept;

// When a bar is, as one number that ascends strictly within an instrument: the day, or minutes since 1970-01-01 00:00. Of a day
// or a minute that there cannot be it is kNoTime, before all others, so that whoever checks the ascent finds it.
inline constexpr std::int32_t kNoTime = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t time_of(Date day, std::int32_t minute) noexcept {
  constexpr std::int32_t kMostDays = std::numeric_limits<std::int32_t>::max() / kMinutesOfDay - 1;
  if (day.days < -kMostDays || day.days > kMostDays || minute < 0 || minute >= kMinutesOfDay) return kNoTime;
  return day.days * kMinutesOfDay + minute;
}
constexpr Date day_of(Dataset dataset, std::int32_t time) noexcept {
  if (dataset == Dataset::daily) return {time};
  return {time / kMinutesOfDay - (time % kMinutesOfDay < 0 ? 1 : 0)};
}
constexpr std::int32_t minute_of(std::int32_t time) noexcept {
  return (time % kMinutesOfDay + kMinutesOfDay) % kMinutesOfDay;
}

// Buckets of a dataset in a store that was made with so many. Minutes have eight times as many: a bucket of the market's
// minutes is what one thread holds when it is written.
int buckets_of(Dataset dataset, int of_store) noexcept;

}  // namespace momentum::store
