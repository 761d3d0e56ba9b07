#pragma once
// A table of others, row by row, as the cells that a text file of it would have: one set of rules reads both.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"

namespace arrow {
class Table;
}

namespace momentum::formats {

// Cells by type: integers and decimals as they are; float32 and float64 as the shortest decimal that reads back as the same
// double, so that 45407.6 is what it says; texts without the blanks around them; dates and times YYYY-MM-DD, with ` HH:MM:SS`
// where there is a time of day; booleans 1 and 0; what is missing (null, NaN, NaT) empty.
// Headings are the names of the columns. The index of a frame of pandas that has no name (`__index_level_0__`, `index`) is headed
// `date` where it holds dates and no other column is headed so, else nothing: it numbers rows.
class ForeignRows {
 public:
  // Errors, with `where` in them: wrong_columns (a column of a type that no cell has, such as lists; one of instants in a time
  // zone other than UTC, whose day depends on it).
  static Result<ForeignRows> open(const std::shared_ptr<arrow::Table>& table, const std::string& where);
  ForeignRows(ForeignRows&&) noexcept;
  ForeignRows& operator=(ForeignRows&&) noexcept;
  ~ForeignRows();

  const std::vector<std::string>& headings() const;
  bool next();  // false at the end
  const std::vector<std::string_view>& cells() const;  // valid until next()
  std::int64_t line() const;  // the row's number, from 1
  std::size_t records_left() const;  // rows that next() will still give

 private:
  struct State;
  explicit ForeignRows(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace momentum::formats
