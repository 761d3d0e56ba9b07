#include "code_of_file.h"

#include <algorithm>

namespace momentum::sources {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The market and number, all digits written, before a character that belongs to neither.
std::optional<Instrument> code_before_separator(std::string_view stem) {
  for (std::size_t end = 1; end < stem.size(); ++end) {
    const char c = stem[end];
    if (is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80) continue;
    const std::string_view begin = stem.substr(0, end);
    const auto parsed = parse_code(begin);
    if (!parsed || parsed->market == Market::none) continue;
    if (std::ranges::all_of(parsed->symbol, is_digit) && begin.find(parsed->symbol) != begin.npos) return *parsed;
  }
  return std::nullopt;
}

// `data.csv` parses as a ticker, too: letters alone say little.
bool is_code_with_number(const Instrument& parsed) {
  return parsed.market != Market::none || std::ranges::any_of(parsed.symbol, is_digit);
}

}  // namespace

std::string stem_of_table(std::string_view path, std::string_view file_stem, bool alone) {
  std::string_view last;
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
    path = path.substr(0, slash == path.npos ? 0 : slash);
    const auto parsed = parse_code(name);
    if (parsed && is_code_with_number(*parsed)) return std::string(name);
    if (last.empty() && name != "table") last = name;  // what pandas calls the table of a frame
  }
  return std::string(alone || last.empty() ? file_stem : last);
}

Result<Instrument> code_of_file(std::string_view stem, const std::optional<Instrument>& given, std::string_view file) {
  const auto parsed = parse_code(stem);
  if (parsed && is_code_with_number(*parsed)) {  // letters alone say less than the user's own word
    return given && parsed->market == Market::none && given->symbol == parsed->symbol ? *given : *parsed;
  }
  if (auto leading = code_before_separator(stem)) return *std::move(leading);
  if (given) return *given;
  if (parsed) return *parsed;
  const bool plain =
      std::ranges::all_of(stem, [](char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '.' || c == '-'; });
  if (stem.empty() || !plain) {
    return fail(ErrorCode::bad_code, "the file names no instrument, neither in a column nor in its name",
                std::string(file), "give the code with --code");
  }
  Instrument named{.symbol = std::string(stem), .market = Market::none};
  for (char& c : named.symbol) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return named;
}

}  // namespace momentum::sources
