#include "mapped_file_internal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace momentum::formats {
namespace {

std::unexpected<Error> open_failed(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return fail(ErrorCode::file_not_found, "no such file", path, "check the path");
    case EACCES:
    case EPERM: return fail(ErrorCode::no_permission, "may not read", path, "check the permissions of the file");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot read ({})", std::strerror(error)), path, "check the disk");
  }
}

}  // namespace

Result<SourceBytes> MemorySource::read(ByteRange range) const {
  MOMENTUM_CHECK(range.offset >= 0 && range.length >= 0 && range.length <= size() - range.offset);
  return SourceBytes{bytes_.subspan(static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.length))};
}

Result<std::unique_ptr<MappedFile>> MappedFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return open_failed(errno, path);
  struct stat info{};
  int error = ::fstat(fd, &info) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(info.st_mode)) error = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
  const auto size = static_cast<std::size_t>(info.st_size);
  const std::byte* begin = nullptr;
  if (error == 0 && size > 0) {
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) {
      error = errno;
    } else {
      begin = static_cast<const std::byte*>(at);
    }
  }
  ::close(fd);  // the mapping stays
  if (error != 0) return open_failed(error, path);
  return std::unique_ptr<MappedFile>(new MappedFile({begin, begin == nullptr ? 0 : size}));
}

MappedFile::~MappedFile() {
  if (!bytes().empty()) ::munmap(const_cast<std::byte*>(bytes().data()), bytes().size());
}

}  // namespace momentum::formats
