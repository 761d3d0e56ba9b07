#include "market.h"

#include <arrow/api.h>

#include <algorithm>

#include "file_market.h"
#include "momentum/store/dataset.h"
#include "store_market.h"

namespace momentum::engine {

Bars Bars::slice(std::size_t first, std::size_t last) const {
  Bars part = *this;
  const auto cut = [&](auto& span) {
    if (!span.empty()) span = span.subspan(first, last - first);
  };
  cut(part.dates);
  cut(part.minutes);
  for (auto* column : {&part.open, &part.high, &part.low, &part.close, &part.volume, &part.amount, &part.preclose})
    cut(*column);
  for (auto& column : part.more) cut(column);
  if (table != nullptr)
    part.table = table->Slice(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last - first));
  return part;
}

std::vector<std::int32_t> times_of(const Bars& bars) {
  std::vector<std::int32_t> times(bars.minutes.size());
  for (std::size_t r = 0; r < times.size(); ++r) times[r] = store::time_of({bars.dates[r]}, bars.minutes[r]);
  return times;
}

bool Market::known_without_bars(std::size_t instrument, Date session) const {
  const auto began = [&](std::span<const Date> days) { return !days.empty() && days.front() <= session; };
  return began(suspended(instrument)) || began(quarantined(instrument));
}

Result<std::unique_ptr<Market>> open_market(const Context& ctx, const Input& input, Frequency frequency,
                                            InputReport* report) {
  const bool minutes = minutes_of(frequency) != 0;
  if (!input.store.empty()) {
    MOMENTUM_TRY(auto market, StoreMarket::open(ctx, input, minutes));
    return std::make_unique<StoreMarket>(std::move(market));
  }
  MOMENTUM_TRY(auto market, FileMarket::open(ctx, input, report));
  if (minutes)
    return fail(ErrorCode::bad_value, "bars of minutes are read from a store", "--freq",
                "import the files with --freq 1m, and leave out --files");
  return std::make_unique<FileMarket>(std::move(market));
}

Result<std::size_t> find_instrument(const Market& market, std::string_view text) {
  const auto same = [](char a, char b) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    return upper(a) == upper(b);
  };
  for (std::size_t i = 0; i < market.ids.size(); ++i) {
    if (std::ranges::equal(to_string(market.ids[i]), text, same)) return i;
  }
  return resolve_code(text, market.ids);
}

Result<void> check_history(std::optional<int> history_days) {
  if (!history_days || *history_days > 0) return {};
  return fail(ErrorCode::bad_value, "a history of less than a day", "--history", "write it like 365d");
}

Result<Date> resolve_session(const Market& market, Date requested) {
  const auto& sessions = market.sessions;
  const Date last{sessions.back()};
  for (Date day = last + 1; day <= requested; day = day + 1) {
    if (is_weekend(day)) continue;
    return fail(ErrorCode::session_not_found, "data ends " + to_string(last), "--as-of " + to_string(requested),
                "import or update first, or ask for " + to_string(last));
  }
  const auto after = std::upper_bound(sessions.begin(), sessions.end(), requested.days);
  if (after == sessions.begin()) {
    return fail(ErrorCode::session_not_found, "data begins " + to_string(Date{sessions.front()}),
                "--as-of " + to_string(requested), "ask for a later day");
  }
  return Date{*(after - 1)};
}

Date last_complete_session(const Market& market, bool* skipped) {
  const auto& sessions = market.sessions;
  const auto bars = [&](std::size_t back) { return market.bars_on(Date{sessions[sessions.size() - back]}); };
  *skipped = sessions.size() > 1 && bars(1) * 100 < bars(2) * 95;
  return Date{*skipped ? sessions[sessions.size() - 2] : sessions.back()};
}

std::string adjust_text(const Market& market, Adjust adjust) {
  if (adjust == Adjust::none) return "none";
  const std::string source = market.factor_source();
  if (source.empty()) return "none (no factors)";
  return (adjust == Adjust::front ? "front (" : "back (") + source + ")";
}

std::string additive_text(const Market& market, std::size_t instrument, Adjust adjust) {
  if (market.actions(instrument).empty()) return "none (no actions)";
  return adjust == Adjust::front ? "front (actions)" : "back (actions)";
}

}  // namespace momentum::engine
