// What tests/system/import_cli_test.py cannot see from outside; the rows themselves are kind_facts_test's.
#include "import_kind.h"

#include <gtest/gtest.h>

#include "stores.h"

namespace momentum::engine::testing {
namespace {

ImportRequest facts_of(const Store& store, const Files& files, const std::string& kind) {
  ImportRequest request = store.request(files);
  request.kind = kind;
  return request;
}

TEST(ImportKind, ACalendarMakesSessions) {
  const Store store;
  Files bars, calendar;
  for (int i = 0; i < 30; ++i) bars.add(fmt::format("{}.SH", 600000 + i), series(1, 0, i == 0 ? 5 : 4));
  store.import(bars);
  EXPECT_EQ(store.state().sessions[0].days.size(), 4u);  // one bar of thirty makes no session
  std::string text = "market,date\n";
  for (int i = 0; i < 9; ++i) text += fmt::format("SZ,{}\n", to_string(weekday(i)));
  calendar.add_text("c.csv", text);
  ImportRequest request = facts_of(store, calendar, "calendar");
  request.dry_run = true;
  EXPECT_TRUE(store.import(request).changed);
  EXPECT_TRUE(store.state().calendars.empty());
  request.dry_run = false;
  const ImportReport report = store.import(request);
  EXPECT_EQ(report.stored, 9);
  EXPECT_EQ(report.snapshot, 3);
  const auto state = store.state();
  ASSERT_EQ(state.calendars.size(), 1u);
  EXPECT_EQ(state.calendars[0].days.size(), 9u);
  EXPECT_EQ(state.sessions[0].bars, (std::vector<std::int32_t>{30, 30, 30, 30, 1}));
  // bars to come are judged by it
  Files more;
  more.add("600001.SH", series(1, 0, 7));
  store.import(more);
  EXPECT_EQ(store.state().sessions[0].bars, (std::vector<std::int32_t>{30, 30, 30, 30, 2, 1, 1}));
}

TEST(ImportKind, AStrictCallRefusesWhatTheStoreDoesNotKnow) {
  const Store store;
  Files bars, factors;
  bars.add("600000.SH", series(1, 0, 5));
  store.import(bars);
  factors.add_text("f.csv", "code,date,factor\n600000.SH,2024-01-02,2\n600009.SH,2024-01-02,2\n");
  ImportRequest request = facts_of(store, factors, "factors");
  request.strict = true;
  EXPECT_EQ(store.refusal(request).code, ErrorCode::quarantined_rows);
  EXPECT_TRUE(store.record("600000.SH").factors.empty());
  request.strict = false;
  const ImportReport report = store.import(request);
  EXPECT_EQ(report.stored, 1);
  ASSERT_EQ(report.quarantine.size(), 1u);
  EXPECT_EQ(report.quarantine[0].value, "600009.SH");
  EXPECT_EQ(report.summary.rows_in, 2);
}

TEST(ImportKind, InstrumentsMakeAStore) {
  const Store store;
  Files facts;
  facts.add_text("i.csv", "code,name,list_date\n600000.SH,甲,2020-01-02\n");
  EXPECT_TRUE(store.import(facts_of(store, facts, "instruments")).made_store);
  const auto record = store.record("600000.SH");
  EXPECT_EQ(record.listings, (std::vector<catalog::Listing>{{*make_date(2020, 1, 2), Date{}}}));
  EXPECT_EQ(record.names, (std::vector<catalog::DatedText>{{*make_date(2020, 1, 2), "甲"}}));
  Files bars;  // which join the instrument
  bars.add("600000.SH", series(1, 0, 5));
  EXPECT_EQ(store.import(bars).new_instruments, 0);
  EXPECT_EQ(store.record("600000.SH").listings, record.listings);
}

TEST(ImportKind, DerivedFactorsComeBackWhereAFileOfThemNoLongerRules) {
  const Store store;
  Files bars, wide, narrow;
  Rows rows = series(1, 0, 20);
  rows[10]["preclose"] = "9.10";
  bars.add("600000.SH", rows);
  store.import(bars);
  const auto derived = store.record("600000.SH").factors;
  ASSERT_EQ(derived.size(), 1u);
  const auto file = [](int last) {
    return fmt::format("code,date,factor\n600000.SH,{},1\n600000.SH,{},1.5\n", to_string(weekday(1)),
                       to_string(weekday(last)));
  };
  wide.add_text("f.csv", file(15));
  narrow.add_text("f.csv", file(3));
  store.import(facts_of(store, wide, "factors"));
  EXPECT_EQ(store.record("600000.SH").factors.size(), 2u);
  store.import(facts_of(store, narrow, "factors"));
  const auto factors = store.record("600000.SH").factors;
  ASSERT_EQ(factors.size(), 3u);
  EXPECT_EQ(factors[1].day, weekday(3));
  EXPECT_EQ(factors[2], derived[0]);
  EXPECT_EQ(store.state().snapshot.account, (catalog::Account{.revised = 1}));
}

// So that gc keeps the state before.
TEST(ImportKind, WhatReplacesFactsIsACorrection) {
  const Store store;
  Files bars;
  bars.add("600000.SH", series(1, 0, 5));
  store.import(bars);
  const std::string day = to_string(weekday(2));
  for (const auto& [kind, header] :
       {std::pair{"actions", "code,date,cash,bonus\n"}, {"limits", "code,date,up,down\n"}}) {
    Files first, second;
    first.add_text("f.csv", fmt::format("{}600000.SH,{},1,1\n", header, day));
    second.add_text("f.csv", fmt::format("{}600000.SH,{},2,1\n", header, day));
    store.import(facts_of(store, first, kind));
    EXPECT_FALSE(store.state().snapshot.account->changes_the_past()) << kind;
    ImportRequest request = facts_of(store, second, kind);
    request.replace = true;
    store.import(request);
    EXPECT_EQ(store.state().snapshot.account, (catalog::Account{.corrected = 1})) << kind;
  }
}

}  // namespace
}  // namespace momentum::engine::testing
