// The demo market's trading days.

#include <gtest/gtest.h>

#include <algorithm>

#include "momentum/sources/demo_market.h"

namespace momentum::sources::testing {
namespace {

Date day(std::string_view text) { return *parse_date(text); }

bool is_open(std::string_view text) { return demo_sessions(day(text), day(text)).size() == 1; }

TEST(DemoCalendar, AscendsThroughWeekdays) {
  const auto sessions = demo_sessions(day("1990-01-01"), day("2030-12-31"));
  EXPECT_TRUE(std::ranges::is_sorted(sessions, std::ranges::less_equal{}));
  EXPECT_TRUE(std::ranges::none_of(sessions, is_weekend));
}

TEST(DemoCalendar, HasAsManyDaysAsARealYear) {
  for (int year = 1990; year <= 2030; ++year) {
    const auto count = demo_sessions(*make_date(year, 1, 1), *make_date(year, 12, 31)).size();
    EXPECT_GE(count, 240u) << year;
    EXPECT_LE(count, 250u) << year;
  }
}

TEST(DemoCalendar, ClosesOnHolidays) {
  EXPECT_FALSE(is_open("2024-01-01"));
  EXPECT_TRUE(is_open("2024-01-02"));
  EXPECT_TRUE(is_open("2025-01-27"));
  EXPECT_FALSE(is_open("2025-01-28"));  // the eve of 2025-01-29
  EXPECT_FALSE(is_open("2025-02-03"));
  EXPECT_TRUE(is_open("2025-02-04"));
  EXPECT_FALSE(is_open("2024-04-05"));
  EXPECT_FALSE(is_open("2024-05-03"));
  EXPECT_TRUE(is_open("2024-05-06"));
  EXPECT_FALSE(is_open("2024-10-07"));
  EXPECT_TRUE(is_open("2024-10-08"));
}

// Whatever the table says: the longest closure of a winter is the festival, and lunar years have 12 or 13 months.
TEST(DemoCalendar, MovesSpringFestivalWithTheMoon) {
  Date before;
  for (int year = 1990; year <= 2030; ++year) {
    const auto sessions = demo_sessions(*make_date(year, 1, 10), *make_date(year, 3, 10));
    std::size_t widest = 1;
    for (std::size_t i = 1; i < sessions.size(); ++i) {
      if (sessions[i] - sessions[i - 1] > sessions[widest] - sessions[widest - 1]) widest = i;
    }
    const Date closed = sessions[widest - 1];
    EXPECT_GE(sessions[widest] - closed, 8) << year;
    EXPECT_GE(closed, *make_date(year, 1, 16)) << year;
    EXPECT_LE(closed, *make_date(year, 2, 19)) << year;
    if (before.has_value()) {
      const int months = (closed - before + 15) / 29;
      EXPECT_TRUE(months == 12 || months == 13) << year;
    }
    before = closed;
  }
}

TEST(DemoCalendar, IsEmptyWithoutDays) {
  EXPECT_TRUE(demo_sessions(day("2024-01-02"), day("2024-01-01")).empty());
  EXPECT_TRUE(demo_sessions(day("2024-01-06"), day("2024-01-07")).empty());
}

}  // namespace
}  // namespace momentum::sources::testing
