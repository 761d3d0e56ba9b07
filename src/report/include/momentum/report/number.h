#pragma once
// Numbers as text. Two kinds: exact (CSV, JSON) and for people (tables).

#include <cstdint>
#include <string>

#include "momentum/report/style.h"

namespace momentum::report {

// Shortest text that reads back to the same double; "" for NaN, "inf", "-inf".
std::string shortest(double value);

// For people; "-" for a missing value, "inf"/"-inf" for an infinite one. A value that rounds to zero has no sign.
std::string fixed(double value, int decimals, bool sign = false);
std::string percent(double fraction, int decimals = 2, bool sign = false);  // 0.0123 -> 1.23%
std::string quantity(double value, Lang lang);  // zh: 1.23万, 4.56亿; en: 12.30K, 456.00M
std::string grouped(std::int64_t value);        // 4,870

}  // namespace momentum::report
