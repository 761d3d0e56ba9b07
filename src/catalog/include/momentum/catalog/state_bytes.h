#pragma once
// A state as bytes, for readers that the catalog does not reach: on other machines, or of a published copy. Layout:
// docs/formats.md, "State bytes".

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/packed.h"
#include "momentum/catalog/state.h"

namespace momentum::catalog {

inline constexpr std::uint8_t kStateBytesVersion = 1;

// whole: a state as Catalog::load() gives it. part: what a reader needs of one. Ids and the totals of its snapshot stay those of
// the whole, an instrument that is not in it has a record without a code, files are left out, and so are extents of a file.
enum class Scope : std::uint8_t { whole, part };

// About 200 bytes for an instrument, 5 for an extent, 3 for a session. No price limits, as none are in a State.
std::vector<std::byte> pack_state(const State& state, Scope scope = Scope::whole);

// The state that was packed, checked like one that is to be committed: whatever the bytes are, what comes back has rows, days and
// ids in order, and paths that lie below a root. `where` names the bytes in errors. Cost and memory grow with the bytes (at most
// about 500 of memory for each). Errors: damaged_store (other bytes, a whole where a part is wanted or the other way round),
// store_version (made by a newer program).
Result<State> unpack_state(std::span<const std::byte> bytes, std::string_view where, Scope scope = Scope::whole);

// The log of a store, newest first as Catalog::history() gives it, among the fields of another blob.
void pack_log(PackedWriter& out, std::span<const LogEntry> log);
std::vector<LogEntry> unpack_log(PackedReader& in);

}  // namespace momentum::catalog
