#include "momentum/catalog/catalog.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>

#include "commit_internal.h"
#include "limits_internal.h"
#include "load_internal.h"
#include "schema_internal.h"
#include "sqlite_internal.h"

namespace momentum::catalog {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "catalog.db";

std::string catalog_of(const std::string& folder) { return (fs::path(folder) / kName).string(); }

std::unexpected<Error> failed_with(int error, std::string where) {
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS: return fail(ErrorCode::no_permission, "may not write", std::move(where), "check the permissions");
    case ENOSPC:
    case EDQUOT: return fail(ErrorCode::disk_full, "disk full", std::move(where), "free some space");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot write ({})", std::strerror(error)), std::move(where),
                  "check the path and the disk");
  }
}

Result<void> sync_to_disk(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return failed_with(errno, path);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) return failed_with(error, path);
  return {};
}

// SQLite's own answers to a missing or closed file do not say which it is.
Result<void> find_catalog(const std::string& folder) {
  const std::string path = catalog_of(folder);
  struct stat info{};
  if (::stat(folder.c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return fail(ErrorCode::store_not_found, "no such store", folder, "check --store, or import something");
  }
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return fail(ErrorCode::store_not_found, "not a store (it has no catalog.db)", folder,
                  "check --store, or import something");
    }
    return fail(ErrorCode::no_permission, "may not read", path, "check the permissions of the store");
  }
  if (!S_ISREG(info.st_mode))
    return fail(ErrorCode::damaged_store, "not a file", path, "restore the store from a copy");
  if (::access(path.c_str(), R_OK) != 0) {
    return fail(ErrorCode::no_permission, "may not read", path, "check the permissions of the store");
  }
  return {};
}

std::string new_uuid() {
  std::random_device random;
  unsigned char bytes[16];
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // RFC 9562, version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

Result<void> check_info(const StoreInfo& info) {
  const auto wrong = [](std::string what, auto value) {
    return fail(ErrorCode::bad_value, std::move(what), fmt::format("{}", value), "");
  };
  if (info.buckets < 1 || info.buckets > 4096) return wrong("buckets outside 1..4096", info.buckets);
  if (info.compression != kCompatCompression && (info.compression < 0 || info.compression > 9))
    return wrong("compression outside 0..9", info.compression);
  if (info.storage != "parquet" && info.storage != "hdf" && info.storage != "csv") {
    return wrong("storage is none of parquet, hdf, csv", info.storage);
  }
  return {};
}

Result<void> write_empty(const std::string& path, const StoreInfo& info) {
  MOMENTUM_TRY(const Database database, Database::open(path, Access::create, CatalogOptions{}.busy));
  MOMENTUM_TRY_VOID(migrate(database, migrations()));
  const Transaction transaction(database);
  MOMENTUM_TRY_VOID(database.begin_write());
  MOMENTUM_TRY_VOID(write_first(database, info));
  return database.commit();
}

// A newer program may have migrated the store since it was opened.
Result<void> begin(const Database& database) {
  MOMENTUM_TRY_VOID(database.begin_read());
  MOMENTUM_TRY_VOID(format_of(database, migrations()));
  return {};
}

void remove_database(const std::string& path) noexcept {
  ::unlink(path.c_str());
  ::unlink((path + "-journal").c_str());
}

}  // namespace

struct Catalog::Impl {
  Database database;
  bool writable;
};

Catalog::Catalog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

Result<void> Catalog::create(const Context& ctx, const std::string& folder, StoreInfo info) {
  MOMENTUM_TRY_VOID(check_info(info));
  if (info.uuid.empty()) info.uuid = new_uuid();
  info.created = now_of(ctx);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failed_with(error.value(), folder);
  MOMENTUM_TRY(const WriterLock lock, WriterLock::acquire(ctx, folder, std::chrono::milliseconds(0)));
  const std::string path = catalog_of(folder);
  if (fs::exists(path, error))
    return fail(ErrorCode::store_exists, "a store stands here already", folder, "choose another folder");
  fs::create_directory(fs::path(folder) / "data", error);
  if (error) return failed_with(error.value(), (fs::path(folder) / "data").string());

  const std::string unfinished = path + ".new";
  remove_database(unfinished);
  auto written = write_empty(unfinished, info);
  if (written && ::rename(unfinished.c_str(), path.c_str()) != 0) written = failed_with(errno, path);
  remove_database(unfinished);
  if (!written) return written;
  return sync_to_disk(folder, O_RDONLY | O_DIRECTORY);  // which is what makes the rename last
}

Result<Catalog> Catalog::open(const std::string& folder, CatalogOptions options) {
  MOMENTUM_TRY_VOID(find_catalog(folder));
  MOMENTUM_TRY(Database database, Database::open(catalog_of(folder), Access::read, options.busy));
  {
    const Transaction transaction(database);
    MOMENTUM_TRY_VOID(database.begin_read());
    MOMENTUM_TRY_VOID(format_of(database, migrations()));
  }
  return Catalog(std::make_unique<Impl>(std::move(database), false));
}

Result<Catalog> Catalog::open(const WriterLock& lock, CatalogOptions options) {
  MOMENTUM_TRY_VOID(find_catalog(lock.folder()));
  MOMENTUM_TRY(Database database, Database::open(catalog_of(lock.folder()), Access::write, options.busy));
  MOMENTUM_TRY(const int format, format_of(database, migrations()));
  if (format < kStoreFormatVersion) {
    MOMENTUM_TRY_VOID(migrate(database, migrations()));
  }
  return Catalog(std::make_unique<Impl>(std::move(database), true));
}

Result<State> Catalog::load() const {
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(begin(impl_->database));
  return load_state(impl_->database, std::nullopt);
}

Result<State> Catalog::load(SnapshotId snapshot) const {
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(begin(impl_->database));
  return load_state(impl_->database, snapshot);
}

Result<std::vector<DayLimits>> Catalog::limits(SnapshotId snapshot, Date first, Date last) const {
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(begin(impl_->database));
  return load_limits(impl_->database, snapshot, first, last);
}

Result<std::vector<Snapshot>> Catalog::log() const {
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(begin(impl_->database));
  return all_snapshots(impl_->database);
}

Result<std::vector<Garbage>> Catalog::garbage() const {
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(begin(impl_->database));
  return load_garbage(impl_->database);
}

// SQLite says that a commit failed even if only the last of its steps did, the sync of the emptied journal. By then the
// commit stands: a caller who took it for undone and removed its files would break the store.
Result<void> Catalog::settle(const Snapshot& snapshot, Error error) const {
  impl_->database.rollback();
  const Transaction transaction(impl_->database);
  if (!impl_->database.begin_read()) return std::unexpected(std::move(error));
  const auto newest = newest_snapshot(impl_->database);
  if (!newest || *newest != snapshot) return std::unexpected(std::move(error));
  return sync_to_disk(impl_->database.path() + "-journal", O_RDONLY);
}

Result<Snapshot> Catalog::commit(const Context& ctx, const Change& change, SnapshotId parent) {
  MOMENTUM_CHECK(impl_->writable);
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(impl_->database.begin_write());
  MOMENTUM_TRY(Snapshot snapshot, write_change(impl_->database, change, parent, now_of(ctx)));
  if (auto committed = impl_->database.commit(); !committed) {
    MOMENTUM_TRY_VOID(settle(snapshot, std::move(committed).error()));
  }
  return snapshot;
}

Result<void> Catalog::forget(const Context& ctx, const std::vector<FileId>& files) {
  MOMENTUM_CHECK(impl_->writable);
  const Transaction transaction(impl_->database);
  MOMENTUM_TRY_VOID(impl_->database.begin_write());
  MOMENTUM_TRY_VOID(write_forgotten(impl_->database, files, now_of(ctx)));
  return impl_->database.commit();
}

}  // namespace momentum::catalog
