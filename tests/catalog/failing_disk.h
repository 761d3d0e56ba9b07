#pragma once
// SQLite's file system with a disk that fills up, breaks or takes the process with it at the n-th change of a file.

#include <sqlite3.h>

#include <csignal>
#include <limits>

namespace momentum::catalog {

enum class Fate { full, broken, killed };

// While one exists, every database that is opened stands on it.
class FailingDisk {
 public:
  FailingDisk() {
    real_ = sqlite3_vfs_find(nullptr);
    disk_ = *real_;
    disk_.zName = "failing";
    disk_.xOpen = open;
    sqlite3_vfs_register(&disk_, 1);
  }
  ~FailingDisk() {
    sqlite3_vfs_unregister(&disk_);
    sqlite3_vfs_register(real_, 1);
  }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // The next `changes` succeed; then one fails, or with `lasting` all until works() is called.
  static void fails_after(int changes, Fate fate, bool lasting) {
    left_ = changes;
    fate_ = fate;
    lasting_ = lasting;
  }
  static void works() { left_ = kNever; }

 private:
  static constexpr int kNever = std::numeric_limits<int>::max();

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    const int status = real_->xOpen(vfs, name, file, flags, out_flags);
    if (status != SQLITE_OK) return status;
    // A database's methods lock, a journal's do not; both write by the same functions.
    Methods* kind = kinds_;
    while (kind->real != nullptr && kind->real != file->pMethods) ++kind;
    if (kind->real == nullptr) *kind = {file->pMethods, failing(*file->pMethods)};
    file->pMethods = &kind->ours;
    return SQLITE_OK;
  }

  static sqlite3_io_methods failing(sqlite3_io_methods methods) {
    write_ = methods.xWrite;
    sync_ = methods.xSync;
    truncate_ = methods.xTruncate;
    methods.xWrite = [](sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
      if (fails()) return fate_ == Fate::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      return write_(file, bytes, size, offset);
    };
    methods.xSync = [](sqlite3_file* file, int how) { return fails() ? SQLITE_IOERR_FSYNC : sync_(file, how); };
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
      return fails() ? SQLITE_IOERR_TRUNCATE : truncate_(file, size);
    };
    return methods;
  }

  static bool fails() {
    if (left_ == kNever) return false;
    if (left_ > 0) {
      --left_;
      return false;
    }
    if (fate_ == Fate::killed) std::raise(SIGKILL);
    if (!lasting_) left_ = kNever;
    return true;
  }

  static inline sqlite3_vfs* real_ = nullptr;
  struct Methods {
    const sqlite3_io_methods* real;
    sqlite3_io_methods ours;
  };
  static inline Methods kinds_[8]{};
  static inline decltype(sqlite3_io_methods::xWrite) write_ = nullptr;
  static inline decltype(sqlite3_io_methods::xSync) sync_ = nullptr;
  static inline decltype(sqlite3_io_methods::xTruncate) truncate_ = nullptr;
  static inline int left_ = kNever;
  static inline Fate fate_ = Fate::full;
  static inline bool lasting_ = false;
  sqlite3_vfs disk_{};
};

}  // namespace momentum::catalog
