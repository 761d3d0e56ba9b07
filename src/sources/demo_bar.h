#pragma once
// One day of one stock: from the move to open, high, low, close, and to what was traded.

#include <cstdint>

#include "demo_limits.h"
#include "demo_random.h"

namespace momentum::sources {

// What a stock is like, for good.
struct DemoTraits {
  std::int64_t beta;  // percent of the market's move
  std::int64_t calm;  // usual deviation of its own moves, millionths
  std::int64_t start;  // cents
  std::int64_t growth;  // of its value, millionths a session
  std::int64_t turnover;  // usual, millionths of the floating shares
  std::int64_t lots;  // floating, of 100 shares
};
DemoTraits demo_traits(std::uint64_t seed, std::uint64_t i) noexcept;

struct DemoPrices {
  std::int64_t open, high, low, close;  // cents
};

// `move` and `deviation` in millionths of preclose. The close is preclose plus the move, to the cent, within
// the limits; near preclose it sometimes is preclose.
DemoPrices demo_prices(DemoRandom& random, std::int64_t preclose, std::int64_t move, std::int64_t deviation,
                       const DemoLimits& limits) noexcept;

struct DemoVolume {
  std::int64_t shares, amount, turnover;  // as in DemoHistory
};

// Carries the liveliness of trading from day to day.
class DemoVolumes {
 public:
  explicit DemoVolumes(const DemoTraits& traits) noexcept
      : usual_(traits.turnover), lots_(traits.lots), calm_(traits.calm) {}
  // Bonus shares per ten.
  void issue(std::int64_t bonus) noexcept { lots_ += lots_ * bonus / 10; }
  // `age`: sessions since the listing.
  DemoVolume next(DemoRandom& random, const DemoPrices& prices, std::int64_t preclose, std::int64_t age) noexcept;

 private:
  std::int64_t usual_, lots_, calm_;
  std::int64_t octaves_ = 0;  // how much livelier than usual, in 65536ths
};

}  // namespace momentum::sources
