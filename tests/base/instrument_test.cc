#include "momentum/base/instrument.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace momentum {
namespace {

std::string parsed(std::string_view text) {
  const auto code = parse_code(text);
  return code ? to_string(*code) : "error " + std::to_string(code.error().number());
}

TEST(ParseCode, EverySpellingInAnyCase) {
  const std::pair<const char*, const char*> rows[] = {
      {"600000.SH", "600000.SH"},   {"600000.XSHG", "600000.SH"}, {"600000.SS", "600000.SH"},
      {"sh600000", "600000.SH"},    {"sh.600000", "600000.SH"},   {"XSHG.600000", "600000.SH"},
      {"000001.SZ", "000001.SZ"},   {"000001.XSHE", "000001.SZ"}, {"sz000001", "000001.SZ"},
      {"sz.000001", "000001.SZ"},   {"XSHE.000001", "000001.SZ"}, {"sh000001", "000001.SH"},
      {"920819.BJ", "920819.BJ"},   {"bj920819", "920819.BJ"},    {"bj.430047", "430047.BJ"},
      {"835185.bjse", "835185.BJ"}, {"AAPL.US", "AAPL.US"},       {"BRK.B.US", "BRK.B.US"},
      {"US.AAPL", "AAPL.US"},       {"00700.HK", "00700.HK"},     {"700.HK", "00700.HK"},
      {"0700.HK", "00700.HK"},      {"hk00700", "00700.HK"},      {"HK.00700", "00700.HK"},
      {"SH.US", "SH.US"},           {"HK.US", "HK.US"},
  };
  for (const auto& [text, expected] : rows) {
    std::string lower = text;
    std::string mixed = text;
    std::string upper = text;
    for (std::size_t i = 0; i < upper.size(); ++i) {
      lower[i] = static_cast<char>(std::tolower(lower[i]));
      upper[i] = static_cast<char>(std::toupper(upper[i]));
      mixed[i] = i % 2 == 0 ? lower[i] : upper[i];
    }
    for (const std::string& spelling : {std::string(text), lower, upper, mixed, "'" + lower, "  " + upper + "\t",
                                        " '" + mixed + " \r\n", "' " + upper}) {
      EXPECT_EQ(parsed(spelling), expected) << spelling;
    }
  }
}

TEST(ParseCode, AMarketIsNeverGuessed) {
  for (const char* text : {"600000", "000001", "300750", "920819", "430047", "688981", "510300", "399001"}) {
    const auto code = parse_code(text);
    ASSERT_TRUE(code.has_value()) << text;
    EXPECT_EQ(code->market, Market::none) << text;
    EXPECT_EQ(code->symbol, text);
  }
  EXPECT_EQ(parse_code("'000001")->symbol, "000001");
  for (const char* text : {"AAPL", "aapl", "BRK.B", "brk-b", "A", "USO", "SHOP"}) {
    const auto code = parse_code(text);
    ASSERT_TRUE(code.has_value()) << text;
    EXPECT_EQ(code->market, Market::none) << text;
    std::string upper = text;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(code->symbol, upper);
  }
}

TEST(ParseCode, EverythingElseIsAnErrorThatQuotesTheText) {
  for (const char* text : {"",
                           " ",
                           "'",
                           "''600000",
                           "1",
                           "60000",
                           "6000000",
                           "00700",
                           "60000.SH",
                           "6000000.SH",
                           "600000.",
                           ".SH",
                           ".",
                           "600000.XX",
                           "600000.CSI",
                           "sh60000",
                           "sh6000000",
                           "600000SH",
                           "sh-600000",
                           "sh_600000",
                           "sh..600000",
                           "600000..SH",
                           "sh.600000.sh",
                           "60000A.SH",
                           "AAPL.SH",
                           "SH.AAPL",
                           "700000000.HK",
                           "AAPL.HK",
                           "1.US",
                           "us600000",
                           "us1",
                           "BRK..B",
                           "BRK.",
                           "BRK.B.C",
                           "AVERYLONGNAME",
                           "A1",
                           "600 000",
                           "600000 SH",
                           "60000\xef\xbc\x90",
                           "浦发银行",
                           "^GSPC",
                           "600000.SH,000001.SZ"}) {
    const auto code = parse_code(text);
    ASSERT_FALSE(code.has_value()) << text << " -> " << to_string(*code);
    EXPECT_EQ(code.error().code, ErrorCode::bad_code);
    EXPECT_FALSE(code.error().where.empty());
    EXPECT_FALSE(code.error().remedy.empty());
  }
  EXPECT_EQ(parse_code(" 600000.xx ").error().where, "600000.xx");
  EXPECT_NE(parse_code("1").error().remedy.find("six digits"), std::string::npos);
  // A long text is cut, and not inside a character.
  std::string text = "x";
  for (int i = 0; i < 100; ++i) text += "银";
  const std::string where = parse_code(text).error().where;
  EXPECT_EQ(where.size(), 1 + 13 * 3 + 3);
  EXPECT_EQ(where.substr(1, 3), "银");
  EXPECT_TRUE(where.ends_with("银..."));
}

const std::vector<Instrument> kUniverse = {
    {"000001", Market::SZ}, {"000001", Market::SH}, {"600000", Market::SH}, {"600030", Market::SH},
    {"600036", Market::SH}, {"920819", Market::BJ}, {"AAPL", Market::US},   {"00700", Market::HK},
    {"MSFT", Market::none}, {"399001", Market::SZ},
};

TEST(ResolveCode, ExactWithAMarketUniqueWithout) {
  EXPECT_EQ(resolve_code("000001.SZ", kUniverse), 0u);
  EXPECT_EQ(resolve_code("sh000001", kUniverse), 1u);
  EXPECT_EQ(resolve_code("600000", kUniverse), 2u);
  EXPECT_EQ(resolve_code("'600000", kUniverse), 2u);
  EXPECT_EQ(resolve_code("bj.920819", kUniverse), 5u);
  EXPECT_EQ(resolve_code("aapl", kUniverse), 6u);
  EXPECT_EQ(resolve_code("700.hk", kUniverse), 7u);
  EXPECT_EQ(resolve_code("msft", kUniverse), 8u);
  const std::vector<Instrument> both = {{"AAPL", Market::US}, {"AAPL", Market::none}};
  EXPECT_EQ(resolve_code("AAPL", both), 1u);
  EXPECT_EQ(resolve_code("AAPL.US", both), 0u);
}

TEST(ResolveCode, AmbiguousNamesTheCandidates) {
  const auto found = resolve_code("000001", kUniverse);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::ambiguous_code);
  EXPECT_EQ(found.error().to_string(), "ambiguous code: 000001 is 000001.SZ or 000001.SH; add the market");
}

TEST(ResolveCode, NotFoundNamesTheNearest) {
  const auto remedy = [](std::string_view text) {
    const auto found = resolve_code(text, kUniverse);
    EXPECT_FALSE(found.has_value()) << text;
    EXPECT_EQ(found.error().code, ErrorCode::code_not_found) << text;
    return found.error().remedy;
  };
  EXPECT_EQ(remedy("600001.SH"), "did you mean 000001.SH or 600000.SH?");  // one digit; 000001.SZ is two away
  EXPECT_EQ(remedy("600000.SZ"), "did you mean 600000.SH?");
  EXPECT_EQ(remedy("600037"), "did you mean 600030.SH or 600036.SH?");  // one digit; 600000.SH is two away
  EXPECT_EQ(remedy("601037"), "did you mean 600030.SH or 600036.SH?");
  EXPECT_EQ(remedy("600063"), "did you mean 600036.SH?");  // swapped digits
  EXPECT_EQ(remedy("APPL"), "did you mean AAPL.US?");
  EXPECT_EQ(remedy("AAP.US"), "did you mean AAPL.US?");
  EXPECT_EQ(remedy("AAPLE.US"), "did you mean AAPL.US?");
  EXPECT_EQ(remedy("MSFT.US"), "did you mean MSFT?");  // a universe which does not know the market
  EXPECT_EQ(remedy("TSLA"), "check the code");
  EXPECT_EQ(remedy("512880"), "check the code");
  const std::vector<Instrument> many = {
      {"600005", Market::SH}, {"600004", Market::SH}, {"600003", Market::SH}, {"600002", Market::SH}};
  EXPECT_EQ(resolve_code("600001", many).error().remedy, "did you mean 600002.SH, 600003.SH or 600004.SH?");
  EXPECT_EQ(resolve_code("600001", {}).error().code, ErrorCode::code_not_found);
  EXPECT_EQ(resolve_code("?", kUniverse).error().code, ErrorCode::bad_code);
}

TEST(Kind, ByTheAllocationRules) {
  struct Row {
    const char* code;
    Kind kind;
    const char* board;
  };
  const Row rows[] = {
      {"600000.SH", Kind::stock, "main"},    {"601318.SH", Kind::stock, "main"},
      {"603259.SH", Kind::stock, "main"},    {"605499.SH", Kind::stock, "main"},
      {"688981.SH", Kind::stock, "star"},    {"689009.SH", Kind::stock, "star"},
      {"900901.SH", Kind::b_share, "b"},     {"000001.SH", Kind::index, "index"},
      {"000300.SH", Kind::index, "index"},   {"510300.SH", Kind::fund, "fund"},
      {"588000.SH", Kind::fund, "fund"},     {"113050.SH", Kind::bond, "bond"},
      {"204001.SH", Kind::unknown, ""},      {"000001.SZ", Kind::stock, "main"},
      {"001234.SZ", Kind::stock, "main"},    {"002594.SZ", Kind::stock, "main"},
      {"003816.SZ", Kind::stock, "main"},    {"300750.SZ", Kind::stock, "chinext"},
      {"301196.SZ", Kind::stock, "chinext"}, {"302132.SZ", Kind::stock, "chinext"},
      {"200012.SZ", Kind::b_share, "b"},     {"399001.SZ", Kind::index, "index"},
      {"159915.SZ", Kind::fund, "fund"},     {"161725.SZ", Kind::fund, "fund"},
      {"184688.SZ", Kind::fund, "fund"},     {"128136.SZ", Kind::bond, "bond"},
      {"600000.SZ", Kind::unknown, ""},      {"430047.BJ", Kind::stock, "bse"},
      {"835185.BJ", Kind::stock, "bse"},     {"873169.BJ", Kind::stock, "bse"},
      {"920819.BJ", Kind::stock, "bse"},     {"899050.BJ", Kind::index, "index"},
      {"600000.BJ", Kind::unknown, ""},      {"AAPL.US", Kind::unknown, "us"},
      {"00700.HK", Kind::unknown, "hk"},     {"600000", Kind::unknown, ""},
      {"000001", Kind::unknown, ""},         {"AAPL", Kind::unknown, ""},
  };
  for (const Row& row : rows) {
    const auto code = parse_code(row.code);
    ASSERT_TRUE(code.has_value()) << row.code;
    EXPECT_EQ(kind_of(*code), row.kind) << row.code;
    EXPECT_EQ(board_of(*code), row.board) << row.code;
  }
  EXPECT_EQ(kind_of({"60000", Market::SH}), Kind::unknown);  // not made by parse_code
  EXPECT_EQ(kind_of({"", Market::SZ}), Kind::unknown);
}

TEST(Instrument, PrintsAndOrders) {
  EXPECT_EQ(to_string(Instrument{"600000", Market::SH}), "600000.SH");
  EXPECT_EQ(to_string(Instrument{"600000", Market::none}), "600000");
  EXPECT_EQ(to_string(Market::none), "");
  EXPECT_LT((Instrument{"000001", Market::SZ}), (Instrument{"600000", Market::SH}));
  EXPECT_LT((Instrument{"000001", Market::SH}), (Instrument{"000001", Market::SZ}));
}

}  // namespace
}  // namespace momentum
