#pragma once
// One value as the text of a cell in a CSV data file, and back, exactly.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "momentum/formats/column_spec.h"

namespace momentum::formats {

// The shortest decimal text: i / 10^scale without trailing zeros (`spec.scale`), a date as YYYY-MM-DD, a double in the fewest
// digits that read back to it (inf, -inf, nan; nan:<16 hexadecimal digits> for one with other bits).
void append_cell(std::string& out, const ColumnSpec& spec, std::int32_t value);
void append_cell(std::string& out, const ColumnSpec& spec, std::int64_t value);
void append_cell(std::string& out, const ColumnSpec& spec, double value);

// The inverse. False: no text of such a value.
bool cell_value(std::string_view text, const ColumnSpec& spec, std::int32_t& value);
bool cell_value(std::string_view text, const ColumnSpec& spec, std::int64_t& value);
bool cell_value(std::string_view text, const ColumnSpec& spec, double& value);

// What append_cell() may be asked for; of dates those that can be printed.
bool has_cell(const ColumnSpec& spec, std::int32_t value);

}  // namespace momentum::formats
