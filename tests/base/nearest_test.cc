#include "momentum/base/nearest.h"

#include <gtest/gtest.h>

namespace momentum {
namespace {

const std::vector<std::string> kNames{"scan", "show", "doctor", "--files", "--format"};

TEST(Edits, CountsSteps) {
  EXPECT_EQ(edits("", ""), 0u);
  EXPECT_EQ(edits("600000", "600000"), 0u);
  EXPECT_EQ(edits("", "abc"), 3u);
  EXPECT_EQ(edits("abc", ""), 3u);
  EXPECT_EQ(edits("abc", "abd"), 1u);
  EXPECT_EQ(edits("abc", "ac"), 1u);
  EXPECT_EQ(edits("ac", "abc"), 1u);
  EXPECT_EQ(edits("600519", "605019"), 1u);  // swap
  EXPECT_EQ(edits("kitten", "sitting"), 3u);
}

TEST(Nearest, Typos) {
  EXPECT_EQ(nearest("scna", kNames), "scan");      // swap
  EXPECT_EQ(nearest("scn", kNames), "scan");       // missing
  EXPECT_EQ(nearest("doktor", kNames), "doctor");  // wrong
  EXPECT_EQ(nearest("shoow", kNames), "show");     // doubled
  EXPECT_EQ(nearest("doc", kNames), "doctor");     // begun
  EXPECT_EQ(nearest("--fromat", kNames), "--format");
}

TEST(Nearest, NothingIsBetterThanAnything) {
  EXPECT_EQ(nearest("backtest", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, OfEqualsTheFirst) {
  EXPECT_EQ(nearest("scon", {"scan", "scin"}), "scan");
  EXPECT_EQ(nearest("scon", {"scin", "scan"}), "scin");
}

}  // namespace
}  // namespace momentum
