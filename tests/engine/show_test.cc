// One instrument, bar by bar: columns and their order, adjustment, ranges, errors.

#include "momentum/engine/show.h"

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <cmath>

#include "engine/plain_files.h"
#include "momentum/score/classic.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

constexpr int kBars = 200;

class Show : public ::testing::Test {
 protected:
  Show() {
    rows_ = series(2, 0, kBars);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      rows_[r]["amount"] = "5000";
      rows_[r]["name"] = r < 150 ? "before" : "after";
    }
    rows_[100]["preclose"] = "2.50";
    factor_ = number(rows_[99].at("close")) / 2.5;
    files_.add("600000.SH", rows_);
    files_.add("600001.SH", series(3, 10, kBars - 10));
    request_.input = files_.input();
    request_.code = "600000";
  }
  Shown shown() {
    auto answer = show(context(), request_);
    if (!answer) {
      ADD_FAILURE() << answer.error().to_string();
      return {};
    }
    return *std::move(answer);
  }
  ErrorCode error() {
    const auto answer = show(context(), request_);
    return answer ? ErrorCode::internal : answer.error().code;
  }
  // A column as doubles, NaN for null; dates as day numbers.
  std::vector<double> column(const Shown& shown, const std::string& name) {
    const auto chunked = shown.rows->GetColumnByName(name);
    std::vector<double> out;
    if (chunked == nullptr) {
      ADD_FAILURE() << "no column " << name;
      return out;
    }
    for (const auto& chunk : chunked->chunks())
      for (std::int64_t i = 0; i < chunk->length(); ++i) {
        if (chunk->IsNull(i)) {
          out.push_back(std::nan(""));
        } else if (chunk->type_id() == arrow::Type::DATE32) {
          out.push_back(static_cast<const arrow::Date32Array&>(*chunk).Value(i));
        } else {
          out.push_back(static_cast<const arrow::DoubleArray&>(*chunk).Value(i));
        }
      }
    return out;
  }
  double stored(std::size_t row, const std::string& name) { return number(rows_[row].at(name)); }

  Files files_;
  Rows rows_;
  double factor_ = 1.0;
  ShowRequest request_;
};

TEST_F(Show, ColumnsInTheirOrder) {
  std::vector<std::string> expected{"date", "open", "high", "low", "close", "volume", "amount"};
  for (const auto& c : score::classic_columns()) expected.emplace_back(c.name);
  EXPECT_EQ(shown().rows->ColumnNames(), expected);
  request_.scores = true;
  expected.insert(expected.end(), {"score", "score_raw"});
  for (const auto& part : score::classic_parts()) expected.emplace_back(part.key);
  expected.emplace_back("score_row");
  EXPECT_EQ(shown().rows->ColumnNames(), expected);
}

TEST_F(Show, EveryBarIsARowAndWhatIsNotYetValidIsMissing) {
  const Shown s = shown();
  EXPECT_EQ(s.code, "600000.SH");
  EXPECT_EQ(s.name, "after");
  EXPECT_FALSE(s.synthetic);
  ASSERT_EQ(s.rows->num_rows(), kBars);
  const auto date = column(s, "date"), ma5 = column(s, "ma5"), ma60 = column(s, "ma60"), rsi = column(s, "rsi");
  for (std::size_t r = 0; r < kBars; ++r) {
    EXPECT_EQ(date[r], weekday(static_cast<int>(r)).days);
    EXPECT_EQ(std::isnan(ma5[r]), r < 4);
    EXPECT_EQ(std::isnan(ma60[r]), r < 59);
    EXPECT_EQ(std::isnan(rsi[r]), r < 14);
  }
  EXPECT_EQ(column(s, "amount")[7], 5000.0);
}

TEST_F(Show, FrontBackAndNone) {
  const Shown front = shown();
  request_.adjust = Adjust::back;
  const Shown back = shown();
  request_.adjust = Adjust::none;
  const Shown none = shown();
  EXPECT_EQ(front.adjust_applied, "front (preclose)");
  EXPECT_EQ(back.adjust_applied, "back (preclose)");
  EXPECT_EQ(none.adjust_applied, "none");
  const auto f = column(front, "close"), b = column(back, "close"), n = column(none, "close");
  EXPECT_EQ(f.back(), stored(kBars - 1, "close"));
  EXPECT_EQ(b.front(), stored(0, "close"));
  for (std::size_t r = 0; r < kBars; ++r) {
    EXPECT_EQ(n[r], stored(r, "close"));
    EXPECT_EQ(b[r], r < 100 ? n[r] : n[r] * factor_);
    EXPECT_DOUBLE_EQ(f[r] * factor_, b[r]);
  }
  for (const char* name : {"ma20", "boll_std", "macd", "signal", "macd_hist", "boll_upper"}) {
    const auto ours = column(front, name), theirs = column(back, name);
    for (std::size_t r = 60; r < kBars; ++r)
      EXPECT_NEAR(ours[r] * factor_, theirs[r], 1e-9 * (1 + std::fabs(theirs[r])));
  }
  for (const char* name : {"rsi", "k", "momentum_20", "volatility_20", "trend_20", "volume", "vol_ratio_5"}) {
    const auto ours = column(front, name), theirs = column(back, name);
    for (std::size_t r = 60; r < kBars; ++r) EXPECT_EQ(ours[r], theirs[r]) << name;
  }
  EXPECT_NE(column(none, "ma20")[110], column(back, "ma20")[110]);
}

TEST_F(Show, EndIsTheDayOfFrontAdjustment) {
  request_.end = weekday(99);  // the step of the next day is not known
  const Shown s = shown();
  ASSERT_EQ(s.rows->num_rows(), 100);
  EXPECT_EQ(s.name, "before");
  EXPECT_EQ(column(s, "close").front(), stored(0, "close"));
  EXPECT_EQ(column(s, "close").back(), stored(99, "close"));
}

TEST_F(Show, StartEndAndLast) {
  request_.columns = {"close", "ma60"};
  const auto whole = column(shown(), "ma60");
  request_.start = weekday(70);
  request_.end = weekday(150) + 365;  // later than the data: all there is
  EXPECT_EQ(shown().rows->num_rows(), kBars - 70);
  EXPECT_EQ(column(shown(), "ma60").front(), whole[70]);  // what is shown does not decide where it begins to count
  request_.last = 3;
  EXPECT_EQ(column(shown(), "date"),
            (std::vector<double>{double(weekday(197).days), double(weekday(198).days), double(weekday(199).days)}));
  request_.start = weekday(199);
  EXPECT_EQ(shown().rows->num_rows(), 1);
  request_.last = 0;
  EXPECT_EQ(shown().rows->num_rows(), 0);
  request_.last = {};
  request_.start = weekday(kBars) + 30;
  EXPECT_EQ(shown().rows->num_rows(), 0);
}

TEST_F(Show, ABarOnADayThatIsNoSessionIsARow) {
  rows_ = series(2, 0, kBars + 1);
  files_.add("600000.SH", rows_);
  for (int i = 0; i < 30; ++i)
    files_.add(fmt::format("6001{:02}.SH", i), series(static_cast<std::uint32_t>(i) + 10, 0, kBars));
  request_.last = 1;
  EXPECT_EQ(column(shown(), "date"), std::vector<double>{double(weekday(kBars).days)});
  EXPECT_EQ(column(shown(), "close"), std::vector<double>{stored(kBars, "close")});
}

TEST_F(Show, NamedColumnsInTheOrderAskedFor) {
  request_.columns = {"raw_close", "date", "factor", "ma5", "preclose"};
  const Shown s = shown();
  EXPECT_EQ(s.rows->ColumnNames(), (std::vector<std::string>{"date", "raw_close", "factor", "ma5", "preclose"}));
  EXPECT_EQ(column(s, "raw_close")[5], stored(5, "close"));
  EXPECT_EQ(column(s, "factor")[99], 1.0);
  EXPECT_EQ(column(s, "factor")[100], factor_);
  EXPECT_EQ(column(s, "preclose")[100], 2.5);
}

TEST_F(Show, UnknownColumnNamesThoseThereAre) {
  request_.columns = {"close", "closing"};
  const auto answer = show(context(), request_);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::name_not_found);
  EXPECT_EQ(answer.error().where, "closing");
  EXPECT_NE(answer.error().remedy.find("open .. "), std::string::npos) << answer.error().remedy;
  request_.columns = {"ma55"};
  EXPECT_EQ(show(context(), request_).error().remedy, "did you mean ma5?");
  request_.columns = {"score"};  // only with scores
  EXPECT_EQ(error(), ErrorCode::name_not_found);
  request_.scores = true;
  EXPECT_EQ(shown().rows->ColumnNames(), (std::vector<std::string>{"date", "score"}));
}

TEST_F(Show, ScoresAreThoseOfScansOfEachDay) {
  request_.scores = true;
  const Shown s = shown();
  const auto score = column(s, "score"), raw = column(s, "score_raw"), row = column(s, "score_row");
  EXPECT_TRUE(std::isnan(score[118]));
  EXPECT_TRUE(std::isnan(row[118]));
  for (const int day : {119, 150, 199}) {
    ScanRequest request;
    request.input = request_.input;
    request.as_of = weekday(day);
    const auto record = record_of(scanned(request), "600000.SH");
    const auto at = static_cast<std::size_t>(day);
    EXPECT_EQ(score[at], record.score);
    EXPECT_EQ(raw[at], record.score_raw);
    EXPECT_EQ(row[at], record.as_of.days);
    for (std::size_t p = 0; p < score::kParts; ++p)
      EXPECT_EQ(column(s, std::string(score::classic_parts()[p].key))[at], record.details[p]);
  }
}

TEST_F(Show, AMissingCloseLeavesTheScoreOfTheRowBefore) {
  rows_[180]["close"] = "";
  files_.add("600000.SH", rows_);
  request_.scores = true;
  const Shown s = shown();
  EXPECT_TRUE(std::isnan(column(s, "close")[180]));
  EXPECT_TRUE(std::isnan(column(s, "rsi")[199]));
  for (const std::size_t r : {180u, 199u}) {
    EXPECT_EQ(column(s, "score")[r], column(s, "score")[179]);
    EXPECT_EQ(column(s, "score_row")[r], weekday(179).days);
  }
}

TEST_F(Show, HistoryIsAnotherOrigin) {
  request_.history_days = 98;
  const Shown s = shown();
  EXPECT_EQ(s.rows->num_rows(), 71);
  EXPECT_EQ(column(s, "macd").front(), 0.0);  // seeded anew
  EXPECT_TRUE(std::isnan(column(s, "ma5")[3]));
}

TEST_F(Show, Errors) {
  request_.code = "600009";
  EXPECT_EQ(error(), ErrorCode::code_not_found);
  request_.code = "6/0";
  EXPECT_EQ(error(), ErrorCode::bad_code);
  request_.code = "600001";
  request_.end = weekday(9);  // the other is listed, this one not yet
  const auto answer = show(context(), request_);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::session_not_found);
  EXPECT_NE(answer.error().remedy.find(to_string(weekday(10))), std::string::npos);
  request_.end = {};
  request_.last = -1;
  EXPECT_EQ(error(), ErrorCode::bad_value);
  request_.last = {};
  request_.history_days = -5;
  EXPECT_EQ(error(), ErrorCode::bad_value);
}

TEST_F(Show, ACancelledCallIsInterrupted) {
  CancelToken token;
  token.cancel();
  Context ctx = context();
  ctx.cancel = &token;
  const auto answer = show(ctx, request_);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace momentum::engine
