// The definitions of the recurrences: worked by hand, and by loops that remember the whole past instead of a state.

#include <gtest/gtest.h>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

constexpr double kN = kMissing, kI = kInfinity;
using Column = std::vector<double>;

// The exponential mean of docs/scores.md ("Rounding") from the whole past: the last row with a value, and the gap since.
Column ema_by_rule(const Column& x, double a) {
  Column y(x.size(), kN);
  bool begun = false;
  std::size_t last = 0;  // row of the last value used
  for (std::size_t t = 0; t < x.size(); ++t) {
    const double before = t == 0 ? kN : y[t - 1];
    if (!begun || std::isnan(before)) {
      y[t] = x[t];
      begun = !std::isnan(x[t]);
      last = t;
      continue;
    }
    y[t] = before;
    if (std::isnan(x[t])) continue;
    if (x[t] != before) {
      double weight = 1.0;
      for (std::size_t i = last; i < t; ++i) weight *= 1.0 - a;
      const double mean = weight * before + a * x[t];
      y[t] = t == last + 1 ? mean : mean / (weight + a);
    }
    last = t;
  }
  return y;
}

Column wilder_by_rule(const Column& x, std::size_t n, std::size_t start) {
  Column y(x.size(), kN);
  for (std::size_t t = start + n - 1; t < x.size(); ++t) {
    if (t > start + n - 1) {
      y[t] = (y[t - 1] * static_cast<double>(n - 1) + x[t]) / static_cast<double>(n);
      continue;
    }
    __int128 total = 0;  // cents and whole numbers only: multiples of 2^-60
    bool missing = false, equal = true;
    for (std::size_t i = start; i <= t; ++i) {
      missing = missing || std::isnan(x[i]);
      equal = equal && x[i] == x[start];
      if (!missing) total += static_cast<__int128>(x[i] * 0x1p60);
    }
    y[t] = missing ? kN : equal ? x[t] : static_cast<double>(total) * 0x1p-60 / static_cast<double>(n);
  }
  return y;
}

TEST(Ema, ByHand) {
  expect_kernel(Kernel::ema, {{10, 20, 20, 12}}, {0.5}, {10, 15, 17.5, 14.75});
  expect_kernel(Kernel::ema, {{5, 3, 8}}, {1.0}, {5, 3, 8});
  expect_kernel(Kernel::ema, {{kN, kN, 4, 8}}, {0.25}, {kN, kN, 4, 5});
  expect_kernel(Kernel::ema, {{7}}, {0.1}, {7});
}

TEST(Ema, AGapIsCarriedAndItsWeightDecays) {
  expect_kernel(Kernel::ema, {{10, 20, kN, 30}}, {0.5}, {10, 15, 15, 25});  // (15 / 4 + 30 / 2) / (3 / 4)
  expect_kernel(Kernel::ema, {{10, kN, kN, 19}}, {0.5}, {10, 10, 10, 17.2});  // (10 / 8 + 19 / 2) / (5 / 8)
  expect_kernel(Kernel::ema, {{10, kN, 10, 20}}, {0.5}, {10, 10, 10, 15});  // an equal value ends the gap too
}

TEST(Ema, OfEqualValuesMovesNoBit) {
  const Column x(50, 8.49);
  for (const double a : {2.0 / 13, 2.0 / 27, 1.0 / 3, 0.1}) expect_kernel(Kernel::ema, {x}, {a}, x);
  expect_kernel(Kernel::ema, {{-0.0, 0.0, -0.0}}, {0.5}, {-0.0, -0.0, -0.0});
}

TEST(Ema, Infinity) {
  expect_kernel(Kernel::ema, {{1, kI, 2, 3}}, {0.5}, {1, kI, kI, kI});
  expect_kernel(Kernel::ema, {{1, kI, -kI, 3, 5}}, {0.5}, {1, kI, kN, 3, 4});  // inf - inf is missing: it begins again
  expect_kernel(Kernel::ema, {{1, kI, -kI, kN, 3, kN, 6}}, {0.5}, {1, kI, kN, kN, 3, 3, 5});
}

TEST(Ema, EqualsTheRule) {
  Random random(31);
  constexpr std::size_t kRows = 200;
  for (std::size_t p = 0; p < kPatternCount; ++p)
    for (const double a : {2.0 / 13, 1.0 / 3, 1.0}) {
      const Tile x = pattern_tile(static_cast<Pattern>(p), kRows, 0, random);
      const Tile* inputs[] = {&x};
      for (const SimdLevel level : supported_levels()) {
        const Tile found = run(Kernel::ema, level, inputs, {a}, kRows, 16);
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          Column column;
          for (std::size_t r = 0; r < kRows; ++r) column.push_back(x.at(r, l));
          const Column wanted = ema_by_rule(column, a);
          for (std::size_t r = 0; r < kRows; ++r)
            ASSERT_TRUE(same(wanted[r], found.at(r, l)))
                << to_string(level) << " pattern " << p << " a " << a << " row " << r;
        }
      }
    }
}

TEST(Wilder, ByHand) {
  expect_kernel(Kernel::wilder, {{1, 2, 3, 6, 2}}, {3, 0}, {kN, kN, 2, 10.0 / 3, (10.0 / 3 * 2 + 2) / 3});
  expect_kernel(Kernel::wilder, {{kN, 4, 8, 6}}, {2, 1}, {kN, kN, 6, 6});
  expect_kernel(Kernel::wilder, {{5, 7, 4}}, {1, 0}, {5, 7, 4});
  expect_kernel(Kernel::wilder, {{9}}, {2, 0}, {kN});
}

TEST(Wilder, OneMissingValuePoisonsTheRest) {
  expect_kernel(Kernel::wilder, {{1, 3, kN, 4, 4, 4}}, {2, 0}, {kN, 2, kN, kN, kN, kN});
  expect_kernel(Kernel::wilder, {{1, kN, 3, 4, 4, 4}}, {2, 0}, {kN, kN, kN, kN, kN, kN});
  expect_kernel(Kernel::wilder, {{kN, 1, 3, 4}}, {2, 1}, {kN, kN, 2, 3});  // before the seed window it does not count
}

// The losses of a flat price are -0, the negative of a zero minimum: the sign must not depend on the level.
TEST(Wilder, ZeroKeepsItsSign) {
  const Column zeros(40, -0.0);
  Column wanted(40, -0.0);
  std::fill_n(wanted.begin(), 13, kN);
  for (const SimdLevel level : supported_levels()) {
    Tile x = Tile::column(zeros, 14);
    const Tile* inputs[] = {&x};
    const Tile found = run(Kernel::wilder, level, inputs, {14, 0}, 40, 5);
    for (std::size_t r = 0; r < 40; ++r)
      EXPECT_TRUE(same(found.at(r, 9), wanted[r])) << to_string(level) << " row " << r;
  }
}

TEST(Wilder, EqualsTheRule) {
  Random random(32);
  constexpr std::size_t kRows = 150;
  for (const Pattern pattern : {Pattern::cents, Pattern::few_missing, Pattern::flat_runs, Pattern::negative,
                                Pattern::leading_missing, Pattern::small_integers})
    for (const auto& [n, start] : {std::pair<std::size_t, std::size_t>{14, 1}, {14, 0}, {3, 60}, {1, 0}, {20, 5}}) {
      const Tile x = pattern_tile(pattern, kRows, n, random);
      const Tile* inputs[] = {&x};
      for (const SimdLevel level : supported_levels()) {
        const Tile found =
            run(Kernel::wilder, level, inputs, {static_cast<double>(n), static_cast<double>(start)}, kRows, 16);
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          Column column;
          for (std::size_t r = 0; r < kRows; ++r) column.push_back(x.at(r, l));
          const Column wanted = wilder_by_rule(column, n, start);
          for (std::size_t r = 0; r < kRows; ++r)
            ASSERT_TRUE(same(wanted[r], found.at(r, l)))
                << to_string(level) << " n " << n << " row " << r << text(found.at(r, l));
        }
      }
    }
}

// The division by a constant that does not divide. After n zeros the mean is 0, so a further x gives x / n itself.
TEST(Wilder, DividesByEveryCountAsTheDivisionDoes) {
  Random random(33);
  constexpr std::size_t kMost = 5000;
  const Tile zeros = [] {
    Tile tile(kMost, kMost);
    std::fill_n(tile.row(0), kMost * kTileLanes, 0.0);
    return tile;
  }();
  Tile x(1, kMost), state(2, 0), out(kMost, 0);
  const std::size_t stride = kTileLanes;
  for (std::size_t n = 1; n <= kMost; n += n < 600 ? 1 : 61) {
    const std::size_t rounds = n < 260 ? 600 : 200;
    const double params[] = {static_cast<double>(n), 0.0};
    for (const SimdLevel level : supported_levels()) {
      if (level == SimdLevel::scalar || (level == SimdLevel::sse4 && n % 64 != 0)) continue;  // sse4 divides
      const KernelFn wilder = kernels_for(level)[static_cast<std::size_t>(Kernel::wilder)];
      init_state(Kernel::wilder, params, state.row(0));
      const double* in = zeros.row(0);
      wilder({&in, &stride, 1, out.row(0), state.row(0), params, n});
      Tile seeded(2, 0);
      std::copy_n(state.row(0), 2 * kTileLanes, seeded.row(0));
      for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          const std::uint64_t any = random.bits();
          double& value = x.at(0, l);
          if (round % 2 == 0) {
            value = std::bit_cast<double>((any & 0x800fffffffffffff) | ((any % 2044 + 1) << 52));  // any magnitude
          } else {  // a quotient as near to the middle of two doubles as n allows
            const auto middle = static_cast<unsigned __int128>(((any >> 11) | (1ull << 52)) * 2 + 1) * n;
            value = static_cast<double>(middle);  // rounded once, from at most 67 bits
            if (any & 1) value = std::nextafter(value, (any & 2) != 0 ? 0.0 : kI);
          }
        }
        std::copy_n(seeded.row(0), 2 * kTileLanes, state.row(0));
        const double* now = x.row(0);
        wilder({&now, &stride, 1, out.row(0), state.row(0), params, 1});
        for (std::size_t l = 0; l < kTileLanes; ++l)
          ASSERT_TRUE(same(out.at(0, l), x.at(0, l) / params[0]))
              << to_string(level) << ": " << text(x.at(0, l)) << " / " << n << ", found " << text(out.at(0, l));
      }
    }
  }
}

TEST(Wilder, AtTheEndsOfTheRange) {
  Random random(34);
  for (const Pattern pattern :
       {Pattern::huge, Pattern::tiny, Pattern::denormal, Pattern::mixed_range, Pattern::infinities})
    for (const std::size_t n : {1, 2, 3, 14}) {
      const Tile x = pattern_tile(pattern, 100, n, random);
      const Tile* inputs[] = {&x};
      for (const SimdLevel level : supported_levels()) {
        const Tile found = run(Kernel::wilder, level, inputs, {static_cast<double>(n), 0}, 100, 16);
        for (std::size_t l = 0; l < kTileLanes; ++l)
          for (std::size_t r = n; r < 100; ++r) {
            const double wanted =
                (found.at(r - 1, l) * static_cast<double>(n - 1) + x.at(r, l)) / static_cast<double>(n);
            ASSERT_TRUE(same(found.at(r, l), wanted)) << to_string(level) << " n " << n << " row " << r;
          }
      }
    }
}

TEST(FillForward, ByHand) {
  expect_kernel(Kernel::fill_forward, {{kN, 3, kN, kN, -0.0, kN, kI, kN}}, {}, {kN, 3, 3, 3, -0.0, -0.0, kI, kI});
}

TEST(BarIndex, CountsTheRows) {
  for (const SimdLevel level : supported_levels()) {
    const Tile found = run(Kernel::bar_index, level, {}, {}, 100, 7);
    for (std::size_t r = 0; r < 100; ++r)
      for (std::size_t l = 0; l < kTileLanes; ++l)
        ASSERT_EQ(found.at(r, l), static_cast<double>(r)) << to_string(level);
  }
}

}  // namespace
}  // namespace momentum::kernels
