#pragma once
// Files of bars (CSV, Parquet, HDF5), folders, globs and archives of them -> BarSet.

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/formats/foreign_file.h"
#include "momentum/sources/bar_set.h"

namespace momentum::sources {

// Whose six-digit numbers without a market are, where the user says: all of one exchange's, or `shares`, A and B shares of any,
// whose numbers no two exchanges share (kind_of).
enum class BareCodes : std::uint8_t { unknown, SH, SZ, BJ, shares };

struct BarOptions {
  std::string dialect;  // "" : sniffed from banner and header; the choice is in BarSet::dialect
  std::string code;  // for files that name no instrument in a column nor in their file name
  BareCodes bare = BareCodes::unknown;
  bool minutes = false;  // bars of minutes; else of days
  bool named_by_begin = false;  // minutes named by the minute in which they begin
  formats::ForeignReader reader = {};  // of Parquet and HDF5 files; without it they are refused
};

// Reads every `*.csv` (`*.txt`, `*.parquet`, `*.h5`) under `paths`: a file, a folder (recursively), a glob, or a
// .tar/.tar.gz/.tar.xz/... of files. What is no text is told by its name, read by options.reader, and goes the same way: a
// table of it is a file of its own, whose lines are its rows, from 1 (formats/foreign_rows.h, sources/header.h).
// Files are parsed in parallel (ctx.threads); progress in bytes, per file; cancellable between files. The answer does not
// depend on the number of threads. Memory: about 20 bytes a row and 8 for each number in it; a single file twice that.
// Where that is more than ctx.memory_limit, reading stops with too_large.
// The instrument of a row: the code column; else the file's name where it is a code with a number in it (sh600000.csv)
// or begins with one that names its market (sh600000_daily.csv), of a table in a file of several its own name in place of
// the file's; else BarOptions::code; else the file's name as a bare
// symbol, in upper case, if it is made of [A-Za-z0-9_.-].
// A code without a market has the dialect's, if it has one, else what BarOptions::bare says of it.
// Minutes are those of the market's trading hours (base/trading_hours.h), each named by the minute in which it ends. A file that
// names one 09:30 or 13:00 names them by their begin, and is refused unless that was said.
// All files with rows are of one dialect and one price basis, and all of them are synthetic or none is. Rows of an
// instrument from several files are merged by date: equal ones are duplicates, different ones are quarantined. A line with
// no text in any cell is no row.
// Errors (one, the first in path order): file_not_found, no_permission, empty_input (nothing readable), unknown_dialect
// (with the names; also files of two dialects, of days for minutes, of minutes for days), wrong_columns (file and what is
// missing), bad_encoding, unreadable_data (binary, damaged archive; synthetic files among others; prices of two bases),
// too_large, io_failed, bad_code, ambiguous_code (a symbol both with a market and without, with a file of each), interrupted. A
// wrong row is not an error: it goes to quarantine with its line.
Result<BarSet> read_bars(const Context& ctx, const std::vector<std::string>& paths, const BarOptions& options);

}  // namespace momentum::sources
