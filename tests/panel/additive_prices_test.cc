#include "momentum/panel/additive_prices.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

namespace momentum::panel {
namespace {

Decimal yuan(double value) { return *decimal_of(value); }

// By hand: (10.00 - 0.50 + 4 x 0.3) / (1 + 0.5 + 0.2 + 0.3) = 10.70 / 2 = 5.35.
TEST(PriceAfter, ByHand) {
  const ShareAction action{.day = {},
                           .cash = yuan(0.5),
                           .bonus = yuan(0.5),
                           .transfer = yuan(0.2),
                           .rights = yuan(0.3),
                           .rights_price = yuan(4)};
  EXPECT_EQ(price_after(yuan(10), action, 2), yuan(5.35));
  EXPECT_EQ(price_before(yuan(5.35), action, 2), yuan(10));
  EXPECT_EQ(shares_after(action), yuan(2));
}

// Halves that no binary fraction has: 1.05 / 2 = 0.525, 2.01 / 2 = 1.005, and below 0.
TEST(PriceAfter, HalvesGoAwayFromZero) {
  const ShareAction doubled{.day = {}, .bonus = yuan(1)};
  EXPECT_EQ(price_after(yuan(1.05), doubled, 2), yuan(0.53));
  EXPECT_EQ(price_after(yuan(2.01), doubled, 2), yuan(1.01));
  EXPECT_EQ(price_after(yuan(-2.01), doubled, 2), yuan(-1.01));
  EXPECT_EQ(price_after(yuan(2.01), doubled, 3), yuan(1.005));
  EXPECT_EQ(price_after(yuan(0.01), ShareAction{.day = {}, .cash = yuan(1)}, 2), yuan(-0.99));
  EXPECT_EQ(price_before(yuan(100000), ShareAction{.day = {}, .bonus = yuan(100000)}, 2), std::nullopt);
}

constexpr std::array<std::int32_t, 4> kDays{10, 11, 14, 20};
const std::array<double, 4> kPrices{10.0, 10.2, 5.1, std::nan("")};
const std::array<ShareAction, 3> kActions{
    ShareAction{.day = {10}, .cash = {Decimal::kOne}},
    ShareAction{.day = {12}, .cash = {Decimal::kOne / 10}, .bonus = {Decimal::kOne}},
    ShareAction{.day = {21}, .cash = {Decimal::kOne}}};

AdditiveInput input(Level level, int as_of) { return {kDays, kActions, Date{as_of}, level, 2}; }

TEST(AdditivePrices, FrontMovesTheBarsBeforeAnExDate) {
  const auto front = additive_prices(input(Level::front, 20), kPrices);
  EXPECT_EQ(front[0], 4.95);  // (10.00 - 0.10) / 2; the ex-date on the bar's own day is behind it
  EXPECT_EQ(front[1], 5.05);
  EXPECT_EQ(front[2], 5.1);
  EXPECT_TRUE(std::isnan(front[3]));
}

TEST(AdditivePrices, BackMovesTheBarsFromAnExDateOn) {
  const auto back = additive_prices(input(Level::back, 20), kPrices);
  EXPECT_EQ(back[0], 10.0);
  EXPECT_EQ(back[1], 10.2);
  EXPECT_EQ(back[2], 10.3);  // 5.10 x 2 + 0.10
  EXPECT_TRUE(std::isnan(back[3]));
}

TEST(AdditivePrices, WhatIsNoPriceIsMissing) {
  const std::array<double, 4> odd{INFINITY, 100001, 5, 5};
  const auto front = additive_prices(input(Level::front, 20), odd);
  EXPECT_TRUE(std::isnan(front[0]) && std::isnan(front[1]));
  EXPECT_EQ(additive_prices(input(Level::front, 11), odd)[0], INFINITY);  // nothing moves it
}

TEST(LevelVolumes, FollowSharesAlone) {
  const std::array<double, 4> volumes{100, 200, 300, 400};
  EXPECT_EQ(level_volumes(input(Level::front, 20), volumes), (std::vector<double>{200, 400, 300, 400}));
  EXPECT_EQ(level_volumes(input(Level::back, 20), volumes), (std::vector<double>{100, 200, 150, 200}));
  EXPECT_EQ(level_volumes(input(Level::front, 11), volumes), (std::vector<double>{100, 200, 300, 400}));
}

// Actions after the as-of date may as well not be there.
TEST(AdditivePrices, NothingKnownLaterEnters) {
  for (const Level level : {Level::front, Level::back}) {
    for (int as_of = 9; as_of < 25; ++as_of) {
      AdditiveInput cut = input(level, as_of);
      std::size_t known = 0;
      while (known < kActions.size() && kActions[known].day.days <= as_of) ++known;
      cut.actions = std::span(kActions).first(known);
      std::size_t bars = 0;
      while (bars < kDays.size() && kDays[bars] <= as_of) ++bars;
      cut.dates = std::span(kDays).first(bars);
      const auto prices = std::span<const double>(kPrices).first(bars);
      const auto whole = additive_prices(input(level, as_of), kPrices), less = additive_prices(cut, prices);
      const auto shares = level_volumes(input(level, as_of), kPrices), fewer = level_volumes(cut, prices);
      for (std::size_t t = 0; t < bars; ++t) {
        EXPECT_TRUE(whole[t] == less[t] || (std::isnan(whole[t]) && std::isnan(less[t]))) << as_of << " " << t;
        EXPECT_TRUE(shares[t] == fewer[t] || (std::isnan(shares[t]) && std::isnan(fewer[t]))) << as_of << " " << t;
      }
    }
  }
}

// Random histories against exact fractions of another language: tests/panel/additive_prices.py wrote the text.
TEST(AdditivePrices, AreWhatExactFractionsSay) {
  std::ifstream file(MOMENTUM_SOURCE_DIR "/tests/panel/additive_prices.txt");
  ASSERT_TRUE(file);
  std::string line;
  std::vector<std::int32_t> days;
  std::vector<double> prices;
  std::vector<ShareAction> actions;
  int digits = 2, as_of = 0, checked = 0;
  const auto values_of = [](std::istringstream& in) {
    std::vector<double> out;
    for (std::string word; in >> word;) out.push_back(std::stod(word));
    return out;
  };
  while (std::getline(file, line)) {
    std::istringstream in(line);
    std::string what;
    in >> what;
    if (what == "case") {
      in >> digits >> as_of;
      days.clear();
      prices.clear();
      actions.clear();
    } else if (what == "bar") {
      double price = 0;
      days.emplace_back();
      in >> days.back() >> price;
      prices.push_back(price);
    } else if (what == "action") {
      ShareAction action;
      in >> action.day.days;
      const auto v = values_of(in);
      action.cash = yuan(v[0]), action.bonus = yuan(v[1]), action.transfer = yuan(v[2]);
      action.rights = yuan(v[3]), action.rights_price = yuan(v[4]);
      actions.push_back(action);
    } else if (what == "front" || what == "back") {
      const Level level = what == "front" ? Level::front : Level::back;
      EXPECT_EQ(additive_prices({days, actions, Date{as_of}, level, digits}, prices), values_of(in))
          << "case " << checked;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 120);
}

}  // namespace
}  // namespace momentum::panel
