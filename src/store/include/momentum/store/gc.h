#pragma once
// Which older states a store keeps, and the removal of the rest.

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"

namespace momentum::store {

// Why a snapshot is kept, the first that applies; `expired`: it is not, `dropped`: it is gone already.
enum class Keep : std::uint8_t { newest, pinned, before_correction, month_end, grace, expired, dropped };

struct Kept {
  Keep why = Keep::expired;
  catalog::Time until = {};  // of `grace`
};

inline constexpr std::chrono::microseconds kGrace = std::chrono::hours(24);

// For each of `history` (all snapshots, newest first): the newest, every pinned one, the one before each commit that changed
// what was stored before (or of which nobody counted it), the last of every month of the market's calendar, and what was
// the newest less than `grace` ago.
std::vector<Kept> keeping(std::span<const catalog::LogEntry> history, catalog::Time now,
                          std::chrono::microseconds grace = kGrace);

struct GcPlan {
  std::vector<catalog::SnapshotId> snapshots;  // that expired, ascending
  std::vector<catalog::Garbage> files;  // that no kept snapshot needs
  std::int64_t bytes = 0;  // of these
  std::int64_t kept = 0;  // snapshots
};

// What a gc would do now; changes nothing. Errors: those of Catalog.
Result<GcPlan> plan_gc(const Context& ctx, const catalog::Catalog& catalog, std::chrono::microseconds grace = kGrace);

// Does it, as one transaction and then the removal of the files, with those that dead writers left. `state` is the newest. A
// crash in between leaves files that nothing names; the next writer removes them. Readers that have opened their files go
// on reading; one that comes too late gets snapshot_not_found. Errors: those of Catalog::drop(), no_permission, io_failed.
Result<void> collect(const Context& ctx, const catalog::WriterLock& lock, catalog::Catalog& catalog,
                     const catalog::State& state, const GcPlan& plan);

}  // namespace momentum::store
