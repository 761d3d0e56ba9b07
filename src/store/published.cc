#include "momentum/store/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "latest_internal.h"
#include "momentum/catalog/packed.h"
#include "momentum/catalog/state_bytes.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

constexpr std::string_view kMagic = "momentum latest";
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;
// Where a server replaces a file in two steps (Azure), a reader may come in between.
constexpr int kTries = 5;
constexpr std::chrono::milliseconds kPause{200};

Error of_copy(Error error) {
  if (error.code == ErrorCode::damaged_store || error.code == ErrorCode::unreadable_data) {
    error.code = ErrorCode::damaged_store;
    error.what = fmt::format("damaged published copy ({})", error.what);
    error.remedy = "publish the store again";
  }
  return error;
}

Result<std::vector<std::byte>> read_whole(const formats::Folder& folder, const std::string& path) {
  auto bytes = folder.read(path, kMostBytes);
  if (!bytes) return std::unexpected(of_copy(std::move(bytes).error()));
  return bytes;
}

bool has_file(const std::string& folder, std::string_view name) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(folder) / name, ignored);
}

}  // namespace

std::string state_path(catalog::SnapshotId snapshot, std::uint64_t checksum) {
  return fmt::format("{}/{}-{:016x}", kStates, snapshot, checksum);
}

std::vector<std::byte> pack_latest(const Published& published) {
  catalog::PackedWriter out(kLatestVersion);
  out.text(kMagic);
  out.text(published.uuid);
  out.count(published.states.size());
  for (const PublishedState& one : published.states) {
    out.integer(one.snapshot);
    out.text(one.path);
    out.integer(one.bytes);
    out.number(one.checksum);
    out.integer(one.published.time_since_epoch().count());
  }
  catalog::pack_log(out, published.log);
  return catalog::bytes_of(std::move(out).seal());
}

Result<Published> unpack_latest(std::span<const std::byte> bytes, std::string_view where) {
  const auto read = [&]() -> Result<Published> {
    MOMENTUM_TRY(catalog::PackedReader in, catalog::open_packed(bytes, kLatestVersion, where));
    if (in.text() != kMagic) return catalog::damaged("another kind of file", where);
    Published out;
    out.uuid = in.text();
    out.states.resize(in.count());
    for (PublishedState& one : out.states) {
      one.snapshot = in.integer();
      one.path = in.text();
      one.bytes = in.integer();
      one.checksum = in.number();
      one.published = catalog::Time(catalog::Time::duration(in.integer()));
      if (one.path != state_path(one.snapshot, one.checksum) || one.bytes < 0) in.refuse();
    }
    out.log = catalog::unpack_log(in);
    if (out.states.empty()) in.refuse();
    MOMENTUM_TRY_VOID(in.finish(where));
    return out;
  };
  auto out = read();
  if (!out) return std::unexpected(of_copy(std::move(out).error()));
  return out;
}

Result<Published> read_latest(const Context& ctx, const formats::Folder& folder) {
  const std::string path(kLatest);
  for (int tries = 1;; ++tries) {
    auto bytes = read_whole(folder, path);
    if (!bytes && bytes.error().code == ErrorCode::file_not_found)
      return fail(ErrorCode::store_not_found, "no store is published here", folder.name(),
                  "momentum store publish makes a copy of one; check --store");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    auto latest = unpack_latest(*bytes, folder.name_of(path));
    if (latest || latest.error().code != ErrorCode::damaged_store || tries == kTries) return latest;
    if (ctx.cancelled()) return Context::interrupted();
    std::this_thread::sleep_for(kPause);
  }
}

Result<catalog::State> read_state(const formats::Folder& folder, const PublishedState& which) {
  const std::string where = folder.name_of(which.path);
  const auto damaged = [&](std::string what) {
    return std::unexpected(of_copy({ErrorCode::damaged_store, std::move(what), where, {}}));
  };
  auto bytes = read_whole(folder, which.path);
  if (!bytes && bytes.error().code == ErrorCode::file_not_found) return damaged("a state is gone");
  if (!bytes) return std::unexpected(std::move(bytes).error());
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if (static_cast<std::int64_t>(bytes->size()) != which.bytes || catalog::hash_of(text) != which.checksum)
    return damaged("a state of other bytes");
  auto state = catalog::unpack_state(*bytes, where);
  if (!state) return std::unexpected(of_copy(std::move(state).error()));
  if (state->snapshot.id != which.snapshot) return damaged("a state of another snapshot");
  return state;
}

bool is_published(const std::string& place) {
  if (formats::is_remote(place)) return true;
  const std::string folder = formats::local_path(place);
  // `states` alone: the first publisher is at work, or died.
  return (has_file(folder, kLatest) || has_file(folder, kStates)) && !has_file(folder, "catalog.db") &&
         !has_file(folder, "redo");
}

Result<Published> read_published(const Context& ctx, const std::string& place) {
  MOMENTUM_TRY(const auto folder, formats::open_folder(place));
  return read_latest(ctx, *folder);
}

Result<catalog::State> load_state(const Context& ctx, const std::string& place,
                                  std::optional<catalog::SnapshotId> snapshot) {
  if (!is_published(place)) {
    MOMENTUM_TRY(const auto catalog, catalog::Catalog::open(formats::local_path(place)));
    return snapshot ? catalog.load(*snapshot) : catalog.load();
  }
  MOMENTUM_TRY(const auto folder, formats::open_folder(place));
  MOMENTUM_TRY(const Published published, read_latest(ctx, *folder));
  if (!snapshot) return read_state(*folder, published.states.front());
  const auto found = std::ranges::find(published.states, *snapshot, &PublishedState::snapshot);
  if (found == published.states.end())
    return fail(ErrorCode::snapshot_not_found, "not published (any more)", fmt::format("snapshot {}", *snapshot),
                fmt::format("the newest is {}", published.states.front().snapshot));
  return read_state(*folder, *found);
}

}  // namespace momentum::store
