#include "momentum/report/csv_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace momentum::report {
namespace {

TEST(CsvWriter, QuotesOnlyWhatNeedsIt) {
  std::string out;
  CsvWriter csv(out);
  csv.field("plain").field("").field("a,b").field("say \"hi\"").field("two\nlines").field(" padded").field("银行");
  csv.end_row();
  EXPECT_EQ(out, "plain,,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" padded\",银行\n");
}

TEST(CsvWriter, NumbersAndRows) {
  std::string out;
  CsvWriter csv(out);
  csv.number(NAN).number(std::numeric_limits<double>::infinity()).number(-std::numeric_limits<double>::infinity());
  csv.end_row();
  csv.number(0.1);
  csv.end_row();
  EXPECT_EQ(out, ",inf,-inf\n0.1\n");
}

}  // namespace
}  // namespace momentum::report
