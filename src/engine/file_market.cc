#include "file_market.h"

#include <arrow/table.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "market_group.h"
#include "memory_need.h"
#include "momentum/panel/panel.h"
#include "momentum/sources/bar_reader.h"

namespace momentum::engine {
namespace {

// The last row up to a day; nullopt if there is none.
std::optional<std::size_t> row_at(const Bars& bars, Date day) {
  const auto after = std::upper_bound(bars.dates.begin(), bars.dates.end(), day.days);
  if (after == bars.dates.begin()) return std::nullopt;
  return static_cast<std::size_t>(after - bars.dates.begin()) - 1;
}

// Dates lie in memory as plain day numbers.
static_assert(sizeof(Date) == sizeof(std::int32_t));
std::span<const std::int32_t> day_numbers(std::span<const Date> days) {
  return {days.empty() ? nullptr : &days.front().days, days.size()};
}

}  // namespace

Result<FileMarket> FileMarket::open(const Context& ctx, const Input& input, InputReport* report) {
  MOMENTUM_TRY(auto set, sources::read_bars(ctx, input.files,
                                            {.dialect = input.dialect, .code = input.code, .reader = input.reader}));
  if (report != nullptr) *report = {set.summary, set.quarantine, set.dialect};

  FileMarket market;
  std::vector<std::span<const std::int32_t>> dates;
  for (const auto& instrument : set.instruments) {
    MOMENTUM_TRY(auto bars, bars_from_arrow(instrument.bars));
    market.ids.push_back(instrument.id);
    market.bars.push_back(std::move(bars));
    dates.push_back(market.bars.back().dates);
  }
  market.sessions = panel::infer_sessions(dates);
  market.synthetic = set.synthetic;
  market.set = std::move(set);
  if (market.sessions.empty())
    return fail(ErrorCode::empty_input, "no bar could be read", {}, "see the quarantined rows (--report FILE)");
  return market;
}

// Only raw prices have factors: others would be adjusted twice.
std::string FileMarket::factor_source() const {
  const bool any = set.price_basis == "raw" && std::any_of(bars.begin(), bars.end(), [](const Bars& b) {
                     return std::any_of(b.preclose.begin(), b.preclose.end(), [](double v) { return v > 0.0; });
                   });
  return any ? "preclose" : "";
}

std::string FileMarket::name(std::size_t instrument, Date day) const {
  const auto row = row_at(bars[instrument], day);
  return row ? name_at(bars[instrument], *row) : std::string();
}

std::string FileMarket::industry(std::size_t instrument, Date day) const {
  const auto row = row_at(bars[instrument], day);
  return row ? industry_at(bars[instrument], *row) : std::string();
}

std::set<std::string> FileMarket::industries() const {
  std::set<std::string> known;
  for (const Bars& b : bars)
    for (std::string& name : industries_of(b)) known.insert(std::move(name));
  return known;
}

int FileMarket::digits(std::size_t instrument) const { return tick_digits(kind_of(set.instruments[instrument].id)); }

Date FileMarket::first_bar(std::size_t instrument) const {
  const auto& dates = bars[instrument].dates;
  return dates.empty() ? Date{} : Date{dates.front()};
}

Date FileMarket::last_bar(std::size_t instrument) const {
  const auto& dates = bars[instrument].dates;
  return dates.empty() ? Date{} : Date{dates.back()};
}

std::int64_t FileMarket::bars_on(Date session) const {
  return std::count_if(bars.begin(), bars.end(),
                       [&](const Bars& b) { return std::binary_search(b.dates.begin(), b.dates.end(), session.days); });
}

Lane FileMarket::lane(std::size_t instrument, const Cut& cut) const {
  const auto& source = set.instruments[instrument];
  const auto& dates = bars[instrument].dates;
  const auto end = std::upper_bound(dates.begin(), dates.end(), cut.session.days);
  const auto begin =
      cut.history_days ? std::lower_bound(dates.begin(), end, (cut.session - *cut.history_days).days) : dates.begin();
  Lane lane{instrument,
            bars[instrument].slice(static_cast<std::size_t>(begin - dates.begin()),
                                   static_cast<std::size_t>(end - dates.begin())),
            {},
            begin == dates.begin() ? Date{} : Date{*std::prev(begin)}};
  panel::FactorInput in;
  in.dates = lane.bars.dates;
  in.close = lane.bars.close;
  if (cut.adjust != Adjust::none && set.price_basis == "raw") in.preclose = lane.bars.preclose;
  in.sessions = sessions;
  in.suspended = day_numbers(source.suspended);
  in.quarantined = day_numbers(source.quarantined);
  in.gaps_are_suspensions = set.gaps_are_suspensions;
  in.factors_from = set.factors_from;
  lane.factors = panel::derive_factors(in);
  return lane;
}

// All at once where memory allows, else as many tiles as it does; lanes of a length together, since a tile is as long as
// its longest.
Result<std::vector<std::size_t>> FileMarket::parts_of(const Context& ctx, std::vector<std::size_t>& taken) const {
  if (ctx.memory_limit == 0) return std::vector{taken.size()};
  const auto rows = [&](std::size_t i) { return static_cast<std::int64_t>(bars[i].dates.size()); };
  std::size_t held = static_cast<std::size_t>(ctx.thread_count()) * kThreadNeed;
  for (const auto& instrument : set.instruments)
    held += rows_need(instrument.bars->num_rows(), static_cast<std::size_t>(instrument.bars->num_columns()));
  std::ranges::stable_sort(taken, std::greater<>(), rows);
  std::vector<std::size_t> ends;
  std::vector<std::int64_t> part;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    part.push_back(rows(taken[i]));
    const bool tile_begins = (part.size() - 1) % panel::kTileLanes == 0;
    if (!tile_begins || held + panel_need(part) <= ctx.memory_limit) continue;
    if (part.size() == 1) return over_limit(held + panel_need(part), ctx.memory_limit, "reading files");
    ends.push_back(i);
    part = {rows(taken[i])};
  }
  ends.push_back(taken.size());
  return ends;
}

Result<void> FileMarket::read(const Context& ctx, const Cut& cut, const LaneSink& sink) const {
  std::vector<std::size_t> taken;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (!cut.only.empty() && !std::ranges::binary_search(cut.only, i)) continue;
    const Date first = first_bar(i);
    if (first.has_value() ? first > cut.session : !known_without_bars(i, cut.session)) continue;
    taken.push_back(i);
  }
  MOMENTUM_TRY(const std::vector<std::size_t> ends, parts_of(ctx, taken));
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    std::vector<Lane> lanes;
    for (; begin < end; ++begin) lanes.push_back(lane(taken[begin], cut));
    MOMENTUM_TRY_VOID(sink(ctx, lanes));
  }
  return {};
}

}  // namespace momentum::engine
