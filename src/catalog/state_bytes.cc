#include "momentum/catalog/state_bytes.h"

#include <fmt/format.h>

#include <utility>

#include "change_internal.h"
#include "load_internal.h"
#include "momentum/catalog/packed.h"
#include "records_internal.h"
#include "words_internal.h"

namespace momentum::catalog {
namespace {

constexpr std::string_view kMagic = "momentum state";

void put(PackedWriter& out, const StoreInfo& info) {
  out.integer(info.format_version);
  put_fields(out, info);
}

StoreInfo get_info(PackedReader& in) {
  StoreInfo info;
  info.format_version = in.small();
  info.uuid = in.text();
  info.created = Time(Time::duration(in.integer()));
  info.buckets = in.small();
  info.storage = in.text();
  info.compression = in.small();
  info.synthetic = in.flag();
  info.arguments = in.text();
  info.tool_version = in.text();
  return info;
}

void put(PackedWriter& out, const Snapshot& snapshot) {
  put_fields(out, snapshot);
  out.number(snapshot.account ? 1 : 0);
  if (!snapshot.account) return;
  const Account& account = *snapshot.account;
  for (const std::int64_t n : {account.added, account.corrected, account.filled, account.revised}) out.integer(n);
}

Snapshot get_snapshot(PackedReader& in) {
  Snapshot snapshot;
  snapshot.id = in.integer();
  snapshot.parent = in.integer();
  snapshot.created = Time(Time::duration(in.integer()));
  snapshot.op = in.text();
  snapshot.note = in.text();
  Counts& counts = snapshot.counts;
  for (std::int64_t* n : {&counts.instruments, &counts.files, &counts.rows, &counts.bytes, &counts.days})
    *n = in.integer();
  if (!in.flag()) return snapshot;
  Account& account = snapshot.account.emplace();
  for (std::int64_t* n : {&account.added, &account.corrected, &account.filled, &account.revised}) *n = in.integer();
  return snapshot;
}

bool is_there(const InstrumentRecord& record) { return !record.code.symbol.empty(); }

void put(PackedWriter& out, const State& state, std::size_t place, Scope scope) {
  const InstrumentRecord& record = state.instruments[place];
  out.number(is_there(record) ? 1 : 0);
  if (!is_there(record)) return;
  out.text(record.code.symbol);
  out.text(to_string(record.code.market));
  out.text(word_of(record.kind));
  out.text(record.board);
  out.text(record.currency);
  out.real(record.tick);
  out.number(record.gaps_are_suspensions ? 1 : 0);
  out.date(record.factors_from);
  out.text(pack_history(record));
  if (scope == Scope::whole) return;
  const Coverage& coverage = state.coverage[place];
  out.date(coverage.first);
  out.date(coverage.last);
  out.integer(coverage.bars);
}

// Takes `record` and `coverage` as they are where the instrument is not in this part.
Result<void> get(PackedReader& in, Scope scope, std::string_view where, InstrumentRecord& record, Coverage& coverage) {
  if (!in.flag()) return {};
  record.code.symbol = in.text();
  const auto market = market_named(in.text());
  const auto kind = kind_named(in.text());
  if (!market || !kind) in.refuse();
  record.code.market = market.value_or(Market::none);
  record.kind = kind.value_or(Kind::unknown);
  record.board = in.text();
  record.currency = in.text();
  record.tick = in.real();
  record.gaps_are_suspensions = in.flag();
  record.factors_from = in.date();
  MOMENTUM_TRY_VOID(unpack_history(in.text(), where, record));
  if (scope == Scope::part) {
    coverage.first = in.date();
    coverage.last = in.date();
    coverage.bars = in.integer();
    if (coverage.bars < 0 || coverage.last < coverage.first) in.refuse();
  }
  return check_instrument(record);
}

void put(PackedWriter& out, const FileRecord& file, Scope scope) {
  out.integer(file.id);
  out.text(file.dataset);
  out.text(file.path);
  out.text(word_of(file.level));
  out.integer(file.bucket.value_or(-1));
  out.integer(file.rows);
  out.integer(file.bytes);
  out.number(file.checksum);
  out.date(file.first);
  out.date(file.last);
  out.text(pack_columns(file.columns));
  out.text(pack_row_groups(file.row_groups));
  out.text(pack_extents(file.extents));
  if (scope == Scope::whole) return;
  std::int64_t row = 0;
  for (const Extent& extent : file.extents) {
    out.integer(extent.first_row - row);
    row = extent.first_row + extent.rows;
  }
}

Result<FileRecord> get_file(PackedReader& in, Scope scope, std::string_view where, std::int64_t instruments) {
  FileRecord file;
  file.id = in.integer();
  file.dataset = in.text();
  file.path = in.text();
  const auto level = level_named(in.text());
  if (!level) in.refuse();
  file.level = level.value_or(Level::tail);
  if (const std::int32_t bucket = in.small(); bucket >= 0) file.bucket = bucket;
  file.rows = in.integer();
  file.bytes = in.integer();
  file.checksum = in.number();
  file.first = in.date();
  file.last = in.date();
  MOMENTUM_TRY(file.columns, unpack_columns(in.text(), where));
  MOMENTUM_TRY(file.row_groups, unpack_row_groups(in.text(), where));
  MOMENTUM_TRY(file.extents, unpack_extents(in.text(), where));
  if (scope == Scope::part) {
    std::int64_t left_out = 0;
    for (Extent& extent : file.extents) {
      const bool fits = !__builtin_add_overflow(left_out, in.integer(), &left_out) &&
                        !__builtin_add_overflow(extent.first_row, left_out, &extent.first_row);
      if (!fits) in.refuse();
    }
  }
  MOMENTUM_TRY_VOID(check_file(file, instruments, scope));
  return file;
}

void put(PackedWriter& out, const std::vector<MarketDays>& markets) {
  out.count(markets.size());
  for (const MarketDays& market : markets) {
    out.text(market.market);
    out.text(pack_days(market, 0, market.days.size()));
  }
}

Result<void> get(PackedReader& in, std::string_view where, std::vector<MarketDays>& markets) {
  markets.resize(in.count());
  for (MarketDays& market : markets) {
    market.market = in.text();
    MOMENTUM_TRY_VOID(unpack_days(in.text(), where, market));
  }
  return {};
}

Result<void> check_totals(const State& state, std::string_view where) {
  Counts found{.instruments = static_cast<std::int64_t>(state.instruments.size()),
               .files = static_cast<std::int64_t>(state.files.size())};
  for (const FileRecord& file : state.files) {
    if (__builtin_add_overflow(found.rows, file.rows, &found.rows) ||
        __builtin_add_overflow(found.bytes, file.bytes, &found.bytes))
      return damaged("files of no size", where);
  }
  for (const auto* markets : {&state.sessions, &state.calendars})
    for (const MarketDays& market : *markets) found.days += static_cast<std::int64_t>(market.days.size());
  if (found != state.snapshot.counts) return damaged("not all of a state", where);
  for (const InstrumentRecord& record : state.instruments)
    if (!is_there(record)) return damaged(fmt::format("instrument {} is missing", record.id), where);
  return {};
}

Result<State> read(PackedReader& in, std::string_view where, Scope scope) {
  if (in.text() != kMagic) return damaged("no state", where);
  if (in.flag() != (scope == Scope::part))
    return damaged(scope == Scope::part ? "a whole state, not a part of one" : "a part of a state", where);
  State state;
  state.info = get_info(in);
  if (state.info.format_version > kStoreFormatVersion) {
    return fail(ErrorCode::store_version,
                fmt::format("written by a newer version of the program (store format {}, this one knows {})",
                            state.info.format_version, kStoreFormatVersion),
                std::string(where), "update");
  }
  state.snapshot = get_snapshot(in);
  state.limits = in.integer();
  state.instruments.resize(in.count());
  state.coverage.resize(state.instruments.size());
  for (std::size_t i = 0; i < state.instruments.size(); ++i) {
    state.instruments[i].id = static_cast<InstrumentId>(i);
    MOMENTUM_TRY_VOID(get(in, scope, where, state.instruments[i], state.coverage[i]));
  }
  const std::size_t files = in.count();
  for (std::size_t f = 0; f < files; ++f) {
    MOMENTUM_TRY(FileRecord file, get_file(in, scope, where, static_cast<std::int64_t>(state.instruments.size())));
    if (f > 0 && file.id <= state.files.back().id) in.refuse();
    state.files.push_back(std::move(file));
  }
  MOMENTUM_TRY_VOID(get(in, where, state.sessions));
  MOMENTUM_TRY_VOID(get(in, where, state.calendars));
  MOMENTUM_TRY_VOID(in.finish(where));
  MOMENTUM_TRY_VOID(check_days(state.sessions, true));
  MOMENTUM_TRY_VOID(check_days(state.calendars, false));
  if (scope == Scope::part) return state;
  MOMENTUM_TRY_VOID(check_totals(state, where));
  MOMENTUM_TRY_VOID(derive_coverage(state, where));
  return state;
}

}  // namespace

std::vector<std::byte> pack_state(const State& state, Scope scope) {
  PackedWriter out(kStateBytesVersion);
  out.text(kMagic);
  out.number(scope == Scope::part ? 1 : 0);
  put(out, state.info);
  put(out, state.snapshot);
  out.integer(state.limits);
  out.count(state.instruments.size());
  for (std::size_t i = 0; i < state.instruments.size(); ++i) put(out, state, i, scope);
  out.count(state.files.size());
  for (const FileRecord& file : state.files) put(out, file, scope);
  put(out, state.sessions);
  put(out, state.calendars);
  return bytes_of(std::move(out).seal());
}

Result<State> unpack_state(std::span<const std::byte> bytes, std::string_view where, Scope scope) {
  MOMENTUM_TRY(PackedReader in, open_packed(bytes, kStateBytesVersion, where));
  auto state = read(in, where, scope);
  if (!state) return as_damage(std::move(state).error(), where);
  return state;
}

void pack_log(PackedWriter& out, std::span<const LogEntry> log) {
  const auto put_time = [&](const std::optional<Time>& time) {
    out.number(time ? 1 : 0);
    if (time) out.integer(time->time_since_epoch().count());
  };
  out.count(log.size());
  for (const LogEntry& entry : log) {
    put(out, entry.snapshot);
    out.integer(entry.files_added);
    out.integer(entry.files_ended);
    put_time(entry.pinned);
    out.text(entry.pin_note);
    put_time(entry.dropped);
  }
}

std::vector<LogEntry> unpack_log(PackedReader& in) {
  const auto get_time = [&](std::optional<Time>& time) {
    if (in.flag()) time = Time(Time::duration(in.integer()));
  };
  std::vector<LogEntry> log(in.count());
  for (LogEntry& entry : log) {
    entry.snapshot = get_snapshot(in);
    entry.files_added = in.integer();
    entry.files_ended = in.integer();
    get_time(entry.pinned);
    entry.pin_note = in.text();
    get_time(entry.dropped);
  }
  return log;
}

}  // namespace momentum::catalog
