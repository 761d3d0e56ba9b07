#include "momentum/store/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "call_internal.h"

namespace momentum::store {
namespace {

Result<void> check_incoming(std::span<const Incoming> incoming, const catalog::State& state) {
  catalog::InstrumentId before = -1;
  auto next = static_cast<catalog::InstrumentId>(state.instruments.size());
  for (const Incoming& one : incoming) {
    const catalog::InstrumentId id = one.record.id;
    if (id <= before || id > next)
      return fail(ErrorCode::internal, fmt::format("instrument {} out of order", id), to_string(one.record.code),
                  "please report this line");
    if (id == next) ++next;
    before = id;
  }
  return {};
}

Result<void> check_newest(const catalog::Catalog& catalog, const catalog::State& state, const std::string& folder) {
  MOMENTUM_TRY(const std::vector<catalog::Snapshot> log, catalog.log());
  if (log.front().id != state.snapshot.id)
    return fail(ErrorCode::store_changed, "the store was changed meanwhile", folder, "try again");
  return {};
}

std::vector<catalog::InstrumentRecord> changed_records(const std::vector<Merging>& merged,
                                                       const catalog::State& state) {
  std::vector<catalog::InstrumentRecord> out;
  for (const Merging& merging : merged) {
    const auto id = static_cast<std::size_t>(merging.record.id);
    if (id >= state.instruments.size() || merging.record != state.instruments[id]) out.push_back(merging.record);
  }
  return out;
}

Result<std::vector<catalog::MarketDays>> changed_sessions(const SessionsOf& sessions_of, const catalog::State& state) {
  if (!sessions_of) return std::vector<catalog::MarketDays>{};
  MOMENTUM_TRY(std::vector<catalog::MarketDays> out, sessions_of());
  std::erase_if(out, [&](const catalog::MarketDays& market) {
    return std::ranges::find(state.sessions, market) != state.sessions.end();
  });
  return out;
}

// Of a factor event that was there, and is no more what it was.
bool is_revised(const catalog::InstrumentRecord& before, const catalog::InstrumentRecord& after) {
  return !std::ranges::all_of(before.factors, [&](const catalog::FactorEvent& event) {
    const auto same = std::ranges::lower_bound(after.factors, event.day, {}, &catalog::FactorEvent::day);
    return same != after.factors.end() && *same == event;
  });
}

catalog::Account account_of(const std::vector<Merging>& merged, const catalog::State& state) {
  catalog::Account out;
  for (const Merging& merging : merged) {
    out.added += merging.counts.stored;
    out.corrected += merging.counts.corrected;
    out.filled += merging.counts.filled;
    const auto id = static_cast<std::size_t>(merging.record.id);
    if (id < state.instruments.size() && is_revised(state.instruments[id], merging.record)) ++out.revised;
  }
  return out;
}

Outcome outcome_of(const std::vector<Merging>& merged, Dataset dataset) {
  Outcome out;
  for (const Merging& merging : merged) {
    out.stored += merging.counts.stored;
    out.known += merging.counts.known;
    out.conflicting += merging.counts.conflicting;
    out.corrected += merging.counts.corrected;
    for (const std::int32_t time : merging.counts.differing)
      out.conflicts.push_back(
          {merging.record.id, day_of(dataset, time), dataset == Dataset::minute ? minute_of(time) : -1});
    if (merging.prepended) out.prepended.push_back(merging.record.id);
  }
  return out;
}

Result<Outcome> take_in(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                        const catalog::State& state, std::span<const Incoming> incoming, const BarsOf& bars_of,
                        const Describe& describe, const SessionsOf& sessions_of, const IngestOptions& options) {
  MOMENTUM_CHECK(options.dataset == Dataset::daily || !describe);
  MOMENTUM_TRY_VOID(check_incoming(incoming, state));
  MOMENTUM_TRY_VOID(check_newest(catalog, state, lock.folder()));
  if (!options.dry_run) {
    MOMENTUM_TRY(const std::vector<catalog::Garbage> garbage, catalog.garbage());
    MOMENTUM_TRY_VOID(remove_leftovers(lock.folder(), state, garbage));
  }
  Call call(ctx, lock.folder(), state, incoming, bars_of, describe, options);
  MOMENTUM_TRY_VOID(call.run());

  catalog::Change change{.op = options.op, .note = options.note};
  change.instruments = changed_records(call.merged(), state);
  MOMENTUM_TRY(change.sessions, changed_sessions(sessions_of, state));
  change.account = account_of(call.merged(), state);
  Outcome out = outcome_of(call.merged(), options.dataset);
  out.changed = call.has_new_bars() || !change.instruments.empty() || !change.sessions.empty();
  out.snapshot = state.snapshot;
  if (options.dry_run || !out.changed) return out;

  if (call.has_new_bars()) MOMENTUM_TRY_VOID(call.publish(change));
  if (ctx.cancelled()) return Context::interrupted();
  auto snapshot = catalog.commit(ctx, change, state.snapshot.id);
  // After io_failed the change may stand all the same, and then it needs its files.
  if (snapshot || snapshot.error().code == ErrorCode::io_failed) call.new_files().keep();
  if (!snapshot) return std::unexpected(std::move(snapshot).error());
  out.snapshot = *std::move(snapshot);
  return out;
}

}  // namespace

Result<Outcome> ingest(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                       const catalog::State& state, std::span<const Incoming> incoming, const BarsOf& bars_of,
                       const Describe& describe, const SessionsOf& sessions_of, const IngestOptions& options) {
  try {
    return take_in(ctx, lock, catalog, state, incoming, bars_of, describe, sessions_of, options);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to store the bars", lock.folder(),
                "import fewer files at once");
  }
}

}  // namespace momentum::store
