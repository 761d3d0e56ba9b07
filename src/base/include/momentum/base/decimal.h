#pragma once
// Amounts that must stay what a document says: dividends per share, price limits.

#include <compare>
#include <cstdint>
#include <optional>

namespace momentum {

// A decimal number with at most ten digits after the point, exact, of at most 100,000.
struct Decimal {
  std::int64_t units = 0;  // of 10^-10
  static constexpr std::int64_t kOne = 10'000'000'000;
  static constexpr std::int64_t kMost = 100'000 * kOne;

  // The nearest double: what reading the decimal text gives.
  double value() const noexcept { return static_cast<double>(units) / static_cast<double>(kOne); }
  auto operator<=>(const Decimal&) const = default;
};

// The decimal that reads as this double. None where that takes more than ten digits or is above 100,000, below -100,000, or
// no number.
std::optional<Decimal> decimal_of(double value) noexcept;

}  // namespace momentum
