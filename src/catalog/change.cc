#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "change_internal.h"
#include "momentum/catalog/packed.h"
#include "records_internal.h"

namespace momentum::catalog {
namespace {

std::unexpected<Error> wrong(const std::string& what, std::string where) {
  return fail(ErrorCode::internal, std::string(kContradiction) + what, std::move(where), "please report this line");
}

template <class T, class Key>
bool ascends(const std::vector<T>& list, Key key) {
  return std::ranges::adjacent_find(list, std::ranges::greater_equal{}, key) == list.end();
}

bool is_relative(const std::string& path) {
  if (path.empty() || path.front() == '/') return false;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t cut = std::min(path.find('/', from), path.size());
    const std::string_view part = std::string_view(path).substr(from, cut - from);
    if (part.empty() || part == "." || part == "..") return false;
    from = cut + 1;
  }
  return true;
}

// More than any file has, and so few that sums over all files of a state fit.
constexpr std::int64_t kMostRows = std::int64_t{1} << 40;

}  // namespace

Result<void> check_instrument(const InstrumentRecord& record) {
  const std::string where = fmt::format("instrument {} ({})", record.id, to_string(record.code));
  if (record.code.symbol.empty()) return wrong("no code", where);
  for (const auto* runs : {&record.names, &record.industries, &record.price_basis}) {
    if (!ascends(*runs, &DatedText::from)) return wrong("texts not ascending by day", where);
  }
  for (const auto* days : {&record.suspended, &record.quarantined}) {
    if (!ascends(*days, std::identity{})) return wrong("days not ascending", where);
  }
  if (!ascends(record.factors, &FactorEvent::day)) return wrong("factors not ascending by day", where);
  if (!ascends(record.listings, &Listing::listed)) return wrong("listings not ascending by day", where);
  if (!ascends(record.actions, &CorporateAction::day)) return wrong("actions not ascending by day", where);
  for (const CorporateAction& action : record.actions) {
    const bool nothing =
        action.cash.units == 0 && action.bonus.units == 0 && action.transfer.units == 0 && action.rights.units == 0;
    if (!action.day.has_value() || nothing) return wrong("no action", where);
    for (const Decimal amount : {action.cash, action.bonus, action.transfer, action.rights, action.rights_price}) {
      if (amount.units < 0 || amount.units > Decimal::kMost) return wrong("no amount of an action", where);
    }
  }
  for (const FactorEvent& event : record.factors) {
    if (!(event.ratio > 0) || event.link == event.unverified) return wrong("no factor", where);
  }
  return {};
}

Result<void> check_file(const FileRecord& file, std::int64_t instruments, Scope scope) {
  if (!is_relative(file.path)) return wrong("not a path below the store", file.path);
  if (file.dataset.empty()) return wrong("a file of no dataset", file.path);
  if (file.bucket && *file.bucket < 0) return wrong("a bucket below 0", file.path);
  std::int64_t row = 0;
  for (const RowGroupRecord& group : file.row_groups) {
    if (group.first_row != row || group.rows <= 0 || group.rows > kMostRows || group.offset < 0 || group.bytes < 0) {
      return wrong("row groups with a gap", file.path);
    }
    row += group.rows;
  }
  if (row != file.rows || file.rows <= 0 || file.bytes <= 0) return wrong("row groups of another sum", file.path);
  if (file.rows > kMostRows) return wrong("too many rows", file.path);
  row = 0;
  std::int64_t before = -1;
  Date first = file.last, last = file.first;
  for (const Extent& extent : file.extents) {
    if (extent.instrument <= before || extent.instrument >= instruments)
      return wrong("extents out of order", file.path);
    if (extent.first_row < row || extent.rows <= 0 || extent.rows > file.rows ||
        extent.first_row > file.rows - extent.rows || (scope == Scope::whole && extent.first_row != row))
      return wrong("extents with a gap", file.path);
    if (!extent.first.has_value() || extent.last < extent.first) return wrong("an extent without days", file.path);
    row = extent.first_row + extent.rows;
    before = extent.instrument;
    first = std::min(first, extent.first);
    last = std::max(last, extent.last);
  }
  if (scope == Scope::part) {
    if (first < file.first || last > file.last) return wrong("extents of other days", file.path);
    return {};
  }
  if (row != file.rows) return wrong("extents of another sum", file.path);
  if (first != file.first || last != file.last) return wrong("extents of other days", file.path);
  return {};
}

std::unexpected<Error> as_damage(Error error, std::string_view where) {
  if (error.code == ErrorCode::internal)
    return damaged(error.where + ": " + error.what.substr(kContradiction.size()), where);
  return std::unexpected(std::move(error));
}

Result<void> check_days(const std::vector<MarketDays>& markets, bool counted) {
  std::set<std::string_view> seen;
  for (const MarketDays& market : markets) {
    if (market.market.empty() || !seen.insert(market.market).second) return wrong("a market twice", market.market);
    if (!ascends(market.days, std::identity{})) return wrong("days not ascending", market.market);
    if (!market.days.empty() && !market.days.front().has_value()) return wrong("a day without a date", market.market);
    if (market.bars.size() != (counted ? market.days.size() : 0)) return wrong("counts of other days", market.market);
  }
  return {};
}

namespace {

Result<void> check_limits(const std::vector<DayLimits>& days, std::int64_t instruments) {
  if (!ascends(days, &DayLimits::day)) return wrong("limits not ascending by day", "limits");
  for (const DayLimits& day : days) {
    const std::string where = day.day.has_value() ? to_string(day.day) : "no day";
    if (!day.day.has_value() || !ascends(day.limits, &PriceLimit::instrument))
      return wrong("limits not ascending by instrument", where);
    for (const PriceLimit& limit : day.limits) {
      if (limit.instrument < 0 || limit.instrument >= instruments) return wrong("limits of no instrument", where);
      for (const Decimal price : {limit.up, limit.down}) {
        if (price.units < 0 || price.units > Decimal::kMost || price.units % kLimitUnits != 0)
          return wrong("no price limit", where);
      }
    }
  }
  return {};
}

}  // namespace

Result<void> check_change(const Change& change, std::int64_t instruments) {
  if (change.op.empty()) return wrong("no name", "op");
  std::int64_t next = instruments;
  std::int64_t before = -1;
  for (const InstrumentRecord& record : change.instruments) {
    if (record.id <= before || record.id > next)
      return wrong("ids out of order", fmt::format("instrument {}", record.id));
    if (record.id == next) ++next;
    before = record.id;
    MOMENTUM_TRY_VOID(check_instrument(record));
  }
  std::set<std::string_view> paths;
  for (const FileRecord& file : change.add_files) {
    MOMENTUM_TRY_VOID(check_file(file, next));
    if (!paths.insert(file.path).second) return wrong("a path twice", file.path);
  }
  MOMENTUM_TRY_VOID(check_days(change.sessions, true));
  MOMENTUM_TRY_VOID(check_limits(change.limits, next));
  return check_days(change.calendars, false);
}

}  // namespace momentum::catalog
