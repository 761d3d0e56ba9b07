#pragma once
// Stored and incoming bars of one instrument -> which incoming bars are laid over the stored ones, and how.

#include <cstdint>
#include <vector>

#include "bar_series_internal.h"

namespace momentum::store {

struct Comparison {
  std::int64_t stored = 0, known = 0, conflicting = 0, corrected = 0;  // as Outcome counts
  std::int64_t filled = 0;  // of `known`: bring values that the stored bar lacks
  std::vector<std::int32_t> differing;  // the times of conflicting or corrected
  std::vector<std::size_t> laid;  // incoming rows that change what is stored, ascending
};

// `stored` holds at least every stored bar of the times of `incoming`.
Comparison compare(const BarSeries& stored, const BarSeries& incoming, bool replace);

// The rows of both by time, appended to `out`. Where both have a time, the five columns are `patch`'s, the others too where
// `patch` has a value.
void lay_over(const BarSeries& stored, const BarSeries& patch, BarRows& out);

// The rows that `laid` names: a view where it names all of them, else copied to `kept`.
BarSeries pick(const BarSeries& incoming, const std::vector<std::size_t>& laid, BarRows& kept);

}  // namespace momentum::store
