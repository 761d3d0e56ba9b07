#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

std::string points(double value) { return fixed(value, value == std::trunc(value) ? 0 : 2); }

// One cell for each point that can be had: the bars of all parts have one scale.
std::string bar(double value, double maximum) {
  const int cells = static_cast<int>(maximum);
  const int full = std::isfinite(value) ? std::clamp(static_cast<int>(std::lround(value)), 0, cells) : 0;
  std::string out;
  for (int i = 0; i < cells; ++i) out += i < full ? "█" : "░";
  return out;
}

// What of a part's inputs a record carries.
std::string ingredients(const Record& r, std::size_t part, Lang lang) {
  const auto named = [&](Text label, const std::string& value) {
    return fmt::format("{} {}", text(label, lang), value);
  };
  switch (part) {
    case 0: return named(Text::momentum_20, percent(r.momentum_20, 2, true));
    case 1: return named(Text::close, fixed(r.close, 2));
    case 2:
      return named(Text::macd_word, fixed(r.macd, 4, true)) + ", " +
             named(Text::macd_hist, fixed(r.macd_hist, 4, true));
    case 3: return named(Text::rsi, fixed(r.rsi, 2));
    case 4: return named(Text::volume_ratio, fixed(r.volume_ratio, 2));
    default: return {};
  }
}

std::string parts_table(const Record& r, const TableStyle& style) {
  const auto label = [&](Text which) { return std::string(text(which, style.lang)); };
  Grid grid;
  grid.columns = {{.title = label(Text::part), .right = false},
                  {.title = label(Text::points)},
                  {.title = "", .right = false, .priority = 2},
                  {.title = "", .right = false, .priority = 1}};
  double reachable = 0;
  for (std::size_t i = 0; i < score::kParts; ++i) {
    const score::Part& part = score::classic_parts()[i];
    reachable += part.maximum;
    grid.rows.push_back({{std::string(style.lang == Lang::zh ? part.key : part.english)},
                         {fmt::format("{} / {}", points(r.details[i]), points(part.maximum))},
                         {bar(r.details[i], part.maximum)},
                         {ingredients(r, i, style.lang)}});
  }
  grid.rows.push_back({{label(Text::total), Tint::bold},
                       {fmt::format("{} / {}", fixed(r.score, 0), points(reachable)), Tint::bold},
                       {},
                       {filled(text(Text::before_rounding, style.lang), shortest(r.score_raw)), Tint::dim}});
  return lay_out(grid, style.width > 0 ? static_cast<std::size_t>(style.width) : 0, style.color).text;
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

  if (!r.reason.empty()) out += fmt::format("{}: {}\n", label(Text::reason), printable(r.reason));
  for (const std::string& flag : r.flags) out += fmt::format("{}: {}\n", label(Text::flags), printable(flag));
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
