#include "momentum/store/batch_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>
#include <tuple>
#include <utility>

#include "batch_memory_internal.h"
#include "decoded_groups_internal.h"
#include "momentum/base/parallel.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

// Rows of a row group that go to rows `to` and after it of a batch.
struct Run {
  std::uint32_t file, group;
  std::int64_t row, rows;
  std::int64_t to;
};

// Puts the rows of a group, which come stretch by stretch, to where the runs want them.
template <class T>
class Scatter {
 public:
  Scatter(std::span<const Run> runs, T* into) : runs_(runs), into_(into) {}

  void operator()(std::int64_t row, std::span<const T> values) {
    const std::int64_t end = row + static_cast<std::int64_t>(values.size());
    for (; next_ < runs_.size(); ++next_) {
      const Run& run = runs_[next_];
      const std::int64_t from = std::max(run.row, row), to = std::min(run.row + run.rows, end);
      if (from < to) std::copy_n(values.data() + (from - row), to - from, into_ + run.to + (from - run.row));
      if (run.row + run.rows > end) return;
    }
  }

 private:
  std::span<const Run> runs_;
  T* into_;
  std::size_t next_ = 0;
};

std::vector<Run> runs_of(const Batch& batch) {
  std::vector<Run> runs;
  std::int64_t to = 0;
  for (const PlannedInstrument& instrument : batch.instruments) {
    for (const Piece& piece : instrument.pieces) {
      runs.push_back({piece.file, piece.group, piece.row, piece.rows, to});
      to += piece.rows;
    }
  }
  std::ranges::sort(runs, {}, [](const Run& run) { return std::tuple(run.file, run.group, run.row); });
  return runs;
}

// Blocks of a fixed length without an early end become vector code.
bool ascends(std::span<const std::int32_t> days) {
  constexpr std::size_t kBlock = 64;
  std::size_t at = 1;
  for (; at + kBlock <= days.size(); at += kBlock) {
    const std::int32_t* const day = days.data() + at;
    int wrong = 0;
    for (std::size_t k = 0; k < kBlock; ++k) wrong |= day[k - 1] >= day[k] ? 1 : 0;
    if (wrong != 0) return false;
  }
  const std::span<const std::int32_t> rest = days.subspan(at - 1);
  return std::ranges::adjacent_find(rest, std::ranges::greater_equal{}) == rest.end();
}

// Where a batch's numbers lie: the dates of all its rows, then column after column.
struct Block {
  std::int32_t* dates;
  std::vector<double*> columns;  // as in the plan; null where no file of the plan has it
};

}  // namespace

struct BarsReader::State {
  std::string folder;
  Date first, last;
  std::vector<DataFile> files;
  std::vector<std::string> paths;  // of the files, in the store
  std::vector<bool> known;  // columns of the plan that any of its files has
  std::optional<DecodedGroups> shared;
  std::shared_ptr<BatchMemory> memory = std::make_shared<BatchMemory>();

  Result<void> read_group(std::span<const Run> runs, const Block& into);
  Result<void> finish(const PlannedInstrument& planned, std::int64_t at, const Block& from, SeriesBars& series) const;
  Result<BatchBars> read(const Batch& batch);
};

// `runs` are all of one row group, ascending.
Result<void> BarsReader::State::read_group(std::span<const Run> runs, const Block& into) {
  const auto [f, group, row, rows, to] = runs.front();
  const DataFile& file = files[f];
  std::shared_ptr<const DecodedGroup> decoded;
  if (shared->holds(f, group)) {
    MOMENTUM_TRY(decoded, shared->get(f, group));
  }
  const std::int64_t end = runs.back().row + runs.back().rows;
  Scatter<std::int32_t> dates(runs, into.dates);
  if (decoded) {
    dates(0, decoded->dates);
  } else {
    MOMENTUM_TRY_VOID(file.reader->stream_int32(group, file.date, end, std::ref(dates)));
  }
  for (std::size_t c = 0; c < file.columns.size(); ++c) {
    if (into.columns[c] == nullptr) continue;
    if (!file.columns[c]) {
      for (const Run& run : runs)
        std::fill_n(into.columns[c] + run.to, run.rows, std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    Scatter<double> values(runs, into.columns[c]);
    if (decoded) {
      values(0, decoded->columns[c]);
    } else {
      MOMENTUM_TRY_VOID(file.reader->stream_real(group, *file.columns[c], end, std::ref(values)));
    }
  }
  return {};
}

// Checks the days of an instrument, whose rows begin at `at`, and cuts off what was not wanted.
Result<void> BarsReader::State::finish(const PlannedInstrument& planned, std::int64_t at, const Block& from,
                                       SeriesBars& series) const {
  const std::span<const std::int32_t> all(from.dates + at, static_cast<std::size_t>(planned.rows));
  if (all.front() != planned.first.days || all.back() != planned.last.days || !ascends(all))
    return damaged_file(fmt::format("the days of instrument {} are not as the catalog says", planned.id),
                        folder + "/" + paths[planned.pieces.front().file]);
  const std::int32_t* const begin =
      first > planned.first ? std::ranges::lower_bound(all, first.days).base() : all.data();
  const std::int32_t* const end = last.has_value() && last < planned.last
                                      ? std::ranges::upper_bound(all, last.days).base()
                                      : all.data() + all.size();
  series.id = planned.id;
  series.dates = {begin, static_cast<std::size_t>(std::max<std::ptrdiff_t>(end - begin, 0))};
  series.columns.resize(from.columns.size());
  for (std::size_t c = 0; c < from.columns.size(); ++c) {
    const bool has = std::ranges::any_of(planned.pieces,
                                         [&](const Piece& piece) { return files[piece.file].columns[c].has_value(); });
    if (has) series.columns[c] = {from.columns[c] + (begin - from.dates), series.dates.size()};
  }
  return {};
}

Result<BatchBars> BarsReader::State::read(const Batch& batch) {
  const auto rows = static_cast<std::size_t>(batch.rows);
  const std::size_t dates_bytes = (rows * sizeof(std::int32_t) + 63) / 64 * 64;
  const auto columns = static_cast<std::size_t>(std::ranges::count(known, true));
  const std::shared_ptr<std::byte[]> bytes = memory->take(dates_bytes + columns * rows * sizeof(double));
  Block block{reinterpret_cast<std::int32_t*>(bytes.get()), {}};
  auto* next = reinterpret_cast<double*>(bytes.get() + dates_bytes);
  for (const bool one : known) {
    block.columns.push_back(one ? next : nullptr);
    if (one) next += rows;
  }

  const std::vector<Run> runs = runs_of(batch);
  const auto same_group = [](const Run& a, const Run& b) { return a.file == b.file && a.group == b.group; };
  for (auto begin = runs.begin(); begin != runs.end();) {
    const auto end = std::find_if(begin, runs.end(), [&](const Run& run) { return !same_group(*begin, run); });
    MOMENTUM_TRY_VOID(read_group({begin, end}, block));
    begin = end;
  }
  BatchBars bars;
  bars.memory = bytes;
  bars.series.resize(batch.instruments.size());
  std::int64_t at = 0;
  for (std::size_t k = 0; k < batch.instruments.size(); ++k) {
    MOMENTUM_TRY_VOID(finish(batch.instruments[k], at, block, bars.series[k]));
    at += batch.instruments[k].rows;
  }
  return bars;
}

BarsReader::BarsReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
BarsReader::~BarsReader() = default;
BarsReader::BarsReader(BarsReader&&) noexcept = default;
BarsReader& BarsReader::operator=(BarsReader&&) noexcept = default;

Result<BarsReader> BarsReader::open(const Context& ctx, const std::string& folder, const catalog::State& state,
                                    const Plan& plan) {
  auto own = std::make_unique<State>();
  own->folder = folder;
  own->first = plan.first;
  own->last = plan.last;
  own->files.resize(state.files.size());
  for (const catalog::FileRecord& file : state.files) own->paths.push_back(file.path);
  std::vector<std::size_t> named;
  for (const Batch& batch : plan.batches) {
    for (const PlannedInstrument& instrument : batch.instruments) {
      for (const Piece& piece : instrument.pieces) named.push_back(piece.file);
    }
  }
  std::ranges::sort(named);
  named.erase(std::ranges::unique(named).begin(), named.end());

  MOMENTUM_TRY_VOID(parallel_for(ctx, named.size(), [&](std::size_t k) -> Result<void> {
    DataFile& file = own->files[named[k]];
    MOMENTUM_TRY(file.reader, open_data_file(folder, state.info.uuid, state.files[named[k]]));
    file.date = *file.reader->find(kDateColumn);
    for (const std::string& column : plan.columns) file.columns.push_back(file.reader->find(column));
    return {};
  }));
  for (std::size_t c = 0; c < plan.columns.size(); ++c) {
    own->known.push_back(
        std::ranges::any_of(named, [&](std::size_t f) { return own->files[f].columns[c].has_value(); }));
  }
  own->shared.emplace(own->files, plan);
  return BarsReader(std::move(own));
}

Result<BatchBars> BarsReader::read(const Batch& batch) const {
  try {
    auto bars = state_->read(batch);
    if (!bars) return std::unexpected(of_store(std::move(bars).error()));
    return bars;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to read bars", state_->folder, "close other programs");
  }
}

}  // namespace momentum::store
