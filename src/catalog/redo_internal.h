#pragma once
// The second copy of all that a catalog says: files of the folder `redo`, from which a lost or torn catalog.db is made anew.
// A base is the whole database after some write, a record the rows of the next one. Layout: docs/formats.md.

#include <cstdint>
#include <optional>
#include <string>

#include "momentum/base/error.h"
#include "sqlite_internal.h"

namespace momentum::catalog {

// The table that says how far the redo files reach; the only one that they do not have.
inline constexpr const char* kRedoTable = "redo";

// The files of one store. The caller holds the writer lock.
class Redo {
 public:
  explicit Redo(const std::string& store) : folder_(store + "/redo") {}

  const std::string& folder() const noexcept { return folder_; }

  // Writes and syncs the record of a transaction that is about to commit, and has the database say so. Returns its number.
  // If the transaction is undone after all, the next record takes its place.
  Result<std::int64_t> append(const Database& database, const std::string& changes) const;
  void take_back(std::int64_t number) const noexcept;

  // Writes the whole database, outside of any transaction; then earlier files are needed no more, and those before the
  // base before this one are removed.
  Result<void> write_base(const Database& database) const;
  // Records since the last base.
  Result<std::int64_t> length() const;

  // Makes the files fit a database that is well: removes the record of a commit that never came, and writes a base where
  // there is nothing to start from. Error: damaged_store, where the files know of commits that the database does not.
  Result<void> fit(const Database& database) const;

  // Whether there is more than the base that the making of a store begins with.
  static bool has_records(const std::string& store);

  // Writes the database that the files tell of to `path`, which must not exist. Errors: damaged_store (no base, a file
  // missing or damaged: naming it), disk_full, ...
  struct Replayed {
    std::int64_t records = 0;  // repeated on top of a base
  };
  Result<Replayed> replay(const std::string& path) const;

 private:
  std::string folder_;
};

// Writes a file that is there whole or not at all, and lasts. Errors: disk_full, no_permission, io_failed.
Result<void> write_whole(const std::string& path, std::string_view bytes);
Result<void> sync_to_disk(const std::string& path, int flags);
// An errno as an error.
std::unexpected<Error> failed_with(int error, std::string where);

}  // namespace momentum::catalog
