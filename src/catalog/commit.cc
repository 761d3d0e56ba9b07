#include "commit_internal.h"

#include <fmt/format.h>

#include <algorithm>

#include "change_internal.h"
#include "limits_internal.h"
#include "load_internal.h"
#include "records_internal.h"
#include "schema_internal.h"
#include "words_internal.h"

namespace momentum::catalog {
namespace {

std::unexpected<Error> wrong(const std::string& what, std::string where) {
  return fail(ErrorCode::internal, "a commit that contradicts the store: " + what, std::move(where),
              "please report this line");
}

Result<void> insert_snapshot(const Database& database, const Snapshot& snapshot) {
  MOMENTUM_TRY(Statement row,
               database.prepare("INSERT INTO snapshot(id, parent, created, op, note, instruments, files, "
                                "rows, bytes, days, \"check\") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"));
  row.bind(1, snapshot.id);
  snapshot.parent == 0 ? row.bind_null(2) : row.bind(2, snapshot.parent);
  row.bind(3, micros(snapshot.created));
  row.bind_text(4, snapshot.op);
  row.bind_text(5, snapshot.note);
  row.bind(6, snapshot.counts.instruments);
  row.bind(7, snapshot.counts.files);
  row.bind(8, snapshot.counts.rows);
  row.bind(9, snapshot.counts.bytes);
  row.bind(10, snapshot.counts.days);
  row.bind(11, as_stored(check_of(snapshot)));
  MOMENTUM_TRY_VOID(row.run());
  return {};
}

Result<void> insert_account(const Database& database, SnapshotId snapshot, const Account& account) {
  MOMENTUM_TRY(Statement row, database.prepare("INSERT INTO account(snapshot, added, corrected, filled, revised, "
                                               "\"check\") VALUES(?1,?2,?3,?4,?5,?6)"));
  row.bind(1, snapshot);
  row.bind(2, account.added);
  row.bind(3, account.corrected);
  row.bind(4, account.filled);
  row.bind(5, account.revised);
  row.bind(6, as_stored(check_of(snapshot, account)));
  MOMENTUM_TRY_VOID(row.run());
  return {};
}

// Rows of the tables refer to the snapshot that begins them, so it comes first and its counts are not known yet. It is
// rewritten at the end, in the same transaction.
Result<void> update_counts(const Database& database, const Snapshot& snapshot) {
  MOMENTUM_TRY(Statement row,
               database.prepare("UPDATE snapshot SET instruments=?2, files=?3, rows=?4, bytes=?5, days=?6, "
                                "\"check\"=?7 WHERE id=?1"));
  row.bind(1, snapshot.id);
  row.bind(2, snapshot.counts.instruments);
  row.bind(3, snapshot.counts.files);
  row.bind(4, snapshot.counts.rows);
  row.bind(5, snapshot.counts.bytes);
  row.bind(6, snapshot.counts.days);
  row.bind(7, as_stored(check_of(snapshot)));
  MOMENTUM_TRY_VOID(row.run());
  return {};
}

Result<void> end_files(const Database& database, const std::vector<FileId>& files, Snapshot& snapshot) {
  MOMENTUM_TRY(Statement find, database.prepare("SELECT rows, bytes FROM file WHERE id=?1 AND end_snapshot=?2"));
  MOMENTUM_TRY(Statement end, database.prepare("UPDATE file SET end_snapshot=?2 WHERE id=?1"));
  MOMENTUM_TRY(Statement queue, database.prepare("INSERT INTO gc_queue(file, ended) VALUES(?1,?2)"));
  for (const FileId file : files) {
    find.bind(1, file);
    find.bind(2, kStillHolds);
    MOMENTUM_TRY(const bool there, find.step());
    if (!there) return wrong("no such file to end", fmt::format("file {}", file));
    --snapshot.counts.files;
    snapshot.counts.rows -= find.integer(0);
    snapshot.counts.bytes -= find.integer(1);
    MOMENTUM_TRY_VOID(find.step());
    end.bind(1, file);
    end.bind(2, snapshot.id);
    MOMENTUM_TRY_VOID(end.run());
    queue.bind(1, file);
    queue.bind(2, micros(snapshot.created));
    MOMENTUM_TRY_VOID(queue.run());
  }
  return {};
}

Result<void> add_files(const Database& database, const std::vector<FileRecord>& files, Snapshot& snapshot) {
  MOMENTUM_TRY(std::int64_t next, database.integer("SELECT coalesce(max(id), 0) FROM file"));
  MOMENTUM_TRY(Statement same, database.prepare("SELECT id FROM file WHERE path=?1"));
  MOMENTUM_TRY(
      Statement row,
      database.prepare("INSERT INTO file(id, dataset, path, level, bucket, rows, bytes, checksum, first, last, "
                       "columns, row_groups, extents, \"check\", begin_snapshot, end_snapshot) "
                       "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)"));
  for (FileRecord file : files) {
    same.bind_text(1, file.path);
    MOMENTUM_TRY(const bool used, same.step());
    if (used) return wrong("a file name that was used before", file.path);
    file.id = ++next;
    const std::string columns = pack_columns(file.columns);
    const std::string groups = pack_row_groups(file.row_groups);
    const std::string extents = pack_extents(file.extents);
    row.bind(1, file.id);
    row.bind_text(2, file.dataset);
    row.bind_text(3, file.path);
    row.bind_text(4, word_of(file.level));
    file.bucket ? row.bind(5, std::int64_t{*file.bucket}) : row.bind_null(5);
    row.bind(6, file.rows);
    row.bind(7, file.bytes);
    row.bind(8, as_stored(file.checksum));
    row.bind(9, std::int64_t{file.first.days});
    row.bind(10, std::int64_t{file.last.days});
    row.bind_blob(11, columns);
    row.bind_blob(12, groups);
    row.bind_blob(13, extents);
    row.bind(14, as_stored(check_of(file, columns, groups, extents)));
    row.bind(15, snapshot.id);
    row.bind(16, kStillHolds);
    MOMENTUM_TRY_VOID(row.run());
    ++snapshot.counts.files;
    snapshot.counts.rows += file.rows;
    snapshot.counts.bytes += file.bytes;
  }
  return {};
}

Result<void> put_instruments(const Database& database, const std::vector<InstrumentRecord>& records,
                             Snapshot& snapshot) {
  MOMENTUM_TRY(Statement find, database.prepare("SELECT \"check\" FROM instrument WHERE end_snapshot=?1 AND id=?2"));
  MOMENTUM_TRY(Statement end,
               database.prepare("UPDATE instrument SET end_snapshot=?3 WHERE end_snapshot=?1 AND id=?2"));
  MOMENTUM_TRY(Statement row,
               database.prepare("INSERT INTO instrument(end_snapshot, id, begin_snapshot, symbol, market, kind, board, "
                                "currency, tick, gaps_are_suspensions, factors_from, history, \"check\") "
                                "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"));
  for (const InstrumentRecord& record : records) {
    const std::string history = pack_history(record);
    const std::int64_t check = as_stored(check_of(record, history));
    if (record.id == snapshot.counts.instruments) {
      ++snapshot.counts.instruments;
    } else {
      find.bind(1, kStillHolds);
      find.bind(2, std::int64_t{record.id});
      MOMENTUM_TRY(const bool there, find.step());
      if (!there) return wrong("no such instrument", fmt::format("instrument {}", record.id));
      const bool same = find.integer(0) == check;
      MOMENTUM_TRY_VOID(find.step());
      if (same) continue;
      end.bind(1, kStillHolds);
      end.bind(2, std::int64_t{record.id});
      end.bind(3, snapshot.id);
      MOMENTUM_TRY_VOID(end.run());
    }
    row.bind(1, kStillHolds);
    row.bind(2, std::int64_t{record.id});
    row.bind(3, snapshot.id);
    row.bind_text(4, record.code.symbol);
    row.bind_text(5, to_string(record.code.market));
    row.bind_text(6, word_of(record.kind));
    row.bind_text(7, record.board);
    row.bind_text(8, record.currency);
    row.bind(9, record.tick);
    row.bind(10, std::int64_t{record.gaps_are_suspensions});
    record.factors_from.has_value() ? row.bind(11, std::int64_t{record.factors_from.days}) : row.bind_null(11);
    row.bind_blob(12, history);
    row.bind(13, check);
    MOMENTUM_TRY_VOID(row.run());
  }
  return {};
}

// A year is the unit of storage: a new session rewrites one year of its market, not all of them.
Result<void> put_days(const Database& database, std::string_view kind, const std::vector<MarketDays>& markets,
                      Snapshot& snapshot) {
  MOMENTUM_TRY(Statement old, database.prepare("SELECT year, days, \"check\" FROM market_days "
                                               "WHERE end_snapshot=?1 AND kind=?2 AND market=?3"));
  MOMENTUM_TRY(Statement end, database.prepare("UPDATE market_days SET end_snapshot=?5 "
                                               "WHERE end_snapshot=?1 AND kind=?2 AND market=?3 AND year=?4"));
  MOMENTUM_TRY(Statement row,
               database.prepare("INSERT INTO market_days(end_snapshot, kind, market, year, begin_snapshot, "
                                "days, \"check\") VALUES(?1,?2,?3,?4,?5,?6,?7)"));
  for (const MarketDays& market : markets) {
    struct Year {
      int year;
      std::string days;
    };
    std::vector<Year> years;
    for (std::size_t begin = 0, end_day = 0; begin < market.days.size(); begin = end_day) {
      const int year = year_of(market.days[begin]);
      while (end_day < market.days.size() && year_of(market.days[end_day]) == year) ++end_day;
      years.push_back({year, pack_days(market, begin, end_day)});
    }
    snapshot.counts.days += static_cast<std::int64_t>(market.days.size());

    std::vector<int> stale;
    old.bind(1, kStillHolds);
    old.bind_text(2, kind);
    old.bind_text(3, market.market);
    while (true) {
      MOMENTUM_TRY(const bool there, old.step());
      if (!there) break;
      const auto year = static_cast<int>(old.integer(0));
      MarketDays before;
      MOMENTUM_TRY_VOID(
          unpack_days(old.blob(1), fmt::format("{} days of {} in {}", kind, market.market, year), before));
      snapshot.counts.days -= static_cast<std::int64_t>(before.days.size());
      const auto same = std::ranges::find(years, year, &Year::year);
      if (same != years.end() && same->days == old.blob(1)) {
        years.erase(same);
      } else {
        stale.push_back(year);
      }
    }
    for (const int year : stale) {
      end.bind(1, kStillHolds);
      end.bind_text(2, kind);
      end.bind_text(3, market.market);
      end.bind(4, std::int64_t{year});
      end.bind(5, snapshot.id);
      MOMENTUM_TRY_VOID(end.run());
    }
    for (const Year& year : years) {
      row.bind(1, kStillHolds);
      row.bind_text(2, kind);
      row.bind_text(3, market.market);
      row.bind(4, std::int64_t{year.year});
      row.bind(5, snapshot.id);
      row.bind_blob(6, year.days);
      row.bind(7, as_stored(check_of(kind, market.market, year.year, year.days)));
      MOMENTUM_TRY_VOID(row.run());
    }
  }
  return {};
}

}  // namespace

Time now_of(const Context& ctx) { return std::chrono::floor<std::chrono::microseconds>(ctx.clock->now()); }

Result<void> write_first(const Database& database, const StoreInfo& info) {
  MOMENTUM_TRY(Statement row, database.prepare("INSERT INTO store(id, uuid, created, buckets, storage, compression, "
                                               "synthetic, arguments, tool_version, \"check\") "
                                               "VALUES(1,?1,?2,?3,?4,?5,?6,?7,?8,?9)"));
  row.bind_text(1, info.uuid);
  row.bind(2, micros(info.created));
  row.bind(3, std::int64_t{info.buckets});
  row.bind_text(4, info.storage);
  row.bind(5, std::int64_t{info.compression});
  row.bind(6, std::int64_t{info.synthetic});
  row.bind_text(7, info.arguments);
  row.bind_text(8, info.tool_version);
  row.bind(9, as_stored(check_of(info)));
  MOMENTUM_TRY_VOID(row.run());
  MOMENTUM_TRY_VOID(insert_snapshot(
      database,
      {.id = 1, .parent = 0, .created = info.created, .op = "create", .note = "", .counts = {}, .account = {}}));
  return insert_account(database, 1, {});
}

Result<Snapshot> write_change(const Database& database, const Change& change, SnapshotId parent, Time now) {
  MOMENTUM_TRY(const Snapshot before, newest_snapshot(database));
  if (before.id != parent) {
    return fail(ErrorCode::store_changed, "the store changed meanwhile",
                fmt::format("snapshot {}, not {}", before.id, parent), "run the command again");
  }
  MOMENTUM_TRY_VOID(check_ends(database, parent));
  MOMENTUM_TRY_VOID(check_change(change, before.counts.instruments));
  Snapshot snapshot{.id = parent + 1,
                    .parent = parent,
                    .created = now,
                    .op = change.op,
                    .note = change.note,
                    .counts = before.counts,
                    .account = change.account};
  MOMENTUM_TRY_VOID(insert_snapshot(database, snapshot));
  MOMENTUM_TRY_VOID(insert_account(database, snapshot.id, change.account));
  MOMENTUM_TRY_VOID(end_files(database, change.end_files, snapshot));
  MOMENTUM_TRY_VOID(add_files(database, change.add_files, snapshot));
  MOMENTUM_TRY_VOID(put_instruments(database, change.instruments, snapshot));
  MOMENTUM_TRY_VOID(put_days(database, "session", change.sessions, snapshot));
  MOMENTUM_TRY_VOID(put_days(database, "calendar", change.calendars, snapshot));
  MOMENTUM_TRY_VOID(put_limits(database, change.limits, snapshot.id));
  MOMENTUM_TRY_VOID(update_counts(database, snapshot));
  return snapshot;
}

}  // namespace momentum::catalog
