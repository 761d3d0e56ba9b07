#pragma once
// Decimal text to double, as market data files print numbers.

#include <cstdint>
#include <string_view>

namespace momentum::formats {

enum class NumberKind : std::uint8_t {
  value,     // finite
  missing,   // empty, NaN, None, null (any letter case), --
  infinite,  // inf, or too large for a double
  bad,       // anything else: thousands separators, percent signs, hexadecimal, text
};

struct Number {
  double value;  // NaN unless kind is value; never -0
  NumberKind kind;
};

// The double nearest to text x 10^shift, ties to even: what strtod says of the same digits. The shift moves the decimal
// point before rounding, so `39354.45` with shift 2 is exactly 3935445. Accepts [+-]digits[.digits][e[+-]digits], no blanks
// around it. No allocation for up to 2^53 as digits; thread-safe.
Number parse_number(std::string_view text, int shift = 0);

}  // namespace momentum::formats
