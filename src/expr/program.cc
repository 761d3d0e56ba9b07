#include "momentum/expr/program.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "momentum/expr/optimize.h"
#include "momentum/expr/signature.h"

namespace momentum::expr {
namespace {

// Number of cross-sections on the longest way up to a node.
std::vector<std::size_t> stage_numbers(const Graph& g) {
  std::vector<std::size_t> stage(g.size());
  for (NodeId id = 0; id < g.size(); ++id) {
    for (const NodeId i : g[id].inputs) stage[id] = std::max(stage[id], stage[i]);
    if (g[id].kind == NodeKind::rank) ++stage[id];
  }
  return stage;
}

// Lays out one stage. A rank node below its targets is a leaf: the plane of its ranks.
class StageBuilder {
 public:
  StageBuilder(const Graph& graph, const std::map<NodeId, std::uint32_t>& planes) : g_(graph), planes_(planes) {}

  Stage build(const std::vector<NodeId>& targets) {
    history_.assign(g_.size(), 0);
    seen_.assign(g_.size(), false);
    for (const NodeId id : targets) visit(id);
    find_history();
    find_last_uses(targets);
    for (const NodeId id : order_) place(id);
    for (const NodeId id : targets) stage_.outputs.push_back(place_of(id));
    stage_.slots = slot_free_after_.size();
    return std::move(stage_);
  }

 private:
  bool is_leaf(NodeId id) const { return g_[id].kind == NodeKind::leaf || g_[id].kind == NodeKind::rank; }

  // Inputs first, depth first: a value is made close to where it is used.
  void visit(NodeId id) {
    if (seen_[id]) return;
    seen_[id] = true;
    if (!is_leaf(id))
      for (const NodeId i : g_[id].inputs) visit(i);
    order_.push_back(id);
  }

  // A shift is a view: what looks back through it looks further back at its input.
  void find_history() {
    for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
      const Node& n = g_[*at];
      if (is_leaf(*at)) continue;
      const std::size_t back = n.kind == NodeKind::shift    ? history_[*at] + static_cast<std::size_t>(n.params[0])
                               : n.kind == NodeKind::kernel ? kernels::history(n.kernel, n.params)
                                                            : 0;
      for (const NodeId i : n.inputs) history_[i] = std::max(history_[i], back);
    }
  }

  void find_last_uses(const std::vector<NodeId>& targets) {
    last_use_.assign(g_.size(), 0);
    for (std::size_t step = 0; step < order_.size(); ++step)
      if (!is_leaf(order_[step]))
        for (const NodeId i : g_[order_[step]].inputs) touch(i, step);
    for (const NodeId id : targets) touch(id, order_.size());
  }
  void touch(NodeId id, std::size_t step) {
    last_use_[id] = std::max(last_use_[id], step);
    if (g_[id].kind == NodeKind::shift) touch(g_[id].inputs[0], step);
  }

  Place place_of(NodeId id) const { return places_.at(id); }

  void place(NodeId id) {
    const Node& n = g_[id];
    if (is_leaf(id)) {
      LeafUse leaf;
      leaf.column = n.name;
      if (n.kind == NodeKind::rank) leaf.plane = planes_.at(id);
      leaf.history = history_[id];
      leaf.window = static_cast<std::uint32_t>(stage_.windows.size());
      stage_.windows.push_back(leaf.history);
      places_[id] = {PlaceKind::leaf, static_cast<std::uint32_t>(stage_.leaves.size())};
      stage_.leaves.push_back(std::move(leaf));
    } else if (n.kind == NodeKind::constant) {
      places_[id] = {PlaceKind::constant, static_cast<std::uint32_t>(stage_.constants.size())};
      stage_.constants.push_back(n.params[0]);
    } else if (n.kind == NodeKind::shift) {
      Place view = place_of(n.inputs[0]);
      view.shift += static_cast<std::size_t>(n.params[0]);
      places_[id] = view;
    } else {
      place_kernel(id, n);
    }
    ++now_;
  }

  void place_kernel(NodeId id, const Node& n) {
    Step step;
    step.kernel = n.kernel;
    step.params = n.params;
    step.node = id;
    for (const NodeId i : n.inputs) step.inputs.push_back(place_of(i));
    step.state = stage_.state_rows;
    stage_.state_rows += kernels::state_slots(n.kernel, n.params);
    if (history_[id] > 0) {
      step.out = {PlaceKind::window, static_cast<std::uint32_t>(stage_.windows.size())};
      stage_.windows.push_back(history_[id]);
    } else {
      step.out = {PlaceKind::slot, take_slot(id)};
    }
    places_[id] = step.out;
    stage_.steps.push_back(std::move(step));
  }

  // The most recently freed slot, which is the one most likely still in L1. An elementwise kernel may write over an input
  // that ends here; others need their inputs to outlive them.
  std::uint32_t take_slot(NodeId id) {
    const std::size_t free_from = is_elementwise(g_[id].kernel) ? now_ : now_ - 1;
    std::size_t best = slot_free_after_.size();
    for (std::size_t s = 0; s < slot_free_after_.size(); ++s) {
      const bool free = now_ > 0 ? slot_free_after_[s] <= free_from : false;
      if (free && (best == slot_free_after_.size() || slot_free_after_[s] > slot_free_after_[best])) best = s;
    }
    if (best == slot_free_after_.size()) slot_free_after_.push_back(0);
    slot_free_after_[best] = last_use_[id];
    return static_cast<std::uint32_t>(best);
  }

  const Graph& g_;
  const std::map<NodeId, std::uint32_t>& planes_;
  Stage stage_;
  std::vector<NodeId> order_;
  std::vector<bool> seen_;
  std::vector<std::size_t> history_, last_use_;
  std::unordered_map<NodeId, Place> places_;
  std::vector<std::size_t> slot_free_after_;  // step after which a slot's value is not used
  std::size_t now_ = 0;
};

}  // namespace

Result<Program> compile(const Graph& graph, std::span<const NodeId> outputs, const CompileOptions& options) {
  if (graph.error() != nullptr) return std::unexpected(*graph.error());
  Rewritten rewritten = optimize(graph, outputs, options.columns, options.rewrite);
  if (rewritten.graph.error() != nullptr) return std::unexpected(*rewritten.graph.error());
  Program program{std::move(rewritten.graph), std::move(rewritten.outputs), {}, 0, graph.hash(outputs), graph.notes()};
  const Graph& g = program.graph;
  for (NodeId id = 0; id < g.size(); ++id) {
    if (g[id].kind != NodeKind::leaf) continue;
    if (std::find(options.columns.begin(), options.columns.end(), g[id].name) == options.columns.end()) {
      std::string there;
      for (const auto& column : options.columns) there += (there.empty() ? "" : ", ") + column;
      return fail(ErrorCode::name_not_found, "the data has no column " + g[id].name, {}, "it has " + there);
    }
  }

  const auto stage_of = stage_numbers(g);
  std::map<NodeId, std::uint32_t> planes;
  std::size_t last = 0;
  for (const NodeId id : program.outputs) last = std::max(last, stage_of[id]);
  for (NodeId id = 0; id < g.size(); ++id)
    if (g[id].kind == NodeKind::rank) planes.emplace(id, static_cast<std::uint32_t>(planes.size()));
  program.planes = planes.size();
  for (std::size_t s = 0; s < last; ++s) {
    std::vector<NodeId> targets;
    std::vector<std::uint32_t> ranked;
    for (const auto& [id, plane] : planes)
      if (stage_of[id] == s + 1) {
        targets.push_back(g[id].inputs[0]);
        ranked.push_back(plane);
      }
    program.stages.push_back(StageBuilder(g, planes).build(targets));
    program.stages.back().planes = std::move(ranked);
  }
  program.stages.push_back(StageBuilder(g, planes).build(program.outputs));
  for (Stage& stage : program.stages) {
    const std::uint64_t made = signature(stage);
    for (const auto& fused : options.fused)
      if (fused.signature == made) stage.fused = &fused;
  }
  return program;
}

}  // namespace momentum::expr
