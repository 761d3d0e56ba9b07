#pragma once
// What one read needs of a store, as bytes: for readers to which the store's files are there under some root, but not its
// catalog. Layout: docs/formats.md, "Plan".

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "momentum/store/plan.h"

namespace momentum::store {

inline constexpr std::uint8_t kPlanVersion = 2;

// A part of a state: of the instruments that `need` wants their records (names, listings, factor events, actions, ...) and their
// coverage, of the files with bars of theirs on the wanted days all but the extents of others, and all sessions and calendars.
// Ids stay what they are. plan() and BarsReader take it like the state itself; a Need that wants more than this one finds less.
catalog::State part_of(const catalog::State& state, const Need& need);

struct ShippedPlan {
  catalog::State state;  // the part that the need touches
  Need need;
  PlanOptions options;
};

// Paths are relative to the store: the receiver says what its root is, a folder or a URI. About 200 bytes for each wanted
// instrument and one for each other, 7 for an extent, 3 for a session. Cost: that of copying and hashing them.
std::vector<std::byte> pack_plan(const catalog::State& state, const Need& need, PlanOptions options = {});

// plan(state, need, options) of what comes back is the plan of what was packed: the same batches, with pieces in the same row
// groups of the same files, whose places in State::files are others. Whatever the bytes are, nothing worse than an error comes of
// them, here or in plan(); memory grows with their number. Errors: damaged_store (other bytes), store_version (made by a newer
// program).
Result<ShippedPlan> unpack_plan(std::span<const std::byte> bytes, std::string_view where = "the plan");

}  // namespace momentum::store
