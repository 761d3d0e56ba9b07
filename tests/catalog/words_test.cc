#include "words_internal.h"

#include <gtest/gtest.h>

namespace momentum::catalog {
namespace {

TEST(Words, EveryValueHasOneAndComesBack) {
  for (int i = 0; i <= static_cast<int>(Market::US); ++i) {
    EXPECT_EQ(market_named(to_string(static_cast<Market>(i))), static_cast<Market>(i));
  }
  for (int i = 0; i <= static_cast<int>(Kind::unknown); ++i) {
    EXPECT_FALSE(word_of(static_cast<Kind>(i)).empty());
    EXPECT_EQ(kind_named(word_of(static_cast<Kind>(i))), static_cast<Kind>(i));
  }
  for (const Level level : {Level::tail, Level::year, Level::base}) EXPECT_EQ(level_named(word_of(level)), level);
  EXPECT_EQ(market_named("sh"), std::nullopt);
  EXPECT_EQ(kind_named(""), std::nullopt);
  EXPECT_EQ(level_named("tails"), std::nullopt);
}

}  // namespace
}  // namespace momentum::catalog
