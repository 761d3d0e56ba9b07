#pragma once
// The `classic` profile: a definition over the expression graph (src/score/classic.formula), nothing else.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/expr/parse.h"
#include "momentum/kernels/fused.h"

namespace momentum::score {

inline constexpr std::size_t kClassicScoredRows = 60;    // surviving bars that a score needs
inline constexpr std::size_t kClassicMinimumBars = 120;  // hence bars from the origin

// A column that people see: its name, and the name of its line in the formula.
struct Column {
  std::string_view name;
  std::string_view definition;
};

// The indicator columns in the order in which they are shown (ma5 .. trend_20).
const std::vector<Column>& classic_columns();

// The text of the profile.
std::string_view classic_formula();

// The fused stages of the profile's usual lines, for expr::CompileOptions.
std::span<const kernels::FusedStage> fused_stages() noexcept;

// Adds the profile to a graph; all its lines by name.
Result<expr::Definitions> classic(expr::Graph& graph);

}  // namespace momentum::score
