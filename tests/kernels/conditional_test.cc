// The definitions of the conditional recurrences: worked by hand, and by looking back through all the rows.

#include <gtest/gtest.h>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

constexpr double kN = kMissing, kI = kInfinity;
using Column = std::vector<double>;

bool is_true(double x) { return !std::isnan(x) && x != 0.0; }

// The last k rows up to t on which the condition held, newest first; fewer where there are fewer.
std::vector<std::size_t> rows_held(const Tile& condition, std::size_t t, std::size_t lane, std::size_t k) {
  std::vector<std::size_t> rows;
  for (std::size_t r = t + 1; r-- > 0 && rows.size() < k;)
    if (is_true(condition.at(r, lane))) rows.push_back(r);
  return rows;
}

TEST(ValueWhen, ByHand) {
  const Column held{0, 1, 1, kN, 0, -2, 1}, x{10, 11, 12, 13, 14, 15, kN};
  expect_kernel(Kernel::value_when, {held, x}, {1}, {kN, 11, 12, 12, 12, 15, kN});
  expect_kernel(Kernel::value_when, {held, x}, {2}, {kN, kN, 11, 11, 11, 12, 15});
  expect_kernel(Kernel::value_when, {held, x}, {3}, {kN, kN, kN, kN, kN, 11, 12});
  expect_kernel(Kernel::value_when, {held, x}, {5}, {kN, kN, kN, kN, kN, kN, kN});
}

TEST(CountWhen, ByHand) { expect_kernel(Kernel::count_when, {{0, 1, kN, 1, -0.0, 3, kI}}, {}, {0, 1, 1, 2, 2, 3, 4}); }

TEST(BarsSince, ByHand) {
  expect_kernel(Kernel::bars_since, {{0, kN, 1, 0, kN, 0, 2, 1}}, {}, {kN, kN, 0, 1, 2, 3, 0, 0});
}

TEST(MeanWhen, ByHand) {
  const Column held{1, 0, 1, 1, kN, 1, 1, 1}, x{1, 99, 3, 5, 99, kN, kN, kN};
  expect_kernel(Kernel::mean_when, {held, x}, {1}, {1, 1, 3, 5, 5, kN, kN, kN});
  expect_kernel(Kernel::mean_when, {held, x}, {2}, {kN, kN, 2, 4, 4, 5, kN, kN});
  expect_kernel(Kernel::mean_when, {held, x}, {3}, {kN, kN, kN, 3, 3, 4, 5, kN});
  expect_kernel(Kernel::mean_when, {held, x}, {6}, {kN, kN, kN, kN, kN, kN, kN, 3});
}

TEST(MeanWhen, InfinityCounts) {
  expect_kernel(Kernel::mean_when, {{1, 1, 1, 1, 1}, {1, kI, 2, 4, -kI}}, {2}, {kN, kI, kI, 3, -kI});
  expect_kernel(Kernel::mean_when, {{1, 1}, {kI, -kI}}, {2}, {kN, kN});
}

TEST(MeanWhen, SumsAreRoundedOnce) {
  expect_kernel(Kernel::mean_when, {{1, 1, 1, 1}, {1e17, 1, -1e17, 3}}, {4}, {kN, kN, kN, 1});
  expect_kernel(Kernel::mean_when, {{1, 1, 1}, {0x1p53, 1, 0x1p-60}}, {3}, {kN, kN, (0x1p53 + 2) / 3});
  expect_kernel(Kernel::mean_when, {{1, 1}, {-0.0, -0.0}}, {2}, {kN, 0.0});
  expect_kernel(Kernel::mean_when, {{1, 1, 1}, {0x1.8p1023, 0x1.8p1023, -0x1.8p1023}}, {3}, {kN, kN, 0x1.0p1022});
}

TEST(Conditional, EqualALookBackThroughAllRows) {
  Random random(41);
  constexpr std::size_t kRows = 140;
  for (const Pattern pattern : {Pattern::cents, Pattern::many_missing, Pattern::small_integers, Pattern::negative}) {
    const Tile condition = truth_tile(kRows, 0, random), x = pattern_tile(pattern, kRows, 0, random);
    const Tile *one[] = {&condition}, *two[] = {&condition, &x};
    for (const SimdLevel level : supported_levels()) {
      const Tile count = run(Kernel::count_when, level, one, {}, kRows, 16),
                 since = run(Kernel::bars_since, level, one, {}, kRows, 16);
      for (std::size_t t = 0; t < kRows; ++t)
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          const auto all = rows_held(condition, t, l, kRows);
          ASSERT_EQ(count.at(t, l), static_cast<double>(all.size())) << to_string(level);
          ASSERT_TRUE(same(since.at(t, l), all.empty() ? kN : static_cast<double>(t - all[0]))) << to_string(level);
        }
      for (std::size_t k = 1; k <= kMaxWhen; ++k) {
        const Tile value = run(Kernel::value_when, level, two, {static_cast<double>(k)}, kRows, 16);
        const Tile mean = run(Kernel::mean_when, level, two, {static_cast<double>(k)}, kRows, 16);
        for (std::size_t t = 0; t < kRows; ++t)
          for (std::size_t l = 0; l < kTileLanes; ++l) {
            const auto rows = rows_held(condition, t, l, k);
            ASSERT_TRUE(same(value.at(t, l), rows.size() < k ? kN : x.at(rows[k - 1], l)))
                << to_string(level) << " k " << k;
            __int128 total = 0;  // cents: multiples of 2^-60
            double present = 0.0;
            for (const std::size_t r : rows)
              if (!std::isnan(x.at(r, l))) total += static_cast<__int128>(x.at(r, l) * 0x1p60), present += 1.0;
            const double wanted =
                rows.size() < k || present == 0.0 ? kN : static_cast<double>(total) * 0x1p-60 / present;
            ASSERT_TRUE(same(mean.at(t, l), wanted))
                << to_string(level) << " n " << k << " row " << t << " " << text(mean.at(t, l));
          }
      }
    }
  }
}

}  // namespace
}  // namespace momentum::kernels
