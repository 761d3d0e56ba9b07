#pragma once
// Rewrites that change no bit of any output.

#include <span>
#include <string>
#include <vector>

#include "momentum/expr/graph.h"

namespace momentum::expr {

struct Rewritten {
  Graph graph;
  std::vector<NodeId> outputs;
};

// Copies what the outputs need into a new graph (the rest is dropped) and, if `rewrite`:
//   x * 1, x / 1                      -> x (a leaf "factor" that is not among `columns` is 1)
//   several divisions by one series   -> one reciprocal and divide_by, which is proven to give the same quotients
//   tests of validity                 -> the cheapest test that says the same: a value that is needed anyway, a condition on
//                                        operands, or nothing where another tested value already implies it
Rewritten optimize(const Graph& graph, std::span<const NodeId> outputs, std::span<const std::string> columns,
                   bool rewrite);

}  // namespace momentum::expr
