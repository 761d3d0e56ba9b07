#include "momentum/expr/latest.h"

#include <optional>

#include "market.h"
#include "random_expression.h"

namespace momentum::expr {
namespace {

std::optional<Latest> latest_of(const std::vector<std::string>& texts,
                                const std::vector<std::string>& columns = kColumnNames) {
  Graph g;
  std::vector<NodeId> outputs;
  for (const auto& text : texts) outputs.push_back(must(parse_expression(g, text)));
  return must(compile_latest(g, outputs, {columns}));
}

bool is_cut(const std::string& text) { return latest_of({text}).has_value(); }

// The columns of the tail are given for the last `rows` rows.
LatestValues run(const Latest& latest, const Market& market, std::size_t rows) {
  std::vector<LatestSeries> lanes;
  for (const Instrument& i : market.instruments) {
    LatestSeries& lane = lanes.emplace_back(LatestSeries{i.dates.size(), {}, {}});
    const auto column = [&](const std::string& name) {
      const auto at = std::ranges::find(market.names, name) - market.names.begin();
      return std::span<const double>(i.columns[static_cast<std::size_t>(at)]);
    };
    for (const auto& name : latest.carry_columns) lane.carry.push_back(column(name));
    for (const auto& name : latest.tail_columns) lane.tail.push_back(column(name).last(std::min(rows, i.dates.size())));
  }
  return must(evaluate_latest(Context{}, latest, lanes));
}

struct Account {
  std::size_t settled = 0, unsettled = 0;  // of lanes longer than the tail
};

// Every settled lane says what the whole graph says on its last row.
void expect_the_whole(const std::vector<std::string>& texts, const Latest& latest, const Market& market,
                      std::size_t rows, Account& account) {
  const Values whole = run(compiled_all(texts), market.build());
  const LatestValues latest_values = run(latest, market, rows);
  ASSERT_EQ(latest_values.outputs, texts.size());
  for (std::size_t i = 0; i < market.instruments.size(); ++i) {
    const std::size_t length = market.instruments[i].dates.size();
    if (length > std::min(rows, latest.rows)) ++(latest_values.settled[i] ? account.settled : account.unsettled);
    if (length <= std::min(rows, latest.rows)) {
      EXPECT_TRUE(latest_values.settled[i]);
    }
    if (!latest_values.settled[i] || length == 0) continue;
    for (std::size_t o = 0; o < texts.size(); ++o) {
      const double value = latest_values.values[i * texts.size() + o];
      EXPECT_TRUE(same(value, whole[o][i].back())) << texts[o] << ", " << rows << " rows, lane " << i << " of "
                                                   << length << ": " << value << ", not " << whole[o][i].back();
    }
  }
}

TEST(Latest, RandomExpressionsSayWhatTheWholeGraphSays) {
  std::size_t cut = 0;
  Account account;
  for (const auto& text : random_expressions(1500, 4711, false)) {
    auto latest = latest_of({text});
    if (!latest) continue;
    ++cut;
    for (const Market& market : {dense(3, 260, cut), varied(7, 260, cut), nasty(7, 230, cut)})
      for (const std::size_t rows : {std::size_t{30}, std::size_t{90}, latest->rows}) {
        expect_the_whole({text}, *latest, market, rows, account);
        if (HasFailure()) return;
      }
  }
  EXPECT_GT(cut, 700u);
  EXPECT_GT(account.settled, 10'000u);
  EXPECT_GT(account.unsettled, 1'000u);
}

TEST(Latest, OnlyWhatNeverForgetsIsCarried) {
  const auto latest = latest_of({"ema(close, 1/3) + mean(volume, 5)", "rsi(low, 14)"});
  ASSERT_TRUE(latest);
  EXPECT_EQ(latest->carry_columns, (std::vector<std::string>{"low", "close", "factor"}));
  EXPECT_EQ(latest->tail_columns, (std::vector<std::string>{"volume"}));
  EXPECT_EQ(latest->carried.size(), 3u);  // gains, losses, the mean
  EXPECT_EQ(latest->warm_up, 4u);
  EXPECT_TRUE(latest->conditions.empty());
}

TEST(Latest, NothingIsCarriedForWindows) {
  const auto latest = latest_of({"mean(volume, 20)"});
  ASSERT_TRUE(latest);
  EXPECT_TRUE(latest->carried.empty());
  EXPECT_TRUE(latest->carry_columns.empty());
  Account account;
  for (const std::size_t rows : {50, 300})
    expect_the_whole({"mean(volume, 20)"}, *latest, varied(40, 300, 5), rows, account);
  EXPECT_EQ(account.unsettled, 0u);
}

TEST(Latest, ConditionsAreCountedAsFarAsValuesLookBack) {
  const std::string c = "close > mean(close, 10)";
  const auto deepest = [&](const std::string& text) { return latest_of({text}).value().conditions.at(0).times; };
  EXPECT_EQ(deepest("value_when(" + c + ", volume, 3)"), 3.0);
  EXPECT_EQ(deepest("mean_when(" + c + ", volume / value_when(" + c + ", volume, 2), 4)"), 5.0);
  EXPECT_EQ(deepest("count_when(" + c + ") >= 60"), 60.0);
  EXPECT_EQ(deepest("count_when(" + c + ") > 60"), 61.0);
  EXPECT_EQ(deepest("count_when(" + c + ") >= 59.5"), 60.0);
  EXPECT_EQ(deepest("count_when(" + c + ") < 60"), 60.0);
  EXPECT_EQ(deepest("59.5 < count_when(" + c + ")"), 60.0);
  EXPECT_EQ(deepest("60 < count_when(" + c + ")"), 61.0);
  EXPECT_EQ(deepest("60 <= count_when(" + c + ")"), 60.0);
  EXPECT_EQ(deepest("60 > count_when(" + c + ")"), 60.0);
  EXPECT_EQ(deepest("60 >= count_when(" + c + ")"), 61.0);
  EXPECT_EQ(deepest("count_when(" + c + ") > -3"), 0.0);
  EXPECT_EQ(deepest("count_when(" + c + ") >= -0.5"), 0.0);
  EXPECT_EQ(deepest("count_when(" + c + ") <= 7"), 8.0);
  EXPECT_EQ(deepest("bars_since(" + c + ")"), 1.0);
  EXPECT_EQ(deepest("value_when(" + c + ", count_when(" + c + ") >= 60, 3)"), 62.0);
  EXPECT_EQ(deepest("value_when(" + c + ", count_when(" + c + ") >= 0, 3)"), 3.0);
  EXPECT_EQ(deepest("mean_when(" + c + ", low, 4) + value_when(" + c + ", low, 2)"), 4.0);
  EXPECT_EQ(deepest("value_when(" + c + ", low, 2) + mean_when(" + c + ", low, 4)"), 4.0);
}

// Of several outputs the one that looks furthest counts, and the tail is long enough for it.
TEST(Latest, ConditionsOfAllOutputsAreCounted) {
  const std::string up = "close > open", down = "close < open";
  const auto latest =
      latest_of({"value_when(" + up + ", low)", "count_when(" + up + ") >= 200", "bars_since(" + down + ")"});
  ASSERT_TRUE(latest);
  ASSERT_EQ(latest->conditions.size(), 2u);
  EXPECT_EQ(latest->conditions[0].output, 3u);
  EXPECT_EQ(latest->conditions[0].times, 200.0);
  EXPECT_EQ(latest->conditions[1].output, 4u);
  EXPECT_EQ(latest->conditions[1].times, 1.0);
  EXPECT_GT(latest->rows, latest->warm_up + 200);
}

TEST(Latest, WhatDependsOnAllRowsIsNotCut) {
  EXPECT_FALSE(is_cut("count_when(close > open)"));
  EXPECT_FALSE(is_cut("count_when(close > open) + 1"));
  EXPECT_FALSE(is_cut("count_when(close > open) == 5"));
  EXPECT_FALSE(is_cut("count_when(close > open) > volume"));
  EXPECT_FALSE(is_cut("count_when(close > open) > count_when(close > low)"));
  EXPECT_FALSE(is_cut("count_when(close > open) > 0/0"));
  EXPECT_FALSE(is_cut("count_when(close > open) > 1/0"));
  EXPECT_FALSE(is_cut("if(close > open, count_when(close > open), 1)"));
  EXPECT_FALSE(is_cut("value_when(close > open, count_when(close > open))"));
  EXPECT_FALSE(is_cut("value_when(count_when(close > open) >= 0, close)"));
  EXPECT_FALSE(is_cut("ema(value_when(close > open, close), 1/3)"));
  EXPECT_FALSE(is_cut("mean(value_when(close > open, close), 3)"));
  EXPECT_FALSE(is_cut("ref(value_when(close > open, close), 3)"));
  EXPECT_FALSE(is_cut("value_when(value_when(close > open, close) > 3, close)"));
  EXPECT_FALSE(is_cut("value_when(close > open, value_when(close > low, close))"));
  EXPECT_FALSE(is_cut("rank(close)"));
}

// A condition that held too seldom in the tail, or only where its windows were not whole.
TEST(Latest, LanesThatAreNotSettledSaySo) {
  std::vector<double> close(400, 10.0);
  close[390] = 9.0;  // the only fall
  const Market market = by_hand({"close"}, {close});
  const std::string once = "value_when(close < ref(close, 1), close)";
  const std::string twice = "value_when(close < ref(close, 1), close, 2)";
  EXPECT_TRUE(run(*latest_of({once}, {"close"}), market, 100).settled[0]);
  EXPECT_FALSE(run(*latest_of({twice}, {"close"}), market, 100).settled[0]);
  EXPECT_TRUE(run(*latest_of({once}, {"close"}), market, 11).settled[0]);  // its row, and the one before
  EXPECT_FALSE(run(*latest_of({once}, {"close"}), market, 10).settled[0]);
  EXPECT_FALSE(run(*latest_of({"mean(close, 20)"}, {"close"}), market, 19).settled[0]);
  EXPECT_TRUE(run(*latest_of({"mean(close, 20)"}, {"close"}), market, 20).settled[0]);
  const Market longer = by_hand({"close"}, {{close.begin(), close.begin() + 20}});  // than its tail by a row
  EXPECT_FALSE(run(*latest_of({"mean(close, 20)"}, {"close"}), longer, 19).settled[0]);
}

// Windows that are not whole at the tail's start look as they do at a lane's: not like these rows.
TEST(Latest, ConditionsThatHoldWhereWindowsAreNotWholeAreNotCounted) {
  std::vector<double> close(400, 10.0);
  const Market market = by_hand({"close"}, {close});
  const std::string early = "(not valid(mean(close, 20)))";
  for (const std::string& text :
       {"value_when(" + early + ", bar_index())", "count_when(" + early + ") >= 19", "bars_since(" + early + ")",
        "count_when(" + early + ") < 20", "mean_when(" + early + ", bar_index(), 3)"})
    EXPECT_FALSE(run(*latest_of({text}, {"close"}), market, 100).settled[0]) << text;
  const std::string whole = "value_when(not " + early + ", bar_index(), 3)";
  const LatestValues values = run(*latest_of({whole}, {"close"}), market, 22);
  EXPECT_TRUE(values.settled[0]);
  EXPECT_EQ(values.values[0], 397.0);
}

TEST(Latest, EachConditionMustHaveHeld) {
  std::vector<double> close(400, 10.0);
  close[390] = 9.0;
  close[200] = 11.0;
  const Market seldom = by_hand({"close"}, {close});
  close[395] = 11.0;
  const Market often = by_hand({"close"}, {close});
  const std::string falls = "value_when(close < 10, close)", rises = "value_when(close > 10, close)";
  for (const std::string& text : {falls + " + " + rises, rises + " + " + falls}) {
    EXPECT_FALSE(run(*latest_of({text}, {"close"}), seldom, 100).settled[0]) << text;
    EXPECT_TRUE(run(*latest_of({text}, {"close"}), often, 100).settled[0]) << text;
  }
}

TEST(Latest, AsWrittenWhereNothingMayBeRewritten) {
  Graph g;
  const std::vector<NodeId> outputs{must(parse_expression(g, "volume * 1 + amount"))};
  const auto steps = [&](bool rewrite) {
    return must(compile_latest(g, outputs, {kColumnNames, rewrite}))->tail.stages[0].steps.size();
  };
  EXPECT_EQ(steps(false), 2u);
  EXPECT_EQ(steps(true), 1u);
}

TEST(Latest, NoColumnIsTakenForOneThatIsCarried) {
  Graph g;
  const NodeId mean = must(parse_expression(g, "ema(volume, 1/3)"));
  const std::vector<NodeId> outputs{g.kernel(Kernel::add, {mean, g.leaf("carried_0")})};
  EXPECT_FALSE(compile_latest(g, outputs, {{"volume"}}));
  const auto latest = must(compile_latest(g, outputs, {{"volume", "carried_0"}}));
  ASSERT_TRUE(latest);
  EXPECT_EQ(latest->tail_columns, (std::vector<std::string>{"carried_0"}));
}

TEST(Latest, ErrorsOfCompilingAreReturned) {
  Graph g;
  const std::vector<NodeId> outputs{must(parse_expression(g, "mean(amount, 5)"))};
  const auto latest = compile_latest(g, outputs, {{"close"}});
  ASSERT_FALSE(latest);
  EXPECT_EQ(latest.error().code, ErrorCode::name_not_found);
}

}  // namespace
}  // namespace momentum::expr
