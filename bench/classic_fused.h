#pragma once
// The yardstick: the classic score and status of every bar by one hand-written loop over a tile of 32 stocks. What a
// general executor is measured against; no part of the library.
//
// Planes are [row][32] doubles, 64-byte aligned. Inputs finite, no missing values, every lane as long as the tile.
// The bits are those of classic_reference.h on any input: where a short cut's condition does not hold the tile is done
// by it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "classic_reference.h"

namespace momentum::bench {

struct FusedInput {
  const double *open, *high, *low, *close, *volume;
  std::size_t rows;
};

struct FusedOutput {
  double *score, *score_raw;  // [row][32], NaN until 60 rows of the lane survive
  std::uint8_t* status;       // [row][32], BarStatus
  double* columns;            // null, or 26 planes [row][32] one after the other, in the order of Column
};

// Names of the vector targets of this machine, best first, and a way to pin one of them.
std::vector<std::string> fused_targets();
bool pin_fused_target(const std::string& name);

// True when the fast loop did it, false when a short cut did not hold and the reference did.
bool score_tile(const FusedInput& in, const FusedOutput& out);

}  // namespace momentum::bench
