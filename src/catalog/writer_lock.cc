#include "momentum/catalog/writer_lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace momentum::catalog {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

std::unexpected<Error> failed_with(int error, const std::string& folder, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return fail(ErrorCode::store_not_found, "no such store", folder, "check --store");
    case EACCES:
    case EPERM:
    case EROFS: return fail(ErrorCode::no_permission, "may not write the store", path, "check its permissions");
    case ENOSPC:
    case EDQUOT: return fail(ErrorCode::disk_full, "disk full", path, "free some space");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot lock ({})", std::strerror(error)), path, "check the disk");
  }
}

// "pid 4711, since 2025-01-31T08:00:00Z"; the one in the file may be a moment old.
std::string holder_in(int file) {
  char text[80] = {};
  const ssize_t size = ::pread(file, text, sizeof text - 1, 0);
  const std::string line(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  return line.starts_with("pid ") ? line.substr(0, line.find('\n')) : "pid unknown";
}

int write_holder(int file, const Context& ctx) {
  const std::string line = fmt::format("pid {}, since {:%Y-%m-%dT%H:%M:%SZ}\n", ::getpid(),
                                       fmt::gmtime(std::chrono::system_clock::to_time_t(ctx.clock->now())));
  if (::ftruncate(file, 0) != 0) return errno;
  if (::pwrite(file, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size()))
    return errno != 0 ? errno : ENOSPC;
  return 0;
}

}  // namespace

Result<WriterLock> WriterLock::acquire(const Context& ctx, const std::string& folder, std::chrono::milliseconds wait) {
  const std::string path = folder + "/writer.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return failed_with(errno, folder, path);
  WriterLock lock(file, folder);
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    if (error != EWOULDBLOCK && error != EINTR) return failed_with(error, folder, path);
    if (ctx.cancelled()) return Context::interrupted();
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorCode::locked, fmt::format("locked by another writer ({})", holder_in(file)), folder,
                  "wait for it with --lock-wait SECONDS");
    }
    std::this_thread::sleep_for(kPoll);
  }
  errno = 0;
  if (const int error = write_holder(file, ctx); error != 0) return failed_with(error, folder, path);
  return lock;
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), folder_(std::move(other.folder_)) {}

// Closing is what releases it. The file stays: to remove it would let two writers hold locks on two files of one name.
WriterLock::~WriterLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace momentum::catalog
