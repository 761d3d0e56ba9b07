#include "demo_minutes.h"

#include <algorithm>
#include <vector>

#include "momentum/sources/demo_market.h"

namespace momentum::sources {
namespace {

constexpr auto kLast = static_cast<std::int64_t>(kDemoMinutes) - 1;

// The price after each minute: from anchor to anchor, with some noise.
std::array<std::int64_t, kDemoMinutes> path(DemoRandom& random, const DemoDay& day, std::int64_t close,
                                            std::int64_t highest, std::int64_t lowest) {
  struct Anchor {
    std::int64_t minute, price;
  };
  std::vector<Anchor> anchors = {{-1, day.open}, {highest, day.high}, {lowest, day.low}, {kLast, close}};
  // The close is the last word where a minute is named twice.
  std::ranges::stable_sort(anchors, {}, &Anchor::minute);
  std::array<std::int64_t, kDemoMinutes> out{};
  const std::int64_t noise = std::max<std::int64_t>(1, (day.high - day.low) / 16);
  for (std::size_t a = 1; a < anchors.size(); ++a) {
    const Anchor from = anchors[a - 1], to = anchors[a];
    for (std::int64_t m = from.minute + 1; m <= to.minute; ++m) {
      const std::int64_t straight =
          from.price + (to.price - from.price) * (m - from.minute) / (to.minute - from.minute);
      const std::int64_t price = m == to.minute ? to.price : straight + random.bell(noise);
      out[static_cast<std::size_t>(m)] = std::clamp(price, day.low, day.high);
    }
  }
  out[kLast] = close;
  return out;
}

// What is traded is shared out by weights, the more so at the open and towards the close; the last minute gets little.
std::array<std::int64_t, kDemoMinutes> shared_out(std::int64_t all,
                                                  const std::array<std::int64_t, kDemoMinutes>& weights) {
  std::int64_t sum = 0, before = 0, given = 0;
  for (const std::int64_t weight : weights) sum += weight;
  std::array<std::int64_t, kDemoMinutes> out{};
  for (std::size_t m = 0; m < kDemoMinutes; ++m) {
    before += weights[m];
    const auto until = static_cast<std::int64_t>(static_cast<__int128>(all) * before / sum);
    out[m] = until - given;
    given = until;
  }
  return out;
}

}  // namespace

DemoMinutes demo_minutes(DemoRandom random, const DemoDay& day) {
  DemoMinutes out;
  const bool has_close = day.close != kDemoMissing;
  // Neither in the first minute nor in the last one, which have prices of their own.
  const std::int64_t highest = 1 + random.below(kLast - 1);
  std::int64_t lowest = 1 + random.below(kLast - 1);
  if (lowest == highest) lowest = lowest == 1 ? 2 : lowest - 1;
  const auto prices = path(random, day, has_close ? day.close : day.open, highest, lowest);
  std::array<std::int64_t, kDemoMinutes> weights{};
  for (std::int64_t m = 0; m <= kLast; ++m) {
    const std::int64_t usual = 100 + std::max<std::int64_t>(0, 300 - 12 * m) + std::max<std::int64_t>(0, 3 * (m - 200));
    weights[static_cast<std::size_t>(m)] = m == kLast ? 100 : usual / 2 + random.below(usual);
  }
  const std::int64_t spread = std::max<std::int64_t>(1, (day.high - day.low) / 40);
  for (std::size_t m = 0; m < kDemoMinutes; ++m) {
    out.open[m] = m == 0 ? day.open : prices[m - 1];
    out.close[m] = has_close ? prices[m] : kDemoMissing;
    const std::int64_t above = std::max(out.open[m], prices[m]), below = std::min(out.open[m], prices[m]);
    out.high[m] = std::min(day.high, above + random.below(spread + 1));
    out.low[m] = std::max(day.low, below - random.below(spread + 1));
  }
  if (day.volume == kDemoMissing) {
    out.volume.fill(kDemoMissing);
  } else {
    out.volume = shared_out(day.volume, weights);
  }
  if (day.amount == kDemoMissing) {
    out.amount.fill(kDemoMissing);
  } else {
    out.amount = shared_out(day.amount / 100, weights);
    for (std::int64_t& amount : out.amount) amount *= 100;
    out.amount[kLast] += day.amount % 100;
  }
  return out;
}

}  // namespace momentum::sources
