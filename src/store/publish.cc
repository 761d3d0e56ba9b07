#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <set>

#include "latest_internal.h"
#include "momentum/base/parallel.h"
#include "momentum/base/progress.h"
#include "momentum/catalog/limits_bytes.h"
#include "momentum/catalog/packed.h"
#include "momentum/catalog/state_bytes.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

// What is there, by path.
using Listing = std::map<std::string, formats::FolderEntry>;

Result<Listing> list(const formats::Folder& folder) {
  Listing out;
  for (const std::string_view under : {kData, kLimits, kStates}) {
    MOMENTUM_TRY(const auto entries, folder.list(std::string(under)));
    for (const formats::FolderEntry& entry : entries) out.emplace(entry.path, entry);
  }
  return out;
}

std::uint64_t hash_of(std::span<const std::byte> bytes) {
  return catalog::hash_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool is_there(const Listing& there, const std::string& path, std::int64_t bytes) {
  const auto found = there.find(path);
  return found != there.end() && found->second.bytes == bytes;
}

struct Before {
  std::optional<Published> published;
  bool torn = false;  // `latest` is there, and damaged: which states readers may have open is not known
};

Result<void> check_before(const formats::Folder& to, const catalog::State& state, const std::string& uuid,
                          catalog::SnapshotId newest) {
  if (uuid != state.info.uuid)
    return fail(ErrorCode::store_exists, "another store is published here", to.name(), "publish to another place");
  if (newest > state.snapshot.id)
    return fail(ErrorCode::store_changed,
                fmt::format("snapshot {} is published here, newer than {}", newest, state.snapshot.id), to.name(),
                "publish the newest snapshot");
  return {};
}

// Without `latest` the states say whose copy it is; one that is damaged as well says nothing.
Result<Before> torn_before(const formats::Folder& to, const catalog::State& state, const Listing& there) {
  for (const auto& [path, entry] : there) {
    if (!path.starts_with(std::string(kStates) + "/")) continue;
    const auto bytes = to.read(path, entry.bytes);
    if (!bytes && bytes.error().code != ErrorCode::unreadable_data) return std::unexpected(bytes.error());
    const auto found = bytes ? catalog::unpack_state(*bytes, to.name_of(path)) : std::unexpected(bytes.error());
    if (found) MOMENTUM_TRY_VOID(check_before(to, state, found->info.uuid, found->snapshot.id));
  }
  return Before{.published = {}, .torn = true};
}

Result<Before> published_before(const Context& ctx, const formats::Folder& to, const catalog::State& state,
                                const Listing& there) {
  auto before = read_latest(ctx, to);
  if (!before && before.error().code == ErrorCode::store_not_found) return Before{};
  if (!before && before.error().code == ErrorCode::damaged_store) return torn_before(to, state, there);
  if (!before) return std::unexpected(std::move(before).error());
  MOMENTUM_TRY_VOID(check_before(to, state, before->uuid, before->states.front().snapshot));
  return Before{.published = *std::move(before)};
}

// A folder for a copy: none of files, of a store, or of ours.
Result<void> check_folder(const std::string& store, const std::string& place) {
  namespace fs = std::filesystem;
  const fs::path path = formats::local_path(place);
  std::error_code ignored;
  if (fs::exists(path, ignored) && !fs::is_directory(path, ignored))
    return fail(ErrorCode::bad_value, "not a folder", place, "publish to a folder");
  if (has_catalog(place))
    return fail(ErrorCode::store_exists, "a store stands here", place, "publish to a place of its own");
  if (formats::is_inside(store, path.string()))
    return fail(ErrorCode::bad_value, "a place in the store's own folder", place, "publish to a place outside of it");
  return {};
}

Result<void> copy_data(const Context& ctx, const formats::Folder& from, formats::Folder& to,
                       const catalog::State& state, const Listing& there, Publication& done) {
  std::vector<const catalog::FileRecord*> missing;
  std::int64_t bytes = 0;
  for (const catalog::FileRecord& file : state.files) {
    if (is_there(there, file.path, file.bytes)) continue;
    missing.push_back(&file);
    bytes += file.bytes;
  }
  Progress progress(ctx.progress, "publishing", static_cast<std::uint64_t>(bytes));
  MOMENTUM_TRY_VOID(parallel_for(ctx, missing.size(), [&](std::size_t k) -> Result<void> {
    const catalog::FileRecord& file = *missing[k];
    auto copied = formats::copy_file(ctx, from, to, file.path, file.bytes, file.checksum,
                                     [&](std::int64_t n) { progress.advance(static_cast<std::uint64_t>(n)); });
    if (copied) return {};
    Error error = std::move(copied).error();  // of our file or of the place
    return std::unexpected(error.where == from.name_of(file.path) ? of_store(std::move(error)) : std::move(error));
  }));
  done.files_copied = static_cast<std::int64_t>(missing.size());
  done.bytes_copied = bytes;
  return {};
}

// Writes those that are not there. A month at a time, as each may have a hundred thousand.
Result<std::vector<PublishedMonth>> copy_limits(const Context& ctx, const catalog::Catalog& catalog,
                                                formats::Folder& to, catalog::SnapshotId snapshot,
                                                const Listing& there) {
  MOMENTUM_TRY(const std::vector<Date> days, catalog.limit_days(snapshot));
  std::vector<PublishedMonth> months;
  for (const Date day : days) {
    if (months.empty() || months.back().first != first_of_month(day)) months.push_back({.first = first_of_month(day)});
  }
  Progress progress(ctx.progress, "publishing price limits", months.size());
  for (std::size_t k = 0; k < months.size(); ++k) {
    if (ctx.cancelled()) return Context::interrupted();
    PublishedMonth& month = months[k];
    const Date last = k + 1 < months.size() ? months[k + 1].first - 1 : Date{};
    MOMENTUM_TRY(const auto limits, catalog.limits(snapshot, month.first, last));
    const std::vector<std::byte> bytes = catalog::pack_day_limits(limits);
    month.bytes = static_cast<std::int64_t>(bytes.size());
    month.checksum = hash_of(bytes);
    if (!is_there(there, limits_path(month), month.bytes)) MOMENTUM_TRY_VOID(to.write(limits_path(month), bytes));
    progress.advance(1);
  }
  return months;
}

// The states that a reader may have open: the newest one, and those that were the latest less than `grace` ago.
std::vector<PublishedState> kept_of(const PublishedState& newest, const std::vector<PublishedState>& before,
                                    catalog::Time now, std::chrono::microseconds grace) {
  std::vector<PublishedState> kept = {newest};
  catalog::Time ended = newest.published;
  for (const PublishedState& one : before) {
    if (one.path == newest.path) continue;
    if (ended > now - grace) kept.push_back(one);
    ended = one.published;
  }
  return kept;
}

Result<void> remove_others(const Context& ctx, formats::Folder& to, const catalog::State& state,
                           const std::vector<PublishedState>& kept, catalog::Time before, const Listing& there,
                           Publication& done) {
  std::vector<const formats::FolderEntry*> old;
  std::set<std::string> needed;
  for (const catalog::FileRecord& file : state.files) needed.insert(file.path);
  for (const PublishedState& one : kept) {
    needed.insert(one.path);
    for (const PublishedMonth& month : one.limits) needed.insert(limits_path(month));
  }
  for (const auto& [path, entry] : there)
    if (!needed.contains(path) && entry.modified < before) old.push_back(&entry);
  if (old.empty()) return {};
  for (std::size_t k = 1; k < kept.size(); ++k) {
    const auto older = read_state(to, kept[k]);
    // Nobody can read it, but who has it open may: what they need is not known, so all stays until it is too old as well.
    if (!older && older.error().code == ErrorCode::damaged_store) return {};
    if (!older) return std::unexpected(older.error());
    for (const catalog::FileRecord& file : older->files) needed.insert(file.path);
  }
  for (const formats::FolderEntry* const entry : old) {
    if (ctx.cancelled()) return Context::interrupted();
    if (needed.contains(entry->path)) continue;
    MOMENTUM_TRY_VOID(to.remove(entry->path));
    ++done.files_removed;
  }
  return {};
}

}  // namespace

Result<Publication> publish(const Context& ctx, const std::string& folder, const catalog::Catalog& catalog,
                            const catalog::State& state, const std::string& place, std::chrono::microseconds grace) {
  MOMENTUM_TRY(std::vector<catalog::LogEntry> log, catalog.history());
  MOMENTUM_TRY(const auto from, formats::open_folder(folder));
  MOMENTUM_TRY(const auto to, formats::open_folder(place));
  if (!formats::is_remote(place)) MOMENTUM_TRY_VOID(check_folder(folder, place));
  MOMENTUM_TRY(const Listing there, list(*to));
  MOMENTUM_TRY(const Before found, published_before(ctx, *to, state, there));
  const std::optional<Published>& before = found.published;
  Publication done{.snapshot = state.snapshot.id,
                   .files = static_cast<std::int64_t>(state.files.size()),
                   .bytes = state.snapshot.counts.bytes};
  MOMENTUM_TRY_VOID(copy_data(ctx, *from, *to, state, there, done));

  MOMENTUM_TRY(auto limits, copy_limits(ctx, catalog, *to, state.snapshot.id, there));
  const std::vector<std::byte> bytes = catalog::pack_state(state);
  const std::uint64_t checksum = hash_of(bytes);
  const auto now = std::chrono::floor<std::chrono::microseconds>(ctx.clock->now());
  PublishedState newest{state.snapshot.id,
                        state_path(state.snapshot.id, checksum),
                        static_cast<std::int64_t>(bytes.size()),
                        checksum,
                        now,
                        std::move(limits)};
  if (!is_there(there, newest.path, newest.bytes)) MOMENTUM_TRY_VOID(to->write(newest.path, bytes));

  // The same again keeps its time: nothing has ended.
  if (before && before->states.front().path == newest.path) newest.published = before->states.front().published;
  const Published latest{
      state.info.uuid,
      kept_of(newest, before ? before->states : std::vector<PublishedState>(), now, grace),
      std::move(log),
  };
  done.changed = !before || before->states.front().path != newest.path;
  if (const std::vector<std::byte> packed = pack_latest(latest); !before || packed != pack_latest(*before)) {
    if (ctx.cancelled()) return Context::interrupted();
    MOMENTUM_TRY_VOID(to->write(std::string(kLatest), packed));
  }
  if (!found.torn) MOMENTUM_TRY_VOID(remove_others(ctx, *to, state, latest.states, now - grace, there, done));
  return done;
}

}  // namespace momentum::store
