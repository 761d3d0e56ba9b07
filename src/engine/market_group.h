#pragma once
// Which market an instrument belongs to: whose sessions are its sessions, and what `--universe` selects.

#include <string_view>
#include <vector>

#include "momentum/base/instrument.h"

namespace momentum::engine {

// "a" (stocks of Shanghai, Shenzhen and Beijing), "b", "etf" (funds), "index", "bond", "us", "hk"; "other" where neither
// the code nor `kind` says.
std::string_view market_group(const Instrument& code, Kind kind) noexcept;

// Digits after the point of the tick of what trades on a Chinese exchange: funds, bonds and B shares move by 0.001.
int tick_digits(Kind kind) noexcept;

// The exchanges whose calendars hold for a group.
std::vector<momentum::Market> exchanges_of(std::string_view group);

}  // namespace momentum::engine
