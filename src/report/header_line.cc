#include "header_line.h"

#include <fmt/format.h>

#include <cmath>

#include "momentum/report/grid.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/text_width.h"

namespace momentum::report {

void EntryLine::add(std::string_view entry) {
  if (entry.empty()) return;
  const std::size_t wide = display_width(entry);
  if (used_ > 0 && width_ > 0 && used_ + 2 + wide > width_) {
    text_ += '\n';
    used_ = 0;
  } else if (used_ > 0) {
    text_ += "  ";
    used_ += 2;
  }
  text_ += entry;
  used_ += wide;
}

std::string EntryLine::finish() { return text_ + "\n"; }

std::string filled(std::string_view label, std::string_view first, std::string_view second) {
  std::string out(label);
  std::size_t from = 0;
  for (const std::string_view value : {first, second}) {
    const std::size_t hole = out.find("{}", from);
    if (hole == out.npos) break;
    out.replace(hole, 2, value);
    from = hole + value.size();
  }
  return out;
}

std::string left_out_note(const std::vector<std::string>& titles, const TableStyle& style) {
  if (titles.empty()) return {};
  EntryLine line(style.width);
  line.add(text(Text::left_out, style.lang));
  for (const std::string& title : titles) line.add(title);
  line.add(text(Text::left_out_remedy, style.lang));
  std::string out = line.finish();
  out.pop_back();
  return tinted(out, Tint::dim, style.color) + "\n";
}

std::string header_line(const score::Scan& scan, const TableStyle& style) {
  EntryLine line(style.width);
  const auto add = [&](Text label, std::string_view value) {
    if (!value.empty()) line.add(fmt::format("{} {}", text(label, style.lang), printable(value)));
  };
  line.add(to_string(scan.as_of));
  if (scan.requested_as_of.has_value() && scan.requested_as_of != scan.as_of) {
    add(Text::asked_for, to_string(scan.requested_as_of));
  }
  if (!std::isnan(scan.coverage)) add(Text::coverage, percent(scan.coverage, 1));
  add(Text::profile, scan.profile);
  add(Text::prices, scan.adjust_applied);
  add(Text::history, scan.history);
  if (scan.frequency != score::Scan{}.frequency) add(Text::frequency, scan.frequency);
  add(Text::numerics, fmt::format("{}", scan.numerics));
  add(Text::snapshot, scan.store_snapshot);
  if (scan.synthetic) line.add(text(Text::synthetic, style.lang));
  return line.finish();
}

}  // namespace momentum::report
