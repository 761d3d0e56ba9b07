#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "momentum/report/style.h"
#include "momentum/score/record.h"

namespace momentum::report {

// "2021-12-31  coverage 98.30%  profile classic  prices back (preclose)  history origin  numerics 1  合成数据 SYNTHETIC",
// broken between entries where style.width is short. Ends in "\n".
std::string header_line(const score::Scan& scan, const TableStyle& style);

// The line under a table that names the columns without room; "" when there are none.
std::string left_out_note(const std::vector<std::string>& titles, const TableStyle& style);

// `label` with its "{}" replaced by the values, in order.
std::string filled(std::string_view label, std::string_view first, std::string_view second = {});

// Entries two spaces apart, broken into lines of at most `width` columns (0: no limit). Ends in "\n".
class EntryLine {
 public:
  explicit EntryLine(int width) : width_(width > 0 ? static_cast<std::size_t>(width) : 0) {}
  void add(std::string_view entry);
  std::string finish();

 private:
  std::size_t width_;
  std::size_t used_ = 0;
  std::string text_;
};

}  // namespace momentum::report
