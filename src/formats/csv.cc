#include "momentum/formats/csv.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace momentum::formats {
namespace {

constexpr std::array<char, 4> kDelimiters = {',', '\t', ';', '|'};

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  if (!text.empty() && !is_blank(text.front()) && !is_blank(text.back())) return text;
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Offset of the quote that closes the cell opened at text[0], npos if none does. Sets `doubled` if there are "" inside.
std::size_t closing_quote(std::string_view text, bool& doubled) {
  doubled = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    if (i + 1 == text.size() || text[i + 1] != '"') return i;
    doubled = true;
    ++i;
  }
  return std::string_view::npos;
}

}  // namespace

bool LineCursor::next() {
  if (rest_.empty()) return false;
  ++line_;
  const void* const feed = std::memchr(rest_.data(), '\n', rest_.size());
  std::size_t length =
      feed != nullptr ? static_cast<std::size_t>(static_cast<const char*>(feed) - rest_.data()) : rest_.size();
  std::size_t skip = feed != nullptr ? length + 1 : length;
  if (const void* const cr = std::memchr(rest_.data(), '\r', length); cr != nullptr) {
    const auto at = static_cast<std::size_t>(static_cast<const char*>(cr) - rest_.data());
    if (at + 1 < length || feed == nullptr) skip = at + 1;  // a CR of its own ends the line too
    length = at;
  }
  current_ = rest_.substr(0, length);
  rest_.remove_prefix(skip);
  return true;
}

char sniff_delimiter(std::string_view line) {
  std::array<std::size_t, kDelimiters.size()> count{};
  bool quoted = false;
  for (char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    for (std::size_t i = 0; i < kDelimiters.size(); ++i) count[i] += c == kDelimiters[i];
  }
  return kDelimiters[static_cast<std::size_t>(std::ranges::max_element(count) - count.begin())];
}

void split_line(std::string_view line, char delimiter, std::vector<std::string_view>& cells, std::string& scratch) {
  cells.clear();
  scratch.clear();
  std::size_t begin = 0;
  const bool quotes = line.find('"') != std::string_view::npos;
  while (true) {
    std::size_t open = quotes ? begin : line.size();
    while (open < line.size() && is_blank(line[open]) && line[open] != delimiter) ++open;
    if (open < line.size() && line[open] == '"') {
      bool doubled = false;
      const std::size_t close = closing_quote(line.substr(open), doubled);
      if (close != std::string_view::npos) {
        std::size_t after = open + close + 1;
        while (after < line.size() && is_blank(line[after]) && line[after] != delimiter) ++after;
        if (after == line.size() || line[after] == delimiter) {
          std::string_view cell = line.substr(open + 1, close - 1);
          if (doubled) {
            scratch.reserve(line.size());  // all cells together fit, so the views into it stay
            const std::size_t start = scratch.size();
            for (std::size_t i = 0; i < cell.size(); ++i) {
              scratch += cell[i];
              if (cell[i] == '"') ++i;
            }
            cell = std::string_view(scratch).substr(start);
          }
          cells.push_back(trimmed(cell));
          if (after == line.size()) return;
          begin = after + 1;
          continue;
        }
      }
    }
    const void* const found =
        begin < line.size() ? std::memchr(line.data() + begin, delimiter, line.size() - begin) : nullptr;
    const std::size_t end =
        found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - line.data()) : line.size();
    cells.push_back(trimmed(line.substr(begin, end - begin)));
    if (found == nullptr) return;
    begin = end + 1;
  }
}

bool CsvReader::next() {
  while (lines_.next()) {
    split_line(lines_.text(), delimiter_, cells_, scratch_);
    if (std::ranges::any_of(cells_, [](std::string_view cell) { return !cell.empty(); })) return true;
  }
  return false;
}

}  // namespace momentum::formats
