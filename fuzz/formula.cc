// The text of formulas: src/expr/parse.cc, and what a graph makes of them.

#include "momentum/expr/parse.h"

#include <string>
#include <vector>

#include "fuzz_target.h"
#include "momentum/expr/program.h"

namespace momentum::fuzz {
namespace {

const std::vector<std::string> kColumns = {"open", "high", "low", "close", "volume", "amount", "preclose", "turnover"};

bool is_refusal(const Error& error) {
  return error.code == ErrorCode::bad_expression || error.code == ErrorCode::too_large;
}

}  // namespace

void run(std::string_view input) {
  expr::Graph graph;
  const auto program = expr::parse_program(graph, input);
  if (!program) {
    MOMENTUM_CHECK(is_refusal(program.error()) && !program.error().what.empty());
    return;
  }
  // The same text gives the same nodes, in this graph and in another.
  expr::Graph other;
  const auto again = expr::parse_program(graph, input), elsewhere = expr::parse_program(other, input);
  MOMENTUM_CHECK(again && *again == *program && elsewhere && elsewhere->size() == program->size());
  std::vector<expr::NodeId> outputs;
  for (std::size_t k = 0; k < program->size(); ++k) {
    const expr::NodeId node = (*program)[k].second, twin = (*elsewhere)[k].second;
    MOMENTUM_CHECK(graph.text(node) == other.text(twin));
    MOMENTUM_CHECK(graph.hash({&node, 1}) == other.hash({&twin, 1}));
    outputs.push_back(node);
  }
  if (outputs.empty()) return;
  for (const bool rewrite : {true, false}) {
    const auto compiled = expr::compile(graph, outputs, {.columns = kColumns, .rewrite = rewrite});
    MOMENTUM_CHECK(!compiled || compiled->outputs.size() == outputs.size());
  }
}

}  // namespace momentum::fuzz
