// The program `momentum` for tests that run it by the thousand and want to know each run again: its own main(), loaded once and
// forked for each run, under a clock that stands still, with random numbers of a seed. Two runs of one command on one store
// leave the same bytes.
//
//   steady_program alone SEED ARGUMENT...   one run, in this process
//   steady_program serve                    a run for each line of standard input, its exit status as a line of the answer
//                                           (as a shell says it: 137 is killed)
//
// A line is SEED, CALL, N, LASTING, VALUE, OUT, ERR and the program's arguments, with tabs between them. OUT and ERR are the
// files that its standard output and error become. At the N-th system call of the name CALL, of all threads together, the run is
// killed (VALUE `kill`), or that call is not done and its result is VALUE, a negative one of `errno`; with LASTING 1 so are
// all later ones of that name. N 0: nothing happens. Only that call stops the run, so that it is as fast as without.
// Calls count from the beginning of main(); `alone` marks it by a close(-4711), for those who watch from outside.

#include <elf.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

int program_main(int count, char** arguments);  // main() of src/cli/main.cc

namespace {

constexpr std::time_t kNow = 1767225600;  // 2026-01-01T00:00:00Z
constexpr pid_t kPid = 4711;
constexpr int kBegins = -4711;
constexpr unsigned kLongest = 120;  // seconds of a run
std::uint64_t state = 0;  // of the random numbers

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

}  // namespace

// What the program and its libraries ask the world for. These stand before the C library's, SQLite's and Arrow's calls too, and
// before those of a sanitizer, which asks them before it is ready to watch.
#define MOMENTUM_UNWATCHED [[gnu::no_sanitize_address, gnu::no_sanitize_thread, gnu::no_sanitize_undefined]]
extern "C" {
MOMENTUM_UNWATCHED int clock_gettime(clockid_t clock, timespec* out) noexcept {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
    return static_cast<int>(::syscall(SYS_clock_gettime, clock, out));
  out->tv_sec = kNow;
  out->tv_nsec = 0;
  return 0;
}
MOMENTUM_UNWATCHED int gettimeofday(timeval* out, void*) noexcept {
  out->tv_sec = kNow;
  out->tv_usec = 0;
  return 0;
}
MOMENTUM_UNWATCHED std::time_t time(std::time_t* out) noexcept {
  if (out != nullptr) *out = kNow;
  return kNow;
}
MOMENTUM_UNWATCHED pid_t getpid() noexcept { return kPid; }
}

std::random_device::result_type std::random_device::_M_getval() {
  state += 0x9E3779B97F4A7C15U;  // splitmix64
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return static_cast<result_type>(mixed >> 32);
}

namespace {

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::_Exit(2);
}

struct Request {
  int seed = 0, call = 0;
  long count = 0, value = 0;
  bool kills = false, lasting = false;
  std::string out, err;
  std::vector<std::string> arguments{"momentum"};
};

int run(Request& request) {
  state = static_cast<std::uint64_t>(request.seed);
  ::sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, request.seed, nullptr);
  std::vector<char*> arguments;
  for (std::string& argument : request.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  return program_main(static_cast<int>(arguments.size()) - 1, arguments.data());
}

void put_at(int descriptor, const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || ::dup2(file, descriptor) < 0) die(path.c_str());
  ::close(file);
}

[[noreturn]] void run_as_child(Request& request) {
  ::alarm(kLongest);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);  // what we are asked is not for it
  ::dup2(null, STDIN_FILENO);
  ::close(null);
  put_at(STDOUT_FILENO, request.out);
  put_at(STDERR_FILENO, request.err);
  if (request.count != 0) {
    std::array<sock_filter, 4> code{{
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(request.call)},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRACE},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    }};
    const sock_fprog filter{code.size(), code.data()};
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) die("steady_program: ptrace");
    ::raise(SIGSTOP);  // until the tracer has said what it wants to hear of
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
      die("steady_program: seccomp");
  }
  std::exit(run(request));
}

// The call at which `thread` stands is not done, and its result is `value`.
void skip_call(pid_t thread, long value) {
#if defined(__x86_64__)
  user_regs_struct registers;
  if (::ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) die("steady_program: registers");
  registers.orig_rax = ~0ULL;
  registers.rax = static_cast<unsigned long long>(value);
  if (::ptrace(PTRACE_SETREGS, thread, nullptr, &registers) != 0) die("steady_program: registers");
#elif defined(__aarch64__)
  user_regs_struct registers;
  int none = -1;
  iovec all{&registers, sizeof registers}, number{&none, sizeof none};
  const auto set = [](long name) { return reinterpret_cast<void*>(name); };
  if (::ptrace(PTRACE_GETREGSET, thread, set(NT_PRSTATUS), &all) != 0) die("steady_program: registers");
  registers.regs[0] = static_cast<unsigned long long>(value);
  if (::ptrace(PTRACE_SETREGSET, thread, set(NT_PRSTATUS), &all) != 0 ||
      ::ptrace(PTRACE_SETREGSET, thread, set(NT_ARM_SYSTEM_CALL), &number) != 0)
    die("steady_program: registers");
#else
#error "say here how a system call is skipped on this machine"
#endif
}

int watch(pid_t child, const Request& request) {
  int status = 0;
  if (request.count != 0) {
    if (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) die("steady_program: wait");
    constexpr long kOptions =
        PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, kOptions) != 0) die("steady_program: ptrace");
    ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
  }
  long seen = 0;
  while (true) {
    const pid_t stopped = ::waitpid(-1, &status, __WALL);
    if (stopped < 0) {
      if (errno == EINTR) continue;
      die("steady_program: wait");
    }
    if (!WIFSTOPPED(status)) {
      if (stopped != child) continue;  // a thread
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    const int event = status >> 16, signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_SECCOMP) {
      ++seen;
      if (seen == request.count && request.kills) {
        ::kill(child, SIGKILL);
        continue;
      }
      if (seen == request.count || (seen > request.count && request.lasting)) skip_call(stopped, request.value);
    }
    // A new thread begins with a stop; other signals are the run's own.
    const bool own = event == 0 && signal != SIGTRAP && signal != SIGSTOP;
    ::ptrace(PTRACE_CONT, stopped, nullptr, own ? signal : 0L);
  }
}

bool read(const std::string& line, Request& out) {
  std::vector<std::string> fields;
  for (std::size_t at = 0, end; at <= line.size(); at = end + 1) {
    end = std::min(line.find('\t', at), line.size());
    fields.push_back(line.substr(at, end - at));
  }
  if (fields.size() < 8) return false;
  out.seed = std::atoi(fields[0].c_str());
  out.count = std::atol(fields[2].c_str());
  out.lasting = fields[3] == "1";
  out.kills = fields[4] == "kill";
  out.value = std::atol(fields[4].c_str());
  out.out = fields[5];
  out.err = fields[6];
  out.arguments.insert(out.arguments.end(), fields.begin() + 7, fields.end());
  for (const auto& [name, call] : kCalls) {
    if (fields[1] != name) continue;
    out.call = call;
    return true;
  }
  return out.count == 0;
}

int serve() {
  for (std::string line; std::getline(std::cin, line);) {
    Request request;
    if (!read(line, request)) {
      std::fprintf(stderr, "steady_program: not understood: %s\n", line.c_str());
      return 2;
    }
    const pid_t child = ::fork();
    if (child == 0) run_as_child(request);
    if (child < 0) die("steady_program: fork");
    std::cout << watch(child, request) << std::endl;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view word = count > 1 ? arguments[1] : "";
  if (word == "serve") return serve();
  if (word == "alone" && count > 3) {
    Request request;
    request.seed = std::atoi(arguments[2]);
    request.arguments.insert(request.arguments.end(), arguments + 3, arguments + count);
    ::close(kBegins);
    return run(request);
  }
  std::fprintf(stderr, "usage: steady_program alone SEED ARGUMENT... | steady_program serve\n");
  return 2;
}
