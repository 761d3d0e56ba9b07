#include "exact_window.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>

namespace momentum::score::oracle {
namespace {

#if LDBL_MANT_DIG >= 113
using Wide = long double;
#else
using Wide = __float128;
#endif

// A fixed-point number wide enough for every double: bit 0 weighs 2^-1074. 32 bits to a limb, the other half of each
// limb and the top limbs are room for carries, so 2^30 values can be added before carries are resolved.
constexpr int kLowest = -1074;
constexpr int kLimbBits = 32;
constexpr std::size_t kLimbs = 70;
using Fixed = std::array<std::int64_t, kLimbs>;

void add(Fixed& sum, double value) {
  int exponent = 0;
  // |value| = fraction * 2^exponent, 0.5 <= fraction < 1
  const double fraction = std::frexp(std::fabs(value), &exponent);
  int offset = exponent - 53 - kLowest;
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  if (offset < 0) {  // subnormal: its lowest bits are zeros
    mantissa >>= -offset;
    offset = 0;
  }
  auto limb = static_cast<std::size_t>(offset / kLimbBits);
  auto bits = static_cast<unsigned __int128>(mantissa) << (offset % kLimbBits);
  for (; bits != 0; bits >>= kLimbBits, ++limb) {
    const auto piece = static_cast<std::int64_t>(bits & 0xffffffffu);
    sum[limb] += std::signbit(value) ? -piece : piece;
  }
}

// Every limb into 0 .. 2^32-1; what is carried out at the top is -1 for a negative number, else 0.
std::int64_t resolve_carries(Fixed& sum) {
  std::int64_t carry = 0;
  for (std::int64_t& limb : sum) {
    const std::int64_t value = limb + carry;
    limb = value & 0xffffffff;
    carry = value >> kLimbBits;
  }
  return carry;
}

bool bit(const Fixed& sum, int index) {
  return (sum[static_cast<std::size_t>(index / kLimbBits)] >> (index % kLimbBits)) & 1;
}

bool any_bit_below(const Fixed& sum, int index) {
  const auto limb = static_cast<std::size_t>(index / kLimbBits);
  const std::int64_t lower = sum[limb] & ((std::int64_t{1} << (index % kLimbBits)) - 1);
  return lower != 0 || std::any_of(sum.begin(), sum.begin() + static_cast<std::ptrdiff_t>(limb),
                                   [](std::int64_t value) { return value != 0; });
}

double rounded(Fixed sum) {
  Fixed positive = sum;
  double sign = 1;
  if (resolve_carries(positive) < 0) {
    for (std::size_t i = 0; i < kLimbs; ++i) positive[i] = -sum[i];
    resolve_carries(positive);
    sign = -1;
  }
  int top = -1;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    if (positive[i] == 0) continue;
    const auto width = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(positive[i])));
    top = static_cast<int>(i) * kLimbBits + width - 1;
  }
  if (top < 0) return 0;
  const int lowest_kept = std::max(top - 52, 0);
  std::uint64_t mantissa = 0;
  for (int i = top; i >= lowest_kept; --i) mantissa = mantissa * 2 + bit(positive, i);
  if (lowest_kept > 0 && bit(positive, lowest_kept - 1)) {
    const bool odd = mantissa & 1;
    if (odd || any_bit_below(positive, lowest_kept - 1)) ++mantissa;
  }
  return sign * std::ldexp(static_cast<double>(mantissa), lowest_kept + kLowest);
}

bool identical(std::span<const double> window) {
  return std::all_of(window.begin(), window.end(), [&](double value) { return value == window.front(); });
}

}  // namespace

double exact_sum(std::span<const double> window) noexcept {
  Fixed finite{};
  double infinite = 0;
  for (const double value : window) {
    if (std::isfinite(value)) {
      add(finite, value);
    } else {
      infinite += value;
    }
  }
  return infinite == 0 ? rounded(finite) : infinite;
}

double window_mean(std::span<const double> window) noexcept {
  if (identical(window)) return window.front();
  return exact_sum(window) / static_cast<double>(window.size());
}

double window_deviation(std::span<const double> window) noexcept {
  if (identical(window)) return 0;
  const auto count = static_cast<Wide>(window.size());
  Wide sum = 0;
  for (const double value : window) sum += value;
  const Wide mean = sum / count;
  Wide squares = 0;
  for (const double value : window) squares += (value - mean) * (value - mean);
  return static_cast<double>(std::sqrt(static_cast<long double>(squares / (count - 1))));
}

}  // namespace momentum::score::oracle
