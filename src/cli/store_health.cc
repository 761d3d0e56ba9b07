#include "store_health.h"

#include <fmt/format.h>

#include "momentum/report/grid.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/text_width.h"

namespace momentum::cli {
namespace {

using report::Text;

double bytes_a_bar(std::int64_t bytes, std::int64_t bars) {
  return bars == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(bars);
}

// Of another dataset than that of days, with its name.
std::string of_dataset(const std::string& dataset, std::string_view name) {
  return dataset == "daily" ? std::string(name) : fmt::format("{}: {}", dataset, name);
}

// "label  text", labels of one width.
std::string lines_of(const std::vector<std::pair<Text, std::string>>& lines, report::Lang lang) {
  report::Grid grid;
  grid.columns = {{.title = "", .right = false}, {.title = "", .right = false}};
  for (const auto& [label, text] : lines)
    grid.rows.push_back({{std::string(report::text(label, lang))}, {report::printable(text)}});
  std::string text = report::lay_out(grid, 0, false).text;
  return text.substr(text.find('\n') + 1);  // without the empty titles
}

constexpr int kWords = 24, kAllWords = 240;  // room of a column of words, at least and at most

// Columns from the first of `numbers` to before the second stand to the right; what comes behind are words, for which the room
// that is left must do.
std::string grid_of(const std::vector<Text>& titles, std::pair<std::size_t, std::size_t> numbers,
                    const std::vector<std::vector<std::string>>& rows, const report::TableStyle& style) {
  report::Grid grid;
  for (std::size_t c = 0; c < titles.size(); ++c)
    grid.columns.push_back(
        {.title = std::string(report::text(titles[c], style.lang)), .right = c >= numbers.first && c < numbers.second});
  for (const auto& row : rows) {
    grid.rows.emplace_back();
    for (const std::string& cell : row) grid.rows.back().push_back({cell});
  }
  for (std::size_t c = numbers.second; c < titles.size(); ++c) {
    grid.columns[c].min_width = kWords;
    grid.columns[c].max_width = kAllWords;
    grid.columns[c].fill = [&rows, c](std::size_t row, std::size_t) { return report::Cell{rows[row][c]}; };
  }
  return report::lay_out(grid, static_cast<std::size_t>(style.width), style.color).text;
}

}  // namespace

std::string size_text(std::int64_t bytes) {
  const auto n = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", n / 1024);
  return fmt::format("{:.1f} MiB", n / (1024 * 1024));
}

std::string store_info_text(const engine::StoreSummary& store, const report::TableStyle& style) {
  const auto filled = [&](Text label, const auto&... values) {
    return fmt::format(fmt::runtime(report::text(label, style.lang)), values...);
  };
  const auto separator = report::text(Text::list_separator, style.lang);
  std::vector<std::pair<Text, std::string>> lines;
  lines.emplace_back(Text::store,
                     fmt::format("{}: format {}, {}, compression {}", store.folder, store.info.format_version,
                                 store.info.storage, engine::compression_text(store.info.compression)));
  if (store.info.synthetic)
    lines.emplace_back(Text::store, fmt::format("{}: momentum demo {}", report::text(Text::synthetic, style.lang),
                                                store.info.arguments));
  std::string snapshot =
      fmt::format("{}: {}, {}", store.snapshot.id, store.snapshot.op, catalog::time_text(store.snapshot.created));
  if (!store.snapshot.note.empty()) snapshot += fmt::format(" ({})", store.snapshot.note);
  lines.emplace_back(Text::snapshot, snapshot);
  std::string data = filled(Text::instruments_and_bars, report::grouped(store.instruments),
                            report::grouped(store.instruments_with_bars), report::grouped(store.bars));
  if (store.bars > 0) data += fmt::format("{}{}..{}", separator, to_string(store.first), to_string(store.last));
  lines.emplace_back(Text::data, data);
  std::string size = size_text(store.bytes);
  if (store.bars > 0)
    size += fmt::format("{}{:.2f} {} {}", separator, bytes_a_bar(store.bytes - store.minutes.bytes, store.bars),
                        report::text(Text::bytes, style.lang), report::text(Text::bytes_a_bar, style.lang));
  lines.emplace_back(Text::size, size);
  if (store.minutes.bars > 0)
    lines.emplace_back(
        Text::minutes,
        fmt::format("{}{}{}..{}{}{}{}{:.2f} {} {}",
                    filled(Text::minutes_count, report::grouped(store.minutes.instruments),
                           report::grouped(store.minutes.bars)),
                    separator, to_string(store.minutes.first), to_string(store.minutes.last), separator,
                    size_text(store.minutes.bytes), separator, bytes_a_bar(store.minutes.bytes, store.minutes.bars),
                    report::text(Text::bytes, style.lang), report::text(Text::bytes_a_bar, style.lang)));
  lines.emplace_back(Text::factors, filled(Text::factor_count, report::grouped(store.factor_events),
                                           report::grouped(store.unverified_links)));
  if (store.corporate_actions + store.price_limits > 0)
    lines.emplace_back(Text::facts, filled(Text::fact_count, report::grouped(store.corporate_actions),
                                           report::grouped(store.price_limits)));
  for (const engine::SessionsSummary& market : store.sessions) {
    lines.emplace_back(Text::sessions, fmt::format("{}: {}", market.market,
                                                   filled(Text::sessions_count, report::grouped(market.sessions),
                                                          to_string(market.first), to_string(market.last),
                                                          report::grouped(market.last_bars))));
  }
  std::string out = lines_of(lines, style.lang);
  if (store.levels.empty()) return out;

  std::vector<std::vector<std::string>> rows;
  for (const engine::LevelSummary& level : store.levels)
    rows.push_back({of_dataset(level.dataset, engine::to_string(level.level)), report::grouped(level.files),
                    report::grouped(level.rows), report::grouped(level.bytes),
                    fmt::format("{:.2f}", bytes_a_bar(level.bytes, level.rows))});
  out += "\n" + grid_of({Text::level, Text::files, Text::rows, Text::bytes, Text::bytes_a_bar}, {1, 5}, rows, style);
  rows.clear();
  for (const engine::ColumnSummary& column : store.columns)
    rows.push_back({of_dataset(column.dataset, column.name), column.form, column.encoding, column.codec,
                    report::grouped(column.files), report::grouped(column.bytes),
                    fmt::format("{:.2f}", bytes_a_bar(column.bytes, column.rows)), report::printable(column.reason)});
  return out + "\n" +
         grid_of({Text::column, Text::form, Text::encoding, Text::codec, Text::files, Text::bytes, Text::bytes_a_value,
                  Text::reason},
                 {4, 7}, rows, style);
}

std::string store_info_json(const engine::StoreSummary& store) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_object();
  json.key("store").text(store.folder);
  json.key("format").integer(store.info.format_version);
  json.key("uuid").text(store.info.uuid);
  json.key("created").text(catalog::time_text(store.info.created));
  json.key("tool_version").text_or_null(store.info.tool_version);
  json.key("storage").text(store.info.storage);
  json.key("compression");
  if (store.info.compression == catalog::kCompatCompression) {
    json.text(engine::compression_text(store.info.compression));
  } else {
    json.integer(store.info.compression);
  }
  json.key("buckets").integer(store.info.buckets);
  json.key("synthetic").boolean(store.info.synthetic);
  json.key("arguments").text_or_null(store.info.arguments);
  json.key("snapshot").begin_object();
  json.key("id").integer(store.snapshot.id);
  json.key("op").text(store.snapshot.op);
  json.key("note").text_or_null(store.snapshot.note);
  json.key("created").text(catalog::time_text(store.snapshot.created));
  json.end_object();
  json.key("instruments").integer(store.instruments);
  json.key("instruments_with_bars").integer(store.instruments_with_bars);
  json.key("bars").integer(store.bars);
  json.key("bytes").integer(store.bytes);
  json.key("first").text_or_null(to_string(store.first));
  json.key("last").text_or_null(to_string(store.last));
  json.key("minutes").begin_object();
  json.key("instruments").integer(store.minutes.instruments);
  json.key("bars").integer(store.minutes.bars);
  json.key("bytes").integer(store.minutes.bytes);
  json.key("first").text_or_null(to_string(store.minutes.first));
  json.key("last").text_or_null(to_string(store.minutes.last));
  json.end_object();
  json.key("factor_events").integer(store.factor_events);
  json.key("unverified_links").integer(store.unverified_links);
  json.key("corporate_actions").integer(store.corporate_actions);
  json.key("price_limits").integer(store.price_limits);
  json.key("sessions").begin_array();
  for (const engine::SessionsSummary& market : store.sessions) {
    json.line_break().begin_object();
    json.key("market").text(market.market);
    json.key("sessions").integer(market.sessions);
    json.key("first").text(to_string(market.first));
    json.key("last").text(to_string(market.last));
    json.key("last_bars").integer(market.last_bars);
    json.end_object();
  }
  json.end_array();
  json.key("levels").begin_array();
  for (const engine::LevelSummary& level : store.levels) {
    json.line_break().begin_object();
    json.key("dataset").text(level.dataset);
    json.key("level").text(engine::to_string(level.level));
    json.key("files").integer(level.files);
    json.key("rows").integer(level.rows);
    json.key("bytes").integer(level.bytes);
    json.end_object();
  }
  json.end_array();
  json.key("columns").begin_array();
  for (const engine::ColumnSummary& column : store.columns) {
    json.line_break().begin_object();
    json.key("dataset").text(column.dataset);
    json.key("column").text(column.name);
    json.key("form").text(column.form);
    json.key("encoding").text(column.encoding);
    json.key("codec").text(column.codec);
    json.key("files").integer(column.files);
    json.key("rows").integer(column.rows);
    json.key("bytes").integer(column.bytes);
    json.key("reason").text(column.reason);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

std::string store_health_text(const std::string& folder, const Result<engine::StoreSummary>& store) {
  if (!store) return report::printable(store.error().to_string());
  std::int64_t files = 0;
  for (const engine::LevelSummary& level : store->levels) files += level.files;
  std::string bars = report::grouped(store->bars) + " bars";
  if (store->minutes.bars > 0) bars += ", " + report::grouped(store->minutes.bars) + " bars of minutes";
  return report::printable(fmt::format("{}: well; snapshot {}, {} instruments, {} in {} files, {}{}", folder,
                                       store->snapshot.id, report::grouped(store->instruments), bars, files,
                                       size_text(store->bytes), store->info.synthetic ? ", SYNTHETIC" : ""));
}

void add_store_health(report::JsonWriter& json, const std::string& folder, const Result<engine::StoreSummary>& store) {
  json.begin_object();
  json.key("folder").text(folder);
  const bool none = !store && store.error().code == ErrorCode::store_not_found;
  json.key("state").text(store ? "well" : none ? "none" : "unwell");
  json.key("error").text_or_null(store ? "" : store.error().to_string());
  const auto number = [&](std::string_view key, std::int64_t value) {
    json.key(key);
    store ? json.integer(value) : json.null();
  };
  std::int64_t files = 0;
  if (store) {
    for (const engine::LevelSummary& level : store->levels) files += level.files;
  }
  number("snapshot", store ? store->snapshot.id : 0);
  number("instruments", store ? store->instruments : 0);
  number("bars", store ? store->bars : 0);
  number("minutes", store ? store->minutes.bars : 0);
  number("files", files);
  number("unverified_links", store ? store->unverified_links : 0);
  json.end_object();
}

}  // namespace momentum::cli
