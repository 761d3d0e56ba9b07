#include "minute_call.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>

#include "identity.h"

namespace momentum::engine {
namespace {

// First and last; no date without rows.
std::pair<Date, Date> days_of(const arrow::Table& table) {
  if (table.num_rows() == 0) return {};
  const auto& dates = static_cast<const arrow::Date32Array&>(*table.GetColumnByName("date")->chunk(0));
  return {Date{dates.Value(0)}, Date{dates.Value(dates.length() - 1)}};
}

}  // namespace

Result<MinuteCall> MinuteCall::make(sources::BarSet& set, const catalog::State& state) {
  MOMENTUM_CHECK(set.minutes);
  if (set.price_basis != "raw")
    return fail(ErrorCode::unreadable_data, fmt::format("minutes whose prices are {}", set.price_basis), set.dialect,
                "import raw ones: they are adjusted by the factors of the days");
  MinuteCall call;
  for (const catalog::FileRecord& file : state.files)
    if (file.dataset == store::to_string(store::Dataset::minute)) call.newest_ = std::max(call.newest_, file.last);
  const Identities known(state.instruments);
  std::vector<std::pair<catalog::InstrumentId, std::size_t>> order;
  auto next = static_cast<catalog::InstrumentId>(state.instruments.size());
  for (std::size_t i = 0; i < set.instruments.size(); ++i) {
    const auto [first, last] = days_of(*set.instruments[i].bars);
    if (!first.has_value()) continue;
    MOMENTUM_TRY(const auto id, known.find(set.instruments[i].id, first, last));
    order.emplace_back(id ? *id : next++, i);
    call.newest_ = std::max(call.newest_, last);
  }
  std::ranges::sort(order);
  for (const auto& [id, i] : order) {
    sources::InstrumentBars& source = set.instruments[i];
    if (!call.incoming_.empty() && call.incoming_.back().record.id == id)
      return fail(ErrorCode::unreadable_data, "minutes of one instrument under two codes", to_string(source.id),
                  "import them one after the other");
    const auto place = static_cast<std::size_t>(id);
    call.incoming_.push_back({place < state.instruments.size() ? state.instruments[place] : new_record(id, source.id)});
    call.bars_.push_back(std::move(source.bars));
  }
  return call;
}

}  // namespace momentum::engine
