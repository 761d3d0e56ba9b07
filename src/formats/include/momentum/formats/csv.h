#pragma once
// Delimited text -> cells. Knows nothing of what the columns mean.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace momentum::formats {

// Physical lines of a text, ended by LF, CRLF or CR; the ends are cut off.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : rest_(text) {}
  bool next();                                        // false at the end
  std::string_view text() const { return current_; }  // valid as long as the text is
  std::int64_t line() const { return line_; }         // 1-based
  std::size_t bytes_left() const { return rest_.size(); }

 private:
  std::string_view rest_, current_;
  std::int64_t line_ = 0;
};

// The most frequent of comma, tab, semicolon and | outside quotes (the first of them on a tie); comma if there is none.
char sniff_delimiter(std::string_view line);

// Splits one line. Blanks around a cell are cut; a quoted cell loses its quotes and its doubled quotes become one. A quote
// that does not close on its own line, or is followed by more than blanks, is an ordinary character: a stray quote spoils
// its own row and never swallows the rows after it, so a cell cannot hold a line break.
// Cells are views into `line`, or into `scratch` for those with doubled quotes; no allocation once both have grown.
void split_line(std::string_view line, char delimiter, std::vector<std::string_view>& cells, std::string& scratch);

// Records of a text from where a cursor stands: one per line that has any non-empty cell. Cells are valid until next().
class CsvReader {
 public:
  CsvReader(LineCursor lines, char delimiter) : lines_(lines), delimiter_(delimiter) {}
  bool next();
  const std::vector<std::string_view>& cells() const { return cells_; }
  std::int64_t line() const { return lines_.line(); }
  // About how many records are still to come, rather too many than too few: as if all were three quarters of this one.
  std::size_t records_left() const { return lines_.bytes_left() * 4 / (3 * (lines_.text().size() + 1)); }

 private:
  LineCursor lines_;
  char delimiter_;
  std::vector<std::string_view> cells_;
  std::string scratch_;
};

}  // namespace momentum::formats
