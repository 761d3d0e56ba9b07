#include "records_internal.h"

#include <algorithm>

#include "momentum/catalog/packed.h"
#include "words_internal.h"

namespace momentum::catalog {
namespace {

void put(PackedWriter& out, const Instrument& code) {
  out.text(code.symbol);
  out.text(to_string(code.market));
}

Instrument get_code(PackedReader& in) {
  Instrument code;
  code.symbol = in.text();
  const auto market = market_named(in.text());
  if (!market) in.refuse();
  code.market = market.value_or(Market::none);
  return code;
}

void put(PackedWriter& out, const std::vector<DatedText>& runs) {
  out.count(runs.size());
  for (const DatedText& run : runs) {
    out.date(run.from);
    out.text(run.text);
  }
}

void get(PackedReader& in, std::vector<DatedText>& runs) {
  runs.resize(in.count());
  for (DatedText& run : runs) {
    run.from = in.date();
    run.text = in.text();
  }
}

void put(PackedWriter& out, const std::vector<Date>& days) {
  out.count(days.size());
  std::int32_t before = 0;
  for (const Date day : days) {
    out.integer(std::int64_t{day.days} - before);
    before = day.days;
  }
}

void get(PackedReader& in, std::vector<Date>& days) {
  days.resize(in.count());
  std::int64_t before = 0;
  for (Date& day : days) {
    before += in.small();
    if (before != static_cast<std::int32_t>(before)) in.refuse();
    day.days = static_cast<std::int32_t>(before);
  }
}

constexpr std::uint64_t kLink = 1;
constexpr std::uint64_t kUnverified = 2;
constexpr std::uint64_t kStated = 4;

void put(PackedWriter& out, const std::vector<FactorEvent>& events) {
  out.count(events.size());
  for (const FactorEvent& event : events) {
    out.date(event.day);
    out.number((event.link ? kLink : 0) | (event.unverified ? kUnverified : 0) | (event.stated ? kStated : 0));
    out.real(event.ratio);
  }
}

void get(PackedReader& in, std::vector<FactorEvent>& events) {
  events.resize(in.count());
  for (FactorEvent& event : events) {
    event.day = in.date();
    const std::uint64_t flags = in.number();
    if ((flags & ~(kLink | kUnverified | kStated)) != 0) in.refuse();
    event.link = (flags & kLink) != 0;
    event.unverified = (flags & kUnverified) != 0;
    event.stated = (flags & kStated) != 0;
    event.ratio = in.real();
  }
}

constexpr Decimal CorporateAction::* kAmounts[] = {&CorporateAction::cash, &CorporateAction::bonus,
                                                   &CorporateAction::transfer, &CorporateAction::rights,
                                                   &CorporateAction::rights_price};

void put(PackedWriter& out, const std::vector<CorporateAction>& actions) {
  out.count(actions.size());
  for (const CorporateAction& action : actions) {
    out.date(action.day);
    for (const auto amount : kAmounts) out.integer((action.*amount).units);
  }
}

void get(PackedReader& in, std::vector<CorporateAction>& actions) {
  actions.resize(in.count());
  for (CorporateAction& action : actions) {
    action.day = in.date();
    for (const auto amount : kAmounts) (action.*amount).units = in.integer();
  }
}

}  // namespace

std::string pack_history(const InstrumentRecord& record) {
  PackedWriter out(record.actions.empty() ? kHistoryVersion - 1 : kHistoryVersion);
  out.count(record.aliases.size());
  for (const CodeAlias& alias : record.aliases) {
    put(out, alias.code);
    out.date(alias.from);
    out.date(alias.to);
  }
  out.count(record.listings.size());
  for (const Listing& listing : record.listings) {
    out.date(listing.listed);
    out.date(listing.delisted);
  }
  for (const auto* runs : {&record.names, &record.industries, &record.price_basis}) put(out, *runs);
  for (const auto* days : {&record.suspended, &record.quarantined}) put(out, *days);
  put(out, record.factors);
  if (!record.actions.empty()) put(out, record.actions);
  return std::move(out).seal();
}

Result<void> unpack_history(std::string_view blob, std::string_view where, InstrumentRecord& into) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, kHistoryVersion, where));
  into.aliases.resize(in.count());
  for (CodeAlias& alias : into.aliases) {
    alias.code = get_code(in);
    alias.from = in.date();
    alias.to = in.date();
  }
  into.listings.resize(in.count());
  for (Listing& listing : into.listings) {
    listing.listed = in.date();
    listing.delisted = in.date();
  }
  for (auto* runs : {&into.names, &into.industries, &into.price_basis}) get(in, *runs);
  for (auto* days : {&into.suspended, &into.quarantined}) get(in, *days);
  get(in, into.factors);
  if (in.version() >= 2) get(in, into.actions);
  return in.finish(where);
}

std::string pack_columns(const std::vector<ColumnRecord>& columns) {
  PackedWriter out(kColumnsVersion);
  out.count(columns.size());
  for (const ColumnRecord& column : columns) {
    out.text(column.name);
    out.text(column.physical);
    out.integer(column.scale);
    out.text(column.encoding);
    out.text(column.codec);
    out.integer(column.level);
    out.text(column.reason);
  }
  return std::move(out).seal();
}

Result<std::vector<ColumnRecord>> unpack_columns(std::string_view blob, std::string_view where) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, kColumnsVersion, where));
  std::vector<ColumnRecord> columns(in.count());
  for (ColumnRecord& column : columns) {
    column.name = in.text();
    column.physical = in.text();
    column.scale = in.small();
    column.encoding = in.text();
    column.codec = in.text();
    column.level = in.small();
    column.reason = in.text();
  }
  MOMENTUM_TRY_VOID(in.finish(where));
  return columns;
}

std::string pack_row_groups(const std::vector<RowGroupRecord>& groups) {
  PackedWriter out(kRowGroupsVersion);
  out.count(groups.size());
  for (const RowGroupRecord& group : groups) {
    out.integer(group.rows);
    out.integer(group.offset);
    out.integer(group.bytes);
  }
  return std::move(out).seal();
}

Result<std::vector<RowGroupRecord>> unpack_row_groups(std::string_view blob, std::string_view where) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, kRowGroupsVersion, where));
  std::vector<RowGroupRecord> groups(in.count());
  std::int64_t row = 0;
  for (RowGroupRecord& group : groups) {
    group.first_row = row;
    group.rows = in.integer();
    if (__builtin_add_overflow(row, group.rows, &row)) in.refuse();
    group.offset = in.integer();
    group.bytes = in.integer();
  }
  MOMENTUM_TRY_VOID(in.finish(where));
  return groups;
}

std::string pack_extents(const std::vector<Extent>& extents) {
  PackedWriter out(kExtentsVersion);
  Date least;
  for (const Extent& extent : extents) least = least.has_value() ? std::min(least, extent.first) : extent.first;
  out.count(extents.size());
  out.date(least);
  std::int64_t before = -1;
  for (const Extent& extent : extents) {
    out.integer(extent.instrument - before);
    out.integer(extent.rows);
    out.integer(std::int64_t{extent.first.days} - least.days);
    out.integer(std::int64_t{extent.last.days} - extent.first.days);
    before = extent.instrument;
  }
  return std::move(out).seal();
}

Result<std::vector<Extent>> unpack_extents(std::string_view blob, std::string_view where) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, kExtentsVersion, where));
  std::vector<Extent> extents(in.count());
  const Date least = in.date();
  std::int64_t row = 0;
  std::int64_t id = -1;
  for (Extent& extent : extents) {
    id += in.small();
    extent.instrument = static_cast<InstrumentId>(id);
    extent.first_row = row;
    extent.rows = in.integer();
    if (__builtin_add_overflow(row, extent.rows, &row)) in.refuse();
    const std::int64_t first = std::int64_t{least.days} + in.small();
    const std::int64_t last = first + in.small();
    extent.first.days = static_cast<std::int32_t>(first);
    extent.last.days = static_cast<std::int32_t>(last);
    if (extent.instrument != id || extent.first.days != first || extent.last.days != last) in.refuse();
  }
  MOMENTUM_TRY_VOID(in.finish(where));
  return extents;
}

std::string pack_days(const MarketDays& days, std::size_t begin, std::size_t end) {
  PackedWriter out(kDaysVersion);
  const auto from = days.days.begin();
  put(out, std::vector<Date>(from + static_cast<std::ptrdiff_t>(begin), from + static_cast<std::ptrdiff_t>(end)));
  out.number(days.bars.empty() ? 0 : 1);
  for (std::size_t i = begin; i < end && !days.bars.empty(); ++i) out.integer(days.bars[i]);
  return std::move(out).seal();
}

Result<void> unpack_days(std::string_view blob, std::string_view where, MarketDays& append_to) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, kDaysVersion, where));
  std::vector<Date> days;
  get(in, days);
  append_to.days.insert(append_to.days.end(), days.begin(), days.end());
  if (in.number() != 0) {
    for (std::size_t i = 0; i < days.size(); ++i) append_to.bars.push_back(in.small());
  }
  return in.finish(where);
}

std::string pack_limits(const std::vector<PriceLimit>& limits) {
  PackedWriter out(kLimitsVersion);
  out.count(limits.size());
  std::int64_t before = -1;
  for (const PriceLimit& limit : limits) {
    out.integer(limit.instrument - before);
    for (const Decimal price : {limit.up, limit.down})
      out.number(static_cast<std::uint64_t>(price.units / kLimitUnits));
    before = limit.instrument;
  }
  return std::move(out).seal();
}

Result<std::vector<PriceLimit>> unpack_limits(std::string_view blob, std::string_view where) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, kLimitsVersion, where));
  std::vector<PriceLimit> limits(in.count());
  std::int64_t id = -1;
  const auto price = [&]() -> Decimal {
    const std::uint64_t units = in.number();
    if (units <= static_cast<std::uint64_t>(Decimal::kMost / kLimitUnits))
      return {static_cast<std::int64_t>(units) * kLimitUnits};
    in.refuse();
    return {};
  };
  for (PriceLimit& limit : limits) {
    const std::int32_t step = in.small();
    id += step;
    limit.instrument = static_cast<InstrumentId>(id);
    if (step < 1 || limit.instrument != id) in.refuse();
    limit.up = price();
    limit.down = price();
  }
  MOMENTUM_TRY_VOID(in.finish(where));
  return limits;
}

void put_fields(PackedWriter& out, const StoreInfo& info) {
  out.text(info.uuid);
  out.integer(info.created.time_since_epoch().count());
  out.integer(info.buckets);
  out.text(info.storage);
  out.integer(info.compression);
  out.number(info.synthetic ? 1 : 0);
  out.text(info.arguments);
  out.text(info.tool_version);
}

void put_fields(PackedWriter& out, const Snapshot& snapshot) {
  out.integer(snapshot.id);
  out.integer(snapshot.parent);
  out.integer(snapshot.created.time_since_epoch().count());
  out.text(snapshot.op);
  out.text(snapshot.note);
  const Counts& counts = snapshot.counts;
  for (const std::int64_t n : {counts.instruments, counts.files, counts.rows, counts.bytes, counts.days})
    out.integer(n);
}

// The version of a check's own fields is that of the store format, so the byte before them says nothing.
std::uint64_t check_of(const StoreInfo& info) {
  PackedWriter out(0);
  put_fields(out, info);
  return out.hash();
}

std::uint64_t check_of(const Snapshot& snapshot) {
  PackedWriter out(0);
  put_fields(out, snapshot);
  return out.hash();
}

std::uint64_t check_of(const InstrumentRecord& record, std::string_view history) {
  PackedWriter out(0);
  out.integer(record.id);
  put(out, record.code);
  out.number(static_cast<std::uint64_t>(record.kind));
  out.text(record.board);
  out.text(record.currency);
  out.real(record.tick);
  out.number(record.gaps_are_suspensions ? 1 : 0);
  out.date(record.factors_from);
  out.number(hash_of(history));
  return out.hash();
}

std::uint64_t check_of(const FileRecord& file, std::string_view columns, std::string_view groups,
                       std::string_view extents) {
  PackedWriter out(0);
  out.integer(file.id);
  out.text(file.dataset);
  out.text(file.path);
  out.number(static_cast<std::uint64_t>(file.level));
  out.integer(file.bucket.value_or(-1));
  out.integer(file.rows);
  out.integer(file.bytes);
  out.number(file.checksum);
  out.date(file.first);
  out.date(file.last);
  for (const std::string_view blob : {columns, groups, extents}) out.number(hash_of(blob));
  return out.hash();
}

std::uint64_t check_of(std::string_view kind, std::string_view market, int year, std::string_view days) {
  PackedWriter out(0);
  out.text(kind);
  out.text(market);
  out.integer(year);
  out.number(hash_of(days));
  return out.hash();
}

std::uint64_t check_of(Date day, std::int64_t entries, std::string_view limits) {
  PackedWriter out(0);
  out.date(day);
  out.integer(entries);
  out.number(hash_of(limits));
  return out.hash();
}

std::uint64_t check_of(SnapshotId snapshot, std::int64_t limits) {
  PackedWriter out(0);
  out.integer(snapshot);
  out.integer(limits);
  return out.hash();
}

std::uint64_t check_of(SnapshotId snapshot, const Account& account) {
  PackedWriter out(0);
  for (const std::int64_t n : {snapshot, account.added, account.corrected, account.filled, account.revised})
    out.integer(n);
  return out.hash();
}

std::uint64_t check_of_pin(SnapshotId snapshot, Time pinned, std::string_view note) {
  PackedWriter out(0);
  out.integer(snapshot);
  out.integer(pinned.time_since_epoch().count());
  out.text(note);
  return out.hash();
}

std::uint64_t check_of_dropped(SnapshotId snapshot, Time dropped) {
  PackedWriter out(0);
  out.integer(snapshot);
  out.integer(dropped.time_since_epoch().count());
  return out.hash();
}

}  // namespace momentum::catalog
