#include "momentum/engine/import.h"

#include <arrow/table.h>
#include <fmt/format.h>

#include <utility>

#include "identity.h"
#include "import_call.h"
#include "import_kind.h"
#include "import_rules.h"
#include "memory_need.h"
#include "minute_call.h"
#include "momentum/engine/store_info.h"
#include "momentum/sources/bar_reader.h"
#include "writing.h"

namespace momentum::engine {
namespace {

// An empty store takes only instruments that say their market.
Result<void> check_codes(const sources::BarSet& set) {
  const Identities none({});
  for (const sources::InstrumentBars& instrument : set.instruments) MOMENTUM_TRY_VOID(none.find(instrument.id, {}, {}));
  return {};
}

// What a store that exists was made with stays.
Result<void> check_settings(const ImportRequest& request, const catalog::StoreInfo& info) {
  const bool other_storage = request.storage && *request.storage != info.storage;
  if (!other_storage && (!request.compression || *request.compression == info.compression)) return {};
  return fail(ErrorCode::bad_value,
              fmt::format("the store was made with storage {}, compression {}", info.storage,
                          compression_text(info.compression)),
              other_storage ? "--storage" : "--compression", "leave the option out, or make another store");
}

store::IngestOptions options_of(const ImportRequest& request, const ImportReport& report) {
  return {.dataset = request.minutes ? store::Dataset::minute : store::Dataset::daily,
          .replace = request.replace,
          .dry_run = request.dry_run,
          .op = "import",
          .note = fmt::format("{} files, dialect {}", report.summary.files, report.dialect)};
}

std::vector<catalog::InstrumentId> ids_of(std::span<const store::Incoming> incoming) {
  std::vector<catalog::InstrumentId> ids;
  for (const store::Incoming& one : incoming) ids.push_back(one.record.id);
  return ids;
}

Result<store::Outcome> put_days(const Context& writing, const ImportRequest& request, Writing& to, sources::BarSet& set,
                                const ImportReport& report, std::vector<catalog::InstrumentId>& ids) {
  MOMENTUM_TRY(auto days, stored_days(writing, request.store, to.state));
  MOMENTUM_TRY(ImportCall call, ImportCall::make(set, to.state, std::move(days), request.replace));
  store::IngestOptions options = options_of(request, report);
  options.newest = call.newest();
  ids = ids_of(call.incoming());
  return store::ingest(
      writing, to.lock, to.catalog, to.state, call.incoming(),
      [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> { return call.bars(i); },
      [&](std::size_t i, const store::Merged& merged, catalog::InstrumentRecord& record) {
        return call.describe(i, merged, record);
      },
      [&]() -> Result<std::vector<catalog::MarketDays>> { return call.sessions(); }, options);
}

Result<store::Outcome> put_minutes(const Context& writing, const ImportRequest& request, Writing& to,
                                   sources::BarSet& set, const ImportReport& report,
                                   std::vector<catalog::InstrumentId>& ids) {
  MOMENTUM_TRY(MinuteCall call, MinuteCall::make(set, to.state));
  store::IngestOptions options = options_of(request, report);
  options.newest = call.newest();
  ids = ids_of(call.incoming());
  return store::ingest(
      writing, to.lock, to.catalog, to.state, call.incoming(),
      [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> { return call.bars(i); }, {}, {}, options);
}

Result<void> store_bars(const Context& ctx, const ImportRequest& request, sources::BarSet& set, ImportReport& report) {
  const bool synthetic = set.synthetic;
  MOMENTUM_TRY(const bool stands, has_store(request.store));
  if (!stands) MOMENTUM_TRY_VOID(check_codes(set));  // before a store is made for nothing
  if (!stands && request.dry_run) {
    report.stored = report.summary.stored;
    report.new_instruments = static_cast<std::int64_t>(set.instruments.size());
    report.changed = true;
    report.accounted = true;
    return {};
  }
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, request.store, request.lock_wait, new_store(request, synthetic)));
  report.made_store = !stands;
  report.snapshot = to.state.snapshot.id;
  MOMENTUM_TRY_VOID(check_synthetic(synthetic, to.state.info, request.store));
  MOMENTUM_TRY_VOID(check_settings(request, to.state.info));

  std::size_t held = 0;
  for (const sources::InstrumentBars& instrument : set.instruments)
    held += rows_need(instrument.bars->num_rows(), static_cast<std::size_t>(instrument.bars->num_columns()));
  MOMENTUM_TRY(const Context writing, writing_context(ctx, to.state, report.summary.stored, held));
  std::vector<catalog::InstrumentId> ids;
  MOMENTUM_TRY(const store::Outcome outcome, set.minutes ? put_minutes(writing, request, to, set, report, ids)
                                                         : put_days(writing, request, to, set, report, ids));
  report.stored = outcome.stored;
  report.known = outcome.known;
  report.conflicting = outcome.conflicting;
  report.corrected = outcome.corrected;
  report.changed = outcome.changed;
  report.snapshot = outcome.snapshot.id;
  report.accounted = true;
  MOMENTUM_CHECK(report.summary.stored == report.stored + report.known + report.conflicting + report.corrected);

  const auto code_of = [&](catalog::InstrumentId id) {
    return to.state.instruments[static_cast<std::size_t>(id)].code;
  };
  for (const store::Conflict& conflict : outcome.conflicts)
    report.contradicted.push_back({code_of(conflict.id), conflict.date, conflict.minute});
  for (const catalog::InstrumentId id : outcome.prepended) report.prepended.push_back(code_of(id));
  for (const catalog::InstrumentId id : ids)
    report.new_instruments += static_cast<std::size_t>(id) >= to.state.instruments.size();
  return {};
}

}  // namespace

Result<void> import_files(const Context& ctx, const ImportRequest& request, ImportReport& report) {
  if (!request.kind.empty()) return import_kind(ctx, request, report);
  MOMENTUM_TRY(sources::BarSet set, sources::read_bars(ctx, request.files,
                                                       {.dialect = request.dialect,
                                                        .code = request.code,
                                                        .bare = request.bare,
                                                        .minutes = request.minutes,
                                                        .named_by_begin = request.named_by_begin,
                                                        .reader = request.reader}));
  report.summary = set.summary;
  report.quarantine = std::move(set.quarantine);
  report.dialect = set.dialect;
  MOMENTUM_TRY_VOID(check_strict(request, set.summary));
  if (set.summary.stored == 0 && set.summary.suspensions == 0)
    return fail(ErrorCode::empty_input, "no bar could be read", {}, "see the quarantined rows (--report FILE)");
  return store_bars(ctx, request, set, report);
}

}  // namespace momentum::engine
