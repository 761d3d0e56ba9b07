#include "momentum/report/sparkline.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace momentum::report {

std::string sparkline(std::span<const double> values, std::size_t width) {
  static constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (width == 0 || values.empty()) return {};
  std::vector<double> shown;
  const std::size_t count = std::min(width, values.size());
  for (std::size_t i = 0; i < count; ++i) {
    shown.push_back(values[(i + 1) * values.size() / count - 1]);
  }
  double low = INFINITY;
  double high = -INFINITY;
  for (const double v : shown) {
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (low > high) return {};
  std::string out;
  for (const double v : shown) {
    if (!std::isfinite(v)) {
      out += ' ';
    } else if (low == high) {
      out += kBlocks[3];
    } else {
      // halves first: high - low may overflow
      const double place = (v / 2 - low / 2) / (high / 2 - low / 2);
      out += kBlocks[std::clamp(static_cast<int>(place * 8), 0, 7)];
    }
  }
  return out;
}

}  // namespace momentum::report
