#include "momentum/kernels/cross_section.h"

#include <algorithm>
#include <cmath>

namespace momentum::kernels {

void rank_row(std::span<double> row, std::span<std::uint32_t> order) noexcept {
  std::size_t n = 0;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (!std::isnan(row[i])) order[n++] = static_cast<std::uint32_t>(i);
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n),
            [&](std::uint32_t a, std::uint32_t b) { return row[a] < row[b]; });
  for (std::size_t i = 0; i < n;) {
    std::size_t end = i + 1;
    while (end < n && row[order[end]] == row[order[i]]) ++end;
    // Ranks i+1 .. end average to (i + 1 + end) / 2, exact; one division.
    const double rank = static_cast<double>(i + 1 + end) / (2.0 * static_cast<double>(n));
    for (std::size_t j = i; j < end; ++j) row[order[j]] = rank;
    i = end;
  }
}

}  // namespace momentum::kernels
