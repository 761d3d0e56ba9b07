#pragma once
// Seeded random bars for comparisons: the same arguments give the same bits on every machine. Only splitmix64, integers
// and +, -, *, / are used; no library distribution, no logarithm. The series are made to be awkward (ties, limits, flat
// stretches, gaps, ex-dates), not to resemble a market.

#include <cstddef>
#include <cstdint>

#include "classic_oracle.h"

namespace momentum::score::oracle {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept;
  double uniform() noexcept;  // [0, 1), 53 bits
  double bell() noexcept;  // mean 0, deviation 1, within +-6: twelve uniforms less 6
  bool chance(double probability) noexcept;  // one draw whatever the probability
  std::size_t between(std::size_t low, std::size_t high) noexcept;  // low .. high inclusive

 private:
  std::uint64_t state_;
};

// Prices are whole cents times `scale`, volumes whole hundreds. Probabilities are per bar.
struct SeriesOptions {
  std::size_t bars = 300;
  double price = 12.0;  // level of the first bar, yuan; at least 0.01
  double scale = 1.0;  // every price is multiplied by it: 1e-150 or 1e150 for extreme levels
  double daily_move = 0.02;  // deviation of a day's return
  double drift = 0.0;  // mean of a day's return
  double unchanged = 0.03;  // closes equal to the one before, beside every 25th bar, which always is
  double limit = 0.01;  // closes at +10 % or -10 %, half of them as one-price bars
  double flat_stretch = 0.004;  // 5 to 40 one-price bars without any change begin
  double zero_volume = 0.004;  // 1 to 8 bars without volume begin
  double missing_open = 0.0;
  double missing_close = 0.0;
  double missing_volume = 0.0;
  double ex_date = 0.0;  // preclose differs from the close before; 0 leaves Bars::preclose empty
};

// bar 0 has no preclose. A missing close is missing in `close` alone: the price path and the next preclose know it.
Bars random_series(std::uint64_t seed, const SeriesOptions& options = {});

}  // namespace momentum::score::oracle
