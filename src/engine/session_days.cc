#include "session_days.h"

#include <algorithm>
#include <map>

#include "market_group.h"
#include "momentum/panel/adjustment.h"

namespace momentum::engine {
namespace {

// The days of all calendars that hold for a group, ascending.
std::vector<std::int32_t> calendar_of(std::string_view group, const std::vector<catalog::MarketDays>& calendars) {
  std::vector<std::int32_t> days;
  for (const Market exchange : exchanges_of(group)) {
    const auto at = std::ranges::find(calendars, to_string(exchange), &catalog::MarketDays::market);
    if (at == calendars.end()) continue;
    for (const Date day : at->days) days.push_back(day.days);
  }
  std::ranges::sort(days);
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

std::vector<std::int32_t> corrected(const std::vector<std::int32_t>& inferred,
                                    const std::vector<std::int32_t>& calendar, std::int32_t first, std::int32_t last) {
  std::vector<std::int32_t> days;
  for (const std::int32_t day : inferred) {
    if (day < calendar.front() || day > calendar.back()) days.push_back(day);
  }
  for (const std::int32_t day : calendar) {
    if (day >= first && day <= last) days.push_back(day);
  }
  std::ranges::sort(days);
  return days;
}

}  // namespace

std::vector<catalog::MarketDays> session_days(std::span<const GroupDays> instruments,
                                              const std::vector<catalog::MarketDays>& calendars) {
  std::map<std::string_view, std::vector<std::span<const std::int32_t>>> groups;
  for (const GroupDays& instrument : instruments) {
    if (!instrument.days.empty()) groups[instrument.group].push_back(instrument.days);
  }
  std::vector<catalog::MarketDays> out;
  for (const auto& [group, series] : groups) {
    std::int32_t first = series.front().front(), last = first;
    for (const auto days : series) {
      first = std::min(first, days.front());
      last = std::max(last, days.back());
    }
    std::vector<std::int32_t> bars(static_cast<std::size_t>(last - first) + 1);
    for (const auto days : series) {
      for (const std::int32_t day : days) ++bars[static_cast<std::size_t>(day - first)];
    }
    std::vector<std::int32_t> days = panel::infer_sessions(series);
    if (const auto calendar = calendar_of(group, calendars); !calendar.empty())
      days = corrected(days, calendar, first, last);
    catalog::MarketDays market{std::string(group), {}, {}};
    for (const std::int32_t day : days) {
      market.days.push_back({day});
      market.bars.push_back(bars[static_cast<std::size_t>(day - first)]);
    }
    if (!market.days.empty()) out.push_back(std::move(market));
  }
  return out;
}

const catalog::MarketDays* sessions_of_group(const std::vector<catalog::MarketDays>& sessions, std::string_view group) {
  const auto at = std::ranges::find(sessions, group, &catalog::MarketDays::market);
  return at == sessions.end() ? nullptr : &*at;
}

}  // namespace momentum::engine
