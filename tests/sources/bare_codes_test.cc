#include "bare_codes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reading.h"

namespace momentum::sources::testing {
namespace {

TEST(BareCodes, SharesAreByTheirRanges) {
  const std::pair<const char*, Market> cases[] = {
      {"600000", Market::SH},   {"601318", Market::SH},   {"603000", Market::SH},   {"605286", Market::SH},
      {"688001", Market::SH},   {"689009", Market::SH},   {"900901", Market::SH},   {"000001", Market::SZ},
      {"001338", Market::SZ},   {"002594", Market::SZ},   {"003000", Market::SZ},   {"300750", Market::SZ},
      {"301031", Market::SZ},   {"200053", Market::SZ},   {"833346", Market::BJ},   {"430047", Market::BJ},
      {"920819", Market::BJ},   {"510050", Market::none}, {"159915", Market::none}, {"399001", Market::none},
      {"899050", Market::none}, {"113050", Market::none}, {"60000", Market::none},  {"AAPL", Market::none}};
  for (const auto& [symbol, market] : cases) {
    EXPECT_EQ(market_of_bare(symbol, BareCodes::shares), market) << symbol;
    EXPECT_EQ(market_of_bare(symbol, BareCodes::unknown), Market::none);
  }
}

// What makes the rule no guess.
TEST(BareCodes, NoNumberIsAShareOfTwoExchanges) {
  for (int three = 0; three < 1000; ++three) {
    int owners = 0;
    for (const Market market : {Market::SH, Market::SZ, Market::BJ}) {
      const Kind kind = kind_of({fmt::format("{:03}001", three), market});
      owners += kind == Kind::stock || kind == Kind::b_share;
    }
    EXPECT_LE(owners, 1) << three;
  }
}

TEST(BareCodes, HoldForCodeColumnsAndFileNames) {
  const std::string bars = "open,high,low,close,volume\n", row = "10,11,9,10,100\n";
  for (const auto& [rule, codes] : {std::pair{BareCodes::shares, std::array{"000001.SZ", "600000.SH"}},
                                    {BareCodes::SH, std::array{"000001.SH", "600000.SH"}},
                                    {BareCodes::unknown, std::array{"000001", "600000"}}}) {
    ScratchFolder columns, names;
    columns.write("all.csv", "code,date," + bars + "'000001,2024-01-02," + row + "600000,2024-01-02," + row);
    for (const char* name : {"000001.csv", "600000.csv"}) names.write(name, "date," + bars + "2024-01-02," + row);
    for (const ScratchFolder* folder : {&columns, &names}) {
      const auto set = read({folder->path()}, {.dialect = "", .code = "", .bare = rule});
      ASSERT_TRUE(set) << set.error().to_string();
      ASSERT_EQ(set->instruments.size(), 2u);
      EXPECT_EQ(to_string(set->instruments[0].id), codes[0]);
      EXPECT_EQ(to_string(set->instruments[1].id), codes[1]);
    }
  }
}

TEST(BareCodes, ACodeThatSaysItsMarketKeepsIt) {
  const auto set = read_text("date,code,open,high,low,close,volume\n2024-01-02,sz000001,10,11,9,10,100\n",
                             {.dialect = "", .code = "", .bare = BareCodes::SH});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(to_string(set->instruments[0].id), "000001.SZ");
}

}  // namespace
}  // namespace momentum::sources::testing
