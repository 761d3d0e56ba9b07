#include "momentum/expr/operators.h"

#include <algorithm>
#include <cmath>

#include "expansions_internal.h"

namespace momentum::expr {
namespace {

template <Kernel kKernel>
NodeId kernel_builder(Graph& g, std::span<const NodeId> in, std::span<const double> options) {
  return g.kernel(kKernel, {in.begin(), in.end()}, {options.begin(), options.end()});
}

// nullptr when the value suits the type, else what it should have been.
const char* mismatch(OptionType type, double v) {
  const bool whole = std::floor(v) == v;
  const double most = static_cast<double>(kernels::kMaxWindow);
  switch (type) {
    case OptionType::window: return whole && v >= 1.0 && v <= most ? nullptr : "a whole number of bars, 1 or more";
    case OptionType::lag: return whole && v >= 0.0 && v <= most ? nullptr : "a whole number of bars, 0 or more";
    case OptionType::when: return whole && v >= 1.0 && v <= kernels::kMaxWhen ? nullptr : "a whole number from 1 to 16";
    case OptionType::weight: return v > 0.0 && v <= 1.0 ? nullptr : "a weight above 0 and up to 1";
    case OptionType::number: return std::isfinite(v) ? nullptr : "a number";
  }
  return nullptr;
}

}  // namespace

const std::vector<OperatorInfo>& operators() {
  static const std::vector<OperatorInfo> table{
#include "operators.gen.inc"
  };
  return table;
}

const OperatorInfo* find_operator(std::string_view name) {
  for (const auto& op : operators())
    if (op.name == name || std::find(op.aliases.begin(), op.aliases.end(), name) != op.aliases.end()) return &op;
  return nullptr;
}

Result<NodeId> apply(Graph& graph, std::string_view name, std::span<const NodeId> inputs,
                     std::span<const double> options) {
  const auto bad = [&](std::string what, std::string remedy = {}) {
    return fail(ErrorCode::bad_expression, std::move(what), std::string(name), std::move(remedy));
  };
  const OperatorInfo* op = find_operator(name);
  if (op == nullptr) return bad("no such operator", "see docs/operators.md");
  if (op->variadic ? inputs.empty() : inputs.size() != op->inputs)
    return bad("needs " + std::to_string(op->inputs) + (op->variadic ? " or more" : "") + " series, got " +
               std::to_string(inputs.size()));
  std::vector<double> all(options.begin(), options.end());
  for (std::size_t i = all.size(); i < op->options.size(); ++i) {
    if (std::isnan(op->options[i].default_value))
      return bad("option " + std::string(op->options[i].name) + " is missing");
    all.push_back(op->options[i].default_value);
  }
  if (all.size() > op->options.size() && !op->open_options) return bad("too many options");
  if (op->open_options && (all.size() - op->options.size()) % 3 != 0)
    return bad("levels come in threes: level, inclusive, value");
  for (std::size_t i = 0; i < op->options.size(); ++i)
    if (const char* wanted = mismatch(op->options[i].type, all[i]))
      return bad("option " + std::string(op->options[i].name) + " is not " + wanted);
  const NodeId node = op->build(graph, inputs, all);
  if (graph.error() != nullptr) return std::unexpected(*graph.error());
  return node;
}

}  // namespace momentum::expr
