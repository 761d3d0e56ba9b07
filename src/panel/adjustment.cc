#include "momentum/panel/adjustment.h"

#include <algorithm>
#include <limits>

namespace momentum::panel {
namespace {

// Days after a bar on which an instrument counts as listed where no listing says more: only the past tells.
constexpr std::int32_t kListedAfterBar = 365;

bool contains(std::span<const std::int32_t> days, std::int32_t day) {
  return std::binary_search(days.begin(), days.end(), day);
}

// Whether no row was refused strictly between two bars and every session there is known to be a suspension.
bool link_is_verified(const FactorInput& in, std::int32_t before, std::int32_t now) {
  const auto refused = std::upper_bound(in.quarantined.begin(), in.quarantined.end(), before);
  if (refused != in.quarantined.end() && *refused < now) return false;
  auto between = std::upper_bound(in.sessions.begin(), in.sessions.end(), before);
  for (; between != in.sessions.end() && *between < now; ++between) {
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
  double last_close = in.dates.empty() ? 0.0 : in.close[0];  // the last one that is there
  for (std::size_t t = 1; t < in.dates.size(); ++t) {
    const double before = in.close[t - 1], preclose = in.preclose[t];
    if (before > 0.0) last_close = before;
    if (preclose > 0.0 && last_close > 0.0 && preclose != last_close) {
      const Date day{in.dates[t]};
      const bool allowed = before > 0.0 && (!in.factors_from.has_value() || day >= in.factors_from);
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
  std::int32_t first = std::numeric_limits<std::int32_t>::max(), last = std::numeric_limits<std::int32_t>::min();
  for (const auto& dates : series) {
    if (dates.empty()) continue;
    first = std::min(first, dates.front());
    last = std::max(last, dates.back());
  }
  if (first > last) return {};
  const auto at = [&](std::int64_t day) { return static_cast<std::size_t>(day - first); };
  std::vector<std::int32_t> bars(at(last) + 1), change(at(last) + 2);  // change in the number listed, from that day on
  for (const auto& dates : series) {
    std::int64_t listed_until = std::numeric_limits<std::int64_t>::min();
    for (const std::int32_t day : dates) {
      ++bars[at(day)];
      if (day > listed_until) {  // its first bar, or the first after more than a year
        if (listed_until != std::numeric_limits<std::int64_t>::min() && listed_until < last)
          --change[at(listed_until + 1)];
        ++change[at(day)];
      }
      listed_until = std::int64_t{day} + kListedAfterBar;
    }
    if (!dates.empty() && listed_until < last) --change[at(listed_until + 1)];
  }
  std::vector<std::int32_t> sessions;
  std::int64_t listed = 0;
  for (std::int64_t day = first; day <= last; ++day) {
    listed += change[at(day)];
    if (bars[at(day)] > 0 && std::int64_t{bars[at(day)]} * 20 >= listed)
      sessions.push_back(static_cast<std::int32_t>(day));
  }
  return sessions;
}

}  // namespace momentum::panel
