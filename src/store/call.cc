#include "call_internal.h"

#include <fmt/format.h>

#include <algorithm>

#include "momentum/base/parallel.h"

namespace momentum::store {
Call::Call(const Context& ctx, const std::string& folder, const catalog::State& state,
           std::span<const Incoming> incoming, const BarsOf& bars_of, const Describe& describe,
           const IngestOptions& options)
    : ctx_(ctx),
      state_(state),
      incoming_(incoming),
      bars_of_(bars_of),
      describe_(describe),
      options_(options),
      merged_(incoming.size()),
      bucket_count_(buckets_of(options.dataset, state.info.buckets)),
      buckets_(static_cast<std::size_t>(bucket_count_)),
      new_files_(folder, state.snapshot.id + 1,
                 formats::form_named(state.info.storage).value_or(formats::FileForm::parquet)) {
  for (std::size_t i = 0; i < incoming.size(); ++i)
    buckets_[static_cast<std::size_t>(bucket_of(incoming[i].record.id, bucket_count_))].incoming.push_back(i);
  for (const catalog::FileRecord& file : state.files) {
    if (!is_of(file, options.dataset)) continue;
    files_.emplace_back(folder, state.info.uuid, file);
    newest_ = std::max(newest_, file.last);
  }
}

Result<void> Call::run() {
  Progress progress(ctx_.progress, "storing", incoming_.size());
  const bool write_at_once = options_.newest.has_value() && !options_.dry_run;
  if (write_at_once) newest_ = std::max(newest_, options_.newest);
  MOMENTUM_TRY_VOID(parallel_for(ctx_, buckets_.size(), [&](std::size_t b) -> Result<void> {
    MOMENTUM_TRY_VOID(merge(buckets_[b], static_cast<int>(b), progress));
    return write_at_once ? write_levels(buckets_[b], static_cast<int>(b)) : Result<void>{};
  }));
  if (options_.dry_run || !has_new_bars()) return {};
  if (!write_at_once) {
    for (const Merging& merging : merged_) {
      if (merging.changes) newest_ = std::max(newest_, merging.patch.last());
    }
    MOMENTUM_TRY_VOID(write_all_levels());
  }
  return write_tail();
}

Result<bool> Call::compact() {
  MOMENTUM_CHECK(incoming_.empty());
  if (!newest_.has_value()) return false;
  MOMENTUM_TRY_VOID(write_all_levels());
  MOMENTUM_TRY_VOID(write_tail());
  return !tail_.targets.empty() || std::ranges::any_of(buckets_, [](const Bucket& b) { return !b.targets.empty(); });
}

bool Call::has_new_bars() const { return std::ranges::any_of(merged_, &Merging::changes); }

Sources Call::sources_of(std::optional<int> bucket) {
  Sources out;
  for (StoredFile& file : files_) {
    const auto of = file.record().bucket;
    if (!bucket || !of || of == bucket) out.emplace_back(file);
  }
  return out;
}

Result<void> Call::merge(Bucket& bucket, int number, Progress& progress) {
  Sources sources = sources_of(number);
  for (const std::size_t i : bucket.incoming) {
    if (ctx_.cancelled()) return Context::interrupted();
    MOMENTUM_TRY(merged_[i], merge_one(i, incoming_[i], bars_of_, describe_, options_, sources));
    if (merged_[i].changes) bucket.patches.emplace(incoming_[i].record.id, &merged_[i]);
    progress.advance();
  }
  return {};
}

Result<void> Call::write_all_levels() {
  return parallel_for(ctx_, buckets_.size(),
                      [&](std::size_t b) { return write_levels(buckets_[b], static_cast<int>(b)); });
}

Result<void> Call::write_levels(Bucket& bucket, int number) {
  if (!newest_.has_value()) return {};
  Sources sources = sources_of(number);
  for (const catalog::Level level : {catalog::Level::base, catalog::Level::year, catalog::Level::tail}) {
    if (level != catalog::Level::tail || options_.dataset == Dataset::minute)
      MOMENTUM_TRY_VOID(write({level, number}, sources, bucket.patches, bucket));
  }
  for (const auto& [id, merging] : bucket.patches) {
    if (options_.dataset == Dataset::minute)
      merging->drop();
    else
      merging->keep_only(level_days(catalog::Level::tail, newest_));
  }
  return {};
}

Result<void> Call::write_tail() {
  if (options_.dataset == Dataset::minute) return {};
  Sources sources = sources_of(std::nullopt);
  Patches patches;
  for (Bucket& bucket : buckets_) patches.merge(bucket.patches);
  return write({catalog::Level::tail, std::nullopt}, sources, patches, tail_);
}

Result<void> Call::write(const Target& target, Sources& sources, const Patches& patches, Bucket& into) {
  if (!must_write(target, sources, patches, bucket_count_, newest_)) return {};
  into.targets.push_back(target);
  MOMENTUM_TRY(const BarsDraft draft, draft_of(ctx_, target, sources, patches, bucket_count_, newest_));
  if (draft.extents.empty()) return {};
  const NewFile file = new_files_.name(target.level, target.bucket);
  MOMENTUM_TRY(catalog::FileRecord record, write_bars(ctx_, file, state_.info.uuid, state_.info.compression, draft));
  into.records.push_back(std::move(record));
  return {};
}

Result<void> Call::publish(catalog::Change& change) {
  std::set<Target> written;
  std::int64_t rows = 0;
  buckets_.push_back(std::move(tail_));
  for (Bucket& bucket : buckets_) {
    written.insert(bucket.targets.begin(), bucket.targets.end());
    for (catalog::FileRecord& record : bucket.records) {
      rows -= record.rows;
      change.add_files.push_back(std::move(record));
    }
  }
  for (const StoredFile& file : files_) {
    const catalog::FileRecord& record = file.record();
    if (!is_stale(record, newest_) && !written.contains({record.level, record.bucket})) continue;
    change.end_files.push_back(record.id);
    rows += record.rows;
  }
  for (const Merging& merging : merged_) rows += merging.counts.stored;
  if (rows != 0)
    return fail(ErrorCode::internal, fmt::format("{} bars between what came in and what was written", rows),
                new_files_.folder(), "please report this line");
  return new_files_.publish();
}

}  // namespace momentum::store
