#pragma once
// The text form of expressions, and of formula programs: lines of `name = expression`.
//
//   macd = ema(close, 2/13) - ema(close, 2/27)     # a comment
//   above = close > mean(close, 20) and volume > 0
//
// Operators by falling precedence: unary -, * /, + -, comparisons (< <= > >= == !=), not, and, or. Names are columns of the
// data, earlier lines of the same program, or calls from docs/operators.md. A line ends at the end of line unless a
// parenthesis is open or a sign still wants its right side. Options of a call must be constant expressions.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/expr/graph.h"

namespace momentum::expr {

inline constexpr std::size_t kMaxFormulaBytes = 1 << 16;
inline constexpr int kMaxFormulaDepth = 200;

// One expression. Errors: bad_expression with line and column and what was expected; too_large.
Result<NodeId> parse_expression(Graph& graph, std::string_view text);

using Definitions = std::vector<std::pair<std::string, NodeId>>;

// A program; the definitions in their order. A name may be defined once and may not hide a column or an operator.
Result<Definitions> parse_program(Graph& graph, std::string_view text);

// The node of a name; nullptr if it is not defined.
const NodeId* find_definition(const Definitions& definitions, std::string_view name);

}  // namespace momentum::expr
