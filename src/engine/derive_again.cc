#include "derive_again.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "factor_events.h"
#include "market_group.h"
#include "momentum/base/parallel.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/plan.h"
#include "session_days.h"

namespace momentum::engine {
namespace {

using catalog::FactorEvent;
using catalog::InstrumentRecord;

std::vector<FactorEvent> stated(const InstrumentRecord& record) {
  std::vector<FactorEvent> out;
  std::ranges::copy_if(record.factors, std::back_inserter(out), &FactorEvent::stated);
  return out;
}

// An instrument whose factors are to be derived.
struct Work {
  const InstrumentRecord* before;
  InstrumentRecord record;
  std::vector<Date> told;
};

void derive(Work& work, const store::SeriesBars& series, const std::vector<catalog::MarketDays>& sessions) {
  InstrumentRecord& record = work.record;
  const std::vector<FactorEvent> ruled = stated(*work.before);
  std::vector<double> unknown;
  std::span<const double> preclose = series.columns[1];
  if (preclose.empty()) {
    unknown.assign(series.dates.size(), std::numeric_limits<double>::quiet_NaN());
    preclose = unknown;
  }
  const auto* group = sessions_of_group(sessions, market_group(record.code, record.kind));
  record.factors =
      factor_events(record, {.days = series.dates,
                             .close = series.columns[0],
                             .preclose = preclose,
                             .sessions = group == nullptr ? std::span<const std::int32_t>{} : day_numbers(group->days),
                             .stored = series.dates,
                             .touched =
                                 [&](std::size_t row) {
                                   const Date day{series.dates[row]};
                                   return !ruled.empty() && ruled.front().day <= day && day <= ruled.back().day;
                                 },
                             .told = work.told});
}

Result<void> read_and_derive(const Context& ctx, const std::string& folder, const catalog::State& state,
                             std::map<catalog::InstrumentId, Work>& work,
                             const std::vector<catalog::MarketDays>& sessions) {
  store::Need need{.columns = {"close", "preclose"}};
  for (const auto& [id, one] : work) need.instruments.push_back(id);
  if (need.instruments.empty()) return {};  // which would mean all of them
  MOMENTUM_TRY(const store::Plan plan, store::plan(state, need));
  MOMENTUM_TRY(const store::BarsReader reader, store::BarsReader::open(ctx, folder, state, plan));
  return parallel_for(ctx, plan.batches.size(), [&](std::size_t b) -> Result<void> {
    MOMENTUM_TRY(const store::BatchBars batch, reader.read(plan.batches[b]));
    for (const store::SeriesBars& series : batch.series) derive(work.at(series.id), series, sessions);
    return {};
  });
}

}  // namespace

std::vector<Date> changed_sessions(const std::vector<catalog::MarketDays>& before, std::string_view group_before,
                                   const std::vector<catalog::MarketDays>& after, std::string_view group_after) {
  static const std::vector<Date> kNone;
  const auto* const old = sessions_of_group(before, group_before);
  const auto* const now = sessions_of_group(after, group_after);
  return changed_days(old == nullptr ? kNone : old->days, now == nullptr ? kNone : now->days);
}

bool depends_on(const InstrumentRecord& record, std::span<const std::int32_t> days, std::span<const Date> changed) {
  if (changed.empty()) return false;
  return std::ranges::any_of(record.factors, [&](const FactorEvent& event) {
    const auto bar = std::ranges::lower_bound(days, event.day.days);
    if (event.stated || bar == days.begin() || bar == days.end() || *bar != event.day.days) return false;
    const auto day = std::ranges::upper_bound(changed, Date{*std::prev(bar)});
    return day != changed.end() && *day < event.day;
  });
}

Result<std::vector<InstrumentRecord>> derive_again(const Context& ctx, const std::string& folder,
                                                   const catalog::State& state, const std::vector<DayList>& days,
                                                   std::vector<InstrumentRecord> records,
                                                   const std::vector<catalog::MarketDays>& sessions) {
  std::map<std::pair<std::string_view, std::string_view>, std::vector<Date>> changed;  // of groups
  std::map<catalog::InstrumentId, Work> work;
  auto own = records.begin();
  std::vector<InstrumentRecord> out;
  for (const InstrumentRecord& before : state.instruments) {
    const auto id = static_cast<std::size_t>(before.id);
    while (own != records.end() && own->id < before.id) ++own;
    const bool is_own = own != records.end() && own->id == before.id;
    const InstrumentRecord& record = is_own ? *own : before;
    const std::pair groups(market_group(before.code, before.kind), market_group(record.code, record.kind));
    const auto [at, is_first] = changed.try_emplace(groups);
    if (is_first) at->second = changed_sessions(state.sessions, groups.first, sessions, groups.second);
    std::vector<Date> told;
    std::ranges::set_union(at->second, changed_days(before.suspended, record.suspended), std::back_inserter(told));
    const bool restated = is_own && stated(before) != stated(record);
    if (!days[id].empty() && (restated || depends_on(record, days[id], told))) {
      work.emplace(before.id, Work{&before, record, std::move(told)});
    } else if (is_own && record != before) {
      out.push_back(record);
    }
  }
  MOMENTUM_TRY_VOID(read_and_derive(ctx, folder, state, work, sessions));
  for (auto& [id, one] : work) {
    if (one.record != *one.before) out.push_back(std::move(one.record));
  }
  for (InstrumentRecord& record : records) {
    if (static_cast<std::size_t>(record.id) >= state.instruments.size()) out.push_back(std::move(record));
  }
  std::ranges::sort(out, {}, &InstrumentRecord::id);
  return out;
}

}  // namespace momentum::engine
