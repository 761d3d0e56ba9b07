// Files of minutes.

#include "reading.h"

namespace momentum::sources::testing {
namespace {

const BarOptions kMinutes{.dialect = {}, .code = {}, .minutes = true};

std::vector<std::pair<Date, std::int32_t>> times(const InstrumentBars& bars) {
  const auto& dates = static_cast<const arrow::Date32Array&>(*bars.bars->GetColumnByName("date")->chunk(0));
  const auto& minutes = static_cast<const arrow::Int32Array&>(*bars.bars->GetColumnByName("minute")->chunk(0));
  std::vector<std::pair<Date, std::int32_t>> out;
  for (std::int64_t r = 0; r < dates.length(); ++r) out.emplace_back(Date{dates.Value(r)}, minutes.Value(r));
  return out;
}

const Date kDay = *make_date(2026, 11, 19);
const std::vector<std::pair<Date, std::int32_t>> kThree = {{kDay, 571}, {kDay, 572}, {kDay + 1, 900}};

TEST(Minutes, DateAndTimeOrBothInOneColumn) {
  const char* const texts[] = {
      "date,time,open,high,low,close,volume\n"
      "2026-11-19,09:31,10,10.5,9.9,10.1,100\n2026-11-19,09:32,10.1,10.5,9.9,10.2,200\n2026-11-20,15:00,10,11,9,10,3\n",
      "datetime,open,high,low,close,volume\n2026-11-20 15:00:00,10,11,9,10,3\n"
      "2026-11-19T09:32:00,10.1,10.5,9.9,10.2,200\n2026-11-19 09:31,10,10.5,9.9,10.1,100\n",
      "日期,时间,开盘价,最高价,最低价,收盘价,成交量\n20261119,09:31:00,10,10.5,9.9,10.1,100\n"
      "20261119,09:32:00,10.1,10.5,9.9,10.2,200\n20261120,15:00:00,10,11,9,10,3\n"};
  for (const char* const text : texts) {
    const auto set = read_text(text, kMinutes);
    ASSERT_TRUE(set) << set.error().to_string();
    EXPECT_TRUE(set->minutes);
    EXPECT_EQ(set->dialect, "plain_minutes");
    ASSERT_EQ(set->instruments.size(), 1u);
    EXPECT_EQ(times(set->instruments[0]), kThree);
    EXPECT_EQ(column(set->instruments[0], "close"), (Numbers{10.1, 10.2, 10.0}));
    EXPECT_EQ(set->summary.stored, 3);
  }
}

TEST(Minutes, WrongRowsAreQuarantinedWithTheirReason) {
  const auto set = read_text(
      "date,time,open,high,low,close,volume\n"
      "2026-11-19,09:31,10,10,10,10,1\n"
      "2026-11-19,11:31,10,10,10,10,1\n"  // closed
      "2026-11-19,15:01,10,10,10,10,1\n"
      "2026-11-19,09:32:30,10,10,10,10,1\n"  // no minute
      "2026-11-19,,10,10,10,10,1\n"
      "2026-11-19,09:33,0,0,0,0,0\n"  // no price
      "2026-11-19,09:34,10,10,10,10,1\n"
      "2026-11-19,09:34,10,10,10,10,2\n"  // differs
      "2026-11-19,09:35,10,10,10,10,1\n"
      "2026-11-19,09:35,10,10,10,10,1\n",  // the same again
      kMinutes);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->summary.stored, 2);
  EXPECT_EQ(set->summary.duplicates, 1);
  EXPECT_EQ(set->summary.suspensions, 0);
  const std::map<std::string, std::int64_t> reasons = {{"minute outside of the trading hours", 2},
                                                       {"unreadable time", 1},
                                                       {"missing time", 1},
                                                       {"zero price", 1},
                                                       {"two different rows for one minute", 2}};
  EXPECT_EQ(set->summary.quarantined_by_reason, reasons);
  EXPECT_EQ(set->quarantine.back().reason, "two different rows for 2026-11-19 09:34");
  EXPECT_EQ(set->quarantine.front().column, "time");
}

TEST(Minutes, TheHoursAreTheMarkets) {
  const std::string rows =
      "code,date,time,open,high,low,close,volume\n"
      "AAPL.US,2026-11-19,12:00,10,10,10,10,1\n00700.HK,2026-11-19,16:00,10,10,10,10,1\n"
      "600000.SH,2026-11-19,12:00,10,10,10,10,1\n";
  const auto set = read_text(rows, kMinutes);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->summary.stored, 2);
  ASSERT_EQ(set->quarantine.size(), 1u);
  EXPECT_EQ(set->quarantine[0].line, 4);
}

// Taken for ends, these would be a minute late all day.
TEST(Minutes, NamesOfTheBeginAreNeverGuessed) {
  const std::string text =
      "datetime,open,high,low,close,volume\n2026-11-19 09:30,10,10,10,10,1\n2026-11-19 14:59,10,10,10,10,1\n";
  const auto refused = read_text(text, kMinutes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unreadable_data);
  EXPECT_NE(refused.error().where.find("line 2"), std::string::npos) << refused.error().where;
  EXPECT_NE(refused.error().remedy.find("--minute-names begin"), std::string::npos);
  const auto set = read_text(text, {.dialect = {}, .code = {}, .minutes = true, .named_by_begin = true});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(times(set->instruments[0]), (std::vector<std::pair<Date, std::int32_t>>{{kDay, 571}, {kDay, 900}}));
}

TEST(Minutes, DaysAndMinutesAreNotTakenForEachOther) {
  const auto days = read_text("date,open,high,low,close,volume\n2026-11-19,10,10,10,10,1\n", kMinutes);
  ASSERT_FALSE(days);
  EXPECT_EQ(days.error().code, ErrorCode::unknown_dialect);
  const std::string text = "date,time,open,high,low,close,volume\n2026-11-19,09:31,10,10,10,10,1\n";
  const auto minutes = read_text(text);
  ASSERT_FALSE(minutes);
  EXPECT_EQ(minutes.error().code, ErrorCode::unknown_dialect);
  EXPECT_NE(minutes.error().remedy.find("--freq 1m"), std::string::npos);
  EXPECT_FALSE(read_text("time,open,high,low,close,volume\n09:31,10,10,10,10,1\n", kMinutes));
  EXPECT_FALSE(
      read_text("date,datetime,open,high,low,close,volume\n2026-11-19,2026-11-19 09:31,1,1,1,1,1\n", kMinutes));
}

TEST(Minutes, SeveralFilesOfAnInstrumentAreMerged) {
  ScratchFolder folder;
  const std::string head = "date,time,open,high,low,close,volume\n";
  const std::vector<std::string> paths = {
      folder.write("sh600000_b.csv", head + "2026-11-20,15:00,10,11,9,10,3\n2026-11-19,09:32,1,1,1,1,1\n"),
      folder.write("sh600000_a.csv", head + "2026-11-19,09:31,1,1,1,1,1\n2026-11-19,09:32,1,1,1,1,1\n")};
  const auto set = read(paths, kMinutes, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  ASSERT_EQ(set->instruments.size(), 1u);
  EXPECT_EQ(times(set->instruments[0]), kThree);
  EXPECT_EQ(set->summary.duplicates, 1);
}

}  // namespace
}  // namespace momentum::sources::testing
