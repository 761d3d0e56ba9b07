#pragma once
// When a market trades within a day. A bar of a minute is named by the minute in which it ends, so that the first one of an A-share
// session is 09:31, the last one 15:00, and nothing is named 09:30 or 13:00.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/instrument.h"

namespace momentum {

inline constexpr std::int32_t kMinutesOfDay = 24 * 60;

// The parts of a market's day in which it trades, ascending: minutes after midnight of its own clock.
struct TradingHours {
  struct Part {
    std::int32_t open, close;
  };
  std::vector<Part> parts;

  std::int32_t minutes() const;
  // Whether a bar of one minute may be named so: after a part's opening, up to its close.
  bool names_bar(std::int32_t minute) const;
  // Whether a part opens then: where bars are named by the minute in which they begin, the first ones are named so.
  bool opens_at(std::int32_t minute) const;
};
TradingHours a_share_hours();  // 09:30 - 11:30, 13:00 - 15:00
TradingHours us_hours();  // 09:30 - 16:00
TradingHours hk_hours();  // 09:30 - 12:00, 13:00 - 16:00
// Of a code without a market: those of A-shares.
const TradingHours& trading_hours(Market market);

// HH:MM or HH:MM:SS, where the seconds are 0; minutes after midnight. Nothing else: nullopt.
std::optional<std::int32_t> parse_minute(std::string_view text) noexcept;
// "09:31".
std::string minute_text(std::int32_t minute);

}  // namespace momentum
