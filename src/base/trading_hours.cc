#include "momentum/base/trading_hours.h"

#include <fmt/format.h>

#include <algorithm>

namespace momentum {

std::int32_t TradingHours::minutes() const {
  std::int32_t all = 0;
  for (const Part& part : parts) all += part.close - part.open;
  return all;
}

bool TradingHours::names_bar(std::int32_t minute) const {
  return std::ranges::any_of(parts, [&](const Part& part) { return part.open < minute && minute <= part.close; });
}

bool TradingHours::opens_at(std::int32_t minute) const {
  return std::ranges::find(parts, minute, &Part::open) != parts.end();
}

TradingHours a_share_hours() { return {{{9 * 60 + 30, 11 * 60 + 30}, {13 * 60, 15 * 60}}}; }
TradingHours us_hours() { return {{{9 * 60 + 30, 16 * 60}}}; }
TradingHours hk_hours() { return {{{9 * 60 + 30, 12 * 60}, {13 * 60, 16 * 60}}}; }

const TradingHours& trading_hours(Market market) {
  static const TradingHours kAShare = a_share_hours(), kUs = us_hours(), kHk = hk_hours();
  return market == Market::US ? kUs : market == Market::HK ? kHk : kAShare;
}

std::optional<std::int32_t> parse_minute(std::string_view text) noexcept {
  const auto two = [&](std::size_t at) {
    const char a = text[at], b = text[at + 1];
    return a < '0' || a > '9' || b < '0' || b > '9' ? -1 : (a - '0') * 10 + (b - '0');
  };
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  if (text[2] != ':' || (text.size() == 8 && (text[5] != ':' || two(6) != 0))) return std::nullopt;
  const int hour = two(0), minute = two(3);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

std::string minute_text(std::int32_t minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

}  // namespace momentum
