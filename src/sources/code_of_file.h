#pragma once
// Which instrument a file without a code column is about.

#include <optional>
#include <string>
#include <string_view>

#include "momentum/base/error.h"
#include "momentum/base/instrument.h"

namespace momentum::sources {

// `given` is the code that the user named for files that name none. In this order:
// 1. the file's stem, where it is a code that holds a number (sh600000, 600000.SH, 600000); a bare number takes the market
//    of `given` if that has the same symbol;
// 2. what the stem begins with, where that is a number with its market and neither letter nor digit follows
//    (sh600000_daily, 600000.SH-2024; not 600000_daily, which names no market);
// 3. `given`;
// 4. the stem as a ticker or, where it consists of ASCII letters, digits, _ . and -, as a bare symbol in upper case.
// Error bad_code with the file's name.
Result<Instrument> code_of_file(std::string_view stem, const std::optional<Instrument>& given, std::string_view file);

// What stands for the stem where a file holds several tables. Of the names on a table's way in its file (/data/SH600000,
// /SH600000/table) the last that is a code with a number in it; else the file's stem, if the table is alone there, else the
// last name.
std::string stem_of_table(std::string_view path, std::string_view file_stem, bool alone);

}  // namespace momentum::sources
