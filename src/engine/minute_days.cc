#include "minute_days.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "market_group.h"
#include "session_days.h"
#include "stored_days.h"

namespace momentum::engine {
namespace {

// The days that bars of days cover. Without any, every day lies outside.
struct Covered {
  Date first, last;

  bool has(Date day) const { return first.has_value() && day >= first && day <= last; }
};

Covered covered_of(const catalog::State& state, std::string_view group) {
  const catalog::MarketDays* const sessions = sessions_of_group(state.sessions, group);
  if (sessions == nullptr || sessions->days.empty()) return {};
  return {sessions->days.front(), sessions->days.back()};
}

}  // namespace

std::vector<catalog::Coverage> minute_coverage(const catalog::State& state) {
  std::vector<catalog::Coverage> out(state.instruments.size());
  for (const catalog::FileRecord& file : state.files) {
    if (file.dataset != store::to_string(store::Dataset::minute)) continue;
    for (const catalog::Extent& extent : file.extents) {
      catalog::Coverage& one = out[static_cast<std::size_t>(extent.instrument)];
      one.first = one.bars == 0 ? extent.first : std::min(one.first, extent.first);
      one.last = std::max(one.last, extent.last);
      one.bars += extent.rows;
    }
  }
  return out;
}

Result<std::vector<catalog::MarketDays>> sessions_of_minutes(const Context& ctx, const std::string& folder,
                                                             const catalog::State& state,
                                                             const std::vector<catalog::Coverage>& coverage) {
  const auto group_of = [](const catalog::InstrumentRecord& one) { return market_group(one.code, one.kind); };
  std::map<std::string_view, Covered> outside;  // groups with minutes on other days
  for (const catalog::InstrumentRecord& one : state.instruments) {
    const catalog::Coverage& minutes = coverage[static_cast<std::size_t>(one.id)];
    const Covered covered = covered_of(state, group_of(one));
    if (minutes.bars > 0 && !(covered.has(minutes.first) && covered.has(minutes.last)))
      outside.emplace(group_of(one), covered);
  }
  if (outside.empty()) return std::vector<catalog::MarketDays>{};

  store::Need need{.dataset = store::Dataset::minute};
  for (const catalog::InstrumentRecord& one : state.instruments)
    if (outside.contains(group_of(one))) need.instruments.push_back(one.id);
  MOMENTUM_TRY(const std::vector<DayList> days, stored_days(ctx, folder, state, need));
  std::vector<GroupDays> series;
  for (const catalog::InstrumentId id : need.instruments)
    series.push_back({group_of(state.instruments[static_cast<std::size_t>(id)]), days[static_cast<std::size_t>(id)]});
  std::vector<catalog::MarketDays> out = session_days(series, state.calendars);
  for (catalog::MarketDays& group : out) {
    std::erase_if(group.days, [&](Date day) { return outside.at(group.market).has(day); });
    group.bars.clear();
  }
  return out;
}

}  // namespace momentum::engine
