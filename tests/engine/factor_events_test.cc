#include "factor_events.h"

#include <gtest/gtest.h>

#include <limits>

#include "dated_runs.h"
#include "identity.h"

namespace momentum::engine {
namespace {

using catalog::FactorEvent;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Series {
  std::vector<std::int32_t> days{1, 2, 3, 4, 5};
  std::vector<double> close{10, 11, 12, 6, 7}, preclose{kNaN, 10, 11, 6, 6};  // halved on day 4
  std::vector<std::int32_t> sessions{1, 2, 3, 4, 5}, stored = {};
  catalog::InstrumentRecord record = new_record(0, {"600000", Market::SH});

  Series() { record.price_basis = {{{1}, "raw"}}; }
  EventsInput input() const {
    return {.days = days, .close = close, .preclose = preclose, .sessions = sessions, .stored = stored, .touched = {}};
  }
  std::vector<FactorEvent> events() const { return factor_events(record, input()); }
};

const FactorEvent kHalved{.day = {4}, .ratio = 2, .link = true};

TEST(FactorEvents, ARatioRoundedOnce) {
  Series series;
  EXPECT_EQ(series.events(), (std::vector{kHalved}));
  series.preclose[3] = 11.7;
  EXPECT_EQ(series.events(), (std::vector<FactorEvent>{{.day = {4}, .ratio = 12 / 11.7, .link = true}}));
}

TEST(FactorEvents, AJumpOverAGapIsListed) {
  Series series;
  series.days = {1, 2, 3, 6, 7};
  series.sessions = {1, 2, 3, 4, 5, 6, 7};
  const FactorEvent jump{.day = {6}, .unverified = true};
  EXPECT_EQ(series.events(), (std::vector{jump}));
  series.record.suspended = {{4}, {5}};
  EXPECT_EQ(series.events(), (std::vector<FactorEvent>{{.day = {6}, .ratio = 2, .link = true}}));
  series.record.quarantined = {{4}};
  EXPECT_EQ(series.events(), (std::vector{jump}));
}

TEST(FactorEvents, OnlyPairsOfRawBars) {
  Series series;
  for (const Runs& basis :
       {Runs{{{1}, "back"}}, Runs{{{1}, "raw"}, {{4}, "front"}}, Runs{{{1}, "unknown"}, {{4}, "raw"}}}) {
    series.record.price_basis = basis;
    EXPECT_TRUE(series.events().empty());
  }
  series.record.price_basis = {{{1}, "back"}, {{3}, "raw"}};
  EXPECT_EQ(series.events(), (std::vector{kHalved}));
}

TEST(FactorEvents, WhatStoodStays) {
  Series series;
  const FactorEvent jump{.day = {4}, .unverified = true};
  series.record.factors = {jump};
  series.stored = {1, 2, 3, 4};
  EXPECT_EQ(series.events(), (std::vector{jump}));
  EventsInput input = series.input();
  input.touched = [](std::size_t row) { return row == 2; };  // the close before was replaced
  EXPECT_EQ(factor_events(series.record, input), (std::vector{kHalved}));
  series.stored = {1, 2, 4};  // a bar came between the two
  EXPECT_EQ(series.events(), (std::vector{kHalved}));
  series.record.factors.clear();
  series.stored = {1, 2, 3, 4};
  EXPECT_TRUE(series.events().empty());
}

TEST(FactorEvents, NewsOfTheDaysBetweenTwoBars) {
  Series series;
  series.days = series.stored = {1, 2, 3, 6, 7};
  series.sessions = {1, 2, 3, 4, 5, 6, 7};
  const FactorEvent jump{.day = {6}, .unverified = true};
  series.record.factors = {jump};
  series.record.suspended = {{4}, {5}};
  EXPECT_EQ(series.events(), (std::vector{jump}));
  for (const std::vector<Date>& told : {std::vector<Date>{{4}}, {{5}, {9}}}) {
    EventsInput input = series.input();
    input.told = told;
    EXPECT_EQ(factor_events(series.record, input), (std::vector<FactorEvent>{{.day = {6}, .ratio = 2, .link = true}}));
  }
  const std::vector<Date> elsewhere{{3}, {6}};
  EventsInput input = series.input();
  input.told = elsewhere;
  EXPECT_EQ(factor_events(series.record, input), (std::vector{jump}));
}

TEST(FactorEvents, WhatAFileStatesStaysInItsPlace) {
  Series series;
  const FactorEvent first{.day = {2}, .link = true, .stated = true};
  const FactorEvent last{.day = {3}, .ratio = 1.5, .link = true, .stated = true};
  series.record.factors = {first, last};
  EXPECT_EQ(series.events(), (std::vector{first, last, kHalved}));
  series.record.factors.push_back({.day = {5}, .link = true, .stated = true});
  EXPECT_EQ(series.events(), series.record.factors);  // nothing derived between the first and the last
}

TEST(FactorEvents, StatedEventsMoveToBars) {
  const std::vector<std::int32_t> days{1, 5, 9};
  const auto stated = [](int day, double ratio) {
    return FactorEvent{.day = {day}, .ratio = ratio, .link = true, .stated = true};
  };
  EXPECT_EQ(
      stated_events({stated(1, 1), stated(2, 1.5), stated(4, 2), {.day = {5}, .link = true}, stated(12, 3)}, days),
      (std::vector{stated(1, 1), stated(5, 3), stated(12, 3)}));
}

TEST(FactorEvents, NoBarsNoEvents) {
  Series series;
  series.days.clear();
  series.close.clear();
  series.preclose.clear();
  series.record.factors = {{.day = {4}, .link = true, .stated = true}, {.day = {5}, .link = true}};
  EXPECT_EQ(series.events(), (std::vector<FactorEvent>{{.day = {4}, .link = true, .stated = true}}));
}

}  // namespace
}  // namespace momentum::engine
