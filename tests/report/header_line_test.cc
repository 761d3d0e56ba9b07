// The line above every table, seen through scan_table.

#include <gtest/gtest.h>

#include "momentum/report/scan_report.h"
#include "sample_scan.h"

namespace momentum::report {
namespace {

std::string first_line(const score::Scan& scan, const TableStyle& style) {
  const std::string text = scan_table(scan, {}, style);
  return text.substr(0, text.find('\n'));
}

TEST(HeaderLine, SaysWhatTheNumbersAreOf) {
  score::Scan scan = sample_scan();
  scan.store_snapshot = "17";
  EXPECT_EQ(
      first_line(scan, {.width = 0}),
      "2024-06-28  asked for 2024-06-30  coverage 98.5%  profile classic  prices back (preclose)  history origin  "
      "numerics 1  snapshot 17");
  EXPECT_EQ(first_line(scan, {.lang = Lang::zh, .width = 0}),
            "2024-06-28  请求日期 2024-06-30  覆盖率 98.5%  口径 classic  复权 back (preclose)  历史 origin  数值版本 "
            "1  快照 17");
}

TEST(HeaderLine, NothingIsAskedForTwice) {
  score::Scan scan = sample_scan();
  scan.requested_as_of = scan.as_of;
  scan.coverage = score::kMissing;
  EXPECT_EQ(first_line(scan, {.width = 40}), "2024-06-28  profile classic");
}

}  // namespace
}  // namespace momentum::report
