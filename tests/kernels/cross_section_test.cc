// rank_row against its definition: for each value, how many are less and how many are equal.

#include "momentum/kernels/cross_section.h"

#include <gtest/gtest.h>

#include <cfloat>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

constexpr double kN = kMissing, kI = kInfinity;
using Row = std::vector<double>;

Row ranked(Row row) {
  std::vector<std::uint32_t> order(row.size());
  rank_row(row, order);
  return row;
}

// Ranks less + 1 .. less + equal average to less + (equal + 1) / 2.
Row by_definition(const Row& row) {
  double present = 0.0;
  for (const double x : row) present += std::isnan(x) ? 0.0 : 1.0;
  Row result;
  for (const double x : row) {
    double less = 0.0, equal = 0.0;
    for (const double y : row) {
      less += y < x ? 1.0 : 0.0;
      equal += y == x ? 1.0 : 0.0;
    }
    result.push_back(std::isnan(x) ? kN : (less + (equal + 1.0) / 2.0) / present);
  }
  return result;
}

TEST(RankRow, ByHand) {
  expect_column({0.75, 0.25, 1.0, 0.5}, ranked({30, 10, 40, 20}), "four");
  expect_column({0.625, 0.625, 0.25, 1.0}, ranked({5, 5, 1, 9}), "ties");
  expect_column({0.875, 0.875, 0.375, 0.375}, ranked({7, 7, -1, -1}), "two ties");
  expect_column({2.0 / 3, 2.0 / 3, 2.0 / 3}, ranked({8, 8, 8}), "all equal");
}

TEST(RankRow, MissingIsNeitherRankedNorCounted) {
  expect_column({kN, 0.5, kN, 1.0}, ranked({kN, 3, kN, 4}), "two of four");
  expect_column({kN, kN}, ranked({kN, kN}), "none");
  expect_column({kN, 1.0}, ranked({kN, -kI}), "one");
}

TEST(RankRow, InfinitiesAreTheEnds) {
  expect_column({1.0, 0.25, 0.75, 0.5}, ranked({kI, -kI, DBL_MAX, -DBL_MAX}), "ends");
  expect_column({0.875, 0.875, 0.375, 0.375}, ranked({kI, kI, 1, 1}), "two");
}

TEST(RankRow, ZerosTie) { expect_column({0.5, 0.5, 1.0}, ranked({-0.0, 0.0, DBL_TRUE_MIN}), "zeros"); }

TEST(RankRow, OfNothingAndOfOne) {
  expect_column({}, ranked({}), "nothing");
  expect_column({1.0}, ranked({-7.5}), "one");
}

TEST(RankRow, EqualsItsDefinition) {
  Random random(51);
  for (int i = 0; i < 400; ++i) {
    Row row = series(static_cast<Pattern>(random.below(kPatternCount)), random.below(300), random);
    for (double& x : row) {
      if (random.chance(0.02)) x = kN;
      if (random.chance(0.02)) x = random.sign() * kI;
    }
    const Row wanted = by_definition(row);
    expect_column(wanted, ranked(row), fmt::format("round {}", i));
    if (HasFailure()) return;
  }
}

TEST(RankRow, OrderOfTheRowDoesNotMatter) {
  Random random(52);
  for (int i = 0; i < 200; ++i) {
    Row row = series(Pattern::small_integers, 1 + random.below(200), random);
    if (i % 2) row = series(Pattern::few_missing, 1 + random.below(200), random);
    const Row before = ranked(row);
    std::vector<std::size_t> place(row.size());
    for (std::size_t j = 0; j < place.size(); ++j) place[j] = j;
    for (std::size_t j = place.size(); j-- > 1;) std::swap(place[j], place[random.below(j + 1)]);
    Row shuffled;
    for (const std::size_t j : place) shuffled.push_back(row[j]);
    const Row after = ranked(shuffled);
    for (std::size_t j = 0; j < place.size(); ++j) ASSERT_TRUE(same(after[j], before[place[j]])) << "round " << i;
  }
}

TEST(RankRow, OfAWholeMarket) {
  Random random(53);
  Row row = series(Pattern::log_normal, 5500, random);
  expect_column(by_definition(row), ranked(row), "market");
}

}  // namespace
}  // namespace momentum::kernels
