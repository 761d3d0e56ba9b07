#pragma once
// The rare lanes: what the vector loop asks one lane at a time when a short cut cannot decide. Pointers go into
// [row][32] planes.

#include <cstddef>

namespace momentum::bench {

// Correctly rounded.
double exact_sum_of(const double* x, std::size_t n, std::size_t stride);
// Mean of the non-missing changes x 100 > 5, infinity counting.
bool volume_rises(const double* changes);
// trend_20 of the bar at close, which has 20 rows before it; two passes.
double exact_trend(const double* close);
// Rows up to and including this one with this very close, at most limit.
std::size_t flat_run(const double* close, std::size_t limit);

}  // namespace momentum::bench
