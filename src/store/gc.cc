#include "momentum/store/gc.h"

#include <algorithm>
#include <utility>

#include "new_files_internal.h"

namespace momentum::store {
namespace {

// Writes between two copies of the catalog in its redo files.
constexpr std::int64_t kRedoRecords = 64;

std::chrono::year_month month_of(catalog::Time time) {
  constexpr std::chrono::hours kShanghai{8};  // the market's calendar, without daylight saving
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time + kShanghai));
  return day.year() / day.month();
}

Kept kept(const catalog::LogEntry& entry, const catalog::LogEntry* next, catalog::Time now,
          std::chrono::microseconds grace) {
  if (entry.dropped) return {Keep::dropped};
  if (next == nullptr) return {Keep::newest};
  if (entry.pinned) return {Keep::pinned};
  const auto& account = next->snapshot.account;
  if (!account || account->changes_the_past()) return {Keep::before_correction};
  if (month_of(entry.snapshot.created) != month_of(next->snapshot.created)) return {Keep::month_end};
  const catalog::Time until = next->snapshot.created + grace;
  return until > now ? Kept{Keep::grace, until} : Kept{Keep::expired};
}

}  // namespace

std::vector<Kept> keeping(std::span<const catalog::LogEntry> history, catalog::Time now,
                          std::chrono::microseconds grace) {
  std::vector<Kept> out;
  for (std::size_t i = 0; i < history.size(); ++i)
    out.push_back(kept(history[i], i == 0 ? nullptr : &history[i - 1], now, grace));
  return out;
}

Result<GcPlan> plan_gc(const Context& ctx, const catalog::Catalog& catalog, std::chrono::microseconds grace) {
  MOMENTUM_TRY(const std::vector<catalog::LogEntry> history, catalog.history());
  const catalog::Time now = std::chrono::floor<std::chrono::microseconds>(ctx.clock->now());
  const std::vector<Kept> kept = keeping(history, now, grace);
  GcPlan out;
  std::vector<catalog::SnapshotId> stay;  // ascending
  for (std::size_t i = history.size(); i-- > 0;) {
    const catalog::SnapshotId id = history[i].snapshot.id;
    if (kept[i].why == Keep::expired) out.snapshots.push_back(id);
    if (kept[i].why != Keep::expired && kept[i].why != Keep::dropped) stay.push_back(id);
  }
  out.kept = static_cast<std::int64_t>(stay.size());
  MOMENTUM_TRY(std::vector<catalog::Garbage> garbage, catalog.garbage());
  for (catalog::Garbage& file : garbage) {
    const auto first = std::ranges::lower_bound(stay, file.begun_by);
    if (first != stay.end() && *first < file.ended_by) continue;
    out.bytes += file.bytes;
    out.files.push_back(std::move(file));
  }
  return out;
}

Result<void> collect(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                     const catalog::State& state, const GcPlan& plan) {
  std::vector<catalog::FileId> files;
  for (const catalog::Garbage& file : plan.files) files.push_back(file.file);
  if (!plan.snapshots.empty() || !files.empty()) MOMENTUM_TRY_VOID(catalog.drop(ctx, plan.snapshots, files));
  MOMENTUM_TRY(const std::vector<catalog::Garbage> garbage, catalog.garbage());
  MOMENTUM_TRY_VOID(remove_leftovers(lock.folder(), state, garbage));
  return catalog.shorten_redo(kRedoRecords);
}

}  // namespace momentum::store
