#include "interrupt.h"

#include <csignal>

namespace momentum::cli {
namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");
CancelToken g_token;  // a handler has no argument to carry it

extern "C" void on_interrupt(int) { g_token.cancel(); }

}  // namespace

const CancelToken& watch_interrupts() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // no SA_RESTART: a blocked write must return
  sigemptyset(&action.sa_mask);
  struct sigaction before{};
  sigaction(SIGINT, &action, &before);
  if (before.sa_handler == SIG_IGN) sigaction(SIGINT, &before, nullptr);  // a shell's background job stays deaf
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return g_token;
}

}  // namespace momentum::cli
