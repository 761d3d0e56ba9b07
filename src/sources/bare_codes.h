#pragma once
// The market of a number that does not say it.

#include <string_view>

#include "momentum/base/instrument.h"
#include "momentum/sources/bar_reader.h"

namespace momentum::sources {

// none where the rule does not say: for what is no six-digit number, and under `shares` for numbers that no exchange gives to
// shares (funds, bonds; 399001 is an index). 000001 is a bank's under `shares`: the user said that there are no indices.
Market market_of_bare(std::string_view symbol, BareCodes rule);

}  // namespace momentum::sources
