#include "momentum/base/decimal.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace momentum {
namespace {

TEST(Decimal, IsWhatTheTextSays) {
  EXPECT_EQ(decimal_of(0.0), Decimal{0});
  EXPECT_EQ(decimal_of(0.1), Decimal{1'000'000'000});
  EXPECT_EQ(decimal_of(30.876), Decimal{308'760'000'000});
  EXPECT_EQ(decimal_of(1e-10), Decimal{1});
  EXPECT_EQ(decimal_of(-2.5), Decimal{-25'000'000'000});
  EXPECT_EQ(decimal_of(100000), Decimal{Decimal::kMost});
}

TEST(Decimal, NoneWhereDigitsWouldBeLost) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  for (const double value : {0.1 + 0.2, 1.0 / 3, 1e-11, 100000.01, -100001.0, kInfinite, -kInfinite,
                             std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(decimal_of(value), std::nullopt) << value;
}

// Any integer of units, printed as decimal text and read by strtod, comes back.
TEST(Decimal, EveryTextOfTenDigitsComesBack) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20000; ++round) {
    const Decimal decimal{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(Decimal::kMost)) >>
                          (random() % 50)};
    std::string digits = std::to_string(decimal.units % Decimal::kOne);
    digits.insert(0, 10 - digits.size(), '0');
    const std::string text = std::to_string(decimal.units / Decimal::kOne) + "." + digits;
    const double read = std::strtod(text.c_str(), nullptr);
    EXPECT_EQ(decimal.value(), read) << text;
    EXPECT_EQ(decimal_of(read), decimal) << text;
  }
}

}  // namespace
}  // namespace momentum
