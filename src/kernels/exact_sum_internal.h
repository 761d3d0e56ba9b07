#pragma once
// The correctly rounded sum of doubles, whatever their range: the definition behind every rolling sum and mean.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace momentum::kernels {

// A fixed-point accumulator wide enough for any finite double (2098 bits) and 2^31 additions. The value is
// sum(limb[i] * 2^(32 i)) * 2^-1074; limbs are signed 64-bit and carry lazily.
class ExactSum {
 public:
  void add(double x) noexcept {
    if (!std::isfinite(x)) {
      (std::isnan(x) ? nan_ : (x > 0 ? plus_inf_ : minus_inf_)) = true;
      return;
    }
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto biased = static_cast<unsigned>((bits >> 52) & 0x7ff);
    std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    if (biased != 0) mantissa |= std::uint64_t{1} << 52;
    const unsigned shift = biased == 0 ? 0 : biased - 1;  // of the mantissa's unit above 2^-1074
    const unsigned limb = shift / 32;
    const unsigned __int128 wide = static_cast<unsigned __int128>(mantissa) << (shift % 32);
    const bool negative = (bits >> 63) != 0;
    for (unsigned i = 0; i < 3; ++i) {
      const auto part = static_cast<std::int64_t>(static_cast<std::uint32_t>(wide >> (32 * i)));
      limb_[limb + i] += negative ? -part : part;
    }
  }

  // Nearest double, halves to even; infinities and NaN as IEEE addition would give; +0 for an empty or zero sum. Leaves the
  // sum as it is.
  double round() const noexcept { return ExactSum(*this).settle(); }

 private:
  static constexpr std::size_t kLimbs = 68;
  double settle() noexcept {
    if (nan_ || (plus_inf_ && minus_inf_)) return std::numeric_limits<double>::quiet_NaN();
    if (plus_inf_) return std::numeric_limits<double>::infinity();
    if (minus_inf_) return -std::numeric_limits<double>::infinity();
    carry();
    const bool negative = limb_[kLimbs - 1] < 0;
    if (negative) {
      for (auto& limb : limb_) limb = -limb;
      carry();
    }
    std::size_t top = kLimbs;
    while (top > 0 && limb_[top - 1] == 0) --top;
    if (top == 0) return 0.0;
    const int high =
        static_cast<int>(32 * (top - 1)) + 63 - std::countl_zero(static_cast<std::uint64_t>(limb_[top - 1]));
    const int low = high > 52 ? high - 52 : 0;  // weight of the last mantissa bit; 0 is the subnormal unit
    unsigned __int128 wide = 0;  // 53 bits from any place lie in three limbs, and none stands above `high`
    for (int i = 2; i >= 0; --i) wide = (wide << 32) | static_cast<std::uint64_t>(limb_[low / 32 + i]);
    auto mantissa = static_cast<std::uint64_t>(wide >> (low % 32));
    if (low > 0 && bit(low - 1) != 0 && ((mantissa & 1) != 0 || any_below(low - 1))) ++mantissa;
    const double magnitude = std::ldexp(static_cast<double>(mantissa), low - 1074);
    return negative ? -magnitude : magnitude;
  }
  void carry() noexcept {
    std::int64_t c = 0;
    for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
      const std::int64_t v = limb_[i] + c;
      limb_[i] = v & 0xffffffff;
      c = v >> 32;
    }
    limb_[kLimbs - 1] += c;
  }
  std::uint64_t bit(int b) const noexcept { return (static_cast<std::uint64_t>(limb_[b / 32]) >> (b % 32)) & 1; }
  bool any_below(int b) const noexcept {
    for (int i = 0; i < b / 32; ++i)
      if (limb_[i] != 0) return true;
    return (static_cast<std::uint64_t>(limb_[b / 32]) & ((std::uint64_t{1} << (b % 32)) - 1)) != 0;
  }
  std::int64_t limb_[kLimbs] = {};
  bool nan_ = false, plus_inf_ = false, minus_inf_ = false;
};

}  // namespace momentum::kernels
