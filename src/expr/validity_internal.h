#pragma once
// Cheaper tests of validity that say the same.

#include "momentum/expr/optimize.h"

namespace momentum::expr {

// Rewrites every all_valid and valid node; drops what is no longer needed.
Rewritten simplify_validity(const Rewritten& from);

}  // namespace momentum::expr
