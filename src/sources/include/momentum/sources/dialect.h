#pragma once
// What a vendor's tables mean. A dialect is data: a new one is one more row of the table in dialect.cc.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/instrument.h"

namespace momentum::sources {

enum class Field : std::uint8_t {
  code,
  name,
  date,
  open,
  high,
  low,
  close,
  volume,
  amount,
  preclose,
  turnover,
  float_value,
  total_value,
  is_st,
  pe_ttm,
  pb,
  ps_ttm,
  pcf_ttm,
  industry,
  status,
  basis,
  time,  // of a minute
  datetime,
};
inline constexpr std::size_t kFields = 23;
std::string_view to_string(Field field) noexcept;  // the heading of dialect `plain`, where that has the field

struct Column {
  Field field;
  bool required;
  std::vector<std::string_view> spellings;  // headings, ASCII in lower case; a file's are compared in lower case
};

// A word of a status column and of a basis column; ASCII in lower case, a file's are compared in lower case.
struct StatusWord {
  std::string_view word;
  bool suspended;
};
struct BasisWord {
  std::string_view word;
  std::string_view price_basis;
};

struct Dialect {
  std::string_view name;
  std::string_view description;  // one line, for --list-dialects
  std::vector<Column> columns;
  std::vector<std::string_view> ignored;  // headings that belong to it and are not read
  // Headings, letter case and all, without which a file is not taken for it unasked. Where a file fits a dialect by its
  // signature and another that has none, the signature decides.
  std::vector<std::string_view> signature;
  // Headings, one right after the other and letter case and all, with which a file fits it as well as others that it fits, also
  // without the signature: such a file is taken only where one of them is named.
  std::vector<std::string_view> order = {};
  // Columns of tables that lie in its files beside the bars and are not read.
  std::vector<std::string_view> beside = {};
  std::vector<StatusWord> statuses;  // of Field::status; every other word refuses its row
  std::vector<BasisWord> bases;  // of Field::basis; every other word refuses its row
  // Units, as powers of ten from the file's number to shares, yuan and a fraction.
  int price_shift = 0;
  int volume_shift = 0;
  int amount_shift = 0;
  int turnover_shift = 0;
  std::string_view date_suffix = {};  // what follows YYYYMMDD in every date of a daily bar: 0000, hour and minute
  Market market = Market::none;  // of codes that do not say theirs
  // raw front back split_only unknown; that of files without Field::basis.
  std::string_view price_basis = "unknown";
  bool gaps_are_suspensions = false;  // a session without a row inside an instrument's history is a suspension
  // Its rows are bars of minutes, each named by the minute in which it ends: by a date and a time, or by both in one column.
  bool minutes = false;
  Date factors_from = {};  // preclose says nothing about factors before this day; no date: no bound
};

// All of them, in the order in which they are listed to people. Pointers into it stay valid for ever.
std::span<const Dialect> dialects();

// nullptr when there is no such dialect.
const Dialect* find_dialect(std::string_view name);

// What a listing says of a dialect beside its name and description, in English.
std::string header_of(const Dialect& dialect);  // `code,date,open` and the optional ones in [], by first spelling
std::string units_of(const Dialect& dialect);  // "lots of 100, thousand yuan"
std::string basis_of(const Dialect& dialect);  // "raw", "adjustflag: 3 raw, 1 back, 2 front"
std::string suspensions_of(const Dialect& dialect);  // how it says that an instrument rested

}  // namespace momentum::sources
