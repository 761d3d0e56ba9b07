#include "momentum/expr/optimize.h"

#include <fstream>
#include <set>

#include "operator_calls.h"
#include "random_expression.h"

namespace momentum::expr {
namespace {

std::size_t steps_of(const Program& program, Kernel kernel) {
  std::size_t n = 0;
  for (const auto& stage : program.stages)
    for (const auto& step : stage.steps) n += step.kernel == kernel;
  return n;
}

// Rewritten and as built, on bars of every awkward sort.
void expect_same_bits(const std::vector<std::string>& texts, const panel::Panel& panel,
                      const std::vector<std::string>& columns) {
  const Program plain = compiled_all(texts, false, columns), rewritten = compiled_all(texts, true, columns);
  const SimdLevel best = kernels::supported_levels().back();
  const Values wanted = run(plain, panel, {SimdLevel::scalar, 1, 64});
  const std::string found = difference(run(rewritten, panel, {best, 1, 16}), wanted);
  if (found.empty()) return;
  for (std::size_t o = 0; o < texts.size(); ++o)
    ADD_FAILURE() << found << "\n  output " << o << ": " << texts[o] << "\n  is "
                  << rewritten.graph.text(rewritten.outputs[o]);
}

TEST(Rewriting, ChangesNoBitOfRandomExpressions) {
  const panel::Panel panels[] = {nasty(33, 70, 21).build(), varied(40, 70, 22).build()};
  const auto texts = random_expressions(450, 23);
  for (std::size_t i = 0; i + 2 < texts.size(); i += 3)  // three outputs share what they have in common
    for (const auto& panel : panels) expect_same_bits({texts[i], texts[i + 1], texts[i + 2]}, panel, kColumnNames);
}

// Tests of validity over everything, alone and beside the values, which is what decides how they are rewritten.
TEST(Rewriting, ChangesNoBitOfTestsOfValidity) {
  const panel::Panel panel = nasty(33, 70, 24).build();
  const auto texts = random_expressions(300, 25, false, 3);
  Random random(26);
  for (std::size_t i = 0; i + 4 < texts.size(); i += 5) {
    const std::string all =
        fmt::format("all_valid({}, {}, {}, {}, {})", texts[i], texts[i + 1], texts[i + 2], texts[i + 3], texts[i + 4]);
    std::vector<std::string> outputs{all, fmt::format("ref({}, 3)", all), fmt::format("every({}, 4)", all),
                                     fmt::format("count_when({})", all), fmt::format("ema(valid({}), 1/3)", texts[i])};
    for (std::size_t k = 0; k < 5; ++k)
      if (random.chance(0.4)) outputs.push_back(texts[i + k]);
    try {
      expect_same_bits(outputs, panel, kColumnNames);
    } catch (const std::runtime_error& e) {  // made of numbers alone
      EXPECT_NE(std::string(e.what()).find("a series is needed"), std::string::npos) << e.what();
    }
  }
}

// Where an operator's value says that its operands are there, they are tested no more. Every operator, beside its
// operands.
TEST(Rewriting, ChangesNoBitOfTestsOfOperandsBesideTheirOperator) {
  const panel::Panel panels[] = {nasty(40, 70, 32).build(), varied(40, 70, 33).build()};
  const std::vector<std::string> columns{"volume", "amount", "turnover"};
  Random random(34);
  std::set<std::string_view> covered;
  for (int round = 0; round < 8; ++round)
    for (const auto& op : operators()) {
      std::string call = std::string(op.name) + "(";
      for (std::size_t i = 0; i < op.inputs; ++i)
        call += (i > 0 ? ", " : "") + columns[(i + static_cast<std::size_t>(round)) % 3];
      for (const auto& option : op.options) {
        const bool fraction = option.type == OptionType::weight || option.type == OptionType::number;
        call += fmt::format(", {}", fraction ? 0.5 : 2.0 + static_cast<double>(random.below(5)));
      }
      call += ")";
      covered.insert(op.name);
      const std::string outer[] = {"{}",          "log({})",      "({}) / volume",   "amount - ({})",
                                   "mean({}, 3)", "ema({}, 0.5)", "abs(std({}, 4))", "ref({}, 1)"};
      const std::string value = fmt::format(fmt::runtime(outer[round]), call);
      const std::string test = fmt::format("all_valid({}, volume, amount, turnover)", value),
                        inner = fmt::format("all_valid({}, {})", value, call);
      for (const auto& panel : panels) {
        expect_same_bits({test, inner}, panel, kColumnNames);
        expect_same_bits({test, inner, value}, panel, kColumnNames);
      }
    }
  EXPECT_EQ(covered.size(), operators().size());
}

// Times zero an infinity is missing, and plus an infinity its negative is: such numbers say something about a value.
TEST(Rewriting, ChangesNoBitOfTestsOfValuesMetByZeroAndInfinity) {
  const panel::Panel panel =
      by_hand({"volume"}, {{1, 0, -0.0, kInfinity, -kInfinity, kMissing, 1e308, 5e-324}}).build();
  for (const std::string value : {"volume * 0", "0 * volume", "volume * (1/0)", "volume + 1/0", "volume - 1/0",
                                  "-1/0 - volume", "volume * 1e-300", "volume * 10", "volume + 3", "volume * (0/0)",
                                  "volume + 0/0", "-volume", "abs(volume)", "volume / volume"})
    for (const std::string test : {"all_valid({})", "valid({})", "all_valid({}, volume)", "all_valid(-({}) * 2 + 1)"})
      expect_same_bits({fmt::format(fmt::runtime(test), value)}, panel, {"volume"});
}

// What is always there is still no number: there is nothing before the first bar.
TEST(Rewriting, ATestThatIsAlwaysTrueHasNoRowsBeforeTheOrigin) {
  const panel::Panel panel = dense(3, 12, 27).build();
  for (const std::string test :
       {"all_valid(bar_index())", "valid(count_when(close > open))", "all_valid(valid(close), fill(close, 1))",
        "all_valid(close, 0/0)", "all_valid(bar_index(), 0/0)"})
    for (const std::string around :
         {"ref({}, 3)", "sum({}, 4)", "ema({}, 0.5)", "every({}, 3)", "ffill({})", "{}", "wilder({}, 2)"})
      expect_same_bits({fmt::format(fmt::runtime(around), test)}, panel, kColumnNames);
}

TEST(Rewriting, ChangesNoBitOfTheClassicProfile) {
  std::ifstream file(std::string(MOMENTUM_SOURCE_DIR) + "/src/score/classic.formula");
  ASSERT_TRUE(file);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  Graph graph;
  const Definitions lines = must(parse_program(graph, text));
  ASSERT_GT(lines.size(), 50u);
  std::vector<NodeId> all;
  for (const auto& [name, node] : lines) all.push_back(node);
  const panel::Panel panels[] = {nasty(40, 200, 28).build(), varied(40, 300, 29).build(), dense(33, 300, 30).build()};
  const auto expect = [&](const std::vector<NodeId>& outputs, const std::string& what) {
    const Program plain = must(compile(graph, outputs, {kColumnNames, false})),
                  rewritten = must(compile(graph, outputs, {kColumnNames, true}));
    for (const auto& panel : panels)
      EXPECT_EQ(difference(run(rewritten, panel, {kernels::supported_levels().back(), 1, 16}), run(plain, panel)), "")
          << what;
  };
  expect(all, "all lines together");
  for (const auto& [name, node] : lines) expect({node}, name);
}

TEST(Outputs, ThatAreNotAskedForAreDropped) {
  Graph g;
  must(parse_expression(g, "rank(std(amount, 30))"));
  const NodeId wanted[] = {must(parse_expression(g, "mean(volume, 5)"))};
  must(parse_expression(g, "ema(turnover, 0.5)"));
  for (const bool rewrite : {false, true}) {
    const Program p = must(compile(g, wanted, {kColumnNames, rewrite}));
    EXPECT_EQ(p.graph.size(), 2u);
    ASSERT_EQ(p.stages.size(), 1u);
    EXPECT_EQ(p.planes, 0u);
    ASSERT_EQ(p.stages[0].leaves.size(), 1u);
    EXPECT_EQ(p.stages[0].leaves[0].column, "volume");
    EXPECT_EQ(p.stages[0].steps.size(), 1u);
  }
}

TEST(Divisions, ByOneSeriesShareAReciprocal) {
  const std::vector<std::string> texts{"volume / amount", "turnover / amount", "volume / ref(amount, 3)",
                                       "volume / turnover"};
  const Program rewritten = compiled_all(texts), plain = compiled_all(texts, false);
  EXPECT_EQ(steps_of(rewritten, Kernel::reciprocal), 1u);
  EXPECT_EQ(steps_of(rewritten, Kernel::divide_by), 3u);
  EXPECT_EQ(steps_of(rewritten, Kernel::divide), 1u) << "a divisor used once is divided by";
  EXPECT_EQ(steps_of(plain, Kernel::divide), 4u);
  EXPECT_EQ(steps_of(plain, Kernel::divide_by), 0u);
  EXPECT_EQ(steps_of(compiled_all({"volume / 3", "amount / 3"}), Kernel::divide_by), 0u)
      << "numbers are left to the kernel";
}

TEST(Factor, IsOneWhereThePanelHasNone) {
  std::vector<std::string> columns = kColumnNames;
  std::erase(columns, "factor");
  const Program p = compiled_all({"mean(close, 5)", "mean(close, 5) > 10"}, true, columns);
  EXPECT_EQ(steps_of(p, Kernel::multiply), 0u);
  EXPECT_EQ(steps_of(p, Kernel::divide), 0u);
  for (const auto& leaf : p.stages[0].leaves) EXPECT_EQ(leaf.column, "close");
  Market market = nasty(33, 60, 31);
  for (auto& i : market.instruments) i.columns.resize(kFactor);
  market.names = columns;
  expect_same_bits({"mean(close, 5)", "mean(close, 5) > 10", "rank(close)", "close * 1 / 1"}, market.build(), columns);
}

TEST(Validity, OfValuesThatAreNotNeededIsTestedWithoutThem) {
  const Program p = compiled("all_valid(volume / amount, std(log(volume / ref(volume, 1)), 20), mean(volume, 5))");
  EXPECT_EQ(steps_of(p, Kernel::rolling_std), 0u);
  EXPECT_EQ(steps_of(p, Kernel::can_divide), 1u);
  EXPECT_EQ(steps_of(p, Kernel::log_finite), 1u);
  const Program both = compiled_all({"std(volume, 20)", "all_valid(std(volume, 20), volume)"});
  EXPECT_EQ(steps_of(both, Kernel::rolling_std), 1u);
  EXPECT_EQ(steps_of(both, Kernel::whole), 0u) << "the value is there anyway";
  for (const auto& step : both.stages[0].steps) {
    if (step.kernel == Kernel::all_valid) {
      EXPECT_EQ(step.inputs.size(), 1u) << "a deviation says that its input is there";
    }
  }
}

}  // namespace
}  // namespace momentum::expr
