#include "momentum/engine/upkeep.h"

#include "memory_need.h"
#include "momentum/formats/folder.h"
#include "writing.h"

namespace momentum::engine {

namespace {

Result<std::vector<catalog::LogEntry>> history_of(const Context& ctx, const std::string& folder) {
  if (store::is_published(folder)) {
    MOMENTUM_TRY(store::Published published, store::read_published(ctx, folder));
    return std::move(published.log);
  }
  MOMENTUM_TRY(const catalog::Catalog catalog, catalog::Catalog::open(folder));
  return catalog.history();
}

}  // namespace

Result<void> check_writable(const std::string& folder) {
  if (!store::is_published(folder)) return {};
  return fail(ErrorCode::bad_value, "a published copy can only be read", folder,
              "name the store that it is published from: scan, show, store info and store log read copies");
}

void finish_object_stores() { formats::finish_object_stores(); }

Result<store::Publication> publish_store(const Context& ctx, const PublishRequest& request) {
  MOMENTUM_TRY_VOID(check_writable(request.store));
  MOMENTUM_TRY(const catalog::Catalog catalog, catalog::Catalog::open(request.store));
  MOMENTUM_TRY(const catalog::State state, request.snapshot ? catalog.load(*request.snapshot) : catalog.load());
  return store::publish(ctx, request.store, catalog, state, request.to, request.grace);
}

Result<std::vector<LogLine>> store_log(const Context& ctx, const std::string& folder) {
  MOMENTUM_TRY(std::vector<catalog::LogEntry> history, history_of(ctx, folder));
  const auto now = std::chrono::floor<std::chrono::microseconds>(ctx.clock->now());
  const std::vector<store::Kept> kept = store::keeping(history, now);
  std::vector<LogLine> out;
  for (std::size_t i = 0; i < history.size(); ++i) out.push_back({std::move(history[i]), kept[i]});
  return out;
}

Result<void> pin_snapshot(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot,
                          const std::string& note, milliseconds wait) {
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, folder, wait, {}));
  return to.catalog.pin(ctx, snapshot, note);
}

Result<void> unpin_snapshot(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot,
                            milliseconds wait) {
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, folder, wait, {}));
  return to.catalog.unpin(ctx, snapshot);
}

Result<store::GcPlan> collect_garbage(const Context& ctx, const GcRequest& request) {
  if (request.dry_run) {
    MOMENTUM_TRY(const catalog::Catalog catalog, catalog::Catalog::open(request.store));
    return store::plan_gc(ctx, catalog, request.grace);
  }
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, request.store, request.lock_wait, {}));
  MOMENTUM_TRY(store::GcPlan plan, store::plan_gc(ctx, to.catalog, request.grace));
  MOMENTUM_TRY_VOID(store::collect(ctx, to.lock, to.catalog, to.state, plan));
  return plan;
}

Result<store::Compaction> compact_store(const Context& ctx, const std::string& folder, milliseconds wait) {
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, folder, wait, {}));
  MOMENTUM_TRY(const Context writing, writing_context(ctx, to.state, 0, 0));
  return store::compact(writing, to.lock, to.catalog, to.state);
}

Result<store::Repair> repair_store(const Context& ctx, const std::string& folder, milliseconds wait) {
  if (!catalog::Catalog::is_lost(
          folder)) {  // else there is nothing to open; a folder without a store is an error all the same
    const auto opened = catalog::Catalog::open(folder);
    if (!opened && opened.error().category() == Category::not_found) return std::unexpected(opened.error());
  }
  MOMENTUM_TRY(const catalog::WriterLock lock, catalog::WriterLock::acquire(ctx, folder, wait));
  return store::repair(ctx, lock);
}

}  // namespace momentum::engine
