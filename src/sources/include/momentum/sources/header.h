#pragma once
// Finds the header line of a CSV text, or the columns of a table, and says whose they are.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/csv.h"
#include "momentum/sources/dialect.h"

namespace momentum::sources {

struct Header {
  const Dialect* dialect = nullptr;
  std::array<std::optional<std::size_t>, kFields> column;  // where each field stands
  std::vector<std::string> headings;                       // as the file has them
  char delimiter = ',';
  bool synthetic = false;       // a line before it says SYNTHETIC or 合成数据
  formats::LineCursor rest;     // stands on the header line

  std::optional<std::size_t> at(Field field) const { return column[static_cast<std::size_t>(field)]; }
};

// Looks at the first lines of `text` (UTF-8; it outlives the answer) until one is a header; the lines before it are
// banners. Without `forced`, a header is one that has all required columns and the signature of exactly one dialect (one
// with a signature goes before one without; one that it fits by the order of its columns stands beside the others) and no
// heading that this dialect does not know (an unnamed one and pandas' `Unnamed: 0` aside): unknown headings mean foreign units.
// With `forced`, its required columns are enough and other columns are left alone. nullopt: no line with anything in it.
// Errors, naming `file`, its headings and the dialects: unknown_dialect (headings of no or of two dialects, no header line),
// wrong_columns (a required column is missing, or two columns for one field).
Result<std::optional<Header>> find_header(std::string_view text, const Dialect* forced, std::string_view file);

// The same of the columns of a table of another form, whose names are `headings`; `where` names it.
Result<Header> match_headings(const std::vector<std::string>& headings, const Dialect* forced, std::string_view where);

// Whether some dialect says that a table of these columns lies beside its bars and is none of them.
bool is_beside_bars(std::span<const std::string> headings);

// "plain, a_share, ...": for messages.
std::string dialect_names();

}  // namespace momentum::sources
