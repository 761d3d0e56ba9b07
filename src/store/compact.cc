#include "momentum/store/compact.h"

#include <fmt/format.h>

#include <deque>
#include <new>
#include <span>

#include "call_internal.h"

namespace momentum::store {
namespace {

Result<Compaction> move_bars(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                             const catalog::State& state) {
  Compaction out{.snapshot = state.snapshot, .changed = false};
  out.files_before = out.files_after = state.snapshot.counts.files;
  out.bytes_before = out.bytes_after = state.snapshot.counts.bytes;
  MOMENTUM_TRY(const std::vector<catalog::Garbage> garbage, catalog.garbage());
  MOMENTUM_TRY_VOID(remove_leftovers(lock.folder(), state, garbage));
  const BarsOf no_bars;
  const Describe no_words;
  const IngestOptions of_days{.dataset = Dataset::daily}, of_minutes{.dataset = Dataset::minute};
  catalog::Change change{.op = "compact"};
  std::deque<Call> calls;
  for (const IngestOptions* const options : {&of_days, &of_minutes}) {
    Call& call =
        calls.emplace_back(ctx, lock.folder(), state, std::span<const Incoming>{}, no_bars, no_words, *options);
    MOMENTUM_TRY(const bool moved, call.compact());
    if (!moved) continue;
    MOMENTUM_TRY_VOID(call.publish(change));
    out.changed = true;
  }
  if (!out.changed) return out;
  change.note = fmt::format("{} files in place of {}", change.add_files.size(), change.end_files.size());
  if (ctx.cancelled()) return Context::interrupted();
  auto snapshot = catalog.commit(ctx, change, state.snapshot.id);
  // After io_failed the change may stand all the same, and then it needs its files.
  if (snapshot || snapshot.error().code == ErrorCode::io_failed)
    for (Call& call : calls) call.new_files().keep();
  if (!snapshot) return std::unexpected(std::move(snapshot).error());
  out.snapshot = *std::move(snapshot);
  out.files_after = out.snapshot.counts.files;
  out.bytes_after = out.snapshot.counts.bytes;
  return out;
}

}  // namespace

Result<Compaction> compact(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                           const catalog::State& state) {
  try {
    return move_bars(ctx, lock, catalog, state);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to move the bars", lock.folder(), "use fewer threads");
  }
}

}  // namespace momentum::store
