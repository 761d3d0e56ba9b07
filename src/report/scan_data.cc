// A scan for programs: CSV and JSON. Keys and order are the contract of docs/cli.md.

#include <cmath>
#include <string_view>

#include "flags_text.h"
#include "momentum/report/csv_writer.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/scan_report.h"

namespace momentum::report {
namespace {

using score::Record;
using score::Scan;

constexpr std::string_view kTotal = "总分";

void csv_header(CsvWriter& csv) {
  for (const std::string_view name :
       {"ts_code", "name", "industry", "board", "close", "pct_chg", "amount", "momentum_20", "momentum_20d", "rsi",
        "macd", "macd_hist", "volume_ratio", "score", "score_raw"}) {
    csv.field(name);
  }
  for (const score::Part& part : score::classic_parts()) csv.field(part.key);
  for (const std::string_view name : {"status", "reason", "flags", "as_of", "first_bar", "bars", "synthetic"}) {
    csv.field(name);
  }
  csv.end_row();
}

void csv_record(CsvWriter& csv, const Record& r) {
  csv.field(r.ts_code).field(r.name).field(r.industry).field(r.board);
  csv.number(r.close).number(r.pct_chg).number(r.amount).number(r.momentum_20).number(r.momentum_20);
  csv.number(r.rsi).number(r.macd).number(r.macd_hist).number(r.volume_ratio).number(r.score).number(r.score_raw);
  for (const double part : r.details) csv.number(part);
  csv.field(score::to_string(r.status)).field(r.reason.en).field(flags_text(r));
  csv.field(to_string(r.as_of)).field(to_string(r.first_bar)).field(std::to_string(r.bars));
  csv.field(r.synthetic ? "true" : "false");
  csv.end_row();
}

void json_date(JsonWriter& json, std::string_view key, Date date) { json.key(key).text_or_null(to_string(date)); }

void json_record(JsonWriter& json, const Record& r) {
  const auto text = [&](std::string_view key, std::string_view value) { json.key(key).text_or_null(value); };
  const auto number = [&](std::string_view key, double value) { json.key(key).number(value); };
  json.begin_object();
  text("ts_code", r.ts_code);
  text("name", r.name);
  text("industry", r.industry);
  text("board", r.board);
  number("close", r.close);
  number("pct_chg", r.pct_chg);
  number("amount", r.amount);
  number("momentum_20", r.momentum_20);
  number("momentum_20d", r.momentum_20);
  number("rsi", r.rsi);
  number("macd", r.macd);
  number("macd_hist", r.macd_hist);
  number("volume_ratio", r.volume_ratio);
  number("score", r.score);
  number("score_raw", r.score_raw);
  json.key("score_details");
  if (std::isnan(r.score)) {
    json.null();
  } else {
    json.begin_object();
    for (std::size_t i = 0; i < score::kParts; ++i) number(score::classic_parts()[i].key, r.details[i]);
    number(kTotal, r.score);
    json.end_object();
  }
  text("status", score::to_string(r.status));
  text("reason", r.reason.en);
  json.key("flags").begin_array();
  for (const std::string& flag : r.flags) json.text(flag);
  json.end_array();
  json_date(json, "as_of", r.as_of);
  json_date(json, "first_bar", r.first_bar);
  json.key("bars").integer(r.bars);
  json.key("synthetic").boolean(r.synthetic);
  json.end_object();
}

void json_records(JsonWriter& json, std::string_view key, const std::vector<Record>& records) {
  json.line_break().key(key).begin_array();
  for (const Record& record : records) {
    json.line_break();
    json_record(json, record);
  }
  if (!records.empty()) json.line_break();
  json.end_array();
}

}  // namespace

std::string scan_csv(const Scan& scan, const ScanView& view) {
  std::string out;
  CsvWriter csv(out);
  csv_header(csv);
  for (const Record& record : scan.results) csv_record(csv, record);
  if (view.unranked) {
    for (const Record& record : scan.unranked) csv_record(csv, record);
  }
  return out;
}

std::string scan_json(const Scan& scan) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json_date(json, "as_of", scan.as_of);
  json_date(json, "requested_as_of", scan.requested_as_of);
  json.key("coverage").number(scan.coverage);
  json.key("profile").text(scan.profile);
  json.key("adjust_applied").text(scan.adjust_applied);
  json.key("history").text(scan.history);
  json.key("freq").text(scan.frequency);
  json.key("numerics").integer(scan.numerics);
  json.key("store_snapshot").text_or_null(scan.store_snapshot);
  json.key("synthetic").boolean(scan.synthetic);
  json_records(json, "results", scan.results);
  json_records(json, "unranked", scan.unranked);
  const Scan::Statistics& s = scan.statistics;
  json.line_break().key("statistics").begin_object();
  json.key("universe").integer(s.universe);
  json.key("ranked").integer(s.ranked);
  json.key("filtered").integer(s.filtered);
  json.key("delisted").integer(s.delisted);
  json.key("unranked").begin_object();
  for (const auto& [status, count] : s.unranked) json.key(status).integer(count);
  json.end_object();
  json.key("avg_score").number(s.avg_score);
  json.key("max_score").number(s.max_score);
  json.key("min_score").number(s.min_score);
  json.end_object();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace momentum::report
