#include "momentum/expr/optimize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "validity_internal.h"

namespace momentum::expr {
namespace {

// Copies nodes below the outputs, letting `make` decide what each becomes.
template <class Make>
Rewritten copy(const Graph& from, std::span<const NodeId> outputs, Make make) {
  Rewritten result{Graph(from.basis(), kMaxRewrittenDepth), {}};
  std::vector<bool> live(from.size());
  for (const NodeId id : outputs) live[id] = true;
  for (std::size_t id = from.size(); id-- > 0;)
    if (live[id])
      for (const NodeId i : from[static_cast<NodeId>(id)].inputs) live[i] = true;
  std::vector<NodeId> to(from.size());
  for (NodeId id = 0; id < from.size(); ++id) {
    if (!live[id]) continue;
    Node node = from[id];
    for (NodeId& i : node.inputs) i = to[i];
    to[id] = make(result.graph, id, std::move(node));
  }
  for (const NodeId id : outputs) result.outputs.push_back(to[id]);
  return result;
}

NodeId rebuild(Graph& g, Node node) {
  switch (node.kind) {
    case NodeKind::leaf: return g.leaf(node.name);
    case NodeKind::constant: return g.constant(node.params[0]);
    case NodeKind::shift: return g.shift(node.inputs[0], static_cast<std::size_t>(node.params[0]));
    case NodeKind::rank: return g.rank_as_is(node.inputs[0]);
    case NodeKind::kernel: return g.kernel(node.kernel, std::move(node.inputs), std::move(node.params));
  }
  return 0;
}

bool is_one(const Graph& g, NodeId id) { return g.is_constant(id) && g.value(id) == 1.0; }

// The series a divisor is a view of.
NodeId base_of(const Graph& g, NodeId id) { return g[id].kind == NodeKind::shift ? g[id].inputs[0] : id; }

}  // namespace

Rewritten optimize(const Graph& graph, std::span<const NodeId> outputs, std::span<const std::string> columns,
                   bool rewrite) {
  const bool has_factor = std::find(columns.begin(), columns.end(), "factor") != columns.end();
  auto plain = copy(graph, outputs, [&](Graph& g, NodeId, Node node) {
    if (node.kind == NodeKind::leaf && node.name == "factor" && !has_factor) return g.constant(1.0);
    if (rewrite && node.kind == NodeKind::kernel && node.inputs.size() == 2 && is_one(g, node.inputs[1]) &&
        (node.kernel == Kernel::multiply || node.kernel == Kernel::divide))
      return node.inputs[0];
    return rebuild(g, std::move(node));
  });
  if (!rewrite) return plain;

  plain = simplify_validity(plain);

  std::map<NodeId, int> divisors;
  for (NodeId id = 0; id < plain.graph.size(); ++id) {
    const Node& node = plain.graph[id];
    if (node.kind == NodeKind::kernel && node.kernel == Kernel::divide && !plain.graph.is_constant(node.inputs[1]))
      ++divisors[base_of(plain.graph, node.inputs[1])];
  }
  return copy(plain.graph, plain.outputs, [&](Graph& g, NodeId id, Node node) {
    if (node.kind == NodeKind::kernel && node.kernel == Kernel::divide) {
      const NodeId divisor = plain.graph[id].inputs[1];
      const auto shared = divisors.find(base_of(plain.graph, divisor));
      if (shared != divisors.end() && shared->second > 1) {
        const NodeId base = base_of(g, node.inputs[1]);
        const NodeId reciprocal = g.kernel(Kernel::reciprocal, {base});
        const std::size_t lag = base == node.inputs[1] ? 0 : static_cast<std::size_t>(g[node.inputs[1]].params[0]);
        return g.kernel(Kernel::divide_by, {node.inputs[0], node.inputs[1], g.shift(reciprocal, lag)});
      }
    }
    return rebuild(g, std::move(node));
  });
}

}  // namespace momentum::expr
