#include "momentum/cli/reading_summary.h"
#include "momentum/base/trading_hours.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "momentum/report/csv_writer.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/text_width.h"

namespace momentum::cli {
namespace {

using report::Text;
using sources::Quarantined;

constexpr std::size_t kShown = 5;

// `label` holds one "{}".
std::string counted(Text label, std::int64_t n, report::Lang lang) {
  return fmt::format(fmt::runtime(report::text(label, lang)), report::grouped(n));
}

// The first few names behind their count.
std::string names_line(Text label, const std::vector<std::string>& files, report::Lang lang) {
  std::string line = counted(label, static_cast<std::int64_t>(files.size()), lang);
  for (std::size_t i = 0; i < std::min(kShown, files.size()); ++i) line += (i == 0 ? ": " : ", ") + files[i];
  return files.size() > kShown ? line + ", ..." : line;
}

std::string row_line(const Quarantined& row) {
  const std::string place = row.line > 0 ? fmt::format("{}:{}", row.file, row.line) : row.file;
  std::string line = fmt::format("{}: {}", place, row.reason);
  if (!row.column.empty()) line += fmt::format(" ({} '{}')", row.column, row.value);
  return line;
}

// A part of what the stored rows are, with its label.
struct Part {
  Text label;
  std::int64_t rows;
};

std::vector<std::string> lines_of(const sources::ReadSummary& s, const std::vector<Quarantined>& quarantine,
                                  std::string_view what, const std::vector<Part>& parts, report::Lang lang) {
  std::string first = counted(Text::read_files, s.files, lang);
  if (!what.empty()) first += fmt::format(" ({})", what);
  first +=
      ": " + counted(Text::rows_in, s.rows_in, lang) + " = " + counted(parts.front().label, parts.front().rows, lang);
  const auto add = [&](Text label, std::int64_t n) {
    if (n > 0) first += " + " + counted(label, n, lang);
  };
  for (std::size_t i = 1; i < parts.size(); ++i) add(parts[i].label, parts[i].rows);
  add(Text::duplicates, s.duplicates);
  add(Text::suspensions, s.suspensions);
  add(Text::quarantined, s.quarantined);
  std::string reasons;
  for (const auto& [reason, count] : s.quarantined_by_reason) {
    if (!reasons.empty()) reasons += ", ";
    reasons += fmt::format("{} {}", reason, report::grouped(count));
  }
  if (!reasons.empty()) first += fmt::format(" ({})", reasons);

  std::vector<std::string> lines{report::printable(first)};
  for (const auto& [label, names] : {std::pair(Text::empty_files, &s.empty_files), {Text::stores_left_out, &s.stores}})
    if (!names->empty()) lines.push_back("  " + report::printable(names_line(label, *names, lang)));
  const std::size_t shown = std::min(kShown, quarantine.size());
  for (std::size_t i = 0; i < shown; ++i) lines.push_back("  " + report::printable(row_line(quarantine[i])));
  if (quarantine.size() > shown) {
    const auto more = static_cast<std::int64_t>(quarantine.size() - shown);
    lines.push_back("  " + counted(Text::and_more_quarantined, more, lang));
  }
  return lines;
}

void quarantine_rows(report::CsvWriter& csv, const std::vector<Quarantined>& quarantine) {
  for (const char* name : {"file", "line", "column", "value", "reason"}) csv.field(name);
  csv.end_row();
  for (const Quarantined& row : quarantine) {
    csv.field(row.file).field(row.line > 0 ? std::to_string(row.line) : "").field(row.column).field(row.value);
    csv.field(row.reason);
    csv.end_row();
  }
}

std::string time_of(const engine::ContradictedBar& bar) {
  return bar.minute < 0 ? to_string(bar.day) : fmt::format("{} {}", to_string(bar.day), minute_text(bar.minute));
}

void add_contradicted(const engine::ImportReport& report, report::Lang lang, std::vector<std::string>& lines) {
  const Text label = report.corrected > 0 ? Text::differs_replaced : Text::differs_kept;
  const std::size_t shown = std::min(kShown, report.contradicted.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const engine::ContradictedBar& bar = report.contradicted[i];
    lines.push_back("  " + fmt::format(fmt::runtime(report::text(label, lang)), to_string(bar.code), time_of(bar)));
  }
  if (report.contradicted.size() > shown) {
    lines.push_back("  " +
                    counted(Text::and_more, static_cast<std::int64_t>(report.contradicted.size() - shown), lang));
  }
}

}  // namespace

std::vector<std::string> reading_lines(const engine::InputReport& report, report::Lang lang) {
  return lines_of(report.summary, report.quarantine, report.dialect, {{Text::stored, report.summary.stored}}, lang);
}

std::vector<std::string> import_lines(const engine::ImportReport& report, report::Lang lang) {
  std::vector<Part> parts{{Text::stored, report.accounted ? report.stored : report.summary.stored}};
  if (report.accounted) {
    parts.insert(parts.end(), {{Text::already_there, report.known},
                               {Text::conflicting, report.conflicting},
                               {Text::corrected, report.corrected}});
  }
  const std::string& what = report.kind.empty() ? report.dialect : report.kind;
  std::vector<std::string> lines = lines_of(report.summary, report.quarantine, what, parts, lang);
  add_contradicted(report, lang, lines);
  if (!report.prepended.empty()) {
    std::string names;
    for (std::size_t i = 0; i < std::min(kShown, report.prepended.size()); ++i)
      names += (i == 0 ? "" : ", ") + to_string(report.prepended[i]);
    if (report.prepended.size() > kShown) names += ", ...";
    lines.push_back(fmt::format(fmt::runtime(report::text(Text::prepended, lang)),
                                report::grouped(static_cast<std::int64_t>(report.prepended.size())), names));
  }
  return lines;
}

std::string quarantine_csv(const engine::InputReport& report) {
  std::string out;
  report::CsvWriter csv(out);
  quarantine_rows(csv, report.quarantine);
  return out;
}

std::string quarantine_csv(const engine::ImportReport& report) {
  std::string out;
  report::CsvWriter csv(out);
  quarantine_rows(csv, report.quarantine);
  const std::string reason =
      fmt::format("{} stored {}", report.corrected > 0 ? "replaced a different" : "differs from the",
                  report.kind.empty() ? "bar" : "row");
  for (const engine::ContradictedBar& bar : report.contradicted) {
    csv.field("").field("").field("date").field(to_string(bar.code) + " " + time_of(bar)).field(reason);
    csv.end_row();
  }
  return out;
}

}  // namespace momentum::cli
