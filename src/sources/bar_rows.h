#pragma once
// One file's text, or table -> rows per instrument, every row judged.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/base/instrument.h"
#include "momentum/formats/foreign_rows.h"
#include "momentum/sources/bar_reader.h"
#include "momentum/sources/header.h"

namespace momentum::sources {

// The numeric columns of a bar, in the order of the schema in bar_set.h.
inline constexpr std::size_t kValues = 15;
inline constexpr std::array<Field, kValues> kValueFields = {
    Field::open,   Field::high,     Field::low,      Field::close,       Field::volume,
    Field::amount, Field::preclose, Field::turnover, Field::float_value, Field::total_value,
    Field::is_st,  Field::pe_ttm,   Field::pb,       Field::ps_ttm,      Field::pcf_ttm};
inline constexpr std::size_t kOpen = 0, kHigh = 1, kLow = 2, kClose = 3, kVolume = 4, kAmount = 5, kPreclose = 6,
                             kTurnover = 7, kFloatValue = 8, kTotalValue = 9, kIsSt = 10;
// Its text columns. A row holds the index of its word in a list that many rows share.
inline constexpr std::size_t kTexts = 2;
inline constexpr std::array<Field, kTexts> kTextFields = {Field::name, Field::industry};
using Words = std::array<std::vector<std::string>, kTexts>;
// A set of columns: bit i is kValueFields[i], the bits after those are kTextFields.
using ColumnSet = std::uint32_t;
constexpr ColumnSet value_bit(std::size_t value) { return ColumnSet{1} << value; }
constexpr ColumnSet text_bit(std::size_t text) { return ColumnSet{1} << (kValues + text); }
constexpr bool has_value(ColumnSet set, std::size_t value) { return (set & value_bit(value)) != 0; }
constexpr bool has_text(ColumnSet set, std::size_t text) { return (set & text_bit(text)) != 0; }
// How many values a row with these columns holds, and where among them `value` stands.
constexpr std::size_t value_count(ColumnSet set) {
  return static_cast<std::size_t>(std::popcount(set & (value_bit(kValues) - 1)));
}
constexpr std::size_t value_place(ColumnSet set, std::size_t value) {
  return value_count(set & (value_bit(value) - 1));
}

// Why a row was refused. The text is the key of ReadSummary::quarantined_by_reason.
enum class Reason : std::uint8_t {
  cell_count,
  missing_code,
  bad_code,
  missing_date,
  bad_date,
  future_date,
  missing_time,
  bad_time,
  closed,
  bad_status,
  bad_basis,
  bad_number,
  infinite_number,
  negative_price,
  zero_price,
  negative_volume,
  negative_amount,
  negative_turnover,
  negative_value,
  bad_flag,
  high_below_low,
  conflict,
  minute_conflict,
};
std::string_view to_string(Reason reason) noexcept;

struct Refusal {
  std::size_t file;  // index of the file
  std::int64_t line;
  std::string column, value;
  Reason reason;
};

// Memory for the values of many rows. Addresses stay valid as long as it lives, also when it is moved.
class ValueStore {
 public:
  double* take(std::size_t n);  // n <= kValues; not initialised

 private:
  // From a few rows on: a file of one day holds one row of each of thousands of instruments.
  static constexpr std::size_t kFirstBlock = 32, kLargestBlock = 4096;
  std::vector<std::unique_ptr<double[]>> blocks_;
  std::size_t size_ = 0;  // of the last block
  std::size_t used_ = 0;
};

// A row that is a bar or a suspension record; the latter has no columns. As wide as its file: most have few of the columns.
struct Row {
  Date date;
  std::int32_t minute = 0;  // of a bar of a minute
  std::uint32_t file = 0;  // index of the file
  std::array<std::int32_t, kTexts> texts{-1, -1};  // indices into Words, -1 if missing
  ColumnSet columns = 0;  // which columns its file has
  bool suspended = false;
  std::int64_t line = 0;
  const double* values = nullptr;  // value_count(columns) of them, in a ValueStore; missing is NaN

  std::pair<Date, std::int32_t> time() const { return {date, minute}; }
  double value(std::size_t i) const {
    return has_value(columns, i) ? values[value_place(columns, i)] : std::numeric_limits<double>::quiet_NaN();
  }
};

struct InstrumentRows {
  Instrument id;
  std::vector<Row> rows;  // in file order
  ValueStore values;  // theirs
  std::vector<Date> refused_days;  // of rows that were refused, where the row said its day
};

struct FileRows {
  std::vector<InstrumentRows> instruments;  // in order of appearance
  ColumnSet columns = 0;  // of every bar
  Words words;
  std::vector<Refusal> refusals;  // by line
  std::int64_t rows_in = 0;
  std::string_view price_basis;  // of every bar
};

struct RowsRequest {
  std::size_t file = 0;  // index, for Row::file and Refusal::file
  std::string_view name;  // for errors
  std::string_view stem;  // where there is no code column
  std::optional<Instrument> given;
  BareCodes bare = BareCodes::unknown;
  Date today;  // rows after it are refused
  bool named_by_begin = false;  // minutes
};

// Reads every row after the header. Errors: bad_code where the file names no instrument at all, unreadable_data where its rows
// are of two price bases, or where minutes are named by their begin and that was not said.
Result<FileRows> read_rows(const Header& header, const RowsRequest& request);

// The same of a table, whose rows are its lines.
Result<FileRows> read_rows(const Header& header, formats::ForeignRows& table, const RowsRequest& request);

}  // namespace momentum::sources
