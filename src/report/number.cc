#include "momentum/report/number.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace momentum::report {
namespace {

std::string not_finite(double value) { return std::isnan(value) ? "-" : value > 0 ? "inf" : "-inf"; }

// "-0.00" and "+0.00" say a direction that the digits do not show.
std::string without_idle_sign(std::string text) {
  if (text.find_first_of("123456789") == std::string::npos && (text[0] == '-' || text[0] == '+')) text.erase(0, 1);
  return text;
}

}  // namespace

std::string shortest(double value) {
  if (std::isnan(value)) return {};
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

std::string fixed(double value, int decimals, bool sign) {
  if (!std::isfinite(value)) return not_finite(value);
  return without_idle_sign(sign ? fmt::format("{:+.{}f}", value, decimals) : fmt::format("{:.{}f}", value, decimals));
}

std::string percent(double fraction, int decimals, bool sign) {
  if (!std::isfinite(fraction)) return not_finite(fraction);
  return fixed(fraction * 100, decimals, sign) + "%";
}

std::string quantity(double value, Lang lang) {
  if (!std::isfinite(value)) return not_finite(value);
  struct Unit {
    double size;
    const char* name;
  };
  static constexpr Unit kZh[] = {{1e12, "万亿"}, {1e8, "亿"}, {1e4, "万"}};
  static constexpr Unit kEn[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  const auto with = [&](const auto& units) {
    for (const Unit& unit : units) {
      if (std::fabs(value) >= unit.size) return fixed(value / unit.size, 2) + unit.name;
    }
    return fixed(value, value == std::trunc(value) ? 0 : 2);
  };
  return lang == Lang::zh ? with(kZh) : with(kEn);
}

std::string grouped(std::int64_t value) {
  std::string digits = fmt::format("{}", value);
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

}  // namespace momentum::report
