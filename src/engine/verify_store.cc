#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "factor_events.h"
#include "market_group.h"
#include "momentum/base/parallel.h"
#include "momentum/engine/upkeep.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/verify.h"
#include "read_plan.h"
#include "session_days.h"
#include "stored_days.h"

namespace momentum::engine {
namespace {

using catalog::FactorEvent;

Error finding(std::string what, std::string where) {
  return {ErrorCode::damaged_store, std::move(what), std::move(where), ""};
}

// How often each day has a bar, of one group.
using DayCounts = std::map<std::int32_t, std::int32_t>;

// The first thing that is wrong with the factor events of an instrument, whose bars are these. Whether an event is a link or an
// unverified jump may rest on sessions and suspensions as they were known when it was derived; that there is one, and its
// ratio, rests on the bars alone.
std::optional<std::string> factor_fault(const catalog::InstrumentRecord& record, const store::SeriesBars& bars) {
  const std::span<const double> close = bars.columns[0];
  std::vector<double> unknown;
  std::span<const double> preclose = bars.columns[1];
  if (preclose.empty()) {
    unknown.assign(bars.dates.size(), std::numeric_limits<double>::quiet_NaN());
    preclose = unknown;
  }
  const std::vector<FactorEvent> derived = factor_events(
      record, {.days = bars.dates, .close = close, .preclose = preclose, .sessions = {}, .stored = {}, .touched = {}});
  for (const FactorEvent& event : derived) {
    if (event.stated) continue;
    const auto same = std::ranges::lower_bound(record.factors, event.day, {}, &FactorEvent::day);
    if (same == record.factors.end() || same->day != event.day)
      return fmt::format("no factor event on {}, where the previous close jumps", to_string(event.day));
  }
  for (const FactorEvent& event : record.factors) {
    if (event.stated) continue;
    const auto same = std::ranges::lower_bound(derived, event.day, {}, &FactorEvent::day);
    if (same == derived.end() || same->day != event.day)
      return fmt::format("a factor event on {}, where nothing jumps", to_string(event.day));
    const auto t = static_cast<std::size_t>(std::ranges::lower_bound(bars.dates, event.day.days) - bars.dates.begin());
    if (event.link && (t == 0 || event.ratio != close[t - 1] / preclose[t]))
      return fmt::format("the factor of {} is not that of its closes", to_string(event.day));
  }
  return {};
}

void check_sessions(const catalog::State& state, const std::map<std::string_view, DayCounts>& counted,
                    const std::string& folder, std::vector<Error>& findings) {
  for (const catalog::MarketDays& market : state.sessions) {
    const auto group = counted.find(market.market);
    for (std::size_t i = 0; i < market.days.size(); ++i) {
      std::int32_t bars = 0;
      if (group != counted.end()) {
        if (const auto day = group->second.find(market.days[i].days); day != group->second.end()) bars = day->second;
      }
      if (market.bars.empty() || bars == market.bars[i]) continue;
      findings.push_back(finding(fmt::format("the session {} of {} has {} bars, not {}", to_string(market.days[i]),
                                             market.market, bars, market.bars[i]),
                                 folder));
      break;  // one line per market tells enough
    }
  }
}

// What the catalog derived from bars, derived again.
Result<void> check_derived(const Context& ctx, const std::string& folder, const catalog::State& state,
                           std::vector<Error>& findings) {
  MOMENTUM_TRY(const ReadPlan read, plan_read(ctx, folder, state, {.columns = {"close", "preclose"}}));
  const store::Plan& plan = read.plan;
  Context reading = ctx;
  reading.threads = read.threads;
  MOMENTUM_TRY(const store::BarsReader reader, store::BarsReader::open(ctx, folder, state, plan));
  std::vector<std::optional<std::string>> faults(state.instruments.size());
  std::map<std::string_view, DayCounts> counted;
  std::mutex mutex;
  MOMENTUM_TRY_VOID(parallel_for(reading, plan.batches.size(), [&](std::size_t b) -> Result<void> {
    MOMENTUM_TRY(const store::BatchBars batch, reader.read(plan.batches[b]));
    std::map<std::string_view, DayCounts> here;
    for (const store::SeriesBars& series : batch.series) {
      const auto id = static_cast<std::size_t>(series.id);
      const catalog::InstrumentRecord& record = state.instruments[id];
      faults[id] = factor_fault(record, series);
      DayCounts& counts = here[market_group(record.code, record.kind)];
      for (const std::int32_t day : series.dates) ++counts[day];
    }
    const std::lock_guard guard(mutex);
    for (const auto& [group, counts] : here) {
      for (const auto& [day, bars] : counts) counted[group][day] += bars;
    }
    return {};
  }));
  for (std::size_t id = 0; id < faults.size(); ++id) {
    if (faults[id]) findings.push_back(finding(*std::move(faults[id]), to_string(state.instruments[id].code)));
  }
  check_sessions(state, counted, folder, findings);
  return {};
}

// Puts a damage among the findings; returns any other error.
Result<void> found(Result<void> checked, std::vector<Error>& findings) {
  if (checked || checked.error().code != ErrorCode::damaged_store) return checked;
  findings.push_back(std::move(checked).error());
  return {};
}

}  // namespace

Result<VerifyReport> verify_store(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot,
                                  bool deep) {
  VerifyReport out{.snapshot = snapshot, .deep = deep, .findings = {}};
  std::optional<catalog::State> state;
  std::vector<catalog::Garbage> older;
  const auto look = [&]() -> Result<void> {
    MOMENTUM_TRY(const catalog::Catalog catalog, catalog::Catalog::open(folder));
    MOMENTUM_TRY(state, snapshot == 0 ? catalog.load() : catalog.load(snapshot));
    MOMENTUM_TRY(older, catalog.garbage());
    return deep ? catalog.check() : Result<void>{};
  };
  MOMENTUM_TRY_VOID(found(look(), out.findings));
  if (!state) return out;
  out.snapshot = state->snapshot.id;
  MOMENTUM_TRY(const store::Health health,
               store::verify(ctx, folder, *state, deep ? store::Depth::bytes : store::Depth::footers));
  out.files = health.files;
  out.rows = health.rows;
  out.bytes = health.bytes;
  out.older_files = static_cast<std::int64_t>(older.size());
  out.findings.insert(out.findings.end(), health.problems.begin(), health.problems.end());
  const std::vector<Error> gone = store::check_older(folder, older);
  out.findings.insert(out.findings.end(), gone.begin(), gone.end());
  if (deep && health.problems.empty())
    MOMENTUM_TRY_VOID(found(check_derived(ctx, folder, *state, out.findings), out.findings));
  return out;
}

}  // namespace momentum::engine
