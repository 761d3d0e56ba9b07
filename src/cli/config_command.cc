// config: each option, its value and where that comes from.

#include <algorithm>
#include <cstdlib>

#include "momentum/report/csv_writer.h"
#include "momentum/report/grid.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/text_width.h"
#include "session.h"

namespace momentum::cli {
namespace {

const char* name_of(Source source) {
  switch (source) {
    case Source::preset: return "default";
    case Source::file: return "file";
    case Source::environment: return "environment";
    case Source::option: break;
  }
  return "option";
}

// What the options alone cannot know: the store's other places, and the locale.
std::vector<Setting> completed(const Session& session) {
  std::vector<Setting> settings = session.options.settings;
  const char* variable = std::getenv("MOMENTUM_STORE");
  const bool named = variable != nullptr && *variable != '\0';
  for (Setting& setting : settings) {
    if (setting.key == "store" && named && setting.source != Source::option) {
      setting.value = variable;
      setting.source = Source::environment;
      setting.where = "$MOMENTUM_STORE";
    }
    if (setting.key == "store" && setting.source == Source::preset) setting.value = session.store();
    if (setting.key == "lang" && setting.source == Source::preset)
      setting.value = session.lang == report::Lang::zh ? "zh" : "en";
  }
  return settings;
}

std::string config_csv(const std::vector<Setting>& settings) {
  std::string out;
  report::CsvWriter csv(out);
  for (const char* name : {"command", "option", "value", "source", "where"}) csv.field(name);
  csv.end_row();
  for (const Setting& one : settings) {
    csv.field(one.command).field(one.key).field(one.value).field(name_of(one.source)).field(one.where);
    csv.end_row();
  }
  return out;
}

std::string config_json(const std::vector<Setting>& settings) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_array();
  for (const Setting& one : settings) {
    json.line_break().begin_object();
    json.key("command").text_or_null(one.command);
    json.key("option").text(one.key);
    json.key("value").text_or_null(one.value);
    json.key("source").text(name_of(one.source));
    json.key("where").text_or_null(one.where);
    json.end_object();
  }
  json.end_array();
  return out + "\n";
}

std::string config_table(const std::vector<Setting>& settings, const report::TableStyle& style) {
  report::Grid grid;
  for (const char* title : {"command", "option", "value", "source", "where"})
    grid.columns.push_back({.title = title, .right = false});
  for (const Setting& one : settings) {
    const report::Tint tint = one.source == Source::preset ? report::Tint::dim : report::Tint::none;
    std::vector<report::Cell> row;
    for (const std::string& text :
         {one.command, one.key, one.value.empty() ? "-" : one.value, std::string(name_of(one.source)), one.where})
      row.push_back({report::printable(text), tint});
    grid.rows.push_back(std::move(row));
  }
  return report::lay_out(grid, style.width > 0 ? static_cast<std::size_t>(style.width) : 0, style.color).text;
}

}  // namespace

Result<void> run_config(Session& session) {
  const std::vector<Setting> settings = completed(session);
  switch (session.format()) {
    case report::Format::json: return session.emit(config_json(settings));
    case report::Format::csv: return session.emit(config_csv(settings));
    case report::Format::table:
    case report::Format::parquet: break;
  }
  return session.emit(config_table(settings, session.style()));
}

}  // namespace momentum::cli
