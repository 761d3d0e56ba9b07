#include "momentum/cli/environment.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace momentum::cli {
namespace {

class EnvironmentTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS", "NO_COLOR", "TERM"}) ::unsetenv(name);
  }
};

TEST_F(EnvironmentTest, TheStrongestLocaleDecides) {
  EXPECT_EQ(read_environment().lang, report::Lang::en);
  ::setenv("LANG", "zh_CN.UTF-8", 1);
  EXPECT_EQ(read_environment().lang, report::Lang::zh);
  ::setenv("LC_MESSAGES", "en_US.UTF-8", 1);
  EXPECT_EQ(read_environment().lang, report::Lang::en);
  ::setenv("LC_ALL", "zh_TW", 1);
  EXPECT_EQ(read_environment().lang, report::Lang::zh);
  ::setenv("LC_ALL", "", 1);
  EXPECT_EQ(read_environment().lang, report::Lang::en);
}

TEST_F(EnvironmentTest, ColumnsGiveTheWidthUnlessTheyAreNoNumber) {
  ::setenv("COLUMNS", "77", 1);
  EXPECT_EQ(read_environment().width, 77);
  for (const char* wrong : {"", "-5", "0", "80x"}) {
    ::setenv("COLUMNS", wrong, 1);
    EXPECT_GT(read_environment().width, 0);
    EXPECT_NE(read_environment().width, 77);
  }
}

TEST_F(EnvironmentTest, NoColor) {
  EXPECT_FALSE(read_environment().no_color);
  ::setenv("TERM", "dumb", 1);
  EXPECT_TRUE(read_environment().no_color);
  ::setenv("TERM", "xterm", 1);
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_TRUE(read_environment().no_color);
}

}  // namespace
}  // namespace momentum::cli
