// The minutes of the demo market make its days, exactly.

#include "demo_minutes.h"

#include <algorithm>
#include <cmath>

#include "momentum/sources/demo_market.h"
#include "reading.h"

namespace momentum::sources::testing {
namespace {

DemoMarket market(const DemoOptions& options) { return DemoMarket::make(options).value(); }

double value(const std::optional<double>& cell) { return cell.value_or(NAN); }
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

TEST(DemoMinutes, MakeEachDayExactly) {
  const DemoMarket demo = market({.stocks = 40, .years = 1, .seed = 3});
  std::int64_t days_seen = 0;
  for (std::size_t i = 0; i < demo.size(); ++i) {
    const InstrumentBars days = demo.bars(i), minutes = demo.minutes(i, demo.sessions().front());
    const auto& dates = static_cast<const arrow::Date32Array&>(*days.bars->GetColumnByName("date")->chunk(0));
    const auto& of = static_cast<const arrow::Date32Array&>(*minutes.bars->GetColumnByName("date")->chunk(0));
    ASSERT_EQ(of.length(), dates.length() * 240);
    std::map<std::string, Numbers> day, minute;
    for (const char* const name : {"open", "high", "low", "close", "volume", "amount"}) {
      day[name] = column(days, name);
      minute[name] = column(minutes, name);
    }
    for (std::size_t t = 0; t < day["open"].size(); ++t, ++days_seen) {
      double high = NAN, low = NAN, close = NAN, volume = NAN, amount = NAN;
      for (std::size_t m = t * 240; m < (t + 1) * 240; ++m) {
        ASSERT_EQ(of.Value(static_cast<std::int64_t>(m)), dates.Value(static_cast<std::int64_t>(t)));
        const double h = value(minute["high"][m]), l = value(minute["low"][m]), o = value(minute["open"][m]),
                     c = value(minute["close"][m]);
        ASSERT_TRUE(h >= o && l <= o && (std::isnan(c) || (h >= c && l <= c)));
        high = std::fmax(high, h);
        low = std::fmin(low, l);
        if (!std::isnan(c)) close = c;
        if (minute["volume"][m]) volume = (std::isnan(volume) ? 0 : volume) + *minute["volume"][m];
        if (minute["amount"][m]) amount = (std::isnan(amount) ? 0 : amount) + *minute["amount"][m];
      }
      const std::string where = to_string(days.id) + " " + to_string(Date{dates.Value(static_cast<std::int64_t>(t))});
      EXPECT_TRUE(same(value(minute["open"][t * 240]), value(day["open"][t]))) << where;
      EXPECT_TRUE(same(high, value(day["high"][t]))) << where;
      EXPECT_TRUE(same(low, value(day["low"][t]))) << where;
      EXPECT_TRUE(same(close, value(day["close"][t]))) << where;
      EXPECT_TRUE(same(volume, value(day["volume"][t]))) << where;
      EXPECT_TRUE(same(amount, value(day["amount"][t]))) << where << ' ' << amount << ' ' << value(day["amount"][t]);
    }
  }
  EXPECT_GT(days_seen, 5000);
}

TEST(DemoMinutes, BeginOnAnyDayWithTheSameBits) {
  const DemoMarket demo = market({.stocks = 13, .years = 1});
  const Date from = demo.sessions()[demo.sessions().size() - 5];
  for (const std::size_t i : {0u, 5u, 12u}) {
    const auto all = demo.minutes(i, demo.sessions().front()).bars, some = demo.minutes(i, from).bars;
    EXPECT_LE(some->num_rows(), 5 * 240);
    EXPECT_TRUE(some->Equals(*all->Slice(all->num_rows() - some->num_rows())));
  }
}

// Prices go from the open to the close by way of both extremes, and minutes differ.
TEST(DemoMinutes, ADay) {
  const DemoMinutes made = demo_minutes(DemoRandom(1, 2, 3), {1000, 1040, 990, 1010, 500'000, 505'000'077});
  EXPECT_EQ(made.open[0], 1000);
  EXPECT_EQ(made.close[239], 1010);
  EXPECT_EQ(std::ranges::max(made.high), 1040);
  EXPECT_EQ(std::ranges::min(made.low), 990);
  EXPECT_GT(made.volume[0], made.volume[120]);
  for (std::size_t m = 0; m + 1 < kDemoMinutes; ++m) {
    EXPECT_EQ(made.open[m + 1], made.close[m]);
    EXPECT_EQ(made.amount[m] % 100, 0);
  }
  const DemoMinutes flat = demo_minutes(DemoRandom(1, 2, 3), {700, 700, 700, 700, 100, 70'000});
  EXPECT_EQ(std::ranges::max(flat.high), 700);
  EXPECT_EQ(std::ranges::min(flat.low), 700);
}

}  // namespace
}  // namespace momentum::sources::testing
