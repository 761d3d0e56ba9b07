#include "validity_internal.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <vector>

namespace momentum::expr {
namespace {

bool is(const Node& n, Kernel k) { return n.kind == NodeKind::kernel && n.kernel == k; }

bool is_test(const Node& n) { return is(n, Kernel::all_valid) || is(n, Kernel::valid); }

// Kernels whose result is missing on a row where this input is: y there means x there.
bool is_strict(const Node& n, std::size_t input) {
  if (n.kind != NodeKind::kernel) return false;
  switch (n.kernel) {
    case Kernel::negate:
    case Kernel::absolute:
    case Kernel::logarithm:
    case Kernel::square_root:
    case Kernel::reciprocal:
    case Kernel::round_even:
    case Kernel::add:
    case Kernel::subtract:
    case Kernel::multiply:
    case Kernel::divide:
    case Kernel::minimum:
    case Kernel::maximum:
    case Kernel::greater:
    case Kernel::greater_equal:
    case Kernel::less:
    case Kernel::less_equal:
    case Kernel::equal:
    case Kernel::not_equal:
    case Kernel::logical_and:
    case Kernel::logical_or:
    case Kernel::logical_not:
    case Kernel::rolling_sum:
    case Kernel::rolling_mean:
    case Kernel::rolling_std:
    case Kernel::rolling_min:
    case Kernel::rolling_max:
    case Kernel::wilder: return true;
    case Kernel::divide_by: return input < 2;
    case Kernel::select:
    case Kernel::step: return input == 0;
    default: return false;
  }
}

class Simplifier {
 public:
  explicit Simplifier(const Rewritten& from) : from_(from.graph), outputs_(from.outputs) {}

  Rewritten run() {
    find_values();
    Rewritten result{Graph(from_.basis(), kMaxRewrittenDepth), {}};
    to_ = &result.graph;
    map_.assign(from_.size(), std::nullopt);
    for (const NodeId id : outputs_) result.outputs.push_back(value(id));
    return result;
  }

 private:
  // Nodes whose value some output needs, not only their validity.
  void find_values() {
    needed_.assign(from_.size(), false);
    for (const NodeId id : outputs_) needed_[id] = true;
    for (std::size_t id = from_.size(); id-- > 0;) {
      const Node& n = from_[static_cast<NodeId>(id)];
      if (needed_[id] && !is_test(n))
        for (const NodeId i : n.inputs) needed_[i] = true;
    }
  }

  NodeId value(NodeId id) {
    if (map_[id]) return *map_[id];
    const Node& n = from_[id];
    NodeId made = 0;
    if (is_test(n)) {
      made = test(n);
    } else {
      std::vector<NodeId> inputs;
      for (const NodeId i : n.inputs) inputs.push_back(value(i));
      switch (n.kind) {
        case NodeKind::leaf: made = to_->leaf(n.name); break;
        case NodeKind::constant: made = to_->constant(n.params[0]); break;
        case NodeKind::shift: made = to_->shift(inputs[0], static_cast<std::size_t>(n.params[0])); break;
        case NodeKind::rank: made = to_->rank_as_is(inputs[0]); break;
        case NodeKind::kernel: made = to_->kernel(n.kernel, std::move(inputs), n.params); break;
      }
    }
    map_[id] = made;
    return made;
  }

  NodeId test(const Node& n) {
    const std::size_t truths = is(n, Kernel::all_valid) ? static_cast<std::size_t>(n.params[0]) : 0;
    Requirements need;
    for (std::size_t i = 0; i < truths; ++i) need.conditions.push_back(value(n.inputs[i]));
    for (std::size_t i = truths; i < n.inputs.size(); ++i) require(n.inputs[i], need);

    // A value that another tested value cannot be there without needs no test of its own.
    std::vector<bool> implied(from_.size());
    for (const NodeId i : need.tested) mark_operands(i, implied);
    for (const NodeId i : need.implying) mark_operands(i, implied);
    std::vector<NodeId> inputs = std::move(need.conditions);
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
    const double count = static_cast<double>(inputs.size());
    std::sort(need.tested.begin(), need.tested.end());
    need.tested.erase(std::unique(need.tested.begin(), need.tested.end()), need.tested.end());
    for (const NodeId i : need.tested)
      if (!implied[i]) inputs.push_back(value(i));
    // Never a constant: it would have no missing rows before the origin, which a shift or a window of the test looks at.
    // What is left out so far is never missing, so that testing one of it changes nothing.
    if (std::all_of(inputs.begin(), inputs.end(), [&](NodeId i) { return to_->is_constant(i); })) {
      const auto series = std::find_if(n.inputs.begin() + static_cast<std::ptrdiff_t>(truths), n.inputs.end(),
                                       [&](NodeId i) { return !from_.is_constant(i); });
      if (series != n.inputs.end()) inputs.push_back(value(*series));
    }
    return to_->kernel(Kernel::all_valid, std::move(inputs), {count});
  }

  // What says that some nodes are not missing.
  struct Requirements {
    std::vector<NodeId> conditions;  // truths of the new graph
    std::vector<NodeId> tested;  // values of the old graph
    std::vector<NodeId> implying;  // nodes of the old graph whose condition is among the conditions
  };

  void require(NodeId id, Requirements& need) {
    const Node& n = from_[id];
    if (n.kind == NodeKind::constant) {
      if (std::isnan(n.params[0])) need.conditions.push_back(to_->constant(0.0));
      return;
    }
    if (n.kind == NodeKind::kernel) {
      switch (n.kernel) {
        case Kernel::valid:
        case Kernel::can_divide:
        case Kernel::finite:
        case Kernel::log_finite:
        case Kernel::all_valid:
        case Kernel::whole:
        case Kernel::count_when:
        case Kernel::bar_index: return;  // never missing
        case Kernel::fill:
          if (!std::isnan(n.params[0])) return;
          break;
        default: break;
      }
    }
    if (needed_[id] || n.kind != NodeKind::kernel) return need.tested.push_back(id);
    switch (n.kernel) {
      case Kernel::divide:
        need.conditions.push_back(to_->kernel(Kernel::can_divide, {value(n.inputs[0]), value(n.inputs[1])}));
        need.implying.push_back(id);
        return;
      case Kernel::multiply:  // by a number that is neither 0 nor infinite nor missing
        if (is_scale(n.inputs[1])) return require(n.inputs[0], need);
        if (is_scale(n.inputs[0])) return require(n.inputs[1], need);
        break;
      case Kernel::add:
      case Kernel::subtract:
        if (is_finite(n.inputs[1])) return require(n.inputs[0], need);
        if (is_finite(n.inputs[0])) return require(n.inputs[1], need);
        break;
      case Kernel::negate:
      case Kernel::absolute: return require(n.inputs[0], need);
      case Kernel::rolling_std: {  // there exactly where the window holds finite values only
        const Node& x = from_[n.inputs[0]];
        const NodeId finite = is(x, Kernel::logarithm) ? to_->kernel(Kernel::log_finite, {value(x.inputs[0])})
                                                       : to_->kernel(Kernel::finite, {value(n.inputs[0])});
        need.conditions.push_back(to_->kernel(Kernel::whole, {finite}, n.params));
        return;
      }
      default: break;
    }
    need.tested.push_back(id);
  }

  bool is_finite(NodeId id) const { return from_.is_constant(id) && std::isfinite(from_.value(id)); }
  bool is_scale(NodeId id) const { return is_finite(id) && from_.value(id) != 0.0; }

  void mark_operands(NodeId id, std::vector<bool>& implied) const {
    const Node& n = from_[id];
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
      if (!is_strict(n, i) || implied[n.inputs[i]]) continue;
      implied[n.inputs[i]] = true;
      mark_operands(n.inputs[i], implied);
    }
  }

  const Graph& from_;
  const std::vector<NodeId>& outputs_;
  Graph* to_ = nullptr;
  std::vector<std::optional<NodeId>> map_;
  std::vector<bool> needed_;
};

}  // namespace

Rewritten simplify_validity(const Rewritten& from) { return Simplifier(from).run(); }

}  // namespace momentum::expr
