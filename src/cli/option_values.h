#pragma once
// One option's text -> its value. Every error is bad_value and names the option.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/engine/scan.h"

namespace momentum::cli {

// Whole number from `least` to `most`.
Result<std::int64_t> parse_count(std::string_view option, std::string_view text, std::int64_t least, std::int64_t most);
Result<double> parse_number(std::string_view option, std::string_view text);
Result<Date> parse_day(std::string_view option, std::string_view text);
// "365d" -> 365; "origin" -> nullopt.
Result<std::optional<int>> parse_history(std::string_view text);
Result<engine::Frequency> parse_frequency(std::string_view text);
Result<engine::Adjust> parse_adjust(std::string_view text);
std::string adjust_name(engine::Adjust adjust);
// "512M", "1.5G", "2GiB", "1073741824": bytes, at least one; K, M, G and T are powers of 1024.
Result<std::size_t> parse_size(std::string_view option, std::string_view text);

// "90m", "24h", "7d", "45s"; "0". Not longer than 100 years.
Result<std::chrono::microseconds> parse_duration(std::string_view option, std::string_view text);
// A whole number of seconds as parse_duration() reads it, in the largest unit that goes into it but for days: "24h".
std::string duration_text(std::chrono::microseconds duration);

// "A,B" -> A, B; spaces around an item and empty items are dropped; nothing left is an error.
Result<std::vector<std::string>> parse_list(std::string_view option, std::string_view text);
// The same, or "@FILE": one or several codes per line, "#" begins a remark. Errors: file_not_found, no_permission.
Result<std::vector<std::string>> parse_codes(std::string_view option, std::string_view text);

// The place of `text` in `choices`.
Result<std::size_t> parse_choice(std::string_view option, std::string_view text,
                                 const std::vector<std::string>& choices);

}  // namespace momentum::cli
