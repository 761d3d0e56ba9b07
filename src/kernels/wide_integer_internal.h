#pragma once
// Integers wide enough for the exact deviation of any window.

#include <cstddef>
#include <cstdint>

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
  // About value / 2^exponent, by roundings to nearest.
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

}  // namespace momentum::kernels
