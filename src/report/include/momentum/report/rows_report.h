#pragma once
// An Arrow table as text: `momentum show` and every other result that is rows of columns.

#include <arrow/type_fwd.h>

#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/report/style.h"

namespace momentum::report {

// What a table is of. Empty texts are left out of the header line (and are null in JSON).
struct RowsTitle {
  std::string code, name, adjust_applied;
  bool synthetic = false;
};

// Columns may be date32, float64, float32, int32, int64, bool, utf8, large_utf8; any other type is error `internal`,
// naming it. Null and NaN are missing.

// The last style.rows rows under a header line and a sparkline of `close`, if there is one.
Result<std::string> rows_table(const arrow::Table& rows, const RowsTitle& title, const TableStyle& style);
Result<std::string> rows_csv(const arrow::Table& rows);
// {"ts_code","name","adjust_applied","synthetic","rows":[{...}]}, one row per line.
Result<std::string> rows_json(const arrow::Table& rows, const RowsTitle& title);

}  // namespace momentum::report
