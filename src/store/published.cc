#include "momentum/store/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "latest_internal.h"
#include "momentum/catalog/limits_bytes.h"
#include "momentum/catalog/packed.h"
#include "momentum/catalog/state_bytes.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

constexpr std::string_view kMagic = "momentum latest";
constexpr std::uint8_t kLatestWithLimits = 2, kLatestWithDatasets = 3;
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

std::vector<PublishedMonth> months_in(catalog::PackedReader& in) {
  static const Date lowest = *make_date(1600, 1, 1), highest = *make_date(2999, 12, 1);
  std::vector<PublishedMonth> out(in.count());
  Date before;  // less than any
  for (PublishedMonth& month : out) {
    month.first = in.date();
    month.bytes = in.integer();
    month.checksum = in.number();
    const bool is_day = lowest <= month.first && month.first <= highest;
    if (!is_day || month.first != first_of_month(month.first) || month.first <= before || month.bytes < 0) in.refuse();
    before = month.first;
  }
  return out;
}

// All bytes of a file that never changes once it is there.
Result<std::vector<std::byte>> read_kept(const formats::Folder& folder, const std::string& path, std::int64_t size,
                                         std::uint64_t checksum, std::string_view what) {
  const auto damaged = [&](std::string_view how) {
    return std::unexpected(
        of_copy({ErrorCode::damaged_store, fmt::format("{} {}", what, how), folder.name_of(path), {}}));
  };
  auto bytes = read_whole(folder, path);
  if (!bytes && bytes.error().code == ErrorCode::file_not_found) return damaged("is gone");
  if (!bytes) return std::unexpected(std::move(bytes).error());
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if (static_cast<std::int64_t>(bytes->size()) != size || catalog::hash_of(text) != checksum)
    return damaged("has other bytes");
  return bytes;
}

// In a folder of this machine.
bool has_file(const std::string& place, std::string_view name) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(formats::local_path(place)) / name, ignored);
}

}  // namespace

std::string state_path(catalog::SnapshotId snapshot, std::uint64_t checksum) {
  return fmt::format("{}/{}-{:016x}", kStates, snapshot, checksum);
}

std::string limits_path(const PublishedMonth& month) {
  return fmt::format("{}/{}-{:016x}", kLimits, to_string(month.first).substr(0, 7), month.checksum);
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
    out.count(one.limits.size());
    for (const PublishedMonth& month : one.limits) {
      out.date(month.first);
      out.integer(month.bytes);
      out.number(month.checksum);
    }
  }
  catalog::pack_log(out, published.log);
  for (const catalog::LogEntry& entry : published.log) {
    out.count(entry.datasets.size());
    for (const catalog::DatasetRows& one : entry.datasets) {
      out.text(one.dataset);
      out.integer(one.rows);
      out.number(one.added ? 1 : 0);
    }
  }
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
      if (in.version() >= kLatestWithLimits) one.limits = months_in(in);
    }
    out.log = catalog::unpack_log(in);
    if (in.version() >= kLatestWithDatasets) {
      for (catalog::LogEntry& entry : out.log) {
        entry.datasets.resize(in.count());
        for (catalog::DatasetRows& one : entry.datasets) {
          one.dataset = in.text();
          one.rows = in.integer();
          one.added = in.flag();
        }
      }
    }
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
  const auto read = [&]() -> Result<Published> {
    MOMENTUM_TRY(const auto bytes, read_whole(folder, path));
    return unpack_latest(bytes, folder.name_of(path));
  };
  for (int tries = 1;; ++tries) {
    auto latest = read();
    if (!latest && latest.error().code == ErrorCode::file_not_found)
      return fail(ErrorCode::store_not_found, "no store is published here", folder.name(),
                  "momentum store publish makes a copy of one; check --store");
    if (latest || latest.error().code != ErrorCode::damaged_store || tries == kTries) return latest;
    if (ctx.cancelled()) return Context::interrupted();
    std::this_thread::sleep_for(kPause);
  }
}

Result<PublishedState> find_state(const Published& published, catalog::SnapshotId snapshot) {
  const auto found = std::ranges::find(published.states, snapshot, &PublishedState::snapshot);
  if (found != published.states.end()) return *found;
  return fail(ErrorCode::snapshot_not_found, "not published (any more)", fmt::format("snapshot {}", snapshot),
              fmt::format("the newest is {}", published.states.front().snapshot));
}

Result<catalog::State> read_state(const formats::Folder& folder, const PublishedState& which) {
  MOMENTUM_TRY(const auto bytes, read_kept(folder, which.path, which.bytes, which.checksum, "a state"));
  const std::string where = folder.name_of(which.path);
  auto state = catalog::unpack_state(bytes, where);
  if (!state) return std::unexpected(of_copy(std::move(state).error()));
  if (state->snapshot.id != which.snapshot)
    return std::unexpected(of_copy({ErrorCode::damaged_store, "a state of another snapshot", where, {}}));
  return state;
}

Result<std::vector<catalog::DayLimits>> read_limits(const formats::Folder& folder, const PublishedMonth& which) {
  const std::string path = limits_path(which);
  MOMENTUM_TRY(const auto bytes, read_kept(folder, path, which.bytes, which.checksum, "a month of price limits"));
  auto days = catalog::unpack_day_limits(bytes, folder.name_of(path));
  if (!days) return std::unexpected(of_copy(std::move(days).error()));
  return days;
}

bool has_catalog(const std::string& place) { return !formats::is_remote(place) && has_file(place, "catalog.db"); }

bool is_published(const std::string& place) {
  if (formats::is_remote(place)) return true;
  // `states` alone: the first publisher is at work, or died.
  return (has_file(place, kLatest) || has_file(place, kStates)) && !has_catalog(place) && !has_file(place, "redo");
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
  MOMENTUM_TRY(const PublishedState which, find_state(published, *snapshot));
  return read_state(*folder, which);
}

}  // namespace momentum::store
