#include "demo_bar.h"

#include <algorithm>
#include <cstdlib>

namespace momentum::sources {
namespace {

constexpr std::int64_t kOctave = 65536;

std::int64_t moved(std::int64_t price, std::int64_t move) {
  return rounded_half_up(std::max(std::int64_t{0}, price * (kMillion + move)), kMillion);
}

}  // namespace

DemoTraits demo_traits(std::uint64_t seed, std::uint64_t i) noexcept {
  DemoRandom random(seed, static_cast<std::uint64_t>(DemoPurpose::traits), i);
  DemoTraits traits;
  traits.beta = std::clamp<std::int64_t>(100 + random.bell(25), 30, 180);
  traits.calm = scaled_by_octaves(12'000, random.bell(kOctave * 2 / 5));
  traits.start = scaled_by_octaves(1'250, random.bell(kOctave));
  traits.growth = random.bell(250);
  traits.turnover = scaled_by_octaves(15'000, random.bell(kOctave * 9 / 10));
  // Dear stocks have fewer shares: it is the floating capital that is drawn, 4 billion yuan at the median.
  traits.lots = scaled_by_octaves(4'000'000'000 / (traits.start + 1), random.bell(kOctave * 7 / 5)) + 1;
  return traits;
}

DemoPrices demo_prices(DemoRandom& random, std::int64_t preclose, std::int64_t move, std::int64_t deviation,
                       const DemoLimits& limits) noexcept {
  const auto limited = [&](std::int64_t price) { return std::clamp(price, limits.down, limits.up); };
  const std::int64_t wish = moved(preclose, move);
  std::int64_t close = limited(wish);
  // Far beyond the limit nobody trades at another price all day.
  if (limits.bound && close != wish && std::abs(wish - preclose) > std::abs(close - preclose) * 2)
    return {close, close, close, close};
  // Orders wait at yesterday's close.
  if (std::abs(close - preclose) * 500 <= preclose && random.happens(120'000)) close = limited(preclose);

  const std::int64_t open = limited(moved(preclose, move * 3 / 10 + random.bell(deviation * 2 / 5)));
  const std::int64_t above = std::abs(random.bell(deviation * 13 / 20)),
                     below = std::abs(random.bell(deviation * 13 / 20));
  return {open, limited(moved(std::max(open, close), above)),
          limited(std::max(std::int64_t{1}, moved(std::min(open, close), -below))), close};
}

DemoVolume DemoVolumes::next(DemoRandom& random, const DemoPrices& prices, std::int64_t preclose,
                             std::int64_t age) noexcept {
  octaves_ += random.bell(kOctave / 4) - octaves_ / 32;
  const std::int64_t move = std::abs(prices.close - preclose) * kMillion / preclose;
  std::int64_t octaves =
      octaves_ + random.bell(kOctave / 5) + std::min(5 * kOctave, kOctave * move / calm_) * 7 / 20 - kOctave / 3;
  if (age < 20) octaves += (20 - age) * kOctave / 7;
  if (prices.high == prices.low && prices.close != preclose) octaves -= 2 * kOctave;  // few sell at the limit
  const std::int64_t turnover =
      std::min<std::int64_t>(900'000, scaled_by_octaves(usual_, std::clamp(octaves, -8 * kOctave, 8 * kOctave)));
  const std::int64_t lots = std::max<std::int64_t>(1, lots_ * turnover / kMillion);

  // The day's mean price in hundredths of a cent; times lots it is cents.
  const std::int64_t mean = 20 * (prices.open + prices.high + prices.low + 2 * prices.close);
  const std::int64_t price =
      std::clamp(mean + (prices.high - prices.low) * (random.below(41) - 20), 100 * prices.low, 100 * prices.high);
  return {.shares = lots * 100, .amount = lots * price, .turnover = rounded_half_up(lots * kMillion, lots_)};
}

}  // namespace momentum::sources
