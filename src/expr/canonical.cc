// The canonical text of a node, its hash, and the names of the kernels.

#include <array>
#include <bit>
#include <charconv>

#include "momentum/expr/graph.h"

namespace momentum::expr {
namespace {

constexpr std::array<std::string_view, kernels::kKernelCount> kNames{
    "negate",        "absolute",  "logarithm",   "square_root",  "reciprocal",  "round_even",  "add",
    "subtract",      "multiply",  "divide",      "divide_by",    "minimum",     "maximum",     "greater",
    "greater_equal", "less",      "less_equal",  "equal",        "not_equal",   "logical_and", "logical_or",
    "logical_not",   "select",    "fill",        "step",         "valid",       "can_divide",  "finite",
    "log_finite",    "all_valid", "rolling_sum", "rolling_mean", "rolling_std", "rolling_min", "rolling_max",
    "whole",         "ema",       "wilder",      "fill_forward", "bar_index",   "value_when",  "count_when",
    "mean_when",     "bars_since"};
static_assert(!kNames.back().empty(), "a kernel has no name");

std::string shortest(double v) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof(buffer), v).ptr};
}

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325ULL, kFnvPrime = 0x100000001b3ULL;

void mix(std::uint64_t& hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
}

void mix(std::uint64_t& hash, std::uint64_t value) {
  mix(hash, std::string_view(reinterpret_cast<const char*>(&value), sizeof(value)));
}

}  // namespace

std::string_view kernel_name(Kernel kernel) noexcept { return kNames[static_cast<std::size_t>(kernel)]; }

std::string Graph::text(NodeId id) const {
  std::string out;
  append_text(id, out);
  if (out.size() > kMaxTextBytes) {
    out.resize(kMaxTextBytes);
    out += "...";
  }
  return out;
}

void Graph::append_text(NodeId id, std::string& out) const {
  if (out.size() > kMaxTextBytes) return;
  const Node& n = nodes_[id];
  switch (n.kind) {
    case NodeKind::leaf: out += n.name; return;
    case NodeKind::constant: out += shortest(n.params[0]); return;
    case NodeKind::shift: out += "ref"; break;
    case NodeKind::rank: out += "rank"; break;
    case NodeKind::kernel: out += kernel_name(n.kernel); break;
  }
  out += '(';
  for (std::size_t i = 0; i < n.inputs.size(); ++i) {
    if (i > 0) out += ", ";
    append_text(n.inputs[i], out);
  }
  for (std::size_t i = 0; i < n.params.size(); ++i)
    out += (n.inputs.empty() && i == 0 ? "" : ", ") + shortest(n.params[i]);
  out += ')';
}

// Each node's hash from its own content and its inputs' hashes, so that node numbers do not matter.
std::uint64_t Graph::hash(std::span<const NodeId> outputs) const {
  std::vector<std::uint64_t> of(nodes_.size());
  for (std::size_t id = 0; id < nodes_.size(); ++id) {
    const Node& n = nodes_[id];
    std::uint64_t h = kFnvOffset;
    mix(h, static_cast<std::uint64_t>(n.kind));
    if (n.kind == NodeKind::kernel) mix(h, kernel_name(n.kernel));
    mix(h, n.name);
    for (const NodeId i : n.inputs) mix(h, of[i]);
    for (const double p : n.params) mix(h, std::bit_cast<std::uint64_t>(p));
    of[id] = h;
  }
  std::uint64_t h = kFnvOffset;
  mix(h, static_cast<std::uint64_t>(basis_));
  for (const NodeId id : outputs) mix(h, of[id]);
  return h;
}

}  // namespace momentum::expr
