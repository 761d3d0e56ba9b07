// What must hold for every operator of the table: no lookahead, equal bits however it is computed, and the truth of
// what its node says about first row and reach.

#include <set>

#include "operator_calls.h"

namespace momentum::expr {
namespace {

class EveryOperator : public testing::TestWithParam<std::string> {
 protected:
  static std::vector<OperatorCall> calls() {
    std::vector<OperatorCall> mine;
    for (const auto& call : operator_calls())
      if (call.name == GetParam()) mine.push_back(call);
    return mine;
  }
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& op : operators()) all.emplace_back(op.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Operators, EveryOperator, testing::ValuesIn(names()), [](const auto& i) { return i.param; });

TEST_P(EveryOperator, HasACallToBeTestedWith) { EXPECT_FALSE(calls().empty()) << "add one to operator_calls.h"; }

TEST_P(EveryOperator, NodeSaysItsFirstRowAndReach) {
  for (const auto& call : calls()) {
    Graph g;
    const Node& node = g[must(parse_expression(g, call.text))];
    EXPECT_EQ(node.first, call.first) << call.text;
    EXPECT_EQ(node.reach, call.reach) << call.text;
  }
}

TEST_P(EveryOperator, HasNoValueBeforeItsFirstRowAndOneOnIt) {
  const panel::Panel panel = dense(33, 60, 1).build();
  for (const auto& call : calls()) {
    const Values values = run(compiled(call.text), panel);
    for (const auto& column : values[0])
      for (std::size_t r = 0; r < column.size(); ++r) {
        if (r < call.first) {
          EXPECT_TRUE(std::isnan(column[r])) << call.text << " row " << r;
        } else if (call.present) {
          EXPECT_FALSE(std::isnan(column[r])) << call.text << " row " << r;
        }
      }
  }
}

TEST_P(EveryOperator, LooksAtNoLaterBar) {
  const Market market = varied(70, 120, 2);
  for (const auto& call : calls()) {
    const Program program = compiled(call.text);
    const Values whole = run(program, market.build());
    for (const std::int32_t day : {1001, 1017, 1060, 1118}) {
      const Market before = market.cut([&](const Instrument& i) { return std::pair(std::size_t{0}, row_at(i, day)); });
      Values wanted = whole;
      for (std::size_t i = 0; i < wanted[0].size(); ++i) wanted[0][i].resize(row_at(market.instruments[i], day));
      EXPECT_EQ(difference(run(program, before.build()), wanted), "") << call.text << " cut at " << day;
    }
  }
}

TEST_P(EveryOperator, GivesTheSameBitsHoweverItIsComputed) {
  for (const bool odd : {false, true}) {
    const panel::Panel panel = (odd ? nasty(70, 130, 3) : varied(70, 130, 3)).build();
    for (const auto& call : calls()) {
      const Program plain = compiled(call.text, false), rewritten = compiled(call.text, true);
      const Values wanted = run(plain, panel, {SimdLevel::scalar, 1, 130});
      for (const SimdLevel level : kernels::supported_levels())
        for (const std::size_t chunk : {1, 7, 16, 64, 4096})
          for (const int threads : {1, 2}) {
            if (threads == 2 && chunk != 16) continue;
            const std::string how =
                fmt::format("{} at {} chunk {} threads {}", call.text, to_string(level), chunk, threads);
            EXPECT_EQ(difference(run(rewritten, panel, {level, threads, chunk}), wanted), "") << how;
            if (chunk == 7) {
              EXPECT_EQ(difference(run(plain, panel, {level, threads, chunk}), wanted), "") << how << " as built";
            }
          }
    }
  }
}

// Alone, and with others in the tile. A rank is about the others and is left out.
TEST_P(EveryOperator, DoesNotDependOnItsCompanions) {
  if (find_operator(GetParam())->kind == OperatorKind::cross_section)
    GTEST_SKIP() << "a cross-section is about its companions";
  const Market market = nasty(40, 130, 4);
  const SimdLevel best = kernels::supported_levels().back();
  for (const auto& call : calls()) {
    const Program program = compiled(call.text);
    const Values together = run(program, market.build(), {best, 1, 16});
    for (std::size_t i = 0; i < market.instruments.size(); i += 3) {
      Market alone;
      alone.instruments = {market.instruments[i]};
      EXPECT_EQ(difference(run(program, alone.build(), {best, 1, 16}), {{together[0][i]}}), "")
          << call.text << " instrument " << i;
    }
  }
}

// A panel that starts `reach` bars before a day has, from that day on, the bits of the whole.
TEST_P(EveryOperator, FiniteReachIsEnough) {
  for (const bool odd : {false, true}) {
    const Market market = odd ? nasty(70, 130, 5) : varied(70, 130, 5);
    for (const auto& call : calls()) {
      if (call.reach == kInfinite) continue;
      const Program program = compiled(call.text);
      const Values whole = run(program, market.build());
      for (const std::int32_t day : {1030, 1071, 1111}) {
        const auto start = [&](const Instrument& i) { return row_at(i, day) - std::min(row_at(i, day), call.reach); };
        const Market late = market.cut([&](const Instrument& i) { return std::pair(start(i), i.dates.size()); });
        Values found = run(program, late.build()), wanted = whole;
        for (std::size_t i = 0; i < wanted[0].size(); ++i) {
          const auto& instrument = market.instruments[i];
          const auto row = static_cast<std::ptrdiff_t>(row_at(instrument, day));
          found[0][i].erase(found[0][i].begin(),
                            found[0][i].begin() + row - static_cast<std::ptrdiff_t>(start(instrument)));
          wanted[0][i].erase(wanted[0][i].begin(), wanted[0][i].begin() + row);
        }
        EXPECT_EQ(difference(found, wanted), "") << call.text << " from " << day;
      }
    }
  }
}

// One bar changed: nothing before it and nothing beyond the reach moves, and something at the very end of the reach
// does.
TEST_P(EveryOperator, FiniteReachIsTight) {
  const Market market = dense(33, 60, 6);  // all on the same days, so that a row is a day
  for (const auto& call : calls()) {
    const Program program = compiled(call.text);
    const Values before = run(program, market.build());
    bool reached = call.reach == kInfinite;
    for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{13}, std::size_t{19}})
      for (const double by : {kMissing, 0.5, 3.0}) {
        Market changed = market;
        for (auto& i : changed.instruments)
          for (std::size_t c = 0; c < kFactor; ++c) i.columns[c][at] *= by * (c % 2 == 0 ? 1.0 : 0.9);
        const Values after = run(program, changed.build());
        for (std::size_t i = 0; i < before[0].size(); ++i)
          for (std::size_t r = 0; r < before[0][i].size(); ++r) {
            const bool moved = !same(before[0][i][r], after[0][i][r]);
            const bool may = r >= at && (call.reach == kInfinite || r <= at + call.reach);
            EXPECT_TRUE(may || !moved) << call.text << " bar " << at << " moved row " << r;
            reached = reached || (moved && r == at + call.reach);
          }
      }
    EXPECT_TRUE(reached) << call.text << ": the reach is larger than it need be";
  }
}

// Where the node says that every earlier bar matters, a later start must show it.
TEST_P(EveryOperator, InfiniteReachIsReal) {
  for (const auto& call : calls()) {
    if (call.reach != kInfinite) continue;
    const Program program = compiled(call.text);
    bool moved = false;
    for (const bool gaps : {false, true}) {
      const Market market = gaps ? nasty(70, 130, 7) : dense(33, 130, 7);
      const Values whole = run(program, market.build());
      for (const double part : {0.03, 0.2, 0.5, 0.8}) {  // the last one leaves instruments that have no more values
        const auto start = [&](const Instrument& i) {
          return static_cast<std::size_t>(part * static_cast<double>(i.dates.size()));
        };
        const Market late = market.cut([&](const Instrument& i) { return std::pair(start(i), i.dates.size()); });
        const Values found = run(program, late.build());
        for (std::size_t i = 0; i < found[0].size(); ++i)
          for (std::size_t r = call.first + 8; r < found[0][i].size(); ++r)
            moved = moved || !same(found[0][i][r], whole[0][i][r + start(market.instruments[i])]);
      }
    }
    EXPECT_TRUE(moved) << call.text << ": its reach might be finite";
  }
}

}  // namespace
}  // namespace momentum::expr
