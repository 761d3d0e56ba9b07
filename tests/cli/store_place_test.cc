#include "store_place.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace momentum::cli {
namespace {

class StorePlace : public ::testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("MOMENTUM_STORE");
    ::unsetenv("XDG_DATA_HOME");
    ::setenv("HOME", "/home/somebody", 1);
  }
};

TEST_F(StorePlace, TheFirstThatSays) {
  EXPECT_EQ(store_place(""), "/home/somebody/.local/share/momentum/store");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  EXPECT_EQ(store_place(""), "/home/somebody/.local/share/momentum/store");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(store_place(""), "/data/momentum/store");
  ::setenv("MOMENTUM_STORE", "mine", 1);
  EXPECT_EQ(store_place(""), "mine");
  EXPECT_EQ(store_place("named"), "named");
}

TEST_F(StorePlace, TheFileCountsAfterTheEnvironment) {
  EXPECT_EQ(store_place("", "of_file"), "of_file");
  EXPECT_EQ(store_place("", "~/of_file"), "/home/somebody/of_file");
  EXPECT_EQ(store_place("named", "of_file"), "named");
  ::setenv("MOMENTUM_STORE", "mine", 1);
  EXPECT_EQ(store_place("", "of_file"), "mine");
}

}  // namespace
}  // namespace momentum::cli
