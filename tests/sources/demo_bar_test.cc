// One day's prices and volume, and the likeness of many days to real ones.

#include "demo_bar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace momentum::sources::testing {
namespace {

constexpr DemoLimits kTenPercent{1100, 900};
constexpr DemoLimits kFree{std::int64_t{1} << 50, 1, false};

TEST(DemoPrices, CloseAtTheMoveOrAtTheLimit) {
  DemoRandom random(1, 2, 3);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(demo_prices(random, 1000, 50'000, 20'000, kTenPercent).close, 1050);
    EXPECT_EQ(demo_prices(random, 1000, -50'600, 20'000, kTenPercent).close, 949);
    EXPECT_EQ(demo_prices(random, 1000, 130'000, 20'000, kTenPercent).close, 1100);
    EXPECT_EQ(demo_prices(random, 1000, -130'000, 20'000, kTenPercent).close, 900);
    EXPECT_EQ(demo_prices(random, 1000, 3'000'000, 20'000, kFree).close, 4000);
    EXPECT_EQ(demo_prices(random, 1, -900'000, 20'000, kFree).close, 1);
  }
}

TEST(DemoPrices, HaveOnePriceFarBeyondTheLimit) {
  DemoRandom random(1, 2, 3);
  const DemoPrices up = demo_prices(random, 1000, 300'000, 20'000, kTenPercent);
  EXPECT_TRUE(up.open == 1100 && up.high == 1100 && up.low == 1100 && up.close == 1100);
  const DemoPrices down = demo_prices(random, 1000, -300'000, 20'000, kTenPercent);
  EXPECT_TRUE(down.open == 900 && down.high == 900 && down.low == 900 && down.close == 900);
}

TEST(DemoPrices, StickToYesterdaysCloseNearIt) {
  DemoRandom random(1, 2, 3);
  int unchanged = 0;
  for (int i = 0; i < 10'000; ++i) unchanged += demo_prices(random, 1000, 2'000, 20'000, kTenPercent).close == 1000;
  EXPECT_NEAR(unchanged, 1200, 150);
}

DemoTraits traits() {
  return {.beta = 100, .calm = 20'000, .start = 1000, .growth = 0, .turnover = 10'000, .lots = 1'000'000};
}

double mean_lots(const DemoPrices& prices, std::int64_t preclose, std::int64_t age = 1000) {
  DemoRandom random(1, 2, 3);
  DemoVolumes volumes(traits());
  double sum = 0;
  for (int i = 0; i < 5000; ++i) sum += static_cast<double>(volumes.next(random, prices, preclose, age).shares / 100);
  return sum / 5000;
}

TEST(DemoVolumes, GrowWithTheMoveAndDryUpAtTheLimit) {
  const double calm = mean_lots({1000, 1010, 990, 1000}, 1000);
  EXPECT_GT(calm, 5'000);
  EXPECT_LT(calm, 20'000);
  EXPECT_GT(mean_lots({1000, 1070, 990, 1060}, 1000), 1.5 * calm);
  EXPECT_GT(mean_lots({1000, 1010, 940, 940}, 1000), 1.5 * calm);
  EXPECT_LT(mean_lots({1100, 1100, 1100, 1100}, 1000), calm);
  EXPECT_GT(mean_lots({1000, 1010, 990, 1000}, 1000, 0), 4 * calm);
}

TEST(DemoVolumes, SpreadBonusSharesOverTheTurnover) {
  DemoRandom random(1, 2, 3), same(1, 2, 3);
  DemoVolumes before(traits()), after(traits());
  after.issue(5);
  for (int i = 0; i < 100; ++i) {
    const DemoVolume a = before.next(random, {1000, 1010, 990, 1000}, 1000, 1000);
    const DemoVolume b = after.next(same, {1000, 1010, 990, 1000}, 1000, 1000);
    EXPECT_NEAR(static_cast<double>(b.shares), 1.5 * static_cast<double>(a.shares), 100);
    EXPECT_NEAR(static_cast<double>(a.turnover), static_cast<double>(b.turnover), 2);
  }
}

TEST(DemoVolumes, TradeALotAtLeast) {
  DemoTraits tiny = traits();
  tiny.lots = 1;
  DemoRandom random(1, 2, 3);
  EXPECT_EQ(DemoVolumes(tiny).next(random, {1000, 1010, 990, 1000}, 1000, 1000).shares, 100);
}

TEST(DemoTraits, SpreadAroundAUsualStock) {
  std::vector<double> starts, turnovers;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const DemoTraits one = demo_traits(1, i);
    EXPECT_GT(one.start, 50);
    EXPECT_GT(one.lots, 1'000);
    EXPECT_GT(one.calm, 4'000);
    starts.push_back(static_cast<double>(one.start));
    turnovers.push_back(static_cast<double>(one.turnover));
  }
  std::ranges::sort(starts);
  std::ranges::sort(turnovers);
  EXPECT_NEAR(starts[1000], 1250, 100);
  EXPECT_NEAR(turnovers[1000], 15'000, 1'000);
  EXPECT_GT(starts[1800] / starts[200], 4);
}

}  // namespace
}  // namespace momentum::sources::testing
