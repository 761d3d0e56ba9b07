// store convert and export: the same data in another form.

#include <string>

#include "filled_label.h"
#include "momentum/engine/convert.h"
#include "momentum/engine/export.h"
#include "momentum/engine/store_info.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/number.h"
#include "momentum/report/text_width.h"
#include "session.h"
#include "store_health.h"

namespace momentum::cli {
namespace {

std::string convert_json(const engine::ConvertRequest& request, const engine::ConvertReport& report) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_object().key("source").text(request.store).key("source_snapshot").integer(report.source_snapshot);
  json.key("store").text(request.destination).key("snapshot").integer(report.snapshot);
  json.key("uuid").text(report.uuid).key("storage").text(request.storage).key("compression");
  report.compression < 0 ? json.text(engine::compression_text(report.compression)) : json.integer(report.compression);
  json.key("instruments").integer(report.instruments).key("bars").integer(report.bars);
  json.key("minutes").integer(report.minutes);
  json.key("files").integer(report.files);
  json.key("bytes_before").integer(report.bytes_before).key("bytes_after").integer(report.bytes_after).end_object();
  return out + "\n";
}

}  // namespace

Result<void> run_store_convert(Session& session) {
  engine::ConvertRequest request = session.options.convert;
  request.store = session.store();
  request.tool_version = MOMENTUM_VERSION;
  const Result<engine::ConvertReport> made = engine::convert_store(session.ctx, request);
  if (session.progress != nullptr) session.progress->finish();
  if (!made) return std::unexpected(made.error());
  session.say(report::printable(filled(report::Text::converted, session.lang, made->source_snapshot,
                                       request.destination, report::grouped(made->instruments),
                                       report::grouped(made->bars + made->minutes), report::grouped(made->files),
                                       size_text(made->bytes_after), size_text(made->bytes_before))));
  if (session.options.format != report::Format::json) return {};
  return session.emit(convert_json(request, *made));
}

Result<void> run_store_export(Session& session) {
  engine::ExportRequest request = session.options.exported;
  request.store = session.store();
  const std::string& path = session.options.output;
  MOMENTUM_TRY(report::FileBeside file, report::FileBeside::create(path));
  const Result<engine::ExportReport> made = engine::export_bars(session.ctx, request, file.temporary(), path);
  if (session.progress != nullptr) session.progress->finish();
  if (!made) {
    Error error = made.error();
    if (error.where == file.temporary()) error.where = path;
    return std::unexpected(std::move(error));
  }
  MOMENTUM_TRY_VOID(file.take_place(session.ctx));
  session.note_adjustment(made->adjust_applied);
  // CSV has no place for the mark
  if (made->synthetic) session.note(report::text(report::Text::synthetic, session.lang));
  session.say(report::printable(filled(report::Text::exported, session.lang, report::grouped(made->rows),
                                       report::grouped(made->instruments), path, made->adjust_applied)));
  return {};
}

}  // namespace momentum::cli
