#pragma once
// The correctly rounded sample deviation of one window: the definition behind rolling_std. Scores compare a value divided by
// a deviation with whole and half numbers, and real prices make such ties exact, so the last bit has to be the right one.
//
// With every value an integer times 2^e, the squared deviation is N 2^(2e) / (w (w - 1)), N = w sum(x^2) - sum(x)^2, in
// integers and without rounding. A candidate for its root is corrected until the exact midpoints to its neighbours enclose it.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "momentum/kernels/tile.h"

namespace momentum::kernels {

// A non-negative integer of up to 4672 bits: the square of the widest sum of doubles, with room for the counts.
class Wide {
 public:
  Wide() = default;
  explicit Wide(std::uint64_t v) {
    limb_[0] = static_cast<std::uint32_t>(v);
    limb_[1] = static_cast<std::uint32_t>(v >> 32);
    used_ = 2;
    trim();
  }
  void add(const Wide& b) {
    std::uint64_t carry = 0;
    const std::size_t n = (used_ > b.used_ ? used_ : b.used_) + 1;
    for (std::size_t i = 0; i < n; ++i) {
      carry += std::uint64_t{limb_[i]} + b.limb_[i];
      limb_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    used_ = n;
    trim();
  }
  void subtract(const Wide& b) {  // b <= *this
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < used_; ++i) {
      const std::int64_t v = std::int64_t{limb_[i]} - std::int64_t{b.limb_[i]} + borrow;
      limb_[i] = static_cast<std::uint32_t>(v);
      borrow = v >> 32;
    }
    trim();
  }
  Wide times(const Wide& b) const {
    Wide out;
    for (std::size_t i = 0; i < used_; ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < b.used_; ++j) {
        carry += std::uint64_t{limb_[i]} * b.limb_[j] + out.limb_[i + j];
        out.limb_[i + j] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
      out.limb_[i + b.used_] = static_cast<std::uint32_t>(carry);
    }
    out.used_ = used_ + b.used_;
    out.trim();
    return out;
  }
  Wide shifted(std::size_t bits) const {
    Wide out;
    const std::size_t limbs = bits / 32, rest = bits % 32;
    for (std::size_t i = 0; i < used_; ++i) {
      const std::uint64_t v = std::uint64_t{limb_[i]} << rest;
      out.limb_[i + limbs] |= static_cast<std::uint32_t>(v);
      out.limb_[i + limbs + 1] |= static_cast<std::uint32_t>(v >> 32);
    }
    out.used_ = used_ + limbs + 1;
    out.trim();
    return out;
  }
  int compare(const Wide& b) const {
    if (used_ != b.used_) return used_ < b.used_ ? -1 : 1;
    for (std::size_t i = used_; i-- > 0;)
      if (limb_[i] != b.limb_[i]) return limb_[i] < b.limb_[i] ? -1 : 1;
    return 0;
  }
  bool is_zero() const { return used_ == 0; }
  // About value / 2^exponent, exact to 2^-60 or so.
  double leading(int& exponent) const {
    double v = 0.0;
    const std::size_t low = used_ > 3 ? used_ - 3 : 0;
    for (std::size_t i = used_; i-- > low;) v = v * 0x1p32 + limb_[i];
    exponent = static_cast<int>(32 * low);
    return v;
  }

 private:
  static constexpr std::size_t kLimbs = 150;
  void trim() {
    while (used_ > 0 && limb_[used_ - 1] == 0) --used_;
  }
  std::uint32_t limb_[kLimbs] = {};
  std::size_t used_ = 0;
};

// `last` points at the newest of w finite values, older ones kTileLanes doubles apart; w >= 2.
inline double exact_deviation(const double* last, std::size_t w) noexcept {
  // The common unit 2^e: that of the last bit of the smallest value.
  int e = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < w; ++i) {
    const double x = *(last - i * kTileLanes);
    int exponent = 0;
    if (x == 0.0) continue;
    std::frexp(x, &exponent);
    if (exponent - 53 < e) e = exponent - 53;
  }
  Wide positive, negative, squares;
  for (std::size_t i = 0; i < w; ++i) {
    const double x = *(last - i * kTileLanes);
    if (x == 0.0) continue;
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(x), &exponent);
    const Wide size =
        Wide(static_cast<std::uint64_t>(std::ldexp(fraction, 53))).shifted(static_cast<std::size_t>(exponent - 53 - e));
    (x < 0.0 ? negative : positive).add(size);
    squares.add(size.times(size));
  }
  if (positive.compare(negative) < 0) {
    const Wide keep = positive;
    positive = negative;
    negative = keep;
  }
  positive.subtract(negative);
  Wide n = squares.times(Wide(w));
  n.subtract(positive.times(positive));
  if (n.is_zero()) return 0.0;
  const Wide count(static_cast<std::uint64_t>(w) * (w - 1));

  // A first candidate y = m 2^u from the leading bits of N.
  int binary = 0;
  double leading = n.leading(binary) / (static_cast<double>(w) * (static_cast<double>(w) - 1.0));
  binary += 2 * e;
  if (binary % 2 != 0) leading *= 2.0, --binary;
  int exponent = 0;
  const double fraction = std::frexp(std::sqrt(leading), &exponent);
  int u = exponent + binary / 2 - 53;
  if (u < -1074) u = -1074;
  auto m = static_cast<std::uint64_t>(std::ldexp(fraction, exponent + binary / 2 - u));

  // Sign of (m + half)^2 2^(2u) w (w - 1) - N 2^(2e), with half a unit more or less: both sides in units of 2^(2u - 2).
  const auto side = [&](std::uint64_t twice) {
    const Wide t(twice);
    const Wide left = t.times(t).times(count);
    const int shift = 2 * e - (2 * u - 2);
    return shift >= 0 ? left.compare(n.shifted(static_cast<std::size_t>(shift)))
                      : left.shifted(static_cast<std::size_t>(-shift)).compare(n);
  };
  while (true) {
    const int above = side(2 * m + 1);
    if (above < 0 || (above == 0 && m % 2 != 0)) {
      ++m;
      continue;
    }
    const int below = m > 0 ? side(2 * m - 1) : -1;
    if (below > 0 || (below == 0 && m % 2 != 0)) {
      --m;
      continue;
    }
    return std::ldexp(static_cast<double>(m), u);
  }
}

}  // namespace momentum::kernels
