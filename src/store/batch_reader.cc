#include "momentum/store/batch_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <new>
#include <utility>

#include "batch_memory_internal.h"
#include "batch_runs_internal.h"
#include "decoded_groups_internal.h"
#include "momentum/base/parallel.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

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

// By day, then by minute. Most days are that of the row before.
bool ascends(std::span<const std::int32_t> days, std::span<const std::int32_t> minutes) {
  for (std::size_t k = 0; k < days.size(); ++k) {
    if (minutes[k] < 0 || minutes[k] >= kMinutesOfDay) return false;
    if (k > 0 && (days[k] < days[k - 1] || (days[k] == days[k - 1] && minutes[k] <= minutes[k - 1]))) return false;
  }
  return true;
}

// A row group that a batch reads.
struct Group {
  std::uint32_t file, group;
  std::shared_ptr<DecodedGroup> decoded;  // if several batches read it
  std::vector<std::shared_ptr<const void>> fetched = {};  // of a file that is far
};

std::int64_t end_of(std::span<const Run> runs) { return runs.back().row + runs.back().rows; }

}  // namespace

struct BarsReader::State {
  std::string folder;
  Dataset dataset = Dataset::daily;
  Date first, last;
  std::vector<std::int64_t> column_rows;  // as in the plan
  std::vector<DataFile> files;
  std::vector<std::string> paths;  // of the files, in the store
  std::vector<bool> known;  // columns of the plan that any of its files has
  std::optional<DecodedGroups> shared;
  std::shared_ptr<BatchMemory> memory = std::make_shared<BatchMemory>();

  std::vector<Group> groups_of(std::span<const Run> runs);
  // Of columns of which all rows are wanted, and the dates; else of column `c`, where `runs` has rows of it.
  void fetch(std::span<Group> groups) const;
  void fetch(std::span<Group> groups, std::span<const Run> runs, std::size_t c) const;
  enum class Key : std::uint8_t { date, minute };
  Result<void> read_key(std::span<const Group> groups, std::span<const Run> runs, Key key, std::int32_t* into) const;
  Result<Rows> wanted(const PlannedInstrument& planned, std::span<const std::int32_t> days,
                      std::span<const std::int32_t> minutes) const;
  Result<void> read_column(std::span<const Group> groups, std::span<const Run> runs, std::size_t c, double* into) const;
  bool has(const PlannedInstrument& planned, std::size_t c) const;
  Result<BatchBars> read(const Batch& batch);
};

std::vector<Group> BarsReader::State::groups_of(std::span<const Run> runs) {
  std::vector<Group> groups;
  for (; !runs.empty(); runs = runs.subspan(first_group(runs).size())) {
    Group& one = groups.emplace_back(Group{runs.front().file, runs.front().group, nullptr});
    if (shared->holds(one.file, one.group)) one.decoded = shared->get(one.file, one.group);
  }
  return groups;
}

void BarsReader::State::fetch(std::span<Group> groups) const {
  for (Group& one : groups)
    if (!one.decoded && files[one.file].far)
      one.fetched.push_back(
          files[one.file].fetch(one.group, true, [&](std::size_t c) { return column_rows[c] == kAllRows; }));
}

void BarsReader::State::fetch(std::span<Group> groups, std::span<const Run> runs, std::size_t c) const {
  for (Group& one : groups)
    if (!one.decoded && files[one.file].far && !of_group(runs, one.file, one.group).empty())
      one.fetched.push_back(files[one.file].fetch(one.group, false, [&](std::size_t other) { return other == c; }));
}

Result<void> BarsReader::State::read_key(std::span<const Group> groups, std::span<const Run> runs, Key key,
                                         std::int32_t* into) const {
  for (const Group& one : groups) {
    const std::span<const Run> wanted = of_group(runs, one.file, one.group);
    Scatter<std::int32_t> scatter(wanted, into);
    if (one.decoded) {
      MOMENTUM_TRY(const auto all, key == Key::date ? one.decoded->dates() : one.decoded->minutes());
      scatter(0, all);
    } else {
      const DataFile& file = files[one.file];
      const std::size_t column = key == Key::date ? file.date : *file.minute;
      MOMENTUM_TRY_VOID(file.reader->stream_int32(one.group, column, end_of(wanted), std::ref(scatter)));
    }
  }
  return {};
}

// Checks the days and minutes of an instrument and finds those of wanted days.
Result<Rows> BarsReader::State::wanted(const PlannedInstrument& planned, std::span<const std::int32_t> days,
                                       std::span<const std::int32_t> minutes) const {
  const bool ascend = dataset == Dataset::minute ? ascends(days, minutes) : ascends(days);
  if (days.front() != planned.first.days || days.back() != planned.last.days || !ascend)
    return damaged_file(fmt::format("the days of instrument {} are not as the catalog says", planned.id),
                        folder + "/" + paths[planned.pieces.front().file]);
  Rows rows{0, static_cast<std::int64_t>(days.size())};
  if (first > planned.first) rows.begin = std::ranges::lower_bound(days, first.days) - days.begin();
  if (last.has_value() && last < planned.last) rows.end = std::ranges::upper_bound(days, last.days) - days.begin();
  rows.end = std::max(rows.begin, rows.end);
  return rows;
}

Result<void> BarsReader::State::read_column(std::span<const Group> groups, std::span<const Run> runs, std::size_t c,
                                            double* into) const {
  for (const Group& one : groups) {
    const std::span<const Run> wanted = of_group(runs, one.file, one.group);
    if (wanted.empty()) continue;
    const DataFile& file = files[one.file];
    if (!file.columns[c]) {
      for (const Run& run : wanted) std::fill_n(into + run.to, run.rows, std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    Scatter<double> values(wanted, into);
    if (one.decoded) {
      MOMENTUM_TRY(const auto all, one.decoded->column(c));
      values(0, all);
    } else {
      MOMENTUM_TRY_VOID(file.reader->stream_real(one.group, *file.columns[c], end_of(wanted), std::ref(values)));
    }
  }
  return {};
}

bool BarsReader::State::has(const PlannedInstrument& planned, std::size_t c) const {
  return std::ranges::any_of(planned.pieces,
                             [&](const Piece& piece) { return files[piece.file].columns[c].has_value(); });
}

// The dates come first: they tell which rows of the columns are wanted.
Result<BatchBars> BarsReader::State::read(const Batch& batch) {
  std::size_t most = 0;  // values, before the days have said how many are wanted
  for (const PlannedInstrument& instrument : batch.instruments)
    for (std::size_t c = 0; c < known.size(); ++c)
      if (known[c]) most += static_cast<std::size_t>(std::min(instrument.rows, column_rows[c]));
  const std::size_t dates_bytes = (static_cast<std::size_t>(batch.rows) * sizeof(std::int32_t) + 63) / 64 * 64;
  const std::size_t minutes_bytes = dataset == Dataset::minute ? dates_bytes : 0;
  const std::shared_ptr<std::byte[]> bytes = memory->take(dates_bytes + minutes_bytes + most * sizeof(double));
  auto* const dates = reinterpret_cast<std::int32_t*>(bytes.get());
  auto* const minutes = reinterpret_cast<std::int32_t*>(bytes.get() + dates_bytes);
  auto* next = reinterpret_cast<double*>(bytes.get() + dates_bytes + minutes_bytes);

  std::vector<Rows> rows;
  for (const PlannedInstrument& instrument : batch.instruments) rows.push_back({0, instrument.rows});
  const std::vector<Run> all = runs_of(batch, rows);
  std::vector<Group> groups = groups_of(all);
  fetch(groups);
  MOMENTUM_TRY_VOID(read_key(groups, all, Key::date, dates));
  if (dataset == Dataset::minute) MOMENTUM_TRY_VOID(read_key(groups, all, Key::minute, minutes));

  BatchBars bars;
  bars.memory = bytes;
  bars.series.resize(batch.instruments.size());
  std::int64_t at = 0;
  for (std::size_t k = 0; k < batch.instruments.size(); ++k) {
    const PlannedInstrument& planned = batch.instruments[k];
    const std::span<const std::int32_t> days(dates + at, static_cast<std::size_t>(planned.rows));
    std::span<const std::int32_t> of_days;
    if (dataset == Dataset::minute) of_days = {minutes + at, days.size()};
    MOMENTUM_TRY(rows[k], wanted(planned, days, of_days));
    const auto from = static_cast<std::size_t>(rows[k].begin), count = static_cast<std::size_t>(rows[k].count());
    bars.series[k].id = planned.id;
    bars.series[k].dates = days.subspan(from, count);
    if (!of_days.empty()) bars.series[k].minutes = of_days.subspan(from, count);
    bars.series[k].columns.resize(known.size());
    at += planned.rows;
  }
  const auto latest = [&](std::size_t c, std::size_t k) {
    return Rows{std::max(rows[k].begin, rows[k].end - std::min(column_rows[c], rows[k].end)), rows[k].end};
  };
  std::map<std::int64_t, std::vector<Run>> runs;  // by rows wanted of a column
  for (std::size_t c = 0; c < known.size(); ++c) {
    if (!known[c]) continue;
    const auto [of_column, fresh] = runs.try_emplace(column_rows[c]);
    if (fresh) {
      std::vector<Rows> of_all;
      for (std::size_t k = 0; k < rows.size(); ++k) of_all.push_back(latest(c, k));
      of_column->second = runs_of(batch, of_all);
    }
    if (column_rows[c] != kAllRows) fetch(groups, of_column->second, c);
  }
  for (std::size_t c = 0; c < known.size(); ++c) {
    if (!known[c]) continue;
    MOMENTUM_TRY_VOID(read_column(groups, runs.at(column_rows[c]), c, next));
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const auto count = static_cast<std::size_t>(latest(c, k).count());
      if (has(batch.instruments[k], c)) bars.series[k].columns[c] = {next, count};
      next += count;
    }
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
  own->dataset = plan.dataset;
  own->first = plan.first;
  own->last = plan.last;
  own->column_rows = plan.column_rows;
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

  std::shared_ptr<formats::Folder> far;
  if (formats::is_remote(folder)) {
    MOMENTUM_TRY(far, formats::open_folder(folder));
  } else {
    own->folder = formats::local_path(folder);
  }
  MOMENTUM_TRY_VOID(parallel_for(ctx, named.size(), [&](std::size_t k) -> Result<void> {
    DataFile& file = own->files[named[k]];
    const catalog::FileRecord& record = state.files[named[k]];
    MOMENTUM_TRY(file.reader, far ? open_data_file(*far, state.info.uuid, record)
                                  : open_data_file(own->folder, state.info.uuid, record));
    file.far = far != nullptr;
    file.date = *file.reader->find(kDateColumn);
    file.minute = file.reader->find(kMinuteColumn);
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
