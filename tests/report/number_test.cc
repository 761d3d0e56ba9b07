#include "momentum/report/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace momentum::report {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Number, ShortestReadsBackToTheSameBits) {
  std::uint64_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const double value = std::bit_cast<double>(state);
    if (!std::isfinite(value)) continue;
    const double back = std::strtod(shortest(value).c_str(), nullptr);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << shortest(value);
  }
}

TEST(Number, Shortest) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(shortest(75), "75");
  EXPECT_EQ(shortest(-0.0), "-0");
  EXPECT_EQ(shortest(NAN), "");
  EXPECT_EQ(shortest(kInf), "inf");
  EXPECT_EQ(shortest(-kInf), "-inf");
}

TEST(Number, ForPeople) {
  EXPECT_EQ(fixed(10.256, 2), "10.26");
  EXPECT_EQ(fixed(1.5, 2, true), "+1.50");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(fixed(0, 2, true), "0.00");
  EXPECT_EQ(fixed(NAN, 2), "-");
  EXPECT_EQ(fixed(-kInf, 2), "-inf");
  EXPECT_EQ(percent(0.0123), "1.23%");
  EXPECT_EQ(percent(-0.5, 1, true), "-50.0%");
  EXPECT_EQ(percent(NAN), "-");
  EXPECT_EQ(percent(kInf), "inf");
}

TEST(Number, Quantities) {
  EXPECT_EQ(quantity(9999, Lang::zh), "9999");
  EXPECT_EQ(quantity(12345, Lang::zh), "1.23万");
  EXPECT_EQ(quantity(456e6, Lang::zh), "4.56亿");
  EXPECT_EQ(quantity(-456e6, Lang::zh), "-4.56亿");
  EXPECT_EQ(quantity(1.2e12, Lang::zh), "1.20万亿");
  EXPECT_EQ(quantity(456e6, Lang::en), "456.00M");
  EXPECT_EQ(quantity(1.2e9, Lang::en), "1.20B");
  EXPECT_EQ(quantity(0, Lang::en), "0");
  EXPECT_EQ(quantity(NAN, Lang::zh), "-");
}

TEST(Number, Grouped) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(4870), "4,870");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-123456), "-123,456");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

}  // namespace
}  // namespace momentum::report
