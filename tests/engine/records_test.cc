// Status, reason and contents of the records of a scan.

#include "records.h"

#include <cmath>

#include "engine/plain_files.h"
#include "file_market.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;
using score::Record;
using score::Status;

constexpr int kLast = 299;  // the session of most tests is weekday(kLast)

// A market of one stock that trades every day, for the sessions, and whatever a test adds.
class Records : public ::testing::Test {
 protected:
  Records() { files_.add("600000.SH", series(1, 0, kLast + 1)); }
  Record scanned_record(const std::string& code = "600001.SH") {
    ScanRequest request = request_;
    request.input = files_.input();
    if (!request.as_of) request.as_of = weekday(kLast);
    return record_of(scanned(request), code);
  }
  Files files_;
  ScanRequest request_;
};

Rows with_missing(Rows rows, const std::string& column, int from, int to) {
  for (int r = from; r < to; ++r) rows[static_cast<std::size_t>(r)][column] = "";
  return rows;
}

TEST_F(Records, Ok) {
  const Rows rows = series(2, 0, kLast + 1);
  files_.add("600001.SH", rows);
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::ok);
  EXPECT_EQ(r.reason.en, "");
  EXPECT_TRUE(r.flags.empty());
  EXPECT_EQ(r.as_of, weekday(kLast));
  EXPECT_EQ(r.first_bar, weekday(0));
  EXPECT_EQ(r.bars, kLast + 1);
  EXPECT_EQ(r.board, "main");
  EXPECT_EQ(r.close, number(rows.back().at("close")));
  EXPECT_EQ(r.recent_closes.size(), 60u);
  EXPECT_EQ(r.recent_closes.back(), r.close);
  EXPECT_EQ(r.score, std::nearbyint(r.score_raw));
  EXPECT_FALSE(r.synthetic);
  EXPECT_TRUE(std::isnan(r.amount));  // no such column
  EXPECT_EQ(r.name, "");
  EXPECT_EQ(r.industry, "");
}

TEST_F(Records, TooFewBars) {
  files_.add("600001.SH", series(2, kLast - 118, 119));
  files_.add("600002.SH", series(3, kLast - 119, 120));
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::too_few_bars);
  EXPECT_EQ(r.reason.en, "119 bars from the origin, 120 needed");
  EXPECT_EQ(r.reason.zh, "自首根K线起仅 119 根K线，需要 120 根");
  EXPECT_TRUE(std::isnan(r.score));
  EXPECT_TRUE(std::isnan(r.momentum_20));
  EXPECT_FALSE(std::isnan(r.close));
  EXPECT_EQ(scanned_record("600002.SH").status, Status::ok);
}

TEST_F(Records, BarsCountUpToTheSession) {
  files_.add("600001.SH", series(2, 0, kLast + 1));
  request_.as_of = weekday(118);
  EXPECT_EQ(scanned_record().status, Status::too_few_bars);
  request_.as_of = weekday(119);
  EXPECT_EQ(scanned_record().status, Status::ok);
}

TEST_F(Records, AnOldMissingCloseIsBadDataWithItsBarAndColumn) {
  files_.add("600001.SH", with_missing(series(2, 0, kLast + 1), "close", 100, 101));
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::bad_data);
  const int days = weekday(kLast) - weekday(100) - 1;  // the longest window that begins after the gap
  EXPECT_EQ(r.reason.en, fmt::format("rsi is missing on 200 of 300 bars, first on {0}: close is missing on {0}; "
                                     "--history {1}d begins after it",
                                     to_string(weekday(100)), days));
  EXPECT_TRUE(std::isnan(r.score));
  EXPECT_EQ(r.as_of, weekday(kLast));  // unscored: its last bar
  request_.history_days = days;
  const Record restarted = scanned_record();
  EXPECT_EQ(restarted.status, Status::ok);
  EXPECT_GT(restarted.first_bar, weekday(100));
}

TEST_F(Records, TheBarBehindARowsLongBeforeItIsNamed) {
  files_.add("600001.SH",
             with_missing(series(2, 0, kLast + 1), "close", 3, 4));  // RSI is missing from its first bar on
  const Record r = scanned_record();
  EXPECT_NE(r.reason.en.find(": close is missing on " + to_string(weekday(3))), std::string::npos) << r.reason.en;
  EXPECT_NE(r.reason.en.find("; --history 365d begins after it"), std::string::npos) << r.reason.en;
}

TEST_F(Records, AnOldGapIsNotBlamedForWhatCameLater) {
  Rows rows = with_missing(series(2, 0, kLast + 1), "open", 150, 151);
  for (std::size_t i = rows.size() - 8; i < rows.size(); ++i) rows[i]["volume"] = "0";
  files_.add("600001.SH", rows);
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::stale);
  EXPECT_EQ(r.reason.en, "vol_ratio_5 is missing since " + to_string(weekday(kLast - 3)));
}

TEST_F(Records, NoHistoryIsAdvisedThatHasTooFewBars) {
  files_.add("600001.SH", with_missing(series(2, 0, kLast + 1), "close", 190, 191));
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::stale);
  EXPECT_EQ(r.reason.en.find("--history"), std::string::npos) << r.reason.en;
}

TEST_F(Records, UnderAWindowTheReasonDoesNotAdviseOne) {
  files_.add("600001.SH", with_missing(series(2, 0, kLast + 1), "close", 200, 201));
  request_.history_days = 250;
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::bad_data);
  EXPECT_NE(r.reason.en.find(": close is missing on " + to_string(weekday(200))), std::string::npos) << r.reason.en;
  EXPECT_EQ(r.reason.en.find("--history"), std::string::npos) << r.reason.en;
}

TEST_F(Records, AMissingInputThatCostsMostIsNamedItself) {
  files_.add("600001.SH", with_missing(series(2, 0, kLast + 1), "open", 61, kLast + 1));
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::bad_data);
  EXPECT_EQ(r.reason.en.find(fmt::format("open is missing on 239 of 300 bars, first on {}", to_string(weekday(61)))),
            0u)
      << r.reason.en;
}

TEST_F(Records, APriceThatNeverMovesIsBadDataThatNoHistoryHeals) {
  Rows rows = series(2, 0, kLast + 1);
  for (auto& row : rows)
    for (const char* column : {"open", "high", "low", "close", "preclose"}) row[column] = "10.00";
  files_.add("600001.SH", rows);
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::bad_data);
  EXPECT_NE(r.reason.en.find("is missing on"), std::string::npos) << r.reason.en;
  EXPECT_EQ(r.reason.en.find("--history"), std::string::npos) << r.reason.en;
}

TEST_F(Records, MissingValuesAtTheEndAreStale) {
  const Rows rows = with_missing(series(2, 0, kLast + 1), "close", 298, kLast + 1);
  files_.add("600001.SH", rows);
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::stale);
  EXPECT_EQ(r.as_of, weekday(297));
  EXPECT_EQ(r.close, number(rows[297].at("close")));
  EXPECT_EQ(r.reason.en, "close is missing since " + to_string(weekday(298)));
  EXPECT_FALSE(std::isnan(r.score));
  EXPECT_EQ(r.bars, kLast + 1);
}

TEST_F(Records, SuspendedIsWhatASourceSaysAndNoBarTheRest) {
  Rows rows = series(2, 0, kLast);
  files_.add("600002.SH", rows);
  rows.push_back(suspended(kLast));
  files_.add("600001.SH", rows);
  const Record said = scanned_record(), silent = scanned_record("600002.SH");
  EXPECT_EQ(said.status, Status::suspended);
  EXPECT_EQ(said.reason.en, "suspended on " + to_string(weekday(kLast)));
  EXPECT_EQ(silent.status, Status::no_bar);
  EXPECT_EQ(silent.reason.en, "no bar since " + to_string(weekday(kLast - 1)));
  for (const Record& r : {said, silent}) {  // scored on their own last bar, and the same
    EXPECT_EQ(r.as_of, weekday(kLast - 1));
    EXPECT_EQ(r.bars, kLast);
    EXPECT_EQ(r.score_raw, said.score_raw);
    EXPECT_FALSE(std::isnan(r.score));
  }
}

TEST_F(Records, ASuspensionOnAnotherDayIsNoReason) {
  Rows rows = series(2, 0, kLast - 1);
  rows.push_back(suspended(kLast - 1));
  files_.add("600001.SH", rows);
  EXPECT_EQ(scanned_record().status, Status::no_bar);
}

TEST_F(Records, TheFirstStatusThatApplies) {
  const auto suspended_at_the_end = [](Rows rows) {
    rows.back() = suspended(kLast);
    return rows;
  };
  // too few before bad data and stale and suspended
  files_.add("600001.SH", suspended_at_the_end(with_missing(series(2, 200, 100), "close", 90, 99)));
  // bad data before stale and suspended
  files_.add("600002.SH", suspended_at_the_end(with_missing(series(3, 0, kLast + 1), "close", 100, 101)));
  // stale before suspended
  files_.add("600003.SH", suspended_at_the_end(with_missing(series(4, 0, kLast + 1), "close", 298, 299)));
  EXPECT_EQ(scanned_record("600001.SH").status, Status::too_few_bars);
  EXPECT_EQ(scanned_record("600002.SH").status, Status::bad_data);
  EXPECT_EQ(scanned_record("600003.SH").status, Status::stale);
}

TEST_F(Records, NothingInTheHistoryWindow) {
  Rows rows = series(2, 0, 150);
  for (auto& row : rows) row["name"] = "somebody";
  files_.add("600001.SH", rows);
  request_.history_days = 100;
  const Record r = scanned_record();
  EXPECT_EQ(r.status, Status::too_few_bars);
  EXPECT_EQ(r.reason.en, "0 bars in the last 100 days, 120 needed");
  EXPECT_EQ(r.bars, 0);
  EXPECT_EQ(r.as_of, weekday(149));
  EXPECT_FALSE(r.first_bar.has_value());
  EXPECT_EQ(r.name, "somebody");
  EXPECT_TRUE(std::isnan(r.close));
}

TEST_F(Records, TheNameOfThatDay) {
  Rows rows = series(2, 0, kLast + 1);
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r]["name"] = r < 250 ? "ST某某" : "某某";
  files_.add("600001.SH", rows);
  EXPECT_EQ(scanned_record().name, "某某");
  request_.as_of = weekday(249);
  EXPECT_EQ(scanned_record().name, "ST某某");
  request_.as_of = weekday(250);
  EXPECT_EQ(scanned_record().name, "某某");
}

TEST_F(Records, AmountAndItsGaps) {
  Rows rows = series(2, 0, kLast + 1);
  for (auto& row : rows) row["amount"] = "1234567.5";
  files_.add("600001.SH", rows);
  rows.back()["amount"] = "";
  files_.add("600002.SH", rows);
  EXPECT_EQ(scanned_record().amount, 1234567.5);
  const Record gap = scanned_record("600002.SH");
  EXPECT_TRUE(std::isnan(gap.amount));
  EXPECT_EQ(gap.status, Status::ok);  // a vendor's extra does not count
}

TEST_F(Records, ChangeOfTheDayIsAgainstPreclose) {
  Rows rows = series(2, 0, kLast + 1);
  rows.back()["preclose"] = "5.00";
  files_.add("600001.SH", rows);
  EXPECT_EQ(scanned_record().pct_chg, number(rows.back().at("close")) / 5.0 - 1.0);
  rows.erase(rows.end() - 2);  // over a gap that no factor crosses as well
  files_.add("600001.SH", rows);
  EXPECT_EQ(scanned_record().pct_chg, number(rows.back().at("close")) / 5.0 - 1.0);
}

TEST_F(Records, ChangeWithoutPrecloseIsAgainstTheCloseBefore) {
  Rows rows = series(2, 0, kLast + 1);
  rows.back()["preclose"] = "";
  files_.add("600001.SH", rows);
  files_.add("600002.SH", {rows.back()});
  const double last = number(rows.back().at("close")), before = number(rows[kLast - 1].at("close"));
  EXPECT_DOUBLE_EQ(scanned_record().pct_chg, last / before - 1.0);
  EXPECT_TRUE(std::isnan(scanned_record("600002.SH").pct_chg));  // nothing before it
}

TEST_F(Records, ClosesAreShownAsAdjusted) {
  Rows rows = series(2, 0, kLast + 1);
  rows[280]["preclose"] = "2.50";
  files_.add("600001.SH", rows);
  const double factor = number(rows[279].at("close")) / 2.5, last = number(rows.back().at("close"));
  const Record front = scanned_record();
  request_.adjust = Adjust::back;
  const Record back = scanned_record();
  request_.adjust = Adjust::none;
  const Record none = scanned_record();
  EXPECT_EQ(front.close, last);
  EXPECT_EQ(back.close, last * factor);
  EXPECT_EQ(none.close, last);
  EXPECT_DOUBLE_EQ(front.recent_closes.front(), back.recent_closes.front() / factor);
  EXPECT_EQ(none.recent_closes.front(), number(rows[240].at("close")));
  EXPECT_EQ(back.recent_closes.front(), none.recent_closes.front());
  EXPECT_EQ(front.score_raw, back.score_raw);
  EXPECT_EQ(front.momentum_20, back.momentum_20);
  EXPECT_DOUBLE_EQ(front.macd * factor, back.macd);
  EXPECT_NE(front.score_raw, none.score_raw);
  EXPECT_TRUE(front.flags.empty());
}

TEST_F(Records, AnUnverifiedLinkIsAFlagAndNoFactor) {
  Rows rows = series(2, 0, kLast + 1);
  rows[280]["preclose"] = "2.50";
  rows.erase(rows.begin() + 279);
  files_.add("600001.SH", rows);
  request_.adjust = Adjust::back;
  const Record r = scanned_record();
  // the bar after the lost one has a preclose that is not the close before it either way
  ASSERT_EQ(r.flags, std::vector<std::string>{"unverified_link:" + to_string(weekday(280))});
  EXPECT_EQ(r.close, number(rows.back().at("close")));
  request_.as_of = weekday(278);
  EXPECT_TRUE(scanned_record().flags.empty());  // not known yet
}

TEST_F(Records, TheIndustryOfThatDay) {
  Rows rows = series(2, 0, kLast + 1);
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r]["industry"] = r < 250 ? "钢铁" : "银行";
  files_.add("600001.SH", rows);
  EXPECT_EQ(scanned_record().industry, "银行");
  request_.as_of = weekday(249);
  EXPECT_EQ(scanned_record().industry, "钢铁");
}

class SessionOf : public ::testing::Test {
 protected:
  SessionOf() {
    for (int i = 0; i < 4; ++i)
      files_.add(fmt::format("60000{}.SH", i), series(static_cast<std::uint32_t>(i), 0, i == 0 ? 9 : 10));
    auto market = FileMarket::open(context(), files_.input(), nullptr);
    if (market) market_ = *std::move(market);
  }
  Date session(const ScanRequest& request) {
    notes_.clear();
    const auto day = session_of(market_, request, notes_);
    if (!day) ADD_FAILURE() << day.error().to_string();
    return day.value_or(Date{});
  }
  Files files_;
  FileMarket market_;
  std::vector<Wording> notes_;
};

TEST_F(SessionOf, AnIncompleteLastSessionIsLeftOutWithANote) {
  EXPECT_EQ(session({}), weekday(8));
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].en.find(to_string(weekday(9)) + " looks incomplete"), std::string::npos);
  EXPECT_NE(notes_[0].en.find("--allow-partial"), std::string::npos);
}

TEST_F(SessionOf, AllowPartialTakesIt) {
  ScanRequest request;
  request.allow_partial = true;
  EXPECT_EQ(session(request), weekday(9));
  EXPECT_TRUE(notes_.empty());
}

TEST_F(SessionOf, SoDoesAskingForIt) {
  ScanRequest request;
  request.as_of = weekday(9);
  EXPECT_EQ(session(request), weekday(9));
  EXPECT_TRUE(notes_.empty());
}

TEST_F(SessionOf, ADayThatIsNoSessionIsNoted) {
  ScanRequest request;
  request.as_of = weekday(4) + 2;
  EXPECT_EQ(session(request), weekday(4));
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_EQ(notes_[0].en,
            fmt::format("{} is no session; taken as of {}", to_string(weekday(4) + 2), to_string(weekday(4))));
}

}  // namespace
}  // namespace momentum::engine
