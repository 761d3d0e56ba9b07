#pragma once
// What a store is at one snapshot. A State is loaded in one short read transaction and is a plain value afterwards: no later
// commit changes it and no database stays open for it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/decimal.h"
#include "momentum/base/instrument.h"

namespace momentum::catalog {

using SnapshotId = std::int64_t;  // 1 is the empty store; every commit adds one
using InstrumentId = std::int32_t;  // 0, 1, 2, ... in order of arrival; permanent, never reused
using FileId = std::int64_t;
using Time = std::chrono::sys_time<std::chrono::microseconds>;

// "2024-05-06T07:08:09Z", of any value whatever.
std::string time_text(Time time);

// The version of the catalog's layout and of everything under it (docs/formats.md); SQLite's user_version.
inline constexpr int kStoreFormatVersion = 3;

// In place of a level of compression: everything in the form that old readers read.
inline constexpr int kCompatCompression = -1;

// Said once, when the store is made.
struct StoreInfo {
  int format_version = kStoreFormatVersion;  // of an older store until somebody writes to it: that one's
  std::string uuid = {};  // made by create() where it is empty
  Time created = {};  // set by create()
  int buckets = 8;  // of the year and base levels
  std::string storage = "parquet";  // parquet hdf csv
  int compression = 6;  // 0, quickest to read, to 9, smallest; or kCompatCompression
  bool synthetic = false;
  std::string arguments = {};  // of the demo market that it holds; else empty
  std::string tool_version = {};  // of the program that made it
  bool operator==(const StoreInfo&) const = default;
};

// Totals of the state after a commit. A load checks what it read against them.
struct Counts {
  std::int64_t instruments = 0;
  std::int64_t files = 0;
  std::int64_t rows = 0;  // of these files
  std::int64_t bytes = 0;  // of these files
  std::int64_t days = 0;  // of all sessions and calendars
  bool operator==(const Counts&) const = default;
};

// What a commit did to what was there before it.
struct Account {
  std::int64_t added = 0;  // bars of days that had none
  std::int64_t corrected = 0;  // stored bars, actions and price limits that others replaced
  std::int64_t filled = 0;  // stored bars that got values they lacked
  std::int64_t revised = 0;  // instruments whose factor events are no longer what they were
  bool changes_the_past() const noexcept { return corrected > 0 || filled > 0 || revised > 0; }
  bool operator==(const Account&) const = default;
};

struct Snapshot {
  SnapshotId id = 0;
  SnapshotId parent = 0;  // 0: none
  Time created;
  std::string op;  // "create", "import", "compact", ...
  std::string note;
  Counts counts;
  std::optional<Account> account;  // none: of a commit by a program that kept none
  bool operator==(const Snapshot&) const = default;
};

// A code that an instrument had or has, both days included; no date: open on that side.
struct CodeAlias {
  Instrument code;
  Date from, to;
  bool operator==(const CodeAlias&) const = default;
};

// First and last day of trading, both included; no date: not known, or not yet.
struct Listing {
  Date listed, delisted;
  bool operator==(const Listing&) const = default;
};

// Holds from that day until the next one's.
struct DatedText {
  Date from;
  std::string text;
  bool operator==(const DatedText&) const = default;
};

// A day on which a bar's previous close is not the close before it. F_t = F_(t-1) x ratio on a link; an unverified jump is
// listed and not taken. What a file of factors states is not derived from closes, and no later derivation replaces it; the
// first and the last of these days bound what was stated, also where nothing changes on them (a link of ratio 1).
struct FactorEvent {
  Date day;
  double ratio = 1;
  bool link = false;
  bool unverified = false;
  bool stated = false;
  bool operator==(const FactorEvent&) const = default;
};

// What an ex-date brings, per share held before it: yuan in cash, new shares by bonus and by transfer of reserves, shares
// offered and the yuan that each of them costs. What a vendor says; factors are not derived from it.
struct CorporateAction {
  Date day;
  Decimal cash = {}, bonus = {}, transfer = {}, rights = {}, rights_price = {};
  bool operator==(const CorporateAction&) const = default;
};

// What the catalog knows of an instrument beside its bars. All dated lists ascend strictly by their (first) day.
struct InstrumentRecord {
  InstrumentId id = 0;
  Instrument code;  // the current one
  Kind kind = Kind::unknown;
  std::string board, currency;
  double tick = 0;  // 0: not known
  bool gaps_are_suspensions = false;  // how its source means gaps and preclose; decides links of bars to come
  Date factors_from;
  std::vector<CodeAlias> aliases;
  std::vector<Listing> listings;
  std::vector<DatedText> names, industries;
  std::vector<DatedText> price_basis;  // raw front back split_only unknown
  std::vector<Date> suspended, quarantined;
  std::vector<FactorEvent> factors;
  std::vector<CorporateAction> actions;
  bool operator==(const InstrumentRecord&) const = default;
};

// What the files of a state hold of one instrument; derived at loading, stored nowhere.
struct Coverage {
  Date first, last;  // no date where there are no bars
  std::int64_t bars = 0;
  bool operator==(const Coverage&) const = default;
};

// How one column is stored. Words of the layer `formats`, which this one does not read.
struct ColumnRecord {
  std::string name, physical;
  int scale = -1;  // digits after the point; -1: none
  std::string encoding, codec;
  int level = 0;
  std::string reason;  // why this choice, for people
  bool operator==(const ColumnRecord&) const = default;
};

struct RowGroupRecord {
  std::int64_t first_row = 0, rows = 0;
  std::int64_t offset = 0, bytes = 0;  // where in the file
  bool operator==(const RowGroupRecord&) const = default;
};

// The bars of one instrument in a file.
struct Extent {
  InstrumentId instrument = 0;
  std::int64_t first_row = 0, rows = 0;
  Date first, last;
  bool operator==(const Extent&) const = default;
};

enum class Level : std::uint8_t { tail, year, base };

struct FileRecord {
  FileId id = 0;  // given by commit()
  std::string dataset = "daily";
  std::string path;  // relative to the store; never used twice
  Level level = Level::tail;
  std::optional<int> bucket;
  std::int64_t rows = 0, bytes = 0;
  std::uint64_t checksum = 0;  // XXH3-64 of the whole file
  Date first, last;  // over all rows
  std::vector<ColumnRecord> columns;
  std::vector<RowGroupRecord> row_groups;  // without gaps, in order, over all rows
  std::vector<Extent> extents;  // without gaps, ascending by instrument, over all rows
  bool operator==(const FileRecord&) const = default;
};

// Sessions of a market group ("a", "b", "etf", "index", "us", ...) with their number of bars, or an imported calendar of a
// market, which has no counts.
struct MarketDays {
  std::string market;
  std::vector<Date> days;  // ascending
  std::vector<std::int32_t> bars;  // one per day, or empty
  bool operator==(const MarketDays&) const = default;
};

// The highest and the lowest price at which an instrument may trade on a day, in yuan of at most four digits after the point;
// 0: there is none that day.
struct PriceLimit {
  InstrumentId instrument = 0;
  Decimal up, down;
  bool operator==(const PriceLimit&) const = default;
};

// Those of one day: a day's limits come at once for the whole market and do not change any more.
struct DayLimits {
  Date day;
  std::vector<PriceLimit> limits;  // ascending by instrument
  bool operator==(const DayLimits&) const = default;
};

struct State {
  StoreInfo info;
  Snapshot snapshot;
  std::vector<InstrumentRecord> instruments;  // the one with id i at place i; a new one's id is size()
  std::vector<Coverage> coverage;  // one per instrument, of dataset "daily"
  std::vector<FileRecord> files;  // ascending by id
  std::vector<MarketDays> sessions;  // ascending by market
  std::vector<MarketDays> calendars;
  std::int64_t limits = 0;  // how many price limits; Catalog::limits() has them
  bool operator==(const State&) const = default;
};

}  // namespace momentum::catalog
