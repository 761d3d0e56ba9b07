#pragma once
// The demo market's generator: integers in, integers out, the same on every machine.

#include <cstdint>

namespace momentum::sources {

// Steele, Lea & Flood 2014 (splitmix64): a counter and a mixing function, so that any stream may begin anywhere.
class DemoRandom {
 public:
  // One stream per (seed, what it is for, whom it is for).
  DemoRandom(std::uint64_t seed, std::uint64_t purpose, std::uint64_t item) noexcept
      : state_(mix(mix(mix(seed + kGolden) ^ purpose) + kGolden * item)) {}

  std::uint64_t next() noexcept { return mix(state_ += kGolden); }

  // In [0, n), 0 < n <= 2^32.
  std::int64_t below(std::int64_t n) noexcept {
    return static_cast<std::int64_t>(((next() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }

  // `chances` in a million.
  bool happens(std::int64_t chances) noexcept { return below(1'000'000) < chances; }

  // About normal with this deviation (the sum of four uniforms): within +-3.46 deviations. |deviation| < 2^40.
  std::int64_t bell(std::int64_t deviation) noexcept {
    const std::uint64_t x = next();
    const auto sum = static_cast<std::int64_t>((x & 0xffff) + (x >> 16 & 0xffff) + (x >> 32 & 0xffff) + (x >> 48));
    return (sum - 131070) * deviation / 37837;
  }

  static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
  std::uint64_t state_;
};

inline constexpr std::int64_t kMillion = 1'000'000;

// The quotient rounded half up, as exchanges round prices; denominator > 0, numerator >= 0.
constexpr std::int64_t rounded_half_up(std::int64_t numerator, std::int64_t denominator) noexcept {
  return (2 * numerator + denominator) / (2 * denominator);
}

// value x 2^(octaves / 65536), within 0.1 %, for 0 <= value < 2^31 and |octaves| < 16 x 65536.
constexpr std::int64_t scaled_by_octaves(std::int64_t value, std::int64_t octaves) noexcept {
  const std::int64_t whole = octaves >> 16, f = octaves & 0xffff;  // 2^f = 1 + f (a + f (b + f c)), in 65536ths
  const std::int64_t power = 65536 + ((f * (45566 + ((f * (14803 + ((f * 5167) >> 16))) >> 16))) >> 16);
  return (value * power) >> (16 - whole);
}

}  // namespace momentum::sources
