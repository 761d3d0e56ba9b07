#include "expansions_internal.h"

namespace momentum::expr {
namespace {

// Whether a node's values are 1, 0 or missing.
bool is_truth(const Node& n) {
  if (n.kind != NodeKind::kernel) return false;
  switch (n.kernel) {
    case Kernel::greater:
    case Kernel::greater_equal:
    case Kernel::less:
    case Kernel::less_equal:
    case Kernel::equal:
    case Kernel::not_equal:
    case Kernel::logical_and:
    case Kernel::logical_or:
    case Kernel::logical_not:
    case Kernel::valid:
    case Kernel::all_valid:
    case Kernel::whole: return true;
    default: return false;
  }
}

}  // namespace

NodeId compare(Graph& g, Kernel relation, NodeId a, NodeId b) {
  const std::int8_t da = g[a].degree, db = g[b].degree;
  const bool alike = da == kDegreeAny || db == kDegreeAny || (da == db && da != kDegreeMixed);
  if (!alike) {
    a = g.at_traded_level(a);
    b = g.at_traded_level(b);
  }
  return g.kernel(relation, {a, b});
}

NodeId expand_all_valid(Graph& g, std::span<const NodeId> in, std::span<const double>) {
  return g.kernel(Kernel::all_valid, {in.begin(), in.end()}, {0.0});
}

// The kernel wants: number of levels, base, then level, inclusive, value for each.
NodeId expand_step(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  const std::size_t levels = (options.size() - 1) / 3;
  std::vector<double> params{static_cast<double>(levels)};
  params.insert(params.end(), options.begin(), options.end());
  return g.kernel(Kernel::step, {g.at_traded_level(in[0])}, std::move(params));
}

NodeId expand_ref(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  return g.shift(in[0], static_cast<std::size_t>(options[0]));
}

NodeId expand_delta(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  return g.kernel(Kernel::subtract, {in[0], expand_ref(g, in, options)});
}

NodeId expand_pct(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  const NodeId x = g.kernel(Kernel::fill_forward, {in[0]});
  const NodeId ratio = g.kernel(Kernel::divide, {x, g.shift(x, static_cast<std::size_t>(options[0]))});
  return g.kernel(Kernel::subtract, {ratio, g.constant(1.0)});
}

NodeId expand_std(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  if (options[0] < 2.0) {
    g.set_error({ErrorCode::bad_expression,
                 "a deviation needs a window of at least 2 bars",
                 "std(" + g.text(in[0]) + ", 1)",
                 {}});
  }
  return g.kernel(Kernel::rolling_std, {in[0]}, {options[0]});
}

// The kernel takes 1 for true; any other number than 0 is true as well.
NodeId expand_every(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  const NodeId truth = is_truth(g[in[0]]) ? in[0] : g.kernel(Kernel::not_equal, {in[0], g.constant(0.0)});
  return g.kernel(Kernel::whole, {truth}, {options[0]});
}

NodeId expand_wilder(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  const std::size_t first = g[in[0]].first;
  return g.kernel(Kernel::wilder, {in[0]}, {options[0], static_cast<double>(first)});
}

// As the classic profile has it: gain = max(d, 0), loss = -min(d, 0).
NodeId expand_rsi(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  const NodeId zero = g.constant(0.0), one = g.constant(1.0), hundred = g.constant(100.0);
  const NodeId change = g.kernel(Kernel::subtract, {in[0], g.shift(in[0], 1)});
  const NodeId gain[] = {g.kernel(Kernel::maximum, {change, zero})};
  const NodeId loss[] = {g.kernel(Kernel::negate, {g.kernel(Kernel::minimum, {change, zero})})};
  const NodeId strength = g.kernel(Kernel::divide, {expand_wilder(g, gain, options), expand_wilder(g, loss, options)});
  return g.kernel(Kernel::subtract,
                  {hundred, g.kernel(Kernel::divide, {hundred, g.kernel(Kernel::add, {one, strength})})});
}

NodeId expand_rank(Graph& g, std::span<const NodeId> in, std::span<const double>) { return g.rank(in[0]); }

}  // namespace momentum::expr
