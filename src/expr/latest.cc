#include "momentum/expr/latest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "momentum/expr/optimize.h"
#include "validity_internal.h"

namespace momentum::expr {
namespace {

// Of rows on which a condition fails, so many among the last ones leave a lane settled.
constexpr std::size_t kSpareRows = 70;
constexpr std::size_t kShortestTail = 128;

bool is_carried(const Node& n) {
  return n.kind == NodeKind::kernel && (n.kernel == Kernel::ema || n.kernel == Kernel::wilder ||
                                        n.kernel == Kernel::fill_forward || n.kernel == Kernel::bar_index);
}

bool is_conditional(const Node& n) {
  return n.kind == NodeKind::kernel && (n.kernel == Kernel::value_when || n.kernel == Kernel::mean_when ||
                                        n.kernel == Kernel::count_when || n.kernel == Kernel::bars_since);
}

// How often a comparison "count `kernel` bound" wants the condition to have held: from then on it is decided for good.
std::optional<double> deciding_count(Kernel kernel, double bound) {
  if (!(std::abs(bound) < 1e9)) return std::nullopt;
  switch (kernel) {
    case Kernel::greater_equal:
    case Kernel::less: return std::max(std::ceil(bound), 0.0);
    case Kernel::greater:
    case Kernel::less_equal: return std::max(std::floor(bound) + 1.0, 0.0);
    default: return std::nullopt;
  }
}

Kernel mirrored(Kernel kernel) {
  switch (kernel) {
    case Kernel::greater: return Kernel::less;
    case Kernel::less: return Kernel::greater;
    case Kernel::greater_equal: return Kernel::less_equal;
    case Kernel::less_equal: return Kernel::greater_equal;
    default: return kernel;
  }
}

// By condition, how many of the rows on which it held, counted back from a row, decide a node's value on that row.
using Looks = std::map<NodeId, double>;

class Cut {
 public:
  explicit Cut(const Rewritten& from) : from_(from.graph), outputs_(from.outputs), looks_(from.graph.size()) {}

  bool possible() {
    for (NodeId id = 0; id < from_.size(); ++id)
      if (!look(id)) return false;
    return std::ranges::none_of(outputs_, [&](NodeId id) { return is_count(id); });
  }

  // The outputs, and of each condition how often it held.
  Rewritten tail(std::vector<double>& times) {
    Rewritten result{Graph(from_.basis(), kMaxRewrittenDepth), {}};
    to_.assign(from_.size(), std::nullopt);
    for (const NodeId id : outputs_) result.outputs.push_back(copy(result.graph, id, true));
    Looks all;
    for (const NodeId id : outputs_) merge(all, looks_[id]);
    for (const auto& [condition, count] : all) {
      result.outputs.push_back(result.graph.kernel(Kernel::count_when, {copy(result.graph, condition, true)}));
      times.push_back(count);
    }
    return result;
  }
  // What tail() takes as columns. After tail().
  Rewritten carry() {
    Rewritten result{Graph(from_.basis(), kMaxRewrittenDepth), {}};
    to_.assign(from_.size(), std::nullopt);
    for (const NodeId id : carried_) result.outputs.push_back(copy(result.graph, id, false));
    return result;
  }
  // With a space, which the name of no column has.
  static std::string name_of(std::size_t carried) { return "carried " + std::to_string(carried); }
  std::size_t carried() const { return carried_.size(); }

 private:
  bool is_count(NodeId id) const {
    return from_[id].kind == NodeKind::kernel && from_[id].kernel == Kernel::count_when;
  }

  static void merge(Looks& into, const Looks& looks) {
    for (const auto& [condition, count] : looks) into[condition] = std::max(into[condition], count);
  }

  // False where a value on a row depends on more than the last so many rows on which conditions held.
  bool look(NodeId id) {
    const Node& n = from_[id];
    if (n.kind == NodeKind::rank) return false;
    Looks below;
    for (const NodeId i : n.inputs) merge(below, looks_[i]);
    const auto counted = std::ranges::find_if(n.inputs, [&](NodeId i) { return is_count(i); });
    if (counted != n.inputs.end()) return look_at_count(id, static_cast<std::size_t>(counted - n.inputs.begin()));
    if (is_conditional(n)) return look_at_condition(id);
    const bool elsewhere = n.kind == NodeKind::shift || (n.kind == NodeKind::kernel && !is_elementwise(n.kernel));
    looks_[id] = std::move(below);
    return !elsewhere || looks_[id].empty();
  }

  bool look_at_count(NodeId id, std::size_t at) {
    const Node& n = from_[id];
    if (n.kind != NodeKind::kernel || n.inputs.size() != 2) return false;
    const NodeId bound = n.inputs[1 - at];
    if (!from_.is_constant(bound)) return false;
    const auto count = deciding_count(at == 0 ? n.kernel : mirrored(n.kernel), from_.value(bound));
    if (!count) return false;
    looks_[id][from_[n.inputs[at]].inputs[0]] = *count;
    return true;
  }

  // A value that itself looks back does so from the furthest row on which the condition held.
  bool look_at_condition(NodeId id) {
    const Node& n = from_[id];
    const NodeId condition = n.inputs[0];
    if (!looks_[condition].empty()) return false;
    const double times = n.kernel == Kernel::value_when || n.kernel == Kernel::mean_when ? n.params[0] : 1.0;
    Looks& looks = looks_[id];
    looks[condition] = times;
    if (n.kernel == Kernel::count_when || n.kernel == Kernel::bars_since) return true;
    for (const auto& [below, count] : looks_[n.inputs[1]]) {
      if (below != condition) return false;  // on which rows it held is not known there
      looks[condition] = times - 1.0 + std::max(count, 1.0);
    }
    return true;
  }

  NodeId copy(Graph& to, NodeId id, bool tail) {
    if (to_[id]) return *to_[id];
    const Node& n = from_[id];
    NodeId made = 0;
    if (tail && is_carried(n)) {
      made = to.leaf(name_of(carried_.size()));
      carried_.push_back(id);
    } else {
      std::vector<NodeId> inputs;
      for (const NodeId i : n.inputs) inputs.push_back(copy(to, i, tail));
      switch (n.kind) {
        case NodeKind::leaf: made = to.leaf(n.name); break;
        case NodeKind::constant: made = to.constant(n.params[0]); break;
        case NodeKind::shift: made = to.shift(inputs[0], static_cast<std::size_t>(n.params[0])); break;
        case NodeKind::rank: made = to.rank_as_is(inputs[0]); break;
        case NodeKind::kernel: made = to.kernel(n.kernel, std::move(inputs), n.params); break;
      }
    }
    to_[id] = made;
    return made;
  }

  const Graph& from_;
  const std::vector<NodeId>& outputs_;
  std::vector<Looks> looks_;
  std::vector<std::optional<NodeId>> to_;
  std::vector<NodeId> carried_;
};

std::size_t longest_reach(const Graph& graph) {
  std::size_t longest = 0;
  for (NodeId id = 0; id < graph.size(); ++id)
    if (graph[id].reach != kInfinite) longest = std::max(longest, graph[id].reach);
  return longest;
}

std::vector<std::string> leaves_of(const Graph& graph) {
  std::vector<std::string> names;
  for (NodeId id = 0; id < graph.size(); ++id)
    if (graph[id].kind == NodeKind::leaf) names.push_back(graph[id].name);
  return names;
}

std::vector<std::string> those_among(const std::vector<std::string>& columns, const std::vector<std::string>& names) {
  std::vector<std::string> both;
  std::ranges::copy_if(columns, std::back_inserter(both),
                       [&](const std::string& column) { return std::ranges::find(names, column) != names.end(); });
  return both;
}

}  // namespace

Result<std::optional<Latest>> compile_latest(const Graph& graph, std::span<const NodeId> outputs,
                                             const CompileOptions& options) {
  if (graph.error() != nullptr) return std::unexpected(*graph.error());
  const Rewritten whole = optimize(graph, outputs, options.columns, options.rewrite);
  if (whole.graph.error() != nullptr) return std::unexpected(*whole.graph.error());
  Cut cut(whole);
  if (!cut.possible()) return std::optional<Latest>();

  std::vector<double> times;
  const Rewritten tail = cut.tail(times), carry = cut.carry();
  CompileOptions as_cut{options.columns, false, options.fused};
  MOMENTUM_TRY(Program carry_program, compile(carry.graph, carry.outputs, as_cut));
  std::vector<std::string> carried;
  for (std::size_t k = 0; k < cut.carried(); ++k) carried.push_back(Cut::name_of(k));
  as_cut.columns.insert(as_cut.columns.end(), carried.begin(), carried.end());
  MOMENTUM_TRY(Program tail_program, compile(tail.graph, tail.outputs, as_cut));

  Latest latest{.carry = std::move(carry_program),
                .carry_columns = those_among(options.columns, leaves_of(carry.graph)),
                .tail = std::move(tail_program),
                .tail_columns = those_among(options.columns, leaves_of(tail.graph)),
                .carried = std::move(carried),
                .conditions = {},
                .warm_up = longest_reach(tail.graph),
                .rows = 0};
  for (std::size_t k = 0; k < times.size(); ++k) latest.conditions.push_back({outputs.size() + k, times[k]});
  const double most = times.empty() ? 1.0 : std::ranges::max(times);
  latest.rows = std::max(latest.warm_up + static_cast<std::size_t>(most) + kSpareRows, kShortestTail);
  return latest;
}

}  // namespace momentum::expr
