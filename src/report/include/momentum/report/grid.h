#pragma once
// Rows and columns of text laid out for a terminal. Knows widths and colours, nothing of stocks.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace momentum::report {

enum class Tint : std::uint8_t { none, up, down, dim, bold };

// `text` in its colour, or as it is when `color` is false.
std::string tinted(std::string_view text, Tint tint, bool color);

struct Cell {
  std::string text;
  Tint tint = Tint::none;
};

struct Column {
  std::string title;
  bool right = true;   // aligned right: numbers
  int priority = 0;    // 0: always shown; where room is short the highest goes first, of equals the rightmost
  int widest = 0;      // longer cells are cut with "…"; 0: no bound
  // An elastic column takes the room that is left, between min_width and max_width; fill() writes its cells then.
  int min_width = 0;
  int max_width = 0;
  std::function<Cell(std::size_t row, std::size_t width)> fill = {};
};

struct Grid {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as columns; cells of elastic columns are ignored
};

struct LaidOut {
  std::string text;                    // title line and rows, each ended by "\n"; no trailing spaces
  std::vector<std::string> left_out;   // titles of the columns that found no room, in column order
};

// Two spaces between columns. width 0: no limit. Columns of priority 0 are kept even where they do not fit.
LaidOut lay_out(const Grid& grid, std::size_t width, bool color);

}  // namespace momentum::report
