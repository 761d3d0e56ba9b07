// Codes, names, listings and what is planted.

#include "demo_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "demo_names.h"

namespace momentum::sources::testing {
namespace {

DemoMarket market(const DemoOptions& options) {
  auto made = DemoMarket::make(options);
  EXPECT_TRUE(made) << made.error().to_string();
  return *std::move(made);
}

std::map<std::string_view, int> boards(const DemoMarket& of) {
  std::map<std::string_view, int> count;
  for (std::size_t i = 0; i < of.size(); ++i) ++count[of.instrument(i).board];
  return count;
}

TEST(DemoPlan, NumbersStocksAscendingAndOnce) {
  for (const int stocks : {1, 2, 13, 60, 500, 6000}) {
    const DemoMarket made = market({.stocks = stocks, .years = 1});
    ASSERT_EQ(made.size(), static_cast<std::size_t>(stocks));
    for (std::size_t i = 0; i < made.size(); ++i) {
      const Instrument& id = made.instrument(i).id;
      EXPECT_EQ(parse_code(to_string(id)), id);
      EXPECT_EQ(kind_of(id), Kind::stock);
      EXPECT_EQ(id.symbol.size(), 6u);
      EXPECT_TRUE(i == 0 || made.instrument(i - 1).id < id);
    }
  }
}

TEST(DemoPlan, SharesBoardsAsTheRealMarketDoes) {
  const auto count = boards(market({.stocks = 1000}));
  EXPECT_EQ(count, (std::map<std::string_view, int>{{"main", 585}, {"chinext", 250}, {"star", 110}, {"bse", 55}}));
}

TEST(DemoPlan, OpensNoBoardBeforeItsDay) {
  EXPECT_EQ(boards(market({.stocks = 100, .end = *make_date(2005, 12, 30)})).size(), 1u);
  EXPECT_EQ(boards(market({.stocks = 100, .end = *make_date(2015, 12, 31)})).size(), 2u);
  const DemoMarket made = market({.stocks = 500, .years = 12});
  for (std::size_t i = 0; i < made.size(); ++i) {
    const DemoInstrument& stock = made.instrument(i);
    EXPECT_TRUE(stock.board != "star" || stock.list_date >= *make_date(2019, 7, 22));
    EXPECT_TRUE(stock.board != "bse" || stock.list_date >= *make_date(2021, 11, 15));
  }
}

TEST(DemoPlan, NamesNoCompany) {
  const DemoMarket made = market({.stocks = 3000});
  std::set<std::string> seen;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const DemoInstrument& stock = made.instrument(i);
    ASSERT_FALSE(stock.names.empty());
    const std::string& plain = stock.names.front().name;
    EXPECT_TRUE(plain.starts_with("演示" + stock.industry)) << plain;
    EXPECT_TRUE(seen.insert(plain).second) << plain;
    EXPECT_EQ(stock.names.front().from, stock.list_date);
    EXPECT_EQ(demo_sessions(stock.list_date, stock.list_date).size(), 1u) << to_string(stock.list_date);
    for (std::size_t k = 1; k < stock.names.size(); ++k) {
      EXPECT_LT(stock.names[k - 1].from, stock.names[k].from);
      EXPECT_TRUE(stock.names[k].name.ends_with(plain));
      EXPECT_NE(stock.names[k - 1].name, stock.names[k].name);
    }
    EXPECT_TRUE(!stock.delist_date.has_value() || stock.names.back().name.starts_with("*ST"));
  }
  EXPECT_TRUE(seen.contains("演示银行01"));
  EXPECT_EQ(seen.size(), 3000u);
}

TEST(DemoPlan, EndsAnStRunWithThePlainName) {
  const auto sessions = demo_sessions(*make_date(2023, 1, 1), *make_date(2024, 12, 31));
  DemoPlan plan;
  plan.list_date = sessions[0];
  plan.end = 400;
  plan.st_begin = 100;
  plan.worse_begin = 150;
  plan.st_end = 200;
  EXPECT_EQ(demo_names(plan, sessions, 7), (std::vector<DemoName>{{sessions[0], "演示银行07"},
                                                                  {sessions[100], "ST演示银行07"},
                                                                  {sessions[150], "*ST演示银行07"},
                                                                  {sessions[200], "演示银行07"}}));
  plan.st_begin = plan.worse_begin = 120;
  EXPECT_EQ(demo_names(plan, sessions, 107).at(1), (DemoName{sessions[120], "*ST演示银行107"}));
}

TEST(DemoPlan, HasEveryIndustry) {
  const DemoMarket made = market({});
  std::set<std::string> seen;
  for (std::size_t i = 0; i < made.size(); ++i) seen.insert(made.instrument(i).industry);
  EXPECT_EQ(seen, std::set<std::string>(demo_industries().begin(), demo_industries().end()));
  EXPECT_EQ(seen.size(), 28u);
}

TEST(DemoPlan, PlantsEveryCaseOnceFromThirteenStocksOn) {
  for (const int stocks : {13, 14, 60, 500, 5500}) {
    std::map<DemoCase, int> planted;
    const DemoMarket made = market({.stocks = stocks, .years = 1});
    for (std::size_t i = 0; i < made.size(); ++i) ++planted[made.instrument(i).planted];
    EXPECT_EQ(planted[DemoCase::none], stocks - static_cast<int>(kDemoCases));
    EXPECT_EQ(planted.size(), kDemoCases + 1);
  }
  EXPECT_EQ(market({.stocks = 12}).instrument(6).planted, DemoCase::none);
  EXPECT_EQ(to_string(DemoCase::none), "none");
  EXPECT_EQ(to_string(DemoCase::gap), "gap");
}

}  // namespace
}  // namespace momentum::sources::testing
