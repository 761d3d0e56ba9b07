// The second reference against every golden case: rows, dates, scores and details equal, indicators to 1e-8.

#include "golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <span>
#include <string>

namespace momentum::score::oracle {
namespace {

const std::filesystem::path kFolder = MOMENTUM_SOURCE_DIR "/../shared/golden/classic";

bool close_enough(double ours, double theirs) {
  if (std::isnan(ours) || std::isnan(theirs)) return std::isnan(ours) && std::isnan(theirs);
  if (std::isinf(ours) || std::isinf(theirs)) return ours == theirs;
  return std::fabs(ours - theirs) <= 1e-8 * std::max(1.0, std::fabs(theirs));
}

void expect_row(const Row& ours, const std::optional<Row>& theirs, const std::string& which) {
  ASSERT_TRUE(theirs.has_value()) << which;
  for (std::size_t c = 0; c < kColumns; ++c) {
    EXPECT_TRUE(close_enough(ours[c], (*theirs)[c]))
        << which << ", " << kColumnNames[c] << ": " << ours[c] << " and " << (*theirs)[c];
  }
}

void expect_details(const Scored& scored, const std::map<std::string, double>& theirs) {
  ASSERT_EQ(theirs.size(), kPartNames.size() + 1);
  for (std::size_t i = 0; i < kPartNames.size(); ++i) {
    const auto found = theirs.find(std::string(kPartNames[i]));
    ASSERT_NE(found, theirs.end()) << kPartNames[i];
    EXPECT_EQ(scored.details[i], found->second) << kPartNames[i];
  }
  EXPECT_EQ(scored.score, theirs.at("总分"));
}

void expect_answer(const History& history, std::span<const Date> dates, const GoldenAnswer& answer) {
  ASSERT_EQ(history.size(), dates.size());
  std::vector<std::size_t> rows;
  for (std::size_t t = 0; t < history.size(); ++t) {
    if (history[t].survives) rows.push_back(t);
  }
  const Bar& end = history.back();
  ASSERT_EQ(rows.size(), answer.rows);
  ASSERT_EQ(end.survivors, answer.rows);
  if (rows.empty()) {
    EXPECT_FALSE(answer.first || answer.prev || answer.last);
    EXPECT_EQ(end.scored_row, -1);
  } else {
    ASSERT_EQ(end.scored_row, static_cast<std::ptrdiff_t>(rows.back()));
    EXPECT_EQ(dates[rows.front()], answer.first_row_date);
    EXPECT_EQ(dates[rows.back()], answer.last_row_date);
    expect_row(history[rows.front()].columns, answer.first, "first");
    expect_row(history[rows.back()].columns, answer.last, "last");
    if (rows.size() > 1) expect_row(history[rows[rows.size() - 2]].columns, answer.prev, "prev");
  }
  if (rows.size() < kRowsToScore) {
    EXPECT_TRUE(std::isnan(end.scored.score));
    EXPECT_EQ(answer.score, 0);
    EXPECT_TRUE(answer.details.empty());
  } else {
    EXPECT_EQ(end.scored.score, answer.score);
    expect_details(end.scored, answer.details);
  }
}

void expect_record(const Bar& end, const Row& last, const GoldenRecord& record) {
  const auto expect = [&](const char* name, double ours) {
    EXPECT_TRUE(close_enough(ours, record.numbers.at(name))) << name;
  };
  expect("close", last[kClose]);
  expect("momentum_20", last[kMomentum20]);
  expect("momentum_20d", last[kMomentum20]);
  expect("rsi", last[kRsi]);
  expect("macd", last[kMacd]);
  expect("macd_hist", last[kMacdHist]);
  expect("volume_ratio", last[kVolRatio20]);
  expect("score", end.survivors < kRowsToScore ? 0 : end.scored.score);
  if (end.survivors < kRowsToScore) {
    EXPECT_TRUE(record.details.empty());
  } else {
    expect_details(end.scored, record.details);
  }
}

Bars from(const Bars& bars, std::size_t start) {
  Bars out = bars;
  for (auto* column : {&out.open, &out.high, &out.low, &out.close, &out.volume, &out.preclose}) {
    if (!column->empty()) column->erase(column->begin(), column->begin() + static_cast<std::ptrdiff_t>(start));
  }
  return out;
}

TEST(Golden, EveryCase) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no golden cases at " << kFolder;
  const Result<std::vector<std::string>> names = golden_names(kFolder);
  ASSERT_TRUE(names.has_value()) << names.error().to_string();
  std::size_t windows = 0, adjusted = 0, records = 0;
  for (const std::string& name : *names) {
    SCOPED_TRACE(name);
    const Result<GoldenCase> read = read_golden(kFolder, name);
    ASSERT_TRUE(read.has_value()) << read.error().to_string();
    const GoldenCase& golden = *read;
    const History history = evaluate(golden.back_adjusted ? back_adjust(golden.bars) : golden.bars);
    expect_answer(history, golden.dates, golden.answer);

    if (golden.history_365d) {
      SCOPED_TRACE("history 365d");
      const Date start = golden.dates.back() - 365;
      const auto first = std::lower_bound(golden.dates.begin(), golden.dates.end(), start);
      const auto skipped = static_cast<std::size_t>(first - golden.dates.begin());
      const std::span<const Date> dates = std::span(golden.dates).subspan(skipped);
      expect_answer(evaluate(from(golden.bars, skipped)), dates, *golden.history_365d);
      ++windows;
    }
    if (golden.has_record) {
      const Bar& end = history.back();
      ASSERT_EQ(golden.record.has_value(), end.survivors > 0);
      if (golden.record) expect_record(end, history[static_cast<std::size_t>(end.scored_row)].columns, *golden.record);
      ++records;
    }
    if (golden.back_adjusted) {
      ASSERT_TRUE(golden.factor_last && golden.score_unadjusted);
      EXPECT_EQ(back_factors(golden.bars).back(), *golden.factor_last);
      EXPECT_EQ(evaluate(golden.bars).back().scored.score, *golden.score_unadjusted);
      ++adjusted;
    }
  }
  // that nothing was passed over
  EXPECT_GE(names->size(), 20u);
  EXPECT_GE(windows, 2u);
  EXPECT_GE(adjusted, 1u);
  EXPECT_GE(records, 17u);
}

class GoldenFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("momentum_golden_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& csv, const std::string& json) const {
    std::ofstream(folder_ / "x.csv") << csv;
    std::ofstream(folder_ / "x.json") << json;
  }
  std::filesystem::path folder_;
};

constexpr const char* kCsv = "date,open,high,low,close,vol\n2024-01-02,1,2,1,,5\n";
constexpr const char* kJson = R"({"rows": 0, "score": 0, "details": {}, "record_min_score_0": null})";

TEST_F(GoldenFiles, ReadsMissingFieldsAndNoRows) {
  write(kCsv, kJson);
  const Result<GoldenCase> read = read_golden(folder_, "x");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->bars.size(), 1u);
  EXPECT_EQ(read->bars.high[0], 2);
  EXPECT_TRUE(std::isnan(read->bars.close[0]));
  EXPECT_TRUE(read->bars.preclose.empty());
  EXPECT_EQ(to_string(read->dates[0]), "2024-01-02");
  EXPECT_TRUE(read->has_record);
  EXPECT_FALSE(read->record.has_value());
  EXPECT_FALSE(read->answer.last.has_value());
}

TEST_F(GoldenFiles, ReadsNumbersThatAreNotFinite) {
  std::string row;
  for (const std::string_view name : kColumnNames) {
    row += (row.empty() ? "" : ", ") + ("\"" + std::string(name) + "\": ");
    row += name == "trend_20" ? "\"Infinity\"" : name == "rsi" ? "\"NaN\"" : name == "j" ? "\"-Infinity\"" : "1.5";
  }
  write(kCsv, R"({"rows": 1, "score": 0, "details": {}, "last": {)" + row + "}}");
  const Result<GoldenCase> read = read_golden(folder_, "x");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  ASSERT_TRUE(read->answer.last.has_value());
  const Row& last = *read->answer.last;
  EXPECT_EQ(last[kTrend20], std::numeric_limits<double>::infinity());
  EXPECT_EQ(last[kJ], -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(last[kRsi]));
  EXPECT_EQ(last[kOpen], 1.5);
  EXPECT_FALSE(read->has_record);
}

TEST_F(GoldenFiles, RefusesWhatItCannotRead) {
  const auto code = [&](const std::string& csv, const std::string& json) {
    write(csv, json);
    const Result<GoldenCase> read = read_golden(folder_, "x");
    return read ? 0 : read.error().number();
  };
  EXPECT_EQ(code(kCsv, kJson), 0);
  EXPECT_EQ(code("date,close\n2024-01-02,1\n", kJson), 4002);
  EXPECT_EQ(code(std::string(kCsv) + "2024-01-03,1,2,x,1,5\n", kJson), 4002);
  EXPECT_EQ(code(std::string(kCsv) + "2024-01-02,1,2,1,1,5\n", kJson), 4002);
  EXPECT_EQ(code(std::string(kCsv) + "2024-01-03,1,2\n", kJson), 4002);
  EXPECT_EQ(code(kCsv, R"({"rows": 0, "score": 0})"), 4002);
  EXPECT_EQ(code(kCsv, R"({"rows": 1, "score": 0, "details": {}, "last": {"open": 1}})"), 4002);
  EXPECT_EQ(code(kCsv, "{"), 4002);
  EXPECT_EQ(read_golden(folder_, "y").error().number(), 3000);
  EXPECT_EQ(golden_names(folder_ / "none").error().number(), 3000);
}

}  // namespace
}  // namespace momentum::score::oracle
