// ExactSum against two sums that share nothing with it: 128-bit integers where the range allows, and an expansion of
// doubles that never overlap (Shewchuk) over the whole range.

#include "exact_sum_internal.h"

#include <gtest/gtest.h>

#include <cfloat>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

double exact(const std::vector<double>& values) {
  ExactSum sum;
  for (const double x : values) sum.add(x);
  return sum.round();
}

// Values that are multiples of 2^-60 below 2^55: integers in units of 2^-60.
double by_integers(const std::vector<double>& values) {
  __int128 total = 0;
  for (const double x : values) {
    int exponent = 0;
    const auto mantissa = static_cast<std::int64_t>(std::frexp(x, &exponent) * 0x1p53);
    const int shift = exponent - 53 + 60;
    EXPECT_TRUE(mantissa == 0 || shift >= 0 || (mantissa & ((std::int64_t{1} << -shift) - 1)) == 0);
    total += shift >= 0 ? static_cast<__int128>(mantissa) << shift : static_cast<__int128>(mantissa >> -shift);
  }
  return static_cast<double>(total) * 0x1p-60;  // the conversion rounds once, to nearest even
}

// The algorithm of Python's math.fsum. No overflow on the way.
double by_expansion(const std::vector<double>& values) {
  std::vector<double> parts;
  for (double x : values) {
    std::size_t kept = 0;
    for (double y : std::vector<double>(parts)) {
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      const double high = x + y, low = y - (high - x);
      if (low != 0.0) parts[kept++] = low;
      x = high;
    }
    parts.resize(kept);
    parts.push_back(x);
  }
  double high = 0.0, low = 0.0;
  while (!parts.empty()) {
    const double x = high, y = parts.back();
    parts.pop_back();
    high = x + y;
    low = y - (high - x);
    if (low != 0.0) break;
  }
  if (!parts.empty() &&
      ((low < 0.0 && parts.back() < 0.0) || (low > 0.0 && parts.back() > 0.0))) {  // half-way: look further
    const double twice = low * 2.0, up = high + twice;
    if (twice == up - high) high = up;
  }
  return high + 0.0;
}

TEST(ExactSum, NothingIsPlusZero) {
  EXPECT_TRUE(same(exact({}), 0.0));
  EXPECT_TRUE(same(exact({-0.0}), 0.0));
  EXPECT_TRUE(same(exact({-0.0, -0.0}), 0.0));
  EXPECT_TRUE(same(exact({1.5, -1.5}), 0.0));
}

TEST(ExactSum, ByHand) {
  EXPECT_EQ(exact({1.0, 2.0, 3.5}), 6.5);
  EXPECT_EQ(exact({0.1, 0.2}), 0.1 + 0.2);
  EXPECT_EQ(exact({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(exact({1e16, 1.0, 1.0}), 1e16 + 2.0);
  EXPECT_EQ(exact({-3.0}), -3.0);
  EXPECT_EQ(exact({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}), 1.0);  // naive addition gives 0.9999999999999999
}

TEST(ExactSum, HalvesGoToEven) {
  EXPECT_EQ(exact({0x1p53, 1.0}), 0x1p53);
  EXPECT_EQ(exact({0x1p53 + 2.0, 1.0}), 0x1p53 + 4.0);
  EXPECT_EQ(exact({0x1p53, 1.0, 0x1p-1074}), 0x1p53 + 2.0);  // one unit above the half, 2127 bits below
  EXPECT_EQ(exact({0x1p53, 1.0, -0x1p-1074}), 0x1p53);
  EXPECT_EQ(exact({-0x1p53, -1.0, -0x1p-1074}), -0x1p53 - 2.0);
  EXPECT_EQ(exact({DBL_MAX, 0x1p969}), DBL_MAX);
  EXPECT_EQ(exact({0x1.fffffffffffffp52, 0.5}), 0x1p53);  // the carry reaches a new power of two
}

TEST(ExactSum, EndsOfTheRange) {
  constexpr double kUnit = 0x1p-1074;
  EXPECT_EQ(exact({kUnit}), kUnit);
  EXPECT_EQ(exact({-kUnit, 3.0 * kUnit}), 2.0 * kUnit);
  EXPECT_EQ(exact({DBL_MIN, -kUnit}), DBL_MIN - kUnit);
  EXPECT_EQ(exact({DBL_MAX}), DBL_MAX);
  EXPECT_EQ(exact({-DBL_MAX}), -DBL_MAX);
  EXPECT_EQ(exact({DBL_MAX, DBL_MAX, -DBL_MAX}), DBL_MAX);  // no overflow on the way
  EXPECT_EQ(exact({DBL_MAX, DBL_MAX}), kInfinity);
  EXPECT_EQ(exact({DBL_MAX, 0x1p970}), kInfinity);  // half an ulp above the largest
  EXPECT_EQ(exact({-DBL_MAX, -DBL_MAX}), -kInfinity);
}

TEST(ExactSum, InfiniteAndMissing) {
  EXPECT_EQ(exact({1.0, kInfinity}), kInfinity);
  EXPECT_EQ(exact({-kInfinity, DBL_MAX, DBL_MAX}), -kInfinity);
  EXPECT_TRUE(std::isnan(exact({kInfinity, -kInfinity})));
  EXPECT_TRUE(std::isnan(exact({1.0, kMissing})));
}

TEST(ExactSum, GoesOnAfterRounding) {
  ExactSum sum;
  for (const double x : {-1.0, -2.5}) sum.add(x);
  EXPECT_EQ(sum.round(), -3.5);
  EXPECT_EQ(sum.round(), -3.5);
  sum.add(-0.25);
  EXPECT_EQ(sum.round(), -3.75);
}

TEST(ExactSum, ManyOfOneSign) {
  ExactSum sum;
  for (int i = 0; i < 3'000'000; ++i) sum.add(-DBL_MAX / 0x1p30);
  EXPECT_EQ(sum.round(), -DBL_MAX / 0x1p30 * 3'000'000.0);
}

TEST(ExactSum, EqualsIntegers) {
  Random random(1);
  for (int i = 0; i < 40'000; ++i) {
    std::vector<double> values(1 + random.below(40));
    for (double& x : values)
      x = random.sign() * static_cast<double>(random.bits() >> 11) * std::exp2(-static_cast<double>(random.below(60)));
    if (random.chance(0.3)) values.push_back(-exact(values));  // leaves only what the rounding left
    ASSERT_TRUE(same(exact(values), by_integers(values) + 0.0)) << fmt::format("{:a}", fmt::join(values, ", "));
  }
}

TEST(ExactSum, EqualsAnExpansionOverTheWholeRange) {
  Random random(2);
  for (int i = 0; i < 40'000; ++i) {
    std::vector<double> values(1 + random.below(12));
    const bool near = random.chance(0.5);
    for (double& x : values) {
      const double exponent =
          near ? static_cast<double>(random.below(120)) - 1074.0 : static_cast<double>(random.below(2000)) - 1040.0;
      x = random.sign() * std::ldexp(1.0 + random.unit(), static_cast<int>(exponent));
    }
    if (random.chance(0.3)) values.push_back(-by_expansion(values));
    if (random.chance(0.3)) values.push_back(std::ldexp(std::nextafter(by_expansion(values), 0.0), -54));
    ASSERT_TRUE(same(exact(values), by_expansion(values))) << fmt::format("{:a}", fmt::join(values, ", "));
  }
}

TEST(ExactSum, OrderDoesNotMatter) {
  Random random(3);
  for (int i = 0; i < 2'000; ++i) {
    auto values = series(static_cast<Pattern>(random.below(kPatternCount)), 30, random);
    const double forward = exact(values);
    for (std::size_t j = values.size(); j-- > 1;) std::swap(values[j], values[random.below(j + 1)]);
    ASSERT_TRUE(same(exact(values), forward));
  }
}

}  // namespace
}  // namespace momentum::kernels
