// The price degree of nodes, and what is done with prices that meet numbers or other instruments.

#include "market.h"

namespace momentum::expr {
namespace {

std::int8_t degree(const std::string& text) {
  Graph g;
  return g[must(parse_expression(g, text))].degree;
}

TEST(Degree, OfEveryKindOfExpression) {
  const std::vector<std::pair<std::string, int>> known{{"close", 1},
                                                       {"open", 1},
                                                       {"high", 1},
                                                       {"low", 1},
                                                       {"preclose", 1},
                                                       {"volume", 0},
                                                       {"amount", 0},
                                                       {"turnover", 0},
                                                       {"3", 0},
                                                       {"0", kDegreeAny},
                                                       {"1/0", kDegreeAny},
                                                       {"-close", 1},
                                                       {"abs(close)", 1},
                                                       {"ref(close, 3)", 1},
                                                       {"delta(close)", 1},
                                                       {"close + open", 1},
                                                       {"close - 0", 1},
                                                       {"close + volume", kDegreeMixed},
                                                       {"close + 1", kDegreeMixed},
                                                       {"close * 2", 1},
                                                       {"close * volume", 1},
                                                       {"close * close", 2},
                                                       {"close / open", 0},
                                                       {"volume / close", -1},
                                                       {"close * close / open", 1},
                                                       {"sqrt(close * open)", 1},
                                                       {"sqrt(close)", kDegreeMixed},
                                                       {"sqrt(volume)", 0},
                                                       {"log(close / open)", 0},
                                                       {"log(close)", kDegreeMixed},
                                                       {"round(close)", kDegreeMixed},
                                                       {"round(volume)", 0},
                                                       {"min(close, open)", 1},
                                                       {"max(close - open, 0)", 1},
                                                       {"max(close, 10)", kDegreeMixed},
                                                       {"if(close > open, close, low)", 1},
                                                       {"if(close > open, close, volume)", kDegreeMixed},
                                                       {"if(close > open, 1, 0)", 0},
                                                       {"fill(close, 0)", 1},
                                                       {"fill(close, 5)", kDegreeMixed},
                                                       {"fill(volume, 5)", 0},
                                                       {"mean(close, 5)", 1},
                                                       {"sum(volume, 5)", 0},
                                                       {"std(close, 5)", 1},
                                                       {"std(close / open, 5)", 0},
                                                       {"lowest(low, 9)", 1},
                                                       {"highest(high, 9)", 1},
                                                       {"ema(close, 0.5)", 1},
                                                       {"wilder(close, 5)", 1},
                                                       {"ffill(close)", 1},
                                                       {"pct(close, 5)", 0},
                                                       {"rsi(close)", 0},
                                                       {"close > 10", 0},
                                                       {"close > open", 0},
                                                       {"valid(close)", 0},
                                                       {"all_valid(close)", 0},
                                                       {"every(close > open, 3)", 0},
                                                       {"bar_index()", 0},
                                                       {"rank(close)", 0},
                                                       {"count_when(close > open)", 0},
                                                       {"bars_since(close > open)", 0},
                                                       {"value_when(close > open, close)", 1},
                                                       {"mean_when(close > open, volume, 3)", 0},
                                                       {"step(close, 0, 10, 1, 5)", 0},
                                                       {"(close + 1) * 2", kDegreeMixed},
                                                       {"(close + 1) / close", kDegreeMixed},
                                                       {"not close", 0}};
  for (const auto& [text, wanted] : known) EXPECT_EQ(degree(text), wanted) << text;
}

TEST(Degree, StaysInBounds) {
  Graph g;
  NodeId x = g.price("close");
  for (int i = 0; i < 6; ++i) x = g.kernel(Kernel::multiply, {x, x});  // 64
  EXPECT_EQ(g[x].degree, kDegreeMixed);
  EXPECT_EQ(g[g.kernel(Kernel::multiply, {x, x})].degree, kDegreeMixed);
}

// What the number means: all prices times 4 (which rounds nothing) give the value times 4^degree.
TEST(Degree, IsHowValuesScale) {
  const Market market = dense(10, 80, 11);
  Market scaled = market;
  for (auto& i : scaled.instruments)
    for (const Column c : {kOpen, kHigh, kLow, kClose, kPreclose})
      for (double& v : i.columns[c]) v *= 4.0;
  for (const std::string text : {"close",
                                 "close - open",
                                 "delta(close, 3)",
                                 "close * volume",
                                 "close * open",
                                 "volume / close",
                                 "sqrt(close * open)",
                                 "mean(close, 7)",
                                 "std(close, 9)",
                                 "ema(close, 2/13)",
                                 "wilder(close, 5)",
                                 "max(close - open, 0)",
                                 "if(close > open, high, low)",
                                 "fill(ref(close, 2), 0)",
                                 "pct(close, 5)",
                                 "rsi(close, 6)",
                                 "close > open",
                                 "value_when(close > open, close)",
                                 "highest(high, 4) / lowest(low, 4)",
                                 "log(close / ref(close, 1))"}) {
    const int d = degree(text);
    ASSERT_LE(std::abs(d), 2) << text;
    Values wanted = run(compiled(text), market.build());
    for (auto& column : wanted[0])
      for (double& v : column) v *= std::ldexp(1.0, 2 * d);
    EXPECT_EQ(difference(run(compiled(text), scaled.build()), wanted), "") << text;
  }
}

// One instrument whose stored price is flat at 10 while its factor doubles: adjusted prices rise to 20, 40.
Market doubling() {
  return by_hand({"close", "volume", "factor"}, {{10, 10, 10, 10.5, 10}, {1, 2, 3, 4, 5}, {1, 2, 3, 3, 0.7}});
}

TEST(TradedLevel, PricesMeetNumbersAsTheyWereTraded) {
  expect_values(column_of("close > 10", doubling()), {0, 0, 0, 1, 0}, "close > 10");
  expect_values(column_of("close == 10", doubling()), {1, 1, 1, 0, 1}, "a tie with a round number");
  expect_values(column_of("10 <= close", doubling()), {1, 1, 1, 1, 1}, "number first");
  expect_values(column_of("close * 2 > 20", doubling()), {0, 0, 0, 1, 0}, "a multiple");
  expect_values(column_of("step(close, 0, 10, 1, 5, 10.2, 1, 7)", doubling()), {5, 5, 5, 7, 5}, "step");
  // a price of an earlier day, at this day's level: 10, 20, 30, 31.5 over 2, 3, 3, 0.7
  expect_values(column_of("ref(close, 1) > 10.2", doubling()), {kMissing, 0, 0, 0, 1}, "ref");
  expect_values(column_of("close > ref(close, 1)", doubling()), {kMissing, 1, 1, 1, 0},
                "prices against prices are not taken back");
  expect_values(column_of("close > 0", doubling()), {1, 1, 1, 1, 1}, "zero has no scale");
}

TEST(TradedLevel, MixedExpressionsAreComputedOnStoredPrices) {
  Graph g;
  const NodeId id = must(parse_expression(g, "close + volume > 12"));
  EXPECT_EQ(g.text(id), "greater(add(close, volume), 12)");
  ASSERT_EQ(g.notes().size(), 1u);
  EXPECT_NE(g.notes()[0].find("add(multiply(close, factor), volume)"), std::string::npos) << g.notes()[0];
  must(parse_expression(g, "rank(close + volume)"));
  EXPECT_EQ(g.notes().size(), 1u) << "said once";
  const NodeId outputs[] = {id};
  EXPECT_EQ(must(compile(g, outputs, {kColumnNames, true})).notes, g.notes());
  expect_values(column_of("close + volume > 12", doubling()), {0, 0, 1, 1, 1}, "mixed");
}

// A part that was taken back to its own level already must not be taken back twice.
TEST(TradedLevel, PartsOfAMixedExpressionAreTakenBackOnce) {
  Graph g;
  EXPECT_EQ(g.text(must(parse_expression(g, "rank(if(close > 10, close, volume))"))),
            "rank(select(greater(close, 10), close, volume))");
  EXPECT_EQ(g.text(must(parse_expression(g, "rank(if(mean(close, 3) > 10, close, volume))"))),
            "rank(select(greater(rolling_mean(close, 3), 10), close, volume))");
}

TEST(TradedLevel, OfPricesAndRatios) {
  Graph g;
  EXPECT_EQ(g.text(g.at_traded_level(must(parse_expression(g, "close")))), "close");
  EXPECT_EQ(g.text(g.at_traded_level(must(parse_expression(g, "mean(close, 3)")))),
            "divide(rolling_mean(multiply(close, factor), 3), factor)");
  const NodeId ratio = must(parse_expression(g, "pct(close, 3)"));
  EXPECT_EQ(g.at_traded_level(ratio), ratio);
  EXPECT_TRUE(g.notes().empty());
}

TEST(TradedLevel, StoredPricesStayAsTheyAre) {
  Graph g(PriceBasis::stored);
  for (const std::string text : {"close", "close + volume", "mean(close, 5)"}) {
    const NodeId id = must(parse_expression(g, text));
    EXPECT_EQ(g.at_traded_level(id), id) << text;
  }
  EXPECT_EQ(g.text(must(parse_expression(g, "close > 10"))), "greater(close, 10)");
  EXPECT_TRUE(g.notes().empty());
}

TEST(TradedLevel, IsWhatRanksCompare) {
  Market market = by_hand({"close", "factor"}, {{10, 10}, {1, 4}});
  market.instruments.push_back(by_hand({"close", "factor"}, {{9, 11}, {1, 1}}).instruments[0]);
  market.instruments.push_back(by_hand({"close", "factor"}, {{8, 12}, {1, 0.5}}).instruments[0]);
  const Values ranks = run(compiled("rank(close)", true, market.names), market.build());
  EXPECT_EQ(ranks[0], (std::vector<std::vector<double>>{{1.0, 1.0 / 3}, {2.0 / 3, 2.0 / 3}, {1.0 / 3, 1.0}}));
}

}  // namespace
}  // namespace momentum::expr
