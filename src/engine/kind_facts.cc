#include "kind_facts.h"

#include <algorithm>

#include "dated_runs.h"
#include "factor_events.h"
#include "market_group.h"
#include "session_days.h"

namespace momentum::engine {
namespace {

using catalog::InstrumentRecord;
using sources::InstrumentFact;

// A listing of the same first day, or one that does not know its first, is completed; another one is added.
void add_listing(std::vector<catalog::Listing>& listings, Date listed, Date delisted) {
  if (!listed.has_value() && !delisted.has_value()) return;
  auto at = std::ranges::find(listings, listed, &catalog::Listing::listed);
  if (at == listings.end() && !listings.empty()) {
    if (!listed.has_value()) {
      at = std::prev(listings.end());  // an end belongs to the listing that goes on
    } else if (!listings.front().listed.has_value()) {
      at = listings.begin();
    }
  }
  if (at == listings.end()) {
    listings.push_back({listed, delisted});
  } else {
    if (listed.has_value()) at->listed = listed;
    if (delisted.has_value()) at->delisted = delisted;
  }
  std::ranges::sort(listings, {}, &catalog::Listing::listed);
}

// From when a word holds whose row does not say: for ever where nothing was known, else from today.
Date begin_of(const InstrumentFact& fact, const Runs& runs, std::span<const std::int32_t> days, Date today) {
  if (fact.from.has_value()) return fact.from;
  if (!runs.empty()) return today;
  if (fact.listed.has_value()) return fact.listed;
  return days.empty() ? today : Date{days.front()};
}

void add_word(Runs& runs, const std::string& word, const InstrumentFact& fact, std::span<const std::int32_t> days,
              Date today) {
  if (word.empty()) return;
  const bool undated = !fact.from.has_value() && !fact.to.has_value();
  if (undated && !runs.empty() && runs.back().text == word) return;
  runs = with_run(runs, begin_of(fact, runs, days, today), fact.to, word);
}

}  // namespace

Facts::Facts(const catalog::State& state, const std::vector<DayList>& days, Date today)
    : state_(state), days_(days), today_(today), known_codes_(state.instruments) {}

std::span<const std::int32_t> Facts::days_of(const InstrumentRecord& record) const {
  const auto id = static_cast<std::size_t>(record.id);
  return id < days_.size() ? std::span<const std::int32_t>(days_[id]) : std::span<const std::int32_t>{};
}

InstrumentRecord* Facts::find(const Instrument& code, Date first, Date last, std::string& why) {
  if (const auto added = added_.find(code); added != added_.end()) return &records_.at(added->second);
  const auto id = known_codes_.find(code, first, last);
  if (!id) {
    why = id.error().code == ErrorCode::ambiguous_code ? "ambiguous code" : std::string(kUnknownInstrument);
    return nullptr;
  }
  if (!*id) {
    why = kUnknownInstrument;
    return nullptr;
  }
  return &records_.try_emplace(**id, state_.instruments[static_cast<std::size_t>(**id)]).first->second;
}

InstrumentRecord* Facts::find_or_add(const InstrumentFact& fact, std::string& why) {
  InstrumentRecord* record = find(fact.id, fact.from, fact.to, why);
  if (record != nullptr || why != kUnknownInstrument) return record;
  if (fact.id.market == Market::none) {
    why = "a new instrument without its market";
    return nullptr;
  }
  why.clear();
  const auto id = static_cast<catalog::InstrumentId>(state_.instruments.size() + added_.size());
  added_.emplace(fact.id, id);
  return &records_.emplace(id, new_record(id, fact.id)).first->second;
}

// A code that holds from a day on and has no end is the current one from then on.
std::string Facts::add_alias(const InstrumentFact& fact, InstrumentRecord& record) {
  if (record.code == fact.id) return {};
  std::string why;
  const InstrumentRecord* bearer = find(fact.id, fact.from, fact.to, why);
  if (bearer != nullptr && bearer != &record) return "this code is another instrument of the store";
  catalog::CodeAlias alias{fact.id, fact.from, fact.to};
  if (fact.from.has_value() && !fact.to.has_value()) {
    alias = {record.code, Date{}, fact.from - 1};
    record.code = fact.id;
  }
  std::erase_if(record.aliases, [&](const catalog::CodeAlias& one) {
    return one.code == alias.code && (one.from == alias.from || !one.from.has_value());
  });
  record.aliases.push_back(alias);
  std::ranges::sort(record.aliases, {}, [](const catalog::CodeAlias& one) { return std::pair(one.from, one.code); });
  return {};
}

std::string Facts::apply(const InstrumentFact& fact) {
  std::string why;
  InstrumentRecord* const record =
      fact.alias_of ? find(*fact.alias_of, fact.from, fact.to, why) : find_or_add(fact, why);
  if (record == nullptr) return why;
  const auto id = static_cast<std::size_t>(record->id);
  const InstrumentRecord before = *record;
  if (fact.alias_of) {
    if (why = add_alias(fact, *record); !why.empty()) return why;
  }
  if (fact.kind != Kind::unknown) record->kind = fact.kind;
  if (!fact.board.empty()) record->board = fact.board;
  add_listing(record->listings, fact.listed, fact.delisted);
  add_word(record->names, fact.name, fact, days_of(*record), today_);
  add_word(record->industries, fact.industry, fact, days_of(*record), today_);
  count(*record != before || id >= state_.instruments.size());
  return {};
}

std::string Facts::apply(const sources::Suspension& suspension) {
  std::string why;
  InstrumentRecord* const record = find(suspension.id, suspension.from, suspension.to, why);
  if (record == nullptr) return why;
  const Date end = suspension.to.has_value() ? std::min(suspension.to, today_) : today_;
  const auto bars = days_of(*record);
  const catalog::MarketDays* sessions = sessions_of_group(state_.sessions, market_group(record->code, record->kind));
  std::vector<Date> days;
  for (Date day = suspension.from; day <= end; day = day + 1) {
    const bool open = !is_weekend(day) || (sessions != nullptr && std::ranges::binary_search(sessions->days, day));
    if (open && !std::binary_search(bars.begin(), bars.end(), day.days)) days.push_back(day);
  }
  const bool told = !std::ranges::includes(record->suspended, days);
  if (told) {
    std::vector<Date> all;
    std::ranges::set_union(record->suspended, days, std::back_inserter(all));
    record->suspended = std::move(all);
  }
  count(told);
  return {};
}

std::string Facts::apply(std::span<const sources::FactorPoint> points) {
  std::string why;
  InstrumentRecord* const record = find(points.front().id, points.front().date, points.back().date, why);
  if (record == nullptr) return why;
  std::vector<catalog::FactorEvent> stated;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double ratio = i == 0 ? 1.0 : points[i].factor / points[i - 1].factor;
    if (i == 0 || i + 1 == points.size() || ratio != 1.0)
      stated.push_back({.day = points[i].date, .ratio = ratio, .link = true, .stated = true});
  }
  stated = stated_events(stated, days_of(*record));
  std::vector<catalog::FactorEvent> others, before;
  for (const catalog::FactorEvent& event : record->factors) {
    if (event.stated) before.push_back(event);
    const bool superseded = stated.front().day <= event.day && event.day <= stated.back().day;
    if (!event.stated && !superseded) others.push_back(event);
  }
  const bool told = before != stated;
  if (told) {
    std::ranges::merge(stated, others, std::back_inserter(record->factors = {}), {}, &catalog::FactorEvent::day,
                       &catalog::FactorEvent::day);
  }
  count(told, static_cast<std::int64_t>(points.size()));
  return {};
}

std::string Facts::apply(const sources::CorporateAction& row, bool replace) {
  std::string why;
  InstrumentRecord* const record = find(row.id, row.date, row.date, why);
  if (record == nullptr) return why;
  const catalog::CorporateAction action{.day = row.date,
                                        .cash = row.cash,
                                        .bonus = row.bonus,
                                        .transfer = row.transfer,
                                        .rights = row.rights,
                                        .rights_price = row.rights_price};
  std::vector<catalog::CorporateAction>& actions = record->actions;
  const auto at = std::ranges::lower_bound(actions, action.day, {}, &catalog::CorporateAction::day);
  const bool stands = at != actions.end() && at->day == action.day;
  switch (standing_of(stands ? &*at : nullptr, action, replace)) {
    case Standing::told:
      actions.insert(at, action);
      ++told_;
      break;
    case Standing::known: ++known_; break;
    case Standing::corrected:
      *at = action;
      ++corrected_;
      contradicted_.push_back({record->code, action.day});
      break;
    case Standing::conflicting:
      ++conflicting_;
      contradicted_.push_back({record->code, action.day});
      break;
  }
  return {};
}

std::vector<InstrumentRecord> Facts::changed() const {
  std::vector<InstrumentRecord> out;
  for (const auto& [id, record] : records_) {
    const auto place = static_cast<std::size_t>(id);
    if (place >= state_.instruments.size() || record != state_.instruments[place]) out.push_back(record);
  }
  return out;
}

}  // namespace momentum::engine
