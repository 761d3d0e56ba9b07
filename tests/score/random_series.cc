#include "random_series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace momentum::score::oracle {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kForcedUnchanged = 25;
constexpr double kReach = 8;  // beyond this multiple of the first level a long series turns back

// To whole cents, never below one.
double whole(double cents) { return std::max(std::floor(cents + 0.5), 1.0); }

}  // namespace

std::uint64_t SplitMix64::next() noexcept {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double SplitMix64::uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

double SplitMix64::bell() noexcept {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum - 6;
}

bool SplitMix64::chance(double probability) noexcept { return uniform() < probability; }

std::size_t SplitMix64::between(std::size_t low, std::size_t high) noexcept { return low + next() % (high - low + 1); }

Bars random_series(std::uint64_t seed, const SeriesOptions& options) {
  constexpr std::array<double, 5> kRatios = {1.02, 1.1, 1.3, 1.5, 2.0};
  SplitMix64 random(seed);
  Bars bars;
  const auto price = [&](double cents) { return cents / 100 * options.scale; };
  const double level = whole(options.price * 100);
  double before = level;  // last close in cents, known even where the bar lacks it
  std::size_t flat_left = 0;
  std::size_t quiet_left = 0;

  for (std::size_t t = 0; t < options.bars; ++t) {
    // every draw is made at every bar, so that one option does not move the others' draws
    double move = options.drift + options.daily_move * random.bell();
    const double gap = 0.3 * options.daily_move * random.bell();
    const double above = 0.3 * options.daily_move * std::fabs(random.bell());
    const double below = 0.3 * options.daily_move * std::fabs(random.bell());
    const double volume_draw = random.uniform();
    const bool stays = random.chance(options.unchanged) || t % kForcedUnchanged == kForcedUnchanged - 1;
    const bool at_limit = random.chance(options.limit);
    const bool limit_up = random.chance(0.5);
    const bool one_price = random.chance(0.5);
    const bool flat_begins = random.chance(options.flat_stretch);
    const std::size_t flat_length = random.between(5, 40);
    const bool quiet_begins = random.chance(options.zero_volume);
    const std::size_t quiet_length = random.between(1, 8);
    const bool ex_date = random.chance(options.ex_date);
    const double ratio = kRatios[random.between(0, kRatios.size() - 1)];
    const bool lacks_open = random.chance(options.missing_open);
    const bool lacks_close = random.chance(options.missing_close);
    const bool lacks_volume = random.chance(options.missing_volume);

    if (flat_left == 0 && flat_begins) flat_left = flat_length;
    if (quiet_left == 0 && quiet_begins) quiet_left = quiet_length;
    const bool flat = flat_left > 0;
    const bool quiet = quiet_left > 0;
    if (flat) --flat_left;
    if (quiet) --quiet_left;

    const bool splits = ex_date && t > 0 && !flat && !stays;
    const double base = splits ? whole(before / ratio) : before;
    if (base * kReach < level) move = std::fabs(move);
    if (base > level * kReach) move = -std::fabs(move);
    double close = whole(base * (1 + move));
    double open = whole(base * (1 + gap));
    bool single = false;
    if (at_limit) {
      close = whole(base * (limit_up ? 1.1 : 0.9));
      single = one_price;
    }
    if (stays) close = before;
    if (flat) {
      close = before;
      single = true;
    }
    if (single) open = close;
    const double high = single ? close : whole(std::max(open, close) * (1 + above));
    const double low = single ? close : std::min(whole(std::min(open, close) * (1 - below)), std::min(open, close));

    const double lots = std::floor(200 + 3000 * volume_draw * volume_draw * volume_draw);

    bars.open.push_back(lacks_open ? kMissing : price(open));
    bars.high.push_back(price(high));
    bars.low.push_back(price(low));
    bars.close.push_back(lacks_close ? kMissing : price(close));
    bars.volume.push_back(lacks_volume ? kMissing : (quiet ? 0 : lots * 100));
    if (options.ex_date > 0) bars.preclose.push_back(t == 0 ? kMissing : price(base));
    before = close;
  }
  return bars;
}

}  // namespace momentum::score::oracle
