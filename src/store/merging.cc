#include "merging_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace momentum::store {
namespace {

constexpr ColumnMask kDescribed = ColumnMask{1} << kCloseColumn | ColumnMask{1} << kPrecloseColumn;

bool meets(const catalog::Extent& extent, const BarSeries& bars) {
  return extent.first <= bars.last() && bars.first() <= extent.last;
}

// The stored bars among the days of `bars`; `copy` is for what stands in several files.
Result<BarSeries> stored_among(const std::vector<Piece>& pieces, const BarSeries& bars, BarRows& copy) {
  const auto met = std::ranges::count_if(pieces, [&](const Piece& piece) { return meets(*piece.extent, bars); });
  for (const Piece& piece : pieces) {
    if (!meets(*piece.extent, bars)) continue;
    MOMENTUM_TRY(const BarSeries all, piece.from->read(*piece.extent, kAllColumns));
    const BarSeries among = all.between(bars.first(), bars.last());
    if (met == 1) return among;
    copy.append(among);
  }
  return copy.view();
}

// All bars of an instrument as they will be, in the columns that a description needs.
Result<void> describe_one(std::size_t i, const Describe& describe, const std::vector<Piece>& pieces, Merging& merging) {
  BarRows stored, all;
  BarSeries bars = merging.patch.only(kDescribed);
  if (!pieces.empty()) {
    for (const Piece& piece : pieces) {
      MOMENTUM_TRY(const BarSeries part, piece.from->read(*piece.extent, kDescribed));
      stored.append(part);
    }
    lay_over(stored.view(), bars, all);
    bars = all.view();
  }
  std::vector<double> unknown;
  if (bars.columns[kPrecloseColumn].empty()) {
    unknown.assign(bars.size(), std::numeric_limits<double>::quiet_NaN());
    bars.columns[kPrecloseColumn] = unknown;
  }
  return describe(i, {bars.times, bars.columns[kCloseColumn], bars.columns[kPrecloseColumn]}, merging.record);
}

}  // namespace

void Merging::keep_only(const LevelDays& days) {
  BarRows rest;
  rest.append(patch.between(days.first, days.last));
  kept = std::move(rest);
  patch = kept.view();
  owner.reset();
  times.reset();
}

void Merging::drop() {
  kept = BarRows();
  patch = {};
  owner.reset();
  times.reset();
}

Result<std::vector<Piece>> pieces_of(Sources& sources, catalog::InstrumentId id) {
  std::vector<Piece> pieces;
  for (StoredBars& source : sources) {
    if (const catalog::Extent* extent = source.file().extent_of(id)) pieces.push_back({&source, extent});
  }
  std::ranges::sort(pieces, {}, [](const Piece& piece) { return piece.extent->first; });
  for (std::size_t k = 1; k < pieces.size(); ++k) {
    if (pieces[k].extent->first <= pieces[k - 1].extent->last)
      return fail(ErrorCode::damaged_store, fmt::format("two files have bars of instrument {} for the same days", id),
                  pieces[k].from->file().path(), "import into a new store");
  }
  return pieces;
}

Result<Merging> merge_one(std::size_t i, const Incoming& incoming, const BarsOf& bars_of, const Describe& describe,
                          const IngestOptions& options, Sources& sources) {
  Merging out;
  out.record = incoming.record;
  const std::string name = to_string(incoming.record.code);
  MOMENTUM_TRY(auto table, bars_of(i));
  MOMENTUM_TRY(const IncomingBars in, view_of(std::move(table), options.dataset, name));
  MOMENTUM_TRY(const std::vector<Piece> pieces, pieces_of(sources, incoming.record.id));
  if (in.bars.size() != 0) {
    if (options.newest.has_value() && in.bars.last() > options.newest)
      return fail(ErrorCode::internal, "a bar after the day that was said to be the newest", name,
                  "please report this line");
    BarRows copy;
    MOMENTUM_TRY(const BarSeries stored, stored_among(pieces, in.bars, copy));
    out.counts = compare(stored, in.bars, options.replace);
    out.prepended = !pieces.empty() && in.bars.first() < pieces.front().extent->first;
    out.patch = pick(in.bars, out.counts.laid, out.kept);
    out.changes = out.patch.size() != 0;
    if (out.changes && out.kept.size() == 0) {
      out.owner = in.owner;
      out.times = in.times;
    }
    out.counts.laid = {};
  }
  if (describe) MOMENTUM_TRY_VOID(describe_one(i, describe, pieces, out));
  return out;
}

}  // namespace momentum::store
