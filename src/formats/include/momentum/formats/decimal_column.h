#pragma once
// Doubles that were printed with a few decimals -> the integers they stand for, and back, without losing a bit.

#include <cstdint>
#include <span>

#include "momentum/formats/column_spec.h"

namespace momentum::formats {

inline constexpr int kMaxScale = 6;

// How a column of doubles is held: int32 with |i| < 10^9, int64 with |i| < 2^53, each value being i / 10^scale correctly
// rounded; or float64 (scale kNoScale) where no scale of 0 to kMaxScale gives every value back bit for bit.
struct DecimalForm {
  Physical physical = Physical::int32;
  int scale = 0;
  bool operator==(const DecimalForm&) const = default;
};

// Finds the smallest form of a column that comes in parts, in any order and on several threads (one finder each, added up
// at the end). NaN is missing and fits any form, its payload is not kept; infinities and -0 fit float64 only. A column
// without a value takes int32 of scale 0. Looks at a sample of a part first, then at every value; 1 to 2 ns a value.
class DecimalFinder {
 public:
  void add(std::span<const double> values);
  void add(const DecimalFinder& other);
  DecimalForm form() const;

 private:
  int scale_ = 0;  // every value so far has it; beyond kMaxScale: no scale does
  double peak_ = 0;  // largest absolute value so far
};

DecimalForm smallest_form(std::span<const double> values);

// Converts to a form that holds every value (checked: a value that is not held ends the program, it is never stored as
// another one). `into` has as many elements; `validity`, validity_bytes() of it, is written if anything is missing. Missing
// values become 0. Returns how many are missing.
std::int64_t to_decimal(std::span<const double> values, int scale, std::span<std::int32_t> into,
                        std::span<std::uint8_t> validity);
std::int64_t to_decimal(std::span<const double> values, int scale, std::span<std::int64_t> into,
                        std::span<std::uint8_t> validity);
std::int64_t to_decimal(std::span<const double> values, std::span<double> into, std::span<std::uint8_t> validity);

// The inverse: i / 10^scale, one correctly rounded division, what reading the decimal text gives for |i| <= 2^53. A scale
// may be up to 18 here; kNoScale counts as 0. An empty `validity` says that none is missing; missing values become NaN.
void from_decimal(std::span<const std::int32_t> integers, int scale, std::span<const std::uint8_t> validity,
                  std::span<double> into);
void from_decimal(std::span<const std::int64_t> integers, int scale, std::span<const std::uint8_t> validity,
                  std::span<double> into);

}  // namespace momentum::formats
