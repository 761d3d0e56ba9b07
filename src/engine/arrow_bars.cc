// Arrow -> the spans of the compute plane: the one place where the two planes' data meet.

#include <arrow/api.h>

#include <algorithm>
#include <limits>

#include "market.h"

namespace momentum::engine {
namespace {

std::unexpected<Error> unexpected_type(const std::string& column, const arrow::DataType& type) {
  return fail(ErrorCode::internal, "unexpected column type " + type.ToString(), column);
}

// A float64 column as a span with NaN for null.
Result<std::span<const double>> doubles(const arrow::Table& table, const std::string& name, bool required,
                                        Bars& owner) {
  const auto column = table.GetColumnByName(name);
  if (column == nullptr) {
    if (required) return fail(ErrorCode::internal, "a source left out a column", name);
    return std::span<const double>{};
  }
  if (column->type()->id() != arrow::Type::DOUBLE) return unexpected_type(name, *column->type());
  if (column->num_chunks() == 1 && column->null_count() == 0) {
    const auto& array = static_cast<const arrow::DoubleArray&>(*column->chunk(0));
    return std::span<const double>(array.raw_values(), static_cast<std::size_t>(array.length()));
  }
  auto copy = std::make_shared<std::vector<double>>();
  copy->reserve(static_cast<std::size_t>(column->length()));
  for (const auto& chunk : column->chunks()) {
    const auto& array = static_cast<const arrow::DoubleArray&>(*chunk);
    for (std::int64_t i = 0; i < array.length(); ++i)
      copy->push_back(array.IsNull(i) ? std::numeric_limits<double>::quiet_NaN() : array.Value(i));
  }
  owner.storage.push_back(copy);
  return std::span<const double>(*copy);
}

// A dictionary column's word on a row; empty if there is none.
std::string word_at(const Bars& bars, const std::string& name, std::size_t row) {
  const auto column = bars.table->GetColumnByName(name);
  if (column == nullptr || column->type()->id() != arrow::Type::DICTIONARY) return {};
  std::int64_t at = static_cast<std::int64_t>(row);
  for (const auto& chunk : column->chunks()) {
    if (at >= chunk->length()) {
      at -= chunk->length();
      continue;
    }
    const auto& array = static_cast<const arrow::DictionaryArray&>(*chunk);
    if (array.IsNull(at)) return {};
    const auto& words = static_cast<const arrow::StringArray&>(*array.dictionary());
    return std::string(words.GetView(array.GetValueIndex(at)));
  }
  return {};
}

}  // namespace

Result<Bars> bars_from_arrow(const std::shared_ptr<arrow::Table>& table) {
  Bars bars;
  bars.table = table;
  const auto date = table->GetColumnByName("date");
  if (date == nullptr || date->type()->id() != arrow::Type::DATE32 || date->num_chunks() > 1 || date->null_count() > 0)
    return fail(ErrorCode::internal, "a source's dates are not one chunk of date32");
  if (date->num_chunks() == 1) {
    const auto& array = static_cast<const arrow::Date32Array&>(*date->chunk(0));
    bars.dates = {array.raw_values(), static_cast<std::size_t>(array.length())};
  }
  const struct {
    const char* name;
    std::span<const double>* into;
    bool required;
  } columns[] = {{"open", &bars.open, true},         {"high", &bars.high, true},     {"low", &bars.low, true},
                 {"close", &bars.close, true},       {"volume", &bars.volume, true}, {"amount", &bars.amount, false},
                 {"preclose", &bars.preclose, false}};
  for (const auto& column : columns) {
    MOMENTUM_TRY(*column.into, doubles(*table, column.name, column.required, bars));
  }
  return bars;
}

std::string name_at(const Bars& bars, std::size_t row) { return word_at(bars, "name", row); }

std::string industry_at(const Bars& bars, std::size_t row) { return word_at(bars, "industry", row); }

std::vector<std::string> industries_of(const Bars& bars) {
  std::vector<std::string> out;
  const auto column = bars.table->GetColumnByName("industry");
  if (column == nullptr || column->type()->id() != arrow::Type::DICTIONARY) return out;
  for (const auto& chunk : column->chunks()) {
    const auto& words =
        static_cast<const arrow::StringArray&>(*static_cast<const arrow::DictionaryArray&>(*chunk).dictionary());
    for (std::int64_t i = 0; i < words.length(); ++i) {
      std::string word = words.GetString(i);
      if (std::ranges::find(out, word) == out.end()) out.push_back(std::move(word));
    }
  }
  return out;
}

}  // namespace momentum::engine
