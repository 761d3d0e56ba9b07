#include "random_series.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

namespace momentum::score::oracle {
namespace {

std::uint64_t hash(const Bars& bars) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume, &bars.preclose}) {
    for (const double value : *column) {
      h = (h ^ (std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value))) * 0x100000001b3u;
    }
  }
  return h;
}

bool whole_cents(double price) { return price == std::round(price * 100) / 100; }

TEST(SplitMix64, GivesThePublishedSequence) {
  SplitMix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(RandomSeries, SameArgumentsGiveTheSameBits) {
  const SeriesOptions options{
      .bars = 500, .missing_open = 0.01, .missing_close = 0.01, .missing_volume = 0.01, .ex_date = 0.02};
  EXPECT_EQ(hash(random_series(1, options)), hash(random_series(1, options)));
  EXPECT_NE(hash(random_series(1, options)), hash(random_series(2, options)));
  EXPECT_EQ(hash(random_series(1, options)), 14261894046754850661u);  // pinned: the same on every machine
}

TEST(RandomSeries, IsAsAwkwardAsPromised) {
  const SeriesOptions options{
      .bars = 20'000, .missing_open = 0.01, .missing_close = 0.01, .missing_volume = 0.01, .ex_date = 0.01};
  const Bars bars = random_series(3, options);
  std::size_t unchanged = 0, up = 0, down = 0, no_volume = 0, no_open = 0, no_close = 0, missing_volume = 0, ex = 0;
  std::size_t one_price = 0;
  for (std::size_t t = 1; t < bars.size(); ++t) {
    const double close = bars.close[t], before = bars.close[t - 1];
    unchanged += close == before;
    up += std::fabs(close / before - 1.1) < 0.002;
    down += std::fabs(close / before - 0.9) < 0.002;
    no_volume += bars.volume[t] == 0;
    no_open += std::isnan(bars.open[t]);
    no_close += std::isnan(close);
    missing_volume += std::isnan(bars.volume[t]);
    ex += !std::isnan(before) && bars.preclose[t] != before;
    one_price += bars.high[t] == bars.low[t];
    EXPECT_GE(bars.high[t], bars.low[t]);
    EXPECT_GT(bars.low[t], 0);
    EXPECT_TRUE(std::isnan(close) || (close <= bars.high[t] && close >= bars.low[t])) << t;
    EXPECT_TRUE(std::isnan(close) || whole_cents(close)) << t;
  }
  EXPECT_GE(unchanged, bars.size() * 3 / 100);
  for (const std::size_t count : {up, down, no_volume, no_open, no_close, missing_volume, ex, one_price}) {
    EXPECT_GE(count, 50u);
  }
}

TEST(RandomSeries, DefaultsMissNothing) {
  const Bars bars = random_series(4);
  EXPECT_EQ(bars.size(), 300u);
  EXPECT_TRUE(bars.preclose.empty());
  for (const auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume}) {
    for (const double value : *column) EXPECT_FALSE(std::isnan(value));
  }
}

TEST(RandomSeries, LevelsReachFar) {
  const Bars tiny = random_series(5, {.price = 0.02});
  EXPECT_LT(std::set<double>(tiny.close.begin(), tiny.close.end()).size(), 30u);  // penny prices tie
  const Bars small = random_series(5, {.scale = 1e-150});
  const Bars large = random_series(5, {.scale = 1e150});
  EXPECT_LT(small.close[0], 1e-148);
  EXPECT_GT(large.close[0], 1e150);
  for (const double price : small.close) EXPECT_GT(price, 0);
  for (const double price : large.close) EXPECT_TRUE(std::isfinite(price));
}

}  // namespace
}  // namespace momentum::score::oracle
