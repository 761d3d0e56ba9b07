#include <algorithm>
#include <cstdlib>
#include <utility>

#include "batches_internal.h"

namespace momentum::store {
namespace {

// For each place k between instrument k - 1 and instrument k: rows in the row groups that a cut there would leave in two
// batches. Files without buckets (the tail) are in every batch anyway.
std::vector<std::int64_t> rows_on_both_sides(const catalog::State& state,
                                             const std::vector<PlannedInstrument>& instruments) {
  struct Span {
    std::size_t first, last;
  };
  std::vector<std::vector<Span>> groups(state.files.size());
  constexpr auto kNowhere = static_cast<std::size_t>(-1);
  for (std::size_t k = 0; k < instruments.size(); ++k) {
    for (const Piece& piece : instruments[k].pieces) {
      const catalog::FileRecord& file = state.files[piece.file];
      if (!file.bucket) continue;
      if (groups[piece.file].empty()) groups[piece.file].resize(file.row_groups.size(), {kNowhere, 0});
      Span& span = groups[piece.file][piece.group];
      span = {std::min(span.first, k), k};
    }
  }
  std::vector<std::int64_t> rows(instruments.size() + 1);
  for (std::size_t f = 0; f < groups.size(); ++f) {
    for (std::size_t g = 0; g < groups[f].size(); ++g) {
      if (groups[f][g].first == kNowhere) continue;
      rows[groups[f][g].first + 1] += state.files[f].row_groups[g].rows;
      rows[groups[f][g].last + 1] -= state.files[f].row_groups[g].rows;
    }
  }
  for (std::size_t k = 1; k < rows.size(); ++k) rows[k] += rows[k - 1];
  return rows;
}

}  // namespace

std::vector<Batch> cut_batches(const catalog::State& state, std::vector<PlannedInstrument> instruments,
                               std::int64_t rows_per_batch) {
  const std::vector<std::int64_t> shared = rows_on_both_sides(state, instruments);
  std::int64_t left = 0;
  for (const PlannedInstrument& instrument : instruments) left += instrument.rows;

  std::vector<Batch> batches;
  for (std::size_t begin = 0; begin < instruments.size();) {
    std::size_t end = instruments.size();
    if (left > rows_per_batch + rows_per_batch / 4) {
      std::int64_t rows = 0;
      std::pair<std::int64_t, std::int64_t> best;  // shared rows, distance from the wanted size
      for (std::size_t k = begin; k < instruments.size(); ++k) {
        rows += instruments[k].rows;
        if (rows < rows_per_batch - rows_per_batch / 4) continue;
        const bool only = end == instruments.size();
        if (!only && rows > rows_per_batch + rows_per_batch / 4) break;
        const std::pair here{shared[k + 1], std::abs(rows - rows_per_batch)};
        if (only || here < best) {
          best = here;
          end = k + 1;
        }
      }
    }
    Batch& batch = batches.emplace_back();
    for (; begin < end; ++begin) {
      batch.rows += instruments[begin].rows;
      batch.instruments.push_back(std::move(instruments[begin]));
    }
    left -= batch.rows;
  }
  return batches;
}

}  // namespace momentum::store
