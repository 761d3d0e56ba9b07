#pragma once
// Trading dates. A Date is a day number, so that it sorts, subtracts and lies in an Arrow date32 column as it is.

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace momentum {

// Days since 1970-01-01 in the proleptic Gregorian calendar; no time zone. A default Date is "no date".
struct Date {
  static constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::min();
  std::int32_t days = kNone;

  constexpr bool has_value() const noexcept { return days != kNone; }
  constexpr auto operator<=>(const Date&) const noexcept = default;
  constexpr Date operator+(std::int32_t n) const noexcept { return {days + n}; }
  constexpr Date operator-(std::int32_t n) const noexcept { return {days - n}; }
  constexpr std::int32_t operator-(Date other) const noexcept { return days - other.days; }
};

// The day of a civil date; nullopt when no such day exists or the year is outside 1600..2999.
std::optional<Date> make_date(int year, int month, int day) noexcept;

// YYYY-MM-DD, YYYY/MM/DD (one-digit month and day allowed with separators) or YYYYMMDD; a trailing time of day "
// 00:00:00" or "T15:00:00" is accepted and dropped, whatever the hour. Nothing else: nullopt; so no surrounding
// spaces, no mixed separators, no zone, no day that the calendar lacks.
std::optional<Date> parse_date(std::string_view text) noexcept;

// YYYY-MM-DD; the empty string for no date.
std::string to_string(Date date);

// These take a date that has a value; asking them of "no date" breaks an invariant.
int year_of(Date date) noexcept;
// Monday = 1 .. Sunday = 7.
int iso_weekday(Date date) noexcept;
bool is_weekend(Date date) noexcept;
Date first_of_month(Date date) noexcept;

}  // namespace momentum
