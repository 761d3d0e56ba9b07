// Rows that share a date, the order of rows, and the Arrow tables.

#include <arrow/type.h>

#include "reading.h"

namespace momentum::sources::testing {
namespace {

const std::string kHeader = "date,open,high,low,close,volume\n";

TEST(Table, HasOneSchemaForTheWholeSet) {
  ScratchFolder folder;
  folder.write("sh600000.csv", "date,open,high,low,close,volume,amount,name\n2024-01-02,1,1,1,1,1,5,浦发\n");
  folder.write("sh600001.csv", "date,open,high,low,close,volume,turnover,preclose\n2024-01-02,1,1,1,1,1,0.1,2\n");
  const auto set = read({folder.path()});
  ASSERT_TRUE(set);
  for (const InstrumentBars& bars : set->instruments) {
    EXPECT_TRUE(bars.bars->ValidateFull().ok());
    EXPECT_EQ(bars.bars->schema()->ToString(),
              "date: date32[day] not null\nopen: double\nhigh: double\nlow: double\nclose: double\nvolume: double\n"
              "amount: double\npreclose: double\nturnover: double\nname: dictionary<values=string, indices=int32, "
              "ordered=0>");
  }
  EXPECT_EQ(column(set->instruments[0], "turnover"), (Numbers{{}}));
  EXPECT_EQ(column(set->instruments[1], "turnover"), (Numbers{0.1}));
  EXPECT_EQ(names(set->instruments[0]), (std::vector<std::string>{"浦发"}));
  EXPECT_EQ(names(set->instruments[1]), (std::vector<std::string>{""}));
}

TEST(Table, HasAnIndustryColumnWhereAnyFileHas) {
  ScratchFolder folder;
  folder.write("sh600000.csv", "date,open,high,low,close,volume,industry\n2024-01-02,1,1,1,1,1,银行\n");
  folder.write("sh600001.csv", "date,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n");
  const auto set = read({folder.path()});
  ASSERT_TRUE(set) << set.error().to_string();
  for (const InstrumentBars& bars : set->instruments) {
    EXPECT_TRUE(bars.bars->ValidateFull().ok());
    EXPECT_EQ(bars.bars->schema()->ToString(),
              "date: date32[day] not null\nopen: double\nhigh: double\nlow: double\nclose: double\nvolume: double\n"
              "industry: dictionary<values=string, indices=int32, ordered=0>");
  }
  EXPECT_EQ(industries(set->instruments[0]), (std::vector<std::string>{"银行"}));
  EXPECT_EQ(industries(set->instruments[1]), (std::vector<std::string>{""}));
  EXPECT_EQ(read_text(kHeader + "2024-01-02,1,1,1,1,1\n")->instruments[0].bars->GetColumnByName("industry"), nullptr);
}

TEST(Table, AscendsWhateverTheOrderOfTheFile) {
  for (const std::string rows : {"2024-01-04,3,3,3,3,3\n2024-01-03,2,2,2,2,2\n2024-01-02,1,1,1,1,1\n",
                                 "2024-01-03,2,2,2,2,2\n2024-01-02,1,1,1,1,1\n2024-01-04,3,3,3,3,3\n"}) {
    const auto set = read_text(kHeader + rows);
    EXPECT_EQ(days(set->instruments[0]), (std::vector<std::string>{"2024-01-02", "2024-01-03", "2024-01-04"}));
    EXPECT_EQ(column(set->instruments[0], "close"), (Numbers{1, 2, 3}));
  }
}

TEST(Table, DropsTheSameRowAndRefusesDifferentOnes) {
  const auto set =
      read_text(kHeader +
                "2024-01-04,4,4,4,4,4\n2024-01-03,2,2,2,2,2\n2024-01-03,2.0,2.00,2,2,2\n2024-01-02,1,1,1,1,1\n"
                "2024-01-02,1,1,1,1.5,1\n2024-01-02,1,1,1,1,1\n");
  EXPECT_EQ(account(*set), (Account{2, 1, 0, 3}));
  EXPECT_EQ(days(set->instruments[0]), (std::vector<std::string>{"2024-01-03", "2024-01-04"}));
  EXPECT_EQ(days(set->instruments[0].quarantined), (std::vector<std::string>{"2024-01-02"}));
  ASSERT_EQ(set->quarantine.size(), 3u);
  EXPECT_EQ(set->quarantine[0].line, 5);
  EXPECT_EQ(set->quarantine[2].line, 7);
  EXPECT_EQ(set->quarantine[0].column, "date");
  EXPECT_EQ(set->quarantine[0].value, "2024-01-02");
  EXPECT_EQ(set->quarantine[0].reason, "two different rows for 2024-01-02");
  EXPECT_EQ(set->summary.quarantined_by_reason.at("two different rows for one date"), 3);
}

TEST(Table, TellsMissingFromPresentWhenComparing) {
  const auto same = read_text(kHeader + "2024-01-02,1,1,1,,1\n2024-01-02,1,1,1,NaN,1\n");
  EXPECT_EQ(account(*same), (Account{1, 1, 0, 0}));
  const auto different = read_text(kHeader + "2024-01-02,1,1,1,,1\n2024-01-02,1,1,1,1,1\n");
  EXPECT_EQ(account(*different), (Account{0, 0, 0, 2}));
}

TEST(Table, RefusesABarAndASuspensionOfOneDay) {
  const auto set =
      read_text(kHeader + "2024-01-02,1,1,1,1,1\n2024-01-02,0,0,0,0,0\n2024-01-03,0,0,0,0,0\n2024-01-03,0,0,0,0,0\n");
  EXPECT_EQ(account(*set), (Account{0, 1, 1, 2}));
  EXPECT_EQ(set->instruments[0].bars->num_rows(), 0);
  EXPECT_TRUE(set->instruments[0].bars->ValidateFull().ok());
}

TEST(Table, MergesFilesOfOneInstrument) {
  ScratchFolder folder;
  folder.write("a/sh600000.csv",
               "date,open,high,low,close,volume,name\n2024-01-02,1,1,1,1,1,old\n2024-01-03,2,2,2,2,2,old\n2024-01-05,5,"
               "5,5,5,5,old\n");
  folder.write("b/600000.SH.csv",
               "日期,开盘价,最高价,最低价,收盘价,成交量,成交额\n20240104,3,3,3,3,3,30\n20240103,2,2,2,2,2,20\n20240105,"
               "5,5,5,5,6,50\n");
  for (int threads : {1, 2}) {
    const auto set = read({folder.path()}, {}, threads);
    ASSERT_TRUE(set) << set.error().to_string();
    EXPECT_EQ(account(*set), (Account{3, 1, 0, 2}));
    ASSERT_EQ(set->instruments.size(), 1u);
    const InstrumentBars& bars = set->instruments[0];
    EXPECT_EQ(days(bars), (std::vector<std::string>{"2024-01-02", "2024-01-03", "2024-01-04"}));
    EXPECT_EQ(column(bars, "amount"), (Numbers{{}, 20, 30}));  // the first file has no such column
    EXPECT_EQ(names(bars), (std::vector<std::string>{"old", "old", ""}));
    EXPECT_EQ(days(bars.quarantined), (std::vector<std::string>{"2024-01-05"}));
    ASSERT_EQ(set->quarantine.size(), 2u);
    EXPECT_TRUE(set->quarantine[0].file.ends_with("a/sh600000.csv"));
    EXPECT_EQ(set->quarantine[0].line, 4);
    EXPECT_TRUE(set->quarantine[1].file.ends_with("b/600000.SH.csv"));
    EXPECT_EQ(set->quarantine[1].column, "日期");
  }
}

TEST(Table, MergesOneFilePerDay) {
  ScratchFolder folder;
  const std::string header = "code,date,open,high,low,close,volume,name,industry\n";
  folder.write("20240102.csv", header + "sh600000,20240102,1,1,1,1,1,甲,煤\nsz000001,20240102,5,5,5,5,5,乙,银\n");
  folder.write("20240103.csv", header + "sz000001,20240103,6,6,6,6,6,乙,银\nsh600000,20240103,2,2,2,2,2,甲新,银\n");
  const auto set = read({folder.path()}, {}, 2);
  EXPECT_EQ(account(*set), (Account{4, 0, 0, 0}));
  ASSERT_EQ(set->instruments.size(), 2u);
  EXPECT_EQ(column(set->instruments[0], "close"), (Numbers{5, 6}));
  EXPECT_EQ(names(set->instruments[1]), (std::vector<std::string>{"甲", "甲新"}));
  EXPECT_EQ(industries(set->instruments[0]), (std::vector<std::string>{"银", "银"}));
  EXPECT_EQ(industries(set->instruments[1]), (std::vector<std::string>{"煤", "银"}));
}

TEST(Table, RefusesTwoIndustriesOfOneDay) {
  const auto set = read_text(
      "date,open,high,low,close,volume,industry\n2024-01-02,1,1,1,1,1,a\n2024-01-02,1,1,1,1,1,b\n"
      "2024-01-03,1,1,1,1,1,a\n2024-01-03,1,1,1,1,1,a\n");
  EXPECT_EQ(account(*set), (Account{1, 1, 0, 2}));
}

// The rows that are merged have different widths.
TEST(Table, FillsColumnsFromTheOtherFile) {
  ScratchFolder folder;
  folder.write("a/sh600000.csv",
               "date,open,high,low,close,volume,amount,pb\n2024-01-02,1,2,1,2,3,4,5\n2024-01-03,1,1,1,1,1,1,1\n");
  folder.write("b/600000.SH.csv", "date,open,high,low,close,volume,preclose,is_st,pb\n2024-01-02,1,2,1,2,3,6,1,5\n");
  const auto set = read({folder.path()});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(account(*set), (Account{2, 1, 0, 0}));
  const InstrumentBars& bars = set->instruments[0];
  EXPECT_EQ(column(bars, "high"), (Numbers{2, 1}));
  EXPECT_EQ(column(bars, "volume"), (Numbers{3, 1}));
  EXPECT_EQ(column(bars, "amount"), (Numbers{4, 1}));
  EXPECT_EQ(column(bars, "preclose"), (Numbers{6, {}}));
  EXPECT_EQ(column(bars, "is_st"), (Numbers{1, {}}));
  EXPECT_EQ(column(bars, "pb"), (Numbers{5, 1}));
}

}  // namespace
}  // namespace momentum::sources::testing
