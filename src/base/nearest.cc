#include "momentum/base/nearest.h"

#include <algorithm>

namespace momentum {

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::size_t most_edits(std::string_view text) noexcept { return std::max<std::size_t>(1, text.size() / 3); }

std::string nearest(std::string_view text, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t fewest = most_edits(text) + 1;
  for (const std::string& candidate : candidates) {
    const bool begun = text.size() >= 3 && candidate.starts_with(text);
    const std::size_t steps = begun ? 1 : edits(text, candidate);
    if (steps < fewest) {
      fewest = steps;
      best = candidate;
    }
  }
  return best;
}

}  // namespace momentum
