#include "market.h"

#include <arrow/api.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "momentum/sources/csv_folder.h"

namespace momentum::engine {
namespace {

// No row of the instrument became a bar, but up to the session there were some: it must not vanish.
bool known_without_bars(const sources::InstrumentBars& source, Date session) {
  return (!source.suspended.empty() && source.suspended.front() <= session) ||
         (!source.quarantined.empty() && source.quarantined.front() <= session);
}

// Prices that are adjusted already, and those of which nobody says, are not adjusted again.
bool has_factors(const Market& market) { return market.set.price_basis == "raw"; }

}  // namespace

Bars Bars::slice(std::size_t first, std::size_t last) const {
  Bars part = *this;
  const auto cut = [&](auto& span) {
    if (!span.empty()) span = span.subspan(first, last - first);
  };
  cut(part.dates);
  for (auto* column : {&part.open, &part.high, &part.low, &part.close, &part.volume, &part.amount, &part.preclose})
    cut(*column);
  part.table = table->Slice(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last - first));
  return part;
}

Result<Market> open_market(const Context& ctx, const Input& input, InputReport* report) {
  sources::CsvOptions options;
  options.dialect = input.dialect;
  options.code = input.code;
  MOMENTUM_TRY(auto set, sources::read_csv(ctx, input.files, options));
  if (report != nullptr) *report = {set.summary, set.quarantine, set.dialect};

  Market market;
  std::vector<std::span<const std::int32_t>> dates;
  for (const auto& instrument : set.instruments) {
    MOMENTUM_TRY(auto bars, bars_from_arrow(instrument.bars));
    market.ids.push_back(instrument.id);
    market.bars.push_back(std::move(bars));
    dates.push_back(market.bars.back().dates);
  }
  market.sessions = panel::infer_sessions(dates);
  market.set = std::move(set);
  if (market.sessions.empty())
    return fail(ErrorCode::empty_input, "no bar could be read", {}, "see the quarantined rows (--report FILE)");
  return market;
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
  const auto count = [&](std::int32_t day) {
    std::size_t n = 0;
    for (const auto& bars : market.bars) n += std::binary_search(bars.dates.begin(), bars.dates.end(), day);
    return n;
  };
  const auto& sessions = market.sessions;
  *skipped = sessions.size() > 1 && count(sessions.back()) * 100 < count(sessions[sessions.size() - 2]) * 95;
  return Date{*skipped ? sessions[sessions.size() - 2] : sessions.back()};
}

std::vector<Lane> cut(const Market& market, Date session, std::optional<int> history_days, Adjust adjust) {
  std::vector<Lane> lanes;
  for (std::size_t i = 0; i < market.bars.size(); ++i) {
    const auto& dates = market.bars[i].dates;
    const auto& source = market.set.instruments[i];
    if (dates.empty() ? !known_without_bars(source, session) : dates.front() > session.days) continue;
    const auto end = std::upper_bound(dates.begin(), dates.end(), session.days);
    const auto begin =
        history_days ? std::lower_bound(dates.begin(), end, (session - *history_days).days) : dates.begin();
    Lane lane{i,
              market.bars[i].slice(begin - dates.begin(), end - dates.begin()),
              {},
              static_cast<std::size_t>(begin - dates.begin())};
    panel::FactorInput in;
    in.dates = lane.bars.dates;
    in.close = lane.bars.close;
    if (adjust != Adjust::none && has_factors(market)) in.preclose = lane.bars.preclose;
    in.sessions = market.sessions;
    // Dates lie in memory as plain day numbers.
    static_assert(sizeof(Date) == sizeof(std::int32_t));
    const auto days = [](const std::vector<Date>& list) {
      return std::span<const std::int32_t>(list.empty() ? nullptr : &list.front().days, list.size());
    };
    in.suspended = days(source.suspended);
    in.quarantined = days(source.quarantined);
    in.gaps_are_suspensions = market.set.gaps_are_suspensions;
    in.factors_from = market.set.factors_from;
    lane.factors = panel::derive_factors(in);
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

std::string adjust_text(const Market& market, Adjust adjust) {
  if (adjust == Adjust::none) return "none";
  const bool any = has_factors(market) && std::any_of(market.bars.begin(), market.bars.end(), [](const Bars& b) {
                     return std::any_of(b.preclose.begin(), b.preclose.end(), [](double v) { return v > 0.0; });
                   });
  if (!any) return "none (no factors)";
  return adjust == Adjust::front ? "front (preclose)" : "back (preclose)";
}

}  // namespace momentum::engine
