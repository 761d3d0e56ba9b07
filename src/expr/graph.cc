#include "momentum/expr/graph.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "degree_internal.h"

namespace momentum::expr {
namespace {

std::size_t saturating_add(std::size_t a, std::size_t b) { return a > kInfinite - b ? kInfinite : a + b; }

// The bytes that make two nodes the same: kind, kernel, inputs, parameters bit by bit, name.
std::string identity(const Node& n) {
  std::string key;
  const auto put = [&](std::uint64_t v) { key.append(reinterpret_cast<const char*>(&v), sizeof(v)); };
  put((static_cast<std::uint64_t>(n.kind) << 32) | static_cast<std::uint64_t>(n.kernel));
  put(n.inputs.size());
  for (const NodeId i : n.inputs) put(i);
  for (const double p : n.params) put(std::bit_cast<std::uint64_t>(p));
  return key + n.name;
}

}  // namespace

bool is_elementwise(Kernel kernel) noexcept { return kernel <= Kernel::all_valid; }

bool is_price_column(std::string_view column) noexcept {
  static constexpr std::array<std::string_view, 5> kPrices{"open", "high", "low", "close", "preclose"};
  return std::find(kPrices.begin(), kPrices.end(), column) != kPrices.end();
}

void Graph::set_error(Error error) {
  if (failed_) return;
  failed_ = true;
  error_ = std::move(error);
}

NodeId Graph::intern(Node node) {
  derive(node);
  if (node.depth > max_depth_) {
    set_error({ErrorCode::too_large, "the expression is nested too deeply", {}, "split it"});
    return node.inputs[0];
  }
  const auto [at, fresh] = ids_.try_emplace(identity(node), static_cast<NodeId>(nodes_.size()));
  if (fresh) nodes_.push_back(std::move(node));
  return at->second;
}

void Graph::derive(Node& node) const {
  node.first = 0;
  node.reach = 0;
  node.depth = 0;
  node.ranked = node.kind == NodeKind::rank;
  for (const NodeId i : node.inputs) {
    node.first = std::max(node.first, nodes_[i].first);
    node.reach = std::max(node.reach, nodes_[i].reach);
    node.depth = std::max(node.depth, nodes_[i].depth + 1);
    node.ranked = node.ranked || nodes_[i].ranked;
  }
  node.degree = degree_of(*this, node);
  const auto extend = [&](std::size_t rows) {
    node.first = saturating_add(node.first, rows);
    node.reach = node.ranked && rows > 0 ? kInfinite : saturating_add(node.reach, rows);
  };
  if (node.kind == NodeKind::shift) extend(static_cast<std::size_t>(node.params[0]));
  if (node.kind != NodeKind::kernel) return;
  switch (node.kernel) {
    case Kernel::rolling_sum:
    case Kernel::rolling_mean:
    case Kernel::rolling_std:
    case Kernel::rolling_min:
    case Kernel::rolling_max: extend(static_cast<std::size_t>(node.params[0]) - 1); break;
    case Kernel::whole:
      extend(static_cast<std::size_t>(node.params[0]) - 1);
      node.first = 0;
      break;
    case Kernel::wilder:
      node.first =
          saturating_add(static_cast<std::size_t>(node.params[1]), static_cast<std::size_t>(node.params[0]) - 1);
      node.reach = kInfinite;
      break;
    case Kernel::select:  // either side may stand alone
      node.first =
          std::max(nodes_[node.inputs[0]].first, std::min(nodes_[node.inputs[1]].first, nodes_[node.inputs[2]].first));
      break;
    case Kernel::value_when:
      node.first = saturating_add(node.first, static_cast<std::size_t>(node.params[0]) - 1);
      node.reach = kInfinite;
      break;
    case Kernel::mean_when:  // one value is enough once the condition held n times
      node.first = std::max(saturating_add(nodes_[node.inputs[0]].first, static_cast<std::size_t>(node.params[0]) - 1),
                            nodes_[node.inputs[1]].first);
      node.reach = kInfinite;
      break;
    case Kernel::count_when: node.first = 0; [[fallthrough]];
    case Kernel::bars_since:
    case Kernel::ema:
    case Kernel::fill_forward:
    case Kernel::bar_index: node.reach = kInfinite; break;
    case Kernel::fill:
    case Kernel::valid:
    case Kernel::can_divide:
    case Kernel::log_finite:
    case Kernel::finite:
    case Kernel::all_valid: node.first = 0; break;
    default: break;
  }
}

NodeId Graph::leaf(std::string_view column) {
  Node node;
  node.kind = NodeKind::leaf;
  node.name = column;
  return intern(std::move(node));
}

NodeId Graph::price(std::string_view column) {
  const NodeId stored = leaf(column);
  if (basis_ == PriceBasis::stored || !is_price_column(column)) return stored;
  return kernel(Kernel::multiply, {stored, leaf("factor")});
}

NodeId Graph::constant(double value) {
  Node node;
  node.params = {std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value};
  return intern(std::move(node));
}

NodeId Graph::shift(NodeId x, std::size_t rows) {
  if (rows == 0 || is_constant(x)) return x;
  if (nodes_[x].kind == NodeKind::shift) {
    rows = saturating_add(rows, static_cast<std::size_t>(nodes_[x].params[0]));
    x = nodes_[x].inputs[0];
  }
  if (rows > kernels::kMaxWindow) set_error({ErrorCode::bad_expression, "a shift by too many rows", text(x), {}});
  Node node;
  node.kind = NodeKind::shift;
  node.inputs = {x};
  node.params = {static_cast<double>(rows)};
  return intern(std::move(node));
}

NodeId Graph::kernel(Kernel kernel, std::vector<NodeId> inputs, std::vector<double> params) {
  const bool all_constant =
      !inputs.empty() && std::all_of(inputs.begin(), inputs.end(), [&](NodeId i) { return is_constant(i); });
  if (is_elementwise(kernel) && all_constant) return fold(kernel, inputs, params);
  if (kernels::history(kernel, params) > 0 || kernel == Kernel::ema || kernel == Kernel::fill_forward) {
    if (all_constant)
      set_error({ErrorCode::bad_expression, "a series is needed, not a number",
                 std::string(kernel_name(kernel)) + "(" + text(inputs[0]) + ")", "give it a column or an expression"});
  }
  if (inputs.size() > kernels::kMaxInputs)
    set_error({ErrorCode::bad_expression, "too many inputs", std::string(kernel_name(kernel)), {}});
  Node node;
  node.kind = NodeKind::kernel;
  node.kernel = kernel;
  node.inputs = std::move(inputs);
  node.params = std::move(params);
  return intern(std::move(node));
}

NodeId Graph::rank(NodeId x) { return rank_as_is(at_traded_level(x)); }

NodeId Graph::rank_as_is(NodeId x) {
  Node node;
  node.kind = NodeKind::rank;
  node.inputs = {x};
  return intern(std::move(node));
}

// The definition itself computes the constant, so folding cannot change a bit.
NodeId Graph::fold(Kernel kernel, const std::vector<NodeId>& inputs, const std::vector<double>& params) {
  using kernels::kTileLanes;
  std::vector<std::array<double, kTileLanes>> rows(inputs.size());
  std::vector<const double*> in;
  const std::vector<std::size_t> strides(inputs.size(), 0);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    rows[i].fill(value(inputs[i]));
    in.push_back(rows[i].data());
  }
  std::array<double, kTileLanes> out{};
  const kernels::KernelCall call{in.data(), strides.data(), inputs.size(), out.data(), nullptr, params.data(), 1};
  kernels::kernels_for(SimdLevel::scalar)[static_cast<std::size_t>(kernel)](call);
  return constant(out[0]);
}

NodeId Graph::at_traded_level(NodeId x) {
  const std::int8_t degree = nodes_[x].degree;
  if (basis_ == PriceBasis::stored || degree == 0 || degree == kDegreeAny) return x;
  const auto is_factor = [&](NodeId id) { return nodes_[id].kind == NodeKind::leaf && nodes_[id].name == "factor"; };
  const auto is_by_factor = [&](const Node& n, Kernel k) {
    return n.kind == NodeKind::kernel && n.kernel == k && is_factor(n.inputs[1]);
  };
  const auto is_adjusted_leaf = [&](const Node& n) {
    return is_by_factor(n, Kernel::multiply) && nodes_[n.inputs[0]].kind == NodeKind::leaf;
  };
  // The stored column itself: (price x F) / F may miss it by a last place and break a tie with a round number.
  if (is_adjusted_leaf(nodes_[x])) return nodes_[x].inputs[0];
  if (degree == 1) return kernel(Kernel::divide, {x, leaf("factor")});
  // No power of one factor takes it back: compute it on the prices of the day instead.
  std::string note = "computed on unadjusted prices, because it mixes prices with other units: " + text(x);
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
  std::unordered_map<NodeId, NodeId> rebuilt;
  const auto rebuild = [&](auto&& self, NodeId id) -> NodeId {
    if (const auto known = rebuilt.find(id); known != rebuilt.end()) return known->second;
    const Node node = nodes_[id];
    NodeId made = id;
    if (is_adjusted_leaf(node)) {
      made = node.inputs[0];
    } else if (is_by_factor(node, Kernel::divide)) {  // at its day's level already: on stored prices that is itself
      made = self(self, node.inputs[0]);
    } else if (node.kind == NodeKind::shift) {
      made = shift(self(self, node.inputs[0]), static_cast<std::size_t>(node.params[0]));
    } else if (node.kind == NodeKind::kernel) {
      std::vector<NodeId> inputs;
      for (const NodeId i : node.inputs) inputs.push_back(self(self, i));
      made = kernel(node.kernel, std::move(inputs), node.params);
    }
    rebuilt[id] = made;
    return made;
  };
  return rebuild(rebuild, x);
}

}  // namespace momentum::expr
