#pragma once
// The price degree of a node from those of its inputs.

#include "momentum/expr/graph.h"

namespace momentum::expr {

std::int8_t degree_of(const Graph& graph, const Node& node);

}  // namespace momentum::expr
