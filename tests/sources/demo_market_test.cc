// The promise of equal bits, the planted cases, the likeness to a real market, and the Arrow tables.

#include "momentum/sources/demo_market.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reading.h"

namespace momentum::sources::testing {
namespace {

DemoMarket market(const DemoOptions& options) {
  auto made = DemoMarket::make(options);
  EXPECT_TRUE(made) << made.error().to_string();
  return *std::move(made);
}

std::uint64_t checksum(const DemoOptions& options, int threads = 1) {
  Context ctx;
  ctx.threads = threads;
  return market(options).checksum(ctx).value();
}

// Golden, of this program: they change with kDemoVersion and never otherwise.
TEST(DemoMarket, HasTheSameBitsEverywhere) {
  EXPECT_EQ(kDemoVersion, 1);
  EXPECT_EQ(checksum({}), 0xd547aa54bbc25204u);
  EXPECT_EQ(checksum({.stocks = 60, .years = 10, .seed = 7}), 0x2af07a02183d016eu);
  EXPECT_EQ(checksum({.stocks = 100, .years = 2, .seed = 2, .end = *make_date(2024, 2, 29)}), 0xf22fcd78fd5576e5u);
}

TEST(DemoMarket, DoesNotDependOnThreadsOrOrder) {
  const DemoOptions options{.stocks = 40, .years = 2};
  EXPECT_EQ(checksum(options, 1), checksum(options, 4));
  const DemoMarket one = market(options), other = market(options);
  std::vector<std::uint64_t> forward, backward;
  for (std::size_t i = 0; i < one.size(); ++i) forward.push_back(one.checksum(i));
  for (std::size_t i = other.size(); i-- > 0;) backward.insert(backward.begin(), other.checksum(i));
  EXPECT_EQ(forward, backward);
}

TEST(DemoMarket, DiffersBySeed) {
  EXPECT_NE(checksum({.stocks = 20, .years = 1, .seed = 1}), checksum({.stocks = 20, .years = 1, .seed = 2}));
  EXPECT_NE(market({.seed = 1}).checksum(3), market({.seed = 2}).checksum(3));
}

TEST(DemoMarket, CanBeInterrupted) {
  CancelToken cancel;
  cancel.cancel();
  Context ctx;
  ctx.cancel = &cancel;
  EXPECT_EQ(market({.stocks = 20}).checksum(ctx).error().code, ErrorCode::interrupted);
}

TEST(DemoMarket, RefusesWhatItCannotMake) {
  const auto error = [](const DemoOptions& options) {
    const auto made = DemoMarket::make(options);
    EXPECT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::bad_value);
    return made.error().to_string();
  };
  EXPECT_EQ(error({.stocks = 0}), "0 stocks: option stocks; give 1 to 6000");
  EXPECT_EQ(error({.stocks = 6001}), "6001 stocks: option stocks; give 1 to 6000");
  EXPECT_EQ(error({.years = 0}), "0 years: option years; give 1 to 40");
  EXPECT_EQ(error({.years = 41}), "41 years: option years; give 1 to 40");
  EXPECT_EQ(error({.end = Date{}}), "end missing: option end; give a day of 1991 to 2030");
  EXPECT_EQ(error({.end = *make_date(2031, 1, 1)}), "end 2031-01-01: option end; give a day of 1991 to 2030");
  EXPECT_EQ(error({.years = 36}),
            "36 years to 2025-12-31: option years; begin in 1991 or later: give fewer years or a later end");
}

TEST(DemoMarket, CoversItsYears) {
  const DemoMarket made = market({});
  EXPECT_EQ(to_string(made.options().end), "2025-12-31");
  EXPECT_EQ(to_string(made.sessions().front()), "2023-01-02");
  EXPECT_EQ(to_string(made.sessions().back()), "2025-12-31");
  const DemoMarket leap = market({.stocks = 1, .years = 1, .end = *make_date(2024, 2, 29)});
  EXPECT_EQ(to_string(leap.sessions().front()), "2023-03-01");
  EXPECT_EQ(to_string(leap.sessions().back()), "2024-02-29");
  EXPECT_EQ(to_string(market({.stocks = 1, .years = 35}).sessions().front()), "1991-01-02");
}

// Golden, of this program.
TEST(DemoMarket, BeginsLikeThis) {
  const DemoMarket made = market({});
  const DemoInstrument& stock = made.instrument(100);
  std::string text = fmt::format("{} {} {} {} {}\n", to_string(stock.id), stock.names.front().name, stock.board,
                                 stock.industry, to_string(stock.list_date));
  const DemoHistory bars = made.history(100);
  for (std::size_t k = 0; k < 6; ++k) {
    text += fmt::format("{} {} {} {} {} {} {} {} {}\n", to_string(bars.dates[k]), bars.preclose[k], bars.open[k],
                        bars.high[k], bars.low[k], bars.close[k], bars.volume[k], bars.amount[k], bars.turnover[k]);
  }
  EXPECT_EQ(text, R"(002625.SZ 演示钢铁04 main 钢铁 2022-04-19
2023-01-02 347 342 344 340 343 37718700 12942040344 21921
2023-01-03 343 345 346 339 346 47707100 16380232785 27726
2023-01-04 346 348 352 344 349 39798900 13821361992 23130
2023-01-05 349 345 351 342 343 37718700 13022381175 21921
2023-01-06 343 339 341 328 331 57964000 19344905360 33687
2023-01-09 331 332 334 329 333 52246200 17303941440 30364
)");
}

class Planted : public ::testing::TestWithParam<DemoOptions> {
 protected:
  DemoMarket made_ = market(GetParam());
  std::span<const Date> sessions_ = made_.sessions();
  Date ago(std::size_t sessions) const { return sessions_[sessions_.size() - sessions]; }  // 1: the last one
  std::size_t at(DemoCase which) const {
    for (std::size_t i = 0; i < made_.size(); ++i) {
      if (made_.instrument(i).planted == which) return i;
    }
    ADD_FAILURE() << "nowhere: " << to_string(which);
    return 0;
  }
  const DemoInstrument& stock(DemoCase which) const { return made_.instrument(at(which)); }
  DemoHistory bars(DemoCase which) const { return made_.history(at(which)); }
};
INSTANTIATE_TEST_SUITE_P(Markets, Planted,
                         ::testing::Values(DemoOptions{}, DemoOptions{.stocks = 60},
                                           DemoOptions{.stocks = 60, .years = 1, .seed = 9},
                                           DemoOptions{.stocks = 13, .years = 12, .seed = 5},
                                           DemoOptions{.stocks = 60, .end = *make_date(2000, 1, 1)}));

TEST_P(Planted, SuspensionsHaveRecords) {
  const DemoHistory suspended = bars(DemoCase::suspended);
  EXPECT_EQ(suspended.suspended, std::vector<Date>(sessions_.end() - 5, sessions_.end()));
  EXPECT_EQ(suspended.dates.back(), ago(6));

  const DemoHistory resumed = bars(DemoCase::resumed);
  EXPECT_EQ(resumed.suspended, std::vector<Date>(sessions_.end() - 80, sessions_.end() - 20));
  const auto back = std::ranges::find(resumed.dates, ago(20)) - resumed.dates.begin();
  EXPECT_GT(std::abs(resumed.close[back] - resumed.preclose[back]) * 100, resumed.preclose[back] * 8);
}

TEST_P(Planted, SomeSessionsHaveNeitherBarNorRecord) {
  const DemoHistory stopped = bars(DemoCase::stopped);
  EXPECT_EQ(stopped.dates.back(), ago(31));
  EXPECT_TRUE(stopped.suspended.empty());
  EXPECT_FALSE(stock(DemoCase::stopped).delist_date.has_value());

  const DemoHistory gap = bars(DemoCase::gap);
  EXPECT_TRUE(gap.suspended.empty());
  const auto behind = std::ranges::lower_bound(gap.dates, ago(100));
  EXPECT_EQ(*behind, ago(100));
  EXPECT_EQ(behind[-1], ago(116));
  EXPECT_EQ(gap.dates.back(), ago(1));
  EXPECT_TRUE(std::ranges::any_of(
      gap.ex_dates, [&](const DemoExDate& ex) { return ex.bonus > 0 && ex.date > ago(116) && ex.date < ago(100); }));
}

TEST_P(Planted, SomeValuesAreMissing) {
  const DemoHistory stale = bars(DemoCase::no_close);
  EXPECT_EQ(stale.dates.back(), ago(1));
  EXPECT_EQ(std::ranges::count(stale.close, kDemoMissing), 3);
  EXPECT_EQ(std::ranges::count(stale.amount, kDemoMissing), 3);
  EXPECT_TRUE(std::all_of(stale.close.end() - 3, stale.close.end(), [](auto close) { return close == kDemoMissing; }));

  const DemoHistory lost = bars(DemoCase::lost_close);
  EXPECT_EQ(std::ranges::count(lost.close, kDemoMissing), 1);
  EXPECT_EQ(lost.close[69], kDemoMissing);

  const DemoHistory holes = bars(DemoCase::holes);
  for (std::size_t k = 0; k < holes.dates.size(); ++k) EXPECT_EQ(holes.volume[k] == kDemoMissing, k % 9 == 8);
}

TEST_P(Planted, SomeAreYoung) {
  EXPECT_EQ(stock(DemoCase::young).list_date, ago(80));
  EXPECT_EQ(bars(DemoCase::young).dates.size(), 80u);
  EXPECT_EQ(bars(DemoCase::newborn).dates.size(), 3u);
}

TEST_P(Planted, BadCompaniesAreMarked) {
  const DemoInstrument& gone = stock(DemoCase::delisted);
  EXPECT_EQ(gone.delist_date, ago(40));
  EXPECT_TRUE(gone.names.back().name.starts_with("*ST"));
  EXPECT_EQ(bars(DemoCase::delisted).dates.back(), ago(41));

  const DemoInstrument& special = stock(DemoCase::special);
  EXPECT_EQ(special.board, "main");
  EXPECT_TRUE(special.names.back().name.starts_with("ST"));
  EXPECT_EQ(special.names.back().from, ago(100));
}

TEST_P(Planted, OneNeverMoves) {
  const DemoHistory flat = bars(DemoCase::flat);
  for (const auto* column : {&flat.open, &flat.high, &flat.low, &flat.close, &flat.preclose})
    EXPECT_EQ(std::ranges::count(*column, flat.open.front()), std::ssize(flat.dates));
  EXPECT_GE(flat.dates.size(), 120u);  // enough bars: it is the price that forbids a score
  EXPECT_TRUE(flat.ex_dates.empty());
}

// Shares of all bars in 10,000 of the real market since 2002: closes at the limit 285, one price all day 35, unchanged
// closes 291, ex-dates 31.
TEST(DemoMarket, ResemblesARealOne) {
  for (const DemoOptions& options : {DemoOptions{}, DemoOptions{.stocks = 60}, DemoOptions{.stocks = 60, .seed = 42}}) {
    const DemoMarket made = market(options);
    double bars = 0, unchanged = 0, locked = 0, up = 0, down = 0, cash = 0, bonus = 0, suspended = 0, sum = 0,
           squares = 0;
    std::int64_t st = 0, listed = 0;
    for (std::size_t i = 0; i < made.size(); ++i) {
      const DemoInstrument& stock = made.instrument(i);
      if (stock.planted == DemoCase::flat) continue;
      st += stock.names.size() > 1;
      listed += stock.list_date > made.sessions().front();
      const DemoHistory history = made.history(i);
      suspended += static_cast<double>(history.suspended.size());
      for (const DemoExDate& ex : history.ex_dates) {
        cash += ex.cash > 0;
        bonus += ex.bonus > 0;
      }
      for (std::size_t k = 10; k < history.dates.size(); ++k) {
        if (history.close[k] == kDemoMissing) continue;
        const double move = static_cast<double>(history.close[k]) / static_cast<double>(history.preclose[k]) - 1;
        ++bars;
        unchanged += move == 0;
        locked += history.high[k] == history.low[k] && move != 0;
        up += stock.board == "main" && std::abs(move - 0.1) < 0.0005;
        down += stock.board == "main" && std::abs(move + 0.1) < 0.0005;
        sum += move;
        squares += move * move;
      }
    }
    EXPECT_GT(unchanged / bars, 0.02);
    EXPECT_LT(unchanged / bars, 0.05);
    EXPECT_GT(up / bars, 0.004);
    EXPECT_GT(down / bars, 0.002);
    EXPECT_LT((up + down) / bars, 0.03);
    EXPECT_GT(locked / bars, 0.001);
    EXPECT_LT(locked / bars, 0.01);
    EXPECT_NEAR(std::sqrt(squares / bars), 0.033, 0.008);
    EXPECT_NEAR(sum / bars, 0, 0.002);
    EXPECT_GT(suspended / bars, 0.002);
    EXPECT_LT(suspended / bars, 0.05);
    EXPECT_GT(cash, 20);
    EXPECT_GT(bonus, 1);
    EXPECT_GE(st, 3);
    EXPECT_GE(listed, 4);
  }
}

TEST(DemoBars, AreTheIntegersInYuan) {
  const DemoMarket made = market({.stocks = 60});
  for (std::size_t i = 0; i < made.size(); ++i) {
    const DemoHistory history = made.history(i);
    const InstrumentBars bars = made.bars(i);
    EXPECT_EQ(bars.id, made.instrument(i).id);
    EXPECT_EQ(bars.suspended, history.suspended);
    EXPECT_TRUE(bars.quarantined.empty());
    ASSERT_TRUE(bars.bars->ValidateFull().ok());
    ASSERT_EQ(bars.bars->num_rows(), std::ssize(history.dates));
    const auto same = [&](const std::string& name, const std::vector<std::int64_t>& integers, int decimals) {
      Numbers expected;
      for (const std::int64_t value : integers) {
        const std::string text = fmt::format("{}e-{}", value, decimals);  // read as a CSV field would be
        expected.push_back(value == kDemoMissing ? std::nullopt : std::optional(std::strtod(text.c_str(), nullptr)));
      }
      EXPECT_EQ(column(bars, name), expected) << name;
    };
    same("open", history.open, 2);
    same("high", history.high, 2);
    same("low", history.low, 2);
    same("close", history.close, 2);
    same("volume", history.volume, 0);
    same("amount", history.amount, 2);
    same("preclose", history.preclose, 2);
    same("turnover", history.turnover, 6);
  }
}

TEST(DemoBars, HaveTheSchemaOfABarSet) {
  EXPECT_EQ(market({.stocks = 1}).bars(0).bars->schema()->ToString(),
            "date: date32[day] not null\nopen: double\nhigh: double\nlow: double\nclose: double\nvolume: double\n"
            "amount: double\npreclose: double\nturnover: double");
}

}  // namespace
}  // namespace momentum::sources::testing
