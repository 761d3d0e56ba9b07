#include "momentum/expr/evaluate.h"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "market.h"
#include "random_expression.h"

namespace momentum::expr {
namespace {

// The average of the places a value takes among the values of its day, over their number: by definition, in O(n^2).
std::vector<std::vector<double>> ranked(const Market& market, const std::vector<std::vector<double>>& values) {
  std::map<std::int32_t, std::vector<double>> of_day;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t r = 0; r < values[i].size(); ++r)
      if (!std::isnan(values[i][r])) of_day[market.instruments[i].dates[r]].push_back(values[i][r]);
  auto ranks = values;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t r = 0; r < values[i].size(); ++r) {
      if (std::isnan(values[i][r])) continue;
      const auto& others = of_day[market.instruments[i].dates[r]];
      double less = 0.0, equal = 0.0;
      for (const double v : others) {
        less += v < values[i][r];
        equal += v == values[i][r];
      }
      ranks[i][r] = (less + (equal + 1.0) / 2.0) / static_cast<double>(others.size());
    }
  return ranks;
}

std::vector<std::vector<double>> column(const std::string& text, const Market& market) {
  return run(compiled(text), market.build())[0];
}

class Ranks : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Instruments, Ranks, testing::Values(1, 5, 32, 33, 100));

TEST_P(Ranks, AreThoseOfTheDefinitionOnEveryDay) {
  const Market market = varied(GetParam(), 150, 71);
  for (const std::string inner : {"pct(close, 20)", "volume", "round(turnover * 5)", "mean(amount, 5)"}) {
    const auto wanted = ranked(market, column(inner, market));
    const Program program = compiled("rank(" + inner + ")");
    for (const SimdLevel level : kernels::supported_levels())
      for (const int threads : {1, 2})
        EXPECT_EQ(difference(run(program, market.build(), {level, threads, 16}), {wanted}), "") << inner;
  }
}

TEST_P(Ranks, OfPricesAreTakenAtTheDaysOwnLevel) {
  const Market market = varied(GetParam(), 120, 72);
  std::vector<std::vector<double>> stored;
  for (const auto& i : market.instruments) stored.push_back(i.columns[kClose]);
  EXPECT_EQ(difference({column("rank(close)", market)}, {ranked(market, stored)}), "");
  // a mean of adjusted prices over the day's factor
  auto mean = column("mean(close, 5)", market);
  for (std::size_t i = 0; i < mean.size(); ++i)
    for (std::size_t r = 0; r < mean[i].size(); ++r) mean[i][r] /= market.instruments[i].columns[kFactor][r];
  EXPECT_EQ(difference({column("rank(mean(close, 5))", market)}, {ranked(market, mean)}), "");
  // mixed: on stored prices
  Market raw = market;
  for (auto& i : raw.instruments) std::fill(i.columns[kFactor].begin(), i.columns[kFactor].end(), 1.0);
  EXPECT_EQ(
      difference({column("rank(log(mean(close, 5)))", market)}, {ranked(market, column("log(mean(close, 5))", raw))}),
      "");
}

TEST_P(Ranks, OfRanksAndOfRecurrencesOfRanks) {
  const Market market = varied(GetParam(), 120, 73);
  // the values of one stage, put into a column of their own, are the leaves of the next
  const auto with_turnover = [&](const std::vector<std::vector<double>>& values) {
    Market next = market;
    for (std::size_t i = 0; i < values.size(); ++i) next.instruments[i].columns[kTurnover] = values[i];
    return next;
  };
  const auto first = ranked(market, column("pct(close, 5)", market));
  EXPECT_EQ(difference({column("rank(rank(pct(close, 5)))", market)}, {ranked(market, first)}), "");
  const Market next = with_turnover(first);
  EXPECT_EQ(difference({column("ema(rank(pct(close, 5)), 0.3)", market)}, {column("ema(turnover, 0.3)", next)}), "");
  EXPECT_EQ(difference({column("rank(ema(rank(pct(close, 5)), 0.3))", market)},
                       {ranked(next, column("ema(turnover, 0.3)", next))}),
            "");
  EXPECT_EQ(difference({column("delta(rank(pct(close, 5)), 3) + mean(rank(volume), 4)", market)},
                       {column("delta(turnover, 3) + mean(amount, 4)",
                               [&] {
                                 Market both = next;
                                 const auto volumes = ranked(market, column("volume", market));
                                 for (std::size_t i = 0; i < volumes.size(); ++i)
                                   both.instruments[i].columns[kAmount] = volumes[i];
                                 return both;
                               }())}),
            "");
}

TEST(Ranks, LeaveOutWhoHasNoBarThatDay) {
  Market market;
  market.names = {"volume"};
  market.instruments = {
      {{1, 2, 3}, {{10, 10, 10}}}, {{1, 3}, {{20, 5}}}, {{2}, {{30}}}, {{}, {{}}}, {{3}, {{kMissing}}}};
  const Values found = run(compiled("rank(volume)", true, market.names), market.build());
  EXPECT_EQ(difference(found, {{{0.5, 0.5, 1.0}, {1.0, 0.5}, {1.0}, {}, {kMissing}}}), "");
}

TEST(Ranks, OfANumberAreTiesOfWhoeverHasABar) {
  Market market;
  market.names = {"volume"};
  market.instruments = {{{1, 2}, {{10, 10}}}, {{1, 3}, {{20, 5}}}};
  EXPECT_EQ(difference(run(compiled("rank(3)", true, market.names), market.build()), {{{0.75, 1.0}, {0.75, 1.0}}}), "");
}

TEST(Evaluate, GivesTheSameBitsForWholeProgramsHoweverComputed) {
  const panel::Panel panel = nasty(70, 100, 74).build();
  const auto texts = random_expressions(120, 75);
  for (std::size_t i = 0; i + 3 < texts.size(); i += 4) {
    const Program program = compiled_all({texts[i], texts[i + 1], texts[i + 2], texts[i + 3]});
    const Values wanted = run(program, panel, {SimdLevel::scalar, 1, 4096});
    for (const SimdLevel level : kernels::supported_levels())
      for (const std::size_t chunk : {1, 7, 64})
        EXPECT_EQ(difference(run(program, panel, {level, chunk == 7 ? 2 : 1, chunk}), wanted), "")
            << texts[i] << "\n"
            << texts[i + 1] << "\n"
            << texts[i + 2] << "\n"
            << texts[i + 3] << "\nat " << to_string(level) << " chunk " << chunk;
  }
}

TEST(Evaluate, CallsTheSinkForEveryRowOnceInOrder) {
  const panel::Panel panel = varied(100, 90, 76).build();
  const Program program = compiled_all({"rank(close)", "7", "ref(volume, 2)", "volume", "volume"});
  std::vector<std::size_t> next(panel.tiles());
  std::mutex mutex;
  Context ctx;
  ctx.threads = 2;
  EvaluateOptions options;
  options.chunk_rows = 11;
  must(evaluate(
      ctx, program, panel,
      [&](const Stretch& s) {
        const std::lock_guard lock(mutex);
        EXPECT_EQ(s.first_row, next[s.tile]);
        EXPECT_LE(s.rows, 11u);
        EXPECT_EQ(s.columns.size(), 5u);
        EXPECT_EQ(s.strides[1], 0u) << "a number is one row";
        EXPECT_EQ(s.columns[1][31], 7.0);
        EXPECT_EQ(s.columns[3], s.columns[4]);
        next[s.tile] += s.rows;
      },
      options));
  for (std::size_t t = 0; t < panel.tiles(); ++t) EXPECT_EQ(next[t], panel.rows(t));
}

TEST(Evaluate, TakesPanelsWithoutInstrumentsAndWithoutBars) {
  const Program program = compiled_all({"mean(close, 5)", "rank(close)", "3"});
  EXPECT_EQ(difference(run(program, Market().build()), {{}, {}, {}}), "");
  Market market;
  market.instruments.assign(33, Instrument{{}, std::vector<std::vector<double>>(kColumnCount)});
  const Values found = run(program, market.build());
  for (const auto& output : found)
    for (const auto& values : output) EXPECT_TRUE(values.empty());
}

ErrorCode error_of(
    const Program& program, const panel::Panel& panel, const Context& ctx, const EvaluateOptions& options = {},
    const StretchSink& sink = [](const Stretch&) {}) {
  const auto done = evaluate(ctx, program, panel, sink, options);
  return done ? ErrorCode{} : done.error().code;
}

TEST(Evaluate, RefusesMorePlanesThanAllowed) {
  const panel::Panel panel = dense(33, 50, 77).build();
  EvaluateOptions options;
  options.plane_bytes_limit = 2 * 50 * 64 * sizeof(double);  // two planes of 50 days x 64 lanes
  EXPECT_EQ(error_of(compiled("rank(close) + rank(open)"), panel, {}, options), ErrorCode{});
  EXPECT_EQ(error_of(compiled("rank(close) + rank(open) + rank(rank(low))"), panel, {}, options), ErrorCode::too_large);
  // three planes, of which two are alive at once: the one that is read and the one that is written
  EXPECT_EQ(error_of(compiled("rank(rank(rank(low)))"), panel, {}, options), ErrorCode{});
  EXPECT_EQ(error_of(compiled("rank(rank(low) + rank(open)) + rank(close)"), panel, {}, options), ErrorCode::too_large);
  EXPECT_EQ(category_of(ErrorCode::too_large), Category::limit);
}

TEST(Evaluate, RefusesAPanelWithoutItsColumns) {
  Market market = by_hand({"open"}, {{1, 2}});
  EXPECT_EQ(error_of(compiled("volume + 1"), market.build(), {}), ErrorCode::name_not_found);
  EXPECT_EQ(error_of(compiled("rank(volume)"), market.build(), {}), ErrorCode::name_not_found);
}

TEST(Evaluate, StopsWhenCancelled) {
  const panel::Panel panel = dense(100, 200, 78).build();
  for (const std::string text : {"mean(close, 5)", "rank(close)"})
    for (const int threads : {1, 2}) {
      CancelToken cancel;
      Context ctx;
      ctx.cancel = &cancel;
      ctx.threads = threads;
      EXPECT_EQ(error_of(compiled(text), panel, ctx), ErrorCode{});
      std::atomic<int> calls{0};
      const auto sink = [&](const Stretch&) {
        if (++calls == 3) cancel.cancel();
      };
      EXPECT_EQ(error_of(compiled(text), panel, ctx, {}, sink), ErrorCode::interrupted) << text;
      EXPECT_LE(calls, 3 + threads) << "it went on after the cancellation";
      EXPECT_EQ(error_of(compiled(text), panel, ctx, {}, sink), ErrorCode::interrupted) << "cancelled before it began";
      EXPECT_LE(calls, 3 + threads);
    }
}

}  // namespace
}  // namespace momentum::expr
