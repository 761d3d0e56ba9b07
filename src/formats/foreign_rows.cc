#include "momentum/formats/foreign_rows.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "momentum/base/date.h"

namespace momentum::formats {
namespace {

using arrow::Type;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::int64_t per_second(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND: return 1;
    case arrow::TimeUnit::MILLI: return 1'000;
    case arrow::TimeUnit::MICRO: return 1'000'000;
    case arrow::TimeUnit::NANO: return 1'000'000'000;
  }
  return 1;
}

// Seconds since 1970. A day beyond those that dates have is written as the number it is, which is no date.
void put_seconds(std::string& to, std::int64_t seconds) {
  constexpr std::int64_t kDay = 86'400, kMostDays = 1'000'000;
  std::int64_t day = seconds / kDay, rest = seconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  if (day < -kMostDays || day > kMostDays) {
    to += std::to_string(seconds);
    return;
  }
  to += to_string(Date{static_cast<std::int32_t>(day)});
  if (rest != 0) fmt::format_to(std::back_inserter(to), " {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
}

// Almost all are decimals of four digits after the point, and of at most fifteen in all there is one that reads as the double.
void put_real(std::string& to, double value) {
  if (std::isnan(value)) return;
  constexpr double kMost = 1e11, kScale = 1e4;
  const double units = std::nearbyint(value * kScale);
  if (!(std::abs(value) < kMost) || units / kScale != value) {
    fmt::format_to(std::back_inserter(to), "{}", value);
    return;
  }
  const auto whole = static_cast<std::uint64_t>(std::abs(units));
  if (units < 0) to += '-';
  const fmt::format_int front(whole / 10'000);
  to.append(front.data(), front.size());
  auto rest = static_cast<unsigned>(whole % 10'000);
  if (rest == 0) return;
  to += '.';
  for (unsigned place = 1'000; rest != 0; place /= 10) {
    to += static_cast<char>('0' + rest / place);
    rest %= place;
  }
}

template <class Array>
auto value(const arrow::Array& array, std::int64_t row) {
  return static_cast<const Array&>(array).Value(row);
}

template <class Array>
void put_whole(std::string& to, const arrow::Array& array, std::int64_t row) {
  const fmt::format_int text(value<Array>(array, row));
  to.append(text.data(), text.size());
}

void put_cell(std::string& to, const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return;
  switch (array.type_id()) {
    case Type::BOOL: to += value<arrow::BooleanArray>(array, row) ? '1' : '0'; break;
    case Type::INT8: put_whole<arrow::Int8Array>(to, array, row); break;
    case Type::INT16: put_whole<arrow::Int16Array>(to, array, row); break;
    case Type::INT32: put_whole<arrow::Int32Array>(to, array, row); break;
    case Type::INT64: put_whole<arrow::Int64Array>(to, array, row); break;
    case Type::UINT8: put_whole<arrow::UInt8Array>(to, array, row); break;
    case Type::UINT16: put_whole<arrow::UInt16Array>(to, array, row); break;
    case Type::UINT32: put_whole<arrow::UInt32Array>(to, array, row); break;
    case Type::UINT64: put_whole<arrow::UInt64Array>(to, array, row); break;
    case Type::FLOAT: put_real(to, static_cast<double>(value<arrow::FloatArray>(array, row))); break;
    case Type::DOUBLE: put_real(to, value<arrow::DoubleArray>(array, row)); break;
    case Type::DECIMAL128: to += static_cast<const arrow::Decimal128Array&>(array).FormatValue(row); break;
    case Type::DECIMAL256: to += static_cast<const arrow::Decimal256Array&>(array).FormatValue(row); break;
    case Type::STRING: to += trimmed(static_cast<const arrow::StringArray&>(array).GetView(row)); break;
    case Type::LARGE_STRING: to += trimmed(static_cast<const arrow::LargeStringArray&>(array).GetView(row)); break;
    case Type::DATE32: put_seconds(to, std::int64_t{value<arrow::Date32Array>(array, row)} * 86'400); break;
    case Type::DATE64: put_seconds(to, value<arrow::Date64Array>(array, row) / 1'000); break;
    case Type::TIMESTAMP: {
      const std::int64_t unit = per_second(static_cast<const arrow::TimestampType&>(*array.type()).unit());
      const auto stamp = value<arrow::TimestampArray>(array, row);
      if (stamp == std::numeric_limits<std::int64_t>::min()) break;  // NaT
      put_seconds(to, stamp / unit - (stamp % unit < 0 ? 1 : 0));
      break;
    }
    case Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
      put_cell(to, *coded.dictionary(), coded.GetValueIndex(row));
      break;
    }
    default: break;  // NA; others are refused when the table is opened
  }
}

bool is_cell_type(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::NA:
    case Type::BOOL:
    case Type::INT8:
    case Type::INT16:
    case Type::INT32:
    case Type::INT64:
    case Type::UINT8:
    case Type::UINT16:
    case Type::UINT32:
    case Type::UINT64:
    case Type::FLOAT:
    case Type::DOUBLE:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::DATE32:
    case Type::DATE64:
    case Type::TIMESTAMP: return true;
    case Type::DICTIONARY: {
      const auto& of = *static_cast<const arrow::DictionaryType&>(type).value_type();
      return of.id() != Type::DICTIONARY && is_cell_type(of);
    }
    default: return false;
  }
}

bool is_day_type(const arrow::DataType& type) {
  return type.id() == Type::TIMESTAMP || type.id() == Type::DATE32 || type.id() == Type::DATE64;
}

Result<void> check_column(const arrow::Field& field, const std::string& where) {
  const std::string place = fmt::format("{}, column {}", where, field.name());
  if (!is_cell_type(*field.type()))
    return fail(ErrorCode::wrong_columns, fmt::format("values of type {}", field.type()->ToString()), place,
                "numbers, texts and dates are read; leave the column out");
  if (field.type()->id() != Type::TIMESTAMP) return {};
  const std::string& zone = static_cast<const arrow::TimestampType&>(*field.type()).timezone();
  if (zone.empty() || zone == "UTC" || zone == "Etc/UTC" || zone == "+00:00") return {};
  return fail(ErrorCode::wrong_columns, fmt::format("instants in the zone {} instead of dates", zone), place,
              "write the days, in pandas by tz_localize(None)");
}

std::vector<std::string> headings_of(const arrow::Schema& schema) {
  std::vector<std::string> out = schema.field_names();
  const bool has_date = std::ranges::find(out, "date") != out.end();
  for (int i = 0; i < schema.num_fields(); ++i) {
    std::string& heading = out[static_cast<std::size_t>(i)];
    const bool unnamed = heading == "__index_level_0__" || (i == 0 && heading == "index");
    if (unnamed) heading = is_day_type(*schema.field(i)->type()) && !has_date ? "date" : "";
  }
  return out;
}

}  // namespace

struct ForeignRows::State {
  std::shared_ptr<arrow::Table> table;
  std::vector<std::string> headings;
  arrow::TableBatchReader batches;
  std::shared_ptr<arrow::RecordBatch> batch;
  arrow::ArrayVector columns;  // of the batch, which takes a lock to hand one out
  std::int64_t at = 0;  // of the batch
  std::int64_t line = 0;
  std::vector<std::string> texts;
  std::vector<std::string_view> cells;

  explicit State(std::shared_ptr<arrow::Table> of)
      : table(std::move(of)),
        headings(headings_of(*table->schema())),
        batches(*table),
        texts(headings.size()),
        cells(headings.size()) {}
};

ForeignRows::ForeignRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
ForeignRows::ForeignRows(ForeignRows&&) noexcept = default;
ForeignRows& ForeignRows::operator=(ForeignRows&&) noexcept = default;
ForeignRows::~ForeignRows() = default;

Result<ForeignRows> ForeignRows::open(const std::shared_ptr<arrow::Table>& table, const std::string& where) {
  for (const auto& field : table->fields()) MOMENTUM_TRY_VOID(check_column(*field, where));
  return ForeignRows(std::make_unique<State>(table));
}

const std::vector<std::string>& ForeignRows::headings() const { return state_->headings; }
const std::vector<std::string_view>& ForeignRows::cells() const { return state_->cells; }
std::int64_t ForeignRows::line() const { return state_->line; }
std::size_t ForeignRows::records_left() const {
  return static_cast<std::size_t>(state_->table->num_rows() - state_->line);
}

bool ForeignRows::next() {
  State& s = *state_;
  while (s.batch == nullptr || s.at == s.batch->num_rows()) {
    // Slices of a table that was checked: there is nothing left to fail.
    MOMENTUM_CHECK(s.batches.ReadNext(&s.batch).ok());
    if (s.batch == nullptr) return false;
    s.at = 0;
    s.columns = s.batch->columns();
  }
  for (std::size_t i = 0; i < s.texts.size(); ++i) {
    s.texts[i].clear();
    put_cell(s.texts[i], *s.columns[i], s.at);
    s.cells[i] = s.texts[i];
  }
  ++s.at;
  ++s.line;
  return true;
}

}  // namespace momentum::formats
