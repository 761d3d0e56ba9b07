// store info and the list of dialects: what there is.

#include <fmt/format.h>

#include "momentum/engine/dialects.h"
#include "momentum/report/csv_writer.h"
#include "session.h"
#include "store_health.h"

namespace momentum::cli {
namespace {

using Named = std::pair<const char*, const std::string engine::DialectText::*>;
constexpr Named kNamed[] = {
    {"name", &engine::DialectText::name},     {"description", &engine::DialectText::description},
    {"header", &engine::DialectText::header}, {"units", &engine::DialectText::units},
    {"basis", &engine::DialectText::basis},   {"suspensions", &engine::DialectText::suspensions}};

std::string dialects_json() {
  std::string out;
  report::JsonWriter json(out);
  json.begin_array();
  for (const engine::DialectText& dialect : engine::list_dialects()) {
    json.line_break().begin_object();
    for (const auto& [key, member] : kNamed) json.key(key).text(dialect.*member);
    json.end_object();
  }
  json.end_array();
  return out + "\n";
}

std::string dialects_csv() {
  std::string out;
  report::CsvWriter csv(out);
  for (const auto& [key, member] : kNamed) csv.field(key);
  csv.end_row();
  for (const engine::DialectText& dialect : engine::list_dialects()) {
    for (const auto& [key, member] : kNamed) csv.field(dialect.*member);
    csv.end_row();
  }
  return out;
}

std::string dialects_text() {
  std::string out;
  for (const engine::DialectText& dialect : engine::list_dialects()) {
    out += fmt::format("{}: {}\n", dialect.name, dialect.description);
    for (const auto& [key, member] : kNamed) {
      if (member != &engine::DialectText::name && member != &engine::DialectText::description)
        out += fmt::format("  {:<12} {}\n", key, dialect.*member);
    }
  }
  return out;
}

}  // namespace

Result<void> run_dialects(Session& session) {
  switch (session.format()) {
    case report::Format::json: return session.emit(dialects_json());
    case report::Format::csv: return session.emit(dialects_csv());
    case report::Format::table:
    case report::Format::parquet: break;
  }
  return session.emit(dialects_text());
}

Result<void> run_store_info(Session& session) {
  const std::string folder = session.store();
  MOMENTUM_TRY(const engine::StoreSummary store, engine::describe_store(session.ctx, folder, session.options.snapshot));
  if (session.options.format == report::Format::json) return session.emit(store_info_json(store));
  return session.emit(store_info_text(store, session.style()));
}

}  // namespace momentum::cli
