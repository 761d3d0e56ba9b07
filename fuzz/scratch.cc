#include "scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "momentum/base/error.h"

namespace momentum::fuzz {

Scratch::Scratch() : path_((std::filesystem::temp_directory_path() / "momentum_fuzz_XXXXXX").string()) {
  MOMENTUM_CHECK(::mkdtemp(path_.data()) != nullptr);
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::write(std::string_view name, std::string_view bytes) const {
  std::string at = path(name);
  const int fd = ::open(at.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  MOMENTUM_CHECK(fd >= 0 &&
                 ::ftruncate(fd, static_cast<off_t>(bytes.size())) == 0);  // what stays need not be new memory
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    MOMENTUM_CHECK(written > 0);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(fd);
  return at;
}

}  // namespace momentum::fuzz
