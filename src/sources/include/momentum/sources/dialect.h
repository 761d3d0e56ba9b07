#pragma once
// What a vendor's CSV files mean. A dialect is data: a new one is one more row of the table in dialect.cc.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"

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
  industry,
  status,
};
inline constexpr std::size_t kFields = 13;
std::string_view to_string(Field field) noexcept;  // the heading of dialect `plain`

struct Column {
  Field field;
  bool required;
  std::vector<std::string_view> spellings;  // headings, ASCII in lower case; a file's are compared in lower case
};

struct Dialect {
  std::string_view name;
  std::string_view description;  // one line, for --list-dialects
  std::vector<Column> columns;
  std::vector<std::string_view> ignored;    // headings that belong to it and are not read
  std::vector<std::string_view> signature;  // headings without which a file is not taken for it unasked
  // Units, as powers of ten from the file's number to shares, yuan and a fraction.
  int volume_shift = 0;
  int amount_shift = 0;
  int turnover_shift = 0;
  std::string_view price_basis = "unknown";  // raw front back split_only unknown
  bool gaps_are_suspensions = false;  // a session without a row inside an instrument's history is a suspension
  Date factors_from = {};             // preclose says nothing about factors before this day; no date: no bound
};

// All of them, in the order in which they are listed to people. Pointers into it stay valid for ever.
std::span<const Dialect> dialects();

// nullptr when there is no such dialect.
const Dialect* find_dialect(std::string_view name);

}  // namespace momentum::sources
