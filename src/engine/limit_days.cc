#include "limit_days.h"

#include <algorithm>

namespace momentum::engine {

Result<LimitDays> LimitDays::load(const catalog::Catalog& catalog, const catalog::State& state,
                                  const std::vector<sources::PriceLimit>& rows) {
  LimitDays out(state);
  for (const sources::PriceLimit& row : rows) out.days_[row.date];
  if (out.days_.empty()) return out;
  MOMENTUM_TRY(auto stored, catalog.limits(state.snapshot.id, out.days_.begin()->first, out.days_.rbegin()->first));
  for (catalog::DayLimits& day : stored) {
    if (const auto at = out.days_.find(day.day); at != out.days_.end()) at->second.stored = std::move(day.limits);
  }
  return out;
}

const catalog::PriceLimit* LimitDays::find(const Day& day, catalog::InstrumentId id) {
  if (const auto row = day.rows.find(id); row != day.rows.end()) return &row->second;
  const auto at = std::ranges::lower_bound(day.stored, id, {}, &catalog::PriceLimit::instrument);
  return at == day.stored.end() || at->instrument != id ? nullptr : &*at;
}

std::string LimitDays::apply(const sources::PriceLimit& row, bool replace) {
  const auto id = known_codes_.find(row.id, row.date, row.date);
  if (!id && id.error().code == ErrorCode::ambiguous_code) return "ambiguous code";
  if (!id || !*id) return std::string(kUnknownInstrument);
  Day& day = days_.at(row.date);
  const catalog::PriceLimit limit{**id, row.up, row.down};
  const Standing standing = standing_of(find(day, **id), limit, replace);
  ++counts_[static_cast<std::size_t>(standing)];
  if (standing == Standing::told || standing == Standing::corrected) day.rows[**id] = limit;
  if (standing == Standing::conflicting || standing == Standing::corrected)
    contradicted_.push_back({state_->instruments[static_cast<std::size_t>(**id)].code, row.date});
  return {};
}

std::vector<catalog::DayLimits> LimitDays::changed() const {
  std::vector<catalog::DayLimits> out;
  for (const auto& [date, day] : days_) {
    if (day.rows.empty()) continue;
    catalog::DayLimits whole{date, {}};
    for (const catalog::PriceLimit& limit : day.stored) {
      if (!day.rows.contains(limit.instrument)) whole.limits.push_back(limit);
    }
    for (const auto& [id, limit] : day.rows) whole.limits.push_back(limit);
    std::ranges::sort(whole.limits, {}, &catalog::PriceLimit::instrument);
    out.push_back(std::move(whole));
  }
  return out;
}

}  // namespace momentum::engine
