#include "momentum/report/parquet_report.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <new>
#include <string_view>

#include "flags_text.h"
#include "momentum/report/number.h"

namespace momentum::report {
namespace {

using score::Record;
using score::Scan;

std::unexpected<Error> failed(const arrow::Status& status) {
  if (status.IsOutOfMemory()) return fail(ErrorCode::out_of_memory, "not enough memory for the Parquet file");
  return fail(ErrorCode::internal, "cannot write Parquet: " + status.ToString());
}

// NaN as null: a missing number is one thing to every reader.
std::shared_ptr<arrow::ChunkedArray> without_nan(const std::shared_ptr<arrow::ChunkedArray>& column) {
  if (column->type()->id() != arrow::Type::DOUBLE) return column;
  arrow::DoubleBuilder builder;
  for (const auto& chunk : column->chunks()) {
    const auto& values = static_cast<const arrow::DoubleArray&>(*chunk);
    for (std::int64_t i = 0; i < values.length(); ++i) {
      const bool missing = values.IsNull(i) || std::isnan(values.Value(i));
      if (!(missing ? builder.AppendNull() : builder.Append(values.Value(i))).ok()) throw std::bad_alloc();
    }
  }
  return std::make_shared<arrow::ChunkedArray>(builder.Finish().ValueOrDie());
}

// One column of a scan after another, each over all records.
class ScanColumns {
 public:
  explicit ScanColumns(std::vector<const Record*> records) : records_(std::move(records)) {}

  void text(std::string_view name, const std::function<std::string(const Record&)>& value, bool empty_is_null = true) {
    arrow::StringBuilder builder;
    add(name, builder, [&](const Record& r) {
      const std::string one = value(r);
      return one.empty() && empty_is_null ? builder.AppendNull() : builder.Append(one);
    });
  }
  void number(std::string_view name, const std::function<double(const Record&)>& value) {
    arrow::DoubleBuilder builder;
    add(name, builder, [&](const Record& r) { return builder.Append(value(r)); });
  }
  void date(std::string_view name, Date Record::* member) {
    arrow::Date32Builder builder;
    add(name, builder, [&](const Record& r) {
      const Date day = r.*member;
      return day.has_value() ? builder.Append(day.days) : builder.AppendNull();
    });
  }
  void integer(std::string_view name, std::int64_t Record::* member) {
    arrow::Int64Builder builder;
    add(name, builder, [&](const Record& r) { return builder.Append(r.*member); });
  }
  void boolean(std::string_view name, bool Record::* member) {
    arrow::BooleanBuilder builder;
    add(name, builder, [&](const Record& r) { return builder.Append(r.*member); });
  }
  std::shared_ptr<arrow::Table> table() {
    return arrow::Table::Make(arrow::schema(fields_), arrays_, static_cast<std::int64_t>(records_.size()));
  }

 private:
  template <class Builder, class Append>
  void add(std::string_view name, Builder& builder, const Append& append) {
    for (const Record* record : records_)
      if (!append(*record).ok()) throw std::bad_alloc();
    std::shared_ptr<arrow::Array> array;
    if (!builder.Finish(&array).ok()) throw std::bad_alloc();
    fields_.push_back(arrow::field(std::string(name), array->type()));
    arrays_.push_back(std::move(array));
  }

  std::vector<const Record*> records_;
  arrow::FieldVector fields_;
  arrow::ArrayVector arrays_;
};

std::shared_ptr<arrow::Table> scan_rows(const Scan& scan, const ScanView& view) {
  std::vector<const Record*> records;
  for (const Record& record : scan.results) records.push_back(&record);
  if (view.unranked)
    for (const Record& record : scan.unranked) records.push_back(&record);
  ScanColumns columns(std::move(records));
  const auto text = [&](std::string_view name, std::string Record::* member) {
    columns.text(name, [member](const Record& r) { return r.*member; });
  };
  const auto number = [&](std::string_view name, double Record::* member) {
    columns.number(name, [member](const Record& r) { return r.*member; });
  };
  text("ts_code", &Record::ts_code);
  text("name", &Record::name);
  text("industry", &Record::industry);
  text("board", &Record::board);
  number("close", &Record::close);
  number("pct_chg", &Record::pct_chg);
  number("amount", &Record::amount);
  number("momentum_20", &Record::momentum_20);
  number("momentum_20d", &Record::momentum_20);
  number("rsi", &Record::rsi);
  number("macd", &Record::macd);
  number("macd_hist", &Record::macd_hist);
  number("volume_ratio", &Record::volume_ratio);
  number("score", &Record::score);
  number("score_raw", &Record::score_raw);
  for (std::size_t p = 0; p < score::kParts; ++p)
    columns.number(score::classic_parts()[p].key, [p](const Record& r) { return r.details[p]; });
  columns.text("status", [](const Record& r) { return std::string(score::to_string(r.status)); });
  columns.text("reason", [](const Record& r) { return r.reason.en; });
  columns.text("flags", [](const Record& r) { return flags_text(r); }, false);
  columns.date("as_of", &Record::as_of);
  columns.date("first_bar", &Record::first_bar);
  columns.integer("bars", &Record::bars);
  columns.boolean("synthetic", &Record::synthetic);
  return columns.table();
}

Result<std::string> written(const arrow::Table& rows, const FileNotes& notes) {
  const auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [key, value] : notes)
    if (!value.empty()) metadata->Append(key, value);
  std::vector<std::shared_ptr<arrow::ChunkedArray>> columns;
  for (const auto& column : rows.columns()) columns.push_back(without_nan(column));
  const auto table = arrow::Table::Make(rows.schema(), columns, rows.num_rows());

  const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
  auto sink = arrow::io::BufferOutputStream::Create();
  if (!sink.ok()) return failed(sink.status());
  auto writer = parquet::arrow::FileWriter::Open(*table->schema(), arrow::default_memory_pool(), *sink, properties);
  if (!writer.ok()) return failed(writer.status());
  for (const arrow::Status& status : {(*writer)->WriteTable(*table, std::max<std::int64_t>(rows.num_rows(), 1)),
                                      (*writer)->AddKeyValueMetadata(metadata), (*writer)->Close()})
    if (!status.ok()) return failed(status);
  const auto bytes = (*sink)->Finish();
  if (!bytes.ok()) return failed(bytes.status());
  return (*bytes)->ToString();
}

}  // namespace

Result<std::string> rows_parquet(const arrow::Table& rows, const FileNotes& notes) {
  try {
    return written(rows, notes);
  } catch (const std::bad_alloc&) {
    return failed(arrow::Status::OutOfMemory("bad_alloc"));
  }
}

Result<std::string> scan_parquet(const Scan& scan, const ScanView& view) {
  try {
    return written(*scan_rows(scan, view), {{"as_of", to_string(scan.as_of)},
                                            {"requested_as_of", to_string(scan.requested_as_of)},
                                            {"coverage", shortest(scan.coverage)},
                                            {"profile", scan.profile},
                                            {"adjust_applied", scan.adjust_applied},
                                            {"history", scan.history},
                                            {"freq", scan.frequency},
                                            {"numerics", std::to_string(scan.numerics)},
                                            {"store_snapshot", scan.store_snapshot},
                                            {"synthetic", scan.synthetic ? "true" : "false"}});
  } catch (const std::bad_alloc&) {
    return failed(arrow::Status::OutOfMemory("bad_alloc"));
  }
}

}  // namespace momentum::report
