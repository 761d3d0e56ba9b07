#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "header_line.h"
#include "momentum/report/grid.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/rules.h"
#include "momentum/report/scan_report.h"
#include "momentum/report/sparkline.h"
#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

using score::Record;

constexpr std::size_t kGap = 2;  // between columns

std::string points(double value) { return fixed(value, value == std::trunc(value) ? 0 : 2); }

// One cell for each point that can be had: the bars of all parts have one scale.
std::string bar(double value, double maximum) {
  const int cells = static_cast<int>(maximum);
  const int full = std::isfinite(value) ? std::clamp(static_cast<int>(std::lround(value)), 0, cells) : 0;
  std::string out;
  for (int i = 0; i < cells; ++i) out += i < full ? "█" : "░";
  return out;
}

// Pieces joined by spaces into lines of at most `room` columns; a longer piece stands alone. room 0: one line.
std::vector<std::string> wrapped(const std::vector<std::string>& pieces, std::size_t room) {
  std::vector<std::string> lines;
  for (const std::string& piece : pieces) {
    if (!lines.empty() && (room == 0 || display_width(lines.back()) + 1 + display_width(piece) <= room)) {
      lines.back().append(1, ' ').append(piece);
    } else {
      lines.push_back(piece);
    }
  }
  return lines;
}

struct PartsLayout {
  bool bars;               // whether the bars find room
  std::size_t rule_width;  // columns for a rule's text; 0: no limit
};

PartsLayout layout_of(const TableStyle& style) {
  constexpr std::size_t kLeast = 44;  // a rule in one or two lines
  std::size_t name = 0, most = 0;
  for (const score::Part& part : score::classic_parts()) {
    name = std::max(name, display_width(style.lang == Lang::zh ? part.key : part.english));
    most = std::max(most, static_cast<std::size_t>(part.maximum));
  }
  if (style.width <= 0) return {true, 0};
  const auto width = static_cast<std::size_t>(style.width);
  const std::size_t used = name + std::string_view("12.34 / 20").size() + std::string_view("+10").size() + 3 * kGap;
  if (width >= used + most + kGap + kLeast) return {true, width - used - most - kGap};
  return {false, width > used + kLeast ? width - used : kLeast};
}

// Each part is one row with its points and as many more as its rules take.
std::string parts_table(const Record& r, const TableStyle& style) {
  const auto label = [&](Text which) { return std::string(text(which, style.lang)); };
  const PartsLayout layout = layout_of(style);
  Grid grid;
  grid.columns = {{.title = label(Text::part), .right = false}, {.title = label(Text::points)}};
  if (layout.bars) grid.columns.push_back({.title = "", .right = false});
  grid.columns.push_back({.title = ""});
  grid.columns.push_back({.title = "", .right = false});
  const auto row = [&](Cell name, Cell gained, std::string drawn, std::string rule_points, Cell rule) {
    grid.rows.push_back({std::move(name), std::move(gained)});
    if (layout.bars) grid.rows.back().push_back({std::move(drawn)});
    grid.rows.back().push_back({std::move(rule_points)});
    grid.rows.back().push_back(std::move(rule));
  };
  double reachable = 0;
  for (std::size_t i = 0; i < score::kParts; ++i) {
    const score::Part& part = score::classic_parts()[i];
    reachable += part.maximum;
    Cell name{std::string(style.lang == Lang::zh ? part.key : part.english)};
    Cell gained{fmt::format("{} / {}", points(r.details[i]), points(part.maximum))};
    std::string drawn = bar(r.details[i], part.maximum);
    for (const RuleLine& rule : rules_of(r, i, style.lang)) {
      std::string rule_points = rule.points;
      for (std::string& line : wrapped(rule.pieces, layout.rule_width)) {
        row(std::exchange(name, {}), std::exchange(gained, {}), std::exchange(drawn, {}),
            std::exchange(rule_points, {}), {std::move(line)});
      }
    }
    if (!name.text.empty()) row(std::move(name), std::move(gained), std::move(drawn), {}, {});
  }
  row({label(Text::total), Tint::bold}, {fmt::format("{} / {}", fixed(r.score, 0), points(reachable)), Tint::bold}, {},
      {}, {filled(text(Text::before_rounding, style.lang), shortest(r.score_raw)), Tint::dim});
  return lay_out(grid, 0, style.color).text;
}

// Flags as they are ("unverified_link:2007-03-01"); more than a few of one kind as their number, the first and the last.
std::vector<std::string> flag_lines(const std::vector<std::string>& flags, Lang lang) {
  constexpr std::size_t kEach = 3;
  std::vector<std::string> kinds, lines;
  const auto kind_of = [](const std::string& flag) { return flag.substr(0, flag.find(':')); };
  for (const std::string& flag : flags) {
    if (std::ranges::find(kinds, kind_of(flag)) == kinds.end()) kinds.push_back(kind_of(flag));
  }
  for (const std::string& kind : kinds) {
    std::vector<std::string> of_kind;
    for (const std::string& flag : flags) {
      if (kind_of(flag) == kind) of_kind.push_back(flag);
    }
    if (of_kind.size() <= kEach) {
      for (const std::string& flag : of_kind) lines.push_back(printable(flag));
      continue;
    }
    const auto [first, last] = std::ranges::minmax(of_kind);
    const std::size_t from = std::min(kind.size() + 1, first.size());
    const std::string count = grouped(static_cast<std::int64_t>(of_kind.size()));
    lines.push_back(filled(text(Text::flag_count, lang), printable(kind), count));
    lines.back() += text(Text::list_separator, lang);
    lines.back() += filled(text(Text::flag_span, lang), printable(first.substr(from)), printable(last.substr(from)));
  }
  return lines;
}

}  // namespace

std::string explain(const score::Scan& scan, const Record& r, std::optional<std::size_t> rank,
                    const TableStyle& style) {
  const auto label = [&](Text which) { return text(which, style.lang); };
  std::string out = header_line(scan, style);

  EntryLine who(style.width);
  who.add(tinted(printable(r.ts_code), Tint::bold, style.color));
  for (const std::string& entry : {r.name, r.board, r.industry}) who.add(printable(entry));
  if (rank) {
    who.add(filled(label(Text::rank_of), grouped(static_cast<std::int64_t>(*rank)), grouped(scan.statistics.ranked)));
  }
  if (r.synthetic && !scan.synthetic) who.add(label(Text::synthetic));
  out += who.finish();

  EntryLine basis(style.width);
  basis.add(fmt::format("{} {}", label(Text::status), text(r.status, style.lang)));
  if (r.as_of.has_value()) basis.add(fmt::format("{} {}", label(Text::as_of), to_string(r.as_of)));
  if (r.first_bar.has_value()) basis.add(fmt::format("{} {}", label(Text::first_bar), to_string(r.first_bar)));
  basis.add(fmt::format("{} {}", label(Text::bars), grouped(r.bars)));
  basis.add(fmt::format("{} {}", label(Text::close), fixed(r.close, 2)));
  const Tint direction = r.pct_chg > 0 ? Tint::up : r.pct_chg < 0 ? Tint::down : Tint::none;
  basis.add(fmt::format("{} {}", label(Text::change), tinted(percent(r.pct_chg, 2, true), direction, style.color)));
  basis.add(fmt::format("{} {}", label(Text::amount), quantity(r.amount, style.lang)));
  out += basis.finish();

  if (!r.reason.empty()) out += fmt::format("{}: {}\n", label(Text::reason), printable(in(r.reason, style.lang)));
  for (const std::string& line : flag_lines(r.flags, style.lang))
    out += fmt::format("{}: {}\n", label(Text::flags), line);
  const std::size_t room = style.width > 0 ? static_cast<std::size_t>(style.width) : 80;
  const std::string title = fmt::format("{} ", label(Text::last_closes));
  const std::size_t wide = display_width(title);
  if (const std::string line = sparkline(r.recent_closes, room > wide ? std::min<std::size_t>(room - wide, 60) : 0);
      !line.empty()) {
    out += title + line + "\n";
  }
  out += '\n';
  if (std::isnan(r.score)) return out + std::string(label(Text::no_score)) + "\n";
  return out + parts_table(r, style);
}

}  // namespace momentum::report
