// kill_before CALL N COMMAND...: runs the command until just before its N-th system call of that name, of all threads together,
// and kills it there; to its end, where it makes fewer. Says how it ended as a shell does: 137 is killed.
// Only that call stops the command (strace stops it at every one, and cannot kill where it does not).

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace {

constexpr std::array kCalls = std::to_array<std::pair<std::string_view, int>>({
    {"openat", SYS_openat},
    {"write", SYS_write},
    {"pwrite64", SYS_pwrite64},
    {"fsync", SYS_fsync},
    {"fdatasync", SYS_fdatasync},
    {"ftruncate", SYS_ftruncate},
    {"renameat", SYS_renameat},
    {"unlinkat", SYS_unlinkat},
    {"mkdirat", SYS_mkdirat},
    {"flock", SYS_flock},
    {"fcntl", SYS_fcntl},
    {"close", SYS_close},
#ifdef SYS_rename
    {"open", SYS_open},
    {"rename", SYS_rename},
    {"unlink", SYS_unlink},
    {"mkdir", SYS_mkdir},
    {"rmdir", SYS_rmdir},
#endif
});

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(2);
}

[[noreturn]] void run(unsigned call, char** command) {
  std::array<sock_filter, 4> code{{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRACE},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog filter{code.size(), code.data()};
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) die("kill_before: ptrace");
  ::raise(SIGSTOP);  // until the tracer has said what it wants to hear of
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    die("kill_before: seccomp");
  ::execvp(command[0], command);
  die("kill_before: exec");
}

int watch(pid_t child, long count) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) die("kill_before: wait");
  constexpr long kOptions = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                            PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, kOptions) != 0) die("kill_before: ptrace");
  ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
  while (true) {
    const pid_t stopped = ::waitpid(-1, &status, __WALL);
    if (stopped < 0) {
      if (errno == EINTR) continue;
      die("kill_before: wait");
    }
    if (!WIFSTOPPED(status)) {
      if (stopped != child) continue;  // a thread
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    const int event = status >> 16, signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_SECCOMP && --count == 0) {
      ::kill(child, SIGKILL);
      continue;
    }
    // A new thread begins with a stop; other signals are the command's own.
    const bool own = event == 0 && signal != SIGTRAP && signal != SIGSTOP;
    ::ptrace(PTRACE_CONT, stopped, nullptr, own ? signal : 0L);
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view name = count > 3 ? arguments[1] : "";
  for (const auto& [known, call] : kCalls) {
    if (name != known) continue;
    const pid_t child = ::fork();
    if (child == 0) run(static_cast<unsigned>(call), arguments + 3);
    if (child < 0) die("kill_before: fork");
    return watch(child, std::atol(arguments[2]));
  }
  std::fprintf(stderr, "usage: kill_before CALL N COMMAND...\n");
  return 2;
}
