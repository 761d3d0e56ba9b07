#include "momentum/formats/decimal_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <type_traits>

#include "momentum/base/error.h"

namespace momentum::formats {
namespace {

constexpr std::array<double, kMaxScale + 1> kPower = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
constexpr std::int64_t kInt32Limit = 1'000'000'000;
constexpr std::int64_t kInt64Limit = std::int64_t{1} << 53;
constexpr int kNone = kMaxScale + 1;
constexpr std::size_t kBlock = 256;
constexpr std::size_t kSample = 1024;

// Adding it leaves a double's nearest integer in the low bits of the sum, as long as that integer is below 2^51.
constexpr double kRound = 0x1.8p52;
// Below it value * power is less than half a unit off its integer, so that the nearest integer is the only candidate.
constexpr double kSafe = 0x1p50;

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

// The integer that `value` is at this scale. For large ones the product may be off by two.
bool integer_of(double value, double power, std::int64_t& integer) {
  const double product = value * power;
  if (!(std::abs(product) < static_cast<double>(kInt64Limit) + 4)) return false;
  const double nearest = std::nearbyint(product);
  for (const double step : {0.0, 1.0, -1.0, 2.0, -2.0}) {
    const double candidate = nearest + step;
    if (std::abs(candidate) < static_cast<double>(kInt64Limit) && same_bits(candidate / power, value)) {
      integer = static_cast<std::int64_t>(candidate);
      return true;
    }
  }
  return false;
}

struct BlockCheck {
  bool whole;  // every value is missing or has this scale
  double peak;
};

// Integers of a block; the answer tells whether they can be used. No branch, so that it becomes vector code.
BlockCheck convert_block(const double* values, double power, std::int64_t* integers) {
  std::int64_t bad = 0;
  std::array<double, 4> peak{};
  for (std::size_t k = 0; k < kBlock; k += 4) {
    for (std::size_t j = 0; j < 4; ++j) {
      const double value = values[k + j];
      const double product = value * power;
      const double rounded = product + kRound;
      const double back = (rounded - kRound) / power;
      const double size = std::abs(value);
      // unsigned: a product too large for the trick, told by the peak, may wrap
      integers[k + j] =
          static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(rounded) - std::bit_cast<std::uint64_t>(kRound));
      const std::int64_t differs = std::bit_cast<std::int64_t>(back) ^ std::bit_cast<std::int64_t>(value);
      bad |= value == value ? differs : 0;
      peak[j] = size > peak[j] ? size : peak[j];
    }
  }
  const double most = std::max(std::max(peak[0], peak[1]), std::max(peak[2], peak[3]));
  return {bad == 0 && most * power < kSafe, most};
}

std::uint8_t* bit_byte(std::span<std::uint8_t> validity, std::size_t row) { return &validity[row / 8]; }

void clear_bit(std::span<std::uint8_t> validity, std::size_t row) {
  std::uint8_t* const byte = bit_byte(validity, row);
  *byte = static_cast<std::uint8_t>(*byte & ~(1U << (row % 8)));
}

void set_all(std::span<std::uint8_t> validity, std::size_t rows) {
  std::ranges::fill(validity.first(rows / 8), std::uint8_t{0xff});
  if (rows % 8 != 0) validity[rows / 8] = static_cast<std::uint8_t>((1U << (rows % 8)) - 1);
}

// Validity is only written once a value is missing: columns of a store seldom have one.
class Missing {
 public:
  Missing(std::span<std::uint8_t> validity, std::size_t rows) : validity_(validity), rows_(rows) {}
  void add(std::size_t row) {
    if (count_ == 0) {
      MOMENTUM_CHECK(validity_.size() >= validity_bytes(static_cast<std::int64_t>(rows_)));
      set_all(validity_, rows_);
    }
    clear_bit(validity_, row);
    ++count_;
  }
  std::int64_t count() const { return count_; }

 private:
  std::span<std::uint8_t> validity_;
  std::size_t rows_;
  std::int64_t count_ = 0;
};

template <class T>
std::int64_t to_integers(std::span<const double> values, int scale, std::span<T> into,
                         std::span<std::uint8_t> validity) {
  MOMENTUM_CHECK(scale >= 0 && scale <= kMaxScale && into.size() == values.size());
  const double power = kPower[static_cast<std::size_t>(scale)];
  constexpr std::int64_t limit = std::is_same_v<T, std::int32_t> ? kInt32Limit : kInt64Limit;
  Missing missing(validity, values.size());
  std::array<std::int64_t, kBlock> integers;
  std::array<double, kBlock> tail;
  for (std::size_t at = 0; at < values.size(); at += kBlock) {
    const std::size_t n = std::min(kBlock, values.size() - at);
    const double* block = values.data() + at;
    if (n < kBlock) {
      tail.fill(0);
      std::copy_n(block, n, tail.begin());
      block = tail.data();
    }
    const BlockCheck check = convert_block(block, power, integers.data());
    const bool fits = check.whole && check.peak * power < static_cast<double>(limit) - 0.5;
    for (std::size_t k = 0; k < n; ++k) {
      const double value = block[k];
      if (value != value) {
        into[at + k] = 0;
        missing.add(at + k);
        continue;
      }
      std::int64_t integer = integers[k];
      if (!fits) MOMENTUM_CHECK(integer_of(value, power, integer) && std::abs(integer) < limit);
      into[at + k] = static_cast<T>(integer);
    }
  }
  return missing.count();
}

}  // namespace

void DecimalFinder::add(std::span<const double> values) {
  const auto look_at = [this](double value) {
    if (value != value) return;
    peak_ = std::max(peak_, std::abs(value));
    std::int64_t ignored = 0;
    while (scale_ < kNone && !integer_of(value, kPower[static_cast<std::size_t>(scale_)], ignored)) ++scale_;
  };
  // A part's sample tells its scale nearly always; what it misses is found below, at the price of doing a block twice.
  const std::size_t step = std::max<std::size_t>(values.size() / kSample, 1);
  for (std::size_t k = 0; k < values.size() && scale_ < kNone; k += step) look_at(values[k]);

  std::array<std::int64_t, kBlock> ignored;
  for (std::size_t at = 0; at < values.size() && scale_ < kNone; at += kBlock) {
    const std::span<const double> block = values.subspan(at, std::min(kBlock, values.size() - at));
    if (block.size() == kBlock) {
      const BlockCheck check = convert_block(block.data(), kPower[static_cast<std::size_t>(scale_)], ignored.data());
      peak_ = std::max(peak_, check.peak);
      if (check.whole) continue;
    }
    for (const double value : block) look_at(value);
  }
}

void DecimalFinder::add(const DecimalFinder& other) {
  scale_ = std::max(scale_, other.scale_);
  peak_ = std::max(peak_, other.peak_);
}

DecimalForm DecimalFinder::form() const {
  constexpr DecimalForm real{Physical::float64, kNoScale};
  if (scale_ >= kNone) return real;
  const double power = kPower[static_cast<std::size_t>(scale_)];
  if (peak_ * power < static_cast<double>(kInt32Limit) - 0.5) return {Physical::int32, scale_};
  // A scale raised after the peak was looked at may have pushed it over the limit, or to where no integer gives it back.
  std::int64_t ignored = 0;
  return integer_of(peak_, power, ignored) ? DecimalForm{Physical::int64, scale_} : real;
}

DecimalForm smallest_form(std::span<const double> values) {
  DecimalFinder finder;
  finder.add(values);
  return finder.form();
}

std::int64_t to_decimal(std::span<const double> values, int scale, std::span<std::int32_t> into,
                        std::span<std::uint8_t> validity) {
  return to_integers(values, scale, into, validity);
}

std::int64_t to_decimal(std::span<const double> values, int scale, std::span<std::int64_t> into,
                        std::span<std::uint8_t> validity) {
  return to_integers(values, scale, into, validity);
}

std::int64_t to_decimal(std::span<const double> values, std::span<double> into, std::span<std::uint8_t> validity) {
  MOMENTUM_CHECK(into.size() == values.size());
  Missing missing(validity, values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    const bool absent = values[k] != values[k];
    into[k] = absent ? 0 : values[k];
    if (absent) missing.add(k);
  }
  return missing.count();
}

}  // namespace momentum::formats
