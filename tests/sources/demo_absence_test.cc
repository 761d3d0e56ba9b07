// When a stock of the demo market does not trade.

#include "demo_absence.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace momentum::sources::testing {
namespace {

DemoPlan plan(DemoCase planted = DemoCase::none) {
  DemoPlan made;
  made.planted = planted;
  made.first = 100;
  made.end = 2500;
  return made;
}

TEST(DemoAbsence, LeavesSessionsBetween) {
  int absences = 0, suspended = 0, longest = 0, surprises = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    std::int64_t before = 100;
    for (const DemoAbsence& one : demo_absences(1, i, plan(), 2600)) {
      EXPECT_GT(one.begin, before);
      EXPECT_GT(one.end, one.begin);
      EXPECT_LE(one.end, 2500);
      EXPECT_TRUE(one.recorded);
      before = one.end;
      ++absences;
      suspended += static_cast<int>(one.end - one.begin);
      longest = std::max(longest, static_cast<int>(one.end - one.begin));
      surprises += one.surprise != 0;
    }
  }
  EXPECT_NEAR(absences, 1315, 100);  // renewal theory: 500 (2400 / 811 - 1 / 3)
  EXPECT_NEAR(suspended / absences, 11, 2);
  EXPECT_GT(longest, 80);
  EXPECT_NEAR(static_cast<double>(surprises) / absences, 0.12, 0.03);
}

TEST(DemoAbsence, IsPlantedWhereToldAndNowhereElse) {
  const auto expect = [](DemoCase planted, std::int64_t begin, std::int64_t end, bool recorded) {
    const auto got = demo_absences(1, 0, plan(planted), 2500);
    ASSERT_EQ(got.size(), 1u) << to_string(planted);
    EXPECT_EQ(got[0].begin, begin);
    EXPECT_EQ(got[0].end, end);
    EXPECT_EQ(got[0].recorded, recorded);
  };
  expect(DemoCase::suspended, 2495, 2500, true);
  expect(DemoCase::resumed, 2420, 2480, true);
  expect(DemoCase::stopped, 2470, 2500, false);
  expect(DemoCase::gap, 2385, 2400, false);
  EXPECT_TRUE(demo_absences(1, 0, plan(DemoCase::young), 2500).empty());
  EXPECT_TRUE(demo_absences(1, 0, plan(DemoCase::flat), 2500).empty());
}

TEST(DemoAbsence, DependsOnSeedAndStock) {
  const auto begin = [](std::uint64_t seed, std::size_t i) { return demo_absences(seed, i, plan(), 9000).at(0).begin; };
  EXPECT_EQ(begin(1, 5), begin(1, 5));
  EXPECT_NE(begin(1, 5), begin(2, 5));
  EXPECT_NE(begin(1, 5), begin(1, 6));
}

}  // namespace
}  // namespace momentum::sources::testing
