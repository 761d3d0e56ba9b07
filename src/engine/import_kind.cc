#include "import_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "factor_events.h"
#include "import_rules.h"
#include "kind_facts.h"
#include "market_group.h"
#include "momentum/base/nearest.h"
#include "momentum/sources/kind_tables.h"
#include "momentum/store/ingest.h"
#include "session_days.h"
#include "writing.h"

namespace momentum::engine {
namespace {

// How a change of facts bears on factors.
enum class Derive : std::uint8_t { no, again };

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

Result<Opened> open(const Context& ctx, const ImportRequest& request, bool may_make, ImportReport& report) {
  MOMENTUM_TRY(const bool stands, has_store(request.store));
  std::optional<catalog::StoreInfo> info;
  if (may_make) info = new_store(request, false);
  if (!stands && request.dry_run) {
    return fail(ErrorCode::store_not_found, "no such store", request.store, "leave out --dry-run to make one");
  }
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, request.store, request.lock_wait, info));
  report.made_store = !stands;
  report.snapshot = to.state.snapshot.id;
  MOMENTUM_TRY_VOID(check_synthetic(false, to.state.info, request.store));
  MOMENTUM_TRY(auto days, stored_days(ctx, request.store, to.state));
  return Opened{std::move(to), std::move(days)};
}

// Derives the factors of days about which the call told something: a suspension, or that a file of factors no longer rules.
void describe_facts(const catalog::State& state, const store::Merged& merged, catalog::InstrumentRecord& record) {
  const catalog::InstrumentRecord& before = state.instruments[static_cast<std::size_t>(record.id)];
  std::vector<Date> ruled;  // the days that files of factors stated before
  for (const catalog::FactorEvent& event : before.factors) {
    if (event.stated) ruled.push_back(event.day);
  }
  const std::vector<Date> told = changed_days(before.suspended, record.suspended);
  const auto* sessions = sessions_of_group(state.sessions, market_group(record.code, record.kind));
  record.factors = factor_events(
      record, {.days = merged.dates,
               .close = merged.close,
               .preclose = merged.preclose,
               .sessions = sessions == nullptr ? std::span<const std::int32_t>{} : day_numbers(sessions->days),
               .stored = merged.dates,
               .touched =
                   [&](std::size_t row) {
                     const Date day{merged.dates[row]};
                     return !ruled.empty() && ruled.front() <= day && day <= ruled.back();
                   },
               .told = told});
}

// The call's records through an ingest without bars: it reads what Describe asks for.
Result<void> commit_facts(const Context& ctx, const ImportRequest& request, Opened& opened, const Facts& facts,
                          Derive derive, ImportReport& report) {
  std::vector<store::Incoming> incoming;
  for (catalog::InstrumentRecord& record : facts.changed()) incoming.push_back({std::move(record)});
  const catalog::State& state = opened.to.state;
  store::Describe describe;
  if (derive == Derive::again) {
    describe = [&](std::size_t, const store::Merged& merged, catalog::InstrumentRecord& record) -> Result<void> {
      describe_facts(state, merged, record);
      return {};
    };
  }
  const store::IngestOptions options{.dry_run = request.dry_run,
                                     .op = "import",
                                     .note = fmt::format("{} files of {}", report.summary.files, request.kind)};
  MOMENTUM_TRY(
      const store::Outcome outcome,
      store::ingest(
          ctx, opened.to.lock, opened.to.catalog, state, incoming,
          [](std::size_t) -> Result<std::shared_ptr<arrow::Table>> { return nullptr; }, describe, {}, options));
  report.stored = facts.told();
  report.known = facts.known();
  report.changed = outcome.changed;
  report.snapshot = outcome.snapshot.id;
  for (const store::Incoming& one : incoming)
    report.new_instruments += static_cast<std::size_t>(one.record.id) >= state.instruments.size();
  return {};
}

Result<void> import_instruments(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_instruments(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, true, report));
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
  return commit_facts(ctx, request, opened, facts, Derive::no, report);
}

Result<void> import_suspensions(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_suspensions(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, false, report));
  Facts facts(opened.to.state, opened.days, ctx.clock->today());
  for (const auto& suspension : table.rows) {
    if (const std::string why = facts.apply(suspension); !why.empty())
      refuse(report, origin_of(request), "code", to_string(suspension.id), why);
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  return commit_facts(ctx, request, opened, facts, Derive::again, report);
}

Result<void> import_factors(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  MOMENTUM_TRY(auto table, sources::read_factors(ctx, request.files));
  take_account(table, report);
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  MOMENTUM_TRY(Opened opened, open(ctx, request, false, report));
  Facts facts(opened.to.state, opened.days, ctx.clock->today());
  for (auto begin = table.rows.begin(); begin != table.rows.end();) {
    const auto end = std::find_if(begin, table.rows.end(), [&](const auto& point) { return point.id != begin->id; });
    if (const std::string why = facts.apply(std::span(begin, end)); !why.empty())
      refuse(report, origin_of(request), "code", to_string(begin->id), why, end - begin);
    begin = end;
  }
  MOMENTUM_TRY_VOID(check_strict(request, report.summary));
  return commit_facts(ctx, request, opened, facts, Derive::again, report);
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
  MOMENTUM_TRY(Opened opened, open(ctx, request, true, report));
  const catalog::State& state = opened.to.state;
  catalog::Change change{.op = "import", .note = fmt::format("{} files of calendar", report.summary.files)};
  change.calendars = merged_calendars(state.calendars, table.rows, report);
  report.changed = report.stored > 0;
  if (!report.changed || request.dry_run) return {};

  std::vector<catalog::MarketDays> calendars = change.calendars;
  for (const catalog::MarketDays& market : state.calendars) {
    if (std::ranges::find(calendars, market.market, &catalog::MarketDays::market) == calendars.end())
      calendars.push_back(market);
  }
  std::vector<GroupDays> series;
  for (std::size_t i = 0; i < state.instruments.size(); ++i)
    series.push_back({market_group(state.instruments[i].code, state.instruments[i].kind), opened.days[i]});
  change.sessions = session_days(series, calendars);
  MOMENTUM_TRY(const catalog::Snapshot snapshot, opened.to.catalog.commit(ctx, change, state.snapshot.id));
  report.snapshot = snapshot.id;
  return {};
}

std::unexpected<Error> not_a_kind(const std::string& kind) {
  std::vector<std::string> names;
  for (const sources::KindLayout& layout : sources::kind_layouts()) names.emplace_back(layout.name);
  if (std::ranges::find(names, kind) != names.end()) {
    return fail(ErrorCode::bad_value, fmt::format("kind {} is not there yet: a store has no place for it", kind),
                "--kind", "use instruments, calendar, suspensions or factors");
  }
  const std::string near = nearest(kind, names);
  return fail(
      ErrorCode::bad_value, fmt::format("bad value '{}'", kind), "--kind",
      near.empty() ? "use instruments, calendar, suspensions or factors" : fmt::format("did you mean {}?", near));
}

}  // namespace

Result<void> import_kind(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  report.kind = request.kind;
  Result<void> (*const import)(const Context&, const ImportRequest&, ImportReport&) =
      request.kind == "instruments"   ? import_instruments
      : request.kind == "calendar"    ? import_calendar
      : request.kind == "suspensions" ? import_suspensions
      : request.kind == "factors"     ? import_factors
                                      : nullptr;
  if (import == nullptr) return not_a_kind(request.kind);
  MOMENTUM_TRY_VOID(import(ctx, request, report));
  report.accounted = true;
  MOMENTUM_CHECK(report.summary.stored == report.stored + report.known);
  return {};
}

}  // namespace momentum::engine
