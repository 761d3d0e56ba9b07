#include "lane_columns.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "momentum/base/nearest.h"
#include "momentum/score/record.h"

namespace momentum::engine {

void LaneColumns::bars() {
  const Bars& b = lane_.bars;
  price("open", b.open);
  price("high", b.high);
  price("low", b.low);
  price("close", b.close);
  stored("volume", b.volume);
  stored("amount", b.amount);
}

void LaneColumns::extras(std::span<const double> volumes, std::span<const double> up, std::span<const double> down) {
  const Bars& b = lane_.bars;
  stored("raw_open", b.open);
  stored("raw_high", b.high);
  stored("raw_low", b.low);
  stored("raw_close", b.close);
  stored("preclose", b.preclose);
  stored("factor", lane_.factors.factor);
  stored("adj_volume", volumes);
  stored("up_limit", up);
  stored("down_limit", down);
}

void LaneColumns::line(std::string name, const std::vector<double>& values, std::int8_t degree) {
  const double scale = adjust_ == Adjust::front && degree == 1 && !values.empty() ? lane_.factors.factor.back() : 1.0;
  list_.push_back({std::move(name), [&values, scale](std::size_t r) { return values[r] / scale; }});
}

void LaneColumns::row_date(std::string name, const std::vector<double>& values) {
  list_.push_back({std::move(name), [&values](std::size_t r) { return values[r]; }, true});
}

void LaneColumns::stored(std::string name, std::span<const double> column) {
  list_.push_back({std::move(name), [column](std::size_t r) { return column.empty() ? score::kMissing : column[r]; }});
}

void LaneColumns::price(std::string name, std::span<const double> column) {
  const std::span<const double> f = lane_.factors.factor;
  if (adjust_ == Adjust::none) return stored(std::move(name), column);
  const double last = adjust_ == Adjust::front && !f.empty() ? f.back() : 1.0;
  list_.push_back({std::move(name), [column, f, last](std::size_t r) { return column[r] * (f[r] / last); }});
}

panel::AdditiveInput additive_input(const Lane& lane, const LaneActions& actions, Adjust adjust) {
  return {.dates = lane.bars.dates,
          .actions = actions.list,
          .as_of = lane.bars.dates.empty() ? Date{} : Date{lane.bars.dates.back()},
          .level = adjust == Adjust::back ? panel::Level::back : panel::Level::front,
          .digits = actions.digits};
}

std::vector<double> level_volumes(const Lane& lane, const panel::AdditiveInput& input, Adjust adjust) {
  if (adjust == Adjust::none) return {lane.bars.volume.begin(), lane.bars.volume.end()};
  return panel::level_volumes(input, lane.bars.volume);
}

std::unexpected<Error> no_such_column(const std::string& name, const std::vector<std::string>& names) {
  const std::string meant = nearest(name, names);
  return fail(
      ErrorCode::name_not_found, "no such column", name,
      meant.empty() ? "columns are date, " + names.front() + " .. " + names.back() : "did you mean " + meant + "?");
}

RowLimits row_limits(std::span<const std::int32_t> dates, const std::vector<DayLimit>& known) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  RowLimits out{std::vector<double>(dates.size(), kNone), std::vector<double>(dates.size(), kNone)};
  for (const DayLimit& day : known) {
    const auto at = std::ranges::lower_bound(dates, day.day.days);
    if (at == dates.end() || *at != day.day.days) continue;
    out.up[static_cast<std::size_t>(at - dates.begin())] = day.up;
    out.down[static_cast<std::size_t>(at - dates.begin())] = day.down;
  }
  return out;
}

Result<std::vector<LaneColumn>> select_columns(std::vector<LaneColumn> all, std::size_t ordinary,
                                               const std::vector<std::string>& wanted) {
  if (wanted.empty()) {
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(ordinary), all.end());
    return all;
  }
  std::vector<LaneColumn> chosen;
  for (const auto& name : wanted) {
    if (name == "date") continue;
    const auto at = std::ranges::find(all, name, &LaneColumn::name);
    if (at == all.end()) {
      std::vector<std::string> names;
      for (const auto& column : all) names.push_back(column.name);
      return no_such_column(name, names);
    }
    chosen.push_back(*at);
  }
  return chosen;
}

}  // namespace momentum::engine
