#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "bar_series_internal.h"

namespace momentum::store {
namespace {

const std::vector<std::int32_t> kDays = {10, 11, 14, 15};
const std::vector<double> kClose = {1, 2, 3, 4}, kPreclose = {5, 6, NAN, 8};

BarSeries sample(bool with_preclose = true) {
  BarSeries out{.times = kDays};
  out.columns[kCloseColumn] = kClose;
  if (with_preclose) out.columns[kPrecloseColumn] = kPreclose;
  return out;
}

TEST(BarSeries, NamesOfColumnsAreThoseOfTheFile) {
  EXPECT_EQ(column_name(0), "open");
  EXPECT_EQ(column_name(5), "amount");
  EXPECT_EQ(column_name(kColumns - 1), "pcf_ttm");
}

TEST(BarSeries, BetweenIsInclusiveAndOpenWithoutADay) {
  EXPECT_EQ(sample().between({11}, {14}).size(), 2u);
  EXPECT_EQ(sample().between({}, {10}).size(), 1u);
  EXPECT_EQ(sample().between({12}, {13}).size(), 0u);
  EXPECT_EQ(sample().between({15}, {}).columns[kCloseColumn].front(), 4);
  EXPECT_EQ(sample().between({}, {}).size(), 4u);
  EXPECT_EQ(sample().between({14}, {11}).size(), 0u);
}

TEST(BarSeries, OnlyDropsTheOthers) {
  const BarSeries only = sample().only(ColumnMask{1} << kPrecloseColumn);
  EXPECT_EQ(only.size(), 4u);
  EXPECT_TRUE(only.columns[kCloseColumn].empty());
  EXPECT_EQ(only.columns[kPrecloseColumn].size(), 4u);
}

TEST(BarRows, AColumnThatComesLaterIsMissingBefore) {
  BarRows rows;
  rows.append(sample(false));
  rows.append(sample());
  rows.append(sample(false));
  const BarSeries all = rows.view();
  ASSERT_EQ(all.size(), 12u);
  ASSERT_EQ(all.columns[kPrecloseColumn].size(), 12u);
  EXPECT_TRUE(std::isnan(all.columns[kPrecloseColumn][3]));
  EXPECT_EQ(all.columns[kPrecloseColumn][4], 5);
  EXPECT_TRUE(std::isnan(all.columns[kPrecloseColumn][11]));
  EXPECT_EQ(all.columns[kCloseColumn][11], 4);
  EXPECT_TRUE(all.columns[0].empty());
}

TEST(BarRows, FillLastTakesWhatIsLackingAndNothingElse) {
  BarRows rows;
  rows.append(sample(false).slice(0, 1));
  rows.fill_last(sample(), 1);
  EXPECT_EQ(rows.view().columns[kPrecloseColumn][0], 6);
  EXPECT_EQ(rows.view().columns[kCloseColumn][0], 1);  // not a column to be filled
  rows.fill_last(sample(), 3);
  EXPECT_EQ(rows.view().columns[kPrecloseColumn][0], 6);
  BarRows others;
  others.append(sample(false).slice(0, 1));
  others.fill_last(sample(), 2);  // missing there too
  EXPECT_TRUE(others.view().columns[kPrecloseColumn].empty());
}

TEST(BarRows, ClearForgetsColumns) {
  BarRows rows;
  rows.append(sample());
  rows.clear();
  EXPECT_EQ(rows.size(), 0u);
  rows.append(sample(false));
  EXPECT_TRUE(rows.view().columns[kPrecloseColumn].empty());
}

}  // namespace
}  // namespace momentum::store
