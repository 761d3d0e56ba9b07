#include "momentum/report/grid.h"

#include <algorithm>
#include <limits>

#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

constexpr std::size_t kGap = 2;

std::size_t natural_width(const Grid& grid, std::size_t c) {
  const Column& column = grid.columns[c];
  std::size_t width = display_width(column.title);
  if (column.fill) return std::max(width, static_cast<std::size_t>(column.min_width));
  for (const auto& row : grid.rows) width = std::max(width, display_width(row[c].text));
  if (column.widest > 0)
    width = std::min(width, std::max(static_cast<std::size_t>(column.widest), display_width(column.title)));
  return width;
}

}  // namespace

std::string tinted(std::string_view text, Tint tint, bool color) {
  if (!color || tint == Tint::none || text.empty()) return std::string(text);
  // red up, green down: the convention of Chinese markets
  const char* start = tint == Tint::up     ? "\x1b[31m"
                      : tint == Tint::down ? "\x1b[32m"
                      : tint == Tint::dim  ? "\x1b[2m"
                                           : "\x1b[1m";
  return start + std::string(text) + "\x1b[0m";
}

LaidOut lay_out(const Grid& grid, std::size_t width, bool color) {
  const std::size_t limit = width == 0 ? std::numeric_limits<std::size_t>::max() : width;
  std::vector<std::size_t> widths(grid.columns.size());
  std::vector<bool> kept(grid.columns.size(), true);
  for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = natural_width(grid, c);

  const auto total = [&] {
    std::size_t sum = 0;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (kept[c]) sum += widths[c] + (sum > 0 ? kGap : 0);
    }
    return sum;
  };
  while (total() > limit) {
    std::size_t worst = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!kept[c] || grid.columns[c].priority == 0) continue;
      if (worst == widths.size() || grid.columns[c].priority >= grid.columns[worst].priority) worst = c;
    }
    if (worst == widths.size()) break;
    kept[worst] = false;
  }

  LaidOut out;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (!kept[c]) out.left_out.push_back(grid.columns[c].title);
  }
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (!kept[c] || !grid.columns[c].fill) continue;
    const auto most = static_cast<std::size_t>(grid.columns[c].max_width);
    const std::size_t used = total();
    const std::size_t room = limit > used ? limit - used : 0;
    if (most > widths[c]) widths[c] += std::min(room, most - widths[c]);
  }

  const auto append_line = [&](const auto& cell_of) {
    std::string line;
    std::size_t spaces = 0;  // held back, so that no line ends in spaces
    bool first = true;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!kept[c]) continue;
      if (!first) spaces += kGap;
      first = false;
      Cell cell = cell_of(c);
      cell.text = fit(cell.text, widths[c]);
      const std::size_t fill = widths[c] - std::min(widths[c], display_width(cell.text));
      if (grid.columns[c].right) spaces += fill;
      if (!cell.text.empty()) {
        line += std::string(spaces, ' ') + tinted(cell.text, cell.tint, color);
        spaces = 0;
      }
      if (!grid.columns[c].right) spaces += fill;
    }
    out.text += line;
    out.text += '\n';
  };
  append_line([&](std::size_t c) { return Cell{grid.columns[c].title, Tint::bold}; });
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    append_line(
        [&](std::size_t c) { return grid.columns[c].fill ? grid.columns[c].fill(r, widths[c]) : grid.rows[r][c]; });
  }
  return out;
}

}  // namespace momentum::report
