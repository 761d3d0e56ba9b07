#pragma once
// Prices adjusted additively from corporate actions, as the terminals of 通达信 and its kin show them (docs/cli.md "show"). Pure
// functions. Unlike ratios (adjustment.h) they change returns and may go below 0: for looking, never for scores.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/decimal.h"

namespace momentum::panel {

// What an ex-date brings, per share held before it; amounts are not negative.
struct ShareAction {
  Date day;
  Decimal cash = {}, bonus = {}, transfer = {}, rights = {}, rights_price = {};
};

// New shares for each old one, itself included: 1 + bonus + transfer + rights.
Decimal shares_after(const ShareAction& action) noexcept;

// (price - cash + rights_price x rights) / shares_after, exact and then rounded once to `digits` (0..10) after the point, halves
// away from 0. None where it leaves the range of a Decimal's integer.
std::optional<Decimal> price_after(Decimal price, const ShareAction& action, int digits) noexcept;
// The way back: price x shares_after + cash - rights_price x rights, rounded likewise.
std::optional<Decimal> price_before(Decimal price, const ShareAction& action, int digits) noexcept;

enum class Level : std::uint8_t {
  front,  // of the as-of date: every bar before an ex-date takes price_after(), one ex-date after the other
  back,  // of the first bar: every bar on or after an ex-date takes price_before(), the latest first
};

struct AdditiveInput {
  std::span<const std::int32_t> dates;  // ascending
  std::span<const ShareAction> actions;  // ascending by day
  Date as_of;  // what has its ex-date after it is not known yet
  Level level = Level::front;
  int digits = 2;  // of the instrument's tick
};

// One price a bar (open, high, low or close). Missing stays missing; so does a price above 100,000 or infinite. A price that no
// action moves is the given double, bit for bit. Cost: bars x actions.
std::vector<double> additive_prices(const AdditiveInput& input, std::span<const double> prices);

// Volumes as so many shares of the same level: front x the product of shares_after() of the actions to come, back / that of those
// that were. Cash moves no volume. Each product is rounded once, from the bar's nearest action on.
std::vector<double> level_volumes(const AdditiveInput& input, std::span<const double> volumes);

}  // namespace momentum::panel
