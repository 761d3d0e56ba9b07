#include "momentum/engine/demo.h"

#include <gtest/gtest.h>

#include "stored_days.h"
#include "stores.h"

namespace momentum::engine::testing {
namespace {

DemoRequest small(const Store& store) {
  DemoRequest request;
  request.store = store.path();
  request.market.stocks = 15;
  request.market.years = 1;
  return request;
}

TEST(Demo, TheStoreIsTheMarket) {
  const Store store;
  const auto made = make_demo(context(2), small(store));
  ASSERT_TRUE(made) << made.error().to_string();
  const auto market = sources::DemoMarket::make(small(store).market);
  ASSERT_TRUE(market);
  const catalog::State state = store.state();
  EXPECT_TRUE(state.info.synthetic);
  EXPECT_EQ(state.info.arguments, "--stocks 15 --years 1 --seed 1 --end 2025-12-31 (version 1)");
  EXPECT_EQ(state.snapshot.op, "demo");
  ASSERT_EQ(state.instruments.size(), 15u);
  const auto days = stored_days(context(), store.path(), state);
  ASSERT_TRUE(days) << days.error().to_string();
  std::vector<std::int32_t> counts(market->sessions().size());
  std::int64_t bars = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const auto& stock = market->instrument(i);
    const auto& record = state.instruments[i];
    const auto history = market->history(i);
    EXPECT_EQ(record.code, stock.id);
    EXPECT_EQ(record.names.size(), stock.names.size());
    EXPECT_EQ(record.suspended, history.suspended);
    EXPECT_EQ(record.listings[0].listed, stock.list_date);
    EXPECT_EQ(record.listings[0].delisted.has_value(), stock.delist_date.has_value());
    EXPECT_TRUE(!stock.delist_date.has_value() || record.listings[0].delisted < stock.delist_date);
    const auto numbers = day_numbers(history.dates);
    EXPECT_EQ((*days)[i], DayList(numbers.begin(), numbers.end()));
    std::vector<Date> links;
    for (const auto& event : record.factors)
      if (event.link) links.push_back(event.day);
    for (const Date link : links)
      EXPECT_TRUE(std::ranges::any_of(history.ex_dates, [&](const auto& ex) { return ex.date == link; }));
    bars += static_cast<std::int64_t>(history.dates.size());
    for (const Date day : history.dates)
      ++counts[static_cast<std::size_t>(std::ranges::find(market->sessions(), day) - market->sessions().begin())];
  }
  EXPECT_EQ(made->bars, bars);
  ASSERT_EQ(state.sessions.size(), 1u);
  EXPECT_EQ(state.sessions[0].market, "a");
  EXPECT_EQ(state.sessions[0].bars, counts);
}

TEST(Demo, OneMarketInAStore) {
  const Store store;
  ASSERT_TRUE(make_demo(context(), small(store)));
  const auto again = make_demo(context(), small(store));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::store_exists);
}

TEST(Demo, WhatAKilledMakerLeftIsFilled) {
  const Store store;
  catalog::StoreInfo info;
  info.synthetic = true;
  info.arguments = "--stocks 15 --years 1 --seed 1 --end 2025-12-31 (version 1)";
  ASSERT_TRUE(catalog::Catalog::create(context(), store.path(), info));
  DemoRequest other = small(store);
  other.market.seed = 2;
  EXPECT_FALSE(make_demo(context(), other));
  EXPECT_TRUE(make_demo(context(), small(store)));
}

TEST(Demo, BadOptionsMakeNoStore) {
  const Store store;
  DemoRequest request = small(store);
  request.market.stocks = 0;
  const auto made = make_demo(context(), request);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::bad_value);
  request = small(store);
  request.storage = "xml";
  EXPECT_FALSE(make_demo(context(), request));
  EXPECT_FALSE(catalog::Catalog::open(store.path()));
}

}  // namespace
}  // namespace momentum::engine::testing
