#include "momentum/base/error.h"

#include <cstdio>
#include <cstdlib>

namespace momentum {

std::string Error::to_string() const {
  std::string line = what;
  if (!where.empty()) {
    if (!line.empty()) line += ": ";
    line += where;
  }
  if (!remedy.empty()) {
    if (!line.empty()) line += "; ";
    line += remedy;
  }
  return line;
}

std::unexpected<Error> fail(ErrorCode code, std::string what, std::string where, std::string remedy) {
  return std::unexpected(Error{code, std::move(what), std::move(where), std::move(remedy)});
}

void check_failed(const char* condition, const char* file, int line) noexcept {
  // Only the file's name: the folder is that of the machine which built the program.
  const std::string_view path = file;
  const std::size_t slash = path.rfind('/');
  std::fprintf(stderr, "momentum: internal error: check failed: %s: %s:%d; please report this line\n", condition,
               file + (slash == std::string_view::npos ? 0 : slash + 1), line);
  std::fflush(stderr);
  std::_Exit(static_cast<int>(Category::internal));
}

}  // namespace momentum
