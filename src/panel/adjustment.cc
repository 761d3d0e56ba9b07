#include "momentum/panel/adjustment.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace momentum::panel {
namespace {

bool contains(std::span<const std::int32_t> days, std::int32_t day) {
  return std::binary_search(days.begin(), days.end(), day);
}

// Whether every session strictly between two bars is known to be a suspension.
bool link_is_verified(const FactorInput& in, std::int32_t before, std::int32_t now) {
  auto between = std::upper_bound(in.sessions.begin(), in.sessions.end(), before);
  for (; between != in.sessions.end() && *between < now; ++between) {
    if (contains(in.quarantined, *between)) return false;
    if (!in.gaps_are_suspensions && !contains(in.suspended, *between)) return false;
  }
  return true;
}

}  // namespace

Factors derive_factors(const FactorInput& in) {
  Factors out;
  out.factor.assign(in.dates.size(), 1.0);
  if (in.preclose.empty()) return out;
  double factor = 1.0;
  for (std::size_t t = 1; t < in.dates.size(); ++t) {
    const double before = in.close[t - 1], preclose = in.preclose[t];
    if (preclose > 0.0 && before > 0.0 && preclose != before) {
      const Date day{in.dates[t]};
      const bool allowed = !in.factors_from.has_value() || day >= in.factors_from;
      if (allowed && link_is_verified(in, in.dates[t - 1], in.dates[t])) {
        factor = factor * (before / preclose);
        out.links.push_back(day);
      } else {
        out.unverified.push_back(day);
      }
    }
    out.factor[t] = factor;
  }
  return out;
}

std::vector<std::int32_t> infer_sessions(std::span<const std::span<const std::int32_t>> series) {
  std::map<std::int32_t, std::int64_t> bars, change;  // change in the number listed, from that day on
  for (const auto& dates : series) {
    if (dates.empty()) continue;
    ++change[dates.front()];
    --change[dates.back() + 1];
    for (const std::int32_t day : dates) ++bars[day];
  }
  std::vector<std::int32_t> sessions;
  std::int64_t listed = 0;
  auto next = change.begin();
  for (const auto& [day, count] : bars) {
    for (; next != change.end() && next->first <= day; ++next) listed += next->second;
    if (count * 20 >= listed) sessions.push_back(day);
  }
  return sessions;
}

}  // namespace momentum::panel
