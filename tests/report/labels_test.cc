#include "momentum/report/labels.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace momentum::report {
namespace {

TEST(Labels, BothLanguagesHaveTheSameHoles) {
  for (int i = 0; i < static_cast<int>(Text::count_); ++i) {
    const auto holes = [&](Lang lang) { return std::ranges::count(text(static_cast<Text>(i), lang), '{'); };
    EXPECT_EQ(holes(Lang::en), holes(Lang::zh)) << text(static_cast<Text>(i), Lang::en);
  }
}

TEST(Labels, StatusStaysItsNameInEnglish) {
  EXPECT_EQ(text(score::Status::too_few_bars, Lang::en), "too_few_bars");
  EXPECT_EQ(text(score::Status::too_few_bars, Lang::zh), "历史不足");
  EXPECT_EQ(status_text("no_bar", Lang::zh), "当日无数据");
  EXPECT_EQ(status_text("something_new", Lang::zh), "something_new");
}

}  // namespace
}  // namespace momentum::report
