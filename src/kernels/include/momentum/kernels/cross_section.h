#pragma once
// One date across all instruments. The row is dense (lane order), NaN where an instrument has no bar or no value.

#include <cstddef>
#include <cstdint>
#include <span>

namespace momentum::kernels {

// Ascending rank divided by the number of values that are not missing, in (0, 1]; ties get their average rank; missing
// stays missing; -0 ties with 0; infinities rank at the ends. In place over `row`; `order` is scratch of the same length.
// The result depends on the values alone, not on their order. Cost O(n log n).
void rank_row(std::span<double> row, std::span<std::uint32_t> order) noexcept;

}  // namespace momentum::kernels
