// Which rows are bars, which are suspension records and which are refused, and why.

#include <cmath>

#include "reading.h"

namespace momentum::sources::testing {
namespace {

constexpr std::string_view kHeader = "date,open,high,low,close,volume\n";

struct Bad {
  const char* row;
  const char* column;
  const char* value;
  const char* reason;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.row; }

class WrongRow : public ::testing::TestWithParam<Bad> {};

TEST_P(WrongRow, IsQuarantinedWithItsPlace) {
  const Bad& bad = GetParam();
  const auto set = read_text(
      "date,open,high,low,close,volume,amount,preclose,turnover,status\n"
      "2024-01-02,10,11,9,10.5,100,1000,10,0.01,trading\n\n" +
      std::string(bad.row) + "\n2024-01-04,10,11,9,10.5,100,1000,10,0.01,\n");
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(account(*set), (Account{2, 0, 0, 1}));
  ASSERT_EQ(set->quarantine.size(), 1u);
  const Quarantined& q = set->quarantine[0];
  EXPECT_TRUE(q.file.ends_with("sh600000.csv"));
  EXPECT_EQ(q.line, 4);
  EXPECT_EQ(q.column, bad.column);
  EXPECT_EQ(q.value, bad.value);
  EXPECT_EQ(q.reason, bad.reason);
  EXPECT_EQ(set->summary.quarantined_by_reason.at(bad.reason), 1);
  EXPECT_EQ(days(set->instruments[0]), (std::vector<std::string>{"2024-01-02", "2024-01-04"}));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongRow,
    ::testing::Values(Bad{"2024-01-03,abc,11,9,10.5,100,1000,10,0.01,", "open", "abc", "unreadable number"},
                      Bad{"2024-01-03,10,11,9,\"1,050\",100,1000,10,0.01,", "close", "1,050", "unreadable number"},
                      Bad{"2024-01-03,-10,11,9,10.5,100,1000,10,0.01,", "open", "-10", "negative price"},
                      Bad{"2024-01-03,10,11,9,-0.01,100,1000,10,0.01,", "close", "-0.01", "negative price"},
                      Bad{"2024-01-03,10,11,9,10.5,100,1000,-10,0.01,", "preclose", "-10", "negative price"},
                      Bad{"2024-01-03,10,11,9,10.5,-100,1000,10,0.01,", "volume", "-100", "negative volume"},
                      Bad{"2024-01-03,10,11,9,10.5,100,-1,10,0.01,", "amount", "-1", "negative amount"},
                      Bad{"2024-01-03,10,11,9,10.5,100,1000,10,-1,", "turnover", "-1", "negative turnover"},
                      Bad{"2024-01-03,0,11,9,10.5,100,1000,10,0.01,", "open", "0", "zero price"},
                      Bad{"2024-01-03,10,11,9,0,100,1000,10,0.01,", "close", "0", "zero price"},
                      Bad{"2024-01-03,10,8,9,8.5,100,1000,10,0.01,", "high", "8", "high < low"},
                      Bad{"2024-01-03,10,inf,9,10.5,100,1000,10,0.01,", "high", "inf", "infinite number"},
                      Bad{"2024-01-03,10,11,9,10.5,1e999,1000,10,0.01,", "volume", "1e999", "infinite number"},
                      Bad{",10,11,9,10.5,100,1000,10,0.01,", "date", "", "missing date"},
                      Bad{"NaN,10,11,9,10.5,100,1000,10,0.01,", "date", "NaN", "missing date"},
                      Bad{"2024-02-30,10,11,9,10.5,100,1000,10,0.01,", "date", "2024-02-30", "unreadable date"},
                      Bad{"03.01.2024,10,11,9,10.5,100,1000,10,0.01,", "date", "03.01.2024", "unreadable date"},
                      Bad{"2026-11-21,10,11,9,10.5,100,1000,10,0.01,", "date", "2026-11-21", "date after today"},
                      Bad{"2024-01-03,10,11,9,10.5,100,1000,10,0.01,resting", "status", "resting", "unknown status"},
                      Bad{"2024-01-03,10,11", "", "3 cells where the header has 10", "wrong number of cells"},
                      Bad{"2024-01-03,10,11,9,10.5,1,000,1000,10,0.01,trading", "", "11 cells where the header has 10",
                          "wrong number of cells"},
                      Bad{"2024-01-03,\"10,11,9,10.5,100,1000,10,0.01,", "open", "\"10", "unreadable number"}));

TEST(Rows, AcceptsADateOfToday) {
  EXPECT_EQ(account(*read_text(std::string(kHeader) + "2026-11-20,1,1,1,1,1\n")), (Account{1, 0, 0, 0}));
}

TEST(Rows, KeepsTheDaysThatWereRefused) {
  const auto set = read_text(std::string(kHeader) +
                             "2024-01-05,10,8,9,9,1\n2024-01-02,-1,11,9,10,1\n2024-01-02,-1,11,9,10,2\n2024-01-03,1,1,"
                             "1,1,1\n2027-01-01,1,1,1,1,1\n");
  EXPECT_EQ(account(*set), (Account{1, 0, 0, 4}));
  EXPECT_EQ(days(set->instruments[0].quarantined), (std::vector<std::string>{"2024-01-02", "2024-01-05"}));
}

TEST(Rows, KeepsMissingCellsMissing) {
  const auto set =
      read_text(std::string(kHeader) +
                "2024-01-02,,11,9,10,100\n2024-01-03,10,NaN,9,None,null\n2024-01-04,--,,,,\n2024-01-05,10,11,9,10,1\n");
  EXPECT_EQ(account(*set), (Account{4, 0, 0, 0}));
  const InstrumentBars& bars = set->instruments[0];
  EXPECT_EQ(column(bars, "open"), (Numbers{{}, 10, {}, 10}));
  EXPECT_EQ(column(bars, "high"), (Numbers{11, {}, {}, 11}));
  EXPECT_EQ(column(bars, "low"), (Numbers{9, 9, {}, 9}));
  EXPECT_EQ(column(bars, "close"), (Numbers{10, {}, {}, 10}));
  EXPECT_EQ(column(bars, "volume"), (Numbers{100, {}, {}, 1}));
  EXPECT_EQ(bars.bars->GetColumnByName("close")->null_count(), 2);
  const auto& close = static_cast<const arrow::DoubleArray&>(*bars.bars->GetColumnByName("close")->chunk(0));
  EXPECT_TRUE(std::isnan(close.raw_values()[1]));  // what lies under a null
}

TEST(Rows, TakesPriceZeroAndStatusForSuspensions) {
  const auto set = read_text(
      "date,open,high,low,close,volume,status\n"
      "2024-01-02,10,11,9,10,100,trading\n"
      "2024-01-03,0,0,0,0,0,\n"
      "2024-01-04,0.0,0.00,0,0,,trading\n"
      "2024-01-05,0,0,0,10,0,\n"
      "2024-01-08,10,10,10,10,0,Suspended\n"
      "2024-01-09,,,,,,suspended\n"
      "2024-01-10,10,10,10,10,0,trading\n");
  EXPECT_EQ(account(*set), (Account{2, 0, 5, 0}));
  const InstrumentBars& bars = set->instruments[0];
  EXPECT_EQ(days(bars.suspended),
            (std::vector<std::string>{"2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"}));
  EXPECT_EQ(column(bars, "volume"), (Numbers{100, 0}));  // zero volume with prices is a bar
}

TEST(Rows, TakesAPrecloseOfZeroForNone) {
  const auto set = read_text("date,open,high,low,close,volume,preclose\n2024-01-02,10,11,9,10,100,0\n");
  EXPECT_EQ(column(set->instruments[0], "preclose"), (Numbers{{}}));
}

TEST(Rows, ReadsEveryDateFormat) {
  const auto set = read_text(std::string(kHeader) +
                             "2024-01-02,1,1,1,1,1\n20240103,1,1,1,1,1\n2024/01/04,1,1,1,1,1\n2024/1/"
                             "5,1,1,1,1,1\n2024-01-08 00:00:00,1,1,1,1,1\n");
  EXPECT_EQ(days(set->instruments[0]),
            (std::vector<std::string>{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"}));
}

TEST(Rows, ReadsTheDoubleOfTheText) {
  const auto set =
      read_text("date,open,high,low,close,volume,amount\n2024-01-02,10.05,10.15,9.95,10.1,123456789,1234567890.12\n");
  const InstrumentBars& bars = set->instruments[0];
  EXPECT_EQ(column(bars, "open"), (Numbers{10.05}));
  EXPECT_EQ(column(bars, "high"), (Numbers{10.15}));
  EXPECT_EQ(column(bars, "amount"), (Numbers{1234567890.12}));
}

TEST(Rows, SplitsALongFileByItsCodeColumn) {
  const auto set = read_text(
      "code,date,open,high,low,close,volume,industry\n"
      "600000.SH,2024-01-02,1,1,1,1,1,bank\n"
      "sz000001,2024-01-02,2,2,2,2,2,bank\n"
      "SH600000,2024-01-03,3,3,3,3,3,finance\n"
      "'000002,2024-01-03,4,4,4,4,4,\n"
      "what?,2024-01-03,5,5,5,5,5,\n"
      ",2024-01-03,6,6,6,6,6,\n");
  EXPECT_EQ(account(*set), (Account{4, 0, 0, 2}));
  ASSERT_EQ(set->instruments.size(), 3u);
  EXPECT_EQ(to_string(set->instruments[0].id), "000001.SZ");
  EXPECT_EQ(to_string(set->instruments[1].id), "000002");
  EXPECT_EQ(to_string(set->instruments[2].id), "600000.SH");
  EXPECT_EQ(column(set->instruments[2], "close"), (Numbers{1, 3}));
  EXPECT_EQ(industries(set->instruments[0]), (std::vector<std::string>{"bank"}));
  EXPECT_EQ(industries(set->instruments[1]), (std::vector<std::string>{""}));
  EXPECT_EQ(industries(set->instruments[2]), (std::vector<std::string>{"bank", "finance"}));
  EXPECT_EQ(set->quarantine[0].reason, "unreadable code");
  EXPECT_EQ(set->quarantine[1].reason, "missing code");
}

TEST(Rows, CarriesTheNameAndTheIndustryOfEachDay) {
  const auto set = read_text(
      "date,open,high,low,close,volume,industry,name\n"
      "2024-01-05,1,1,1,1,1,energy,c\n"
      "2024-01-02,1,1,1,1,1,coal,a\n"
      "2024-01-03,1,1,1,1,1,NaN,a\n"
      "2024-01-04,1,1,1,1,1,coal,\n");
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(industries(set->instruments[0]), (std::vector<std::string>{"coal", "", "coal", "energy"}));
  EXPECT_EQ(names(set->instruments[0]), (std::vector<std::string>{"a", "a", "", "c"}));
  EXPECT_TRUE(set->instruments[0].bars->ValidateFull().ok());
}

TEST(Rows, TakesTwoSpellingsOfOneCodeForOneInstrument) {
  std::string text = "code,date,open,high,low,close,volume\n";
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(600000 + i);
    text += number + ".SH,2024-01-02,1,1,1,1,1\nsh" + number + ",2024-01-03,2,2,2,2,2\n";
  }
  const auto set = read_text(text);
  ASSERT_TRUE(set) << set.error().to_string();
  ASSERT_EQ(set->instruments.size(), 300u);
  for (const InstrumentBars& bars : set->instruments)
    EXPECT_EQ(column(bars, "close"), (Numbers{1, 2})) << bars.id.symbol;
}

TEST(Rows, MultipliesByTheDialectsUnits) {
  const auto set = read_text(
      "ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount\n"
      "600519.SH,20241231,1525.4,1545.0,1522.01,1524.0,1525.0,-1.0,-0.0656,39354.45,6033540.366\n");
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "tushare_daily");
  EXPECT_EQ(column(set->instruments[0], "volume"), (Numbers{3935445.0}));
  EXPECT_EQ(column(set->instruments[0], "amount"), (Numbers{6033540366.0}));
}

TEST(Rows, KeepsTheVendorsOtherColumns) {
  const auto set = read_text(
      "date,open,high,low,close,volume,float_value,total_value,is_st,pe_ttm,pb,ps_ttm,pcf_ttm\n"
      "2024-01-02,10,11,9,10,100,1e10,2.5e10,0,-12.5,-0.7,-3,-4.25\n"
      "2024-01-03,10,11,9,10,100,,,1,,,,\n");
  ASSERT_TRUE(set) << set.error().to_string();
  const InstrumentBars& bars = set->instruments[0];
  EXPECT_TRUE(bars.bars->ValidateFull().ok());
  EXPECT_EQ(column(bars, "float_value"), (Numbers{1e10, {}}));
  EXPECT_EQ(column(bars, "total_value"), (Numbers{2.5e10, {}}));
  EXPECT_EQ(column(bars, "is_st"), (Numbers{0, 1}));
  EXPECT_EQ(column(bars, "pe_ttm"), (Numbers{-12.5, {}}));  // a loss
  EXPECT_EQ(column(bars, "pb"), (Numbers{-0.7, {}}));
  EXPECT_EQ(column(bars, "ps_ttm"), (Numbers{-3, {}}));
  EXPECT_EQ(column(bars, "pcf_ttm"), (Numbers{-4.25, {}}));
}

TEST(Rows, RefusesWrongValuesOfTheVendorsOtherColumns) {
  const auto set = read_text(
      "date,open,high,low,close,volume,float_value,total_value,is_st,pe_ttm\n"
      "2024-01-02,10,11,9,10,100,-1,2,0,1\n"
      "2024-01-03,10,11,9,10,100,1,-2,0,1\n"
      "2024-01-04,10,11,9,10,100,1,2,0.5,1\n"
      "2024-01-05,10,11,9,10,100,1,2,-1,1\n"
      "2024-01-08,10,11,9,10,100,1,2,0,12x\n");
  EXPECT_EQ(account(*set), (Account{0, 0, 0, 5}));
  EXPECT_EQ(set->summary.quarantined_by_reason,
            (std::map<std::string, std::int64_t>{
                {"negative market value", 2}, {"neither 0 nor 1", 2}, {"unreadable number", 1}}));
  EXPECT_EQ(set->quarantine[3].column, "is_st");
  EXPECT_EQ(set->quarantine[3].value, "-1");
}

constexpr std::string_view kBaostock =
    "date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus\n";

TEST(Rows, UsesTheDialectsStatusWords) {
  const auto set = read_text(std::string(kBaostock) +
                             "2024-01-02,sh.600000,10,11,9,10,10,100,1000,3,0.5,1\n"
                             "2024-01-03,sh.600000,10,10,10,10,10,,,3,,0\n"
                             "2024-01-04,sh.600000,10,10,10,10,10,0,0.0000,3,,0\n"
                             "2024-01-05,sh.600000,10,11,9,10,10,100,1000,3,0.5,2\n"
                             "2024-01-08,sh.600000,10,11,9,10,10,100,1000,3,0.5,trading\n");
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(account(*set), (Account{1, 0, 2, 2}));
  EXPECT_EQ(days(set->instruments[0].suspended), (std::vector<std::string>{"2024-01-03", "2024-01-04"}));
  EXPECT_EQ(set->summary.quarantined_by_reason.at("unknown status"), 2);
  EXPECT_EQ(column(set->instruments[0], "turnover"), (Numbers{0.005}));
}

TEST(Rows, ReadsThePriceBasisOfTheRows) {
  const auto row = [](const char* flag) {
    return std::string(kBaostock) + "2024-01-02,sh.600000,10,11,9,10,10,100,1000," + flag + ",0.5,1\n";
  };
  EXPECT_EQ(read_text(row("3"))->price_basis, "raw");
  EXPECT_EQ(read_text(row("2"))->price_basis, "front");
  EXPECT_EQ(read_text(row("1"))->price_basis, "back");
  EXPECT_EQ(read_text(row(""))->price_basis, "unknown");
  const auto other = read_text(row("4"));
  EXPECT_EQ(account(*other), (Account{0, 0, 0, 1}));
  EXPECT_EQ(other->quarantine[0].reason, "unknown price basis");
  EXPECT_EQ(other->quarantine[0].column, "adjustflag");

  const auto mixed = read_text(row("3") + "2024-01-03,sh.600000,10,11,9,10,10,100,1000,2,0.5,1\n");
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code, ErrorCode::unreadable_data);
  for (const char* part : {"raw", "front", "line 3", "adjustflag", "sh600000.csv"})
    EXPECT_NE(mixed.error().to_string().find(part), std::string::npos) << mixed.error().to_string();
}

TEST(Rows, GivesBareTickersTheDialectsMarket) {
  const auto set = read_text(
      "date,open,high,low,close,volume,Name\n"
      "2014-01-02,1,1,1,1,1,AAPL\n2014-01-02,2,2,2,2,2,BRK.B\n2014-01-03,3,3,3,3,3,AAPL.US\n");
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "sp500");
  EXPECT_EQ(set->price_basis, "split_only");
  ASSERT_EQ(set->instruments.size(), 2u);
  EXPECT_EQ(to_string(set->instruments[0].id), "AAPL.US");
  EXPECT_EQ(set->instruments[0].bars->num_rows(), 2);
  EXPECT_EQ(to_string(set->instruments[1].id), "BRK.B.US");
}

}  // namespace
}  // namespace momentum::sources::testing
