#include "momentum/engine/store_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "momentum/base/trading_hours.h"
#include "momentum/catalog/catalog.h"
#include "momentum/store/diff.h"

namespace momentum::engine {
namespace {

using catalog::InstrumentRecord;

constexpr std::string_view kAdded = "added", kRemoved = "removed", kCorrected = "corrected";

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::stock: return "stock";
    case Kind::b_share: return "b_share";
    case Kind::fund: return "fund";
    case Kind::index: return "index";
    case Kind::bond: return "bond";
    case Kind::unknown: break;
  }
  return "";
}

std::string number(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }
std::string days_text(const std::vector<Date>& days) { return fmt::format("{} days", days.size()); }
std::string text_of(const std::string& text) { return text; }
std::string text_of(const catalog::FactorEvent& event) {
  return fmt::format("{} {}{}", event.ratio, event.link ? "link" : "unverified", event.stated ? " stated" : "");
}
std::string text_of(const catalog::CorporateAction& action) {
  const std::pair<const char*, Decimal> parts[] = {{"cash", action.cash},
                                                   {"bonus", action.bonus},
                                                   {"transfer", action.transfer},
                                                   {"rights", action.rights},
                                                   {"rights_price", action.rights_price}};
  std::string out;
  for (const auto& [name, amount] : parts)
    if (amount.units != 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, number(amount.value()));
  return out;
}
std::string text_of(const catalog::PriceLimit& limit) {
  return fmt::format("{}..{}", number(limit.down.value()), number(limit.up.value()));
}
std::string text_of(std::int32_t bars) { return std::to_string(bars); }

class Differences {
 public:
  Differences(const std::function<void(const Difference&)>& take, DiffSummary& summary)
      : take_(take), summary_(summary) {}

  void add(const Difference& difference) {
    count(difference.what, difference.change);
    take_(difference);
  }
  void count(std::string_view what, std::string_view change) { ++summary_.counts[fmt::format("{} {}", what, change)]; }

  // A single value of an instrument.
  void value(const std::string& code, const char* field, const std::string& before, const std::string& after) {
    if (before == after) return;
    add({"fact", code, {}, before.empty() ? kAdded : after.empty() ? kRemoved : kCorrected, field, before, after});
  }

  // Two lists that ascend by day.
  template <class T, class DayOf, class ValueOf>
  void dated(std::string_view what, const std::string& code, const char* field, const std::vector<T>& before,
             const std::vector<T>& after, DayOf day_of, ValueOf value_of) {
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
      const bool old = b == after.end() || (a != before.end() && day_of(*a) <= day_of(*b));
      const bool now = a == before.end() || (b != after.end() && day_of(*b) <= day_of(*a));
      if (!old || !now || !(*a == *b)) {
        add({what, code, old ? day_of(*a) : day_of(*b),
             !now   ? kRemoved
             : !old ? kAdded
                    : kCorrected,
             field, old ? value_of(*a) : "", now ? value_of(*b) : ""});
      }
      a += old ? 1 : 0;
      b += now ? 1 : 0;
    }
  }

  void facts(const InstrumentRecord& a, const InstrumentRecord& b) {
    const std::string code = to_string(b.code);
    value(code, "code", to_string(a.code), code);
    value(code, "kind", std::string(word_of(a.kind)), std::string(word_of(b.kind)));
    value(code, "board", a.board, b.board);
    value(code, "currency", a.currency, b.currency);
    value(code, "tick", a.tick == 0 ? "" : number(a.tick), b.tick == 0 ? "" : number(b.tick));
    const auto from = [](const catalog::DatedText& run) { return run.from; };
    const auto text = [](const catalog::DatedText& run) { return text_of(run.text); };
    dated("fact", code, "name", a.names, b.names, from, text);
    dated("fact", code, "industry", a.industries, b.industries, from, text);
    dated("fact", code, "price_basis", a.price_basis, b.price_basis, from, text);
    dated(
        "fact", code, "listing", a.listings, b.listings, [](const catalog::Listing& one) { return one.listed; },
        [](const catalog::Listing& one) {
          return fmt::format("{}..{}", to_string(one.listed), to_string(one.delisted));
        });
    value(code, "aliases", aliases(a), aliases(b));
    if (a.suspended != b.suspended) value(code, "suspended", list(a.suspended), list(b.suspended));
    if (a.quarantined != b.quarantined) value(code, "quarantined", list(a.quarantined), list(b.quarantined));
    dated(
        "factor", code, "ratio", a.factors, b.factors, [](const catalog::FactorEvent& event) { return event.day; },
        [](const catalog::FactorEvent& event) { return text_of(event); });
    dated(
        "action", code, "", a.actions, b.actions, [](const catalog::CorporateAction& action) { return action.day; },
        [](const catalog::CorporateAction& action) { return text_of(action); });
  }

  // Those of one day.
  void limits(Date day, const std::vector<catalog::PriceLimit>& before, const std::vector<catalog::PriceLimit>& after,
              const std::vector<InstrumentRecord>& named) {
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
      const bool old = b == after.end() || (a != before.end() && a->instrument <= b->instrument);
      const bool now = a == before.end() || (b != after.end() && b->instrument <= a->instrument);
      if (!old || !now || *a != *b) {
        const auto id = static_cast<std::size_t>(old ? a->instrument : b->instrument);
        add({"limit", to_string(named[id].code), day,
             !now   ? kRemoved
             : !old ? kAdded
                    : kCorrected,
             "", old ? text_of(*a) : "", now ? text_of(*b) : ""});
      }
      a += old ? 1 : 0;
      b += now ? 1 : 0;
    }
  }

  void markets(std::string_view what, const std::vector<catalog::MarketDays>& before,
               const std::vector<catalog::MarketDays>& after) {
    std::map<std::string, std::pair<const catalog::MarketDays*, const catalog::MarketDays*>> both;
    for (const catalog::MarketDays& market : before) both[market.market].first = &market;
    for (const catalog::MarketDays& market : after) both[market.market].second = &market;
    using Day = std::pair<Date, std::int32_t>;
    const auto days_of = [](const catalog::MarketDays* market) {
      std::vector<Day> out;
      for (std::size_t i = 0; market != nullptr && i < market->days.size(); ++i)
        out.emplace_back(market->days[i], market->bars.empty() ? 0 : market->bars[i]);
      return out;
    };
    for (const auto& [name, sides] : both) {
      dated(
          what, name, what == "session" ? "bars" : "", days_of(sides.first), days_of(sides.second),
          [](const Day& day) { return day.first; },
          [&](const Day& day) { return what == "session" ? text_of(day.second) : std::string(); });
    }
  }

 private:
  static std::string list(const std::vector<Date>& days) {
    if (days.empty()) return "";
    return fmt::format("{}, {}..{}", days_text(days), to_string(days.front()), to_string(days.back()));
  }
  static std::string aliases(const InstrumentRecord& record) {
    std::string out;
    for (const catalog::CodeAlias& alias : record.aliases)
      out += fmt::format("{}{} {}..{}", out.empty() ? "" : ";", to_string(alias.code), to_string(alias.from),
                         to_string(alias.to));
    return out;
  }

  const std::function<void(const Difference&)>& take_;
  DiffSummary& summary_;
};

void diff_instruments(const catalog::State& before, const catalog::State& after, Differences& out) {
  const std::size_t both = std::min(before.instruments.size(), after.instruments.size());
  for (std::size_t id = 0; id < both; ++id) {
    if (before.instruments[id] != after.instruments[id]) out.facts(before.instruments[id], after.instruments[id]);
  }
  const auto name_of = [](const InstrumentRecord& record) {
    return record.names.empty() ? std::string() : record.names.back().text;
  };
  for (std::size_t id = both; id < after.instruments.size(); ++id) {
    const InstrumentRecord& record = after.instruments[id];
    out.add({"instrument", to_string(record.code), {}, kAdded, "name", "", name_of(record)});
  }
  for (std::size_t id = both; id < before.instruments.size(); ++id) {
    const InstrumentRecord& record = before.instruments[id];
    out.add({"instrument", to_string(record.code), {}, kRemoved, "name", name_of(record), ""});
  }
}

// The limits of one day in one state, none or those of the day.
Result<std::vector<catalog::PriceLimit>> limits_of(const catalog::Catalog& catalog, const catalog::State& state,
                                                   Date day) {
  if (state.limits == 0) return std::vector<catalog::PriceLimit>{};
  MOMENTUM_TRY(std::vector<catalog::DayLimits> days, catalog.limits(state.snapshot.id, day, day));
  return days.empty() ? std::vector<catalog::PriceLimit>{} : std::move(days.front().limits);
}

Result<void> diff_limits(const Context& ctx, const catalog::Catalog& catalog, const catalog::State& before,
                         const catalog::State& after, Differences& out) {
  const auto& named = before.instruments.size() > after.instruments.size() ? before.instruments : after.instruments;
  MOMENTUM_TRY(const std::vector<Date> days, catalog.changed_limits(before.snapshot.id, after.snapshot.id));
  for (const Date day : days) {
    if (ctx.cancelled()) return Context::interrupted();
    MOMENTUM_TRY(const std::vector<catalog::PriceLimit> old, limits_of(catalog, before, day));
    MOMENTUM_TRY(const std::vector<catalog::PriceLimit> now, limits_of(catalog, after, day));
    out.limits(day, old, now, named);
  }
  return {};
}

void take_bar(const store::BarDifference& bar, const std::string& code,
              const std::function<void(const Difference&)>& take, Differences& out) {
  const std::string_view change = bar.how == store::How::added     ? kAdded
                                  : bar.how == store::How::removed ? kRemoved
                                                                   : kCorrected;
  const bool of_minutes = bar.dataset == store::Dataset::minute;
  const std::string_view what = of_minutes ? "minute" : "bar";
  const std::string at = of_minutes ? minute_text(bar.minute) + " " : "";
  out.count(what, change);
  if (bar.how == store::How::corrected) {
    for (const store::ValueChange& value : bar.values)
      take({what, code, bar.date, change, at + std::string(value.column), number(value.before), number(value.after)});
    return;
  }
  const auto close = std::ranges::find(bar.values, "close", &store::ValueChange::column);
  const bool there = close != bar.values.end();
  take({what, code, bar.date, change, at + "close", there ? number(close->before) : "",
        there ? number(close->after) : ""});
}

}  // namespace

Result<DiffSummary> diff_store(const Context& ctx, const std::string& folder, catalog::SnapshotId before,
                               catalog::SnapshotId after, const std::function<void(const Difference&)>& take) {
  MOMENTUM_TRY(const catalog::Catalog catalog, catalog::Catalog::open(folder));
  MOMENTUM_TRY(const catalog::State a, before == 0 ? catalog.load() : catalog.load(before));
  MOMENTUM_TRY(const catalog::State b, after == 0 ? catalog.load() : catalog.load(after));
  DiffSummary summary{.before = a.snapshot, .after = b.snapshot, .counts = {}};
  Differences out(take, summary);
  diff_instruments(a, b, out);
  out.markets("session", a.sessions, b.sessions);
  out.markets("calendar", a.calendars, b.calendars);
  MOMENTUM_TRY_VOID(diff_limits(ctx, catalog, a, b, out));
  const auto& named = a.instruments.size() > b.instruments.size() ? a.instruments : b.instruments;
  MOMENTUM_TRY_VOID(store::diff_bars(ctx, folder, a, b, [&](const store::BarDifference& bar) {
    take_bar(bar, to_string(named[static_cast<std::size_t>(bar.id)].code), take, out);
  }));
  return summary;
}

}  // namespace momentum::engine
