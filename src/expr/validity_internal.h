#pragma once
// Cheaper tests of validity that say the same.

#include "momentum/expr/optimize.h"

namespace momentum::expr {

// A rewrite may put a shifted reciprocal where a quotient was, or a few tests where one was.
inline constexpr std::size_t kMaxRewrittenDepth = 4 * kMaxGraphDepth;

// Rewrites every all_valid and valid node; drops what is no longer needed.
Rewritten simplify_validity(const Rewritten& from);

}  // namespace momentum::expr
