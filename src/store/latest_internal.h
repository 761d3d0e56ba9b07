#pragma once
// The file `latest` of a published copy.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/folder.h"
#include "momentum/store/published.h"

namespace momentum::store {

inline constexpr std::uint8_t kLatestVersion = 3;
inline constexpr std::string_view kLatest = "latest";
inline constexpr std::string_view kStates = "states";
inline constexpr std::string_view kData = "data";
inline constexpr std::string_view kLimits = "limits";

std::vector<std::byte> pack_latest(const Published& published);
// Errors: damaged_store, store_version.
Result<Published> unpack_latest(std::span<const std::byte> bytes, std::string_view where);

// Errors: store_not_found, damaged_store, store_version, those of Folder.
Result<Published> read_latest(const Context& ctx, const formats::Folder& folder);
// snapshot_not_found where it is not published (any more).
Result<PublishedState> find_state(const Published& published, catalog::SnapshotId snapshot);
Result<catalog::State> read_state(const formats::Folder& folder, const PublishedState& which);
Result<std::vector<catalog::DayLimits>> read_limits(const formats::Folder& folder, const PublishedMonth& which);

// Whether a store itself stands there.
bool has_catalog(const std::string& place);

std::string state_path(catalog::SnapshotId snapshot, std::uint64_t checksum);
std::string limits_path(const PublishedMonth& month);

}  // namespace momentum::store
