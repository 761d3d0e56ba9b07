#include "momentum/report/sparkline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

TEST(Sparkline, EightSteps) { EXPECT_EQ(sparkline(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}, 20), "▁▂▃▄▅▆▇█"); }

TEST(Sparkline, ThinsAndKeepsTheLast) {
  const std::vector<double> values{0, 0, 0, 0, 0, 0, 0, 0, 0, 7};
  EXPECT_EQ(sparkline(values, 5), "▁▁▁▁█");
  EXPECT_EQ(sparkline(values, 1), "▄");
  std::vector<double> many(60);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i % 7);
  EXPECT_EQ(display_width(sparkline(many, 13)), 13u);
}

TEST(Sparkline, MissingInfiniteAndFlat) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sparkline(std::vector<double>{1, NAN, 2, kInf}, 10), "▁ █ ");
  EXPECT_EQ(sparkline(std::vector<double>{3, 3, 3}, 10), "▄▄▄");
  EXPECT_EQ(sparkline(std::vector<double>{NAN, NAN}, 10), "");
  EXPECT_EQ(sparkline(std::vector<double>{}, 10), "");
  EXPECT_EQ(sparkline(std::vector<double>{1, 2}, 0), "");
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(sparkline(std::vector<double>{-huge, huge}, 2), "▁█");
}

}  // namespace
}  // namespace momentum::report
