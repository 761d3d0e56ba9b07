#define SQLITE_ENABLE_SESSION 1  // declares what the library has
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "momentum/catalog/packed.h"
#include "patchset_internal.h"
#include "sqlite_internal.h"

namespace momentum::catalog {
namespace {

std::unexpected<Error> failed(sqlite3* database, int status) {
  const char* const name = sqlite3_db_filename(database, "main");
  std::string where = name != nullptr ? name : "";
  const char* const text = sqlite3_errmsg(database);
  const int system = sqlite3_system_errno(database);
  switch (status & 0xFF) {
    case SQLITE_FULL: return fail(ErrorCode::disk_full, "disk full", std::move(where), "free some space");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorCode::locked, "the catalog is in use by another process", std::move(where), "try again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fail(ErrorCode::no_permission, "may not write the store", std::move(where), "check its permissions");
    case SQLITE_CANTOPEN:
      if (system == EACCES || system == EPERM || system == EROFS) {
        return fail(ErrorCode::no_permission, "may not open the catalog or its journal", std::move(where),
                    "check the permissions of the store's folder");
      }
      return fail(ErrorCode::io_failed, fmt::format("cannot open ({})", system != 0 ? std::strerror(system) : text),
                  std::move(where), "check the path and the disk");
    case SQLITE_IOERR:
      if (system == ENOSPC || system == EDQUOT)
        return fail(ErrorCode::disk_full, "disk full or quota used up", std::move(where), "free some space");
      return fail(ErrorCode::io_failed,
                  fmt::format("read or write failed ({})", system != 0 ? std::strerror(system) : text),
                  std::move(where), "check the disk");
    case SQLITE_NOTADB: return damaged("not an SQLite database", where);
    // Our statements are fixed, so one that does not fit the schema means a damaged schema.
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA: return damaged(text, where);
    case SQLITE_NOMEM: return fail(ErrorCode::out_of_memory, "out of memory", std::move(where));
    case SQLITE_TOOBIG: return fail(ErrorCode::too_large, "a record of more than 1 GB", std::move(where));
    default: return fail(ErrorCode::internal, fmt::format("catalog: {} (SQLite {})", text, status), std::move(where));
  }
}

// Neither may trust what a damaged schema says, and cells are checked before they are used.
constexpr const char* kGuards = "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;";
// TRUNCATE rather than DELETE: with FULL it syncs the emptied journal, so that no power cut can bring a finished one back.
// Not WAL: its readers write, and it has no place on a read-only disk.
constexpr const char* kDurable = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;";

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close(database); }

// A bind fails only for a wrong place or without memory.
void Statement::bind(int place, std::int64_t value) {
  MOMENTUM_CHECK(sqlite3_bind_int64(statement_.get(), place, value) == SQLITE_OK);
}
void Statement::bind(int place, double value) {
  MOMENTUM_CHECK(sqlite3_bind_double(statement_.get(), place, value) == SQLITE_OK);
}
void Statement::bind_text(int place, std::string_view value) {
  const char* const bytes = value.empty() ? "" : value.data();
  MOMENTUM_CHECK(sqlite3_bind_text64(statement_.get(), place, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) ==
                 SQLITE_OK);
}
void Statement::bind_blob(int place, std::string_view value) {
  const char* const bytes = value.empty() ? "" : value.data();
  MOMENTUM_CHECK(sqlite3_bind_blob64(statement_.get(), place, bytes, value.size(), SQLITE_TRANSIENT) == SQLITE_OK);
}
void Statement::bind_null(int place) { MOMENTUM_CHECK(sqlite3_bind_null(statement_.get(), place) == SQLITE_OK); }

Result<bool> Statement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  if (status != SQLITE_DONE) {
    const auto error = failed(database, status);
    sqlite3_reset(statement_.get());
    return error;
  }
  sqlite3_reset(statement_.get());
  return false;
}

Result<int> Statement::run() {
  MOMENTUM_TRY(const bool row, step());
  MOMENTUM_CHECK(!row);
  return sqlite3_changes(sqlite3_db_handle(statement_.get()));
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
std::string_view Statement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
std::string_view Statement::blob(int column) const {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

// SQLite's own sleeps grow to 100 ms; a reader would miss the short gaps between the commits of a busy writer.
int Database::wait(void* patience, int times) {
  auto& [most, since] = *static_cast<Patience*>(patience);
  if (times == 0) since = std::chrono::steady_clock::now();
  if (std::chrono::steady_clock::now() - since >= most) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return 1;
}

Result<Database> Database::open(const std::string& path, Access access, std::chrono::milliseconds busy) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
  Database database;
  database.path_ = path;
  database.busy_ = std::make_unique<Patience>(busy);
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  database.database_.reset(opened);
  if (opened == nullptr) return fail(ErrorCode::out_of_memory, "out of memory", path);
  if (status != SQLITE_OK) return failed(opened, status);
  // SQLite quietly opens read-only what it may not write.
  if (access != Access::read && sqlite3_db_readonly(opened, "main") == 1) return failed(opened, SQLITE_READONLY);
  sqlite3_busy_handler(opened, wait, database.busy_.get());
  MOMENTUM_TRY_VOID(database.run(kGuards));
  if (access != Access::read) MOMENTUM_TRY_VOID(database.run(kDurable));
  return database;
}

Result<Statement> Database::prepare(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr);
  if (status != SQLITE_OK) return failed(database_.get(), status);
  return Statement(statement);
}

Result<void> Database::run(const std::string& sql) const {
  const int status = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return failed(database_.get(), status);
  return {};
}

Result<std::int64_t> Database::integer(const std::string& sql) const {
  MOMENTUM_TRY(Statement statement, prepare(sql));
  MOMENTUM_TRY(const bool row, statement.step());
  if (!row) return damaged("a row is missing", path_);
  return statement.integer(0);
}

Result<void> Database::recover() const {
  MOMENTUM_TRY(const Database writable, open(path_, Access::write, busy_->most));
  return writable.run("SELECT 1 FROM sqlite_schema");
}

Result<void> Database::begin_read() const {
  // BEGIN alone locks nothing.
  constexpr const char* kBegin = "BEGIN; SELECT 1 FROM sqlite_schema";
  const int status = sqlite3_exec(database_.get(), kBegin, nullptr, nullptr, nullptr);
  if (status == SQLITE_OK) return {};
  if (status != SQLITE_READONLY_ROLLBACK) return failed(database_.get(), status);
  rollback();
  if (auto recovered = recover(); !recovered) {
    Error error = std::move(recovered).error();
    error.what = fmt::format("an interrupted write must be undone first ({})", error.what);
    return std::unexpected(std::move(error));
  }
  return run(kBegin);
}

Result<void> Database::begin_write() const { return run("BEGIN IMMEDIATE"); }
Result<void> Database::commit() const { return run("COMMIT"); }

void Database::rollback() const noexcept {
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    // Whatever it answers, the transaction is gone, or will be when the connection is.
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Result<std::string> Database::copy() const {
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(sqlite3_serialize(database_.get(), "main", &size, 0),
                                                              sqlite3_free);
  if (bytes == nullptr) {
    const int status = sqlite3_errcode(database_.get());  // of the read that failed; none did where memory was short
    return failed(database_.get(), status == SQLITE_OK ? SQLITE_NOMEM : status);
  }
  return std::string(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
}

Result<void> Database::repeat(std::string_view changes) const {
  if (changes.empty()) return {};
  if (!is_patchset(changes)) return damaged("changes that are none", path_);
  const auto refuse = [](void*, int, sqlite3_changeset_iter*) { return SQLITE_CHANGESET_ABORT; };
  std::string bytes(changes);  // the interface takes no const
  const int status =
      sqlite3changeset_apply(database_.get(), static_cast<int>(bytes.size()), bytes.data(), nullptr, refuse, nullptr);
  if (status == SQLITE_NOMEM || (status & 0xFF) == SQLITE_IOERR || status == SQLITE_FULL)
    return failed(database_.get(), status);
  if (status != SQLITE_OK) return damaged("changes that do not fit what was before them", path_);
  return {};
}

void Recorder::End::operator()(sqlite3_session* session) const noexcept { sqlite3session_delete(session); }

Result<Recorder> Recorder::start(const Database& database, const char* without) {
  sqlite3_session* session = nullptr;
  if (sqlite3session_create(database.database_.get(), "main", &session) != SQLITE_OK)
    return fail(ErrorCode::out_of_memory, "out of memory", database.path());
  Recorder recorder(session);
  sqlite3session_table_filter(
      session,
      [](void* but, const char* table) { return std::strcmp(static_cast<const char*>(but), table) != 0 ? 1 : 0; },
      const_cast<char*>(without));
  if (sqlite3session_attach(session, nullptr) != SQLITE_OK)
    return fail(ErrorCode::out_of_memory, "out of memory", database.path());
  return recorder;
}

Result<std::string> Recorder::changes() const {
  int size = 0;
  void* bytes = nullptr;
  if (sqlite3session_patchset(session_.get(), &size, &bytes) != SQLITE_OK)
    return fail(ErrorCode::out_of_memory, "out of memory", "the changes of a commit");
  const std::unique_ptr<void, void (*)(void*)> owner(bytes, sqlite3_free);
  return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace momentum::catalog
