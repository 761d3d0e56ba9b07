#pragma once
// Rows -> the bars of one instrument: one row per date, as columns and at last as an Arrow table.

#include <arrow/type_fwd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bar_rows.h"

namespace momentum::sources {

// Rows as columns; missing is NaN, a missing text -1. Columns that `columns` does not have are empty.
struct BarColumns {
  ColumnSet columns = 0;
  bool of_minutes = false;
  std::vector<std::int32_t> dates, minutes;  // minutes: empty where rows are of days
  std::array<std::vector<double>, kValues> values;
  std::array<std::vector<std::int32_t>, kTexts> texts;
  std::vector<std::int64_t> lines;

  std::size_t size() const { return dates.size(); }
  void reserve(std::size_t n);
  void append(std::span<const Row> rows);  // the columns of each are within `columns`
  BarColumns slice(std::size_t begin, std::size_t end) const;
  Row row(std::size_t i, ValueStore& store) const;  // without file
};

// What becomes of rows that share a date (of minutes: a date and a minute).
struct Settled {
  std::vector<Row> bars;       // ascending, one per date or minute
  std::vector<Row> suspended;  // ascending, one per date
  std::vector<Row> refused;    // two different rows for one date: all of them
  std::int64_t duplicates = 0;
};

// Rows of one instrument, in the order of files and lines, their texts from one Words. Rows of a date are the same when
// all that their files both have is equal; two suspension records always are. The first is kept and takes from the others what
// its own file has no column for; such rows have their values in `store`. Cost O(n) when ascending or descending, else
// O(n log n).
Settled settle(std::vector<Row> rows, ValueStore& store);

// The table of bar_set.h with the columns `shown` (those that `bars` lacks are null). Takes the vectors over without a copy.
std::shared_ptr<arrow::Table> make_table(BarColumns bars, const Words& words, ColumnSet shown);

}  // namespace momentum::sources
