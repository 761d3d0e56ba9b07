#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "header_line.h"
#include "momentum/report/grid.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/scan_report.h"
#include "momentum/report/sparkline.h"
#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

using score::Record;
using score::Scan;

constexpr std::array kPartTitles{Text::part_momentum, Text::part_averages, Text::part_macd,
                                 Text::part_rsi,      Text::part_volume,   Text::part_trend};
static_assert(kPartTitles.size() == score::kParts);

Tint direction(double value) {
  if (value > 0) return Tint::up;
  if (value < 0) return Tint::down;
  return Tint::none;
}

std::string points(double value) { return fixed(value, value == std::trunc(value) ? 0 : 2); }

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

Tint line_tint(const Record& record) {
  const auto& closes = record.recent_closes;
  return closes.size() < 2 ? Tint::none : direction(closes.back() - closes.front());
}

Grid ranked_grid(const Scan& scan, std::size_t count, Lang lang) {
  Grid grid;
  const auto column = [&](Text title, bool right, int widest = 0) {
    // the order of the columns is the order of their worth: the rightmost goes first
    const int priority = static_cast<int>(grid.columns.size());
    grid.columns.push_back(
        {.title = std::string(text(title, lang)), .right = right, .priority = priority, .widest = widest});
  };
  column(Text::rank, true);
  column(Text::code, false);
  column(Text::name, false, 16);
  column(Text::score, true);
  column(Text::close, true);
  column(Text::change, true);
  column(Text::momentum_20, true);
  column(Text::rsi, true);
  const std::size_t line_column = grid.columns.size();
  column(Text::trend_line, false);
  column(Text::volume_ratio, true);
  column(Text::amount, true);
  column(Text::industry, false, 16);
  for (const Text title : kPartTitles) column(title, true);
  column(Text::macd_hist, true);
  column(Text::board, false);
  column(Text::flags, false, 40);
  grid.columns[1].priority = 0;  // code and score say the least that is of use
  grid.columns[3].priority = 0;

  grid.columns[line_column].min_width = 10;
  grid.columns[line_column].max_width = 60;
  grid.columns[line_column].fill = [&scan](std::size_t row, std::size_t width) {
    const Record& record = scan.results[row];
    return Cell{sparkline(record.recent_closes, width), line_tint(record)};
  };

  for (std::size_t i = 0; i < count; ++i) {
    const Record& r = scan.results[i];
    std::vector<Cell> row{
        {grouped(static_cast<std::int64_t>(i) + 1), Tint::dim},
        {printable(r.ts_code)},
        {printable(r.name)},
        {fixed(r.score, 0), Tint::bold},
        {fixed(r.close, 2)},
        {percent(r.pct_chg, 2, true), direction(r.pct_chg)},
        {percent(r.momentum_20, 2, true), direction(r.momentum_20)},
        {fixed(r.rsi, 1)},
        {},
        {fixed(r.volume_ratio, 2)},
        {quantity(r.amount, lang)},
        {printable(r.industry)},
    };
    for (const double part : r.details) row.push_back({points(part)});
    row.push_back({fixed(r.macd_hist, 3, true), direction(r.macd_hist)});
    row.push_back({printable(r.board)});
    row.push_back({printable(joined(r.flags, ";"))});
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

Grid unranked_grid(const Scan& scan, std::size_t count, Lang lang) {
  Grid grid;
  const auto column = [&](Text title, bool right, int priority, int widest = 0) {
    grid.columns.push_back(
        {.title = std::string(text(title, lang)), .right = right, .priority = priority, .widest = widest});
  };
  column(Text::code, false, 0);
  column(Text::name, false, 2, 16);
  column(Text::status, false, 0);
  column(Text::score, true, 3);
  column(Text::as_of, false, 4);
  column(Text::bars, true, 5);
  column(Text::reason, false, 1, 100);
  for (std::size_t i = 0; i < count; ++i) {
    const Record& r = scan.unranked[i];
    grid.rows.push_back({{printable(r.ts_code)},
                         {printable(r.name)},
                         {std::string(text(r.status, lang))},
                         {fixed(r.score, 0)},
                         {to_string(r.as_of)},
                         {grouped(r.bars)},
                         {printable(in(r.reason, lang))}});
  }
  return grid;
}

// "unranked 312: too_few_bars 201, no_bar 43", the most frequent first
std::string unranked_counts(const Scan& scan, Lang lang) {
  std::vector<std::pair<std::string, std::int64_t>> counts(scan.statistics.unranked.begin(),
                                                           scan.statistics.unranked.end());
  std::erase_if(counts, [](const auto& c) { return c.second == 0; });
  std::ranges::stable_sort(counts, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::int64_t sum = 0;
  std::string list;
  for (const auto& [status, count] : counts) {
    sum += count;
    if (!list.empty()) list += text(Text::list_separator, lang);
    list += fmt::format("{} {}", status_text(status, lang), grouped(count));
  }
  if (sum == 0) return {};
  return fmt::format("{} {}: {}", text(Text::unranked, lang), grouped(sum), list);
}

std::string footer(const Scan& scan, std::size_t shown, Lang lang) {
  std::vector<std::string> parts;
  if (shown < scan.results.size()) {
    parts.push_back(
        filled(text(Text::more_rows, lang), grouped(static_cast<std::int64_t>(scan.results.size() - shown))));
  }
  if (std::string counts = unranked_counts(scan, lang); !counts.empty()) parts.push_back(std::move(counts));
  const auto count = [&](Text label, std::int64_t n) {
    if (n > 0) parts.push_back(fmt::format("{} {}", text(label, lang), grouped(n)));
  };
  count(Text::filtered, scan.statistics.filtered);
  count(Text::delisted, scan.statistics.delisted);
  return parts.empty() ? "" : joined(parts, "; ") + "\n";
}

void append_laid_out(std::string& out, const Grid& grid, const TableStyle& style) {
  const LaidOut laid = lay_out(grid, style.width > 0 ? static_cast<std::size_t>(style.width) : 0, style.color);
  out += laid.text;
  out += left_out_note(laid.left_out, style);
}

}  // namespace

std::string scan_table(const Scan& scan, const ScanView& view, const TableStyle& style) {
  std::string out = header_line(scan, style);
  const std::size_t shown = std::min(style.rows, scan.results.size());
  if (scan.results.empty()) {
    out += std::string(text(Text::nothing_ranked, style.lang)) + "\n";
  } else {
    append_laid_out(out, ranked_grid(scan, shown, style.lang), style);
  }
  out += footer(scan, shown, style.lang);
  if (view.unranked && !scan.unranked.empty()) {
    const std::size_t others = std::min(style.rows, scan.unranked.size());
    out += '\n';
    append_laid_out(out, unranked_grid(scan, others, style.lang), style);
    if (others < scan.unranked.size()) {
      const auto more = static_cast<std::int64_t>(scan.unranked.size() - others);
      out += filled(text(Text::more_rows, style.lang), grouped(more)) + "\n";
    }
  }
  return out;
}

}  // namespace momentum::report
