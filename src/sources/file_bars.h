#pragma once
// One file -> what it says of each instrument, settled and as columns.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bar_rows.h"
#include "bar_table.h"
#include "momentum/base/error.h"
#include "momentum/formats/file_feed.h"
#include "momentum/sources/dialect.h"

namespace momentum::sources {

// What one file says of one instrument. Its bars are rows [begin, end) of the file's columns.
struct Piece {
  Instrument id;
  std::size_t begin = 0, end = 0;
  std::vector<Row> suspended;
  std::vector<Date> refused_days;
};

// One file, or one table of a file of several, settled. Kept as columns: this is what holds the whole input in memory.
struct FileBars {
  std::size_t ordinal = 0;  // among all of them, in the order of the paths
  std::size_t file = 0;  // which file it is of
  std::string name;  // of the file; of a table in it, sh_day.h5!/data/SH600000
  const Dialect* dialect = nullptr;  // nullptr: nothing in it, not even a header
  std::string date_heading;
  bool synthetic = false;
  std::string_view price_basis;
  BarColumns columns;
  Words words;
  std::vector<Piece> pieces;
  std::vector<Refusal> refusals;
  std::int64_t rows_in = 0;
  std::int64_t duplicates = 0;
};

struct Choices {
  const Dialect* forced = nullptr;
  std::optional<Instrument> given;
  BareCodes bare = BareCodes::unknown;
  Date today;
  bool minutes = false;
  bool named_by_begin = false;
  formats::ForeignReader reader;
};

// Two different rows for one date, or minute.
Refusal conflict(const Row& row, const std::string& date_heading);

// What it keeps in memory: dates, lines, numbers and words by their place; refused rows as they are and as they are told.
std::size_t kept_bytes(const FileBars& file);

// The bars of one file: one for a text, one for each table of a Parquet or HDF5 file, without those that its dialect says are
// none. Until they are placed among all, their ordinals, also those in rows and refusals, are that of the file. `fits` says
// whether there is memory for so many bytes more. Errors: those of read_bars().
Result<std::vector<FileBars>> read_file(formats::FileBytes file, const Choices& choices,
                                        const std::function<Result<void>(std::size_t)>& fits);

// Its place among all, there and in its refusals.
void set_ordinal(FileBars& bars, std::size_t ordinal);

}  // namespace momentum::sources
