#pragma once
// `momentum store export`: bars and what is computed from them, as one plain file for other programs.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/engine/scan.h"

namespace momentum::engine {

struct ExportRequest {
  std::string store;
  std::optional<std::int64_t> snapshot;  // default: the newest
  std::vector<std::string> codes;  // any spelling; empty: all instruments
  std::optional<Date> start, end;  // inclusive; end is also the as-of date of front adjustment
  // Of `show`, and the other stored ones (turnover float_value total_value is_st pe_ttm pb ps_ttm pcf_ttm); empty: open high
  // low close volume amount. `code` and `date` are always there.
  std::vector<std::string> columns;
  Adjust adjust = Adjust::front;
  // Of minutes, a column `datetime` stands where `date` does. The other stored columns and adj_volume are of days alone.
  Frequency frequency = Frequency::day;
};

struct ExportReport {
  std::int64_t instruments = 0, rows = 0;  // that were written
  std::string adjust_applied;
  bool synthetic = false;
  std::int64_t store_snapshot = 0;
};

// Whether `path` names a form by its suffix: .parquet, .csv, .h5, .hdf5. Error bad_value.
Result<void> check_export_path(const std::string& path);

// Writes the file `path` in the form that the suffix of `name` says (formats/export_file.h has the forms): the rows of every
// instrument that has any, in the order of codes, each as `show` has them, to the last bit. No row at all is no error. The
// instruments are read, computed and written some at a time: memory is that of about a million rows.
// Errors: bad_value (no form, no columns, one that is of days alone), empty_input (a store without such bars), name_not_found
// (column), bad_code, code_not_found, ambiguous_code, those of opening and reading a store, and of formats::ExportWriter. What
// stands at `path` after one is no export.
Result<ExportReport> export_bars(const Context& ctx, const ExportRequest& request, const std::string& path,
                                 const std::string& name);

}  // namespace momentum::engine
