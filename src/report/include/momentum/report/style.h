#pragma once
// How a person wants to read a result. Nothing here changes a number, and CSV and JSON ignore all but `lang`'s absence.

#include <cstdint>
#include <string>
#include <string_view>

#include "momentum/base/error.h"
#include "momentum/base/wording.h"

namespace momentum::report {

enum class Lang : std::uint8_t { en, zh };
inline const std::string& in(const Wording& wording, Lang lang) { return lang == Lang::zh ? wording.zh : wording.en; }
enum class Format : std::uint8_t { table, csv, json, parquet };

// Errors: bad_value naming the choices. xlsx is named as not there yet.
Result<Format> parse_format(std::string_view text);
Result<Lang> parse_lang(std::string_view text);

// The format that the suffix of `path` implies: .csv .json .parquet .txt; `otherwise` for any other suffix. Error bad_value
// for .xlsx.
Result<Format> format_of_path(std::string_view path, Format otherwise);

struct TableStyle {
  Lang lang = Lang::en;
  bool color = false;
  int width = 120;  // columns of the terminal; 0: no limit
  std::size_t rows = 30;  // rows shown before "N more"
};

}  // namespace momentum::report
