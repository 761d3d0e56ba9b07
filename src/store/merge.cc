#include <algorithm>
#include <bit>
#include <cmath>

#include "merge_internal.h"

namespace momentum::store {
namespace {

// -0 and 0 are two values: what is read back must have the bits that came in.
bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

bool same_bar(const BarSeries& a, std::size_t i, const BarSeries& b, std::size_t j) {
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (a.columns[c].empty() || b.columns[c].empty()) continue;
    const double x = a.columns[c][i], y = b.columns[c][j];
    if (same(x, y) || (c >= kRequiredColumns && (std::isnan(x) || std::isnan(y)))) continue;
    return false;
  }
  return true;
}

bool adds_value(const BarSeries& stored, std::size_t i, const BarSeries& incoming, std::size_t j) {
  for (std::size_t c = kRequiredColumns; c < kColumns; ++c) {
    if (incoming.columns[c].empty() || std::isnan(incoming.columns[c][j])) continue;
    if (stored.columns[c].empty() || std::isnan(stored.columns[c][i])) return true;
  }
  return false;
}

}  // namespace

Comparison compare(const BarSeries& stored, const BarSeries& incoming, bool replace) {
  Comparison out;
  std::size_t i = 0;
  for (std::size_t j = 0; j < incoming.size(); ++j) {
    while (i < stored.size() && stored.times[i] < incoming.times[j]) ++i;
    bool laid = true;
    if (i == stored.size() || stored.times[i] != incoming.times[j]) {
      ++out.stored;
    } else if (same_bar(stored, i, incoming, j)) {
      ++out.known;
      laid = replace && adds_value(stored, i, incoming, j);
      out.filled += laid;
    } else {
      ++(replace ? out.corrected : out.conflicting);
      out.differing.push_back(incoming.times[j]);
      laid = replace;
    }
    if (laid) out.laid.push_back(j);
  }
  return out;
}

void lay_over(const BarSeries& stored, const BarSeries& patch, BarRows& out) {
  std::size_t i = 0, j = 0;
  while (j < patch.size()) {
    const auto rest = stored.times.subspan(i);
    const std::size_t before =
        i + static_cast<std::size_t>(std::ranges::lower_bound(rest, patch.times[j]) - rest.begin());
    if (before > i) out.append(stored.slice(i, before));
    i = before;
    if (i < stored.size() && stored.times[i] == patch.times[j]) {
      out.append(patch.slice(j, j + 1));
      out.fill_last(stored, i);
      ++i;
      ++j;
      continue;
    }
    const auto ahead = patch.times.subspan(j);
    const std::size_t run =
        i == stored.size() ? ahead.size()
                           : static_cast<std::size_t>(std::ranges::lower_bound(ahead, stored.times[i]) - ahead.begin());
    out.append(patch.slice(j, j + run));
    j += run;
  }
  if (i < stored.size()) out.append(stored.slice(i, stored.size()));
}

BarSeries pick(const BarSeries& incoming, const std::vector<std::size_t>& laid, BarRows& kept) {
  if (laid.size() == incoming.size()) return incoming;
  for (std::size_t k = 0; k < laid.size();) {
    std::size_t end = k + 1;
    while (end < laid.size() && laid[end] == laid[end - 1] + 1) ++end;
    kept.append(incoming.slice(laid[k], laid[end - 1] + 1));
    k = end;
  }
  return kept.view();
}

}  // namespace momentum::store
