// import and demo: what fills a store.

#include <fmt/format.h>

#include <span>

#include "filled_label.h"
#include "momentum/base/trading_hours.h"
#include "momentum/cli/reading_summary.h"
#include "momentum/engine/demo.h"
#include "momentum/engine/import.h"
#include "momentum/report/csv_writer.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "self_reader.h"
#include "session.h"

namespace momentum::cli {
namespace {

using report::Text;

std::string import_json(const engine::ImportRequest& request, const engine::ImportReport& report) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_object();
  json.key("store").text(request.store);
  json.key("snapshot");
  report.snapshot == 0 ? json.null() : json.integer(report.snapshot);
  json.key("changed").boolean(report.changed);
  json.key("dry_run").boolean(request.dry_run);
  json.key("kind").text(report.kind.empty() ? "bars" : report.kind);
  json.key("freq").text(request.minutes ? "1m" : "1d");
  json.key("dialect").text_or_null(report.dialect);
  json.key("files").integer(report.summary.files);
  json.key("rows_in").integer(report.summary.rows_in);
  json.key("stored").integer(report.stored);
  json.key("already_there").integer(report.known);
  json.key("conflicting").integer(report.conflicting);
  json.key("corrected").integer(report.corrected);
  json.key("suspension_records").integer(report.summary.suspensions);
  json.key("repeated").integer(report.summary.duplicates);
  json.key("quarantined").integer(report.summary.quarantined);
  json.key("quarantined_by_reason").begin_object();
  for (const auto& [reason, count] : report.summary.quarantined_by_reason) json.key(reason).integer(count);
  json.end_object();
  json.key("new_instruments").integer(report.new_instruments);
  json.key("prepended").begin_array();
  for (const Instrument& code : report.prepended) json.text(to_string(code));
  json.end_array();
  json.key("contradicted").begin_array();
  for (const engine::ContradictedBar& bar : report.contradicted) {
    json.begin_object();
    json.key("ts_code").text(to_string(bar.code));
    json.key("date").text(to_string(bar.day));
    if (bar.minute >= 0) json.key("time").text(minute_text(bar.minute));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

// What the call did to the store, in a line.
std::string outcome_line(const engine::ImportRequest& request, const engine::ImportReport& report, report::Lang lang) {
  if (request.dry_run)
    return std::string(report::text(report.changed ? Text::dry_run_new : Text::dry_run_nothing, lang));
  if (!report.changed) return filled(Text::nothing_new, lang, report.snapshot);
  std::string line = filled(Text::new_snapshot, lang, report.snapshot);
  if (report.new_instruments > 0)
    line += std::string(report::text(Text::list_separator, lang)) +
            filled(Text::new_instruments, lang, report::grouped(report.new_instruments));
  return line;
}

// Told even if the work after it failed: that is where the reason often lies.
Result<void> account(const Session& session, const engine::ImportReport& report) {
  if (session.progress != nullptr) session.progress->finish();
  if (report.summary.files == 0 || session.ctx.cancelled()) return {};
  for (const std::string& line : import_lines(report, session.lang)) session.say(line);
  if (session.options.quarantine_report.empty()) return {};
  return report::write_file(session.ctx, session.options.quarantine_report, quarantine_csv(report));
}

std::string demo_json(const engine::DemoRequest& request, const engine::DemoReport& report) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_object();
  json.key("store").text(request.store);
  json.key("snapshot").integer(report.snapshot);
  json.key("instruments").integer(report.instruments);
  json.key("bars").integer(report.bars);
  json.key("minutes").integer(report.minutes);
  json.key("sessions").integer(report.sessions);
  json.key("first").text(to_string(report.first));
  json.key("last").text(to_string(report.last));
  json.key("synthetic").boolean(true);
  json.end_object();
  return out + "\n";
}

}  // namespace

Result<void> run_import(Session& session) {
  engine::ImportRequest request = session.options.import;
  request.store = session.store();
  request.tool_version = MOMENTUM_VERSION;
  request.reader = self_reader();
  engine::ImportReport report;
  const Result<void> imported = engine::import_files(session.ctx, request, report);
  const Result<void> accounted = account(session, report);
  if (!imported) return imported;
  MOMENTUM_TRY_VOID(accounted);
  if (report.made_store) session.say(filled(Text::made_store, session.lang, request.store));
  session.say(outcome_line(request, report, session.lang));
  if (session.options.format == report::Format::json) return session.emit(import_json(request, report));
  return {};
}

Result<void> run_demo(Session& session) {
  engine::DemoRequest request = session.options.demo;
  request.store = session.store();
  request.tool_version = MOMENTUM_VERSION;
  const Result<engine::DemoReport> made = engine::make_demo(session.ctx, request);
  if (session.progress != nullptr) session.progress->finish();
  if (!made) return std::unexpected(made.error());
  session.say(filled(Text::made_store, session.lang, request.store));
  session.say(
      fmt::format("{}: {}", report::text(Text::synthetic, session.lang),
                  filled(Text::demo_made, session.lang, report::grouped(made->instruments), report::grouped(made->bars),
                         report::grouped(made->sessions), to_string(made->first), to_string(made->last))));
  if (made->minutes > 0)
    session.say(fmt::format(
        "{}: {}", report::text(Text::minutes, session.lang),
        filled(Text::minutes_count, session.lang, report::grouped(made->instruments), report::grouped(made->minutes))));
  if (session.options.format == report::Format::json) return session.emit(demo_json(request, *made));
  return {};
}

}  // namespace momentum::cli
