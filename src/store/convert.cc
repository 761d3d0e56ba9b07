#include "momentum/store/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <new>

#include "bars_file_internal.h"
#include "momentum/base/parallel.h"
#include "momentum/base/progress.h"
#include "stored_bars_internal.h"

namespace momentum::store {
namespace {

// All rows of a file as they stand in it.
Result<BarsDraft> draft_of_file(const Context& ctx, StoredFile& file, Progress& progress) {
  const catalog::FileRecord& record = file.record();
  BarsDraft out{.level = record.level,
                .bucket = record.bucket,
                .rows = BarRows(static_cast<std::size_t>(record.rows)),
                .extents = record.extents};
  StoredBars bars(file);
  for (const catalog::Extent& extent : record.extents) {
    if (ctx.cancelled()) return Context::interrupted();
    MOMENTUM_TRY(const BarSeries series, bars.read(extent, kAllColumns));
    out.rows.append(series);
    progress.advance(static_cast<std::uint64_t>(extent.rows));
  }
  return out;
}

Result<void> check_datasets(const ConvertSource& source) {
  for (const catalog::FileRecord& file : source.state.files) {
    if (!dataset_named(file.dataset))
      return fail(ErrorCode::bad_value, fmt::format("a dataset '{}' that cannot be converted", file.dataset),
                  source.folder, "use a program that knows it");
  }
  return {};
}

Result<catalog::Snapshot> copy(const Context& ctx, const ConvertSource& source, const catalog::WriterLock& lock,
                               catalog::Catalog& catalog, const catalog::State& empty, const std::string& note) {
  const catalog::State& from = source.state;
  MOMENTUM_CHECK(empty.files.empty() && empty.instruments.empty() && empty.info.buckets == from.info.buckets);
  MOMENTUM_TRY_VOID(check_datasets(source));
  MOMENTUM_TRY(const std::vector<catalog::Garbage> garbage, catalog.garbage());
  MOMENTUM_TRY_VOID(remove_leftovers(lock.folder(), empty, garbage));

  NewFiles files(lock.folder(), empty.snapshot.id + 1,
                 formats::form_named(empty.info.storage).value_or(formats::FileForm::parquet));
  catalog::Change change{.op = "convert",
                         .note = note,
                         .account = {.added = from.snapshot.counts.rows},
                         .add_files = std::vector<catalog::FileRecord>(from.files.size()),
                         .instruments = from.instruments,
                         .sessions = from.sessions,
                         .calendars = from.calendars,
                         .limits = source.limits};
  Progress progress(ctx.progress, "converting", static_cast<std::uint64_t>(from.snapshot.counts.rows));
  MOMENTUM_TRY_VOID(parallel_for(ctx, from.files.size(), [&](std::size_t f) -> Result<void> {
    StoredFile file(source.folder, from.info.uuid, from.files[f]);
    MOMENTUM_TRY(const BarsDraft draft, draft_of_file(ctx, file, progress));
    const NewFile name = files.name(draft.level, draft.bucket);
    MOMENTUM_TRY(change.add_files[f], write_bars(ctx, name, empty.info.uuid, empty.info.compression, draft));
    return {};
  }));
  MOMENTUM_TRY_VOID(files.publish());
  if (ctx.cancelled()) return Context::interrupted();
  auto snapshot = catalog.commit(ctx, change, empty.snapshot.id);
  // After io_failed the change may stand all the same, and then it needs its files.
  if (snapshot || snapshot.error().code == ErrorCode::io_failed) files.keep();
  return snapshot;
}

}  // namespace

Result<catalog::Snapshot> convert(const Context& ctx, const ConvertSource& source, const catalog::WriterLock& lock,
                                  catalog::Catalog& catalog, const catalog::State& empty, const std::string& note) {
  try {
    return copy(ctx, source, lock, catalog, empty, note);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to convert the bars", lock.folder(), "use fewer threads");
  }
}

}  // namespace momentum::store
