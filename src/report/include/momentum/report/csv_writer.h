#pragma once

#include <string>
#include <string_view>

namespace momentum::report {

// RFC 4180 with "\n" line ends, UTF-8 without a mark. A field is quoted when it holds a comma, a quote, a line break,
// or begins or ends with a space; a missing value is an empty field.
class CsvWriter {
 public:
  explicit CsvWriter(std::string& out) : out_(out) {}  // appends to `out`

  CsvWriter& field(std::string_view text);
  CsvWriter& number(double value);  // shortest; "" for NaN, inf, -inf
  void end_row();

 private:
  void separator();

  std::string& out_;
  bool first_ = true;
};

}  // namespace momentum::report
