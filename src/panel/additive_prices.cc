#include "momentum/panel/additive_prices.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace momentum::panel {
namespace {

__extension__ using Wide = __int128;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// numerator / denominator rounded to whole multiples of `step`, halves away from 0; the denominator is above 0.
std::optional<Decimal> rounded(Wide numerator, Wide denominator, std::int64_t step) noexcept {
  const Wide whole = denominator * step;
  const Wide half = whole / 2;  // of an odd one nothing is exactly the half
  const Wide steps = numerator < 0 ? -((-numerator + half) / whole) : (numerator + half) / whole;
  const Wide units = steps * step;
  if (units > std::numeric_limits<std::int64_t>::max() || units < -std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return Decimal{static_cast<std::int64_t>(units)};
}

std::int64_t step_of(int digits) noexcept {
  std::int64_t step = Decimal::kOne;
  for (int i = 0; i < digits; ++i) step /= 10;
  return step;
}

Wide rights_value(const ShareAction& action) noexcept {
  return static_cast<Wide>(action.rights.units) * action.rights_price.units;
}

// A price as the decimal that it is. One that needs more digits than a tick can have is none of an exchange: the nearest.
std::optional<Decimal> price_of(double value) noexcept {
  constexpr double kOne = static_cast<double>(Decimal::kOne);
  if (!(std::abs(value) <= static_cast<double>(Decimal::kMost / Decimal::kOne))) return std::nullopt;
  return Decimal{std::llround(value * kOne)};
}

// The actions that move a bar, ascending.
std::span<const ShareAction> moving(const AdditiveInput& in, std::int32_t bar) {
  const auto day = [&](Date after) {
    return static_cast<std::size_t>(std::ranges::upper_bound(in.actions, after, {}, &ShareAction::day) -
                                    in.actions.begin());
  };
  const std::size_t first = in.level == Level::front ? day({bar}) : day({in.dates.front()});
  const std::size_t last = in.level == Level::front ? day(in.as_of) : day(std::min(Date{bar}, in.as_of));
  return first < last ? in.actions.subspan(first, last - first) : std::span<const ShareAction>{};
}

}  // namespace

Decimal shares_after(const ShareAction& action) noexcept {
  return {Decimal::kOne + action.bonus.units + action.transfer.units + action.rights.units};
}

std::optional<Decimal> price_after(Decimal price, const ShareAction& action, int digits) noexcept {
  const Wide numerator = (static_cast<Wide>(price.units) - action.cash.units) * Decimal::kOne + rights_value(action);
  return rounded(numerator, shares_after(action).units, step_of(digits));
}

std::optional<Decimal> price_before(Decimal price, const ShareAction& action, int digits) noexcept {
  const Wide numerator = static_cast<Wide>(price.units) * shares_after(action).units +
                         static_cast<Wide>(action.cash.units) * Decimal::kOne - rights_value(action);
  return rounded(numerator, Decimal::kOne, step_of(digits));
}

std::vector<double> additive_prices(const AdditiveInput& in, std::span<const double> prices) {
  std::vector<double> out(prices.begin(), prices.end());
  for (std::size_t t = 0; t < out.size(); ++t) {
    const std::span<const ShareAction> actions = moving(in, in.dates[t]);
    if (actions.empty()) continue;
    std::optional<Decimal> price = price_of(out[t]);
    for (std::size_t i = 0; i < actions.size() && price; ++i) {
      price = in.level == Level::front ? price_after(*price, actions[i], in.digits)
                                       : price_before(*price, actions[actions.size() - 1 - i], in.digits);
    }
    out[t] = price ? price->value() : kMissing;
  }
  return out;
}

std::vector<double> level_volumes(const AdditiveInput& in, std::span<const double> volumes) {
  std::vector<double> out(volumes.begin(), volumes.end());
  for (std::size_t t = 0; t < out.size(); ++t) {
    const std::span<const ShareAction> actions = moving(in, in.dates[t]);
    double shares = 1.0;
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const ShareAction& action = in.level == Level::front ? actions[i] : actions[actions.size() - 1 - i];
      shares = shares * shares_after(action).value();
    }
    out[t] = in.level == Level::front ? out[t] * shares : out[t] / shares;
  }
  return out;
}

}  // namespace momentum::panel
