#pragma once
// Operators that are built from others.

#include <span>

#include "momentum/expr/graph.h"

namespace momentum::expr {

NodeId expand_all_valid(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_step(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_ref(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_delta(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_pct(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_std(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_every(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_wilder(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_rsi(Graph& g, std::span<const NodeId> in, std::span<const double> options);
NodeId expand_rank(Graph& g, std::span<const NodeId> in, std::span<const double> options);

// a <, <=, >, >=, ==, != b. Prices against prices compare as they are; a price against anything else at its own day's
// traded level.
NodeId compare(Graph& g, Kernel relation, NodeId a, NodeId b);

}  // namespace momentum::expr
