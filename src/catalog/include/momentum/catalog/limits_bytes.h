#pragma once
// Price limits of days as bytes, for readers that the catalog does not reach. Layout: docs/formats.md, "Limits bytes".

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/state.h"

namespace momentum::catalog {

inline constexpr std::uint8_t kLimitsBytesVersion = 1;

// Days as Catalog::limits() gives them. About 5 bytes for a limit.
std::vector<std::byte> pack_day_limits(std::span<const DayLimits> days);

// Those that were packed. Whatever the bytes are, what comes back ascends by day, and by instrument within a day. `where` names
// the bytes in errors. Errors: damaged_store, store_version (made by a newer program).
Result<std::vector<DayLimits>> unpack_day_limits(std::span<const std::byte> bytes, std::string_view where);

}  // namespace momentum::catalog
