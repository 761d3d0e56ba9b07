#pragma once
// What a store holds and how: `momentum store info`, and the store's line of `momentum doctor`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"

namespace momentum::engine {

struct LevelSummary {
  catalog::Level level = catalog::Level::tail;
  std::int64_t files = 0, rows = 0, bytes = 0;
  std::string dataset = "daily";
};

struct SessionsSummary {
  std::string market;
  std::int64_t sessions = 0;
  Date first, last;
  std::int32_t last_bars = 0;  // on the last session
};

// One way in which files store a column.
struct ColumnSummary {
  std::string name, form, encoding, codec;  // "decimal(9,2) on int32", "date on int32", "int32", "double"
  std::int64_t files = 0, rows = 0;
  std::int64_t bytes = 0;  // in all of these files
  std::string reason;  // why, in the largest of these files
  std::int64_t reason_rows = 0;  // of that file
  std::string dataset = "daily";
};

// Bars of minutes.
struct MinutesSummary {
  std::int64_t instruments = 0, bars = 0, bytes = 0;
  Date first, last;  // day with a bar
};

struct StoreSummary {
  std::string folder;
  catalog::StoreInfo info;
  catalog::Snapshot snapshot;
  std::int64_t instruments = 0, instruments_with_bars = 0;
  std::int64_t bars = 0;  // of days
  std::int64_t bytes = 0;  // of all data files
  std::int64_t factor_events = 0, unverified_links = 0;
  std::int64_t corporate_actions = 0, price_limits = 0;
  Date first, last;  // bar of a day
  MinutesSummary minutes;
  std::vector<LevelSummary> levels;  // of days, then of minutes: base, year, tail; those that have files
  std::vector<SessionsSummary> sessions;  // ascending by market
  std::vector<ColumnSummary> columns;  // in file order, those of minutes after those of days
};

// Errors: store_not_found, snapshot_not_found, damaged_store (also a data file that is gone or not as the catalog has it),
// store_version, locked, no_permission. snapshot 0: the newest. Opens every data file, reads none.
Result<StoreSummary> describe_store(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot = 0);

std::string_view to_string(catalog::Level level) noexcept;

// How a store trades size for speed, as people write it: "0", quickest to read, to "9", smallest, or "compat"; and as a
// StoreInfo has it. No value for any other text.
std::string compression_text(int compression);
std::optional<int> compression_of(std::string_view text) noexcept;

// Of the stores that this program makes.
int store_format_version() noexcept;

}  // namespace momentum::engine
