// Minutes of a store: import, show and scan, against bars that the test itself makes of them.

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "momentum/base/trading_hours.h"
#include "momentum/engine/demo.h"
#include "momentum/engine/machine.h"
#include "momentum/engine/show.h"
#include "momentum/engine/store_info.h"
#include "same_scan.h"
#include "stores.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

struct Bar {
  std::string date, time;
  int open, high, low, close;  // cents
  long volume;
};

std::string cents(int price) { return fmt::format("{}.{:02}", price / 100, price % 100); }

std::vector<std::int32_t> names() {
  std::vector<std::int32_t> out;
  for (std::int32_t minute = 0; minute < 1440; ++minute)
    if (trading_hours(Market::SH).names_bar(minute)) out.push_back(minute);
  return out;
}

// Every minute of `days` weekdays from weekday(first) on.
std::vector<Bar> minutes(std::uint32_t seed, int first, int days) {
  std::vector<Bar> out;
  std::uint32_t random = seed * 2654435761u + 777u;
  int price = 1000 + static_cast<int>(seed % 7) * 10;
  for (int d = first; d < first + days; ++d) {
    for (const std::int32_t minute : names()) {
      random = random * 1103515245u + 12345u;
      const int open = price;
      price = std::max(300, price + static_cast<int>(random >> 16) % 7 - 3);
      out.push_back({to_string(weekday(d)), minute_text(minute), open,
                     std::max(open, price) + static_cast<int>(random >> 20) % 3, std::min(open, price) - 1, price,
                     100 + static_cast<long>(random >> 16) % 500});
    }
  }
  return out;
}

// Bars of n rows each, which divides a day; by place, not by time.
std::vector<Bar> of_every(const std::vector<Bar>& from, std::size_t n) {
  std::vector<Bar> out;
  for (std::size_t r = 0; r < from.size(); ++r) {
    if (r % n == 0) {
      out.push_back(from[r]);
      continue;
    }
    Bar& bar = out.back();
    bar.time = from[r].time;
    bar.high = std::max(bar.high, from[r].high);
    bar.low = std::min(bar.low, from[r].low);
    bar.close = from[r].close;
    bar.volume += from[r].volume;
  }
  return out;
}

Rows rows_of(const std::vector<Bar>& bars, bool with_time) {
  Rows rows;
  for (const Bar& bar : bars) {
    rows.push_back({{"date", bar.date},
                    {"open", cents(bar.open)},
                    {"high", cents(bar.high)},
                    {"low", cents(bar.low)},
                    {"close", cents(bar.close)},
                    {"volume", std::to_string(bar.volume)}});
    if (with_time) rows.back()["time"] = bar.time;
  }
  return rows;
}

class MinuteStore : public Store {
 public:
  // The days are made of the minutes.
  void put(const std::map<std::string, std::vector<Bar>>& bars) const {
    Files days;
    for (const auto& [code, of_one] : bars) days.add(code, rows_of(of_every(of_one, 240), false));
    import(days);
    put_minutes(bars);
  }
  ImportReport put_minutes(const std::map<std::string, std::vector<Bar>>& bars, bool replace = false) const {
    Files files;
    for (const auto& [code, of_one] : bars) files.add(code, rows_of(of_one, true));
    ImportRequest in = request(files);
    in.minutes = true;
    in.replace = replace;
    return import(in);
  }
  Input input() const { return {.store = path()}; }
  ShowRequest showing(const std::string& code, Frequency frequency, Adjust adjust = Adjust::none) const {
    ShowRequest out;
    out.input = input();
    out.code = code;
    out.frequency = frequency;
    out.adjust = adjust;
    return out;
  }
  ScanRequest scanning(Frequency frequency) const {
    ScanRequest out;
    out.input = input();
    out.frequency = frequency;
    return out;
  }
};

std::vector<Bar> bars_of(const arrow::Table& table) {
  const auto number = [&](const char* name, std::int64_t row) {
    return static_cast<const arrow::DoubleArray&>(*table.GetColumnByName(name)->chunk(0)).Value(row);
  };
  const auto& dates = static_cast<const arrow::Date32Array&>(*table.GetColumnByName("date")->chunk(0));
  const auto& times = static_cast<const arrow::StringArray&>(*table.GetColumnByName("time")->chunk(0));
  std::vector<Bar> out;
  for (std::int64_t r = 0; r < table.num_rows(); ++r) {
    const auto price = [&](const char* name) { return static_cast<int>(std::lround(number(name, r) * 100)); };
    out.push_back({to_string(Date{dates.Value(r)}), times.GetString(r), price("open"), price("high"), price("low"),
                   price("close"), std::lround(number("volume", r))});
  }
  return out;
}

void expect_bars(const std::vector<Bar>& found, const std::vector<Bar>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t r = 0; r < found.size(); ++r) {
    const Bar &a = found[r], &b = wanted[r];
    ASSERT_TRUE(a.date == b.date && a.time == b.time && a.open == b.open && a.high == b.high && a.low == b.low &&
                a.close == b.close && a.volume == b.volume)
        << r << ": " << a.date << ' ' << a.time << " against " << b.date << ' ' << b.time;
  }
}

constexpr std::array kFrequencies{std::pair{Frequency::minute, 1u}, std::pair{Frequency::minutes_5, 5u},
                                  std::pair{Frequency::minutes_15, 15u}, std::pair{Frequency::minutes_30, 30u},
                                  std::pair{Frequency::minutes_60, 60u}};

TEST(Minutes, ShowHasTheBarsOfEachFrequency) {
  const MinuteStore store;
  const std::vector<Bar> bars = minutes(1, 0, 9);
  store.put({{"600001.SH", bars}, {"600002.SH", minutes(2, 0, 9)}});
  for (const auto& [frequency, n] : kFrequencies) {
    const auto shown = show(context(), store.showing("600001", frequency));
    ASSERT_TRUE(shown) << shown.error().to_string();
    EXPECT_EQ(shown->rows->schema()->field(1)->name(), "time");
    expect_bars(bars_of(*shown->rows), of_every(bars, n));
  }
  EXPECT_EQ(bars_of(*show(context(), store.showing("600001", Frequency::minutes_60))->rows)[1].time, "11:30");
  ShowRequest days = store.showing("600001", Frequency::day);
  EXPECT_EQ(show(context(), days)->rows->schema()->field(1)->name(), "open");
  ShowRequest some = store.showing("600001", Frequency::minutes_30);
  some.start = weekday(2);
  some.end = weekday(3);
  EXPECT_EQ(show(context(), some)->rows->num_rows(), 16);
}

// The same scan, with each bar of an hour as the bar of a day of its own.
TEST(Minutes, AScanOfHoursIsAScanOfTheseBars) {
  const MinuteStore store;
  Files as_days;
  std::map<std::string, std::vector<Bar>> all;
  for (std::uint32_t seed = 1; seed <= 9; ++seed) {
    const std::string code = fmt::format("6000{:02}.SH", seed);
    all[code] = minutes(seed, seed == 9 ? 25 : 0, seed == 9 ? 15 : 40);  // the last one has too few
    std::vector<Bar> hours = of_every(all[code], 60);
    for (std::size_t r = 0; r < hours.size(); ++r)
      hours[r].date = to_string(weekday(static_cast<int>(r) + (seed == 9 ? 100 : 0)));
    as_days.add(code, rows_of(hours, false));
  }
  store.put(all);
  const score::Scan scan = scanned(store.scanning(Frequency::minutes_60), 2);
  EXPECT_EQ(scan.frequency, "60m");
  EXPECT_EQ(scan.as_of, weekday(39));
  const score::Scan wanted = scanned(as_days);
  ASSERT_EQ(scan.results.size(), 8u);
  ASSERT_EQ(wanted.results.size(), 8u);
  for (std::size_t i = 0; i < scan.results.size(); ++i) {
    score::Record of_days = wanted.results[i];
    EXPECT_EQ(of_days.bars, 160);
    of_days.as_of = scan.results[i].as_of;
    of_days.first_bar = scan.results[i].first_bar;
    expect_same(scan.results[i], of_days);
  }
  ASSERT_EQ(scan.unranked.size(), 1u);
  EXPECT_EQ(scan.unranked[0].status, score::Status::too_few_bars);
  EXPECT_EQ(scan.unranked[0].bars, 60);
}

TEST(Minutes, ScansHaveTheSameBitsInEveryWay) {
  const Store store;
  DemoRequest demo;
  demo.store = store.path();
  demo.market.stocks = 40;
  demo.market.years = 1;
  demo.minutes = 35;
  const auto made = make_demo(context(2), demo);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_GT(made->minutes, 30 * 35 * 240);
  for (const Frequency frequency : {Frequency::minutes_60, Frequency::minutes_15}) {
    ScanRequest request;
    request.input.store = store.path();
    request.frequency = frequency;
    const score::Scan scan = scanned(request);
    EXPECT_GT(scan.results.size(), 20u);
    EXPECT_GT(scan.results.size() + scan.unranked.size(), 35u);  // but those that are delisted
    expect_same(scan, scanned(request, 2));
    Context small = context(2);
    small.memory_limit = std::size_t{80} << 20;  // other batches
    const auto narrow = momentum::engine::scan(small, request);
    ASSERT_TRUE(narrow) << narrow.error().to_string();
    expect_same(scan, *narrow);
    const Machine machine = describe_machine(context()).value();
    for (const SimdLevel level : machine.simd) {
      Context other = context(2);
      other.simd = level;
      const auto same = momentum::engine::scan(other, request);
      ASSERT_TRUE(same) << same.error().to_string();
      expect_same(scan, *same);
    }
  }
}

// What comes later changes nothing of an earlier day.
TEST(Minutes, NoScanLooksAhead) {
  const MinuteStore whole, before;
  std::map<std::string, std::vector<Bar>> all, some;
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    const std::string code = fmt::format("00000{}.SZ", seed);
    all[code] = minutes(seed, 0, 40);
    some[code] = {all[code].begin(), all[code].begin() + 34 * 240};
  }
  whole.put(all);
  before.put(some);
  for (const Frequency frequency : {Frequency::minutes_60, Frequency::minutes_5, Frequency::minute}) {
    ScanRequest request = whole.scanning(frequency);
    request.as_of = weekday(33);
    const score::Scan scan = scanned(request);
    EXPECT_EQ(scan.results.size(), 4u);
    expect_same(scan, scanned(before.scanning(frequency)));
  }
}

// Each minute has the factor of its day: the last one's close is the day's, adjusted or not.
TEST(Minutes, AreAdjustedByTheFactorsOfTheirDays) {
  const MinuteStore store;
  std::vector<Bar> bars = minutes(5, 0, 12);
  for (std::size_t r = 6 * 240; r < bars.size(); ++r)
    for (int* const price : {&bars[r].open, &bars[r].high, &bars[r].low, &bars[r].close}) *price /= 2;
  Files days;
  Rows rows = rows_of(of_every(bars, 240), false);
  for (std::size_t d = 0; d < rows.size(); ++d)
    rows[d]["preclose"] = d == 6 ? cents(bars[6 * 240].open) : d == 0 ? rows[0]["open"] : rows[d - 1]["close"];
  days.add("600001.SH", rows);
  store.import(days);
  store.put_minutes({{"600001.SH", {bars.begin() + 3 * 240, bars.end()}}});  // they begin later than the days
  ASSERT_EQ(store.record("600001.SH").factors.size(), 1u);
  for (const Adjust adjust : {Adjust::front, Adjust::back, Adjust::none}) {
    const auto closes = [&](Frequency frequency) {
      const auto shown = show(context(), store.showing("600001", frequency, adjust));
      EXPECT_TRUE(shown);
      return std::static_pointer_cast<arrow::DoubleArray>(shown->rows->GetColumnByName("close")->chunk(0));
    };
    const auto of_days = closes(Frequency::day), of_minutes = closes(Frequency::minute),
               of_hours = closes(Frequency::minutes_60);
    ASSERT_EQ(of_minutes->length(), 9 * 240);
    for (std::int64_t d = 0; d < 9; ++d) {
      EXPECT_EQ(of_minutes->Value(d * 240 + 239), of_days->Value(d + 3));
      EXPECT_EQ(of_hours->Value(d * 4 + 3), of_days->Value(d + 3));
    }
  }
}

TEST(Minutes, ImportsKeepOrReplaceByTheMinute) {
  const MinuteStore store;
  std::vector<Bar> bars = minutes(3, 0, 2);
  store.put({{"600001.SH", bars}});
  const catalog::State before = store.state();
  bars[100].close -= 1;
  const ImportReport kept = store.put_minutes({{"600001.SH", bars}});
  EXPECT_EQ(kept.known, 479);
  EXPECT_EQ(kept.conflicting, 1);
  EXPECT_FALSE(kept.changed);
  ASSERT_EQ(kept.contradicted.size(), 1u);
  EXPECT_EQ(minute_text(kept.contradicted[0].minute), bars[100].time);
  const ImportReport replaced = store.put_minutes({{"600001.SH", bars}}, true);
  EXPECT_EQ(replaced.corrected, 1);
  expect_bars(bars_of(*show(context(), store.showing("600001", Frequency::minute))->rows), bars);
  const catalog::State after = store.state();
  EXPECT_EQ(after.coverage, before.coverage);
  EXPECT_EQ(after.sessions, before.sessions);
  EXPECT_EQ(after.instruments, before.instruments);
  const auto info = describe_store(context(), store.path());
  ASSERT_TRUE(info) << info.error().to_string();
  EXPECT_EQ(info->bars, 2);
  EXPECT_EQ(info->minutes.bars, 480);
  EXPECT_EQ(info->minutes.instruments, 1);
  EXPECT_EQ(info->levels.size(), 2u);
}

TEST(Minutes, WhatHasNoMinutesSaysSo) {
  const MinuteStore store;
  Files days;
  days.add("600001.SH", series(1, 0, 200));
  days.add("600002.SH", series(2, 0, 200));
  store.import(days);
  const auto none = scan(context(), store.scanning(Frequency::minutes_5));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::empty_input);
  ScanRequest files;
  files.input = days.input();
  files.frequency = Frequency::minutes_5;
  const auto of_files = scan(context(), files);
  ASSERT_FALSE(of_files);
  EXPECT_EQ(of_files.error().code, ErrorCode::bad_value);

  store.put_minutes({{"600001.SH", minutes(1, 150, 40)}});  // ten sessions less than the days
  const score::Scan scan = scanned(store.scanning(Frequency::minutes_60));
  EXPECT_EQ(scan.as_of, weekday(189));
  EXPECT_EQ(scan.results.size(), 1u);
  ASSERT_EQ(scan.unranked.size(), 1u);
  EXPECT_EQ(scan.unranked[0].ts_code, "600002.SH");
  EXPECT_EQ(scan.unranked[0].status, score::Status::too_few_bars);
  EXPECT_EQ(scan.unranked[0].bars, 0);
  EXPECT_NE(scan.unranked[0].reason.en.find("no bars of minutes"), std::string::npos);
  const auto shown = show(context(), store.showing("600002", Frequency::minutes_60));
  ASSERT_FALSE(shown);
  EXPECT_EQ(shown.error().code, ErrorCode::empty_input);
}

std::map<std::string, std::vector<Bar>> market_of(std::uint32_t stocks, int first, int days) {
  std::map<std::string, std::vector<Bar>> all;
  for (std::uint32_t seed = 1; seed <= stocks; ++seed)
    all[fmt::format("6000{:02}.SH", seed)] = minutes(seed, first, days);
  return all;
}

// Without bars of days: the same records, as of sessions that the minutes themselves tell.
TEST(MinutesAlone, AreScannedAndShownLikeThoseBesideDays) {
  const MinuteStore beside, alone;
  const auto all = market_of(5, 0, 40);
  beside.put(all);
  alone.put_minutes(all);
  for (const auto& [frequency, n] : kFrequencies) {
    const score::Scan scan = scanned(alone.scanning(frequency), 2);
    EXPECT_EQ(scan.as_of, weekday(39));
    EXPECT_EQ(scan.adjust_applied, "none (no factors)");
    EXPECT_EQ(scan.results.size(), 5u);
    expect_same(scan, scanned(beside.scanning(frequency)));
    const auto shown = show(context(), alone.showing("600002", frequency));
    ASSERT_TRUE(shown) << shown.error().to_string();
    expect_bars(bars_of(*shown->rows), of_every(all.at("600002.SH"), n));
  }
  ScanRequest request = alone.scanning(Frequency::minutes_5);
  request.as_of = weekday(34) + 2;  // a Sunday
  ASSERT_TRUE(is_weekend(*request.as_of));
  const score::Scan earlier = scanned(request);
  EXPECT_EQ(earlier.as_of, weekday(34));
  EXPECT_EQ(earlier.notes.size(), 1u);
  request.as_of = weekday(40);
  EXPECT_EQ(scan(context(), request).error().code, ErrorCode::session_not_found);
  request.as_of = weekday(0) - 1;
  EXPECT_EQ(scan(context(), request).error().code, ErrorCode::session_not_found);
  EXPECT_EQ(describe_store(context(), alone.path())->bars, 0);
}

TEST(MinutesAlone, WhatIsMadeOfDaysNamesTheOption) {
  const MinuteStore store;
  store.put_minutes(market_of(2, 0, 3));
  for (const Frequency frequency : {Frequency::day, Frequency::week, Frequency::month}) {
    const auto scanned = scan(context(), store.scanning(frequency));
    ASSERT_FALSE(scanned);
    EXPECT_EQ(scanned.error().code, ErrorCode::empty_input);
    EXPECT_NE(scanned.error().remedy.find("--freq 1m"), std::string::npos);
    EXPECT_EQ(show(context(), store.showing("600001", frequency)).error().remedy, scanned.error().remedy);
  }
  Files days;
  days.add("600002.SH", series(1, 0, 200));
  store.import(days);
  const auto shown = show(context(), store.showing("600001", Frequency::day));  // others have days
  ASSERT_FALSE(shown);
  EXPECT_NE(shown.error().remedy.find("--freq 1m"), std::string::npos);
  EXPECT_EQ(show(context(), store.showing("600001", Frequency::minute))->rows->num_rows(), 3 * 240);
}

// The day that is not over has minutes and no bars of days yet; the oldest days may have minutes alone, too.
TEST(MinutesAlone, ReachBeyondTheDays) {
  const MinuteStore store;
  const auto all = market_of(20, 0, 42);
  Files days;
  for (const auto& [code, bars] : all) {
    const std::vector<Bar> of_days = of_every(bars, 240);
    days.add(code, rows_of({of_days.begin() + 2, of_days.begin() + 41}, false));
  }
  store.import(days);
  store.put_minutes(all);
  const score::Scan scan = scanned(store.scanning(Frequency::minutes_60));
  EXPECT_EQ(scan.as_of, weekday(41));
  ASSERT_EQ(scan.results.size(), 20u);
  EXPECT_EQ(scan.results[0].bars, 42 * 4);
  EXPECT_EQ(scan.results[0].first_bar, weekday(0));
  EXPECT_EQ(scanned(store.scanning(Frequency::day)).as_of, weekday(40));
  const auto shown = show(context(), store.showing("600001", Frequency::minutes_5));
  ASSERT_TRUE(shown);
  expect_bars(bars_of(*shown->rows), of_every(all.at("600001.SH"), 5));

  // Minutes of a few of them: a session by the rule, but one that is not complete.
  store.put_minutes({{"600001.SH", minutes(1, 42, 1)}, {"600002.SH", minutes(2, 42, 1)}});
  EXPECT_EQ(scanned(store.scanning(Frequency::minutes_60)).as_of, weekday(41));
  ScanRequest partial = store.scanning(Frequency::minutes_60);
  partial.allow_partial = true;
  EXPECT_EQ(scanned(partial).as_of, weekday(42));
  partial.as_of = weekday(42);
  EXPECT_EQ(scanned(partial).as_of, weekday(42));
}

// What a file of factors states holds for minutes without days, wherever reading begins.
TEST(MinutesAlone, StatedFactorsAdjustThem) {
  const MinuteStore store;
  store.put_minutes(market_of(1, 0, 30));
  Files factors;
  factors.add_text("factors.csv", fmt::format("code,date,factor\n600001.SH,{},1\n600001.SH,{},1.25\n",
                                              to_string(weekday(0)), to_string(weekday(10))));
  ImportRequest request = store.request(factors);
  request.kind = "factors";
  store.import(request);
  const auto closes = [&](Adjust adjust, std::optional<int> history) {
    ShowRequest showing = store.showing("600001", Frequency::minute, adjust);
    showing.history_days = history;
    const auto shown = show(context(), showing);
    EXPECT_TRUE(shown);
    return std::static_pointer_cast<arrow::DoubleArray>(shown->rows->GetColumnByName("close")->chunk(0));
  };
  const auto raw = closes(Adjust::none, {}), back = closes(Adjust::back, {}), late = closes(Adjust::back, 5);
  ASSERT_EQ(back->length(), 30 * 240);
  EXPECT_EQ(back->Value(240 * 10 - 1), raw->Value(240 * 10 - 1));
  EXPECT_EQ(back->Value(240 * 10), raw->Value(240 * 10) * 1.25);
  ASSERT_GT(late->length(), 240);
  for (std::int64_t r = 1; r <= late->length(); ++r)
    EXPECT_EQ(late->Value(late->length() - r), back->Value(back->length() - r));
}

}  // namespace
}  // namespace momentum::engine
