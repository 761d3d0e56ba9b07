#pragma once
// One instrument's lines against the second reference, bar by bar.

#include <cstddef>

#include "classic_oracle.h"
#include "profile_run.h"

namespace momentum::score::compare {

// What was met, over any number of instruments.
struct Counts {
  std::size_t bars = 0;
  std::size_t scored = 0;         // bars that say a score
  std::size_t removed_later = 0;  // bars that do not survive although one before them did
  std::size_t deviation_bits = 0;  // values among those that rest on a deviation whose last bits differ
  double largest_deviation_error = 0;  // relative
  std::size_t trend_ties = 0;  // bars whose trend_20 lies on the other side of a tier, both within 1e-12 of it

  void print() const;
};

// Fails the running test at the first bar from `first` on that differs. Survival, survivors, scored row, score and
// parts must be equal, score_raw and every column of fixed rounding have the same bits; what rests on a deviation
// agrees to 1e-12 relative. A bar of trend_ties is counted, and its score not compared.
void expect_same(const run::Lines& lines, const oracle::History& history, std::size_t first, Counts& counts);

}  // namespace momentum::score::compare
