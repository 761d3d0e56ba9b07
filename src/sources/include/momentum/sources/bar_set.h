#pragma once
// What every source delivers: bars per instrument as Arrow tables in one schema, and an account of every row it was given.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/instrument.h"

namespace momentum::sources {

// The schema of InstrumentBars::bars, the same for every instrument of a BarSet (its optional columns are those that any
// file has). Rows ascend strictly by date, those of minutes by date and minute. Null = missing; a valid value is never NaN, and
// under a null lies NaN.
//   date date32 (never null) | of minutes: minute int32 (never null; after midnight, in which the bar ends)
//   | open high low close float64, yuan (dollars in the US) as printed, never adjusted here | volume float64, shares
// and, where the dialect has them: amount float64 (yuan) | preclose float64 (yuan) | turnover float64 (fraction)
//   | float_value, total_value float64 (market value of the floating and of all shares, yuan) | is_st float64 (1: under
//   special treatment on that day, 0: not) | pe_ttm, pb, ps_ttm, pcf_ttm float64 (price over earnings, book value, sales
//   and cash flow; ttm: of the last twelve months; negative where the company loses)
//   | name dictionary<int32, utf8> (name as of that day) | industry dictionary<int32, utf8> (industry as of that day)
// float64 values are the correctly rounded reading of the file's text (times the dialect's unit).
struct InstrumentBars {
  Instrument id;
  std::shared_ptr<arrow::Table> bars;  // one chunk per column
  std::vector<Date> suspended;  // days on which the source says it did not trade (suspension records), ascending
  std::vector<Date> quarantined;  // days whose row was refused, ascending
};

// One refused row.
struct Quarantined {
  std::string file;  // as given, archive members as archive.tar!member.csv
  std::int64_t line;  // 1-based physical line
  std::string column;  // file's own heading
  std::string value;  // the offending text
  std::string reason;  // "negative price", "high < low", "two different rows for 2020-01-02", ...
};

// rows_in = stored + duplicates + suspensions + quarantined (checked before it is returned).
struct ReadSummary {
  std::int64_t files = 0;
  std::vector<std::string> empty_files;  // readable, no rows; in path order
  std::vector<std::string> stores;  // stores below the folders named, which were left out; in path order
  std::int64_t rows_in = 0;
  std::int64_t stored = 0;
  std::int64_t duplicates = 0;  // the same row for the same date again, dropped
  std::int64_t suspensions = 0;  // suspension records, not bars
  std::int64_t quarantined = 0;
  std::map<std::string, std::int64_t> quarantined_by_reason;
};

struct BarSet {
  bool minutes = false;  // bars of minutes
  std::string dialect;  // name of the dialect that was read, e.g. "a_share"
  bool gaps_are_suspensions =
      false;  // dialect rule: a session without a row inside an instrument's history is a suspension
  Date factors_from;  // dialect rule: no factor from preclose before this day (no date: no bound)
  std::string price_basis;  // raw front back split_only unknown; the dialect's, or what the files say
  bool synthetic = false;  // the files with rows, all of them, say so (a banner line naming SYNTHETIC)
  std::vector<InstrumentBars> instruments;  // ascending by id
  std::vector<Quarantined> quarantine;  // in file order
  ReadSummary summary;
};

}  // namespace momentum::sources
