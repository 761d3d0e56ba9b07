#include "output_file_internal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace momentum::formats {
namespace {

class DiskFile final : public OutputFile {
 public:
  DiskFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~DiskFile() override {
    if (fd_ >= 0) ::close(fd_);
  }
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  int write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno;
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return 0;
  }

  // Not retried: after a failed fsync the kernel may have dropped the pages, and a second one would lie.
  int sync() override { return ::fsync(fd_) == 0 ? 0 : errno; }

  int close() override {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0 ? 0 : errno;
  }

  void discard() override {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    ::unlink(path_.c_str());
  }

 private:
  int fd_;
  std::string path_;
};

}  // namespace

std::unexpected<Error> write_failed(int error, const std::string& path) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return fail(ErrorCode::disk_full, "disk full while writing", path, "make room and try again");
    case EACCES:
    case EPERM:
    case EROFS: return fail(ErrorCode::no_permission, "may not write", path, "check the permissions of the folder");
    case EEXIST:
      return fail(ErrorCode::io_failed, "file exists, and files of a store are never written twice", path,
                  "remove it if nothing needs it");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot write ({})", std::strerror(error)), path, "check the disk");
  }
}

namespace {

Result<std::unique_ptr<OutputFile>> open_for_output(const std::string& path, int how) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return write_failed(errno, path);
  return std::make_unique<DiskFile>(fd, path);
}

}  // namespace

Result<std::unique_ptr<OutputFile>> create_output_file(const std::string& path) {
  return open_for_output(path, O_EXCL);
}

Result<std::unique_ptr<OutputFile>> replace_output_file(const std::string& path) {
  return open_for_output(path, O_TRUNC);
}

}  // namespace momentum::formats
