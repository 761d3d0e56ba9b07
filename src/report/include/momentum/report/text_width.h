#pragma once
// Columns that UTF-8 text takes on a terminal: two for East Asian wide and fullwidth characters, none for combining
// marks, one for the rest (Unicode 14.0, UAX #11; ambiguous characters count one).

#include <cstddef>
#include <string>
#include <string_view>

namespace momentum::report {

// Columns of one code point.
int width_of(char32_t c) noexcept;

// Columns of valid or invalid UTF-8; a byte that belongs to no character counts as the one column of U+FFFD.
std::size_t display_width(std::string_view utf8) noexcept;

// At most `width` columns; text that is longer ends in "…". Never cuts a character.
std::string fit(std::string_view utf8, std::size_t width);

// Filled with spaces to `width` columns; longer text is returned unchanged.
std::string pad_right(std::string_view utf8, std::size_t width);
std::string pad_left(std::string_view utf8, std::size_t width);

// Valid UTF-8 without control characters: each bad byte or control character becomes U+FFFD. For text that came from a
// file and goes to a terminal, where an escape sequence would act, or into JSON, where a bad byte would be invalid.
std::string printable(std::string_view bytes);

// Valid UTF-8, control characters kept: for JSON, which escapes them.
std::string valid_utf8(std::string_view bytes);

}  // namespace momentum::report
