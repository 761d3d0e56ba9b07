#pragma once
// The natural logarithm's constants, shared by the scalar and the vector form (which do the same operations in the same
// order). x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), s = f / (2 + f):
//   log(1 + f) = 2 atanh(s) = f - s (f - R),  R = 2/3 s^2 + 2/5 s^4 + ...
// Eleven terms leave a truncation below 2^-57; the whole is within 1 ulp. No FMA, so the bits are the same everywhere.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace momentum::kernels {

inline constexpr double kLn2High = 0x1.62e42fee00000p-1;  // its low 21 bits are zero: k * kLn2High is exact
inline constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
inline constexpr double kLogTerms[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                       2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
inline constexpr std::size_t kLogTermCount = sizeof(kLogTerms) / sizeof(kLogTerms[0]);
// Bits of sqrt(1/2), rounded: subtracting them from x's bits leaves k in the exponent field.
inline constexpr std::uint64_t kSqrtHalfBits = 0x3fe6a09e667f3bcdULL;
inline constexpr double kTwo54 = 0x1p54;
inline constexpr double kSmallestNormal = 0x1p-1022;

inline double logarithm(double x) noexcept {
  if (!(x > 0.0)) return x == 0.0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  if (x == std::numeric_limits<double>::infinity()) return x;
  const bool tiny = x < kSmallestNormal;
  const auto bits = std::bit_cast<std::uint64_t>(tiny ? x * kTwo54 : x);
  const std::int64_t exponent = static_cast<std::int64_t>(bits - kSqrtHalfBits) >> 52;
  const double k = static_cast<double>(exponent) - (tiny ? 54.0 : 0.0);
  const double f = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52)) - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double r = kLogTerms[kLogTermCount - 1];
  for (std::size_t i = kLogTermCount - 1; i-- > 0;) r = r * z + kLogTerms[i];
  r = r * z;
  return k * kLn2High - ((s * (f - r) - k * kLn2Low) - f);
}

}  // namespace momentum::kernels
