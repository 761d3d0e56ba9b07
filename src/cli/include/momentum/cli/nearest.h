#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace momentum::cli {

// The candidate that is most like `text`, by insertions, deletions, replacements and swaps of neighbours, or by being
// begun with it; "" when none is like it (more than a third of its letters differ). Of equals the first.
std::string nearest(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace momentum::cli
