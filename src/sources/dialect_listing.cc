// What people read of a dialect. Made from the table, so that the listing and the documentation cannot differ from it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "momentum/sources/dialect.h"

namespace momentum::sources {
namespace {

const Column* find_column(const Dialect& dialect, Field field) {
  const auto at = std::ranges::find(dialect.columns, field, &Column::field);
  return at == dialect.columns.end() ? nullptr : &*at;
}

// "10^4 yuan" for what has no name of its own.
std::string scaled(int shift, std::string_view unit) {
  if (shift == 0) return std::string(unit);
  if (shift == 3) return fmt::format("thousand {}", unit);
  if (shift == -3) return fmt::format("thousandths of {}", unit);
  return fmt::format("10^{} {}", shift, unit);
}

}  // namespace

std::string header_of(const Dialect& dialect) {
  std::vector<std::string> headings;
  for (const Column& column : dialect.columns) {
    std::string_view heading = column.spellings.front();
    // Where the letter case tells, it is shown.
    const auto written = std::ranges::find_if(dialect.signature, [&](std::string_view text) {
      return std::ranges::equal(text, heading, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    });
    if (written != dialect.signature.end()) heading = *written;
    headings.push_back(column.required ? std::string(heading) : fmt::format("[{}]", heading));
  }
  return fmt::format("{}", fmt::join(headings, ","));
}

std::string units_of(const Dialect& dialect) {
  std::vector<std::string> units;
  if (dialect.price_shift != 0) units.push_back(fmt::format("prices in {}", scaled(dialect.price_shift, "yuan")));
  units.push_back(dialect.volume_shift == 2 ? "lots of 100" : scaled(dialect.volume_shift, "shares"));
  units.push_back(scaled(dialect.amount_shift, dialect.market == Market::US ? "dollars" : "yuan"));
  if (find_column(dialect, Field::turnover) != nullptr) {
    units.push_back(dialect.turnover_shift == -2  ? "turnover in percent"
                    : dialect.turnover_shift == 0 ? "turnover as a fraction"
                                                  : scaled(dialect.turnover_shift, "turnover"));
  }
  return fmt::format("{}", fmt::join(units, ", "));
}

std::string basis_of(const Dialect& dialect) {
  const Column* const column = find_column(dialect, Field::basis);
  if (column == nullptr) return std::string(dialect.price_basis);
  std::vector<std::string> words;
  for (const BasisWord& word : dialect.bases) words.push_back(fmt::format("{} {}", word.word, word.price_basis));
  return fmt::format("{}: {}; without it {}", column->spellings.front(), fmt::join(words, ", "), dialect.price_basis);
}

std::string suspensions_of(const Dialect& dialect) {
  if (dialect.minutes) return "not told";  // that is for days
  std::vector<std::string> ways;
  if (const Column* const column = find_column(dialect, Field::status)) {
    for (const StatusWord& word : dialect.statuses) {
      if (word.suspended) ways.push_back(fmt::format("{} {}", column->spellings.front(), word.word));
    }
  }
  ways.emplace_back("prices of 0");
  if (dialect.gaps_are_suspensions) ways.emplace_back("a session without a row");
  return fmt::format("{}", fmt::join(ways, ", "));
}

}  // namespace momentum::sources
