#include "csv_cell_internal.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "momentum/base/date.h"

namespace momentum::formats {
namespace {

constexpr std::string_view kOtherNan = "nan:";
constexpr std::uint64_t kNanBits = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN());

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 40> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end);
}

// The digits of a whole number with the point where the scale has it.
void append_scaled(std::string& out, std::int64_t value, int scale) {
  std::uint64_t digits = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  if (value < 0) out.push_back('-');
  for (; scale > 0 && digits % 10 == 0; --scale) digits /= 10;
  const std::size_t from = out.size();
  append_number(out, digits);
  if (scale <= 0) return;
  const std::size_t wanted = static_cast<std::size_t>(scale) + 1;  // one digit before the point at least
  if (out.size() - from < wanted) out.insert(from, wanted - (out.size() - from), '0');
  out.insert(out.size() - static_cast<std::size_t>(scale), 1, '.');
}

bool scaled_value(std::string_view text, int scale, std::int64_t& value) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t digits = 0;
  std::size_t count = 0;
  const auto shift_in = [&](unsigned digit) {
    return !__builtin_mul_overflow(digits, std::uint64_t{10}, &digits) &&
           !__builtin_add_overflow(digits, std::uint64_t{digit}, &digits);
  };
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '.'; ++at, ++count) {
    if (text[at] < '0' || text[at] > '9' || !shift_in(static_cast<unsigned>(text[at] - '0'))) return false;
  }
  if (count == 0) return false;
  int decimals = 0;
  if (at < text.size()) {
    for (++at; at < text.size(); ++at, ++decimals) {
      if (text[at] < '0' || text[at] > '9' || !shift_in(static_cast<unsigned>(text[at] - '0'))) return false;
    }
    if (decimals == 0 || decimals > scale) return false;
  }
  for (; decimals < scale; ++decimals) {
    if (!shift_in(0)) return false;
  }
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  if (digits > kMost || (digits == kMost && !negative)) return false;
  value = static_cast<std::int64_t>(negative ? 0 - digits : digits);
  return true;
}

}  // namespace

void append_cell(std::string& out, const ColumnSpec& spec, std::int32_t value) {
  if (spec.date) {
    out += to_string(Date{value});
  } else {
    append_scaled(out, value, spec.scale);
  }
}

void append_cell(std::string& out, const ColumnSpec& spec, std::int64_t value) {
  append_scaled(out, value, spec.scale);
}

void append_cell(std::string& out, const ColumnSpec&, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  if (!std::isnan(value)) {
    append_number(out, value);
  } else if (bits == kNanBits) {
    out += "nan";
  } else {
    out += fmt::format("{}{:016x}", kOtherNan, bits);
  }
}

bool cell_value(std::string_view text, const ColumnSpec& spec, std::int32_t& value) {
  if (spec.date) {
    const std::optional<Date> date = parse_date(text);
    if (!date) return false;
    value = date->days;
    return true;
  }
  std::int64_t wide = 0;
  if (!scaled_value(text, spec.scale, wide)) return false;
  value = static_cast<std::int32_t>(wide);
  return value == wide;
}

bool cell_value(std::string_view text, const ColumnSpec& spec, std::int64_t& value) {
  return scaled_value(text, spec.scale, value);
}

bool cell_value(std::string_view text, const ColumnSpec&, double& value) {
  if (text == "nan") {
    value = std::bit_cast<double>(kNanBits);
    return true;
  }
  const char* const end = text.data() + text.size();
  if (text.starts_with(kOtherNan)) {
    std::uint64_t bits = 0;
    const auto [at, error] = std::from_chars(text.data() + kOtherNan.size(), end, bits, 16);
    value = std::bit_cast<double>(bits);
    return error == std::errc() && at == end && std::isnan(value);
  }
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end && !std::isnan(value);
}

bool has_cell(const ColumnSpec& spec, std::int32_t value) {
  return !spec.date || parse_date(to_string(Date{value})) == Date{value};
}

}  // namespace momentum::formats
