#include "momentum/formats/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace momentum::formats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kExactDigits = 15;  // so many digits are below 2^53
constexpr int kManyDigits = 1000;  // as good as more
constexpr int kExactPower = 22;  // 10^22 is the largest power of ten that a double holds exactly
constexpr std::array<double, kExactPower + 1> kPower = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

Number word(std::string_view text) {
  for (std::string_view missing : {"", "nan", "none", "null", "--"}) {
    if (equals_ignoring_case(text, missing)) return {kNaN, NumberKind::missing};
  }
  if (text.front() == '+' || text.front() == '-') text.remove_prefix(1);
  for (std::string_view infinite : {"inf", "infinity"}) {
    if (equals_ignoring_case(text, infinite)) return {kNaN, NumberKind::infinite};
  }
  return {kNaN, NumberKind::bad};
}

// Many digits or a large exponent: from_chars decides, on the same digits with the shifted exponent.
Number slow(std::string_view mantissa, bool negative, int exponent) {
  const std::string text = std::string(mantissa) + 'e' + std::to_string(exponent);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too large, or too small to be told from zero: where its first digit stands tells which.
    const auto first = static_cast<std::int64_t>(mantissa.find_first_of("123456789"));
    const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
    return point - first + exponent > 0 ? Number{kNaN, NumberKind::infinite} : Number{0.0, NumberKind::value};
  }
  if (error != std::errc{} || end != text.data() + text.size()) return {kNaN, NumberKind::bad};
  if (value == 0) return {0.0, NumberKind::value};
  return {negative ? -value : value, NumberKind::value};
}

}  // namespace

Number parse_number(std::string_view text, int shift) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative || (at != end && *at == '+')) ++at;

  const char* const mantissa_begin = at;
  std::uint64_t mantissa = 0;  // of many digits whatever is left of it: `slow` reads those
  const auto take_digits = [&] {
    const char* const begin = at;
    for (; at != end && is_digit(*at); ++at) mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    return static_cast<int>(std::min<std::ptrdiff_t>(at - begin, kManyDigits));
  };
  int digits = take_digits(), exponent = 0;
  if (at != end && *at == '.') {
    ++at;
    exponent = -take_digits();
    digits -= exponent;
  }
  if (digits == 0) return word(text);
  const bool exact = digits <= kExactDigits;
  const char* const mantissa_end = at;
  int written = 0;
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool down = at != end && *at == '-';
    if (down || (at != end && *at == '+')) ++at;
    if (at == end) return {kNaN, NumberKind::bad};
    for (; at != end && is_digit(*at); ++at) written = std::min(written * 10 + (*at - '0'), 100000);
    if (down) written = -written;
  }
  if (at != end) return {kNaN, NumberKind::bad};

  const int power = exponent + written + shift;
  if (!exact || power < -kExactPower || power > kExactPower) {
    return slow({mantissa_begin, mantissa_end}, negative, written + shift);
  }
  // Both operands are exact, so the one operation rounds correctly.
  double value = static_cast<double>(mantissa);
  value =
      power < 0 ? value / kPower[static_cast<std::size_t>(-power)] : value * kPower[static_cast<std::size_t>(power)];
  if (value == 0) return {0.0, NumberKind::value};
  return {negative ? -value : value, NumberKind::value};
}

}  // namespace momentum::formats
