#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "incoming_bars_internal.h"

namespace momentum::store {
namespace {

std::optional<std::size_t> column_of(std::string_view name) {
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (column_name(c) == name) return c;
  }
  return std::nullopt;
}

std::unexpected<Error> broken(const std::string& what, const std::string& where) {
  return fail(ErrorCode::internal, "bars that break the rules of a store: " + what, where, "please report this line");
}

bool missing_is_nan(const arrow::DoubleArray& array) {
  for (std::int64_t i = 0; array.null_count() != 0 && i < array.length(); ++i) {
    if (array.IsNull(i) && !std::isnan(array.raw_values()[i])) return false;
  }
  return true;
}

std::vector<std::int32_t> times_of(std::span<const std::int32_t> days, std::span<const std::int32_t> minutes) {
  std::vector<std::int32_t> out(days.size());
  for (std::size_t i = 0; i < days.size(); ++i) out[i] = time_of({days[i]}, minutes[i]);
  return out;
}

}  // namespace

Result<IncomingBars> view_of(std::shared_ptr<arrow::Table> table, Dataset dataset, const std::string& where) {
  if (table == nullptr || table->num_rows() == 0)
    return IncomingBars{.owner = {}, .times = {}, .bars = {.dataset = dataset}};
  if (std::ranges::any_of(table->columns(), [](const auto& column) { return column->num_chunks() != 1; })) {
    auto combined = table->CombineChunks();
    if (!combined.ok()) return fail(ErrorCode::out_of_memory, "not enough memory for the bars", where);
    table = *combined;
  }
  IncomingBars out{.owner = table, .times = {}, .bars = {.dataset = dataset}};
  std::span<const std::int32_t> minutes;
  const auto rows = static_cast<std::size_t>(table->num_rows());
  for (int k = 0; k < table->num_columns(); ++k) {
    const arrow::Field& field = *table->field(k);
    const std::shared_ptr<arrow::Array> array = table->column(k)->chunk(0);
    if (array->length() != table->num_rows()) return broken("another length of " + field.name(), where);
    if (field.name() == kDateColumn) {
      if (array->type_id() != arrow::Type::DATE32 || array->null_count() != 0) return broken("dates", where);
      out.bars.times = {static_cast<const arrow::Date32Array&>(*array).raw_values(), rows};
    } else if (dataset == Dataset::minute && field.name() == kMinuteColumn) {
      if (array->type_id() != arrow::Type::INT32 || array->null_count() != 0) return broken("minutes", where);
      minutes = {static_cast<const arrow::Int32Array&>(*array).raw_values(), rows};
    } else if (array->type_id() == arrow::Type::DOUBLE) {
      const auto c = column_of(field.name());
      if (!c) return broken("a column that it does not know, " + field.name(), where);
      const auto& numbers = static_cast<const arrow::DoubleArray&>(*array);
      if (!missing_is_nan(numbers)) return broken("a null that is not NaN in " + field.name(), where);
      const std::span values{numbers.raw_values(), rows};
      const bool any = numbers.null_count() != numbers.length() &&
                       std::ranges::any_of(values, [](double v) { return !std::isnan(v); });
      if (*c < kRequiredColumns || any) out.bars.columns[*c] = values;
    }
  }
  if (out.bars.times.empty()) return broken("no dates", where);
  if (dataset == Dataset::minute) {
    if (minutes.empty()) return broken("no minutes", where);
    out.times = std::make_shared<const std::vector<std::int32_t>>(times_of(out.bars.times, minutes));
    out.bars.times = *out.times;
  }
  if (std::ranges::adjacent_find(out.bars.times, std::ranges::greater_equal{}) != out.bars.times.end() ||
      out.bars.times.front() == kNoTime)
    return broken(dataset == Dataset::minute ? "minutes that do not ascend" : "dates that do not ascend", where);
  for (std::size_t c = 0; c < kRequiredColumns; ++c) {
    if (out.bars.columns[c].empty()) return broken("no column " + std::string(column_name(c)), where);
  }
  return out;
}

}  // namespace momentum::store
