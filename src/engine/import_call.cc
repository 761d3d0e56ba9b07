#include "import_call.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "dated_runs.h"
#include "derive_again.h"
#include "factor_events.h"
#include "identity.h"
#include "market_group.h"
#include "session_days.h"

namespace momentum::engine {
namespace {

std::span<const std::int32_t> days_of(const arrow::Table& table) {
  const auto column = table.GetColumnByName("date");
  MOMENTUM_CHECK(column != nullptr && column->num_chunks() <= 1);
  if (column->num_chunks() == 0) return {};
  const auto& array = static_cast<const arrow::Date32Array&>(*column->chunk(0));
  return {array.raw_values(), static_cast<std::size_t>(array.length())};
}

bool contains(std::span<const std::int32_t> days, std::int32_t day) {
  return std::binary_search(days.begin(), days.end(), day);
}

// Both lists as one, without the days that have a bar.
std::vector<Date> merged_days(const std::vector<Date>& stored, const std::vector<Date>& incoming,
                              std::span<const std::int32_t> bars) {
  std::vector<Date> out;
  std::ranges::set_union(stored, incoming, std::back_inserter(out));
  std::erase_if(out, [&](Date day) { return contains(bars, day.days); });
  return out;
}

std::vector<Date> either(const std::vector<Date>& a, const std::vector<Date>& b) {
  std::vector<Date> out;
  std::ranges::set_union(a, b, std::back_inserter(out));
  return out;
}

// The first and the last day that an instrument's rows tell of, bars or not.
std::pair<Date, Date> days_told(const sources::InstrumentBars& source) {
  Date first, last;
  const auto take = [&](Date day) {
    first = first.has_value() ? std::min(first, day) : day;
    last = last.has_value() ? std::max(last, day) : day;
  };
  const auto bars = days_of(*source.bars);
  if (!bars.empty()) take({bars.front()}), take({bars.back()});
  for (const auto* days : {&source.suspended, &source.quarantined}) {
    if (!days->empty()) take(days->front()), take(days->back());
  }
  return {first, last};
}

// The same instrument under two codes, one after the other.
Result<void> append(sources::InstrumentBars& to, const sources::InstrumentBars& more) {
  const auto before = days_of(*to.bars), after = days_of(*more.bars);
  const bool in_order = before.empty() || after.empty() || before.back() < after.front();
  if (!in_order && before.front() <= after.back()) {
    return fail(ErrorCode::unreadable_data, "two codes of one instrument for the same days",
                fmt::format("{} and {}", to_string(to.id), to_string(more.id)), "import them one after the other");
  }
  std::vector<std::shared_ptr<arrow::Table>> parts{to.bars, more.bars};
  if (!in_order) std::swap(parts[0], parts[1]);
  auto whole = arrow::ConcatenateTables(parts);
  if (whole.ok()) whole = (*whole)->CombineChunks();
  if (!whole.ok()) return fail(ErrorCode::internal, whole.status().ToString(), to_string(to.id));
  to.bars = *whole;
  to.suspended = either(to.suspended, more.suspended);
  to.quarantined = either(to.quarantined, more.quarantined);
  return {};
}

}  // namespace

WordColumn::WordColumn(const arrow::Table& table, const char* name) {
  const auto column = table.GetColumnByName(name);
  if (column != nullptr && column->type()->id() == arrow::Type::DICTIONARY && column->num_chunks() == 1)
    words_ = column->chunk(0);
}

std::string_view WordColumn::at(std::int64_t row) const {
  if (words_ == nullptr || words_->IsNull(row)) return {};
  const auto& column = static_cast<const arrow::DictionaryArray&>(*words_);
  return static_cast<const arrow::StringArray&>(*column.dictionary()).GetView(column.GetValueIndex(row));
}

Result<ImportCall> ImportCall::make(sources::BarSet& set, const catalog::State& state, std::vector<DayList> stored,
                                    bool replace) {
  ImportCall call;
  call.stored_ = std::move(stored);
  call.price_basis_ = set.price_basis;
  call.gaps_are_suspensions_ = set.gaps_are_suspensions;
  call.factors_from_ = set.factors_from;
  call.replace_ = replace;

  const Identities known(state.instruments);
  std::vector<std::pair<catalog::InstrumentId, std::size_t>> order;
  auto next = static_cast<catalog::InstrumentId>(state.instruments.size());
  for (std::size_t i = 0; i < set.instruments.size(); ++i) {
    const auto [first, last] = days_told(set.instruments[i]);
    MOMENTUM_TRY(const auto id, known.find(set.instruments[i].id, first, last));
    order.emplace_back(id ? *id : next++, i);
  }
  std::ranges::sort(order);
  for (const auto& [id, i] : order) {
    if (!call.incoming_.empty() && call.incoming_.back().record.id == id) {
      MOMENTUM_TRY_VOID(append(call.sources_.back(), set.instruments[i]));
      continue;
    }
    const auto place = static_cast<std::size_t>(id);
    call.incoming_.push_back(
        {place < state.instruments.size() ? state.instruments[place] : new_record(id, set.instruments[i].id)});
    call.sources_.push_back(std::move(set.instruments[i]));
  }
  call.infer_sessions(state);
  call.add_dependents(state);
  return call;
}

// Stored instruments without a bar in the call, where its sessions decide a jump anew.
void ImportCall::add_dependents(const catalog::State& state) {
  sessions_before_ = state.sessions;
  std::map<std::string_view, std::vector<Date>> changed;  // by group
  std::vector<std::pair<store::Incoming, sources::InstrumentBars>> all;
  auto own = incoming_.begin();
  for (const catalog::InstrumentRecord& record : state.instruments) {
    while (own != incoming_.end() && own->record.id < record.id) ++own;
    if (own != incoming_.end() && own->record.id == record.id) continue;
    const std::string_view group = market_group(record.code, record.kind);
    const auto [at, is_first] = changed.try_emplace(group);
    if (is_first) at->second = changed_sessions(state.sessions, group, sessions_, group);
    if (depends_on(record, stored_[static_cast<std::size_t>(record.id)], at->second)) all.push_back({{record}, {}});
  }
  if (all.empty()) return;
  for (std::size_t i = 0; i < incoming_.size(); ++i) all.push_back({std::move(incoming_[i]), std::move(sources_[i])});
  std::ranges::sort(all, {}, [](const auto& one) { return one.first.record.id; });
  incoming_.clear();
  sources_.clear();
  for (auto& [incoming, source] : all) {
    incoming_.push_back(std::move(incoming));
    sources_.push_back(std::move(source));
  }
}

std::span<const std::int32_t> ImportCall::stored_of(std::size_t i) const {
  const auto id = static_cast<std::size_t>(incoming_[i].record.id);
  return id < stored_.size() ? std::span<const std::int32_t>(stored_[id]) : std::span<const std::int32_t>{};
}

void ImportCall::infer_sessions(const catalog::State& state) {
  std::vector<GroupDays> all;
  std::vector<DayList> unions;  // of instruments with days of both kinds
  unions.reserve(incoming_.size());
  std::vector<bool> comes(state.instruments.size());
  for (std::size_t i = 0; i < incoming_.size(); ++i) {
    const catalog::InstrumentRecord& record = incoming_[i].record;
    if (static_cast<std::size_t>(record.id) < comes.size()) comes[static_cast<std::size_t>(record.id)] = true;
    std::span<const std::int32_t> days = days_of(*sources_[i].bars);
    if (const auto stored = stored_of(i); !stored.empty()) {
      unions.emplace_back();
      std::ranges::set_union(stored, days, std::back_inserter(unions.back()));
      days = unions.back();
    }
    all.push_back({market_group(record.code, record.kind), days});
  }
  for (const catalog::InstrumentRecord& record : state.instruments) {
    const auto id = static_cast<std::size_t>(record.id);
    if (!comes[id]) all.push_back({market_group(record.code, record.kind), stored_[id]});
  }
  for (const GroupDays& one : all) {
    if (!one.days.empty() && (!newest_.has_value() || newest_.days < one.days.back())) newest_ = {one.days.back()};
  }
  sessions_ = session_days(all, state.calendars);
}

Result<void> ImportCall::describe(std::size_t i, const store::Merged& merged, catalog::InstrumentRecord& record) {
  sources::InstrumentBars& source = sources_[i];
  const auto stored = stored_of(i);
  const std::string_view group = market_group(record.code, record.kind);
  const catalog::MarketDays* sessions = sessions_of_group(sessions_, group);
  EventsInput events{.days = merged.dates,
                     .close = merged.close,
                     .preclose = merged.preclose,
                     .sessions = sessions == nullptr ? std::span<const std::int32_t>{} : day_numbers(sessions->days),
                     .stored = stored,
                     .touched = {},
                     .told = {}};
  std::vector<Date> told = changed_sessions(sessions_before_, group, sessions_, group);
  if (source.bars == nullptr) {
    events.told = told;
    record.factors = factor_events(record, events);
    return {};
  }
  const auto incoming = days_of(*source.bars);
  const bool brings_new = !std::ranges::includes(stored, incoming);
  if (brings_new && price_basis_ == "front" && !stored.empty() &&
      !(replace_ && std::ranges::includes(incoming, stored))) {
    return fail(ErrorCode::unreadable_data, "front-adjusted bars after stored ones, whose past they change",
                to_string(record.code),
                "import raw bars, or the whole front-adjusted history at once with --on-conflict replace");
  }

  // The row of the call on each bar's day, -1 where it has none.
  std::vector<std::int64_t> row_of(merged.dates.size(), -1);
  std::size_t row = 0;
  for (std::size_t t = 0; t < merged.dates.size() && row < incoming.size(); ++t) {
    if (incoming[row] == merged.dates[t]) row_of[t] = static_cast<std::int64_t>(row++);
  }
  std::vector<bool> is_new(merged.dates.size());
  auto old = stored.begin();
  for (std::size_t t = 0; t < merged.dates.size(); ++t) {
    is_new[t] = old == stored.end() || *old != merged.dates[t];
    if (!is_new[t]) ++old;
  }
  // A stored bar keeps its words as it keeps its prices; one without words may get some.
  // Before its first row the call says nothing, so runs stay as they are.
  const auto first =
      static_cast<std::size_t>(std::ranges::find_if(row_of, [](std::int64_t r) { return r >= 0; }) - row_of.begin());
  const auto merge = [&](const Runs& runs, const std::function<std::string_view(std::int64_t)>& word) {
    return merged_runs(runs, std::span(merged.dates).subspan(first), [&](std::size_t from_first) -> std::string_view {
      const std::size_t t = first + from_first;
      if (row_of[t] < 0) return {};
      if (!is_new[t] && !replace_ && !text_at(runs, {merged.dates[t]}).empty()) return {};
      return word(row_of[t]);
    });
  };
  const WordColumn names(*source.bars, "name"), industries(*source.bars, "industry");
  record.names = merge(record.names, [&](std::int64_t r) { return names.at(r); });
  record.industries = merge(record.industries, [&](std::int64_t r) { return industries.at(r); });
  record.price_basis = merge(record.price_basis, [&](std::int64_t) { return std::string_view(price_basis_); });

  std::vector<Date> suspended = merged_days(record.suspended, source.suspended, merged.dates);
  std::vector<Date> quarantined = merged_days(record.quarantined, source.quarantined, merged.dates);
  told = either(told, either(changed_days(record.suspended, suspended), changed_days(record.quarantined, quarantined)));
  record.suspended = std::move(suspended);
  record.quarantined = std::move(quarantined);
  if (brings_new || stored.empty()) {
    record.gaps_are_suspensions = gaps_are_suspensions_;
    record.factors_from = factors_from_;
  }
  events.touched = [&](std::size_t t) { return replace_ && row_of[t] >= 0; };
  events.told = told;
  record.factors = factor_events(record, events);
  source.bars.reset();
  return {};
}

}  // namespace momentum::engine
