#include "momentum/formats/decimal_column.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "column_fixture.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr DecimalForm kReal{Physical::float64, kNoScale};

DecimalForm form_of(const std::vector<double>& values) { return smallest_form(values); }

// What reading the text of i * 10^-scale gives.
double from_text(std::int64_t i, int scale) {
  return std::strtod((std::to_string(i) + "e-" + std::to_string(scale)).c_str(), nullptr);
}

template <class T>
void comes_back(const std::vector<double>& values, int scale) {
  std::vector<T> integers(values.size());
  std::vector<std::uint8_t> validity(validity_bytes(static_cast<std::int64_t>(values.size())), 0xaa);
  const std::int64_t missing = to_decimal(values, scale, std::span(integers), validity);
  EXPECT_EQ(missing, std::ranges::count_if(values, [](double v) { return std::isnan(v); }));
  std::vector<double> back(values.size());
  from_decimal(std::span<const T>(integers), scale, missing == 0 ? std::span<const std::uint8_t>() : validity, back);
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (std::isnan(values[k])) {
      ASSERT_TRUE(std::isnan(back[k])) << k;
    } else {
      ASSERT_EQ(std::memcmp(&back[k], &values[k], sizeof(double)), 0) << k << ": " << values[k] << ", not " << back[k];
    }
  }
}

std::vector<double> random_decimals(int scale, std::int64_t limit, std::size_t count) {
  std::mt19937_64 random(static_cast<std::uint64_t>(limit) + static_cast<std::uint64_t>(scale));
  std::vector<double> values(count);
  for (double& value : values) {
    value = from_text(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(2 * limit)) - limit, scale);
  }
  values.front() = from_text(1, scale);  // the scale is needed
  values.back() = from_text(limit - 1, scale);
  return values;
}

TEST(DecimalColumn, TheSmallestFormOfEachKindOfNumber) {
  EXPECT_EQ(form_of({}), (DecimalForm{Physical::int32, 0}));
  EXPECT_EQ(form_of({kNaN, kNaN}), (DecimalForm{Physical::int32, 0}));
  EXPECT_EQ(form_of({0.0, 1, -17}), (DecimalForm{Physical::int32, 0}));
  EXPECT_EQ(form_of({10.25, kNaN, 3.1}), (DecimalForm{Physical::int32, 2}));
  EXPECT_EQ(form_of({1.234, 5.5}), (DecimalForm{Physical::int32, 3}));
  EXPECT_EQ(form_of({0.000001}), (DecimalForm{Physical::int32, 6}));
  EXPECT_EQ(form_of({0.0000001}), kReal);
  EXPECT_EQ(form_of({3e9}), (DecimalForm{Physical::int64, 0}));  // a volume beyond 2^31
  EXPECT_EQ(form_of({12345678901.25}), (DecimalForm{Physical::int64, 2}));
  EXPECT_EQ(form_of({0.1 + 0.2}), kReal);
  EXPECT_EQ(form_of({1.0 / 3}), kReal);
  EXPECT_EQ(form_of({1, kInfinity}), kReal);
  EXPECT_EQ(form_of({1, -kInfinity}), kReal);
  EXPECT_EQ(form_of({1, -0.0}), kReal);
}

TEST(DecimalColumn, TheLimitsAreExact) {
  EXPECT_EQ(form_of({999'999'999.0}), (DecimalForm{Physical::int32, 0}));
  EXPECT_EQ(form_of({-1'000'000'000.0}), (DecimalForm{Physical::int64, 0}));
  EXPECT_EQ(form_of({9'999'999.99}), (DecimalForm{Physical::int32, 2}));
  EXPECT_EQ(form_of({10'000'000.01}), (DecimalForm{Physical::int64, 2}));
  EXPECT_EQ(form_of({0x1p53 - 1}), (DecimalForm{Physical::int64, 0}));
  EXPECT_EQ(form_of({0x1p53}), kReal);
  EXPECT_EQ(form_of({1e300}), kReal);
  // each fits by itself, but not at the scale of the other
  EXPECT_EQ(form_of({0x1p53 - 1, 0.5}), kReal);
  EXPECT_EQ(form_of({0.5, 0x1p53 - 1}), kReal);
  EXPECT_EQ(form_of({5e8, 0.5}), (DecimalForm{Physical::int64, 1}));
}

TEST(DecimalColumn, WhatTheSampleMissesIsFound) {
  std::vector<double> values(1'000'000, 12.5);
  values[777'777] = 1.234;
  EXPECT_EQ(form_of(values), (DecimalForm{Physical::int32, 3}));
  values[777'778] = 4e9;
  EXPECT_EQ(form_of(values), (DecimalForm{Physical::int64, 3}));
  values[999'999] = 0.1 + 0.2;
  EXPECT_EQ(form_of(values), kReal);
}

TEST(DecimalColumn, PartsAddUpInAnyOrder) {
  const std::vector<double> cents = {1.25, 99.5}, large = {4e9, 7}, real = {1.0 / 3}, none = {kNaN};
  const auto form = [](std::initializer_list<std::vector<double>> parts) {
    DecimalFinder sum, in_turn;
    for (const auto& part : parts) {
      DecimalFinder alone;
      alone.add(part);
      sum.add(alone);
      in_turn.add(part);
    }
    EXPECT_EQ(sum.form(), in_turn.form());
    return sum.form();
  };
  EXPECT_EQ(form({cents, none, large}), (DecimalForm{Physical::int64, 2}));
  EXPECT_EQ(form({large, cents}), (DecimalForm{Physical::int64, 2}));
  EXPECT_EQ(form({none}), (DecimalForm{Physical::int32, 0}));
  EXPECT_EQ(form({cents, real, large}), kReal);
  EXPECT_EQ(form({real, cents}), kReal);
}

TEST(DecimalColumn, EveryScaleComesBackAsTheTextReads) {
  for (int scale = 0; scale <= kMaxScale; ++scale) {
    const auto narrow = random_decimals(scale, 1'000'000'000, 20000);
    EXPECT_EQ(form_of(narrow), (DecimalForm{Physical::int32, scale}));
    comes_back<std::int32_t>(narrow, scale);
    comes_back<std::int64_t>(narrow, scale);
    for (const int bits : {40, 50, 51, 52, 53}) {
      const auto wide = random_decimals(scale, std::int64_t{1} << bits, 20000);
      EXPECT_EQ(form_of(wide), (DecimalForm{Physical::int64, scale})) << bits;
      comes_back<std::int64_t>(wide, scale);
    }
  }
}

TEST(DecimalColumn, MissingValuesAtEveryPlace) {
  for (const std::size_t rows : {1, 7, 8, 9, 255, 256, 257, 1000}) {
    std::vector<double> values(rows);
    for (std::size_t k = 0; k < rows; ++k) values[k] = k % 5 == 2 || k + 1 == rows ? kNaN : static_cast<double>(k) / 8;
    comes_back<std::int32_t>(values, 3);
    std::vector<double> kept(rows);
    std::vector<std::uint8_t> validity(validity_bytes(static_cast<std::int64_t>(rows)), 0xaa);
    EXPECT_GT(to_decimal(values, std::span(kept), validity), 0);
    for (std::size_t k = 0; k < rows; ++k) {
      EXPECT_EQ(validity[k / 8] >> (k % 8) & 1, std::isnan(values[k]) ? 0 : 1);
      EXPECT_EQ(kept[k], std::isnan(values[k]) ? 0 : values[k]);
    }
    EXPECT_EQ(validity.back() >> ((rows - 1) % 8), 0);  // bits past the end as well
  }
}

// The multiplication that stands in for the division, over the whole range of int32.
TEST(DecimalColumn, TheFastInverseIsTheDivision) {
  std::vector<std::int32_t> integers;
  for (std::int64_t i = std::numeric_limits<std::int32_t>::min(); i <= std::numeric_limits<std::int32_t>::max();
       i += 2099) {
    integers.push_back(static_cast<std::int32_t>(i));
  }
  for (std::int32_t i = -3000; i <= 3000; ++i) integers.push_back(i);
  for (const std::int32_t edge : {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
    integers.push_back(edge);
  }
  std::vector<double> got(integers.size());
  double power = 1;
  for (int scale = 0; scale <= 18; ++scale, power *= 10) {
    from_decimal(std::span<const std::int32_t>(integers), scale, {}, got);
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < got.size(); ++k) wrong += got[k] != static_cast<double>(integers[k]) / power;
    EXPECT_EQ(wrong, 0U) << scale;
  }
}

TEST(DecimalColumnDeathTest, AValueThatDoesNotFitIsNeverStoredAsAnother) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";  // Arrow has threads
  std::vector<std::int32_t> narrow(1);
  std::vector<std::int64_t> wide(1);
  const auto convert = [](double value, int scale, auto& into) {
    to_decimal(std::span<const double>(&value, 1), scale, std::span(into), {});
  };
  EXPECT_DEATH(convert(0.125, 2, narrow), "check failed");
  EXPECT_DEATH(convert(1e9, 0, narrow), "check failed");
  EXPECT_DEATH(convert(0x1p53, 0, wide), "check failed");
  EXPECT_DEATH(convert(-0.0, 2, wide), "check failed");
  EXPECT_DEATH(convert(kInfinity, 0, wide), "check failed");
  EXPECT_DEATH(convert(kNaN, 0, wide), "check failed");  // missing, and nowhere to say so
}

}  // namespace
}  // namespace momentum::formats
