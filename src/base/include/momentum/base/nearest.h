#pragma once
// What a mistyped name was meant to be.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace momentum {

// Steps from a to b, each an insertion, deletion or replacement of a byte or a swap of two neighbours (optimal string
// alignment). Cost O(|a| |b|).
std::size_t edits(std::string_view a, std::string_view b);

// How many steps away a name is still like `text`: a third of its bytes, at least one.
std::size_t most_edits(std::string_view text) noexcept;

// The candidate that is most like `text`, by edits() or by being begun with it; "" when none is within most_edits().
// Of equals the first.
std::string nearest(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace momentum
