#pragma once
// What one run of the program carries from command to command.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "momentum/base/context.h"
#include "momentum/cli/environment.h"
#include "momentum/cli/options.h"
#include "momentum/report/output.h"
#include "momentum/report/style.h"
#include "progress_line.h"

namespace momentum::cli {

// A line on standard error. One that is closed or full stops nothing (fmt::print would throw).
void print_error_line(const std::string& line);

struct Session {
  const Options& options;
  const Environment& env;
  Context ctx;
  report::Lang lang;
  ProgressLine* progress;  // nullptr: silent

  std::string store() const;  // its folder
  bool color() const;
  report::Format format() const;
  // `rows`: as many as the user asked for by number; else the default
  report::TableStyle style(std::optional<std::int64_t> rows = {}) const;

  // The result: to -o FILE or standard output, whole.
  Result<void> emit(std::string_view text) const;
  // One line on standard error, unless --quiet.
  void say(std::string_view line) const;
  void note(std::string_view line) const;
  // Says that prices are unadjusted for want of factors: CSV has no place for it, and a header line is easily missed.
  void note_adjustment(std::string_view adjust_applied) const;
};

Result<void> run_scan(Session& session);
Result<void> run_show(Session& session);
Result<void> run_import(Session& session);
Result<void> run_dialects(Session& session);
Result<void> run_demo(Session& session);
Result<void> run_store_info(Session& session);
Result<void> run_store_log(Session& session);
Result<void> run_store_diff(Session& session);
Result<void> run_store_pin(Session& session);
Result<void> run_store_unpin(Session& session);
Result<void> run_store_gc(Session& session);
Result<void> run_store_compact(Session& session);
Result<void> run_store_verify(Session& session);
Result<void> run_store_repair(Session& session);
Result<void> run_store_convert(Session& session);
Result<void> run_store_publish(Session& session);
Result<void> run_store_export(Session& session);
Result<void> run_doctor(Session& session);
Result<void> run_config(Session& session);
Result<void> run_version(Session& session);

}  // namespace momentum::cli
