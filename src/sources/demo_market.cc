#include "momentum/sources/demo_market.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

#include "bar_table.h"
#include "demo_minutes.h"
#include "demo_moves.h"
#include "demo_names.h"
#include "demo_path.h"
#include "momentum/base/trading_hours.h"

namespace momentum::sources {
namespace {

constexpr Date kFirstDay{7670};  // 1991-01-01
constexpr Date kLastDay{22279};  // 2030-12-31

// The same day of an earlier year; 28 February for one that has no 29th.
Date years_before(Date day, int years) {
  std::chrono::year_month_day date(std::chrono::sys_days(std::chrono::days(day.days)));
  date -= std::chrono::years(years);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return {static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count())};
}

std::unexpected<Error> outside(std::string what, std::string option, std::string range) {
  return fail(ErrorCode::bad_value, std::move(what), std::move(option), std::move(range));
}

std::vector<double> quotients(const std::vector<std::int64_t>& integers, double unit) {
  std::vector<double> values(integers.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = integers[i] == kDemoMissing ? std::numeric_limits<double>::quiet_NaN()
                                            : static_cast<double>(integers[i]) / unit;
  }
  return values;
}

}  // namespace

std::string_view to_string(DemoCase which) noexcept {
  constexpr std::array<std::string_view, kDemoCases + 1> kNames = {
      "none",     "suspended", "resumed", "stopped", "no_close",   "young", "newborn",
      "delisted", "special",   "flat",    "holes",   "lost_close", "gap"};
  return kNames[static_cast<std::size_t>(which)];
}

Result<DemoMarket> DemoMarket::make(const DemoOptions& options) {
  if (options.stocks < 1 || options.stocks > 6000)
    return outside(fmt::format("{} stocks", options.stocks), "option stocks", "give 1 to 6000");
  if (options.years < 1 || options.years > 40)
    return outside(fmt::format("{} years", options.years), "option years", "give 1 to 40");
  if (options.end < kFirstDay || options.end > kLastDay)
    return outside(fmt::format("end {}", options.end.has_value() ? momentum::to_string(options.end) : "missing"),
                   "option end", "give a day of 1991 to 2030");
  const Date first = years_before(options.end, options.years) + 1;
  if (first < kFirstDay)
    return outside(fmt::format("{} years to {}", options.years, momentum::to_string(options.end)), "option years",
                   "begin in 1991 or later: give fewer years or a later end");

  DemoMarket market;
  market.options_ = options;
  market.sessions_ = demo_sessions(first, options.end);
  market.shared_ = demo_shared_moves(options.seed, market.sessions_.size());
  market.instruments_.reserve(static_cast<std::size_t>(options.stocks));
  std::vector<int> of_industry(demo_industries().size(), 0);
  for (std::size_t i = 0; i < static_cast<std::size_t>(options.stocks); ++i) {
    const DemoPlan plan = demo_plan(options, market.sessions_, i);
    const bool ends = plan.end < static_cast<std::int64_t>(market.sessions_.size());
    market.instruments_.push_back({.id = plan.id,
                                   .board = board_of(plan.id),
                                   .industry = std::string(demo_industries()[plan.industry]),
                                   .list_date = plan.list_date,
                                   .delist_date = ends ? market.sessions_[static_cast<std::size_t>(plan.end)] : Date{},
                                   .names = demo_names(plan, market.sessions_, ++of_industry[plan.industry]),
                                   .planted = plan.planted});
  }
  return market;
}

DemoHistory DemoMarket::history(std::size_t i) const {
  // Cheaper made again than kept: the instruments are what is kept of it.
  const DemoPlan plan = demo_plan(options_, sessions_, i);
  const std::span moves(shared_);
  return demo_path(options_.seed, i, plan, sessions_, moves.first(sessions_.size()),
                   moves.subspan((plan.industry + 1) * sessions_.size(), sessions_.size()));
}

InstrumentBars DemoMarket::bars(std::size_t i) const {
  DemoHistory history = this->history(i);
  BarColumns columns;
  for (std::size_t value = kOpen; value <= kTurnover; ++value) columns.columns |= value_bit(value);
  columns.dates.reserve(history.dates.size());
  for (const Date date : history.dates) columns.dates.push_back(date.days);
  columns.values[kOpen] = quotients(history.open, 100);
  columns.values[kHigh] = quotients(history.high, 100);
  columns.values[kLow] = quotients(history.low, 100);
  columns.values[kClose] = quotients(history.close, 100);
  columns.values[kVolume] = quotients(history.volume, 1);
  columns.values[kAmount] = quotients(history.amount, 100);
  columns.values[kPreclose] = quotients(history.preclose, 100);
  columns.values[kTurnover] = quotients(history.turnover, 1'000'000);
  const ColumnSet shown = columns.columns;
  return {instruments_[i].id, make_table(std::move(columns), {}, shown), std::move(history.suspended), {}};
}

InstrumentBars DemoMarket::minutes(std::size_t i, Date from) const {
  const DemoHistory history = this->history(i);
  const TradingHours& hours = trading_hours(instruments_[i].id.market);
  std::vector<std::int32_t> names;
  for (std::int32_t minute = 0; minute < kMinutesOfDay; ++minute)
    if (hours.names_bar(minute)) names.push_back(minute);
  MOMENTUM_CHECK(names.size() == kDemoMinutes);

  BarColumns columns;
  columns.of_minutes = true;
  std::array<std::vector<std::int64_t>, kAmount + 1> values;
  for (std::size_t value = kOpen; value <= kAmount; ++value) columns.columns |= value_bit(value);
  const auto first = std::ranges::lower_bound(history.dates, from) - history.dates.begin();
  for (auto t = static_cast<std::size_t>(first); t < history.dates.size(); ++t) {
    const Date day = history.dates[t];
    const DemoRandom random(options_.seed, static_cast<std::uint64_t>(DemoPurpose::minutes),
                            i * 100'000 + static_cast<std::uint64_t>(day.days));
    const DemoMinutes made = demo_minutes(random, {history.open[t], history.high[t], history.low[t], history.close[t],
                                                   history.volume[t], history.amount[t]});
    columns.dates.insert(columns.dates.end(), kDemoMinutes, day.days);
    columns.minutes.insert(columns.minutes.end(), names.begin(), names.end());
    const std::array of_columns = {&made.open, &made.high, &made.low, &made.close, &made.volume, &made.amount};
    for (std::size_t value = kOpen; value <= kAmount; ++value)
      values[value].insert(values[value].end(), of_columns[value]->begin(), of_columns[value]->end());
  }
  for (std::size_t value = kOpen; value <= kAmount; ++value)
    columns.values[value] = quotients(values[value], value == kVolume ? 1 : 100);
  const ColumnSet shown = columns.columns;
  return {instruments_[i].id, make_table(std::move(columns), {}, shown), {}, {}};
}

}  // namespace momentum::sources
