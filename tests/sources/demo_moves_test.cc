// What stocks share: its size, its waves, and that industries differ.

#include "demo_moves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

namespace momentum::sources::testing {
namespace {

constexpr std::size_t kSessions = 5000;

double deviation(std::span<const std::int32_t> moves) {
  double sum = 0, squares = 0;
  for (const std::int32_t move : moves) {
    sum += move;
    squares += static_cast<double>(move) * move;
  }
  const auto n = static_cast<double>(moves.size());
  return std::sqrt(squares / n - sum / n * (sum / n));
}

double correlation_of_sizes(std::span<const std::int32_t> moves) {
  double mean = 0, ahead = 0, alone = 0;
  for (const std::int32_t move : moves) mean += std::abs(move) / static_cast<double>(moves.size());
  for (std::size_t i = 1; i < moves.size(); ++i) {
    ahead += (std::abs(moves[i]) - mean) * (std::abs(moves[i - 1]) - mean);
    alone += (std::abs(moves[i]) - mean) * (std::abs(moves[i]) - mean);
  }
  return ahead / alone;
}

TEST(DemoMoves, AreAMarketAndItsIndustries) {
  const auto moves = demo_shared_moves(1, kSessions);
  ASSERT_EQ(moves.size(), kSessions * 29);
  const std::span all(moves);
  EXPECT_NEAR(deviation(all.first(kSessions)), 11'000, 3'000);
  for (std::size_t k = 1; k <= 28; ++k) EXPECT_NEAR(deviation(all.subspan(k * kSessions, kSessions)), 6'500, 2'000);
  EXPECT_FALSE(std::ranges::equal(all.subspan(kSessions, kSessions), all.subspan(2 * kSessions, kSessions)));
  EXPECT_NE(moves, demo_shared_moves(2, kSessions));
}

TEST(DemoMoves, ComeInWaves) {
  const auto moves = demo_shared_moves(1, kSessions);
  EXPECT_GT(correlation_of_sizes(std::span(moves).first(kSessions)), 0.1);
}

TEST(DemoWave, RisesAfterALargeMoveAndFallsBack) {
  DemoWave wave(10'000);
  wave.follow(50'000);
  const std::int64_t high = wave.deviation();
  EXPECT_GT(high, 15'000);
  for (int i = 0; i < 200; ++i) wave.follow(i % 2 == 0 ? 8'000 : -8'000);
  EXPECT_NEAR(static_cast<double>(wave.deviation()), 10'000, 200);
}

}  // namespace
}  // namespace momentum::sources::testing
