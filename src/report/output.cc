#include "momentum/report/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace momentum::report {
namespace {

// Written in pieces so that a cancelled call ends soon.
constexpr std::size_t kPiece = 1 << 20;

std::unexpected<Error> system_error(std::string what, int number, const std::string& path) {
  const std::string why = ": " + std::string(std::strerror(number));
  switch (number) {
    case EACCES:
    case EPERM:
    case EROFS:
      return fail(ErrorCode::no_permission, what + why, path, "choose another place or change its permissions");
    case ENOSPC:
    case EDQUOT: return fail(ErrorCode::disk_full, what + why, path, "free some space or choose another disk");
    case ENOENT: return fail(ErrorCode::io_failed, what + why, path, "create the folder first");
    default: return fail(ErrorCode::io_failed, what + why, path, "choose another place");
  }
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  // 0, or errno: a full disk may show only here.
  int close() {
    const int failed = value_ >= 0 && ::close(value_) != 0 ? errno : 0;
    value_ = -1;
    return failed;
  }

 private:
  int value_;
};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Where the bytes really go: a link is followed, so that it still is one afterwards.
std::string real_target(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string out(resolved);
  std::free(resolved);
  return out;
}

// The mode of a file that open() would create; umask can only be read by setting it.
mode_t default_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

Result<void> check_target(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return fail(ErrorCode::io_failed, "the output is a folder", path, "name a file in it");
    if (!S_ISREG(info.st_mode)) return {};
  }
  const std::string folder = folder_of(real_target(path));
  if (::stat(folder.c_str(), &info) != 0) return system_error("cannot write", errno, path);
  if (!S_ISDIR(info.st_mode)) return system_error("cannot write", ENOTDIR, path);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return system_error("cannot write", errno, path);
  return {};
}

Result<void> write_stream(const Context& ctx, int descriptor, std::string_view name, std::string_view bytes) {
  while (!bytes.empty()) {
    if (ctx.cancelled()) return Context::interrupted();
    const ssize_t written = ::write(descriptor, bytes.data(), std::min(bytes.size(), kPiece));
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return {};
    } else if (errno != EINTR) {
      return system_error("cannot write", errno, std::string(name));
    }
  }
  return {};
}

Result<FileBeside> FileBeside::create(const std::string& path) {
  MOMENTUM_TRY_VOID(check_target(path));
  std::string target = real_target(path);
  struct stat old{};
  if (::stat(target.c_str(), &old) == 0 && !S_ISREG(old.st_mode))
    return fail(ErrorCode::bad_value, "not a file that can be replaced", path, "name an ordinary file");
  std::vector<char> name(target.begin(), target.end());
  static constexpr std::string_view kSuffix = ".XXXXXX";
  name.insert(name.end(), kSuffix.begin(), kSuffix.end());
  name.push_back('\0');
  Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (file.get() < 0) return system_error("cannot write", errno, path);
  return FileBeside(path, std::move(target), name.data());
}

FileBeside::FileBeside(std::string path, std::string target, std::string temporary)
    : path_(std::move(path)), target_(std::move(target)), temporary_(std::move(temporary)) {}

FileBeside::FileBeside(FileBeside&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})) {}

FileBeside::~FileBeside() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> FileBeside::take_place(const Context& ctx) {
  struct stat old{};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  Descriptor file(::open(temporary_.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fchmod(file.get(), exists ? old.st_mode & 07777 : default_mode()) != 0 ||
      ::fsync(file.get()) != 0)
    return system_error("cannot write", errno, path_);
  if (const int failed = file.close(); failed != 0) return system_error("cannot write", failed, path_);
  if (ctx.cancelled()) return Context::interrupted();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return system_error("cannot write", errno, path_);
  temporary_.clear();

  Descriptor folder(::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that cannot sync a folder; the rename itself stands
  if (folder.get() >= 0 && ::fsync(folder.get()) != 0 && errno != EINVAL)
    return system_error("cannot sync", errno, path_);
  return {};
}

Result<void> write_file(const Context& ctx, const std::string& path, std::string_view bytes) {
  MOMENTUM_TRY_VOID(check_target(path));
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    Descriptor direct(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (direct.get() < 0) return system_error("cannot write", errno, path);
    return write_stream(ctx, direct.get(), path, bytes);
  }
  MOMENTUM_TRY(FileBeside beside, FileBeside::create(path));
  Descriptor file(::open(beside.temporary().c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error("cannot write", errno, path);
  MOMENTUM_TRY_VOID(write_stream(ctx, file.get(), path, bytes));
  if (const int failed = file.close(); failed != 0) return system_error("cannot write", failed, path);
  return beside.take_place(ctx);
}

}  // namespace momentum::report
