#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <type_traits>

#include "momentum/base/error.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::formats {
namespace {

constexpr int kLargestScale = 18;  // of a decimal(18, s) that someone else may have chosen
constexpr std::array<double, kLargestScale + 1> kPower = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                                          1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

// 1 / power as high + low, high with 22 bits. For any int32 i and power up to 10^6, i * high + i * low has the bits of
// i / power: the first product is exact (31 + 22 bits); low is below 2^-22 of the whole, so that its own rounding and that
// of the second product move the sum by at most 2^-74 of it; and no i / power that is not a double itself lies within
// 2^-54 / 10^6 > 2^-73.94 of the middle between two doubles (i - M * power is a whole number for every such middle M, a
// 54-bit number times a power of two, counted in that power). Hence the last addition rounds to where the division does.
// Two multiplications run four times as fast as a division.
struct Reciprocal {
  double high, low;
};

constexpr int kReciprocalScales = 6;

Reciprocal reciprocal_of(double power) {
  constexpr std::uint64_t kLowBits = 53 - 22;
  const double whole = 1 / power;
  const auto bits = std::bit_cast<std::uint64_t>(whole) + (std::uint64_t{1} << (kLowBits - 1));
  const double high = std::bit_cast<double>(bits >> kLowBits << kLowBits);
  return {high, (1 - high * power) / power};  // the bracket is exact: high * power has 22 + 20 bits
}

// Blocks of a fixed length become vector code, those of any length do not.
constexpr std::size_t kVectorBlock = 64;

template <class F>
void in_blocks(std::size_t n, F&& one) {
  std::size_t at = 0;
  for (; at + kVectorBlock <= n; at += kVectorBlock) {
    for (std::size_t k = 0; k < kVectorBlock; ++k) one(at + k);
  }
  for (; at < n; ++at) one(at);
}

template <class T>
void divide(const T* from, int scale, double* to, std::size_t n) {
  const double power = kPower[static_cast<std::size_t>(scale)];
  if (scale == 0) {
    in_blocks(n, [=](std::size_t k) { to[k] = static_cast<double>(from[k]); });
  } else if (std::is_same_v<T, std::int32_t> && scale <= kReciprocalScales) {
    const auto [high, low] = reciprocal_of(power);
    in_blocks(n, [=](std::size_t k) {
      const auto integer = static_cast<double>(from[k]);
      to[k] = integer * high + integer * low;
    });
  } else {
    in_blocks(n, [=](std::size_t k) { to[k] = static_cast<double>(from[k]) / power; });
  }
}

template <class T>
void from_integers(std::span<const T> integers, int scale, std::span<const std::uint8_t> validity,
                   std::span<double> into) {
  MOMENTUM_CHECK(scale <= kLargestScale && into.size() == integers.size());
  const std::size_t n = into.size();
  divide(integers.data(), std::max(scale, 0), into.data(), n);
  if (validity.empty()) return;
  MOMENTUM_CHECK(validity.size() >= validity_bytes(static_cast<std::int64_t>(n)));
  for (std::size_t byte = 0; byte * 8 < n; ++byte) {
    if (validity[byte] == 0xff) continue;
    for (std::size_t k = byte * 8; k < std::min(byte * 8 + 8, n); ++k) {
      if ((validity[byte] >> (k % 8) & 1) == 0) into[k] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

}  // namespace

void from_decimal(std::span<const std::int32_t> integers, int scale, std::span<const std::uint8_t> validity,
                  std::span<double> into) {
  from_integers(integers, scale, validity, into);
}

void from_decimal(std::span<const std::int64_t> integers, int scale, std::span<const std::uint8_t> validity,
                  std::span<double> into) {
  from_integers(integers, scale, validity, into);
}

}  // namespace momentum::formats
