#include "momentum/report/rows_report.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "header_line.h"
#include "momentum/base/date.h"
#include "momentum/report/csv_writer.h"
#include "momentum/report/grid.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/sparkline.h"
#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

// One column, read value by value. Rows of a result are few; a visitor per type would buy nothing here.
class ColumnReader {
 public:
  static Result<ColumnReader> open(const arrow::Table& table, int index) {
    const auto& column = *table.column(index);
    switch (column.type()->id()) {
      case arrow::Type::DATE32:
      case arrow::Type::DOUBLE:
      case arrow::Type::FLOAT:
      case arrow::Type::INT32:
      case arrow::Type::INT64:
      case arrow::Type::BOOL:
      case arrow::Type::STRING:
      case arrow::Type::LARGE_STRING: break;
      default:
        return fail(ErrorCode::internal, "cannot print a column of type " + column.type()->ToString(),
                    table.schema()->field(index)->name());
    }
    return ColumnReader(table.schema()->field(index)->name(), column);
  }

  const std::string& name() const { return name_; }
  arrow::Type::type type() const { return column_->type()->id(); }
  bool is_number() const { return type() == arrow::Type::DOUBLE || type() == arrow::Type::FLOAT; }
  bool is_integer() const { return type() == arrow::Type::INT32 || type() == arrow::Type::INT64; }
  bool is_bool() const { return type() == arrow::Type::BOOL; }

  // Rows are asked for in ascending order mostly; the chunk is kept.
  bool null(std::int64_t row) const { return chunk_of(row).IsNull(within_); }

  double number(std::int64_t row) const {
    const arrow::Array& chunk = chunk_of(row);
    if (chunk.IsNull(within_)) return NAN;
    if (type() == arrow::Type::FLOAT) return static_cast<const arrow::FloatArray&>(chunk).Value(within_);
    return static_cast<const arrow::DoubleArray&>(chunk).Value(within_);
  }

  std::int64_t integer(std::int64_t row) const {
    const arrow::Array& chunk = chunk_of(row);
    if (type() == arrow::Type::INT32) return static_cast<const arrow::Int32Array&>(chunk).Value(within_);
    return static_cast<const arrow::Int64Array&>(chunk).Value(within_);
  }

  bool boolean(std::int64_t row) const { return static_cast<const arrow::BooleanArray&>(chunk_of(row)).Value(within_); }

  // Dates and strings.
  std::string text(std::int64_t row) const {
    const arrow::Array& chunk = chunk_of(row);
    if (chunk.IsNull(within_)) return {};
    if (type() == arrow::Type::DATE32)
      return to_string(Date{static_cast<const arrow::Date32Array&>(chunk).Value(within_)});
    if (type() == arrow::Type::STRING) return static_cast<const arrow::StringArray&>(chunk).GetString(within_);
    return static_cast<const arrow::LargeStringArray&>(chunk).GetString(within_);
  }

 private:
  ColumnReader(std::string name, const arrow::ChunkedArray& column) : name_(std::move(name)), column_(&column) {}

  const arrow::Array& chunk_of(std::int64_t row) const {
    if (row < first_) {
      chunk_ = 0;
      first_ = 0;
    }
    while (row >= first_ + column_->chunk(chunk_)->length()) first_ += column_->chunk(chunk_++)->length();
    within_ = row - first_;
    return *column_->chunk(chunk_);
  }

  std::string name_;
  const arrow::ChunkedArray* column_;
  mutable int chunk_ = 0;
  mutable std::int64_t first_ = 0;
  mutable std::int64_t within_ = 0;
};

Result<std::vector<ColumnReader>> open_all(const arrow::Table& table) {
  std::vector<ColumnReader> readers;
  for (int i = 0; i < table.num_columns(); ++i) {
    MOMENTUM_TRY(ColumnReader reader, ColumnReader::open(table, i));
    readers.push_back(std::move(reader));
  }
  return readers;
}

bool is_fraction(std::string_view name) {
  return name.starts_with("momentum_") || name == "volatility_20" || name == "turnover" || name == "pct_chg";
}

Cell cell_of(const ColumnReader& column, std::int64_t row, Lang lang) {
  if (column.null(row)) return {"-", Tint::dim};
  if (column.is_integer()) return {grouped(column.integer(row))};
  if (column.is_bool()) return {column.boolean(row) ? "true" : "false"};
  if (!column.is_number()) return {printable(column.text(row))};
  const double value = column.number(row);
  const std::string& name = column.name();
  if (is_fraction(name)) return {percent(value, 2, true), value > 0 ? Tint::up : value < 0 ? Tint::down : Tint::none};
  if (name == "volume" || name == "amount" || name.starts_with("vol_ma")) return {quantity(value, lang)};
  if (name.starts_with("macd") || name == "signal") return {fixed(value, 4)};
  return {fixed(value, 2)};
}

const ColumnReader* find(const std::vector<ColumnReader>& columns, std::string_view name) {
  const auto it = std::ranges::find(columns, name, &ColumnReader::name);
  return it == columns.end() ? nullptr : &*it;
}

void json_value(JsonWriter& json, const ColumnReader& column, std::int64_t row) {
  if (column.null(row)) {
    json.null();
  } else if (column.is_number()) {
    json.number(column.number(row));
  } else if (column.is_integer()) {
    json.integer(column.integer(row));
  } else if (column.is_bool()) {
    json.boolean(column.boolean(row));
  } else {
    json.text(column.text(row));
  }
}

}  // namespace

Result<std::string> rows_table(const arrow::Table& rows, const RowsTitle& title, const TableStyle& style) {
  MOMENTUM_TRY(const std::vector<ColumnReader> columns, open_all(rows));
  const std::int64_t count = rows.num_rows();
  const std::int64_t from = count - std::min<std::int64_t>(count, static_cast<std::int64_t>(style.rows));

  EntryLine header(style.width);
  header.add(tinted(printable(title.code), Tint::bold, style.color));
  header.add(printable(title.name));
  if (!title.adjust_applied.empty()) {
    header.add(fmt::format("{} {}", text(Text::prices, style.lang), printable(title.adjust_applied)));
  }
  if (title.synthetic) header.add(text(Text::synthetic, style.lang));
  std::string out = header.finish();

  const ColumnReader* open = find(columns, "open");
  const ColumnReader* close = find(columns, "close");
  if (close != nullptr && close->is_number() && count > 0) {
    std::vector<double> closes;
    for (std::int64_t r = std::max<std::int64_t>(0, count - 60); r < count; ++r) closes.push_back(close->number(r));
    const std::string line = sparkline(closes, style.width > 0 ? static_cast<std::size_t>(style.width) : 60);
    if (!line.empty()) out += line + "\n";
  }

  Grid grid;
  for (const ColumnReader& column : columns) {
    const int priority = static_cast<int>(grid.columns.size());
    const bool right = column.is_number() || column.is_integer();
    grid.columns.push_back({.title = printable(column.name()), .right = right, .priority = priority});
  }
  for (std::int64_t r = from; r < count; ++r) {
    std::vector<Cell> row;
    for (const ColumnReader& column : columns) {
      row.push_back(cell_of(column, r, style.lang));
      // the colour of the candle
      if (&column == close && open != nullptr && close->is_number() && open->is_number()) {
        const double change = close->number(r) - open->number(r);
        row.back().tint = change > 0 ? Tint::up : change < 0 ? Tint::down : Tint::none;
      }
    }
    grid.rows.push_back(std::move(row));
  }
  const LaidOut laid = lay_out(grid, style.width > 0 ? static_cast<std::size_t>(style.width) : 0, style.color);
  out += laid.text;
  out += left_out_note(laid.left_out, style);
  if (from > 0) out += filled(text(Text::earlier_rows, style.lang), grouped(from)) + "\n";
  return out;
}

Result<std::string> rows_csv(const arrow::Table& rows) {
  MOMENTUM_TRY(const std::vector<ColumnReader> columns, open_all(rows));
  std::string out;
  CsvWriter csv(out);
  for (const ColumnReader& column : columns) csv.field(column.name());
  csv.end_row();
  for (std::int64_t r = 0; r < rows.num_rows(); ++r) {
    for (const ColumnReader& column : columns) {
      if (column.null(r)) {
        csv.field("");
      } else if (column.is_number()) {
        csv.number(column.number(r));
      } else if (column.is_integer()) {
        csv.field(fmt::format("{}", column.integer(r)));
      } else if (column.is_bool()) {
        csv.field(column.boolean(r) ? "true" : "false");
      } else {
        csv.field(column.text(r));
      }
    }
    csv.end_row();
  }
  return out;
}

Result<std::string> rows_json(const arrow::Table& rows, const RowsTitle& title) {
  MOMENTUM_TRY(const std::vector<ColumnReader> columns, open_all(rows));
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("ts_code").text_or_null(title.code);
  json.key("name").text_or_null(title.name);
  json.key("adjust_applied").text_or_null(title.adjust_applied);
  json.key("synthetic").boolean(title.synthetic);
  json.line_break().key("rows").begin_array();
  for (std::int64_t r = 0; r < rows.num_rows(); ++r) {
    json.line_break().begin_object();
    for (const ColumnReader& column : columns) {
      json.key(column.name());
      json_value(json, column, r);
    }
    json.end_object();
  }
  if (rows.num_rows() > 0) json.line_break();
  json.end_array();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace momentum::report
