#include "market_group.h"

#include <gtest/gtest.h>

namespace momentum::engine {
namespace {

std::string_view group_of(const char* text) {
  const auto code = parse_code(text);
  EXPECT_TRUE(code) << text;
  return market_group(*code, kind_of(*code));
}

TEST(MarketGroup, ByMarketAndKind) {
  const std::pair<const char*, std::string_view> expected[] = {
      {"600000.SH", "a"},     {"300001.SZ", "a"},    {"920047.BJ", "a"}, {"900901.SH", "b"}, {"510300.SH", "etf"},
      {"000300.SH", "index"}, {"128001.SZ", "bond"}, {"AAPL.US", "us"},  {"00700.HK", "hk"}, {"730001.SH", "other"}};
  for (const auto& [code, group] : expected) EXPECT_EQ(group_of(code), group) << code;
}

TEST(MarketGroup, ExchangesOfAGroup) {
  EXPECT_EQ(exchanges_of("us"), (std::vector{Market::US}));
  EXPECT_EQ(exchanges_of("hk"), (std::vector{Market::HK}));
  EXPECT_EQ(exchanges_of("b"), (std::vector{Market::SH, Market::SZ}));
  EXPECT_EQ(exchanges_of("a"), (std::vector{Market::SH, Market::SZ, Market::BJ}));
}

}  // namespace
}  // namespace momentum::engine
