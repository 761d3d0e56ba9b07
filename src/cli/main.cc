// The program: arguments -> engine -> report.

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "config_file.h"
#include "interrupt.h"
#include "momentum/engine/upkeep.h"
#include "momentum/report/labels.h"
#include "momentum/report/text_width.h"
#include "self_reader.h"
#include "session.h"

namespace momentum::cli {
namespace {

int failed(const Error& error) {
  if (error.category() == Category::interrupted) {
    print_error_line("momentum: interrupted");
  } else {
    std::string line = error.to_string();
    if (error.category() == Category::internal) line += "; this is a bug of ours, please report this line";
    print_error_line("momentum: error: " + report::printable(line));
  }
  return error.exit_status();
}

bool wants_bar(const Options& options, const Environment& env) {
  return options.progress == ProgressMode::automatic && env.err_terminal;
}

// Commands that need a store itself are told of a published copy before they look for files in it.
Result<void> check_place(const Session& session) {
  switch (session.options.command) {
    case Command::import:
    case Command::demo:
    case Command::store_diff:
    case Command::store_pin:
    case Command::store_unpin:
    case Command::store_gc:
    case Command::store_compact:
    case Command::store_verify:
    case Command::store_repair:
    case Command::store_convert:
    case Command::store_publish: return engine::check_writable(session.store());
    default: return {};
  }
}

Result<void> run_command(const Options& options) {
  const Environment env = read_environment();
  Session session{
      .options = options, .env = env, .ctx = {}, .lang = options.lang.value_or(env.lang), .progress = nullptr};
  ProgressLine progress(wants_bar(options, env), env.width);
  session.ctx.threads = options.threads;
  session.ctx.simd = options.simd;
  session.ctx.memory_limit = options.memory_limit;
  session.ctx.cancel = &watch_interrupts();
  if (options.progress != ProgressMode::never && !options.quiet) {
    session.ctx.progress = &progress;
    session.progress = &progress;
  }
  if (!options.output.empty()) MOMENTUM_TRY_VOID(report::check_target(options.output));
  if (!options.quarantine_report.empty()) MOMENTUM_TRY_VOID(report::check_target(options.quarantine_report));

  MOMENTUM_TRY_VOID(check_place(session));

  switch (options.command) {
    case Command::scan: return run_scan(session);
    case Command::show: return run_show(session);
    case Command::import: return run_import(session);
    case Command::dialects: return run_dialects(session);
    case Command::demo: return run_demo(session);
    case Command::store_info: return run_store_info(session);
    case Command::store_log: return run_store_log(session);
    case Command::store_diff: return run_store_diff(session);
    case Command::store_pin: return run_store_pin(session);
    case Command::store_unpin: return run_store_unpin(session);
    case Command::store_gc: return run_store_gc(session);
    case Command::store_compact: return run_store_compact(session);
    case Command::store_verify: return run_store_verify(session);
    case Command::store_repair: return run_store_repair(session);
    case Command::store_convert: return run_store_convert(session);
    case Command::store_publish: return run_store_publish(session);
    case Command::store_export: return run_store_export(session);
    case Command::doctor: return run_doctor(session);
    case Command::config: return run_config(session);
    case Command::version: return run_version(session);
    case Command::help: break;
  }
  return session.emit(options.help);
}

// Panels and batches of some megabytes come and go by the hundred. Handed back to the system each time, they would be mapped and
// zeroed anew, which costs a tenth of a scan.
void keep_memory() {
  constexpr int kMost = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kMost);
  ::mallopt(M_TRIM_THRESHOLD, kMost);
}

// A descriptor that the caller closed would be the next file we open, and messages would land in it. Read-only: a result
// that goes nowhere is still an error.
void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) == -1) ::open("/dev/null", O_RDONLY);
  }
}

int run_checked(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (const auto status = read_for_self(arguments)) return *status;
  const Result<Options> options = parse_arguments(arguments, default_config());
  if (!options) return failed(options.error());
  const Result<void> done = run_command(*options);
  engine::finish_object_stores();
  return done ? 0 : failed(done.error());
}

// Returns the exit status (docs/cli.md); prints errors itself.
int run(int argc, char** argv) {
  // The last resort: whatever a library threw ends in one line and a number, never in a core dump.
  try {
    hold_standard_descriptors();
    keep_memory();
    return run_checked(argc, argv);
  } catch (const std::bad_alloc&) {
    return failed(
        {.code = ErrorCode::out_of_memory, .what = "out of memory", .where = {}, .remedy = "read fewer files at once"});
  } catch (const std::exception& error) {
    return failed({.code = ErrorCode::internal, .what = error.what(), .where = {}, .remedy = {}});
  }
}

}  // namespace
}  // namespace momentum::cli

int main(int argc, char** argv) { return momentum::cli::run(argc, argv); }
