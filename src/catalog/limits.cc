#include "limits_internal.h"

#include <fmt/format.h>

#include <limits>

#include "load_internal.h"
#include "momentum/catalog/packed.h"
#include "records_internal.h"
#include "schema_internal.h"

namespace momentum::catalog {
namespace {

Result<bool> has_days(const Database& database, SnapshotId snapshot) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT 1 FROM price_limits WHERE end_snapshot > ?1 "
                                               "AND begin_snapshot <= ?1 LIMIT 1"));
  row.bind(1, snapshot);
  return row.step();
}

// What the days of a state add up to, for which no blob is read.
Result<std::int64_t> sum_of_days(const Database& database, SnapshotId snapshot) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT coalesce(sum(entries), 0) FROM price_limits "
                                               "WHERE end_snapshot > ?1 AND begin_snapshot <= ?1"));
  row.bind(1, snapshot);
  MOMENTUM_TRY_VOID(row.step());
  return row.integer(0);
}

// Of rows of a day.
Result<std::vector<Date>> days_in(Statement& row) {
  std::vector<Date> out;
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) return out;
    out.push_back(Date{static_cast<std::int32_t>(row.integer(0))});
  }
}

// A row of day, entries, limits, check.
Result<DayLimits> limits_in(const Statement& row, const Database& database) {
  const Date day{static_cast<std::int32_t>(row.integer(0))};
  const std::string where = fmt::format("{}, limits of {}", database.path(), to_string(day));
  if (check_of(day, row.integer(1), row.blob(2)) != static_cast<std::uint64_t>(row.integer(3)))
    return damaged("wrong checksum", where);
  MOMENTUM_TRY(std::vector<PriceLimit> limits, unpack_limits(row.blob(2), where));
  return DayLimits{day, std::move(limits)};
}

Result<void> check_sum(const Database& database, SnapshotId snapshot, std::int64_t total) {
  MOMENTUM_TRY(const std::int64_t sum, sum_of_days(database, snapshot));
  if (sum != total) return damaged(fmt::format("{} price limits of {}", sum, total), database.path());
  return {};
}

Result<void> put_total(const Database& database, SnapshotId snapshot, std::int64_t limits) {
  MOMENTUM_TRY(Statement row,
               database.prepare("INSERT INTO limits_total(snapshot, entries, \"check\") VALUES(?1,?2,?3)"));
  row.bind(1, snapshot);
  row.bind(2, limits);
  row.bind(3, static_cast<std::int64_t>(check_of(snapshot, limits)));
  MOMENTUM_TRY_VOID(row.run());
  return {};
}

}  // namespace

Result<std::int64_t> count_limits(const Database& database, SnapshotId snapshot) {
  MOMENTUM_TRY(const bool may_have, has_format(database, kLimitsFormat));
  if (!may_have) return 0;
  MOMENTUM_TRY(Statement row, database.prepare("SELECT snapshot, entries, \"check\" FROM limits_total "
                                               "WHERE snapshot <= ?1 ORDER BY snapshot DESC LIMIT 1"));
  row.bind(1, snapshot);
  MOMENTUM_TRY(const bool there, row.step());
  if (there && check_of(row.integer(0), row.integer(1)) != static_cast<std::uint64_t>(row.integer(2)))
    return damaged("wrong checksum", fmt::format("{}, limits of snapshot {}", database.path(), row.integer(0)));
  const std::int64_t total = there ? row.integer(1) : 0;
  MOMENTUM_TRY(const bool any, has_days(database, snapshot));
  if (any != (total > 0)) return damaged(fmt::format("not the {} price limits of the state", total), database.path());
  return total;
}

Result<std::vector<DayLimits>> load_limits(const Database& database, SnapshotId snapshot, Date first, Date last) {
  MOMENTUM_TRY_VOID(find_snapshot(database, snapshot));
  MOMENTUM_TRY(const std::int64_t total, count_limits(database, snapshot));
  std::vector<DayLimits> out;
  if (total == 0) return out;
  MOMENTUM_TRY_VOID(check_sum(database, snapshot, total));
  MOMENTUM_TRY(Statement row, database.prepare("SELECT day, entries, limits, \"check\" FROM price_limits "
                                               "WHERE end_snapshot > ?1 AND begin_snapshot <= ?1 "
                                               "AND day BETWEEN ?2 AND ?3 ORDER BY day"));
  row.bind(1, snapshot);
  row.bind(2, std::int64_t{first.has_value() ? first.days : std::numeric_limits<std::int32_t>::min()});
  row.bind(3, std::int64_t{last.has_value() ? last.days : std::numeric_limits<std::int32_t>::max()});
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) return out;
    MOMENTUM_TRY(DayLimits day, limits_in(row, database));
    out.push_back(std::move(day));
  }
}

Result<std::vector<Date>> limit_days(const Database& database, SnapshotId snapshot) {
  MOMENTUM_TRY_VOID(find_snapshot(database, snapshot));
  MOMENTUM_TRY(const std::int64_t total, count_limits(database, snapshot));
  if (total == 0) return std::vector<Date>();
  MOMENTUM_TRY_VOID(check_sum(database, snapshot, total));
  MOMENTUM_TRY(Statement row, database.prepare("SELECT day FROM price_limits WHERE end_snapshot > ?1 "
                                               "AND begin_snapshot <= ?1 ORDER BY day"));
  row.bind(1, snapshot);
  return days_in(row);
}

Result<std::vector<Date>> changed_limits(const Database& database, SnapshotId before, SnapshotId after) {
  MOMENTUM_TRY(const bool may_have, has_format(database, kLimitsFormat));
  if (!may_have) return std::vector<Date>();
  MOMENTUM_TRY(Statement row, database.prepare("SELECT DISTINCT day FROM price_limits WHERE "
                                               "(begin_snapshot <= ?1 AND end_snapshot > ?1) <> "
                                               "(begin_snapshot <= ?2 AND end_snapshot > ?2) ORDER BY day"));
  row.bind(1, before);
  row.bind(2, after);
  return days_in(row);
}

Result<void> check_limits(const Database& database, const std::vector<SnapshotId>& snapshots) {
  MOMENTUM_TRY(const bool may_have, has_format(database, kLimitsFormat));
  if (!may_have) return {};
  MOMENTUM_TRY(Statement row, database.prepare("SELECT day, entries, limits, \"check\" FROM price_limits"));
  while (true) {
    MOMENTUM_TRY(const bool there, row.step());
    if (!there) break;
    MOMENTUM_TRY_VOID(limits_in(row, database));
  }
  for (const SnapshotId snapshot : snapshots) {
    MOMENTUM_TRY(const std::int64_t total, count_limits(database, snapshot));
    MOMENTUM_TRY_VOID(check_sum(database, snapshot, total));
  }
  return {};
}

Result<void> put_limits(const Database& database, const std::vector<DayLimits>& days, SnapshotId snapshot) {
  if (days.empty()) return {};
  MOMENTUM_TRY(const std::int64_t before, count_limits(database, snapshot));  // none of its own stands yet
  std::int64_t total = before;
  MOMENTUM_TRY(Statement old, database.prepare("SELECT entries, limits FROM price_limits "
                                               "WHERE end_snapshot=?1 AND day=?2"));
  MOMENTUM_TRY(Statement end, database.prepare("UPDATE price_limits SET end_snapshot=?3 "
                                               "WHERE end_snapshot=?1 AND day=?2"));
  MOMENTUM_TRY(Statement row,
               database.prepare("INSERT INTO price_limits(end_snapshot, day, begin_snapshot, entries, limits, "
                                "\"check\") VALUES(?1,?2,?3,?4,?5,?6)"));
  for (const DayLimits& day : days) {
    const std::string limits = pack_limits(day.limits);
    old.bind(1, kStillHolds);
    old.bind(2, std::int64_t{day.day.days});
    MOMENTUM_TRY(const bool there, old.step());
    const bool same = there && old.blob(1) == limits;
    if (there && !same) total -= old.integer(0);
    if (there) MOMENTUM_TRY_VOID(old.step());
    if (same || (!there && day.limits.empty())) continue;
    if (there) {
      end.bind(1, kStillHolds);
      end.bind(2, std::int64_t{day.day.days});
      end.bind(3, snapshot);
      MOMENTUM_TRY_VOID(end.run());
    }
    if (day.limits.empty()) continue;
    const auto entries = static_cast<std::int64_t>(day.limits.size());
    total += entries;
    row.bind(1, kStillHolds);
    row.bind(2, std::int64_t{day.day.days});
    row.bind(3, snapshot);
    row.bind(4, entries);
    row.bind_blob(5, limits);
    row.bind(6, static_cast<std::int64_t>(check_of(day.day, entries, limits)));
    MOMENTUM_TRY_VOID(row.run());
  }
  return total == before ? Result<void>{} : put_total(database, snapshot, total);
}

}  // namespace momentum::catalog
