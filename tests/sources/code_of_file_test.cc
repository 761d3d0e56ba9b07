// The instrument of a file without a code column.

#include "reading.h"

namespace momentum::sources::testing {
namespace {

const std::string kText = "date,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n";

std::string code_of(const std::string& file, const std::string& given = "") {
  ScratchFolder folder;
  const auto set = read({folder.write(file, kText)}, {.dialect = "", .code = given});
  return set ? to_string(set->instruments.front().id) : std::to_string(set.error().number());
}

TEST(CodeOfFile, ReadsItFromTheName) {
  EXPECT_EQ(code_of("sh600000.csv"), "600000.SH");
  EXPECT_EQ(code_of("000001.SZ.csv"), "000001.SZ");
  EXPECT_EQ(code_of("600000.txt"), "600000");
  EXPECT_EQ(code_of("AAPL.csv"), "AAPL");
}

TEST(CodeOfFile, PrefersANumberInTheNameToTheGivenCode) {
  EXPECT_EQ(code_of("sh600000.csv", "000001.SZ"), "600000.SH");
  EXPECT_EQ(code_of("600000.csv", "000001.SZ"), "600000");
  EXPECT_EQ(code_of("600000.csv", "600000.SH"), "600000.SH");  // the same, but with its market
}

TEST(CodeOfFile, ReadsACodeWithItsMarketBeforeASeparator) {
  for (const char* file : {"sh600000_mal.csv", "600000.SH_daily.csv", "SH.600000-2024.csv", "600000.XSHG.day.csv",
                           "sh600000 copy.csv", "sh600000(1).csv"})
    EXPECT_EQ(code_of(file), "600000.SH") << file;
  EXPECT_EQ(code_of("hk00700_daily.csv"), "00700.HK");
  EXPECT_EQ(code_of("sh600000_mal.csv", "000001.SZ"), "600000.SH");
}

// No market, too few digits, or no separator: still a bare symbol.
TEST(CodeOfFile, DoesNotGuessACodeFromLess) {
  EXPECT_EQ(code_of("24_MISSING_VOLUME_BAR_100.csv"), "24_MISSING_VOLUME_BAR_100");
  EXPECT_EQ(code_of("600000_daily.csv"), "600000_DAILY");
  EXPECT_EQ(code_of("sh60000_daily.csv"), "SH60000_DAILY");
  EXPECT_EQ(code_of("hk1_daily.csv"), "HK1_DAILY");
  EXPECT_EQ(code_of("sh600000x_daily.csv"), "SH600000X_DAILY");
  EXPECT_EQ(code_of("us_600000.csv"), "US_600000");
}

TEST(CodeOfFile, PrefersTheGivenCodeToAWord) {
  EXPECT_EQ(code_of("data.csv", "sh600519"), "600519.SH");
  EXPECT_EQ(code_of("01_trend_up.csv", "sh600519"), "600519.SH");
  EXPECT_EQ(code_of("我的数据.csv", "sh600519"), "600519.SH");
}

TEST(CodeOfFile, TakesTheNameForABareSymbolAtLast) {
  EXPECT_EQ(code_of("01_trend_up_noisy.csv"), "01_TREND_UP_NOISY");
  EXPECT_EQ(code_of("my data.csv"), std::to_string(static_cast<int>(ErrorCode::bad_code)));
  EXPECT_EQ(code_of("我的数据.csv"), std::to_string(static_cast<int>(ErrorCode::bad_code)));
}

TEST(CodeOfFile, RefusesAGivenCodeThatIsNone) {
  EXPECT_EQ(code_of("data.csv", "no code!"), std::to_string(static_cast<int>(ErrorCode::bad_code)));
}

}  // namespace
}  // namespace momentum::sources::testing
