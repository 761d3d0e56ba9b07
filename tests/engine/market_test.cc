// The bars of a market in memory: missing values, sessions, the cut to a session, factors.

#include "file_market.h"

#include <cmath>

#include "engine/plain_files.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

FileMarket opened(const Files& files) {
  auto market = FileMarket::open(context(), files.input(), nullptr);
  if (!market) ADD_FAILURE() << market.error().to_string();
  return *std::move(market);
}

std::vector<Lane> lanes_of(const Market& market, Date session, std::optional<int> history_days, Adjust adjust) {
  std::vector<Lane> all;
  const auto read = market.read(context(), {.session = session, .history_days = history_days, .adjust = adjust},
                                [&](const Context&, std::span<const Lane> lanes) -> Result<void> {
                                  all.insert(all.end(), lanes.begin(), lanes.end());
                                  return {};
                                });
  EXPECT_TRUE(read.has_value());
  return all;
}

const Lane& lane_of(const Market& market, const std::vector<Lane>& lanes, const std::string& code) {
  for (const auto& lane : lanes)
    if (to_string(market.ids[lane.instrument]) == code) return lane;
  ADD_FAILURE() << "no lane of " << code;
  return lanes.front();
}

TEST(Market, MissingValuesAreNan) {
  Files files;
  Rows rows = series(1, 0, 10);
  rows[4]["close"] = "";
  rows[5]["volume"] = "NaN";
  files.add("600000.SH", rows);
  files.add_without("preclose", "600001.SH", series(2, 0, 10));
  const FileMarket market = opened(files);
  const Bars& bars = market.bars[0];
  ASSERT_EQ(bars.dates.size(), 10u);
  for (std::size_t r = 0; r < 10; ++r) {
    EXPECT_EQ(std::isnan(bars.close[r]), r == 4);
    EXPECT_EQ(std::isnan(bars.volume[r]), r == 5);
    EXPECT_EQ(bars.open[r], number(rows[r].at("open")));
    EXPECT_EQ(bars.dates[r], weekday(static_cast<int>(r)).days);
  }
  EXPECT_TRUE(bars.amount.empty());
  EXPECT_EQ(bars.preclose[3], number(rows[3].at("preclose")));
  ASSERT_EQ(market.bars[1].preclose.size(), 10u);  // one schema for all; nothing in it
  EXPECT_TRUE(std::isnan(market.bars[1].preclose[3]));
}

TEST(Market, ASliceIsThoseRows) {
  Files files;
  Rows rows = series(1, 0, 10);
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r]["name"] = r < 6 ? "before" : "after";
  rows[2]["close"] = "";
  files.add("600000.SH", rows);
  const FileMarket market = opened(files);
  const Bars part = market.bars[0].slice(2, 7);
  ASSERT_EQ(part.dates.size(), 5u);
  EXPECT_EQ(part.dates.front(), weekday(2).days);
  EXPECT_TRUE(std::isnan(part.close[0]));
  EXPECT_EQ(part.close[1], number(rows[3].at("close")));
  EXPECT_EQ(name_at(part, 3), "before");
  EXPECT_EQ(name_at(part, 4), "after");
  EXPECT_TRUE(part.amount.empty());
}

TEST(Market, WithoutNamesThereIsNone) {
  Files files;
  files.add("600000.SH", series(1, 0, 10));
  EXPECT_EQ(name_at(opened(files).bars[0], 0), "");
}

TEST(Market, OpeningReportsTheReading) {
  Files files;
  Rows rows = series(1, 0, 10);
  rows[4]["close"] = "-1";
  files.add("600000.SH", rows);
  InputReport report;
  ASSERT_TRUE(FileMarket::open(context(), files.input(), &report).has_value());
  EXPECT_EQ(report.dialect, "plain");
  EXPECT_EQ(report.summary.rows_in, 10);
  EXPECT_EQ(report.summary.stored, 9);
  ASSERT_EQ(report.quarantine.size(), 1u);
  EXPECT_EQ(report.quarantine[0].column, "close");
}

TEST(Market, NoBarAtAllIsAnError) {
  Files files;
  Rows rows = series(1, 0, 3);
  for (auto& row : rows) row["close"] = "-1";
  files.add("600000.SH", rows);
  InputReport report;
  const auto market = FileMarket::open(context(), files.input(), &report);
  ASSERT_FALSE(market.has_value());
  EXPECT_EQ(market.error().code, ErrorCode::empty_input);
  EXPECT_EQ(report.summary.quarantined, 3);  // the account is there all the same
}

TEST(Market, FindsPrintedCodesAndSpellings) {
  Files files;
  files.add("600000.SH", series(1, 0, 3));
  files.add("30_two_ex_dates", series(2, 0, 3));
  const FileMarket market = opened(files);
  for (const char* text : {"600000.SH", "sh600000", "600000", "600000.sh"}) {
    const auto at = find_instrument(market, text);
    ASSERT_TRUE(at.has_value()) << text;
    EXPECT_EQ(to_string(market.ids[*at]), "600000.SH");
  }
  for (const char* text : {"30_TWO_EX_DATES", "30_two_ex_dates"}) {  // no exchange's code
    const auto at = find_instrument(market, text);
    ASSERT_TRUE(at.has_value()) << text;
    EXPECT_EQ(to_string(market.ids[*at]), "30_TWO_EX_DATES");
  }
  EXPECT_EQ(find_instrument(market, "600009").error().code, ErrorCode::code_not_found);
  EXPECT_EQ(find_instrument(market, "30_TWO").error().code, ErrorCode::bad_code);
}

TEST(Market, ADateMeansTheSessionAtOrBeforeIt) {
  Files files;
  Rows rows = series(1, 0, 10);  // two weeks: Mon 2024-01-01 .. Fri 2024-01-12
  rows.erase(rows.begin() + 7);  // Wednesday of the second is a holiday
  files.add("600000.SH", rows);
  const FileMarket market = opened(files);
  EXPECT_EQ(*resolve_session(market, weekday(3)), weekday(3));
  EXPECT_EQ(*resolve_session(market, weekday(4) + 1), weekday(4));  // Saturday
  EXPECT_EQ(*resolve_session(market, weekday(4) + 2), weekday(4));
  EXPECT_EQ(*resolve_session(market, weekday(7)), weekday(6));
  EXPECT_EQ(*resolve_session(market, weekday(9) + 2), weekday(9));  // the weekend after the end
  const auto late = resolve_session(market, weekday(10));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, ErrorCode::session_not_found);
  EXPECT_NE(late.error().what.find(to_string(weekday(9))), std::string::npos);
  const auto early = resolve_session(market, weekday(0) - 1);
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().code, ErrorCode::session_not_found);
  EXPECT_NE(early.error().what.find(to_string(weekday(0))), std::string::npos);
}

TEST(Market, TheLastSessionCountsIfItHas95Percent) {
  const auto last = [](int stocks, bool* skipped) {  // one of them has no bar on the last day
    Files files;
    for (int i = 0; i < stocks; ++i)
      files.add(fmt::format("6000{:02}.SH", i), series(static_cast<std::uint32_t>(i), 0, i == 0 ? 4 : 5));
    return last_complete_session(opened(files), skipped);
  };
  bool skipped = true;
  EXPECT_EQ(last(20, &skipped), weekday(4));  // exactly 95 %
  EXPECT_FALSE(skipped);
  EXPECT_EQ(last(19, &skipped), weekday(3));  // 94.7 %
  EXPECT_TRUE(skipped);
}

TEST(Market, ASingleSessionIsComplete) {
  Files files;
  files.add("600000.SH", series(1, 0, 1));
  bool skipped = true;
  EXPECT_EQ(last_complete_session(opened(files), &skipped), weekday(0));
  EXPECT_FALSE(skipped);
}

TEST(Market, TheCutEndsAtTheSessionAndLeavesOutWhatIsNotYetListed) {
  Files files;
  files.add("600000.SH", series(1, 0, 20));
  files.add("600001.SH", series(2, 12, 8));
  const FileMarket market = opened(files);
  const auto before = lanes_of(market, weekday(11), {}, Adjust::front);
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0].bars.dates.size(), 12u);
  EXPECT_EQ(before[0].bars.dates.back(), weekday(11).days);
  EXPECT_FALSE(before[0].last_before.has_value());
  EXPECT_EQ(lanes_of(market, weekday(12), {}, Adjust::front).size(), 2u);
}

TEST(Market, AHistoryWindowHoldsItsFirstDay) {
  Files files;
  files.add("600000.SH", series(1, 0, 20));
  files.add("600001.SH", series(2, 0, 3));
  const FileMarket market = opened(files);
  const auto lanes = lanes_of(market, weekday(19), 7, Adjust::front);
  ASSERT_EQ(lanes.size(), 2u);
  EXPECT_EQ(lanes[0].bars.dates.front(), weekday(14).days);  // seven calendar days before, inclusive
  EXPECT_EQ(lanes[0].bars.dates.size(), 6u);
  EXPECT_EQ(lanes[0].last_before, weekday(13));
  EXPECT_TRUE(lanes[1].bars.dates.empty());  // listed, and no bar in the window
  EXPECT_EQ(lanes[1].last_before, weekday(2));
  EXPECT_TRUE(lanes[1].factors.factor.empty());
}

TEST(Market, AHistoryHasAtLeastADay) {
  EXPECT_TRUE(check_history(std::nullopt).has_value());
  EXPECT_TRUE(check_history(1).has_value());
  EXPECT_EQ(check_history(0).error().code, ErrorCode::bad_value);
  EXPECT_EQ(check_history(-365).error().code, ErrorCode::bad_value);
}

// 600000.SH halves at its bar of weekday(10); 600001.SH makes every weekday a session.
Rows halved(std::uint32_t seed) {
  Rows rows = series(seed, 0, 20);
  rows[10]["preclose"] = "2.50";
  return rows;
}

TEST(Market, AJumpBetweenNeighboursIsAFactor) {
  Files files;
  const Rows rows = halved(1);
  files.add("600000.SH", rows);
  files.add("600001.SH", series(2, 0, 20));
  const FileMarket market = opened(files);
  EXPECT_EQ(adjust_text(market, Adjust::front), "front (preclose)");
  const auto lanes = lanes_of(market, weekday(19), {}, Adjust::front);
  const auto& factors = lane_of(market, lanes, "600000.SH").factors;
  EXPECT_EQ(factors.factor[9], 1.0);
  EXPECT_EQ(factors.factor[10], number(rows[9].at("close")) / 2.5);
  EXPECT_EQ(factors.factor[19], factors.factor[10]);
  EXPECT_EQ(factors.links, std::vector<Date>{weekday(10)});
  EXPECT_TRUE(factors.unverified.empty());
  EXPECT_TRUE(lane_of(market, lanes, "600001.SH").factors.links.empty());
  const auto none = lanes_of(market, weekday(19), {}, Adjust::none);
  EXPECT_EQ(lane_of(market, none, "600000.SH").factors.factor[19], 1.0);
  EXPECT_TRUE(lane_of(market, none, "600000.SH").factors.unverified.empty());
  EXPECT_EQ(lanes_of(market, weekday(9), {}, Adjust::front)[0].factors.factor.back(), 1.0);  // nothing later is known
}

TEST(Market, AJumpOverASessionWithoutARowIsUnverified) {
  Files files;
  Rows rows = halved(1);
  rows.erase(rows.begin() + 9);
  files.add("600000.SH", rows);
  files.add("600001.SH", series(2, 0, 20));
  const FileMarket market = opened(files);
  const auto lanes = lanes_of(market, weekday(19), {}, Adjust::back);
  const auto& factors = lane_of(market, lanes, "600000.SH").factors;
  EXPECT_EQ(factors.unverified, std::vector<Date>{weekday(10)});
  EXPECT_EQ(factors.factor.back(), 1.0);
}

TEST(Market, AJumpOverAKnownSuspensionIsAFactor) {
  Files files;
  Rows rows = halved(1);
  const double before = number(rows[8].at("close"));
  rows[9] = suspended(9);
  files.add("600000.SH", rows);
  files.add("600001.SH", series(2, 0, 20));
  const FileMarket market = opened(files);
  const auto lanes = lanes_of(market, weekday(19), {}, Adjust::back);
  const auto& factors = lane_of(market, lanes, "600000.SH").factors;
  EXPECT_EQ(factors.links, std::vector<Date>{weekday(10)});
  EXPECT_EQ(factors.factor.back(), before / 2.5);
}

TEST(Market, WithoutPrecloseThereAreNoFactors) {
  Files files;
  files.add_without("preclose", "600000.SH", series(1, 0, 5));
  EXPECT_EQ(adjust_text(opened(files), Adjust::front), "none (no factors)");
}

// Prices that are adjusted already are not adjusted again.
TEST(Market, OnlyRawPricesHaveFactors) {
  const auto opened_as = [](const std::string& flag) {
    Files files;
    files.add_text("a.csv",
                   "date,code,open,high,low,close,preclose,volume,adjustflag,tradestatus\n"
                   "2024-01-02,sh.600000,10,10,10,10,10,100," +
                       flag +
                       ",1\n"
                       "2024-01-03,sh.600000,5,5,5,5,5,100," +
                       flag + ",1\n");
    Input input = files.input();
    input.dialect = "baostock";
    return *FileMarket::open(context(), input, nullptr);
  };
  for (const std::string flag : {"1", "2", "3", ""}) {
    const FileMarket market = opened_as(flag);
    EXPECT_EQ(adjust_text(market, Adjust::front), flag == "3" ? "front (preclose)" : "none (no factors)") << flag;
    const auto lanes = lanes_of(market, *make_date(2024, 1, 3), std::nullopt, Adjust::front);
    EXPECT_EQ(lanes[0].factors.factor[1], flag == "3" ? 2.0 : 1.0) << flag;
  }
}

}  // namespace
}  // namespace momentum::engine
