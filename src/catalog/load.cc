#include "load_internal.h"

#include <fmt/format.h>

#include <algorithm>

#include "change_internal.h"
#include "limits_internal.h"
#include "momentum/catalog/packed.h"
#include "records_internal.h"
#include "schema_internal.h"
#include "words_internal.h"

namespace momentum::catalog {
namespace {

Result<Statement> select_snapshots(const Database& database, std::string_view which) {
  MOMENTUM_TRY(const bool accounts, has_format(database, kUpkeepFormat));
  return database.prepare(fmt::format(
      "SELECT id, parent, created, op, note, instruments, files, rows, bytes, days, snapshot.\"check\", {} {}",
      accounts ? "account.snapshot, added, corrected, filled, revised, account.\"check\" "
                 "FROM snapshot LEFT JOIN account ON account.snapshot = id"
               : "NULL FROM snapshot",
      which));
}

Result<Snapshot> snapshot_in(const Statement& row, const Database& database) {
  Snapshot snapshot{.id = row.integer(0),
                    .parent = row.integer(1),
                    .created = time_of(row.integer(2)),
                    .op = std::string(row.text(3)),
                    .note = std::string(row.text(4)),
                    .counts = {row.integer(5), row.integer(6), row.integer(7), row.integer(8), row.integer(9)},
                    .account = {}};
  if (!row.is_null(11)) snapshot.account = {row.integer(12), row.integer(13), row.integer(14), row.integer(15)};
  if (check_of(snapshot) != static_cast<std::uint64_t>(row.integer(10)) ||
      (snapshot.account && check_of(snapshot.id, *snapshot.account) != static_cast<std::uint64_t>(row.integer(16)))) {
    return damaged("wrong checksum", fmt::format("{}, snapshot {}", database.path(), snapshot.id));
  }
  return snapshot;
}

Result<StoreInfo> load_info(const Database& database) {
  MOMENTUM_TRY(Statement row,
               database.prepare("SELECT uuid, created, buckets, storage, compression, synthetic, arguments, "
                                "tool_version, \"check\" FROM store"));
  MOMENTUM_TRY(const bool there, row.step());
  if (!there) return damaged("a row is missing", database.path() + ", store");
  MOMENTUM_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  StoreInfo info{.format_version = static_cast<int>(format),
                 .uuid = std::string(row.text(0)),
                 .created = time_of(row.integer(1)),
                 .buckets = static_cast<int>(row.integer(2)),
                 .storage = std::string(row.text(3)),
                 .compression = static_cast<int>(row.integer(4)),
                 .synthetic = row.integer(5) != 0,
                 .arguments = std::string(row.text(6)),
                 .tool_version = std::string(row.text(7))};
  if (check_of(info) != static_cast<std::uint64_t>(row.integer(8))) {
    return damaged("wrong checksum", database.path() + ", store");
  }
  return info;
}

// A text per row is a tenth of a load, so a row is named only where one is wrong.
std::unexpected<Error> in_row(Error error, const Database& database, std::string_view table, std::int64_t id) {
  error.where = fmt::format("{}, {} {}", database.path(), table, id);
  return std::unexpected(std::move(error));
}

// Leaves the enumerations' defaults for words that it does not know: the checksum then tells.
Result<void> read_instrument(const Statement& row, InstrumentRecord& record) {
  record.id = static_cast<InstrumentId>(row.integer(0));
  record.code.symbol = row.text(1);
  record.code.market = market_named(row.text(2)).value_or(Market::none);
  record.kind = kind_named(row.text(3)).value_or(Kind::unknown);
  record.board = row.text(4);
  record.currency = row.text(5);
  record.tick = row.real(6);
  record.gaps_are_suspensions = row.integer(7) != 0;
  if (!row.is_null(8)) record.factors_from.days = static_cast<std::int32_t>(row.integer(8));
  const std::string_view history = row.blob(9);
  if (check_of(record, history) != static_cast<std::uint64_t>(row.integer(10))) return damaged("wrong checksum", "");
  return unpack_history(history, "", record);
}

Result<void> load_instruments(const Database& database, State& state) {
  MOMENTUM_TRY(Statement row,
               database.prepare("SELECT id, symbol, market, kind, board, currency, tick, gaps_are_suspensions, "
                                "factors_from, history, \"check\" FROM instrument "
                                "WHERE end_snapshot > ?1 AND begin_snapshot <= ?1"));
  row.bind(1, state.snapshot.id);
  const std::int64_t count = state.snapshot.counts.instruments;
  std::vector<InstrumentRecord>& found =
      state.instruments;  // as many as there are rows, not as many as one of them says
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) break;
    const std::int64_t id = row.integer(0);
    if (id < 0 || id >= count)
      return damaged("an instrument that is none", fmt::format("{}, instrument {}", database.path(), id));
    if (auto read = read_instrument(row, found.emplace_back()); !read) {
      return in_row(std::move(read).error(), database, "instrument", id);
    }
  }
  if (found.size() != static_cast<std::size_t>(count))
    return damaged(fmt::format("{} instruments of {}", found.size(), count), database.path());
  if (!std::ranges::is_sorted(found, {}, &InstrumentRecord::id)) std::ranges::sort(found, {}, &InstrumentRecord::id);
  for (std::int64_t id = 0; id < count; ++id) {
    if (found[static_cast<std::size_t>(id)].id != id)
      return damaged("an instrument twice", fmt::format("{}, instrument {}", database.path(), id - 1));
  }
  return {};
}

Result<FileRecord> file_in(const Statement& row) {
  FileRecord file;
  file.id = row.integer(0);
  file.dataset = row.text(1);
  file.path = row.text(2);
  file.level = level_named(row.text(3)).value_or(Level::tail);
  if (!row.is_null(4)) file.bucket = static_cast<int>(row.integer(4));
  file.rows = row.integer(5);
  file.bytes = row.integer(6);
  file.checksum = static_cast<std::uint64_t>(row.integer(7));
  file.first.days = static_cast<std::int32_t>(row.integer(8));
  file.last.days = static_cast<std::int32_t>(row.integer(9));
  const std::uint64_t check = check_of(file, row.blob(10), row.blob(11), row.blob(12));
  if (check != static_cast<std::uint64_t>(row.integer(13))) return damaged("wrong checksum", "");
  MOMENTUM_TRY(file.columns, unpack_columns(row.blob(10), ""));
  MOMENTUM_TRY(file.row_groups, unpack_row_groups(row.blob(11), ""));
  MOMENTUM_TRY(file.extents, unpack_extents(row.blob(12), ""));
  return file;
}

Result<void> load_files(const Database& database, State& state) {
  MOMENTUM_TRY(Statement row,
               database.prepare("SELECT id, dataset, path, level, bucket, rows, bytes, checksum, first, last, columns, "
                                "row_groups, extents, \"check\", removed FROM file "
                                "WHERE end_snapshot > ?1 AND begin_snapshot <= ?1"));
  row.bind(1, state.snapshot.id);
  Counts total;
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) break;
    if (!row.is_null(14)) return dropped_by_gc(state.snapshot.id, time_of(row.integer(14)));
    auto file = file_in(row);
    if (!file) return in_row(std::move(file).error(), database, "file", row.integer(0));
    if (auto sound = check_file(*file, state.snapshot.counts.instruments); !sound)
      return as_damage(std::move(sound).error(), database.path());
    ++total.files;
    if (__builtin_add_overflow(total.rows, file->rows, &total.rows) ||
        __builtin_add_overflow(total.bytes, file->bytes, &total.bytes))
      return damaged("files of no size", database.path());
    state.files.push_back(*std::move(file));
  }
  const Counts& counts = state.snapshot.counts;
  if (total.files != counts.files || total.rows != counts.rows || total.bytes != counts.bytes) {
    return damaged(fmt::format("{} files of {}", total.files, counts.files), database.path());
  }
  std::ranges::sort(state.files, {}, &FileRecord::id);
  return {};
}

Result<void> load_days(const Database& database, State& state) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT kind, market, year, days, \"check\" FROM market_days "
                                               "WHERE end_snapshot > ?1 AND begin_snapshot <= ?1 "
                                               "ORDER BY kind, market, year"));
  row.bind(1, state.snapshot.id);
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) break;
    const std::string_view kind = row.text(0);
    const std::string_view market = row.text(1);
    const auto year = static_cast<int>(row.integer(2));
    const std::string where = fmt::format("{}, {} days of {} in {}", database.path(), kind, market, year);
    const std::string_view days = row.blob(3);
    if (check_of(kind, market, year, days) != static_cast<std::uint64_t>(row.integer(4))) {
      return damaged("wrong checksum", where);
    }
    std::vector<MarketDays>& markets = kind == "session" ? state.sessions : state.calendars;
    if (markets.empty() || markets.back().market != market) markets.push_back({std::string(market), {}, {}});
    MOMENTUM_TRY_VOID(unpack_days(days, where, markets.back()));
  }
  std::int64_t total = 0;
  for (const auto* markets : {&state.sessions, &state.calendars}) {
    for (const MarketDays& market : *markets) total += static_cast<std::int64_t>(market.days.size());
  }
  if (total != state.snapshot.counts.days) {
    return damaged(fmt::format("{} days of {}", total, state.snapshot.counts.days), database.path());
  }
  return {};
}

}  // namespace

Result<void> derive_coverage(State& state, std::string_view where) {
  state.coverage.resize(state.instruments.size());
  for (const FileRecord& file : state.files) {
    for (const Extent& extent : file.extents) {
      const auto place = static_cast<std::size_t>(extent.instrument);
      if (place >= state.coverage.size()) {
        return damaged("bars of no instrument", fmt::format("{}, file {}", where, file.id));
      }
      if (file.dataset != "daily") continue;
      Coverage& coverage = state.coverage[place];
      if (coverage.bars == 0 || extent.first < coverage.first) coverage.first = extent.first;
      if (coverage.bars == 0 || extent.last > coverage.last) coverage.last = extent.last;
      coverage.bars += extent.rows;
    }
  }
  return {};
}

Result<Snapshot> find_snapshot(const Database& database, SnapshotId wanted) {
  MOMENTUM_TRY(Statement row, select_snapshots(database, "WHERE id = ?1"));
  row.bind(1, wanted);
  MOMENTUM_TRY(const bool there, row.step());
  if (there) {
    MOMENTUM_TRY(const auto dropped, time_dropped(database, wanted));
    if (dropped) return dropped_by_gc(wanted, *dropped);
    return snapshot_in(row, database);
  }
  MOMENTUM_TRY(const Snapshot newest, newest_snapshot(database));
  return fail(ErrorCode::snapshot_not_found, "no such snapshot", std::to_string(wanted),
              fmt::format("the newest is {}", newest.id));
}

Result<Snapshot> newest_snapshot(const Database& database) {
  MOMENTUM_TRY(Statement row, select_snapshots(database, "ORDER BY id DESC LIMIT 1"));
  MOMENTUM_TRY(const bool there, row.step());
  if (!there) return damaged("no snapshot", database.path());
  return snapshot_in(row, database);
}

Result<std::vector<Snapshot>> all_snapshots(const Database& database) {
  MOMENTUM_TRY(Statement row, select_snapshots(database, "ORDER BY id DESC"));
  std::vector<Snapshot> all;
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) return all;
    MOMENTUM_TRY(Snapshot snapshot, snapshot_in(row, database));
    all.push_back(std::move(snapshot));
  }
}

Result<State> load_state(const Database& database, std::optional<SnapshotId> wanted) {
  State state;
  MOMENTUM_TRY(state.info, load_info(database));
  MOMENTUM_TRY(state.snapshot, wanted ? find_snapshot(database, *wanted) : newest_snapshot(database));
  MOMENTUM_TRY_VOID(load_instruments(database, state));
  MOMENTUM_TRY_VOID(load_files(database, state));
  MOMENTUM_TRY_VOID(load_days(database, state));
  MOMENTUM_TRY(state.limits, count_limits(database, state.snapshot.id));
  MOMENTUM_TRY_VOID(derive_coverage(state, database.path()));
  return state;
}

Result<void> check_ends(const Database& database, SnapshotId newest) {
  MOMENTUM_TRY(const bool limits, has_format(database, kLimitsFormat));
  for (const char* table : {"instrument", "file", "market_days", "price_limits"}) {
    if (!limits && table == std::string_view("price_limits")) continue;
    MOMENTUM_TRY(Statement row,
                 database.prepare(fmt::format("SELECT EXISTS(SELECT 1 FROM {} WHERE end_snapshot > ?1 AND "
                                              "end_snapshot < 9223372036854775807)",
                                              table)));
    row.bind(1, newest);
    MOMENTUM_TRY_VOID(row.step());
    if (row.integer(0) != 0)
      return damaged(fmt::format("a row ends after the newest snapshot, {}", newest), database.path() + ", " + table);
  }
  return {};
}

Result<std::vector<Garbage>> load_garbage(const Database& database) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT id, path, bytes, begin_snapshot, end_snapshot, ended "
                                               "FROM gc_queue JOIN file ON file.id = gc_queue.file "
                                               "ORDER BY end_snapshot, id"));
  std::vector<Garbage> garbage;
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) return garbage;
    garbage.push_back({.file = row.integer(0),
                       .path = std::string(row.text(1)),
                       .bytes = row.integer(2),
                       .begun_by = row.integer(3),
                       .ended_by = row.integer(4),
                       .ended = time_of(row.integer(5))});
  }
}

}  // namespace momentum::catalog
