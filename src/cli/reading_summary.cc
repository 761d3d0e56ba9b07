#include "momentum/cli/reading_summary.h"

#include <fmt/format.h>

#include <algorithm>

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
std::string empty_line(const std::vector<std::string>& files, report::Lang lang) {
  std::string line = counted(Text::empty_files, static_cast<std::int64_t>(files.size()), lang);
  for (std::size_t i = 0; i < std::min(kShown, files.size()); ++i) line += (i == 0 ? ": " : ", ") + files[i];
  return files.size() > kShown ? line + ", ..." : line;
}

std::string row_line(const Quarantined& row) {
  std::string line = fmt::format("{}:{}: {}", row.file, row.line, row.reason);
  if (!row.column.empty()) line += fmt::format(" ({} '{}')", row.column, row.value);
  return line;
}

}  // namespace

std::vector<std::string> reading_lines(const engine::InputReport& report, report::Lang lang) {
  const sources::ReadSummary& s = report.summary;
  std::string first = counted(Text::read_files, s.files, lang);
  if (!report.dialect.empty()) first += fmt::format(" ({})", report.dialect);
  first += ": " + counted(Text::rows_in, s.rows_in, lang) + " = " + counted(Text::stored, s.stored, lang);
  const auto add = [&](Text label, std::int64_t n) {
    if (n > 0) first += " + " + counted(label, n, lang);
  };
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
  if (!s.empty_files.empty()) lines.push_back("  " + report::printable(empty_line(s.empty_files, lang)));
  const std::size_t shown = std::min(kShown, report.quarantine.size());
  for (std::size_t i = 0; i < shown; ++i) lines.push_back("  " + report::printable(row_line(report.quarantine[i])));
  if (report.quarantine.size() > shown) {
    const auto more = static_cast<std::int64_t>(report.quarantine.size() - shown);
    lines.push_back("  " + counted(Text::and_more_quarantined, more, lang));
  }
  return lines;
}

std::string quarantine_csv(const engine::InputReport& report) {
  std::string out;
  report::CsvWriter csv(out);
  for (const char* name : {"file", "line", "column", "value", "reason"}) csv.field(name);
  csv.end_row();
  for (const Quarantined& row : report.quarantine) {
    csv.field(row.file).field(std::to_string(row.line)).field(row.column).field(row.value).field(row.reason);
    csv.end_row();
  }
  return out;
}

}  // namespace momentum::cli
