#include "momentum/catalog/catalog.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <vector>

#include "commit_internal.h"
#include "limits_internal.h"
#include "load_internal.h"
#include "momentum/catalog/packed.h"
#include "redo_internal.h"
#include "schema_internal.h"
#include "sqlite_internal.h"
#include "words_internal.h"

namespace momentum::catalog {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "catalog.db";

std::string catalog_of(const std::string& folder) { return (fs::path(folder) / kName).string(); }

std::unexpected<Error> lost(const std::string& folder) {
  return fail(ErrorCode::damaged_store, "the store has lost its catalog", catalog_of(folder),
              "make it anew with momentum store repair");
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
      if (Catalog::is_lost(folder)) return lost(folder);
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

Result<void> write_first_base(const std::string& path, const std::string& store) {
  MOMENTUM_TRY(const Database database, Database::open(path, Access::read, CatalogOptions{}.busy));
  return Redo(store).write_base(database);
}

// The folders that must be synced for the name of `folder`, which is yet to be made, to last: the one above it and, where that is
// yet to be made, too, those above that.
std::vector<fs::path> folders_above(const std::string& folder) {
  fs::path at = fs::absolute(folder).lexically_normal();
  if (!at.has_filename()) at = at.parent_path();  // "store/"
  std::vector<fs::path> out;
  std::error_code error;
  do {
    at = at.parent_path();
    out.push_back(at);
  } while (at.has_relative_path() && !fs::exists(at, error));
  return out;
}

Result<void> sync_names(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    auto synced = sync_to_disk(folder.string(), O_RDONLY | O_DIRECTORY);
    // A folder that one may write and not list cannot be synced by anyone but its owner.
    if (!synced && synced.error().code != ErrorCode::no_permission) return synced;
  }
  return {};
}

// The first name of catalog.db.broken-1, -2, ... that is free.
std::string free_name(const std::string& path) {
  for (int n = 1;; ++n) {
    std::string name = fmt::format("{}.broken-{}", path, n);
    std::error_code error;
    if (!fs::exists(name, error) && !fs::exists(name + "-journal", error)) return name;
  }
}

// SQLite says that a commit failed even if only the last of its steps did, the sync of the emptied journal. By then the
// commit stands: a caller who took it for undone and removed its files would break the store.
// The database's number of redo files tells: it is in every transaction.
Result<void> settle(const Database& database, std::int64_t number, Error error) {
  database.rollback();
  const Transaction transaction(database);
  if (!database.begin_read()) return std::unexpected(std::move(error));
  const auto sequence = database.integer("SELECT sequence FROM redo");
  if (!sequence || *sequence != number) return std::unexpected(std::move(error));
  return sync_to_disk(database.path() + "-journal", O_RDONLY);
}

}  // namespace

struct Catalog::Impl {
  Database database;
  std::optional<Redo> redo;  // of one that may write

  // body(), which changes rows, as one transaction and one record.
  template <class Body>
  auto write(Body&& body) -> decltype(body()) {
    MOMENTUM_CHECK(redo);
    const Transaction transaction(database);
    MOMENTUM_TRY_VOID(database.begin_write());
    MOMENTUM_TRY(const Recorder recorder, Recorder::start(database, kRedoTable));
    auto done = body();
    if (!done) return done;
    MOMENTUM_TRY(const std::string changes, recorder.changes());
    MOMENTUM_TRY(const std::int64_t number, redo->append(database, changes));
    auto committed = database.commit();
    if (committed) return done;
    committed = settle(database, number, std::move(committed).error());
    if (committed) return done;
    // After io_failed the change may stand all the same; else it is undone.
    if (committed.error().code != ErrorCode::io_failed) redo->take_back(number);
    return std::unexpected(std::move(committed).error());
  }
  // body(), which reads, as one transaction.
  template <class Body>
  auto read(Body&& body) const -> decltype(body()) {
    const Transaction transaction(database);
    MOMENTUM_TRY_VOID(begin(database));
    return body();
  }
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
  const std::vector<fs::path> above = folders_above(folder);
  fs::create_directories(folder, error);
  if (error) return failed_with(error.value(), folder);
  MOMENTUM_TRY(const WriterLock lock, WriterLock::acquire(ctx, folder, std::chrono::milliseconds(0)));
  const std::string path = catalog_of(folder);
  if (fs::exists(path, error))
    return fail(ErrorCode::store_exists, "a store stands here already", folder, "choose another folder");
  if (is_lost(folder)) return lost(folder);
  fs::create_directory(fs::path(folder) / "data", error);
  if (error) return failed_with(error.value(), (fs::path(folder) / "data").string());

  const std::string unfinished = path + ".new";
  remove_database(unfinished);
  auto written = write_empty(unfinished, info);
  if (written) written = write_first_base(unfinished, folder);
  if (written && ::rename(unfinished.c_str(), path.c_str()) != 0) written = failed_with(errno, path);
  remove_database(unfinished);
  if (!written) return written;
  MOMENTUM_TRY_VOID(sync_to_disk(folder, O_RDONLY | O_DIRECTORY));  // which is what makes the rename last
  return sync_names(above);
}

Result<Catalog> Catalog::open(const std::string& folder, CatalogOptions options) {
  MOMENTUM_TRY_VOID(find_catalog(folder));
  MOMENTUM_TRY(Database database, Database::open(catalog_of(folder), Access::read, options.busy));
  {
    const Transaction transaction(database);
    MOMENTUM_TRY_VOID(database.begin_read());
    MOMENTUM_TRY_VOID(format_of(database, migrations()));
  }
  return Catalog(std::make_unique<Impl>(std::move(database), std::nullopt));
}

Result<Catalog> Catalog::open(const WriterLock& lock, CatalogOptions options) {
  MOMENTUM_TRY_VOID(find_catalog(lock.folder()));
  MOMENTUM_TRY(Database database, Database::open(catalog_of(lock.folder()), Access::write, options.busy));
  MOMENTUM_TRY(const int format, format_of(database, migrations()));
  if (format < kStoreFormatVersion) {
    MOMENTUM_TRY_VOID(migrate(database, migrations()));
  }
  const Redo redo(lock.folder());
  MOMENTUM_TRY_VOID(redo.fit(database));
  return Catalog(std::make_unique<Impl>(std::move(database), redo));
}

Result<State> Catalog::load() const {
  return impl_->read([&] { return load_state(impl_->database, std::nullopt); });
}

Result<State> Catalog::load(SnapshotId snapshot) const {
  return impl_->read([&] { return load_state(impl_->database, snapshot); });
}

Result<std::vector<DayLimits>> Catalog::limits(SnapshotId snapshot, Date first, Date last) const {
  return impl_->read([&] { return load_limits(impl_->database, snapshot, first, last); });
}

Result<std::vector<Date>> Catalog::limit_days(SnapshotId snapshot) const {
  return impl_->read([&] { return catalog::limit_days(impl_->database, snapshot); });
}

Result<std::vector<Date>> Catalog::changed_limits(SnapshotId before, SnapshotId after) const {
  return impl_->read([&]() -> Result<std::vector<Date>> {
    for (const SnapshotId snapshot : {before, after}) MOMENTUM_TRY_VOID(find_snapshot(impl_->database, snapshot));
    return catalog::changed_limits(impl_->database, before, after);
  });
}

Result<std::vector<Snapshot>> Catalog::log() const {
  return impl_->read([&] { return all_snapshots(impl_->database); });
}

Result<std::vector<LogEntry>> Catalog::history() const {
  return impl_->read([&] { return load_history(impl_->database); });
}

Result<std::vector<Garbage>> Catalog::garbage() const {
  return impl_->read([&] { return load_garbage(impl_->database); });
}

Result<std::optional<Time>> Catalog::removed(FileId file) const {
  return impl_->read([&] { return time_removed(impl_->database, file); });
}

Result<Snapshot> Catalog::commit(const Context& ctx, const Change& change, SnapshotId parent) {
  return impl_->write([&] { return write_change(impl_->database, change, parent, now_of(ctx)); });
}

Result<void> Catalog::pin(const Context& ctx, SnapshotId snapshot, const std::string& note) {
  return impl_->write([&] { return write_pin(impl_->database, snapshot, note, now_of(ctx)); });
}

Result<void> Catalog::unpin(const Context&, SnapshotId snapshot) {
  return impl_->write([&] { return write_unpin(impl_->database, snapshot); });
}

Result<void> Catalog::drop(const Context& ctx, const std::vector<SnapshotId>& snapshots,
                           const std::vector<FileId>& files) {
  return impl_->write([&] { return write_dropped(impl_->database, snapshots, files, now_of(ctx)); });
}

Result<void> Catalog::check() const {
  return impl_->read([&]() -> Result<void> {
    MOMENTUM_TRY(Statement row, impl_->database.prepare("PRAGMA integrity_check(1)"));
    MOMENTUM_TRY_VOID(row.step());
    if (row.text(0) != "ok") return damaged(std::string(row.text(0)), impl_->database.path());
    MOMENTUM_TRY_VOID(row.step());
    // What begins with a snapshot that there is not.
    MOMENTUM_TRY(Statement stray, impl_->database.prepare("PRAGMA foreign_key_check"));
    MOMENTUM_TRY(const bool found, stray.step());
    if (found)
      return damaged(fmt::format("a row refers to a {} that is not there", stray.text(2)),
                     fmt::format("{}, {}", impl_->database.path(), stray.text(0)));
    MOMENTUM_TRY(const std::vector<LogEntry> history, load_history(impl_->database));
    MOMENTUM_TRY(const Snapshot newest, newest_snapshot(impl_->database));
    MOMENTUM_TRY_VOID(check_ends(impl_->database, newest.id));
    MOMENTUM_TRY_VOID(load_garbage(impl_->database));
    std::vector<SnapshotId> readable;
    for (const LogEntry& entry : history) {
      if (entry.dropped) continue;
      readable.push_back(entry.snapshot.id);
      MOMENTUM_TRY_VOID(load_state(impl_->database, entry.snapshot.id));
    }
    return check_limits(impl_->database, readable);
  });
}

Result<void> Catalog::shorten_redo(std::int64_t records) const {
  MOMENTUM_CHECK(impl_->redo);
  MOMENTUM_TRY(const std::int64_t length, impl_->redo->length());
  return length > records ? impl_->redo->write_base(impl_->database) : Result<void>{};
}

bool Catalog::is_lost(const std::string& folder) {
  std::error_code error;
  if (fs::exists(catalog_of(folder), error)) return false;
  if (Redo::has_records(folder)) return true;
  // Many a folder has one of the name `data`: only files that are named by their level are a store's.
  for (fs::directory_iterator at(fs::path(folder) / "data", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const std::size_t dash = name.find('-');
    if (dash != std::string::npos && level_named(std::string_view(name).substr(0, dash))) return true;
  }
  return false;
}

Result<Catalog::Rebuilt> Catalog::rebuild(const Context& ctx, const WriterLock& lock) {
  const std::string path = catalog_of(lock.folder()), unfinished = path + ".new";
  remove_database(unfinished);
  MOMENTUM_TRY(const Redo::Replayed replayed, Redo(lock.folder()).replay(unfinished));
  Rebuilt out{.records = replayed.records, .aside = {}};
  const auto checked = [&]() -> Result<void> {
    MOMENTUM_TRY(Database database, Database::open(unfinished, Access::write, CatalogOptions{}.busy));
    MOMENTUM_TRY_VOID(migrate(database, migrations()));
    return Catalog(std::make_unique<Impl>(std::move(database), std::nullopt)).check();
  }();
  if (!checked || ctx.cancelled()) {
    remove_database(unfinished);
    return checked ? Context::interrupted() : std::unexpected(checked.error());
  }
  ::unlink((unfinished + "-journal").c_str());
  // The old journal must not meet the new database: it would be rolled back into it. Nor after a power cut, so it is gone from the
  // disk before the new one comes.
  const std::string aside = free_name(path);
  for (const char* suffix : {"", "-journal"}) {
    if (::rename((path + suffix).c_str(), (aside + suffix).c_str()) == 0) {
      if (*suffix == '\0') out.aside = aside;
    } else if (errno != ENOENT) {
      return failed_with(errno, path + suffix);
    }
  }
  MOMENTUM_TRY_VOID(sync_to_disk(lock.folder(), O_RDONLY | O_DIRECTORY));
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return failed_with(errno, path);
  MOMENTUM_TRY_VOID(sync_to_disk(lock.folder(), O_RDONLY | O_DIRECTORY));
  return out;
}

}  // namespace momentum::catalog
