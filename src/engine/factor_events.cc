#include "factor_events.h"

#include <algorithm>
#include <limits>

#include "dated_runs.h"
#include "momentum/panel/adjustment.h"
#include "stored_days.h"

namespace momentum::engine {
namespace {

using catalog::FactorEvent;

// Previous closes of pairs of raw bars; missing for others.
std::vector<double> raw_precloses(const Runs& basis, const EventsInput& in) {
  std::vector<double> out(in.preclose.begin(), in.preclose.end());
  if (basis.size() == 1 && basis.front().text == "raw" && basis.front().from.days <= in.days.front()) return out;
  bool before = false;
  for (std::size_t t = 0; t < in.days.size(); ++t) {
    const bool raw = text_at(basis, {in.days[t]}) == "raw";
    if (!raw || !before) out[t] = std::numeric_limits<double>::quiet_NaN();
    before = raw;
  }
  return out;
}

// Whether each row and the one before it stood so before the call.
std::vector<bool> untouched_pairs(const EventsInput& in) {
  std::vector<bool> kept(in.days.size(), false);
  if (in.stored.empty()) return kept;
  const auto touched = [&](std::size_t row) { return in.touched && in.touched(row); };
  const auto told_between = [&](std::int32_t before, std::int32_t now) {
    const auto day = std::ranges::upper_bound(in.told, Date{before});
    return day != in.told.end() && day->days < now;
  };
  auto at = in.stored.begin();
  for (std::size_t t = 1; t < in.days.size(); ++t) {
    while (at != in.stored.end() && *at < in.days[t]) ++at;
    if (at == in.stored.end()) break;
    const bool stood = *at == in.days[t] && at != in.stored.begin() && *(at - 1) == in.days[t - 1];
    kept[t] = stood && !touched(t) && !touched(t - 1) && !told_between(in.days[t - 1], in.days[t]);
  }
  return kept;
}

}  // namespace

std::vector<FactorEvent> stated_events(const std::vector<FactorEvent>& events, std::span<const std::int32_t> days) {
  std::vector<FactorEvent> out;
  for (FactorEvent event : events) {
    if (!event.stated) continue;
    const auto bar = std::lower_bound(days.begin(), days.end(), event.day.days);
    if (bar != days.end()) event.day = {*bar};
    if (!out.empty() && out.back().day == event.day) {
      out.back().ratio *= event.ratio;
    } else {
      out.push_back(event);
    }
  }
  return out;
}

std::vector<FactorEvent> factor_events(const catalog::InstrumentRecord& record, const EventsInput& in) {
  std::vector<FactorEvent> out = stated_events(record.factors, in.days);
  if (in.days.empty()) return out;
  const auto is_stated = [stated = out](Date day) {
    return !stated.empty() && stated.front().day <= day && day <= stated.back().day;
  };

  const std::vector<double> preclose = raw_precloses(record.price_basis, in);
  const std::vector<bool> kept = untouched_pairs(in);
  // A pair's factor depends on its two bars, the days between them and the last close that is there: pairs before the first
  // changed one are left out.
  std::size_t first = 1;
  while (first < kept.size() && kept[first]) ++first;
  while (first > 1 && !(in.close[first - 1] > 0)) --first;
  const auto changed = [&](const auto& rows) { return std::span(rows).subspan(first - 1); };
  panel::FactorInput input;
  input.dates = changed(in.days);
  input.close = changed(in.close);
  input.preclose = changed(preclose);
  input.sessions = in.sessions;
  input.suspended = day_numbers(record.suspended);
  input.quarantined = day_numbers(record.quarantined);
  input.gaps_are_suspensions = record.gaps_are_suspensions;
  input.factors_from = record.factors_from;
  const panel::Factors derived = panel::derive_factors(input);

  const auto row_of = [&](Date day) {
    return static_cast<std::size_t>(std::lower_bound(in.days.begin(), in.days.end(), day.days) - in.days.begin());
  };
  for (const Date day : derived.links) {
    const std::size_t t = row_of(day);
    if (!kept[t] && !is_stated(day))
      out.push_back({.day = day, .ratio = in.close[t - 1] / in.preclose[t], .link = true});
  }
  for (const Date day : derived.unverified) {
    if (!kept[row_of(day)] && !is_stated(day)) out.push_back({.day = day, .unverified = true});
  }
  for (const FactorEvent& event : record.factors) {
    if (event.stated || is_stated(event.day)) continue;
    const std::size_t t = row_of(event.day);
    if (t < kept.size() && in.days[t] == event.day.days && kept[t]) out.push_back(event);
  }
  std::ranges::sort(out, {}, &FactorEvent::day);
  return out;
}

}  // namespace momentum::engine
