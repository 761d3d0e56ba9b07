// What every bar of the demo market obeys, and what the market looks like as a whole.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "demo_limits.h"
#include "momentum/sources/demo_market.h"

namespace momentum::sources::testing {
namespace {

DemoMarket market(const DemoOptions& options) {
  auto made = DemoMarket::make(options);
  EXPECT_TRUE(made) << made.error().to_string();
  return *std::move(made);
}

DemoBoard board_of_name(std::string_view name) {
  const std::map<std::string_view, DemoBoard> boards = {
      {"main", DemoBoard::main}, {"chinext", DemoBoard::chinext}, {"star", DemoBoard::star}, {"bse", DemoBoard::bse}};
  return boards.at(name);
}

bool is_st(const DemoInstrument& stock, Date day) {
  bool st = false;
  for (const DemoName& name : stock.names) {
    if (name.from <= day) st = name.name.find("ST") != std::string::npos;
  }
  return st;
}

// Markets of each era of the rules.
class DemoPath : public ::testing::TestWithParam<DemoOptions> {
 protected:
  template <class Check>
  void for_each_stock(Check check) {
    const DemoMarket made = market(GetParam());
    for (std::size_t i = 0; i < made.size() && !HasFailure(); ++i) {
      SCOPED_TRACE(to_string(made.instrument(i).id));
      check(made, made.instrument(i), made.history(i));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(
    Eras, DemoPath,
    ::testing::Values(DemoOptions{}, DemoOptions{.stocks = 60}, DemoOptions{.stocks = 60, .years = 10, .seed = 7},
                      DemoOptions{.stocks = 100, .years = 3, .end = *make_date(1998, 6, 30)},
                      DemoOptions{.stocks = 60, .years = 1, .seed = 3, .end = *make_date(2030, 12, 31)}),
    [](const auto& era) { return "to" + std::to_string(year_of(era.param.end)) + "_" + std::to_string(era.index); });

TEST_P(DemoPath, StaysWithinItsListingAndAccountsForEverySession) {
  for_each_stock([](const DemoMarket& made, const DemoInstrument& stock, const DemoHistory& bars) {
    ASSERT_FALSE(bars.dates.empty());
    std::set<Date> seen(bars.dates.begin(), bars.dates.end());
    EXPECT_EQ(seen.size(), bars.dates.size());
    seen.insert(bars.suspended.begin(), bars.suspended.end());
    EXPECT_EQ(seen.size(), bars.dates.size() + bars.suspended.size());
    EXPECT_TRUE(std::ranges::is_sorted(bars.dates));
    EXPECT_TRUE(std::ranges::is_sorted(bars.suspended));
    std::size_t listed = 0;
    for (const Date day : made.sessions()) {
      const bool is_listed = day >= stock.list_date && !(stock.delist_date.has_value() && day >= stock.delist_date);
      listed += is_listed;
      EXPECT_TRUE(is_listed || !seen.contains(day)) << to_string(day);
    }
    const std::size_t unexplained = stock.planted == DemoCase::gap ? 15 : stock.planted == DemoCase::stopped ? 30 : 0;
    EXPECT_EQ(seen.size() + unexplained, listed);
  });
}

TEST_P(DemoPath, OrdersThePricesOfADay) {
  for_each_stock([](const DemoMarket&, const DemoInstrument&, const DemoHistory& bars) {
    for (std::size_t k = 0; k < bars.dates.size(); ++k) {
      SCOPED_TRACE(to_string(bars.dates[k]));
      const std::int64_t close = bars.close[k] == kDemoMissing ? bars.open[k] : bars.close[k];
      ASSERT_GE(bars.low[k], 1);
      ASSERT_LE(bars.low[k], std::min(bars.open[k], close));
      ASSERT_GE(bars.high[k], std::max(bars.open[k], close));
      if (bars.volume[k] == kDemoMissing) continue;
      ASSERT_GT(bars.volume[k], 0);
      ASSERT_EQ(bars.volume[k] % 100, 0);
      ASSERT_GE(bars.turnover[k], 0);
      ASSERT_LT(bars.turnover[k], 1'000'000);
      if (bars.amount[k] == kDemoMissing) continue;
      ASSERT_GE(bars.amount[k], bars.low[k] * bars.volume[k]);
      ASSERT_LE(bars.amount[k], bars.high[k] * bars.volume[k]);
      ASSERT_LT(bars.amount[k], std::int64_t{1} << 53);  // exact as a double
    }
  });
}

TEST_P(DemoPath, RespectsTheLimits) {
  for_each_stock([](const DemoMarket& made, const DemoInstrument& stock, const DemoHistory& bars) {
    for (std::size_t k = 0; k < bars.dates.size(); ++k) {
      const Date day = bars.dates[k];
      const auto since =
          std::ranges::lower_bound(made.sessions(), day) - std::ranges::lower_bound(made.sessions(), stock.list_date);
      const std::int64_t age = stock.list_date < made.sessions().front() ? 1000 : since;
      const DemoLimits limits =
          demo_limits(board_of_name(stock.board), is_st(stock, day), stock.list_date, age, day, bars.preclose[k]);
      ASSERT_LE(bars.high[k], limits.up) << to_string(day);
      ASSERT_GE(bars.low[k], limits.down) << to_string(day);
    }
  });
}

TEST_P(DemoPath, ChainsPrecloseButForExDates) {
  for_each_stock([](const DemoMarket&, const DemoInstrument&, const DemoHistory& bars) {
    auto ex = bars.ex_dates.begin();
    for (std::size_t k = 1; k < bars.dates.size(); ++k) {
      const std::int64_t last = bars.close[k - 1];
      std::int64_t expected = last;
      if (ex != bars.ex_dates.end() && ex->date <= bars.dates[k]) {
        const std::int64_t worth = 10 * last - ex->cash, shares = 10 + ex->bonus;
        expected = worth / shares + (worth % shares * 2 >= shares);  // half up
        EXPECT_GT(ex->date, bars.dates[k - 1]);
        EXPECT_NE(expected, last);
        ++ex;
      }
      if (last == kDemoMissing) continue;
      ASSERT_EQ(bars.preclose[k], expected) << to_string(bars.dates[k]);
    }
    EXPECT_EQ(ex, bars.ex_dates.end());
  });
}

}  // namespace
}  // namespace momentum::sources::testing
