#pragma once

#include <span>
#include <string>

namespace momentum::report {

// ▁▂▃▄▅▆▇█ of `values` in at most `width` columns, lowest to highest over the values shown; a longer series is
// thinned to evenly spaced values, always with the last one. A missing or infinite value is a space; equal values are
// all ▄. No finite value, or width 0: "".
std::string sparkline(std::span<const double> values, std::size_t width);

}  // namespace momentum::report
