#pragma once
// SQLite behind owners and Results. The rest of the layer names no sqlite3_ function.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "momentum/base/error.h"

struct sqlite3;
struct sqlite3_session;
struct sqlite3_stmt;

namespace momentum::catalog {

// A prepared statement. Places of values count from 1, of columns from 0; texts and blobs of a row last until the next step.
class Statement {
 public:
  void bind(int place, std::int64_t value);
  void bind(int place, double value);
  void bind_text(int place, std::string_view value);
  void bind_blob(int place, std::string_view value);
  void bind_null(int place);

  // True: a row is there. False: done, and ready to be run again with other values.
  Result<bool> step();
  // For statements that give no rows; the number of rows they changed.
  Result<int> run();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

enum class Access : std::uint8_t { read, write, create };

class Database {
 public:
  // Opens lazily, as SQLite does: a file that is none is found at the first statement.
  static Result<Database> open(const std::string& path, Access access, std::chrono::milliseconds busy);

  Result<Statement> prepare(const std::string& sql) const;
  Result<void> run(const std::string& sql) const;  // any number of statements, results dropped
  Result<std::int64_t> integer(const std::string& sql) const;  // the first column of the first row
  const std::string& path() const noexcept { return path_; }

  // Starts a transaction for reading and takes its lock, so that all its statements see one state. Undoes a killed
  // writer's half-done commit first: the one thing for which a read-only connection needs a writable folder.
  Result<void> begin_read() const;
  Result<void> begin_write() const;  // takes the right to write at once
  Result<void> commit() const;
  void rollback() const noexcept;  // also where no transaction is open

  // All bytes of the database file, as the next reader would see it.
  Result<std::string> copy() const;
  // Repeats what a Recorder took down. Inside a write transaction. Error: damaged_store, where it does not fit.
  Result<void> repeat(std::string_view changes) const;

 private:
  friend class Recorder;
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  // Stands still while Database moves: SQLite keeps a pointer to it.
  struct Patience {
    std::chrono::milliseconds most;
    std::chrono::steady_clock::time_point since;
  };
  static int wait(void* patience, int times);
  Result<void> recover() const;

  std::unique_ptr<Patience> busy_;
  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

// Takes down every row that is changed while it exists, in all tables but `without`.
class Recorder {
 public:
  static Result<Recorder> start(const Database& database, const char* without);
  Result<std::string> changes() const;  // empty: none

 private:
  struct End {
    void operator()(sqlite3_session* session) const noexcept;
  };
  explicit Recorder(sqlite3_session* session) : session_(session) {}
  std::unique_ptr<sqlite3_session, End> session_;
};

// Ends an open transaction when left without commit().
class Transaction {
 public:
  explicit Transaction(const Database& database) : database_(database) {}
  ~Transaction() { database_.rollback(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

 private:
  const Database& database_;
};

}  // namespace momentum::catalog
