#pragma once
// One file's text -> rows per instrument, every row judged.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/base/instrument.h"
#include "momentum/sources/header.h"

namespace momentum::sources {

// The numeric columns of a bar, in the order of the schema in bar_set.h.
inline constexpr std::size_t kValues = 8;
inline constexpr std::array<Field, kValues> kValueFields = {
    Field::open, Field::high, Field::low, Field::close, Field::volume, Field::amount, Field::preclose, Field::turnover};
inline constexpr std::size_t kOpen = 0, kHigh = 1, kLow = 2, kClose = 3, kVolume = 4, kAmount = 5, kPreclose = 6,
                             kTurnover = 7;
// Its text columns. A row holds the index of its word in a list that many rows share.
inline constexpr std::size_t kTexts = 2;
inline constexpr std::array<Field, kTexts> kTextFields = {Field::name, Field::industry};
using Words = std::array<std::vector<std::string>, kTexts>;
// A set of columns: bit i is kValueFields[i], the bits after those are kTextFields.
using ColumnSet = std::uint16_t;
constexpr ColumnSet value_bit(std::size_t value) { return static_cast<ColumnSet>(1u << value); }
constexpr ColumnSet text_bit(std::size_t text) { return static_cast<ColumnSet>(1u << (kValues + text)); }
constexpr bool has_value(ColumnSet set, std::size_t value) { return (set & value_bit(value)) != 0; }
constexpr bool has_text(ColumnSet set, std::size_t text) { return (set & text_bit(text)) != 0; }

// Why a row was refused. The text is the key of ReadSummary::quarantined_by_reason.
enum class Reason : std::uint8_t {
  cell_count,
  missing_code,
  bad_code,
  missing_date,
  bad_date,
  future_date,
  bad_status,
  bad_number,
  infinite_number,
  negative_price,
  zero_price,
  negative_volume,
  negative_amount,
  negative_turnover,
  high_below_low,
  conflict,
};
std::string_view to_string(Reason reason) noexcept;

struct Refusal {
  std::size_t file;  // index of the file
  std::int64_t line;
  std::string column, value;
  Reason reason;
};

// A row that is a bar or a suspension record. Missing values are NaN.
struct Row {
  Date date;
  std::uint32_t file = 0;  // index of the file
  std::array<std::int32_t, kTexts> texts{-1, -1};  // indices into Words, -1 if missing
  ColumnSet columns = 0;                           // which columns its file has
  bool suspended = false;
  std::int64_t line = 0;
  std::array<double, kValues> values;
};

struct InstrumentRows {
  Instrument id;
  std::vector<Row> rows;           // in file order
  std::vector<Date> refused_days;  // of rows that were refused, where the row said its day
};

struct FileRows {
  std::vector<InstrumentRows> instruments;  // in order of appearance
  Words words;
  std::vector<Refusal> refusals;  // by line
  std::int64_t rows_in = 0;
};

struct RowsRequest {
  std::size_t file = 0;      // index, for Row::file and Refusal::file
  std::string_view name;     // for errors
  std::string_view stem;     // where there is no code column
  std::optional<Instrument> given;
  Date today;                // rows after it are refused
};

// Reads every row after the header. Error bad_code where the file names no instrument at all.
Result<FileRows> read_rows(const Header& header, const RowsRequest& request);

}  // namespace momentum::sources
