#include "golden.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <string_view>
#include <utility>

namespace momentum::score::oracle {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
namespace fs = std::filesystem;

std::unexpected<Error> wrong(ErrorCode code, std::string what, std::string where) {
  return std::unexpected(Error{code, std::move(what), std::move(where), {}});
}
std::unexpected<Error> unreadable(std::string what, std::string where) {
  return wrong(ErrorCode::unreadable_data, std::move(what), std::move(where));
}

std::vector<std::string_view> split(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> fields;
  for (std::size_t comma = line.find(','); comma != line.npos; comma = line.find(',')) {
    fields.push_back(line.substr(0, comma));
    line.remove_prefix(comma + 1);
  }
  fields.push_back(line);
  return fields;
}

// An empty field is a missing value; nullopt is no number.
std::optional<double> csv_number(std::string_view field) {
  if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return value;
}

Result<void> read_bars(const fs::path& path, GoldenCase& out) {
  std::ifstream file(path);
  if (!file) return wrong(ErrorCode::file_not_found, "no such golden file", path.string());
  std::string line;
  std::getline(file, line);
  if (line.ends_with('\r')) line.pop_back();
  std::vector<std::vector<double>*> columns = {&out.bars.open, &out.bars.high, &out.bars.low, &out.bars.close,
                                               &out.bars.volume};
  if (line == "date,open,high,low,close,vol,preclose") {
    columns.push_back(&out.bars.preclose);
  } else if (line != "date,open,high,low,close,vol") {
    return unreadable("unknown header " + line, path.string());
  }
  for (int number = 2; std::getline(file, line); ++number) {
    const std::string where = path.string() + ", line " + std::to_string(number);
    const std::vector<std::string_view> fields = split(line);
    if (fields.size() != columns.size() + 1) return unreadable("wrong number of fields", where);
    const std::optional<Date> date = parse_date(fields[0]);
    if (!date) return unreadable("no date", where);
    if (!out.dates.empty() && *date <= out.dates.back()) return unreadable("dates do not ascend", where);
    out.dates.push_back(*date);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::optional<double> value = csv_number(fields[i + 1]);
      if (!value) return unreadable("no number: " + std::string(fields[i + 1]), where);
      columns[i]->push_back(*value);
    }
  }
  if (out.dates.empty()) return unreadable("no bars", path.string());
  return {};
}

Result<double> number(element value, const std::string& where) {
  double found = 0;
  if (value.get(found) == simdjson::SUCCESS) return found;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  return unreadable("no number", where);
}

Result<double> number_at(object parent, std::string_view key, const std::string& where) {
  element value;
  if (parent[key].get(value) != simdjson::SUCCESS) return unreadable("key missing: " + std::string(key), where);
  return number(value, where + ": " + std::string(key));
}

// Null or absent: no row.
Result<std::optional<Row>> row_at(object parent, std::string_view key, const std::string& where) {
  element value;
  if (parent[key].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  object columns;
  if (value.get(columns) != simdjson::SUCCESS) return unreadable("no row: " + std::string(key), where);
  if (columns.size() != kColumns) return unreadable("wrong number of columns: " + std::string(key), where);
  Row row{};
  for (std::size_t i = 0; i < kColumns; ++i) {
    MOMENTUM_TRY(row[i], number_at(columns, kColumnNames[i], where + ": " + std::string(key)));
  }
  return row;
}

Result<std::map<std::string, double>> details_at(object parent, std::string_view key, const std::string& where) {
  object found;
  if (parent[key].get(found) != simdjson::SUCCESS) return unreadable("key missing: " + std::string(key), where);
  std::map<std::string, double> details;
  for (const auto field : found) {
    MOMENTUM_TRY(details[std::string(field.key)], number(field.value, where + ": " + std::string(key)));
  }
  return details;
}

// Absent where no row survives.
Result<Date> date_at(object parent, std::string_view key, const std::string& where) {
  std::string_view text;
  if (parent[key].get(text) != simdjson::SUCCESS) return Date{};
  const std::optional<Date> date = parse_date(text);
  if (!date) return unreadable("no date: " + std::string(key), where);
  return *date;
}

Result<GoldenAnswer> read_answer(object parent, const std::string& where) {
  GoldenAnswer answer;
  MOMENTUM_TRY(const double rows, number_at(parent, "rows", where));
  answer.rows = static_cast<std::size_t>(rows);
  MOMENTUM_TRY(answer.first_row_date, date_at(parent, "first_row_date", where));
  MOMENTUM_TRY(answer.last_row_date, date_at(parent, "last_row_date", where));
  MOMENTUM_TRY(answer.first, row_at(parent, "first", where));
  MOMENTUM_TRY(answer.prev, row_at(parent, "prev", where));
  MOMENTUM_TRY(answer.last, row_at(parent, "last", where));
  MOMENTUM_TRY(const double score, number_at(parent, "score", where));
  answer.score = static_cast<int>(score);
  MOMENTUM_TRY(answer.details, details_at(parent, "details", where));
  return answer;
}

Result<GoldenRecord> read_record(object parent, const std::string& where) {
  GoldenRecord record;
  for (const std::string_view key :
       {"close", "momentum_20", "momentum_20d", "rsi", "macd", "macd_hist", "volume_ratio", "score"}) {
    MOMENTUM_TRY(record.numbers[std::string(key)], number_at(parent, key, where));
  }
  MOMENTUM_TRY(record.details, details_at(parent, "score_details", where));
  return record;
}

Result<void> read_extras(object root, const std::string& where, GoldenCase& out) {
  object found;
  if (root["history_365d"].get(found) == simdjson::SUCCESS) {
    MOMENTUM_TRY(out.history_365d, read_answer(found, where + ": history_365d"));
  }
  element record;
  if (root["record_min_score_0"].get(record) == simdjson::SUCCESS) {
    out.has_record = true;
    if (record.get(found) == simdjson::SUCCESS) {
      MOMENTUM_TRY(out.record, read_record(found, where + ": record_min_score_0"));
    } else if (!record.is_null()) {
      return unreadable("neither a record nor null", where);
    }
  }
  std::string_view adjust;
  if (root["adjust"].get(adjust) == simdjson::SUCCESS) {
    if (adjust != "back") return unreadable("unknown adjustment", where);
    out.back_adjusted = true;
  }
  element value;
  if (root["factor_last"].get(value) == simdjson::SUCCESS) {
    MOMENTUM_TRY(out.factor_last, number(value, where + ": factor_last"));
  }
  if (root["score_unadjusted"].get(value) == simdjson::SUCCESS) {
    MOMENTUM_TRY(const double score, number(value, where + ": score_unadjusted"));
    out.score_unadjusted = static_cast<int>(score);
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> golden_names(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") names.push_back(entry->path().stem().string());
  }
  if (error) return wrong(ErrorCode::file_not_found, "no golden cases", folder.string());
  if (names.empty()) return wrong(ErrorCode::empty_input, "no golden cases", folder.string());
  std::sort(names.begin(), names.end());
  return names;
}

Result<GoldenCase> read_golden(const fs::path& folder, const std::string& name) {
  GoldenCase out;
  out.name = name;
  MOMENTUM_TRY_VOID(read_bars(folder / (name + ".csv"), out));

  const std::string where = (folder / (name + ".json")).string();
  simdjson::dom::parser parser;
  object root;
  if (const auto error = parser.load(where).get(root)) return unreadable(simdjson::error_message(error), where);
  MOMENTUM_TRY(out.answer, read_answer(root, where));
  MOMENTUM_TRY_VOID(read_extras(root, where, out));
  return out;
}

}  // namespace momentum::score::oracle
