#include "momentum/base/date.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace momentum {
namespace {

constexpr int kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

int length_of(int year, int month) {
  if (month != 2) return kMonthDays[month - 1];
  if (year % 400 == 0) return 29;
  if (year % 100 == 0) return 28;
  return year % 4 == 0 ? 29 : 28;
}

// Every day of 1900..2100 counted one by one from a known one, with no arithmetic in common with the source.
TEST(Date, AgreesWithAWalkThroughTheCalendar) {
  std::int32_t days = -25567;  // 1900-01-01: 70 years of 365 days and the 17 leap days 1904..1968
  int weekday = 1;             // a Monday
  for (int year = 1900; year <= 2100; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= length_of(year, month); ++day) {
        const auto date = make_date(year, month, day);
        ASSERT_TRUE(date.has_value()) << year << ' ' << month << ' ' << day;
        ASSERT_EQ(date->days, days);
        ASSERT_EQ(year_of(*date), year);
        ASSERT_EQ(iso_weekday(*date), weekday);
        ASSERT_EQ(is_weekend(*date), weekday > 5);
        ASSERT_EQ(first_of_month(*date).days, days - (day - 1));
        const std::string text = fmt::format("{}-{:02}-{:02}", year, month, day);
        ASSERT_EQ(to_string(*date), text);
        ASSERT_EQ(parse_date(text), date);
        ASSERT_EQ(parse_date(fmt::format("{}{:02}{:02}", year, month, day)), date);
        ASSERT_EQ(parse_date(fmt::format("{}/{}/{}", year, month, day)), date);
        ++days;
        weekday = weekday % 7 + 1;
      }
      for (const int day : {0, length_of(year, month) + 1, 32, -1}) {
        ASSERT_FALSE(make_date(year, month, day).has_value()) << year << ' ' << month << ' ' << day;
      }
    }
    ASSERT_FALSE(make_date(year, 0, 1).has_value());
    ASSERT_FALSE(make_date(year, 13, 1).has_value());
  }
}

TEST(Date, KnownDays) {
  EXPECT_EQ(make_date(1970, 1, 1)->days, 0);
  EXPECT_EQ(make_date(1969, 12, 31)->days, -1);
  EXPECT_EQ(make_date(2000, 3, 1)->days, 11017);
  EXPECT_EQ(make_date(2001, 9, 9)->days, 11574);   // Unix time 1e9 is 2001-09-09T01:46:40Z
  EXPECT_EQ(make_date(2038, 1, 19)->days, 24855);  // 2^31 seconds
  EXPECT_EQ(make_date(1600, 1, 1)->days, -135140);
  EXPECT_EQ(make_date(2999, 12, 31)->days, 376199);
  EXPECT_EQ(to_string(Date{-135140}), "1600-01-01");
  EXPECT_EQ(to_string(Date{376199}), "2999-12-31");
  EXPECT_EQ(iso_weekday(*make_date(1990, 12, 19)), 3);  // the Shanghai exchange's first day, a Wednesday
  EXPECT_EQ(iso_weekday(*make_date(2022, 1, 14)), 5);
  EXPECT_TRUE(is_weekend(*make_date(2022, 1, 15)));
  EXPECT_TRUE(is_weekend(*make_date(2022, 1, 16)));
  EXPECT_FALSE(is_weekend(*make_date(2022, 1, 17)));
}

TEST(Date, YearsOutsideTheRange) {
  EXPECT_FALSE(make_date(1599, 12, 31).has_value());
  EXPECT_FALSE(make_date(3000, 1, 1).has_value());
  EXPECT_FALSE(make_date(0, 1, 1).has_value());
  EXPECT_FALSE(make_date(-2020, 1, 1).has_value());
  // Reached by subtraction, printed all the same.
  EXPECT_EQ(to_string(Date{-719468}), "0000-03-01");
  EXPECT_EQ(to_string(Date{-719469}), "0000-02-29");
  EXPECT_EQ(to_string(Date{std::numeric_limits<std::int32_t>::max()}), "5881580-07-11");
}

TEST(Date, LeapDays) {
  for (const int year : {1904, 1996, 2000, 2020, 2024, 2400}) EXPECT_TRUE(make_date(year, 2, 29).has_value()) << year;
  for (const int year : {1700, 1900, 2019, 2021, 2023, 2100, 2200}) {
    EXPECT_FALSE(make_date(year, 2, 29).has_value()) << year;
  }
}

TEST(Date, NoDate) {
  EXPECT_FALSE(Date{}.has_value());
  EXPECT_TRUE(Date{0}.has_value());
  EXPECT_EQ(to_string(Date{}), "");
  EXPECT_LT(Date{}, *make_date(1600, 1, 1));
  EXPECT_EXIT(static_cast<void>(year_of(Date{})), testing::ExitedWithCode(1), "check failed");
  EXPECT_EXIT(static_cast<void>(iso_weekday(Date{})), testing::ExitedWithCode(1), "check failed");
}

TEST(Date, Arithmetic) {
  const Date last = *make_date(2023, 12, 31);
  EXPECT_EQ(last + 1, *make_date(2024, 1, 1));
  EXPECT_EQ(last - 365, *make_date(2022, 12, 31));
  EXPECT_EQ(*make_date(2024, 3, 1) - *make_date(2024, 2, 28), 2);
  EXPECT_LT(last, last + 1);
}

TEST(ParseDate, Accepts) {
  const auto day = make_date(2021, 3, 4);
  for (const char* text :
       {"2021-03-04", "2021/03/04", "20210304", "2021-3-4", "2021/3/4", "2021-03-4", "2021-3-04", "2021-03-04 00:00:00",
        "2021-03-04T00:00:00", "20210304 00:00:00", "2021/3/4 15:00:00", "2021-03-04T23:59:59"}) {
    EXPECT_EQ(parse_date(text), day) << text;
  }
}

TEST(ParseDate, RejectsEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "2021",
                           "2021-",
                           "2021-03",
                           "2021-03-",
                           "202103",
                           "2021030",
                           "202103045",
                           "2021-02-30",
                           "2021-02-29",
                           "20210229",
                           "20211301",
                           "20210001",
                           "20210100",
                           "2021-13-01",
                           "2021-00-10",
                           "2021-01-00",
                           "2021-01-32",
                           "2021-03/04",
                           "2021/03-04",
                           "2021.03.04",
                           "2021 03 04",
                           "2021--3-4",
                           "2021-003-04",
                           "2021-03-004",
                           "21-03-04",
                           "210304",
                           "12021-03-04",
                           "2021-0304",
                           "202103-04",
                           "2021-03-04 ",
                           " 2021-03-04",
                           "2021-03-04x",
                           "2021-03-04T",
                           "2021-03-04 00:00",
                           "2021-03-04 24:00:00",
                           "2021-03-04 00:60:00",
                           "2021-03-04 00:00:60",
                           "2021-03-04 0:00:00",
                           "2021-03-04  00:00:00",
                           "2021-03-04 00:00:00Z",
                           "2021-03-04 00:00:00.000",
                           "2021-03-04T00:00:00+08:00",
                           "2021-03-0400:00:00",
                           "+021-03-04",
                           "-2021-03-04",
                           "2021-+3-04",
                           "2021-03--4",
                           "1599-12-31",
                           "3000-01-01",
                           "00000000",
                           "99999999",
                           "04/03/2021",
                           "2021年3月4日",
                           "nan",
                           "NaT",
                           "None"}) {
    EXPECT_FALSE(parse_date(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_date(std::string_view("2021-03-04\0", 11)).has_value());
}

}  // namespace
}  // namespace momentum
