#pragma once
// The operators by name: what the text language, the C++ expressions and the generated pages share. Generated from
// spec/operators.toml.

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/expr/graph.h"

namespace momentum::expr {

enum class OperatorKind : std::uint8_t { elementwise, rolling, recurrence, conditional, cross_section, shift };

// window: bars, 1 or more. lag: bars, 0 or more. when: 1 .. kernels::kMaxWhen. weight: (0, 1]. number: any finite number.
enum class OptionType : std::uint8_t { window, lag, when, weight, number };
inline constexpr double kNoDefault = std::numeric_limits<double>::quiet_NaN();

struct OptionInfo {
  std::string_view name;
  OptionType type;
  double default_value;  // kNoDefault: must be given
};

using Builder = NodeId (*)(Graph& graph, std::span<const NodeId> inputs, std::span<const double> options);

struct OperatorInfo {
  std::string_view name;
  std::vector<std::string_view> aliases;
  OperatorKind kind;
  std::size_t inputs;
  bool variadic;  // any number of inputs, at least one
  std::vector<OptionInfo> options;
  bool open_options;  // more numbers may follow (step)
  Builder build;
  std::string_view reach;  // "all", "n - 1", ...
  std::string_view text, zh;
};

const std::vector<OperatorInfo>& operators();

// By name or alias; nullptr if there is none.
const OperatorInfo* find_operator(std::string_view name);

// Checks number, type and range of the arguments and builds the node. Error bad_expression says which argument and why.
Result<NodeId> apply(Graph& graph, std::string_view name, std::span<const NodeId> inputs,
                     std::span<const double> options);

}  // namespace momentum::expr
