#include "momentum/cli/environment.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace momentum::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

int terminal_width() {
  const std::string_view columns = variable("COLUMNS");
  int width = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (error == std::errc{} && end == columns.data() + columns.size() && width > 0) return width;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 120;
}

}  // namespace

Environment read_environment() {
  Environment env;
  env.out_terminal = ::isatty(STDOUT_FILENO) == 1;
  env.err_terminal = ::isatty(STDERR_FILENO) == 1;
  env.no_color = !variable("NO_COLOR").empty() || variable("TERM") == "dumb";
  env.width = terminal_width();
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const std::string_view locale = variable(name); !locale.empty()) {
      env.lang = locale.starts_with("zh") ? report::Lang::zh : report::Lang::en;
      break;
    }
  }
  return env;
}

}  // namespace momentum::cli
