// The definitions of the rolling kernels against exact arithmetic: sums as 128-bit integers, deviations in quadruple
// precision, extremes and truths by looking at every value. And where the vector form's sliding sum is at its limits.

#include <gtest/gtest.h>
#include <quadmath.h>

#include <cfloat>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

constexpr double kN = kMissing, kI = kInfinity;
using Column = std::vector<double>;

bool any_missing(const Column& window) {
  return std::any_of(window.begin(), window.end(), [](double x) { return std::isnan(x); });
}
bool all_equal(const Column& window) {
  return std::all_of(window.begin(), window.end(), [&](double x) { return x == window[0]; });
}

// x as a multiple of 2^unit, which it must be.
__int128 as_integer(double x, int unit) {
  int exponent = 0;
  const auto mantissa = static_cast<std::int64_t>(std::frexp(x, &exponent) * 0x1p53);
  const int shift = exponent - 53 - unit;
  EXPECT_TRUE(mantissa == 0 || (shift >= -52 && shift < 64));
  if (mantissa == 0) return 0;
  return shift >= 0 ? static_cast<__int128>(mantissa) << shift : static_cast<__int128>(mantissa >> -shift);
}

// The conversion rounds once, to nearest even; the scaling is exact.
double as_double(__int128 total, int unit) { return std::ldexp(static_cast<double>(total), unit); }

Tile rolled(Kernel kernel, SimdLevel level, const Tile& x, double w, std::size_t chunk = 0) {
  const Tile* inputs[] = {&x};
  return run(kernel, level, inputs, {w}, x.rows(), chunk);
}

Tile deviation(SimdLevel level, const Tile& x, double w, std::size_t chunk = 0) {
  const Tile mean = rolled(Kernel::rolling_mean, SimdLevel::scalar, x, w);
  Tile with_history(x.rows(), static_cast<std::size_t>(w));
  for (std::size_t r = 0; r < x.rows(); ++r) std::copy_n(mean.row(r), kTileLanes, with_history.row(r));
  const Tile* inputs[] = {&x, &with_history};
  return run(Kernel::rolling_std, level, inputs, {w}, x.rows(), chunk);
}

TEST(RollingSum, ByHand) {
  expect_kernel(Kernel::rolling_sum, {{1, 2, 3, 4, 5}}, {3}, {kN, kN, 6, 9, 12});
  expect_kernel(Kernel::rolling_sum, {{1, 2, kN, 4, 5, 6}}, {2}, {kN, 3, kN, kN, 9, 11});
  expect_kernel(Kernel::rolling_sum, {{3.5, kN, -1}}, {1}, {3.5, kN, -1});
  expect_kernel(Kernel::rolling_sum, {{7.0}}, {2}, {kN});
  expect_kernel(Kernel::rolling_sum, {{-0.0, -0.0, 0.0}}, {2}, {kN, 0.0, 0.0});
}

TEST(RollingSum, IsRoundedOnce) {
  // Added in turn, ten times 0.1 is 0.9999999999999999.
  expect_kernel(Kernel::rolling_sum, {Column(11, 0.1)}, {10}, {kN, kN, kN, kN, kN, kN, kN, kN, kN, 1.0, 1.0});
  expect_kernel(Kernel::rolling_sum, {{1e16, 1, 1}}, {3}, {kN, kN, 1e16 + 2});
}

TEST(RollingSum, NothingOfAGiantStaysBehind) {
  expect_kernel(Kernel::rolling_sum, {{1e300, 1, 2, 0.25, 3}}, {2}, {kN, 1e300, 3, 2.25, 3.25});
  expect_kernel(Kernel::rolling_sum, {{1e17, 0.1, 0.2, 0.3}}, {2}, {kN, 1e17, 0.30000000000000004, 0.5});
  expect_kernel(Kernel::rolling_sum, {{1e300, 1, -1e300, 2, 3}}, {3}, {kN, kN, 1, -1e300, -1e300});
}

TEST(RollingSum, InfinityLeavesTheWindowAgain) {
  expect_kernel(Kernel::rolling_sum, {{1, kI, 2, 3, -kI, 4, kI, 5, 6}}, {2}, {kN, kI, kI, 5, -kI, -kI, kI, kI, 11});
  expect_kernel(Kernel::rolling_sum, {{kI, -kI, 1, 2}}, {2}, {kN, kN, -kI, 3});
  expect_kernel(Kernel::rolling_sum, {{DBL_MAX, DBL_MAX, -DBL_MAX, 1}}, {2}, {kN, kI, 0, -DBL_MAX});
}

TEST(RollingMean, ByHand) {
  expect_kernel(Kernel::rolling_mean, {{1, 2, 3, 4, 6}}, {3}, {kN, kN, 2, 3, 13.0 / 3});
  expect_kernel(Kernel::rolling_mean, {{1, 3, kN, kN, 5, 9}}, {2}, {kN, 2, kN, kN, kN, 7});
  expect_kernel(Kernel::rolling_mean, {{5, kI, 1, 3}}, {2}, {kN, kI, kI, 2});
}

TEST(RollingMean, OfEqualValuesIsThatValue) {
  const double x = 8.49;  // 3 * 8.49 is not a double, a third of its rounding not 8.49 in every window
  for (const double w : {2., 3., 5., 7., 10., 14., 20., 60.}) {
    const Column column(80, x);
    Column wanted(80, x);
    std::fill_n(wanted.begin(), static_cast<std::size_t>(w) - 1, kN);
    expect_kernel(Kernel::rolling_mean, {column}, {w}, wanted);
  }
  expect_kernel(Kernel::rolling_mean, {{DBL_MAX, DBL_MAX, DBL_MAX}}, {2}, {kN, DBL_MAX, DBL_MAX});
  expect_kernel(Kernel::rolling_mean, {{kI, kI, -kI, -kI}}, {2}, {kN, kI, kN, -kI});
}

TEST(RollingSumAndMean, EqualIntegersOnEveryWindow) {
  Random random(21);
  constexpr std::size_t kRows = 160;
  struct Range {
    Pattern pattern;
    int unit;
  };
  for (const auto& [pattern, unit] :
       {Range{Pattern::cents, -60}, Range{Pattern::log_normal, -95}, Range{Pattern::volume, -20},
        Range{Pattern::flat_runs, -60}, Range{Pattern::negative, -60}, Range{Pattern::few_missing, -60},
        Range{Pattern::last_place, -46}, Range{Pattern::small_integers, 0}}) {
    for (const std::size_t w : {1, 2, 5, 14, 20, 60}) {
      const Tile x = pattern_tile(pattern, kRows, w, random);
      for (const SimdLevel level : supported_levels()) {
        const Tile sum = rolled(Kernel::rolling_sum, level, x, static_cast<double>(w), 16);
        const Tile mean = rolled(Kernel::rolling_mean, level, x, static_cast<double>(w), 16);
        for (std::size_t r = 0; r < kRows; ++r)
          for (std::size_t l = 0; l < kTileLanes; ++l) {
            const Column window = x.window(r, l, w);
            double wanted_sum = kN, wanted_mean = kN;
            if (!any_missing(window)) {
              __int128 total = 0;
              for (const double v : window) total += as_integer(v, unit);
              wanted_sum = as_double(total, unit);
              wanted_mean = all_equal(window) ? window.back() : wanted_sum / static_cast<double>(w);
            }
            ASSERT_TRUE(same(sum.at(r, l), wanted_sum))
                << to_string(level) << " w " << w << " row " << r << text(sum.at(r, l));
            ASSERT_TRUE(same(mean.at(r, l), wanted_mean))
                << to_string(level) << " w " << w << " row " << r << text(mean.at(r, l));
          }
      }
    }
  }
}

TEST(RollingSumAndMean, OfALongWindow) {
  Random random(22);
  constexpr std::size_t kRows = 3200, kWidth = 2500;
  const Tile x = pattern_tile(Pattern::cents, kRows, kWidth, random);
  for (const SimdLevel level : supported_levels()) {
    if (level == SimdLevel::scalar) continue;  // the definition adds up every window
    const Tile sum = rolled(Kernel::rolling_sum, level, x, kWidth, 64),
               mean = rolled(Kernel::rolling_mean, level, x, kWidth, 64);
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      __int128 total = 0;
      for (std::size_t r = 0; r < kRows; ++r) {
        total += as_integer(x.at(r, l), -60);
        if (r >= kWidth) total -= as_integer(x.at(r - kWidth, l), -60);
        const double wanted = as_double(total, -60);
        ASSERT_TRUE(same(sum.at(r, l), r + 1 >= kWidth ? wanted : kN)) << to_string(level) << " row " << r;
        ASSERT_TRUE(same(mean.at(r, l), r + 1 >= kWidth ? wanted / kWidth : kN)) << to_string(level) << " row " << r;
      }
    }
  }
}

// Two magnitudes as far apart as the sliding sum may keep, and a little further.
TEST(RollingSumAndMean, AtTheLimitOfTheSlidingSum) {
  Random random(23);
  constexpr std::size_t kRows = 130;
  for (const double w : {2., 5., 20., 60.}) {
    const int limit = 49 - static_cast<int>(std::floor(std::log2(w + 1.0)));
    for (int apart = limit - 3; apart <= limit + 6; ++apart) {
      Tile x(kRows, static_cast<std::size_t>(w));
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          const double size = l % 2 ? 1.0 + random.unit() : 0x1.fffffffffffffp0;
          x.at(r, l) = random.sign() * std::ldexp(size, random.chance(0.5) ? apart : 0);
        }
      for (const Kernel kernel : {Kernel::rolling_sum, Kernel::rolling_mean}) {
        const Tile wanted = rolled(kernel, SimdLevel::scalar, x, w);
        for (const SimdLevel level : supported_levels()) {
          const Tile found = rolled(kernel, level, x, w, 16);
          for (std::size_t r = 0; r < kRows; ++r)
            for (std::size_t l = 0; l < kTileLanes; ++l)
              ASSERT_TRUE(same(wanted.at(r, l), found.at(r, l)))
                  << to_string(level) << " w " << w << " apart " << apart << " row " << r;
        }
      }
    }
  }
}

TEST(RollingStd, ByHand) {
  for (const SimdLevel level : supported_levels()) {
    const auto column = [&](const Column& x, double w) {
      const Tile out = deviation(level, Tile::column(x, static_cast<std::size_t>(w)), w);
      Column found;
      for (std::size_t r = 0; r < x.size(); ++r) found.push_back(out.at(r, 5));
      return found;
    };
    expect_column({kN, kN, 1, 1, 2}, column({1, 2, 3, 1, 5}, 3), "of 3");
    expect_column({kN, kN, kN, 2, kN, kN}, column({2, 2, 2, 6, kN, 1}, 4), "of 4");
  }
}

TEST(RollingStd, OfEqualValuesIsZero) {
  for (const SimdLevel level : supported_levels())
    for (const double x : {8.49, -0.1, 0.0, 1e300, 1e-300, DBL_TRUE_MIN, DBL_MAX})
      for (const double w : {1., 2., 5., 20.}) {
        const Tile out = deviation(level, Tile::column(Column(40, x), 20), w, 7);
        for (std::size_t r = 0; r < 40; ++r)
          ASSERT_TRUE(same(out.at(r, 0), r + 1 < static_cast<std::size_t>(w) ? kN : 0.0))
              << to_string(level) << " " << x << " w " << w;
      }
}

TEST(RollingStd, MissingWhereAnyIsInfinite) {
  for (const SimdLevel level : supported_levels()) {
    const Tile out = deviation(level, Tile::column({1, kI, 3, 5, -kI, -kI, 2, 4}, 2), 2);
    for (const std::size_t r : {0, 1, 2, 4, 5, 6})
      EXPECT_TRUE(std::isnan(out.at(r, 3))) << to_string(level) << " row " << r;
    EXPECT_EQ(out.at(3, 3), std::sqrt(2.0));
    EXPECT_EQ(out.at(7, 3), std::sqrt(2.0));
  }
}

TEST(RollingStd, WithinItsBoundOfQuadruplePrecision) {
  Random random(24);
  constexpr std::size_t kRows = 130;
  double worst = 0.0;
  for (const Pattern pattern :
       {Pattern::cents, Pattern::log_normal, Pattern::volume, Pattern::few_missing, Pattern::flat_runs,
        Pattern::negative, Pattern::last_place, Pattern::small_integers, Pattern::huge, Pattern::tiny,
        Pattern::denormal, Pattern::mixed_range, Pattern::one_giant, Pattern::signed_zero}) {
    for (const std::size_t w : {2, 3, 20, 60, 120}) {
      const Tile x = pattern_tile(pattern, kRows, w, random);
      const Tile found = deviation(SimdLevel::scalar, x, static_cast<double>(w));
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t l = 0; l < kTileLanes; l += 3) {
          const Column window = x.window(r, l, w);
          if (any_missing(window)) {
            ASSERT_TRUE(std::isnan(found.at(r, l)));
            continue;
          }
          if (all_equal(window)) {
            ASSERT_TRUE(same(found.at(r, l), 0.0));
            continue;
          }
          __float128 mean = 0, squares = 0;
          for (const double v : window) mean += v;
          mean /= static_cast<__float128>(w);
          for (const double v : window) squares += (v - mean) * (v - mean);
          const __float128 wanted = sqrtq(squares / static_cast<__float128>(w - 1));
          const double error = static_cast<double>(fabsq(found.at(r, l) - wanted) / wanted);
          if (static_cast<double>(wanted) < DBL_MIN) {
            ASSERT_LE(static_cast<double>(fabsq(found.at(r, l) - wanted)), DBL_TRUE_MIN);
          } else if (static_cast<double>(wanted) == kI) {
            ASSERT_EQ(found.at(r, l), kI);
          } else {
            ASSERT_LE(error, 0x1.0001p-53) << "pattern " << static_cast<int>(pattern) << " w " << w << " row " << r;
            worst = std::max(worst, error);
          }
        }
    }
  }
  RecordProperty("worst_relative", fmt::format("{:.2e}", worst));
}

TEST(RollingExtremes, ByHand) {
  const Column x{3, 1, 2, 5, kN, 4, 6, -1};
  expect_kernel(Kernel::rolling_min, {x}, {2}, {kN, 1, 1, 2, kN, kN, 4, -1});
  expect_kernel(Kernel::rolling_max, {x}, {2}, {kN, 3, 2, 5, kN, kN, 6, 6});
  expect_kernel(Kernel::rolling_min, {x}, {1}, x);
  expect_kernel(Kernel::rolling_max, {{1, kI, 2, -kI, 3}}, {2}, {kN, kI, kI, 2, 3});
  expect_kernel(Kernel::rolling_min, {{1, kI, 2, -kI, 3}}, {2}, {kN, 1, 2, -kI, -kI});
}

TEST(RollingExtremes, ZeroHasOneSign) {
  for (const Kernel kernel : {Kernel::rolling_min, Kernel::rolling_max}) {
    expect_kernel(kernel, {{-0.0, -0.0, 0.0, -0.0}}, {2}, {kN, 0.0, 0.0, 0.0});
    expect_kernel(kernel, {{-0.0, 0.0}}, {1}, {0.0, 0.0});
  }
}

TEST(RollingExtremes, EqualALookAtEveryValue) {
  Random random(25);
  constexpr std::size_t kRows = 150;
  for (std::size_t p = 0; p < kPatternCount; ++p)
    for (const std::size_t w : {1, 2, 9, 16, 17, 33, 60}) {
      const Tile x = pattern_tile(static_cast<Pattern>(p), kRows, w, random);
      for (const SimdLevel level : supported_levels()) {
        const Tile low = rolled(Kernel::rolling_min, level, x, static_cast<double>(w), 50);
        const Tile high = rolled(Kernel::rolling_max, level, x, static_cast<double>(w), 50);
        for (std::size_t r = 0; r < kRows; ++r)
          for (std::size_t l = 0; l < kTileLanes; ++l) {
            const Column window = x.window(r, l, w);
            const auto [least, most] = std::minmax_element(window.begin(), window.end());
            const bool missing = any_missing(window);
            ASSERT_TRUE(same(low.at(r, l), missing ? kN : (*least == 0.0 ? 0.0 : *least)))
                << to_string(level) << " w " << w << " row " << r;
            ASSERT_TRUE(same(high.at(r, l), missing ? kN : (*most == 0.0 ? 0.0 : *most)))
                << to_string(level) << " w " << w << " row " << r;
          }
      }
    }
}

TEST(Whole, ByHand) {
  expect_kernel(Kernel::whole, {{1, 1, 1, 0, 1, kN, 1, 1, 2, 1}}, {2}, {0, 1, 1, 0, 0, 0, 0, 1, 0, 0});
  expect_kernel(Kernel::whole, {{1, 0, kN, 0.5, 1}}, {1}, {1, 0, 0, 0, 1});
}

TEST(Whole, EqualsALookAtEveryValue) {
  Random random(26);
  const Tile x = truth_tile(150, 20, random);
  for (const std::size_t w : {1, 3, 20})
    for (const SimdLevel level : supported_levels()) {
      const Tile found = rolled(Kernel::whole, level, x, static_cast<double>(w), 7);
      for (std::size_t r = 0; r < x.rows(); ++r)
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          const Column window = x.window(r, l, w);
          const bool wanted = std::all_of(window.begin(), window.end(), [](double v) { return v == 1.0; });
          ASSERT_TRUE(same(found.at(r, l), wanted ? 1.0 : 0.0)) << to_string(level) << " w " << w << " row " << r;
        }
    }
}

}  // namespace
}  // namespace momentum::kernels
