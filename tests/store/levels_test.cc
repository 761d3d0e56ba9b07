#include "momentum/store/levels.h"

#include <gtest/gtest.h>

#include <vector>

namespace momentum::store {
namespace {

using catalog::Level;

Date day(int year, int month, int of_month) { return *make_date(year, month, of_month); }

TEST(Levels, ByTheNewestDay) {
  const Date newest = day(2025, 3, 14);
  EXPECT_EQ(level_of(day(2025, 3, 14), newest), Level::tail);
  EXPECT_EQ(level_of(day(2025, 3, 1), newest), Level::tail);
  EXPECT_EQ(level_of(day(2025, 2, 28), newest), Level::year);
  EXPECT_EQ(level_of(day(2024, 1, 1), newest), Level::year);
  EXPECT_EQ(level_of(day(2023, 12, 31), newest), Level::base);
  EXPECT_EQ(level_of(day(2025, 4, 1), newest), Level::tail);  // later than all
}

TEST(Levels, InJanuaryAllOfTheYearBeforeIsClosed) {
  EXPECT_EQ(level_of(day(2025, 1, 1), day(2025, 1, 1)), Level::tail);
  EXPECT_EQ(level_of(day(2024, 12, 31), day(2025, 1, 1)), Level::year);
  EXPECT_EQ(level_of(day(2024, 1, 1), day(2025, 1, 31)), Level::year);
  EXPECT_EQ(level_of(day(2024, 12, 31), day(2024, 12, 31)), Level::tail);
}

// Every day is of exactly one level, and the two functions agree, also in the first year that there is.
TEST(Levels, DaysAndLevelsAgree) {
  for (const Date newest : {day(1600, 6, 5), day(1601, 1, 1), day(2024, 2, 29), day(2024, 12, 31), day(2999, 12, 31)}) {
    for (int back = -40; back < 900; ++back) {
      const Date at = newest - back;
      for (const Level level : {Level::tail, Level::year, Level::base})
        EXPECT_EQ(level_days(level, newest).holds(at), level_of(at, newest) == level)
            << to_string(newest) << " " << back;
    }
  }
}

TEST(Levels, BucketsAreThoseOfTheFormat) {
  std::vector<int> found;
  for (const catalog::InstrumentId id : {0, 1, 2, 3}) found.push_back(bucket_of(id, 8));
  // (1 x 2654435769 mod 2^32) >> 16 = 40503 = 7 mod 8; 81007; 121510 mod 65536 = 55974
  EXPECT_EQ(found, (std::vector<int>{0, 40503 % 8, 15470 % 8, 55974 % 8}));
}

TEST(Levels, BucketsAreEven) {
  for (const int buckets : {1, 2, 7, 8, 64}) {
    std::vector<int> count(static_cast<std::size_t>(buckets));
    for (catalog::InstrumentId id = 0; id < 5500; ++id) {
      const int bucket = bucket_of(id, buckets);
      ASSERT_TRUE(0 <= bucket && bucket < buckets);
      ++count[static_cast<std::size_t>(bucket)];
    }
    for (const int n : count) EXPECT_NEAR(n, 5500.0 / buckets, 0.25 * 5500.0 / buckets) << buckets;
  }
}

}  // namespace
}  // namespace momentum::store
