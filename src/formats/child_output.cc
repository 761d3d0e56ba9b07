#include "child_output_internal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>

extern char** environ;

namespace momentum::formats {
namespace {

constexpr std::size_t kMost = std::size_t{16} << 30;
constexpr std::size_t kPiece = std::size_t{1} << 16;

std::unexpected<Error> not_started(int error, const std::string& program) {
  return fail(ErrorCode::io_failed, fmt::format("cannot start ({})", std::strerror(error)), program,
              "check the program");
}

class Pipe {
 public:
  Pipe() { error_ = ::pipe2(ends_, O_CLOEXEC) == 0 ? 0 : errno; }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int error() const { return error_; }
  int end(int which) const { return ends_[which]; }
  void close(int which) {
    if (ends_[which] >= 0) ::close(ends_[which]);
    ends_[which] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
  int error_ = 0;
};

// False: it wrote more than it may.
bool read_all(int fd, std::string& bytes) {
  for (;;) {
    const std::size_t at = bytes.size();
    bytes.resize(at + kPiece);
    const ssize_t n = ::read(fd, bytes.data() + at, kPiece);
    bytes.resize(at + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    if (bytes.size() > kMost) return false;
  }
}

}  // namespace

Result<ChildOutput> run_child(const std::string& program, const std::vector<std::string>& arguments,
                              int standard_input) {
  Pipe pipe;
  if (pipe.error() != 0) return not_started(pipe.error(), program);
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (standard_input >= 0)
    posix_spawn_file_actions_adddup2(&actions, standard_input, 0);
  else
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe.end(1), 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return not_started(error, program);
  pipe.close(1);
  ChildOutput out;
  bool whole = false;
  try {
    whole = read_all(pipe.end(0), out.bytes);
  } catch (const std::bad_alloc&) {
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw;
  }
  out.too_large = !whole;
  if (!whole) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && whole) out.signal = WTERMSIG(status);
  if (WIFEXITED(status)) out.status = WEXITSTATUS(status);
  return out;
}

}  // namespace momentum::formats
