// The generator and the integer arithmetic of the demo market.

#include "demo_random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace momentum::sources::testing {
namespace {

// Published: the first outputs of splitmix64 from state 1234567 (the reference C code, as quoted by Rosetta Code).
TEST(DemoRandom, MixesAsSplitmix64) {
  constexpr std::array<std::uint64_t, 5> kExpected = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                                      4593380528125082431u, 16408922859458223821u};
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected : kExpected) EXPECT_EQ(DemoRandom::mix(state += 0x9e3779b97f4a7c15), expected);
}

TEST(DemoRandom, HasAStreamPerSeedPurposeAndItem) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    for (std::uint64_t purpose = 0; purpose < 5; ++purpose) {
      for (std::uint64_t item = 0; item < 100; ++item) first.insert(DemoRandom(seed, purpose, item).next());
    }
  }
  EXPECT_EQ(first.size(), 2500u);
}

TEST(DemoRandom, DrawsEvenlyBelow) {
  DemoRandom random(1, 2, 3);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70'000; ++i) ++seen.at(static_cast<std::size_t>(random.below(7)));
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 400);
}

TEST(DemoRandom, HappensAsOftenAsAsked) {
  DemoRandom random(1, 2, 3);
  int often = 0;
  for (int i = 0; i < 100'000; ++i) {
    often += random.happens(250'000);
    EXPECT_FALSE(random.happens(0));
    EXPECT_TRUE(random.happens(1'000'000));
  }
  EXPECT_NEAR(often, 25'000, 600);
}

TEST(DemoRandom, RingsABellOfTheDeviationAsked) {
  DemoRandom random(1, 2, 3);
  double sum = 0, squares = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const auto x = static_cast<double>(random.bell(10'000));
    EXPECT_LE(std::abs(x), 34'642);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 100);
  EXPECT_NEAR(std::sqrt(squares / kDraws), 10'000, 100);
}

TEST(DemoRandom, RoundsHalfUp) {
  EXPECT_EQ(rounded_half_up(0, 10), 0);
  EXPECT_EQ(rounded_half_up(14, 10), 1);
  EXPECT_EQ(rounded_half_up(15, 10), 2);
  EXPECT_EQ(rounded_half_up(25, 10), 3);
  EXPECT_EQ(rounded_half_up(11, 3), 4);
}

TEST(DemoRandom, ScalesByPowersOfTwo) {
  for (std::int64_t octaves = -8 * 65536; octaves <= 8 * 65536; octaves += 777) {
    const double expected = 1e9 * std::exp2(static_cast<double>(octaves) / 65536);
    EXPECT_NEAR(static_cast<double>(scaled_by_octaves(1'000'000'000, octaves)), expected, expected * 1e-3) << octaves;
  }
  EXPECT_EQ(scaled_by_octaves(12345, 0), 12345);
  EXPECT_EQ(scaled_by_octaves(12345, 3 * 65536), 8 * 12345);
  EXPECT_EQ(scaled_by_octaves(12345, -65536), 6172);
}

}  // namespace
}  // namespace momentum::sources::testing
