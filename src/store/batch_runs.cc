#include <algorithm>
#include <tuple>

#include "batch_runs_internal.h"

namespace momentum::store {

std::vector<Run> runs_of(const Batch& batch, std::span<const Rows> rows) {
  std::vector<Run> runs;
  std::int64_t to = 0;
  for (std::size_t k = 0; k < batch.instruments.size(); ++k) {
    std::int64_t at = 0;  // the piece's first row among the instrument's
    for (const Piece& piece : batch.instruments[k].pieces) {
      const std::int64_t begin = std::max(rows[k].begin, at), end = std::min(rows[k].end, at + piece.rows);
      if (begin < end) {
        runs.push_back({piece.file, piece.group, piece.row + (begin - at), end - begin, to});
        to += end - begin;
      }
      at += piece.rows;
    }
  }
  std::ranges::sort(runs, {}, [](const Run& run) { return std::tuple(run.file, run.group, run.row); });
  return runs;
}

std::span<const Run> first_group(std::span<const Run> runs) {
  const auto end = std::ranges::find_if(runs, [&](const Run& run) { return !same_group(runs.front(), run); });
  return {runs.begin(), end};
}

std::span<const Run> of_group(std::span<const Run> runs, std::uint32_t file, std::uint32_t group) {
  const auto found = std::ranges::equal_range(runs, std::pair(file, group), {},
                                              [](const Run& run) { return std::pair(run.file, run.group); });
  return {found.begin(), found.end()};
}

}  // namespace momentum::store
