#include "momentum/base/date.h"

#include <fmt/format.h>

#include "momentum/base/error.h"

namespace momentum {
namespace {

constexpr int kFirstYear = 1600;
constexpr int kLastYear = 2999;

struct Civil {
  std::int64_t year;
  int month;
  int day;
};

// Both conversions count in eras of 400 years (146,097 days) that begin on 1 March, so that the leap day comes last
// and month lengths follow (153 m + 2) / 5; see Hinnant, "chrono-Compatible Low-Level Date Algorithms". <chrono> has
// them too, but its years are 16 bits wide and a Date's are not.
std::int32_t days_from_civil(int year, int month, int day) noexcept {
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;  // years here are positive
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Civil civil_from_days(std::int32_t days) noexcept {
  const std::int64_t shifted = std::int64_t{days} + 719468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int day_of_era = static_cast<int>(shifted - era * 146097);
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

bool is_leap(int year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// Takes between `least` and `most` digits off the front of `text`; -1 when there are fewer.
int take_number(std::string_view& text, std::size_t least, std::size_t most) noexcept {
  std::size_t n = 0;
  int value = 0;
  while (n < most && n < text.size() && text[n] >= '0' && text[n] <= '9') value = value * 10 + (text[n++] - '0');
  if (n < least) return -1;
  text.remove_prefix(n);
  return value;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool is_time_of_day(std::string_view text) noexcept {
  if (!take(text, ' ') && !take(text, 'T')) return false;
  const int hour = take_number(text, 2, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return false;
  const int minute = take_number(text, 2, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return false;
  const int second = take_number(text, 2, 2);
  return second >= 0 && second <= 59 && text.empty();
}

}  // namespace

std::optional<Date> make_date(int year, int month, int day) noexcept {
  if (year < kFirstYear || year > kLastYear || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return Date{days_from_civil(year, month, day)};
}

std::optional<Date> parse_date(std::string_view text) noexcept {
  const int year = take_number(text, 4, 4);
  if (year < 0 || text.empty()) return std::nullopt;
  const char separator = text.front();
  const bool separated = separator == '-' || separator == '/';
  if (separated) text.remove_prefix(1);
  const int month = take_number(text, separated ? 1 : 2, 2);
  if (separated && !take(text, separator)) return std::nullopt;
  const int day = take_number(text, separated ? 1 : 2, 2);
  if (!text.empty() && !is_time_of_day(text)) return std::nullopt;
  return make_date(year, month, day);
}

std::string to_string(Date date) {
  if (!date.has_value()) return {};
  const Civil civil = civil_from_days(date.days);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

int year_of(Date date) noexcept {
  MOMENTUM_CHECK(date.has_value());
  return static_cast<int>(civil_from_days(date.days).year);
}

int iso_weekday(Date date) noexcept {
  MOMENTUM_CHECK(date.has_value());
  // 1970-01-01 was a Thursday. The remainder of a negative day number is negative.
  return static_cast<int>(((std::int64_t{date.days} + 3) % 7 + 7) % 7) + 1;
}

bool is_weekend(Date date) noexcept { return iso_weekday(date) >= 6; }

Date first_of_month(Date date) noexcept {
  MOMENTUM_CHECK(date.has_value());
  return date - (civil_from_days(date.days).day - 1);
}

}  // namespace momentum
