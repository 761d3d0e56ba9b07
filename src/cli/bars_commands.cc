// scan and show: what reads bars.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "momentum/base/instrument.h"
#include "momentum/cli/reading_summary.h"
#include "momentum/engine/machine.h"
#include "momentum/report/labels.h"
#include "momentum/report/parquet_report.h"
#include "momentum/report/rows_report.h"
#include "momentum/report/scan_report.h"
#include "self_reader.h"
#include "session.h"

namespace momentum::cli {
namespace {

// A level this machine lacks is told before anything is read.
Result<void> check_machine(const Session& session) {
  if (session.ctx.simd == SimdLevel::best && !session.options.verbose) return {};
  MOMENTUM_TRY(const engine::Machine machine, engine::describe_machine(session.ctx));
  if (session.options.verbose) {
    session.say(fmt::format("threads {}, simd {}, numerics {}, arrow {}", session.ctx.thread_count(),
                            to_string(machine.in_use), machine.numerics_version, machine.arrow_version));
  }
  return {};
}

// What was read is told even if the work after it failed: that is where the reason often lies.
Result<void> account(const Session& session, const engine::InputReport& report) {
  if (session.progress != nullptr) session.progress->finish();
  if (report.summary.files == 0 || session.ctx.cancelled()) return {};
  for (const std::string& line : reading_lines(report, session.lang)) session.say(line);
  if (session.options.quarantine_report.empty()) return {};
  return report::write_file(session.ctx, session.options.quarantine_report, quarantine_csv(report));
}

Result<std::string> explain_text(Session& session, const score::Scan& scan) {
  std::vector<Instrument> universe;
  for (const auto* records : {&scan.results, &scan.unranked}) {
    for (const score::Record& record : *records) {
      // the name of a file may be a code that is no exchange's
      Result<Instrument> id = parse_code(record.ts_code);
      universe.push_back(id ? *std::move(id) : Instrument{.symbol = record.ts_code});
    }
  }
  const auto printed = [](const Instrument& instrument) { return to_string(instrument); };
  const auto exact = std::ranges::find(universe, session.options.explain, printed);
  std::size_t at = static_cast<std::size_t>(exact - universe.begin());
  if (exact == universe.end()) {
    MOMENTUM_TRY(at, resolve_code(session.options.explain, universe));
  }
  const bool ranked = at < scan.results.size();
  const score::Record& record = ranked ? scan.results[at] : scan.unranked[at - scan.results.size()];
  if (session.format() == report::Format::table) {
    return report::explain(scan, record, ranked ? std::optional<std::size_t>(at + 1) : std::nullopt, session.style());
  }
  score::Scan alone = scan;
  alone.results.clear();
  alone.unranked.clear();
  (ranked ? alone.results : alone.unranked).push_back(record);
  if (session.format() == report::Format::json) return report::scan_json(alone);
  if (session.format() == report::Format::parquet) return report::scan_parquet(alone, {.unranked = true});
  return report::scan_csv(alone, {.unranked = true});
}

report::FileNotes notes_of(const engine::Shown& shown, const engine::ShowRequest& request) {
  return {{"ts_code", shown.code},
          {"name", shown.name},
          {"as_of", to_string(shown.as_of)},
          {"requested_as_of", to_string(request.end.value_or(shown.as_of))},
          {"profile", engine::ScanRequest{}.profile},
          {"adjust_applied", shown.adjust_applied},
          {"history", shown.history},
          {"freq", std::string(to_string(request.frequency))},
          {"numerics", std::to_string(shown.numerics)},
          {"store_snapshot", shown.store_snapshot},
          {"synthetic", shown.synthetic ? "true" : "false"}};
}

// The answer in the format that was asked for.
Result<void> emit_scan(Session& session, const score::Scan& scan, const engine::ScanRequest& request) {
  const Options& options = session.options;
  if (!options.explain.empty()) {
    MOMENTUM_TRY(const std::string text, explain_text(session, scan));
    return session.emit(text);
  }
  // delisted instruments stand among the unranked: asked for, they are printed
  const report::ScanView view{.unranked = options.unranked || request.list_delisted};
  switch (session.format()) {
    case report::Format::json: return session.emit(report::scan_json(scan));
    case report::Format::csv: return session.emit(report::scan_csv(scan, view));
    case report::Format::parquet: {
      MOMENTUM_TRY(const std::string bytes, report::scan_parquet(scan, view));
      return session.emit(bytes);
    }
    case report::Format::table: break;
  }
  return session.emit(report::scan_table(scan, view, session.style(request.top)));
}

}  // namespace

Result<void> run_scan(Session& session) {
  MOMENTUM_TRY_VOID(check_machine(session));
  const Options& options = session.options;
  engine::ScanRequest request = options.scan;
  if (request.input.files.empty()) request.input.store = session.store();
  request.input.reader = self_reader();
  request.explain = options.explain;
  if (!options.explain.empty()) request.list_delisted = true;  // whatever was asked for is explained

  engine::InputReport input;
  const Result<score::Scan> scan = engine::scan(session.ctx, request, &input);
  const Result<void> accounted = account(session, input);
  if (!scan) return std::unexpected(scan.error());
  MOMENTUM_TRY_VOID(accounted);
  for (const Wording& note : scan->notes) session.note(report::in(note, session.lang));
  session.note_adjustment(scan->adjust_applied);
  const auto begin = std::chrono::steady_clock::now();
  MOMENTUM_TRY_VOID(emit_scan(session, *scan, request));
  if (options.verbose) {
    const std::chrono::duration<double, std::milli> output = std::chrono::steady_clock::now() - begin;
    std::string line = "milliseconds of all threads:";
    for (const auto& [stage, seconds] : scan->stages) line += fmt::format(" {} {:.0f}", stage, seconds * 1e3);
    session.say(line + fmt::format(" output {:.0f}", output.count()));
  }
  return {};
}

Result<void> run_show(Session& session) {
  MOMENTUM_TRY_VOID(check_machine(session));
  engine::ShowRequest request = session.options.show;
  if (request.input.files.empty()) request.input.store = session.store();
  request.input.reader = self_reader();
  engine::InputReport input;
  const Result<engine::Shown> shown = engine::show(session.ctx, request, &input);
  const Result<void> accounted = account(session, input);
  if (!shown) return std::unexpected(shown.error());
  MOMENTUM_TRY_VOID(accounted);
  session.note_adjustment(shown->adjust_applied);

  const report::RowsTitle title{shown->code, shown->name, shown->adjust_applied, shown->synthetic};
  Result<std::string> text;
  switch (session.format()) {
    case report::Format::json: text = report::rows_json(*shown->rows, title); break;
    case report::Format::csv:
      // rows of numbers have no place for the mark
      if (shown->synthetic) session.note(report::text(report::Text::synthetic, session.lang));
      text = report::rows_csv(*shown->rows);
      break;
    case report::Format::parquet: text = report::rows_parquet(*shown->rows, notes_of(*shown, request)); break;
    case report::Format::table:
      text = report::rows_table(*shown->rows, title, session.style(session.options.show.last));
      break;
  }
  if (!text) return std::unexpected(text.error());
  return session.emit(*text);
}

}  // namespace momentum::cli
