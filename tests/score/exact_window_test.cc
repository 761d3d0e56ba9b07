#include "exact_window.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace momentum::score::oracle {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();

double sum(const std::vector<double>& values) { return exact_sum(values); }

TEST(ExactSum, RoundsOnce) {
  EXPECT_EQ(sum({}), 0);
  EXPECT_EQ(sum(std::vector<double>(10, 0.1)), 1.0);
  EXPECT_EQ(sum({1e16, 1, -1e16}), 1);
  EXPECT_EQ(sum({1e308, 1e308, -1e308}), 1e308);
  EXPECT_EQ(sum({0.1, -0.1}), 0);
  EXPECT_EQ(sum({-1e16, -1, 1e16, 1e-300}), -1);
}

TEST(ExactSum, TiesToEven) {
  EXPECT_EQ(sum({0x1p53, 1}), 0x1p53);
  EXPECT_EQ(sum({0x1p53, 1, kTiny}), 0x1p53 + 2);
  EXPECT_EQ(sum({0x1p53, 1, -kTiny}), 0x1p53);
  EXPECT_EQ(sum({0x1p53 + 2, 1}), 0x1p53 + 4);
  EXPECT_EQ(sum({-0x1p53, -1, -kTiny}), -0x1p53 - 2);
  EXPECT_EQ(sum({0x1p53 - 1, 0.5}), 0x1p53);  // carries into a new binade
}

TEST(ExactSum, EndsOfTheRange) {
  EXPECT_EQ(sum({kTiny, kTiny, kTiny}), 3 * kTiny);
  EXPECT_EQ(sum({kLargest, kTiny}), kLargest);
  EXPECT_EQ(sum({kLargest, kLargest}), kInf);
  EXPECT_EQ(sum({-kLargest, -kLargest}), -kInf);
  EXPECT_EQ(sum({kInf, 1, 2}), kInf);
  EXPECT_EQ(sum({-kInf, kLargest, kLargest}), -kInf);
  EXPECT_TRUE(std::isnan(sum({kInf, -kInf, 1})));
  EXPECT_TRUE(std::isnan(sum({1, std::numeric_limits<double>::quiet_NaN()})));
}

TEST(WindowMean, IdenticalValuesAreTheMean) {
  EXPECT_EQ(window_mean(std::vector<double>(60, 11.46)), 11.46);
  EXPECT_EQ(window_mean(std::vector<double>(5, kLargest)), kLargest);
  EXPECT_EQ(window_mean(std::vector<double>{1, 2, 3, 4}), 2.5);
  // the sum is 57.28, rounded once; adding from left to right gives another double
  EXPECT_EQ(window_mean(std::vector<double>{11.42, 11.48, 11.4, 11.43, 11.55}), 57.28 / 5);
}

TEST(WindowDeviation, IsThatOfTheSample) {
  EXPECT_EQ(window_deviation(std::vector<double>(20, 0.1)), 0);
  EXPECT_EQ(window_deviation(std::vector<double>{1, 2, 3, 4}), std::sqrt(5.0 / 3));
  EXPECT_EQ(window_deviation(std::vector<double>{2, 4}), std::sqrt(2.0));
  // one unit in the last place apart
  EXPECT_EQ(window_deviation(std::vector<double>{1, 1 + 0x1p-52}), 0x1p-52 * std::sqrt(0.5));
  EXPECT_EQ(window_deviation(std::vector<double>{0, 3e-200, 6e-200}), 3e-200);
  EXPECT_EQ(window_deviation(std::vector<double>{0, 3e200, 6e200}), 3e200);
}

}  // namespace
}  // namespace momentum::score::oracle
