#include "momentum/expr/program.h"

#include <set>

#include "operator_calls.h"
#include "random_expression.h"

namespace momentum::expr {
namespace {

TEST(Compile, NamesTheColumnThatIsMissing) {
  Graph g;
  const NodeId outputs[] = {must(parse_expression(g, "turnover + volume"))};
  const auto program = compile(g, outputs, {{"close", "volume"}, true});
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code, ErrorCode::name_not_found);
  const std::string said = program.error().to_string();
  EXPECT_NE(said.find("turnover"), std::string::npos) << said;
  EXPECT_NE(said.find("close, volume"), std::string::npos) << said;
}

TEST(Compile, CutsStagesAtRanks) {
  EXPECT_EQ(compiled("mean(close, 5)").stages.size(), 1u);
  const Program one = compiled("rank(close)");
  ASSERT_EQ(one.stages.size(), 2u);
  EXPECT_EQ(one.planes, 1u);
  EXPECT_EQ(one.stages[0].planes, std::vector<std::uint32_t>{0});
  EXPECT_TRUE(one.stages[1].planes.empty());
  EXPECT_EQ(compiled("rank(ema(rank(close), 0.5))").stages.size(), 3u);
  const Program two = compiled("rank(close) + rank(volume)");
  EXPECT_EQ(two.stages.size(), 2u) << "both in one stage";
  EXPECT_EQ(two.planes, 2u);
  const Program shared = compiled_all({"rank(close)", "1 - rank(close)", "rank(volume * rank(close))"});
  EXPECT_EQ(shared.stages.size(), 3u);
  EXPECT_EQ(shared.planes, 2u);
}

TEST(Compile, HashIsThatOfTheGraphAsGiven) {
  const std::vector<std::string> texts{"close / open", "volume / open", "all_valid(std(close, 20))"};
  const Program a = compiled_all(texts, true), b = compiled_all(texts, false);
  EXPECT_EQ(a.hash, b.hash);
  Graph g;
  std::vector<NodeId> outputs;
  for (const auto& text : texts) outputs.push_back(must(parse_expression(g, text)));
  EXPECT_EQ(a.hash, g.hash(outputs));
}

// A value that is still needed is never written over: every read is of the node that the step was made from.
TEST(Places, HoldTheirValuesAsLongAsTheyAreNeeded) {
  for (const auto& text : random_expressions(200, 51, true, 5)) {
    for (const bool rewrite : {false, true}) {
      const Program p = compiled(text, rewrite);
      for (const Stage& stage : p.stages) {
        std::vector<NodeId> in_slot(stage.slots, UINT32_MAX), in_window(stage.windows.size(), UINT32_MAX);
        std::size_t state = 0;
        const auto check = [&](NodeId wanted, const Place& place) {
          const Node& n = p.graph[wanted];
          const NodeId base = n.kind == NodeKind::shift ? n.inputs[0] : wanted;
          if (place.kind == PlaceKind::slot) {
            EXPECT_EQ(in_slot[place.index], base) << text;
            EXPECT_EQ(place.shift, 0u) << text;
          }
          if (place.kind == PlaceKind::window) {
            EXPECT_EQ(in_window[place.index], base) << text;
          }
          if (place.kind == PlaceKind::window) {
            EXPECT_LE(place.shift, stage.windows[place.index]) << text;
          }
          if (place.kind == PlaceKind::leaf) {
            EXPECT_LE(place.shift, stage.leaves[place.index].history) << text;
          }
        };
        for (const Step& step : stage.steps) {
          const Node& n = p.graph[step.node];
          ASSERT_EQ(step.inputs.size(), n.inputs.size());
          for (std::size_t i = 0; i < n.inputs.size(); ++i) {
            check(n.inputs[i], step.inputs[i]);
            const std::size_t back = kernels::history(step.kernel, step.params) + step.inputs[i].shift;
            if (back > 0 && step.inputs[i].kind != PlaceKind::constant) {
              ASSERT_NE(step.inputs[i].kind, PlaceKind::slot) << text << ": a slot has no past";
              const std::size_t kept = step.inputs[i].kind == PlaceKind::leaf
                                           ? stage.leaves[step.inputs[i].index].history
                                           : stage.windows[step.inputs[i].index];
              EXPECT_LE(back, kept) << text;
            }
            if (!is_elementwise(step.kernel) && step.inputs[i].kind == PlaceKind::slot &&
                step.out.kind == PlaceKind::slot) {
              EXPECT_NE(step.inputs[i].index, step.out.index) << text << ": written over its own input";
            }
          }
          EXPECT_EQ(step.state, state) << text;
          state += kernels::state_slots(step.kernel, step.params);
          (step.out.kind == PlaceKind::slot ? in_slot : in_window)[step.out.index] = step.node;
        }
        EXPECT_EQ(stage.state_rows, state);
        if (&stage == &p.stages.back())
          for (std::size_t i = 0; i < stage.outputs.size(); ++i) check(p.outputs[i], stage.outputs[i]);
      }
    }
  }
}

// The first row and reach that nodes claim hold whatever is combined with whatever.
TEST(Nodes, OfRandomExpressionsHaveNoValueBeforeTheirFirstRow) {
  const panel::Panel panels[] = {dense(33, 90, 52).build(), nasty(33, 90, 53).build()};
  for (const auto& text : random_expressions(300, 54)) {
    Graph g;
    const std::size_t first = g[must(parse_expression(g, text))].first;
    if (first == 0) continue;
    for (const auto& panel : panels) {
      const Values found = run(compiled(text), panel);
      for (const auto& column : found[0])
        for (std::size_t r = 0; r < std::min(first, column.size()); ++r)
          ASSERT_TRUE(std::isnan(column[r])) << text << " row " << r;
    }
  }
}

TEST(Nodes, OfRandomExpressionsReachNoFurtherThanTheySay) {
  const Market market = nasty(40, 110, 55);
  std::size_t finite = 0;
  for (const auto& text : random_expressions(400, 56)) {
    Graph g;
    const std::size_t reach = g[must(parse_expression(g, text))].reach;
    if (reach == kInfinite) continue;
    ++finite;
    const std::int32_t day = 1060;
    const auto start = [&](const Instrument& i) { return row_at(i, day) - std::min(row_at(i, day), reach); };
    const Program program = compiled(text);
    const Values whole = run(program, market.build());
    const Values late =
        run(program, market.cut([&](const Instrument& i) { return std::pair(start(i), i.dates.size()); }).build());
    for (std::size_t i = 0; i < market.instruments.size(); ++i)
      for (std::size_t r = row_at(market.instruments[i], day); r < whole[0][i].size(); ++r)
        ASSERT_TRUE(same(whole[0][i][r], late[0][i][r - start(market.instruments[i])]))
            << text << " instrument " << i << " row " << r;
  }
  EXPECT_GT(finite, 100u);
}

}  // namespace
}  // namespace momentum::expr
