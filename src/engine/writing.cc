#include "writing.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace momentum::engine {
namespace {

namespace fs = std::filesystem;

// What a store that was being made when its maker died consists of; `data` is empty then.
constexpr std::array<std::string_view, 5> kUnfinished = {"writer.lock", "data", "redo", "catalog.db.new",
                                                         "catalog.db.new-journal"};

Result<void> make(const Context& ctx, const std::string& folder, std::chrono::milliseconds wait,
                  const catalog::StoreInfo& info) {
  auto made = catalog::Catalog::create(ctx, folder, info);
  if (!made && made.error().code == ErrorCode::locked) {
    // somebody is making it, or has just made it
    MOMENTUM_TRY_VOID(catalog::WriterLock::acquire(ctx, folder, wait));
    made = catalog::Catalog::create(ctx, folder, info);
  }
  if (!made && made.error().code != ErrorCode::store_exists) return made;
  return {};
}

}  // namespace

Result<bool> has_store(const std::string& folder) {
  std::error_code error;
  if (fs::exists(fs::path(folder) / "catalog.db", error)) return true;
  if (catalog::Catalog::is_lost(folder)) return true;  // opening it says what to do
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return false;
  if (status.type() != fs::file_type::directory) {
    return fail(ErrorCode::bad_value, "not a folder", folder, "give the store a folder of its own with --store DIR");
  }
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    std::error_code ignored;
    if (std::ranges::find(kUnfinished, entry->path().filename().string()) == kUnfinished.end() ||
        (entry->path().filename() == "data" && !fs::is_empty(entry->path(), ignored))) {
      return fail(ErrorCode::bad_value, "neither a store nor an empty folder", folder,
                  "give the store a folder of its own with --store DIR");
    }
  }
  if (error) return fail(ErrorCode::no_permission, "may not read", folder, "check its permissions");
  return false;
}

Result<Writing> open_for_writing(const Context& ctx, const std::string& folder, std::chrono::milliseconds wait,
                                 const std::optional<catalog::StoreInfo>& if_new) {
  MOMENTUM_TRY(const bool stands, has_store(folder));
  if (!stands) {
    if (!if_new)
      return fail(ErrorCode::store_not_found, "no such store", folder, "check --store, or import bars first");
    MOMENTUM_TRY_VOID(make(ctx, folder, wait, *if_new));
  }
  MOMENTUM_TRY(catalog::WriterLock lock, catalog::WriterLock::acquire(ctx, folder, wait));
  MOMENTUM_TRY(catalog::Catalog catalog, catalog::Catalog::open(lock));
  MOMENTUM_TRY(catalog::State state, catalog.load());
  return Writing{std::move(lock), std::move(catalog), std::move(state)};
}

}  // namespace momentum::engine
