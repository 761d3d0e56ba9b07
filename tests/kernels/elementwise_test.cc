// The definitions of the elementwise kernels, worked by hand; the logarithm against quadruple precision; the division
// that does not divide against the division.

#include <gtest/gtest.h>
#include <quadmath.h>

#include <cfloat>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

constexpr double kN = kMissing, kI = kInfinity;
using Column = std::vector<double>;

TEST(Elementwise, Negate) {
  expect_kernel(Kernel::negate, {{1.5, -2.0, 0.0, -0.0, kI, kN}}, {}, {-1.5, 2.0, -0.0, 0.0, -kI, kN});
}

TEST(Elementwise, Absolute) {
  expect_kernel(Kernel::absolute, {{1.5, -2.0, -0.0, -kI, kN}}, {}, {1.5, 2.0, 0.0, kI, kN});
}

TEST(Elementwise, SquareRoot) {
  expect_kernel(Kernel::square_root, {{9.0, 2.25, 0.0, -0.0, -1.0, kI, kN, 2.0}}, {},
                {3.0, 1.5, 0.0, -0.0, kN, kI, kN, 0x1.6a09e667f3bcdp0});
}

TEST(Elementwise, Reciprocal) {
  expect_kernel(Kernel::reciprocal, {{4.0, -0.5, 0.0, -0.0, kI, kN}}, {}, {0.25, -2.0, kI, -kI, 0.0, kN});
}

TEST(Elementwise, RoundEven) {
  expect_kernel(Kernel::round_even, {{12.5, 13.5, 0.5, -0.5, 2.4999, -3.7, 1e300, 0x1p52 + 1.0, kI, kN, -0.2}}, {},
                {12.0, 14.0, 0.0, -0.0, 2.0, -4.0, 1e300, 0x1p52 + 1.0, kI, kN, -0.0});
}

TEST(Elementwise, Arithmetic) {
  const Column a{1.5, 0.1, kI, kN, 1.0, DBL_MAX, 0.0}, b{2.0, 0.2, -kI, 1.0, kN, DBL_MAX, -0.0};
  expect_kernel(Kernel::add, {a, b}, {}, {3.5, 0.30000000000000004, kN, kN, kN, kI, 0.0});
  expect_kernel(Kernel::subtract, {a, b}, {}, {-0.5, -0.1, kI, kN, kN, 0.0, 0.0});
  expect_kernel(Kernel::multiply, {a, b}, {}, {3.0, 0.020000000000000004, -kI, kN, kN, kI, -0.0});
  expect_kernel(Kernel::divide, {a, b}, {}, {0.75, 0.5, kN, kN, kN, 1.0, kN});
}

TEST(Elementwise, DivisionByZeroIsInfiniteAndZeroByZeroIsMissing) {
  const Column a{1.0, -1.0, 1.0, 0.0, kI, 5.0}, b{0.0, 0.0, -0.0, 0.0, kI, kI}, quotient{kI, -kI, -kI, kN, kN, 0.0};
  Column c;
  for (const double x : b) c.push_back(1.0 / x);
  expect_kernel(Kernel::divide, {a, b}, {}, quotient);
  expect_kernel(Kernel::divide_by, {a, b, c}, {}, quotient);
  expect_kernel(Kernel::can_divide, {a, b}, {}, {1, 1, 1, 0, 0, 1});
}

TEST(Elementwise, CanDivideIsWhetherTheQuotientIsThere) {
  const Column some{0.0, -0.0, 1.0, -2.5, kI, -kI, kN, DBL_MAX, DBL_TRUE_MIN};
  Column a, b, wanted;
  for (const double x : some)
    for (const double y : some) {
      a.push_back(x);
      b.push_back(y);
      wanted.push_back(std::isnan(x / y) ? 0.0 : 1.0);
    }
  expect_kernel(Kernel::can_divide, {a, b}, {}, wanted);
}

TEST(Elementwise, MinimumAndMaximumAreMissingWhereEitherIs) {
  const Column a{1.0, 3.0, kN, 1.0, -kI, 2.0}, b{2.0, -3.0, 1.0, kN, kI, 2.0};
  expect_kernel(Kernel::minimum, {a, b}, {}, {1.0, -3.0, kN, kN, -kI, 2.0});
  expect_kernel(Kernel::maximum, {a, b}, {}, {2.0, 3.0, kN, kN, kI, 2.0});
}

TEST(Elementwise, OfTwoZerosTheFirstIsKept) {
  expect_kernel(Kernel::minimum, {{0.0, -0.0}, {-0.0, 0.0}}, {}, {0.0, -0.0});
  expect_kernel(Kernel::maximum, {{0.0, -0.0}, {-0.0, 0.0}}, {}, {0.0, -0.0});
}

TEST(Elementwise, Comparisons) {
  const Column a{1.0, 2.0, 2.0, kN, 2.0, -0.0, kI, kN}, b{2.0, 1.0, 2.0, 1.0, kN, 0.0, kI, kN};
  expect_kernel(Kernel::greater, {a, b}, {}, {0, 1, 0, kN, kN, 0, 0, kN});
  expect_kernel(Kernel::greater_equal, {a, b}, {}, {0, 1, 1, kN, kN, 1, 1, kN});
  expect_kernel(Kernel::less, {a, b}, {}, {1, 0, 0, kN, kN, 0, 0, kN});
  expect_kernel(Kernel::less_equal, {a, b}, {}, {1, 0, 1, kN, kN, 1, 1, kN});
  expect_kernel(Kernel::equal, {a, b}, {}, {0, 0, 1, kN, kN, 1, 1, kN});
  expect_kernel(Kernel::not_equal, {a, b}, {}, {1, 1, 0, kN, kN, 0, 0, kN});
}

TEST(Elementwise, Logic) {
  const Column a{1, 1, 0, -0.0, kN, 0, -3, kN}, b{1, 0, 1, 0, 1, kN, 0.5, kN};
  expect_kernel(Kernel::logical_and, {a, b}, {}, {1, 0, 0, 0, kN, kN, 1, kN});
  expect_kernel(Kernel::logical_or, {a, b}, {}, {1, 1, 1, 0, kN, kN, 1, kN});
  expect_kernel(Kernel::logical_not, {a}, {}, {0, 0, 1, 1, kN, 1, 0, kN});
}

TEST(Elementwise, SelectLooksOnlyAtWhatItTakes) {
  expect_kernel(Kernel::select, {{1, 0, kN, -2, -0.0, 1}, {10, 20, 30, 40, 50, kN}, {kN, 21, 31, 41, 51, 61}}, {},
                {10, 21, kN, 40, 51, kN});
}

TEST(Elementwise, Fill) { expect_kernel(Kernel::fill, {{1.0, kN, -0.0, kI}}, {50.0}, {1.0, 50.0, -0.0, kI}); }

TEST(Elementwise, Step) {
  // 5 up to 1.0, 8 above 1.0, 10 from 1.2 on, 12 above 1.5: the points of the volume rule with one inclusive level.
  const Column params{3, 5, 1.0, 0, 8, 1.2, 1, 10, 1.5, 0, 12};
  expect_kernel(Kernel::step, {{0.3, 1.0, 1.1, 1.2, 1.5, 1.6, kI, -kI, kN}}, params, {5, 5, 8, 10, 10, 12, 12, 5, kN});
  expect_kernel(Kernel::step, {{0.3, kN}}, {0, 7.0}, {7.0, kN});
}

TEST(Elementwise, Presence) {
  const Column a{1.0, kN, 0.0, -0.0, kI, -kI, -1.0, DBL_TRUE_MIN, DBL_MAX};
  expect_kernel(Kernel::valid, {a}, {}, {1, 0, 1, 1, 1, 1, 1, 1, 1});
  expect_kernel(Kernel::finite, {a}, {}, {1, 0, 1, 1, 0, 0, 1, 1, 1});
  expect_kernel(Kernel::log_finite, {a}, {}, {1, 0, 0, 0, 0, 0, 0, 1, 1});
}

TEST(Elementwise, AllValidCountsOnlyOnesAsTruths) {
  const Column truth{1, 1, 1, 0, kN, -2}, x{5, kN, kI, 5, 5, 5}, y{1, 1, -kI, 1, 1, 1};
  expect_kernel(Kernel::all_valid, {truth, x, y}, {1}, {1, 0, 1, 0, 0, 0});
  expect_kernel(Kernel::all_valid, {truth, x, y}, {0}, {1, 0, 1, 1, 0, 1});
  expect_kernel(Kernel::all_valid, {truth}, {1}, {1, 1, 1, 0, 0, 0});
}

TEST(Elementwise, AllValidOfTheMostInputs) {
  std::vector<Column> columns(kMaxInputs, Column{1.0, 2.0, 3.0});
  columns.back()[1] = kN;
  columns[kMaxInputs / 2][2] = kN;
  expect_kernel(Kernel::all_valid, columns, {0}, {1, 0, 0});
}

TEST(Logarithm, ByHand) {
  expect_kernel(Kernel::logarithm, {{1.0, 2.0, 0.5, 0.0, -0.0, -1.0, -DBL_TRUE_MIN, kI, -kI, kN}}, {},
                {0.0, 0x1.62e42fefa39efp-1, -0x1.62e42fefa39efp-1, -kI, -kI, kN, kN, kI, kN, kN});
}

// Distance from the exact value in units of its last place.
double ulps_off(double x, double found) {
  const __float128 exact = logq(static_cast<__float128>(x));
  int exponent = 0;
  std::frexp(static_cast<double>(exact), &exponent);
  return static_cast<double>(fabsq(static_cast<__float128>(found) - exact) /
                             scalbnq(1, std::max(exponent - 53, -1074)));
}

TEST(Logarithm, WithinOneUlpOfQuadruplePrecision) {
  Random random(7);
  constexpr std::size_t kRows = 24000;
  Tile x(kRows, 0);
  for (std::size_t r = 0; r < kRows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      double& value = x.at(r, l);
      switch (l % 8) {
        case 0: value = std::bit_cast<double>(random.bits() % 0x7ff0000000000000); break;  // any magnitude
        case 1: value = std::bit_cast<double>(random.bits() % 0x0010000000000000); break;  // subnormal
        case 2: value = 1.0 + random.sign() * std::exp2(-53.0 * random.unit()); break;  // near 1
        case 3:
          value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(1.0) - 4000 + random.below(8000));
          break;  // beside 1
        case 4: value = std::sqrt(0.5) * (1.0 + random.sign() * 0x1p-40 * random.unit()); break;  // where k changes
        case 5: value = std::sqrt(2.0) * (1.0 + random.sign() * 0x1p-40 * random.unit()); break;
        case 6: value = 0.6 + random.unit(); break;
        default: value = 0.01 * std::floor(1.0 + random.unit() * 500000.0); break;  // prices
      }
      if (!(value > 0.0)) value = DBL_TRUE_MIN;
    }
  const Tile* inputs[] = {&x};
  const Tile found = run(Kernel::logarithm, SimdLevel::scalar, inputs, {}, kRows);
  double worst = 0.0;
  for (std::size_t r = 0; r < kRows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const double off = ulps_off(x.at(r, l), found.at(r, l));
      ASSERT_LE(off, 1.0) << text(x.at(r, l)) << " gives " << text(found.at(r, l));
      worst = std::max(worst, off);
    }
  RecordProperty("worst_ulps", fmt::format("{:.4f}", worst));
  for (const SimdLevel level : supported_levels()) {
    const Tile again = run(Kernel::logarithm, level, inputs, {}, kRows);
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t l = 0; l < kTileLanes; ++l)
        ASSERT_TRUE(same(found.at(r, l), again.at(r, l))) << to_string(level) << " " << text(x.at(r, l));
  }
}

TEST(Logarithm, OfEveryPowerOfTwo) {
  Column x, wanted;
  for (int e = -1074; e < 1024; ++e) {
    x.push_back(std::ldexp(1.0, e));
    wanted.push_back(static_cast<double>(static_cast<__float128>(e) * logq(2)));
  }
  for (const SimdLevel level : supported_levels()) {
    const Column found = column_of(Kernel::logarithm, level, {x});
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_LE(ulps_off(x[i], found[i]), 1.0) << text(x[i]);
    EXPECT_EQ(found[1074], 0.0);
    EXPECT_EQ(found[1075], wanted[1075]);
  }
}

// A numerator whose quotient by b lies as close to the middle between two doubles as one can have it.
double near_midpoint(double b, Random& random) {
  const std::uint64_t divisor = (std::bit_cast<std::uint64_t>(b) & ((1ull << 52) - 1)) | (1ull << 52);
  const std::uint64_t middle = ((random.bits() >> 11) | (1ull << 52)) * 2 + 1;
  unsigned __int128 product = static_cast<unsigned __int128>(divisor) * middle;
  const int shift = (product >> 106) != 0 ? 54 : 53;
  product = (product + (static_cast<unsigned __int128>(1) << (shift - 1))) >> shift;
  const double a = static_cast<double>(static_cast<std::uint64_t>(product)) * 0x1p-52;
  switch (random.below(4)) {
    case 0: return std::nextafter(a, 0.0);
    case 1: return std::nextafter(a, kI);
    default: return a;
  }
}

// Mantissas that are hard for reciprocals: nearly all ones, nearly a power of two, few bits.
double hard_mantissa(Random& random) {
  const std::uint64_t low = random.below(32);
  std::uint64_t mantissa = 0;
  switch (random.below(4)) {
    case 0: mantissa = ((1ull << 52) - 1) - low; break;
    case 1: mantissa = low; break;
    case 2: mantissa = (random.bits() & 0xff) << 44; break;
    default: mantissa = random.bits() >> 12; break;
  }
  return std::bit_cast<double>((1023ull << 52) | mantissa);
}

TEST(DivideBy, HasTheBitsOfTheDivision) {
  Random random(11);
  constexpr std::size_t kRows = 1024, kRounds = 1000;  // 33 million quotients a level
  Tile a(kRows, 0), b(kRows, 0), c(kRows, 0);
  const Tile* inputs[] = {&a, &b, &c};
  const auto scale = [&](double x) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) + (random.below(761) << 52) - (380ull << 52)) *
           random.sign();
  };
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < kRows * kTileLanes; ++i) {
      double x, y;
      switch (round % 4) {
        case 0:  // any two
          x = std::bit_cast<double>((1023ull << 52) | (random.bits() >> 12));
          y = std::bit_cast<double>((1023ull << 52) | (random.bits() >> 12));
          break;
        case 1:
          y = hard_mantissa(random);
          x = near_midpoint(y, random);
          break;
        case 2:
          y = hard_mantissa(random);
          x = hard_mantissa(random);
          break;
        default:
          y = std::bit_cast<double>((1023ull << 52) | (random.bits() >> 12));
          x = near_midpoint(y, random);
          break;
      }
      if (round % 8 >= 4) x = scale(x), y = scale(y);
      a.row(0)[i] = x;
      b.row(0)[i] = y;
      c.row(0)[i] = 1.0 / y;
    }
    for (const SimdLevel level : supported_levels()) {
      if (level == SimdLevel::scalar || (level == SimdLevel::sse4 && round % 16 != 0)) continue;  // sse4 divides
      const Tile found = run(Kernel::divide_by, level, inputs, {}, kRows);
      for (std::size_t i = 0; i < kRows * kTileLanes; ++i) {
        const double wanted = a.row(0)[i] / b.row(0)[i];
        if (std::bit_cast<std::uint64_t>(wanted) != std::bit_cast<std::uint64_t>(found.row(0)[i])) {
          FAIL() << to_string(level) << ": " << text(a.row(0)[i]) << " / " << text(b.row(0)[i]) << " is "
                 << text(wanted) << ", found " << text(found.row(0)[i]);
        }
      }
    }
  }
}

// Ends of the range, zeros, infinities and missing values, each beside ordinary ones and alone.
TEST(DivideBy, AtTheEndsOfTheRange) {
  Column ends{0.0, -0.0, 1.0, -3.0, kI, -kI, kN, DBL_MAX, DBL_MIN, DBL_TRUE_MIN, -DBL_MAX};
  for (const double e : {-1022., -900., -401., -400., -399., 399., 400., 401., 900., 1023.})
    for (const double m : {1.0, 0x1.fffffffffffffp0, 0x1.5555555555555p0, 0x1.0000000000001p0})
      ends.push_back(m * std::exp2(e));
  Column a, b, c, wanted;
  for (const double x : ends)
    for (const double y : ends) {
      a.push_back(x);
      b.push_back(y);
      c.push_back(1.0 / y);
      wanted.push_back(x / y);
    }
  expect_kernel(Kernel::divide_by, {a, b, c}, {}, wanted);
}

}  // namespace
}  // namespace momentum::kernels
