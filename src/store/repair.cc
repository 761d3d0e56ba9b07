#include "momentum/store/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "momentum/store/verify.h"
#include "new_files_internal.h"

namespace momentum::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAside = "aside";

// What is wrong with the catalog; none: nothing.
Result<std::optional<Error>> fault_of(const catalog::WriterLock& lock) {
  const auto catalog = catalog::Catalog::open(lock);
  const Result<void> checked = catalog ? catalog->check() : std::unexpected(catalog.error());
  if (checked) return std::nullopt;
  // A catalog of a newer program, or one that may not be read, is not for us to replace.
  if (checked.error().code != ErrorCode::damaged_store) return std::unexpected(checked.error());
  return checked.error();
}

// The snapshot in "tail-7-0123456789abcdef.parquet" and "base-3-7-0123456789abcdef.parquet"; 0: none.
catalog::SnapshotId snapshot_in(std::string_view name) {
  const std::size_t random = name.rfind('-');
  if (random == std::string_view::npos || random == 0) return 0;
  const std::size_t before = name.rfind('-', random - 1);
  if (before == std::string_view::npos) return 0;
  const std::string_view digits = name.substr(before + 1, random - before - 1);
  catalog::SnapshotId out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc{} && end == digits.data() + digits.size() ? out : 0;
}

Result<void> move_aside(const std::string& folder, const std::vector<std::string>& unnamed, Repair& out) {
  std::error_code error;
  if (!unnamed.empty() && (fs::create_directory(folder + "/" + kAside, error), error))
    return fail(ErrorCode::io_failed, "cannot make a folder", folder + "/" + kAside, "check the disk");
  for (const std::string& path : unnamed) {
    const std::string name = fs::path(path).filename().string();
    const std::string to = fmt::format("{}/{}/{}", folder, kAside, name);
    fs::rename(folder + "/" + path, to, error);
    if (error) return fail(ErrorCode::io_failed, "cannot move a file", folder + "/" + path, "check the disk");
    out.aside.push_back(to);
    // One commit more is what a dead writer leaves.
    if (snapshot_in(name) > out.snapshot.id + 1) {
      out.problems.push_back(Error{ErrorCode::damaged_store,
                                   fmt::format("a data file of snapshot {}, but the redo files end with snapshot {}",
                                               snapshot_in(name), out.snapshot.id),
                                   to, "restore the folder redo from a copy, or import its data again"});
    }
  }
  return {};
}

}  // namespace

Result<Repair> repair(const Context& ctx, const catalog::WriterLock& lock) {
  Repair out;
  MOMENTUM_TRY(const std::optional<Error> fault, fault_of(lock));
  if (fault) {
    MOMENTUM_TRY(const catalog::Catalog::Rebuilt rebuilt, catalog::Catalog::rebuild(ctx, lock));
    out.rebuilt = true;
    out.reason = *fault;
    out.records = rebuilt.records;
    if (!rebuilt.aside.empty()) out.aside.push_back(rebuilt.aside);
  }
  MOMENTUM_TRY(const catalog::Catalog catalog, catalog::Catalog::open(lock));
  MOMENTUM_TRY(const catalog::State state, catalog.load());
  MOMENTUM_TRY(const std::vector<catalog::Garbage> garbage, catalog.garbage());
  out.snapshot = state.snapshot;
  if (fault) {
    MOMENTUM_TRY(const std::vector<std::string> unnamed, unnamed_files(lock.folder(), state, garbage));
    MOMENTUM_TRY_VOID(move_aside(lock.folder(), unnamed, out));
  }
  MOMENTUM_TRY(const Health health, verify(ctx, lock.folder(), state, Depth::footers));
  const std::vector<Error> older = check_older(lock.folder(), garbage);
  out.problems.insert(out.problems.end(), health.problems.begin(), health.problems.end());
  out.problems.insert(out.problems.end(), older.begin(), older.end());
  return out;
}

}  // namespace momentum::store
