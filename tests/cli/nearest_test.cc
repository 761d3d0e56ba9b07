#include "momentum/cli/nearest.h"

#include <gtest/gtest.h>

namespace momentum::cli {
namespace {

const std::vector<std::string> kNames{"scan", "show", "doctor", "--files", "--format"};

TEST(Nearest, Typos) {
  EXPECT_EQ(nearest("scna", kNames), "scan");     // swap
  EXPECT_EQ(nearest("scn", kNames), "scan");      // missing
  EXPECT_EQ(nearest("doktor", kNames), "doctor");  // wrong
  EXPECT_EQ(nearest("shoow", kNames), "show");    // doubled
  EXPECT_EQ(nearest("doc", kNames), "doctor");    // begun
  EXPECT_EQ(nearest("--fromat", kNames), "--format");
}

TEST(Nearest, NothingIsBetterThanAnything) {
  EXPECT_EQ(nearest("backtest", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace momentum::cli
