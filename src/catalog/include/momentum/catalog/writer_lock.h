#pragma once
// One writer at a time. Held from before the first data file is written until after the commit, so that a collector of
// unreferenced files can tell a live writer's files from a dead one's.

#include <chrono>
#include <string>

#include "momentum/base/context.h"
#include "momentum/base/error.h"

namespace momentum::catalog {

// An exclusive flock on `writer.lock` in the store's folder, with a line about its holder in it. The kernel releases it when
// the process ends, however it ends; the line is for people only. A process forked meanwhile holds it too, until it execs.
class WriterLock {
 public:
  // Waits up to `wait` for another writer, asking ctx.cancel every 20 ms. The folder must exist.
  // Errors: locked (naming the holder), interrupted, store_not_found (no such folder), no_permission, disk_full, io_failed.
  static Result<WriterLock> acquire(const Context& ctx, const std::string& folder, std::chrono::milliseconds wait);
  ~WriterLock();
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&&) = delete;

  const std::string& folder() const noexcept { return folder_; }

 private:
  WriterLock(int file, std::string folder) : file_(file), folder_(std::move(folder)) {}
  int file_;
  std::string folder_;
};

}  // namespace momentum::catalog
