#include "store_market.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "market_group.h"
#include "minute_days.h"
#include "momentum/base/parallel.h"
#include "momentum/catalog/catalog.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/limits_reader.h"
#include "momentum/store/plan.h"
#include "momentum/store/published.h"
#include "read_plan.h"
#include "stages.h"

namespace momentum::engine {
namespace {

const std::vector<std::string> kRead{"open", "high", "low", "close", "volume", "amount", "preclose"};
const std::vector<std::string> kReadOfMinutes{"open", "high", "low", "close", "volume", "amount"};

const std::vector<std::string>& columns_of(const Cut& cut) { return cut.minutes ? kReadOfMinutes : kRead; }

std::span<const double>* column_of(Bars& bars, std::string_view name) {
  if (name == "open") return &bars.open;
  if (name == "high") return &bars.high;
  if (name == "low") return &bars.low;
  if (name == "close") return &bars.close;
  if (name == "volume") return &bars.volume;
  if (name == "amount") return &bars.amount;
  MOMENTUM_CHECK(name == "preclose");
  return &bars.preclose;
}

// A dated text as of a day: nothing that was said later.
std::string text_at(const std::vector<catalog::DatedText>& runs, Date day) {
  const auto after = std::ranges::upper_bound(runs, day, {}, &catalog::DatedText::from);
  return after == runs.begin() ? std::string() : std::prev(after)->text;
}

// F_t of every row: 1 on the day `from`, then times the ratio of each link after it. Each product is rounded once, in the
// order in which derive_factors() rounds it. Rows of a day have one factor.
panel::Factors factors_of(const std::vector<catalog::FactorEvent>& events, Date from,
                          std::span<const std::int32_t> dates) {
  panel::Factors out;
  out.factor.assign(dates.size(), 1.0);
  if (dates.empty()) return out;
  auto event = std::ranges::upper_bound(events, from, {}, &catalog::FactorEvent::day);
  double factor = 1.0;
  std::size_t row = 0;
  for (; event != events.end() && event->day.days <= dates.back(); ++event) {
    const auto at =
        static_cast<std::size_t>(std::lower_bound(dates.begin(), dates.end(), event->day.days) - dates.begin());
    std::fill(out.factor.begin() + static_cast<std::ptrdiff_t>(row),
              out.factor.begin() + static_cast<std::ptrdiff_t>(at), factor);
    row = at;
    if (event->link) {
      factor = factor * event->ratio;
      out.links.push_back(event->day);
    }
    if (event->unverified) out.unverified.push_back(event->day);
  }
  std::fill(out.factor.begin() + static_cast<std::ptrdiff_t>(row), out.factor.end(), factor);
  return out;
}

std::int64_t bars_of(const catalog::MarketDays& group, Date day) {
  const auto at = std::ranges::lower_bound(group.days, day);
  if (at == group.days.end() || *at != day || group.bars.empty()) return 0;
  return group.bars[static_cast<std::size_t>(at - group.days.begin())];
}

Result<bool> in_universe(std::string_view universe, std::string_view group) {
  if (universe == "all") return true;
  for (const std::string_view known : {"a", "b", "etf", "index", "us"})
    if (universe == known) return group == universe;
  return fail(ErrorCode::bad_value, "unknown universe " + std::string(universe), "--universe",
              "the universes are: a, b, etf, index, us, all");
}

}  // namespace

Result<StoreMarket> StoreMarket::open(const Context& ctx, const Input& input, bool minutes) {
  StoreMarket market;
  market.folder_ = input.store;
  market.of_minutes_ = minutes;
  MOMENTUM_TRY(market.state_, store::load_state(ctx, input.store, input.snapshot));
  const catalog::State& state = market.state_;
  market.minutes_ = minute_coverage(state);
  market.synthetic = state.info.synthetic;
  market.snapshot = state.snapshot.id;

  // Unasked: A-shares where there are any, else whatever there is.
  const auto group_of = [](const catalog::InstrumentRecord& one) { return market_group(one.code, one.kind); };
  std::string universe = input.universe;
  if (universe.empty())
    universe =
        std::ranges::any_of(state.instruments, [&](const auto& one) { return group_of(one) == "a"; }) ? "a" : "all";
  for (const catalog::InstrumentRecord& one : state.instruments) {
    MOMENTUM_TRY(const bool member, in_universe(universe, group_of(one)));
    if (!member) continue;
    market.members_.push_back(one.id);
    market.ids.push_back(one.code);
    market.last_minute_day_ = std::max(market.last_minute_day_, market.minutes_[static_cast<std::size_t>(one.id)].last);
  }
  const bool any_minutes = market.last_minute_day_.has_value();
  const std::string where = universe == "all" ? "" : " in universe " + universe;
  if (minutes && !any_minutes)
    return fail(ErrorCode::empty_input, "no bars of minutes" + where, input.store,
                "momentum import --freq 1m brings some in");
  std::set<Date> days;
  for (std::size_t g = 0; g < state.sessions.size(); ++g) {
    const catalog::MarketDays& group = state.sessions[g];
    MOMENTUM_TRY(const bool member, in_universe(universe, group.market));
    if (!member) continue;
    market.groups_.push_back(g);
    days.insert(group.days.begin(), group.days.end());
  }
  if (minutes) {
    MOMENTUM_TRY(const auto further, sessions_of_minutes(ctx, input.store, state, market.minutes_));
    for (const catalog::MarketDays& group : further) {
      MOMENTUM_TRY(const bool member, in_universe(universe, group.market));
      if (member) days.insert(group.days.begin(), group.days.end());
    }
  }
  for (const Date day : days) market.sessions.push_back(day.days);
  if (!market.sessions.empty()) return market;
  return fail(ErrorCode::empty_input, (any_minutes ? "no bars of days" : "no bars") + where, input.store,
              any_minutes
                  ? "--freq 1m, 5m, 15m, 30m or 60m reads its bars of minutes; momentum import brings bars of days"
                  : "momentum import brings some in; --universe all takes whatever there is");
}

// Of days and, where it was opened for them, of minutes: an instrument without minutes is told of, too.
Date StoreMarket::first_bar(std::size_t instrument) const {
  const Date days = coverage(instrument).first, minutes = of_minutes_ ? minute_bars(instrument).first : Date{};
  if (!days.has_value() || !minutes.has_value()) return days.has_value() ? days : minutes;
  return std::min(days, minutes);
}

Date StoreMarket::last_bar(std::size_t instrument) const {
  return std::max(coverage(instrument).last, of_minutes_ ? minute_bars(instrument).last : Date{});
}

std::string StoreMarket::factor_source() const {
  bool stated = false, raw = false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    for (const catalog::FactorEvent& event : record(i).factors) stated = stated || event.stated;
    for (const catalog::DatedText& basis : record(i).price_basis) raw = raw || basis.text == "raw";
  }
  if (stated) return "factors";
  const bool preclose = std::ranges::any_of(state_.files, [](const catalog::FileRecord& file) {
    return file.dataset == store::to_string(store::Dataset::daily) &&
           std::ranges::any_of(file.columns, [](const auto& column) { return column.name == "preclose"; });
  });
  return raw && preclose ? "preclose" : "";
}

std::string StoreMarket::name(std::size_t instrument, Date day) const { return text_at(record(instrument).names, day); }

std::string StoreMarket::industry(std::size_t instrument, Date day) const {
  return text_at(record(instrument).industries, day);
}

std::set<std::string> StoreMarket::industries() const {
  std::set<std::string> known;
  for (std::size_t i = 0; i < members_.size(); ++i)
    for (const catalog::DatedText& run : record(i).industries)
      if (!run.text.empty()) known.insert(run.text);
  return known;
}

std::vector<panel::ShareAction> StoreMarket::actions(std::size_t instrument) const {
  const catalog::InstrumentRecord& one = record(instrument);
  std::vector<panel::ShareAction> out;
  if (!std::ranges::all_of(one.price_basis, [](const catalog::DatedText& run) { return run.text == "raw"; }))
    return out;
  for (const catalog::CorporateAction& action : one.actions)
    out.push_back({.day = action.day,
                   .cash = action.cash,
                   .bonus = action.bonus,
                   .transfer = action.transfer,
                   .rights = action.rights,
                   .rights_price = action.rights_price});
  return out;
}

// About a year at a time, to the end of a month: a day's limits come for all instruments, a copy's month by month.
Result<std::vector<std::vector<DayLimit>>> StoreMarket::limits(const Context& ctx,
                                                               std::span<const std::size_t> instruments, Date first,
                                                               Date last) const {
  std::vector<std::vector<DayLimit>> out(instruments.size());
  if (state_.limits == 0) return out;
  MOMENTUM_TRY(const auto reader, store::LimitsReader::open(ctx, folder_, state_));
  const auto price = [](Decimal value) {
    return value.units == 0 ? std::numeric_limits<double>::quiet_NaN() : value.value();
  };
  constexpr std::int32_t kYear = 366;
  for (Date from = first, next; from <= last; from = next) {
    next = std::min(first_of_month(from + kYear), last + 1);
    MOMENTUM_TRY(const auto days, reader.read(ctx, from, next - 1));
    for (const catalog::DayLimits& day : days) {
      for (std::size_t k = 0; k < instruments.size(); ++k) {
        const catalog::InstrumentId id = members_[instruments[k]];
        const auto at = std::ranges::lower_bound(day.limits, id, {}, &catalog::PriceLimit::instrument);
        if (at != day.limits.end() && at->instrument == id) out[k].push_back({day.day, price(at->up), price(at->down)});
      }
    }
  }
  return out;
}

int StoreMarket::digits(std::size_t instrument) const { return tick_digits(record(instrument).kind); }

bool StoreMarket::delisted(std::size_t instrument, Date session) const {
  const auto& listings = record(instrument).listings;
  const auto after = std::ranges::upper_bound(listings, session, {}, &catalog::Listing::listed);
  if (after == listings.begin()) return false;
  const Date end = std::prev(after)->delisted;
  return end.has_value() && end < session;
}

std::int64_t StoreMarket::bars_on(Date session) const {
  std::int64_t bars = 0;
  if (of_minutes_) {
    // which of the days between have some, only the files know
    for (std::size_t i = 0; i < members_.size(); ++i)
      bars += minute_bars(i).bars > 0 && minute_bars(i).first <= session && session <= minute_bars(i).last;
    return bars;
  }
  for (const std::size_t g : groups_) bars += bars_of(state_.sessions[g], session);
  return bars;
}

std::size_t StoreMarket::place_of(catalog::InstrumentId id) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(members_, id) - members_.begin());
}

Lane StoreMarket::lane_of(const store::SeriesBars& series, const Cut& cut) const {
  Lane lane{place_of(series.id), {}, {}, {}};
  lane.bars.dates = series.dates;
  lane.bars.minutes = series.minutes;
  const std::vector<std::string>& columns = columns_of(cut);
  for (std::size_t c = 0; c < columns.size(); ++c) *column_of(lane.bars, columns[c]) = series.columns[c];
  lane.bars.more.assign(series.columns.begin() + static_cast<std::ptrdiff_t>(columns.size()), series.columns.end());
  static const std::vector<catalog::FactorEvent> kNone;
  // Minutes have the factors of their days, wherever their own begin.
  const Date first = series.dates.empty() ? Date{} : Date{series.dates.front()};
  const Date from = cut.minutes ? first_bar(lane.instrument) : first;
  lane.factors = factors_of(cut.adjust == Adjust::none ? kNone : record(lane.instrument).factors, from, series.dates);
  return lane;
}

store::Need StoreMarket::need_of(const Cut& cut) const {
  store::Need need{.dataset = cut.minutes ? store::Dataset::minute : store::Dataset::daily,
                   .columns = columns_of(cut),
                   .latest_rows = cut.latest_rows,
                   .last = cut.session};
  need.columns.insert(need.columns.end(), cut.more.begin(), cut.more.end());
  if (cut.history_days) need.first = cut.session - *cut.history_days;
  if (!cut.only.empty()) {
    for (const std::size_t one : cut.only) need.instruments.push_back(members_[one]);
  } else if (members_.size() < state_.instruments.size()) {
    need.instruments = members_;
  }
  return need;
}

Result<void> StoreMarket::read(const Context& ctx, const Cut& cut, const LaneSink& sink) const {
  Stages::Timer planning(cut.stages, Stages::plan);
  MOMENTUM_TRY(const ReadPlan how, plan_read(ctx, folder_, state_, need_of(cut)));
  const store::Plan& plan = how.plan;
  const std::vector<std::size_t>& ends = how.ends;
  MOMENTUM_TRY(const store::BarsReader reader, store::BarsReader::open(ctx, folder_, state_, plan));
  planning.stop();

  std::vector<std::vector<std::size_t>> read(ends.size());  // places of instruments with bars
  Context own = ctx;
  own.threads = 1;
  Context planned = ctx;
  planned.threads = how.threads;
  MOMENTUM_TRY_VOID(parallel_for(planned, ends.size(), [&](std::size_t part) -> Result<void> {
    std::vector<store::BatchBars> batches;
    std::vector<Lane> lanes;
    for (std::size_t b = part == 0 ? 0 : ends[part - 1]; b < ends[part]; ++b) {
      if (ctx.cancelled()) return Context::interrupted();
      const Stages::Timer reading(cut.stages, Stages::read);
      MOMENTUM_TRY(store::BatchBars batch, reader.read(plan.batches[b]));
      for (const store::SeriesBars& series : batch.series)
        if (!series.dates.empty()) lanes.push_back(lane_of(series, cut));
      batches.push_back(std::move(batch));
    }
    for (const Lane& lane : lanes) read[part].push_back(lane.instrument);
    return lanes.empty() ? Result<void>() : sink(own, lanes);
  }));

  std::vector<bool> with_bars(members_.size(), false);
  for (const auto& places : read)
    for (const std::size_t place : places) with_bars[place] = true;
  MOMENTUM_TRY(const std::vector<Lane> rest, empty_lanes(ctx, cut, with_bars));
  return rest.empty() ? Result<void>() : sink(ctx, rest);
}

Result<std::vector<Lane>> StoreMarket::empty_lanes(const Context& ctx, const Cut& cut,
                                                   const std::vector<bool>& read) const {
  std::vector<Lane> lanes;
  store::Need before{.last = cut.session - cut.history_days.value_or(0) - 1};
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (read[i] || (!cut.only.empty() && !std::ranges::binary_search(cut.only, i))) continue;
    const Date first = first_bar(i);
    if (first.has_value() ? first > cut.session : !known_without_bars(i, cut.session)) continue;
    if (cut.minutes) {
      lanes.push_back({i, {}, {}, {}});
      continue;
    }
    lanes.push_back({i, {}, {}, first.has_value() && last_bar(i) <= before.last ? last_bar(i) : Date{}});
    if (first.has_value() && last_bar(i) > before.last) before.instruments.push_back(members_[i]);
  }
  if (before.instruments.empty()) return lanes;
  // Bars before the window and after the session: only their days say which was the last before it.
  MOMENTUM_TRY(const store::Plan plan, store::plan(state_, before));
  MOMENTUM_TRY(const store::BarsReader reader, store::BarsReader::open(ctx, folder_, state_, plan));
  for (const store::Batch& batch : plan.batches) {
    MOMENTUM_TRY(const store::BatchBars bars, reader.read(batch));
    for (const store::SeriesBars& series : bars.series) {
      const auto lane = std::ranges::find(lanes, place_of(series.id), &Lane::instrument);
      if (!series.dates.empty() && lane != lanes.end()) lane->last_before = Date{series.dates.back()};
    }
  }
  return lanes;
}

}  // namespace momentum::engine
