#pragma once
// The blobs of the catalog's rows, and the check that every row carries over its other columns.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/packed.h"
#include "momentum/catalog/state.h"

namespace momentum::catalog {

// Version of each kind of blob; a change of its fields is a new number and a new store format.
inline constexpr std::uint8_t kHistoryVersion = 2;
inline constexpr std::uint8_t kColumnsVersion = 1;
inline constexpr std::uint8_t kRowGroupsVersion = 1;
inline constexpr std::uint8_t kExtentsVersion = 1;
inline constexpr std::uint8_t kDaysVersion = 1;
inline constexpr std::uint8_t kLimitsVersion = 1;
// Limits are packed in ten-thousandths of a yuan.
inline constexpr std::int64_t kLimitUnits = Decimal::kOne / 10'000;

// Everything dated of an instrument: aliases, listings, names, industries, price basis, days, factors, actions. One without
// actions is packed as version 1, so that the blobs of older stores are what would be written today.
std::string pack_history(const InstrumentRecord& record);
Result<void> unpack_history(std::string_view blob, std::string_view where, InstrumentRecord& into);

std::string pack_columns(const std::vector<ColumnRecord>& columns);
Result<std::vector<ColumnRecord>> unpack_columns(std::string_view blob, std::string_view where);

// Row groups and extents have no gaps, so first rows are not stored but summed up again.
std::string pack_row_groups(const std::vector<RowGroupRecord>& groups);
Result<std::vector<RowGroupRecord>> unpack_row_groups(std::string_view blob, std::string_view where);
std::string pack_extents(const std::vector<Extent>& extents);
Result<std::vector<Extent>> unpack_extents(std::string_view blob, std::string_view where);

// Days of a market with their counts, if any. `begin` and `end` are places in `days`.
std::string pack_days(const MarketDays& days, std::size_t begin, std::size_t end);
Result<void> unpack_days(std::string_view blob, std::string_view where, MarketDays& append_to);

// The limits of one day.
std::string pack_limits(const std::vector<PriceLimit>& limits);
Result<std::vector<PriceLimit>> unpack_limits(std::string_view blob, std::string_view where);

// XXH3-64 over a row's content: all but the snapshots between which it holds.
// What is checked of these, which is what is sent of them, too: all but the version of the format, and the account.
void put_fields(PackedWriter& out, const StoreInfo& info);
void put_fields(PackedWriter& out, const Snapshot& snapshot);
std::uint64_t check_of(const StoreInfo& info);
std::uint64_t check_of(const Snapshot& snapshot);
std::uint64_t check_of(const InstrumentRecord& record, std::string_view history);
std::uint64_t check_of(const FileRecord& file, std::string_view columns, std::string_view groups,
                       std::string_view extents);
std::uint64_t check_of(std::string_view kind, std::string_view market, int year, std::string_view days);
std::uint64_t check_of(Date day, std::int64_t entries, std::string_view limits);
std::uint64_t check_of(SnapshotId snapshot, std::int64_t limits);  // of the count of a state's limits
std::uint64_t check_of(SnapshotId snapshot, const Account& account);
std::uint64_t check_of_pin(SnapshotId snapshot, Time pinned, std::string_view note);
std::uint64_t check_of_dropped(SnapshotId snapshot, Time dropped);

}  // namespace momentum::catalog
