#include "frequency.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "momentum/engine/show.h"
#include "plain_files.h"
#include "same_scan.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

// Bars of weeks out of a file's rows, with nothing in common with the source: weekday(i) is of week i / 5.
Rows weekly(const Rows& days) {
  Rows weeks;
  int week = -1;
  for (const Row& day : days) {
    int i = 0;
    while (to_string(weekday(i)) != day.at("date")) ++i;
    if (i / 5 != week) {
      week = i / 5;
      weeks.push_back(day);
      continue;
    }
    Row& bar = weeks.back();
    bar["date"] = day.at("date");
    bar["close"] = day.at("close");
    if (number(day.at("high")) > number(bar["high"])) bar["high"] = day.at("high");
    if (number(day.at("low")) < number(bar["low"])) bar["low"] = day.at("low");
    bar["volume"] = std::to_string(std::stoll(bar["volume"]) + std::stoll(day.at("volume")));
  }
  for (Row& bar : weeks) bar.erase("preclose");
  return weeks;
}

Rows with_gaps(std::uint32_t seed, int count) {
  Rows rows = series(seed, 0, count);
  std::erase_if(rows, [n = seed](const Row&) mutable {
    n = n * 1103515245u + 12345u;
    return (n >> 16) % 8 == 0;
  });
  for (Row& row : rows) row.erase("preclose");
  return rows;
}

ScanRequest request_of(const Files& files, Frequency frequency) {
  ScanRequest request;
  request.input = files.input();
  request.frequency = frequency;
  return request;
}

TEST(Frequency, AWeeklyScanIsAScanOfWeeklyBars) {
  Files days, weeks;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    const Rows rows = seed < 9 ? series(seed, 0, 700) : with_gaps(seed, 700);
    Rows plain = rows;
    for (Row& row : plain) row.erase("preclose");
    const std::string code = fmt::format("6000{:02}.SH", seed);
    days.add(code, plain);
    weeks.add(code, weekly(rows));
  }
  ScanRequest of_weeks = request_of(weeks, Frequency::day);
  const score::Scan scan = scanned(request_of(days, Frequency::week), 2);
  of_weeks.as_of = scan.as_of;
  const score::Scan wanted = scanned(of_weeks);
  EXPECT_EQ(scan.frequency, "1w");
  EXPECT_EQ(wanted.frequency, "1d");
  EXPECT_GT(scan.results.size(), 5u);
  ASSERT_EQ(scan.results.size(), wanted.results.size());
  for (std::size_t i = 0; i < scan.results.size(); ++i) expect_same(scan.results[i], wanted.results[i]);
}

// Last rows that do not make up a bar are told, and not taken for a column that is not there.
TEST(Frequency, TooFewLastRowsAreTold) {
  Files files;
  files.add("600001.SH", series(1, 0, 13));  // weeks of 5, 5 and 3 days
  const auto market = open_market(context(), files.input(), Frequency::week, nullptr);
  ASSERT_TRUE(market);
  const auto weeks_of_last = [&](std::size_t rows) {
    Lane made;
    const LaneSink sink = [&](const Context&, std::span<const Lane> lanes) -> Result<void> {
      made = lanes[0];
      return {};
    };
    const LaneSink cutting = [&](const Context& ctx, std::span<const Lane> lanes) -> Result<void> {
      Lane lane = lanes[0];
      lane.bars.volume = lane.bars.volume.last(rows);
      return at_frequency(**market, Frequency::week, sink)(ctx, {&lane, 1});
    };
    EXPECT_TRUE((*market)->read(context(), {.session = weekday(12)}, cutting));
    EXPECT_EQ(made.bars.close.size(), 3u);
    return made;
  };
  EXPECT_TRUE(weeks_of_last(2).cut_short);
  for (const auto& [rows, weeks] : {std::pair{3u, 1u}, {7u, 1u}, {8u, 2u}, {13u, 3u}}) {
    const Lane lane = weeks_of_last(rows);
    EXPECT_FALSE(lane.cut_short);
    EXPECT_EQ(lane.bars.volume.size(), weeks);
  }
}

TEST(Frequency, MonthsOfAnInstrument) {
  Files files;
  files.add("600001.SH", series(3, 0, 300));
  ShowRequest request;
  request.input = files.input();
  request.code = "600001";
  request.frequency = Frequency::month;
  const auto shown = show(context(), request);
  ASSERT_TRUE(shown.has_value()) << shown.error().to_string();
  const auto dates = std::static_pointer_cast<arrow::Date32Array>(shown->rows->GetColumnByName("date")->chunk(0));
  const auto volume = std::static_pointer_cast<arrow::DoubleArray>(shown->rows->GetColumnByName("volume")->chunk(0));
  // 300 weekdays from 2024-01-01 on end on 2025-02-21: 14 months, each under its last weekday
  ASSERT_EQ(dates->length(), 14);
  EXPECT_EQ(to_string(Date{dates->Value(0)}), "2024-01-31");
  EXPECT_EQ(to_string(Date{dates->Value(1)}), "2024-02-29");
  EXPECT_EQ(to_string(Date{dates->Value(2)}), "2024-03-29");
  EXPECT_EQ(to_string(Date{dates->Value(13)}), "2025-02-21");
  double january = 0.0;
  for (const Row& row : series(3, 0, 23)) january += number(row.at("volume"));
  EXPECT_EQ(volume->Value(0), january);
}

TEST(Frequency, ActionsAdjustDaysOnly) {
  Files files;
  files.add("600001.SH", series(3, 0, 30));
  ShowRequest request;
  request.input = files.input();
  request.code = "600001";
  request.frequency = Frequency::week;
  request.method = Method::additive;
  const auto additive = show(context(), request);
  ASSERT_FALSE(additive.has_value());
  EXPECT_EQ(additive.error().code, ErrorCode::bad_value);
  request.method = Method::ratio;
  request.columns = {"adj_volume"};
  EXPECT_FALSE(show(context(), request).has_value());
}

// A week that is not over shows what has happened; the weeks before it stay as they were.
TEST(Frequency, ATruncatedHistoryChangesTheLastWeekOnly) {
  Files files;
  files.add("600001.SH", series(4, 0, 200));
  const auto weeks_to = [&](int last_day) {
    ShowRequest request;
    request.input = files.input();
    request.code = "600001";
    request.frequency = Frequency::week;
    request.adjust = Adjust::none;
    request.columns = {"open", "high", "low", "close", "volume", "ma5"};
    request.end = weekday(last_day);
    return show(context(), request)->rows;
  };
  const auto all = weeks_to(199);
  for (const int last : {101, 102, 103, 104}) {
    const auto part = weeks_to(last);
    ASSERT_EQ(part->num_rows(), 21);
    EXPECT_TRUE(part->Slice(0, 20)->Equals(*all->Slice(0, 20)));
  }
}

}  // namespace
}  // namespace momentum::engine
