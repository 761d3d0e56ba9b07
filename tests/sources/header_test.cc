#include "momentum/sources/header.h"

#include <gtest/gtest.h>

namespace momentum::sources {
namespace {

std::string dialect_of(std::string_view text, const char* forced = nullptr) {
  const auto header = find_header(text, forced != nullptr ? find_dialect(forced) : nullptr, "f.csv");
  if (!header) return std::to_string(header.error().number());
  return *header ? std::string((*header)->dialect->name) : "nothing";
}

const std::string kUnknownDialect = std::to_string(static_cast<int>(ErrorCode::unknown_dialect));
const std::string kWrongColumns = std::to_string(static_cast<int>(ErrorCode::wrong_columns));

TEST(Header, AcceptsAnyOrderCaseAndDelimiter) {
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume\n"), "plain");
  EXPECT_EQ(dialect_of("Volume;CLOSE;Low;High;Open;Date\n"), "plain");
  EXPECT_EQ(dialect_of("date\topen\thigh\tlow\tclose\tvol"), "plain");
  EXPECT_EQ(dialect_of("trade_date|open|high|low|close|vol|ts_code"), "plain");
  EXPECT_EQ(dialect_of("\"date\",\"open\",\"high\",\"low\",\"close\",\"volume\"\r\n"), "plain");
  EXPECT_EQ(dialect_of(" date , open,high, low,close,volume ,\n"), "plain");
  EXPECT_EQ(dialect_of("Unnamed: 0,date,open,high,low,close,volume\n"), "plain");
  EXPECT_EQ(dialect_of("日期,开盘价,最高价,最低价,收盘价,成交量,成交额\n"), "plain");
}

TEST(Header, SkipsBannersAndRemembersSynthetic) {
  const auto header = find_header(
      "# SYNTHETIC, seed=1, stocks=3\n\n\ndate,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n", nullptr, "f");
  ASSERT_TRUE(header && *header);
  EXPECT_TRUE((*header)->synthetic);
  EXPECT_EQ((*header)->rest.line(), 4);
  EXPECT_TRUE((*find_header("合成数据\ndate,open,high,low,close,volume\n", nullptr, "f"))->synthetic);
  EXPECT_FALSE((*find_header("some vendor\ndate,open,high,low,close,volume\n", nullptr, "f"))->synthetic);
  EXPECT_EQ(dialect_of("sep=;\ndate;open;high;low;close;volume\n"), "plain");
}

TEST(Header, IsNothingInAnEmptyText) {
  EXPECT_EQ(dialect_of(""), "nothing");
  EXPECT_EQ(dialect_of("\n\n , \n"), "nothing");
  EXPECT_EQ(dialect_of("\"\"\n"), "nothing");
}

// Foreign units: each of these counts volume in something else, or its prices are adjusted.
TEST(Header, RefusesForeignColumns) {
  EXPECT_EQ(dialect_of("date,open,high,close,low,volume,price_change,p_change,ma5\n"), kUnknownDialect);
  EXPECT_EQ(dialect_of("日期,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率\n"), kUnknownDialect);
  EXPECT_EQ(dialect_of("Date,Open,High,Low,Close,Adj Close,Volume\n"), kUnknownDialect);
  EXPECT_EQ(dialect_of("2024-01-02,1,1,1,1,1\n2024-01-03,1,1,1,1,1\n"), kUnknownDialect);
  EXPECT_EQ(dialect_of("just a sentence\n"), kUnknownDialect);
  const auto header = find_header("date,open,high,close,low,volume,ma5\n", nullptr, "f.csv");
  const std::string message = header.error().to_string();
  for (const char* part : {"f.csv", "ma5", "plain", "a_share", "tushare_daily"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(Header, NamesTheColumnsThatAreMissing) {
  EXPECT_EQ(dialect_of("date,open,high,low,volume\n"), kWrongColumns);
  const auto header = find_header("banner\ndate,open,low\n", nullptr, "f.csv");
  ASSERT_FALSE(header);
  EXPECT_NE(header.error().what.find("high, close, volume"), std::string::npos) << header.error().to_string();
  EXPECT_NE(header.error().where.find("line 2"), std::string::npos);
}

TEST(Header, RefusesTwoColumnsForOneField) {
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume,vol\n"), kWrongColumns);
  EXPECT_EQ(dialect_of("date,open,high,low,close,close,volume\n"), kWrongColumns);
}

TEST(Header, TellsNamesFromTickersByTheLetterCase) {
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume,Name\n"), "sp500");
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume,name\n"), "plain");
  EXPECT_EQ(dialect_of("code,date,open,high,low,close,volume,Name\n"), "plain");
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume,Name\n", "plain"), "plain");
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume,name\n", "sp500"), "sp500");
}

TEST(Header, KnowsVendorsByTheirOwnWords) {
  EXPECT_EQ(dialect_of("日期,股票代码,名称,收盘价,最高价,最低价,开盘价,前收盘,涨跌额,涨跌幅,换手率,成交量,成交金额,"
                       "总市值,流通市值\n"),
            "netease");
  EXPECT_EQ(
      dialect_of("date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,isST\n"),
      "baostock");
  // Without tradestatus it does not say which rows are suspended days.
  EXPECT_EQ(dialect_of("date,code,open,high,low,close,volume,adjustflag\n"), kWrongColumns);
}

TEST(Header, TakesAForcedDialectAtItsWord) {
  EXPECT_EQ(dialect_of("date,open,high,close,low,volume,ma5,ma10\n", "plain"), "plain");
  EXPECT_EQ(dialect_of("ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount\n", "plain"),
            "plain");
  EXPECT_EQ(dialect_of("date,open,high,low,close,volume\n", "a_share"), kWrongColumns);
  EXPECT_EQ(dialect_of("股票代码,股票名称,交易日期,开盘价,最高价,最低价,收盘价,前收盘价,成交量,成交额\n", "a_share"),
            "a_share");
}

}  // namespace
}  // namespace momentum::sources
