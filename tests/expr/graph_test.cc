#include "momentum/expr/graph.h"

#include "market.h"

namespace momentum::expr {
namespace {

NodeId parsed(Graph& g, const std::string& text) { return must(parse_expression(g, text)); }

TEST(Nodes, OfTheSameExpressionAreTheSame) {
  Graph g;
  const NodeId a = parsed(g, "ema(close, 2/13) - mean(volume, 5) * 2");
  const std::size_t size = g.size();
  EXPECT_EQ(parsed(g, "ema( close ,2/13)-sma(volume,5)*2.0   # again"), a);
  EXPECT_EQ(g.size(), size);
  EXPECT_NE(parsed(g, "ema(close, 2/14) - mean(volume, 5) * 2"), a);
  EXPECT_NE(parsed(g, "ema(open, 2/13) - mean(volume, 5) * 2"), a);
  EXPECT_NE(g.constant(0.0), g.constant(-0.0));
  EXPECT_EQ(g.constant(std::numeric_limits<double>::quiet_NaN()),
            g.constant(-std::numeric_limits<double>::quiet_NaN()));
}

TEST(Nodes, InputsAndParametersAreNotMixedUp) {
  Graph g;
  const NodeId x = g.leaf("x"), y = g.leaf("y");
  EXPECT_NE(g.kernel(Kernel::subtract, {x, y}), g.kernel(Kernel::subtract, {y, x}));
  EXPECT_NE(g.kernel(Kernel::rolling_sum, {x}, {3}), g.kernel(Kernel::rolling_mean, {x}, {3}));
  EXPECT_NE(g.shift(x, 2), g.shift(x, 3));
  EXPECT_NE(g.leaf("x"), g.rank_as_is(x));
}

TEST(Nodes, ShiftsOfShiftsAreOne) {
  Graph g;
  const NodeId x = g.leaf("x");
  EXPECT_EQ(g.shift(g.shift(x, 2), 3), g.shift(x, 5));
  EXPECT_EQ(g.shift(x, 0), x);
  EXPECT_EQ(g.shift(g.constant(2), 5), g.constant(2));
}

TEST(Nodes, ConstantsAreFoldedAsTheKernelsCompute) {
  Graph g;
  const auto folded = [&](const std::string& text) {
    const NodeId id = parsed(g, text);
    EXPECT_TRUE(g.is_constant(id)) << text;
    return g.value(id);
  };
  EXPECT_EQ(folded("0.1 + 0.2"), 0.1 + 0.2);
  EXPECT_EQ(folded("2 / 13"), 2.0 / 13.0);
  EXPECT_EQ(folded("sqrt(20)"), std::sqrt(20.0));
  EXPECT_EQ(folded("round(2.5)"), 2.0);
  EXPECT_EQ(folded("1 / 0"), kInfinity);
  EXPECT_TRUE(std::isnan(folded("0 / 0")));
  EXPECT_EQ(folded("if(2 > 1, 7, 8)"), 7.0);
  EXPECT_EQ(folded("fill(0/0, 4)"), 4.0);
  EXPECT_EQ(folded("step(3, 0, 1, 1, 5, 4, 1, 6)"), 5.0);
}

TEST(Errors, OfBuildingAreKeptAndGivenByCompile) {
  Graph g;
  EXPECT_EQ(g.error(), nullptr);
  const NodeId bad = g.kernel(Kernel::rolling_mean, {g.constant(3)}, {5});
  g.shift(g.leaf("close"), kernels::kMaxWindow + 1);
  ASSERT_NE(g.error(), nullptr);
  EXPECT_NE(g.error()->what.find("a series is needed"), std::string::npos)
      << "the first one is kept: " << g.error()->to_string();
  const NodeId outputs[] = {bad};
  const auto program = compile(g, outputs, {kColumnNames, true});
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code, ErrorCode::bad_expression);
}

TEST(Errors, ShiftsAddUp) {
  Graph g;
  const NodeId far = g.shift(g.leaf("close"), kernels::kMaxWindow);
  EXPECT_EQ(g.error(), nullptr);
  g.shift(far, 1);
  ASSERT_NE(g.error(), nullptr);
  EXPECT_EQ(g.error()->code, ErrorCode::bad_expression);
}

TEST(Errors, DeepExpressionsAreRefused) {
  Graph g;
  NodeId x = g.leaf("close");
  for (std::size_t i = 0; i < kMaxGraphDepth; ++i) x = g.kernel(Kernel::add, {x, g.leaf("volume")});
  EXPECT_EQ(g.error(), nullptr);
  EXPECT_EQ(g[x].depth, kMaxGraphDepth);
  g.kernel(Kernel::negate, {x});
  ASSERT_NE(g.error(), nullptr);
  EXPECT_EQ(g.error()->code, ErrorCode::too_large);
}

// As deep as it may be, through everything that walks a graph.
TEST(Errors, TheDeepestExpressionWorks) {
  for (const bool rewrite : {false, true}) {
    Graph g;
    NodeId x = g.leaf("volume");
    for (std::size_t i = 0; i + 2 < kMaxGraphDepth; ++i)
      x = g.kernel(i % 2 == 0 ? Kernel::divide : Kernel::subtract, {g.leaf("amount"), x});
    EXPECT_FALSE(g.text(x).empty());
    const NodeId outputs[] = {x, g.kernel(Kernel::valid, {x})};
    const auto program = compile(g, outputs, {kColumnNames, rewrite});
    ASSERT_TRUE(program) << program.error().to_string();
  }
}

TEST(Text, IsCanonical) {
  Graph g;
  EXPECT_EQ(g.text(parsed(g, "mean(volume,5)/2-volume*1e-3")),
            "subtract(divide(rolling_mean(volume, 5), 2), multiply(volume, 0.001))");
  EXPECT_EQ(g.text(parsed(g, "ref(ref(volume, 1), 2)")), "ref(volume, 3)");
  EXPECT_EQ(g.text(parsed(g, "rank(volume)")), "rank(volume)");
  EXPECT_EQ(g.text(parsed(g, "bar_index()")), "bar_index()");
  EXPECT_EQ(g.text(parsed(g, "close")), "multiply(close, factor)");
}

// x + x, forty times over: 2^40 leaves in full.
TEST(Text, OfSharedNodesEnds) {
  Graph g;
  NodeId x = g.leaf("close");
  for (int i = 0; i < 40; ++i) x = g.kernel(Kernel::add, {x, x});
  const std::string text = g.text(x);
  EXPECT_EQ(text.size(), kMaxTextBytes + 3);
  EXPECT_TRUE(text.ends_with("..."));
}

TEST(Hash, DoesNotDependOnTheOrderOfBuilding) {
  const std::vector<std::string> texts{"rsi(close, 14)", "mean(volume, 5) / mean(volume, 10)", "rank(pct(close, 20))",
                                       "close > 10"};
  Graph a, b;
  std::vector<NodeId> forward, backward(texts.size());
  for (const auto& text : texts) forward.push_back(parsed(a, text));
  b.leaf("turnover");
  for (std::size_t i = texts.size(); i-- > 0;) backward[i] = parsed(b, texts[i]);
  EXPECT_EQ(a.hash(forward), b.hash(backward));
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(a.text(forward[i]), b.text(backward[i]));
  std::reverse(backward.begin(), backward.end());
  EXPECT_NE(a.hash(forward), b.hash(backward)) << "the order of the outputs matters";
}

TEST(Hash, TellsExpressionsApart) {
  std::vector<std::uint64_t> seen;
  for (const std::string text :
       {"close", "open", "volume", "mean(close, 5)", "mean(close, 6)", "sum(close, 5)", "close - open", "open - close",
        "ref(close, 5)", "rank(close)", "close + 1", "close + 2", "volume * 0", "volume * (0 - 0)"}) {
    for (const auto basis : {PriceBasis::adjusted, PriceBasis::stored}) {
      Graph g(basis);
      const NodeId outputs[] = {parsed(g, text)};
      seen.push_back(g.hash(outputs));
    }
  }
  const std::size_t all = seen.size();
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen.size(), all - 2) << "only volume * 0 was written twice";
}

// The number stands in keys and records: it may change only together with the expression language.
TEST(Hash, IsTheSameEverywhere) {
  Graph g;
  const NodeId outputs[] = {parsed(g, "mean(volume, 5)")};
  EXPECT_EQ(g.hash(outputs), 0xc876f4f9dc62e6c9u);
}

TEST(Kernels, HaveNames) {
  std::vector<std::string_view> names;
  for (std::size_t k = 0; k < kernels::kKernelCount; ++k) names.push_back(kernel_name(static_cast<Kernel>(k)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  EXPECT_EQ(kernel_name(Kernel::rolling_std), "rolling_std");
  EXPECT_EQ(kernel_name(Kernel::bars_since), "bars_since");
}

}  // namespace
}  // namespace momentum::expr
