#include "momentum/store/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "batches_internal.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

// An extent, or the part of it in one row group.
struct Found {
  catalog::InstrumentId id;
  Date first, last;  // of the whole extent
  Piece piece;
};

class Search {
 public:
  Search(const catalog::State& state, const Need& need) : state_(state), need_(need) {
    MOMENTUM_CHECK(std::ranges::is_sorted(need.instruments));
    if (need.instruments.empty()) return;
    wanted_.resize(state.instruments.size(), false);
    for (const catalog::InstrumentId id : need.instruments) {
      if (id >= 0 && static_cast<std::size_t>(id) < wanted_.size()) wanted_[static_cast<std::size_t>(id)] = true;
    }
  }

  // Ascending by instrument, then by day.
  std::vector<Found> run() {
    for (std::size_t f = 0; f < state_.files.size(); ++f) {
      const catalog::FileRecord& file = state_.files[f];
      if (is_of(file, need_.dataset) && touches(file.first, file.last)) search(static_cast<std::uint32_t>(f));
    }
    std::ranges::stable_sort(found_, {}, [](const Found& found) { return std::pair(found.id, found.first); });
    return std::move(found_);
  }

 private:
  bool touches(Date first, Date last) const {
    return (!need_.first.has_value() || last >= need_.first) && (!need_.last.has_value() || first <= need_.last);
  }
  bool wants(catalog::InstrumentId id) const { return wanted_.empty() || wanted_[static_cast<std::size_t>(id)]; }

  // Row groups cover the rows without a gap and extents ascend (the catalog's word): one walk over both. Of a part of a state
  // some extents are left out.
  void search(std::uint32_t f) {
    const catalog::FileRecord& file = state_.files[f];
    std::uint32_t group = 0;
    for (const catalog::Extent& extent : file.extents) {
      const std::int64_t end = extent.first_row + extent.rows;
      const bool take = wants(extent.instrument) && touches(extent.first, extent.last);
      for (std::int64_t row = extent.first_row; row < end;) {
        const catalog::RowGroupRecord& in = file.row_groups[group];
        const std::int64_t rows = std::min(end, in.first_row + in.rows) - row;
        if (rows <= 0) {
          ++group;
          continue;
        }
        if (take)
          found_.push_back({extent.instrument, extent.first, extent.last, {f, group, row - in.first_row, rows}});
        row += rows;
      }
    }
  }

  const catalog::State& state_;
  const Need& need_;
  std::vector<bool> wanted_;  // by id; empty: all
  std::vector<Found> found_;
};

std::unexpected<Error> twice(const catalog::State& state, const Found& before, const Found& found) {
  const std::string code = to_string(state.instruments[static_cast<std::size_t>(found.id)].code);
  return fail(ErrorCode::damaged_store, fmt::format("two files with bars of {} for the same days", code),
              state.files[before.piece.file].path + " and " + state.files[found.piece.file].path,
              "restore the store from a copy, or import the data into a new one");
}

// The bucket whose row groups the instrument's bars are in; after all buckets those that are only in files without.
int place_of(const catalog::State& state, const PlannedInstrument& instrument) {
  int bucket = std::numeric_limits<int>::max();
  for (const Piece& piece : instrument.pieces)
    bucket = std::min(bucket, state.files[piece.file].bucket.value_or(bucket));
  return bucket;
}

}  // namespace

Result<Plan> plan(const catalog::State& state, const Need& need, PlanOptions options) {
  MOMENTUM_CHECK(options.rows_per_batch > 0);
  const std::vector<Found> found = Search(state, need).run();
  std::vector<PlannedInstrument> instruments;
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (k == 0 || found[k].id != found[k - 1].id) {
      instruments.push_back({.id = found[k].id, .pieces = {}, .first = found[k].first, .last = {}});
    } else {
      const Found& before = found[k - 1];
      const bool same_extent = before.piece.file == found[k].piece.file;
      if (!same_extent && found[k].first <= before.last) return twice(state, before, found[k]);
    }
    PlannedInstrument& instrument = instruments.back();
    instrument.pieces.push_back(found[k].piece);
    instrument.rows += found[k].piece.rows;
    instrument.last = found[k].last;
  }
  std::ranges::stable_sort(instruments, {}, [&](const PlannedInstrument& one) { return place_of(state, one); });

  Plan plan{.dataset = need.dataset,
            .batches = {},
            .columns = need.columns,
            .column_rows = {},
            .first = need.first,
            .last = need.last};
  for (const std::string& column : need.columns) {
    const auto latest = need.latest_rows.find(column);
    plan.column_rows.push_back(latest == need.latest_rows.end() ? kAllRows : latest->second);
  }
  for (const PlannedInstrument& instrument : instruments) plan.rows += instrument.rows;
  plan.batches = cut_batches(state, std::move(instruments), options.rows_per_batch);
  return plan;
}

}  // namespace momentum::store
