#include "momentum/report/csv_writer.h"

#include "momentum/report/number.h"

namespace momentum::report {

void CsvWriter::separator() {
  if (!first_) out_ += ',';
  first_ = false;
}

CsvWriter& CsvWriter::field(std::string_view text) {
  separator();
  const bool quoted =
      text.find_first_of(",\"\r\n") != text.npos || (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!quoted) {
    out_ += text;
    return *this;
  }
  out_ += '"';
  for (const char c : text) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

CsvWriter& CsvWriter::number(double value) {
  separator();
  out_ += shortest(value);
  return *this;
}

void CsvWriter::end_row() {
  out_ += '\n';
  first_ = true;
}

}  // namespace momentum::report
