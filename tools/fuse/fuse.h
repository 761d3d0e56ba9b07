#pragma once
// The source text of one fused stage. A tool of the build; nothing of it is in the library.

#include <string>
#include <string_view>

#include "momentum/expr/program.h"

namespace momentum::fuse {

// What a column holds on an ordinary row. It is tested at run time: a row that is otherwise is run node by node.
enum class Habit { price, whole };  // a positive number of ordinary size; a whole number, zero or more

// C++ of `kernels::FusedStage name()`. Error: a kernel, or a use of one, that has no fused form.
Result<std::string> source_of(const expr::Stage& stage, std::string_view name);

Habit habit_of(std::string_view column);

}  // namespace momentum::fuse
