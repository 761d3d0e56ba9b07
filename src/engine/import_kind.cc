#include "import_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "derive_again.h"
#include "import_rules.h"
#include "kind_facts.h"
#include "limit_days.h"
#include "market_group.h"
#include "momentum/base/nearest.h"
#include "momentum/sources/kind_tables.h"
#include "session_days.h"
#include "writing.h"

namespace momentum::engine {
namespace {

void refuse(ImportReport& report, const std::string& file, std::string_view column, std::string value,
            const std::string& reason, std::int64_t rows = 1) {
  report.summary.stored -= rows;
  report.summary.quarantined += rows;
  report.summary.quarantined_by_reason[reason] += rows;
  report.quarantine.push_back({file, 0, std::string(column), std::move(value), reason});
}

template <class Row>
void take_account(const sources::KindTable<Row>& table, ImportReport& report) {
  report.summary = table.summary;
  report.quarantine = table.quarantine;
}

// Where rows came from that cannot say their line any more.
std::string origin_of(const ImportRequest& request) {
  return request.files.size() == 1 ? request.files.front() : fmt::format("{} files", request.files.size());
}

struct Opened {
  Writing to;
  std::vector<DayList> days;
};

// What a kind needs of the store: `may_make` where it can stand at a store's beginning, `days` where it is about bars.
enum class Need : std::uint8_t { facts, days, may_make };

Result<Opened> open(const Context& ctx, const ImportRequest& request, Need need, ImportReport& report) {
  MOMENTUM_TRY(const bool stands, has_store(request.store));
  std::optional<catalog::StoreInfo> info;
  if (need == Need::may_make) info = new_store(request, false);
  if (!stands && request.dry_run) {
    return fail(ErrorCode::store_not_found, "no such store", request.store, "leave out --dry-run to make one");
  }
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, request.store, request.lock_wait, info));
  report.made_store = !stands;
  report.snapshot = to.state.snapshot.id;
  MOMENTUM_TRY_VOID(check_synthetic(false, to.state.info, request.store));
  std::vector<DayList> days;
  if (need != Need::facts) {
    MOMENTUM_TRY(days, stored_days(ctx, request.store, to.state));
  }
  return Opened{std::move(to), std::move(days)};
}

// The sessions of all groups under the call's records and calendars. A group that lost its last bar has none any more.
std::vector<catalog::MarketDays> sessions_after(const Opened& opened,
                                                const std::vector<catalog::InstrumentRecord>& records,
                                                const std::vector<catalog::MarketDays>& calendars) {
  const catalog::State& state = opened.to.state;
  std::vector<GroupDays> series;
  for (const catalog::InstrumentRecord& record : state.instruments)
    series.push_back({market_group(record.code, record.kind), opened.days[static_cast<std::size_t>(record.id)]});
  for (const catalog::InstrumentRecord& record : records) {
    const auto id = static_cast<std::size_t>(record.id);
    if (id < series.size()) series[id].group = market_group(record.code, record.kind);
  }
  std::vector<catalog::MarketDays> out = session_days(series, calendars);
  for (const catalog::MarketDays& market : state.sessions) {
    if (sessions_of_group(out, market.market) == nullptr) out.push_back({market.market, {}, {}});
  }
  return out;
}

Result<void> commit(const Context& ctx, const ImportRequest& request, Opened& opened, catalog::Change change,
                    ImportReport& report) {
  change.op = "import";
  change.note = fmt::format("{} files of {}", report.summary.files, request.kind);
  const catalog::State& state = opened.to.state;
  for (const catalog::InstrumentRecord& record : change.instruments)
    report.new_instruments += static_cast<std::size_t>(record.id) >= state.instruments.size();
  std::erase_if(change.sessions, [&](const catalog::MarketDays& market) {
    return std::ranges::find(state.sessions, market) != state.sessions.end();
  });
  change.account.corrected = report.corrected;
  // No bar comes with facts: factors that are not what they were are those of bars that stand.
  change.account.revised = std::ranges::count_if(change.instruments, [&](const catalog::InstrumentRecord& record) {
    const auto id = static_cast<std::size_t>(record.id);
    return id < state.instruments.size() && state.coverage[id].bars > 0 &&
           record.factors != state.instruments[id].factors;
  });
  report.changed =
      !change.instruments.empty() || !change.sessions.empty() || !change.calendars.empty() || !change.limits.empty();
  if (!report.changed || request.dry_run) return {};
  if (ctx.cancelled()) return Context::interrupted();
  MOMENTUM_TRY(const catalog::Snapshot snapshot, opened.to.catalog.commit(ctx, change, state.snapshot.id));
  report.snapshot = snapshot.id;
  return {};
}

// The call's records, with all factors that depend on what it said.
Result<void> commit_facts(const Context& ctx, const ImportRequest& request, Opened& opened, const Facts& facts,
                          ImportReport& report) {
  report.stored = facts.told();
  report.known = facts.known();
  report.conflicting = facts.conflicting();
  report.corrected = facts.corrected();
  report.contradicted = facts.contradicted();
  const catalog::State& state = opened.to.state;
  catalog::Change change{.instruments = facts.changed(), .sessions = state.sessions};
  if (!opened.days.empty()) {
    // A kind that was not known before may be another group's.
    change.sessions = sessions_after(opened, change.instruments, state.calendars);
    MOMENTUM_TRY(change.instruments,
                 derive_again(ctx, request.store, state, opened.days, std::move(change.instruments), change.sessions));
  }
  return commit(ctx, request, opened, std::move(change), report);
}

Result<void> import_instruments(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_instruments(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, Need::may_make, report));
  Facts facts(opened.to.state, opened.days, ctx.clock->today());
  // An alias may be of an instrument that the same file brings.
  for (const bool aliases : {false, true}) {
    for (const auto& fact : table.rows) {
      if (fact.alias_of.has_value() != aliases) continue;
      if (const std::string why = facts.apply(fact); !why.empty())
        refuse(report, origin_of(request), aliases ? "alias_of" : "code", to_string(aliases ? *fact.alias_of : fact.id),
               why);
    }
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  return commit_facts(ctx, request, opened, facts, report);
}

Result<void> import_suspensions(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_suspensions(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, Need::days, report));
  Facts facts(opened.to.state, opened.days, ctx.clock->today());
  for (const auto& suspension : table.rows) {
    if (const std::string why = facts.apply(suspension); !why.empty())
      refuse(report, origin_of(request), "code", to_string(suspension.id), why);
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  return commit_facts(ctx, request, opened, facts, report);
}

Result<void> import_factors(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_factors(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, Need::days, report));
  Facts facts(opened.to.state, opened.days, ctx.clock->today());
  for (auto begin = table.rows.begin(); begin != table.rows.end();) {
    const auto end = std::find_if(begin, table.rows.end(), [&](const auto& point) { return point.id != begin->id; });
    if (const std::string why = facts.apply(std::span(begin, end)); !why.empty())
      refuse(report, origin_of(request), "code", to_string(begin->id), why, end - begin);
    begin = end;
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  return commit_facts(ctx, request, opened, facts, report);
}

Result<void> import_actions(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_actions(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, Need::facts, report));
  Facts facts(opened.to.state, opened.days, ctx.clock->today());
  for (const auto& action : table.rows) {
    if (const std::string why = facts.apply(action, request.replace); !why.empty())
      refuse(report, origin_of(request), "code", to_string(action.id), why);
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  return commit_facts(ctx, request, opened, facts, report);
}

// Limits are no facts of a record: a day has them for the whole market.
Result<void> import_limits(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_limits(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, Need::facts, report));
  const catalog::State& state = opened.to.state;
  MOMENTUM_TRY(LimitDays days, LimitDays::load(opened.to.catalog, state, table.rows));
  for (const auto& row : table.rows) {
    if (const std::string why = days.apply(row, request.replace); !why.empty())
      refuse(report, origin_of(request), "code", to_string(row.id), why);
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  report.stored = days.told();
  report.known = days.known();
  report.conflicting = days.conflicting();
  report.corrected = days.corrected();
  report.contradicted = days.contradicted();
  return commit(ctx, request, opened, {.limits = days.changed()}, report);
}

// The days of each market that rows name, with those that were known.
std::vector<catalog::MarketDays> merged_calendars(const std::vector<catalog::MarketDays>& known,
                                                  const std::vector<sources::SessionDay>& rows, ImportReport& report) {
  std::vector<catalog::MarketDays> out;
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = std::find_if(begin, rows.end(), [&](const auto& row) { return row.market != begin->market; });
    catalog::MarketDays market{std::string(to_string(begin->market)), {}, {}};
    const auto before = std::ranges::find(known, market.market, &catalog::MarketDays::market);
    if (before != known.end()) market.days = before->days;
    for (auto row = begin; row != end; ++row) {
      const bool is_known = before != known.end() && std::ranges::binary_search(before->days, row->date);
      ++(is_known ? report.known : report.stored);
      if (!is_known) market.days.push_back(row->date);
    }
    std::ranges::sort(market.days);
    out.push_back(std::move(market));
    begin = end;
  }
  return out;
}

Result<void> import_calendar(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_calendar(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, Need::may_make, report));
  const catalog::State& state = opened.to.state;
  std::vector<catalog::MarketDays> calendars = merged_calendars(state.calendars, table.rows, report);
  if (report.stored == 0) return {};
  catalog::Change change{.calendars = calendars};
  for (const catalog::MarketDays& market : state.calendars) {
    if (std::ranges::find(calendars, market.market, &catalog::MarketDays::market) == calendars.end())
      calendars.push_back(market);
  }
  change.sessions = sessions_after(opened, {}, calendars);
  MOMENTUM_TRY(change.instruments, derive_again(ctx, request.store, state, opened.days, {}, change.sessions));
  return commit(ctx, request, opened, std::move(change), report);
}

std::unexpected<Error> not_a_kind(const std::string& kind) {
  std::vector<std::string> names;
  for (const sources::KindLayout& layout : sources::kind_layouts()) names.emplace_back(layout.name);
  const std::string near = nearest(kind, names);
  return fail(
      ErrorCode::bad_value, fmt::format("bad value '{}'", kind), "--kind",
      near.empty() ? fmt::format("the kinds are {}", fmt::join(names, ", ")) : fmt::format("did you mean {}?", near));
}

}  // namespace

Result<void> import_kind(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  report.kind = request.kind;
  Result<void> (*const import)(const Context&, const ImportRequest&, ImportReport&) =
      request.kind == "instruments"   ? import_instruments
      : request.kind == "calendar"    ? import_calendar
      : request.kind == "suspensions" ? import_suspensions
      : request.kind == "factors"     ? import_factors
      : request.kind == "actions"     ? import_actions
      : request.kind == "limits"      ? import_limits
                                      : nullptr;
  if (import == nullptr) return not_a_kind(request.kind);
  MOMENTUM_TRY_VOID(import(ctx, request, report));
  report.accounted = true;
  MOMENTUM_CHECK(report.summary.stored == report.stored + report.known + report.conflicting + report.corrected);
  return {};
}

}  // namespace momentum::engine
