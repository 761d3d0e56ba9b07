#pragma once
// The changes that SQLite's session extension takes down (a patchset), as far as they must be sound before it is given them back:
// it trusts their lengths, and a negative one leads it in circles.

#include <string_view>

namespace momentum::catalog {

// Whether the bytes are table headers and whole rows from the first byte to the last. Says nothing about the tables there are.
bool is_patchset(std::string_view bytes) noexcept;

}  // namespace momentum::catalog
