// The sliding deviation against its definition, bit by bit, on the windows that are hardest for it: nearly flat ones, roots on
// or beside the middle between two doubles, sums that have forgotten nothing of a giant, both ends of the range. The cuts
// matter as much as the values: every call begins its sums anew.

#include <gtest/gtest.h>

#include <array>
#include <cfloat>
#include <functional>

#include "deviation_internal.h"
#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

// The next value of a lane: the row, the value before it, random numbers.
using Next = std::function<double(std::size_t row, double before, Random&)>;
struct Family {
  const char* name;
  Next next;
};

double thousandths(double before, double step, double low, double high) {
  return std::clamp(std::round(before * 1000.0) + step, low, high) / 1000.0;
}

const Family kFamilies[] = {
    {"cents", [](std::size_t row, double before,
                 Random& r) { return row == 0 ? 37.21 : next_cents(r, std::round(before * 100.0)) / 100.0; }},
    {"a money-market fund",
     [](std::size_t row, double before, Random& r) {
       return row == 0 ? 100.0 : thousandths(before, std::floor(r.unit() * 5.0) - 2.0, 99980.0, 100020.0);
     }},
    {"one step seldom",
     [](std::size_t row, double before, Random& r) {
       return row == 0 ? 100.0 : r.chance(0.03) ? thousandths(before, r.sign(), 99000.0, 101000.0) : before;
     }},
    {"last place",
     [](std::size_t, double, Random& r) { return std::bit_cast<double>(0x4059000000000000 + r.below(3)); }},
    {"returns", [](std::size_t, double, Random& r) { return 0.02 * r.normal(); }},
    {"signs in turn",
     [](std::size_t row, double, Random& r) {
       return (row % 2 == 0 ? 37.0 : -37.0) * (1.0 + static_cast<double>(r.below(5)) * 0x1p-50);
     }},
    {"outliers over steps of a cent",
     [](std::size_t, double, Random& r) {
       const double x = 10.0 + static_cast<double>(r.below(3)) * 0.01;
       return r.chance(0.03) ? x * std::exp2(r.unit() * 60.0) : x;
     }},
    {"down from a giant",
     [](std::size_t row, double, Random& r) {
       return (1.0 + 0.1 * r.unit()) * std::exp2(30.0 - static_cast<double>(row % 97) * 0.7);
     }},
    {"flat after noise, but for a last place",
     [](std::size_t row, double, Random& r) {
       if (row / 40 % 2 == 0) return 10.0 + r.unit();
       return r.chance(0.03) ? std::nextafter(10.01, 11.0) : 10.01;
     }},
    {"all exponents", [](std::size_t, double, Random& r) { return r.sign() * std::exp2(r.normal() * 200.0); }},
    {"squares that underflow",
     [](std::size_t, double, Random& r) { return (r.sign() + r.unit()) * std::exp2(-475.0 + 20.0 * r.normal()); }},
    {"squares that overflow",
     [](std::size_t, double, Random& r) { return (r.sign() + r.unit()) * std::exp2(508.0 + 2.0 * r.normal()); }},
    {"denormal", [](std::size_t, double, Random& r) { return r.sign() * static_cast<double>(r.below(9)) * 0x1p-1074; }},
    {"seldom missing or infinite",
     [](std::size_t, double, Random& r) {
       return r.chance(0.01) ? kMissing : r.chance(0.01) ? r.sign() * kInfinity : r.normal();
     }},
};

Tile deviation(SimdLevel level, const Tile& x, std::size_t w, std::size_t chunk) {
  const Tile* inputs[] = {&x};
  return run(Kernel::rolling_std, level, inputs, {static_cast<double>(w)}, x.rows(), chunk);
}

void expect_definition(const Tile& x, std::size_t w, const std::string& what) {
  const Tile wanted = deviation(SimdLevel::scalar, x, w, 0);
  for (const SimdLevel level : supported_levels())
    for (const std::size_t chunk : {1, 7, 64, 0}) {
      const Tile found = deviation(level, x, w, chunk);
      for (std::size_t r = 0; r < x.rows(); ++r)
        for (std::size_t l = 0; l < kTileLanes; ++l)
          ASSERT_TRUE(same(found.at(r, l), wanted.at(r, l)))
              << what << ", w " << w << ", " << to_string(level) << ", calls of " << chunk << ", row " << r
              << ": found " << text(found.at(r, l)) << ", wanted " << text(wanted.at(r, l));
    }
}

TEST(Deviation, IsItsDefinition) {
  Random random(31);
  for (const Family& family : kFamilies)
    for (const std::size_t w : {2, 3, 5, 20, 60}) {
      Tile x(100, w);
      for (std::size_t l = 0; l < kTileLanes; ++l) {
        double before = 0.0;
        for (std::size_t r = 0; r < x.rows(); ++r) x.at(r, l) = before = family.next(r, before, random);
      }
      expect_definition(x, w, family.name);
    }
}

// Both ways of the definition, where the shorter one goes at all.
TEST(Deviation, IsTheSameInWordsAsInWideIntegers) {
  Random random(33);
  for (const Family& family : kFamilies)
    for (const std::size_t w : {2, 3, 20, 60, 512, 513}) {
      const std::size_t rows = w < 500 ? 300 : 520;
      Tile x(rows, 0);
      double before = 0.0;
      for (std::size_t r = 0; r < rows; ++r) {
        before = family.next(r, before, random);
        x.at(r, 0) = std::isfinite(before) ? before : 0.0;
      }
      for (std::size_t r = w - 1; r < rows; ++r) {
        const auto narrow = narrow_deviation(x.row(r), w);
        if (narrow) {
          ASSERT_TRUE(same(*narrow, wide_deviation(x.row(r), w))) << family.name << ", w " << w << ", row " << r;
        }
        if (w > 512 || family.name == std::string("all exponents")) {
          ASSERT_FALSE(narrow.has_value()) << family.name << ", w " << w;
        } else if (family.name == std::string("cents")) {
          ASSERT_TRUE(narrow.has_value()) << "w " << w;
        }
      }
    }
  // As far apart as the words allow, with the unit of the last place of 1, and further.
  for (const double far : {2.0, 2.0 + 0x1p-51, 3.0})
    for (const std::size_t w : {2, 3, 512}) {
      Tile x(w, 0);
      for (std::size_t r = 0; r < w; ++r) x.at(r, 0) = r % 2 == 0 ? far : 1.0;
      const auto narrow = narrow_deviation(x.row(w - 1), w);
      ASSERT_EQ(narrow.has_value(), far <= 2.0) << far << ", w " << w;
      if (narrow) {
        EXPECT_TRUE(same(*narrow, wide_deviation(x.row(w - 1), w))) << "w " << w;
      }
    }
  const double top[] = {DBL_MAX, DBL_MAX, std::nextafter(DBL_MAX, 0.0)};
  Tile x(3, 0);
  for (std::size_t r = 0; r < 3; ++r) x.at(r, 0) = top[r];
  const auto narrow = narrow_deviation(x.row(2), 3);
  ASSERT_TRUE(narrow.has_value());
  EXPECT_TRUE(same(*narrow, wide_deviation(x.row(2), 3)));
}

// b - d, b, b + d have the deviation d. With d of 54 bits that lies in the middle between two doubles, and goes to the even one.
TEST(Deviation, OfATieIsEven) {
  Random random(32);
  constexpr std::uint64_t kBit53 = std::uint64_t{1} << 53;
  Tile x(300, 3), wanted(300, 0);
  for (std::size_t l = 0; l < kTileLanes; ++l)
    for (std::size_t r = 0; r < x.rows(); r += 3) {
      const std::uint64_t d = kBit53 + (random.bits() >> 11 | 1);  // odd
      const std::uint64_t room = 2 * kBit53 - d;
      const auto b = static_cast<std::int64_t>(random.below(room) | 1);  // odd too: b +- d are even and below 2^54
      const double scale = std::ldexp(1.0, static_cast<int>(random.below(800)) - 400);
      x.at(r, l) = scale * static_cast<double>(b - static_cast<std::int64_t>(d));
      x.at(r + 1, l) = scale * static_cast<double>(b);
      x.at(r + 2, l) = scale * static_cast<double>(b + static_cast<std::int64_t>(d));
      wanted.at(r + 2, l) = scale * static_cast<double>(d);  // the conversion rounds to even
    }
  for (const SimdLevel level : supported_levels())
    for (const std::size_t chunk : {1, 64}) {
      const Tile found = deviation(level, x, 3, chunk);
      for (std::size_t r = 2; r < x.rows(); r += 3)
        for (std::size_t l = 0; l < kTileLanes; ++l)
          ASSERT_TRUE(same(found.at(r, l), wanted.at(r, l)))
              << to_string(level) << " row " << r << ": " << text(found.at(r, l)) << ", wanted "
              << text(wanted.at(r, l));
    }
  expect_definition(x, 3, "ties and what lies between");
}

// Beside a power of two the doubles below are closer than those above.
TEST(Deviation, BesideAPowerOfTwo) {
  const auto of = [](double a, double b, double c) {
    std::array<double, 3 * kTileLanes> rows{};
    rows[0] = a, rows[kTileLanes] = b, rows[2 * kTileLanes] = c;
    return exact_deviation(&rows[2 * kTileLanes], 3);
  };
  EXPECT_EQ(of(1.0 - 0x1p53, 0.5, 0x1p53), 0x1p53);  // a tie of 2^53 - 1 and 2^53
  EXPECT_EQ(of(1.0 - 0x1p53, 0.0, 0x1p53 - 1.0), 0x1p53 - 1.0);
  EXPECT_EQ(of(-2.0, 0x1p53 - 1.0, 0x1p54), 0x1p53);  // a tie of 2^53 and 2^53 + 2
  EXPECT_EQ(of(-(0x1p53 + 2.0), 1.0, 0x1p53 + 4.0), 0x1p53 + 4.0);  // of 2^53 + 2 and 2^53 + 4
}

}  // namespace
}  // namespace momentum::kernels
