#pragma once
// Where a batch's rows come from and where they go: instrument by instrument in memory, row group by row group in the files.

#include <cstdint>
#include <span>
#include <vector>

#include "momentum/store/plan.h"

namespace momentum::store {

// Rows of a row group that go to rows `to` and after it.
struct Run {
  std::uint32_t file, group;
  std::int64_t row, rows;
  std::int64_t to;
};

// Rows [begin, end) of all of an instrument's pieces.
struct Rows {
  std::int64_t begin = 0, end = 0;
  std::int64_t count() const { return end - begin; }
};

// The runs of a batch in the order of files, groups and rows. rows[k]: of instrument k; they are put one after the other.
std::vector<Run> runs_of(const Batch& batch, std::span<const Rows> rows);

inline bool same_group(const Run& a, const Run& b) { return a.file == b.file && a.group == b.group; }

// Those of the row group that `runs` begins with.
std::span<const Run> first_group(std::span<const Run> runs);

// Those of a row group, if there are any.
std::span<const Run> of_group(std::span<const Run> runs, std::uint32_t file, std::uint32_t group);

}  // namespace momentum::store
