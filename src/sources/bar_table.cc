#include "bar_table.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace momentum::sources {
namespace {

bool same_value(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same_row(const Row& a, const Row& b) {
  if (a.suspended || b.suspended) return a.suspended && b.suspended;
  const ColumnSet both = a.columns & b.columns;
  for (std::size_t i = 0; i < kValues; ++i) {
    if (has_value(both, i) && !same_value(a.value(i), b.value(i))) return false;
  }
  for (std::size_t i = 0; i < kTexts; ++i) {
    if (has_text(both, i) && a.texts[i] != b.texts[i]) return false;
  }
  return true;
}

void fill_from(Row& row, const Row& other, ValueStore& store) {
  const ColumnSet gained = other.columns & ~row.columns;
  if (gained == 0) return;
  const ColumnSet all = row.columns | gained;
  double* const values = store.take(value_count(all));
  for (std::size_t i = 0; i < kValues; ++i) {
    if (has_value(all, i)) values[value_place(all, i)] = has_value(gained, i) ? other.value(i) : row.value(i);
  }
  row.values = values;
  for (std::size_t i = 0; i < kTexts; ++i) {
    if (has_text(gained, i)) row.texts[i] = other.texts[i];
  }
  row.columns = all;
}

void sort_by_date(std::vector<Row>& rows) {
  if (std::ranges::is_sorted(rows, {}, &Row::time)) return;
  // Newest first without a repeated date: turning it round is all there is to do.
  if (std::ranges::adjacent_find(rows, std::ranges::less_equal{}, &Row::time) == rows.end()) {
    std::ranges::reverse(rows);
    return;
  }
  std::ranges::stable_sort(rows, {}, &Row::time);
}

// The validity bits of n slots, nullptr when all are valid.
template <class IsNull>
std::shared_ptr<arrow::Buffer> validity(std::size_t n, std::int64_t& nulls, IsNull is_null) {
  nulls = 0;
  for (std::size_t i = 0; i < n; ++i) nulls += is_null(i);
  if (nulls == 0) return nullptr;
  std::vector<std::uint8_t> bits((n + 7) / 8, 0);
  for (std::size_t i = 0; i < n; ++i) {
    if (!is_null(i)) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1u << (i % 8));
  }
  return arrow::Buffer::FromVector(std::move(bits));
}

std::shared_ptr<arrow::Array> number_array(std::vector<double> values) {
  const std::size_t n = values.size();
  std::int64_t nulls = 0;
  auto bits = validity(n, nulls, [&](std::size_t i) { return std::isnan(values[i]); });
  return std::make_shared<arrow::DoubleArray>(static_cast<std::int64_t>(n),
                                              arrow::Buffer::FromVector(std::move(values)), std::move(bits), nulls);
}

std::shared_ptr<arrow::Array> text_array(std::vector<std::int32_t> indices, const std::vector<std::string>& words) {
  const std::size_t n = indices.size();
  std::int64_t nulls = 0;
  auto bits = validity(n, nulls, [&](std::size_t i) { return indices[i] < 0; });
  for (std::int32_t& index : indices) index = std::max(index, 0);
  auto index_array = std::make_shared<arrow::Int32Array>(
      static_cast<std::int64_t>(n), arrow::Buffer::FromVector(std::move(indices)), std::move(bits), nulls);
  arrow::StringBuilder builder;
  MOMENTUM_CHECK(builder.AppendValues(words).ok());
  auto dictionary = builder.Finish();
  MOMENTUM_CHECK(dictionary.ok());
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), arrow::utf8()), index_array,
                                                  *dictionary);
}

}  // namespace

void BarColumns::reserve(std::size_t n) {
  dates.reserve(n);
  if (of_minutes) minutes.reserve(n);
  lines.reserve(n);
  for (std::size_t i = 0; i < kValues; ++i) {
    if (has_value(columns, i)) values[i].reserve(n);
  }
  for (std::size_t i = 0; i < kTexts; ++i) {
    if (has_text(columns, i)) texts[i].reserve(n);
  }
}

void BarColumns::append(std::span<const Row> rows) {
  for (const Row& row : rows) {
    dates.push_back(row.date.days);
    lines.push_back(row.line);
  }
  if (of_minutes) {
    for (const Row& row : rows) minutes.push_back(row.minute);
  }
  for (std::size_t i = 0; i < kValues; ++i) {
    if (!has_value(columns, i)) continue;
    // Most rows are of the file, and so of the columns, of the row before them.
    ColumnSet of = columns;
    std::size_t place = value_place(of, i);
    bool there = true;
    for (const Row& row : rows) {
      if (row.columns != of) {
        of = row.columns;
        there = has_value(of, i);
        place = value_place(of, i);
      }
      values[i].push_back(there ? row.values[place] : std::numeric_limits<double>::quiet_NaN());
    }
  }
  for (std::size_t i = 0; i < kTexts; ++i) {
    if (!has_text(columns, i)) continue;
    for (const Row& row : rows) texts[i].push_back(row.texts[i]);
  }
}

BarColumns BarColumns::slice(std::size_t begin, std::size_t end) const {
  const auto part = [&](const auto& all) {
    using Values = std::remove_cvref_t<decltype(all)>;
    if (all.empty()) return Values{};  // not there
    return Values(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
  };
  BarColumns out;
  out.columns = columns;
  out.of_minutes = of_minutes;
  out.dates = part(dates);
  out.minutes = part(minutes);
  for (std::size_t i = 0; i < kValues; ++i) out.values[i] = part(values[i]);
  for (std::size_t i = 0; i < kTexts; ++i) out.texts[i] = part(texts[i]);
  out.lines = part(lines);
  return out;
}

Row BarColumns::row(std::size_t i, ValueStore& store) const {
  double* to = store.take(value_count(columns));
  Row out{
      .date = {dates[i]}, .minute = of_minutes ? minutes[i] : 0, .columns = columns, .line = lines[i], .values = to};
  for (std::size_t v = 0; v < kValues; ++v) {
    if (has_value(columns, v)) *to++ = values[v][i];
  }
  for (std::size_t t = 0; t < kTexts; ++t) {
    if (has_text(columns, t)) out.texts[t] = texts[t][i];
  }
  return out;
}

Settled settle(std::vector<Row> rows, ValueStore& store) {
  sort_by_date(rows);
  Settled out;
  std::size_t bars = 0;  // they move to the front of `rows`
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    bool same = true;
    for (; end < rows.size() && rows[end].time() == rows[begin].time(); ++end)
      same = same && same_row(rows[begin], rows[end]);
    if (same) {
      for (std::size_t i = begin + 1; i < end; ++i) fill_from(rows[begin], rows[i], store);
      if (rows[begin].suspended) {
        out.suspended.push_back(rows[begin]);
      } else {
        rows[bars++] = rows[begin];
      }
      out.duplicates += static_cast<std::int64_t>(end - begin - 1);
    } else {
      out.refused.insert(out.refused.end(), rows.begin() + static_cast<std::ptrdiff_t>(begin),
                         rows.begin() + static_cast<std::ptrdiff_t>(end));
    }
    begin = end;
  }
  rows.resize(bars);
  out.bars = std::move(rows);
  return out;
}

std::shared_ptr<arrow::Table> make_table(BarColumns bars, const Words& words, ColumnSet shown) {
  const auto n = static_cast<std::int64_t>(bars.size());
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> columns;
  fields.push_back(arrow::field("date", arrow::date32(), false));
  columns.push_back(std::make_shared<arrow::Date32Array>(n, arrow::Buffer::FromVector(std::move(bars.dates))));
  if (bars.of_minutes) {
    fields.push_back(arrow::field("minute", arrow::int32(), false));
    columns.push_back(std::make_shared<arrow::Int32Array>(n, arrow::Buffer::FromVector(std::move(bars.minutes))));
  }
  for (std::size_t i = 0; i < kValues; ++i) {
    if (!has_value(shown, i)) continue;
    fields.push_back(arrow::field(std::string(to_string(kValueFields[i])), arrow::float64()));
    if (!has_value(bars.columns, i))
      bars.values[i].assign(static_cast<std::size_t>(n), std::numeric_limits<double>::quiet_NaN());
    columns.push_back(number_array(std::move(bars.values[i])));
  }
  for (std::size_t i = 0; i < kTexts; ++i) {
    if (!has_text(shown, i)) continue;
    fields.push_back(
        arrow::field(std::string(to_string(kTextFields[i])), arrow::dictionary(arrow::int32(), arrow::utf8())));
    if (!has_text(bars.columns, i)) bars.texts[i].assign(static_cast<std::size_t>(n), -1);
    columns.push_back(text_array(std::move(bars.texts[i]), words[i]));
  }
  return arrow::Table::Make(arrow::schema(std::move(fields)), std::move(columns), n);
}

}  // namespace momentum::sources
