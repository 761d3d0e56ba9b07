#include "momentum/store/diff.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <deque>
#include <limits>
#include <set>
#include <vector>

#include "merging_internal.h"

namespace momentum::store {
namespace {

// The files of a state that the other one has not.
class Side {
 public:
  Side(const std::string& folder, const catalog::State& state, const catalog::State& other, Dataset dataset,
       std::set<catalog::InstrumentId>& instruments) {
    for (const catalog::FileRecord& file : state.files) {
      const auto same = std::ranges::lower_bound(other.files, file.id, {}, &catalog::FileRecord::id);
      if (!is_of(file, dataset) || (same != other.files.end() && same->id == file.id)) continue;
      files_.emplace_back(folder, state.info.uuid, file);
      sources_.emplace_back(files_.back());
      for (const catalog::Extent& extent : file.extents) instruments.insert(extent.instrument);
    }
  }

  Result<BarSeries> bars(catalog::InstrumentId id) {
    rows_.clear();
    MOMENTUM_TRY(const std::vector<Piece> pieces, pieces_of(sources_, id));
    for (const Piece& piece : pieces) {
      MOMENTUM_TRY(const BarSeries part, piece.from->read(*piece.extent, kAllColumns));
      rows_.append(part);
    }
    return rows_.view();
  }

 private:
  std::deque<StoredFile> files_;
  Sources sources_;
  BarRows rows_;
};

double value(const BarSeries& bars, std::size_t column, std::size_t row) {
  return bars.columns[column].empty() ? std::numeric_limits<double>::quiet_NaN() : bars.columns[column][row];
}

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

constexpr auto kNowhere = static_cast<std::size_t>(-1);

// Row i of one against row j of the other; kNowhere: it has none.
void compare_rows(const BarSeries& before, std::size_t i, const BarSeries& after, std::size_t j,
                  std::vector<ValueChange>& out) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  out.clear();
  for (std::size_t c = 0; c < kColumns; ++c) {
    const double old = i == kNowhere ? kNaN : value(before, c, i);
    const double now = j == kNowhere ? kNaN : value(after, c, j);
    if (!same(old, now)) out.push_back({column_name(c), old, now});
  }
}

void compare(catalog::InstrumentId id, Dataset dataset, const BarSeries& before, const BarSeries& after,
             const std::function<void(const BarDifference&)>& take, std::vector<ValueChange>& values) {
  std::size_t i = 0, j = 0;
  while (i < before.size() || j < after.size()) {
    const bool old = j == after.size() || (i < before.size() && before.times[i] <= after.times[j]);
    const bool now = i == before.size() || (j < after.size() && after.times[j] <= before.times[i]);
    const std::int32_t time = old ? before.times[i] : after.times[j];
    compare_rows(before, old ? i : kNowhere, after, now ? j : kNowhere, values);
    if (!old || !now || !values.empty())
      take({.id = id,
            .dataset = dataset,
            .date = day_of(dataset, time),
            .minute = dataset == Dataset::minute ? minute_of(time) : -1,
            .how = !now   ? How::removed
                   : !old ? How::added
                          : How::corrected,
            .values = values});
    i += old;
    j += now;
  }
}

}  // namespace

Result<void> diff_bars(const Context& ctx, const std::string& folder, const catalog::State& before,
                       const catalog::State& after, const std::function<void(const BarDifference&)>& take) {
  for (const Dataset dataset : {Dataset::daily, Dataset::minute}) {
    std::set<catalog::InstrumentId> instruments;
    Side old(folder, before, after, dataset, instruments), now(folder, after, before, dataset, instruments);
    std::vector<ValueChange> values;
    for (const catalog::InstrumentId id : instruments) {
      if (ctx.cancelled()) return Context::interrupted();
      MOMENTUM_TRY(const BarSeries a, old.bars(id));
      MOMENTUM_TRY(const BarSeries b, now.bars(id));
      compare(id, dataset, a, b, take, values);
    }
  }
  return {};
}

}  // namespace momentum::store
