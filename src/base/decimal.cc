#include "momentum/base/decimal.h"

#include <cmath>

namespace momentum {

std::optional<Decimal> decimal_of(double value) noexcept {
  constexpr double kOne = static_cast<double>(Decimal::kOne);
  const double units = value * kOne;
  if (!(std::abs(units) <= static_cast<double>(Decimal::kMost))) return std::nullopt;
  // The product is off by at most 1/8 below 10^15, so the nearest integer is the only candidate.
  const Decimal near{std::llround(units)};
  if (near.value() != value) return std::nullopt;
  return near;
}

}  // namespace momentum
