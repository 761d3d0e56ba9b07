#pragma once
// Results as the bytes of a Parquet file: what CSV has, with types. Any reader opens it: plain columns, zstd, no Arrow schema.

#include <arrow/type_fwd.h>

#include <string>
#include <utility>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/report/scan_report.h"

namespace momentum::report {

// Key-value metadata of the file: keys of the JSON form, values as text. One with an empty value is left out.
using FileNotes = std::vector<std::pair<std::string, std::string>>;

// Columns keep their types; doubles keep every bit, but for a NaN, which is null. Errors: out_of_memory; internal (a type that
// Parquet has not).
Result<std::string> rows_parquet(const arrow::Table& rows, const FileNotes& notes);

// The lines and columns of scan_csv: dates date32, `bars` int64, `synthetic` bool, other numbers double, the rest strings.
// Missing numbers, dates and texts are null; `flags` without a flag is "". Metadata: as_of, requested_as_of, coverage, profile,
// adjust_applied, history, freq, numerics, store_snapshot, synthetic.
Result<std::string> scan_parquet(const score::Scan& scan, const ScanView& view);

}  // namespace momentum::report
