#include "scoring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "file_market.h"
#include "frequency.h"
#include "momentum/engine/demo.h"
#include "same_scan.h"
#include "store_market.h"
#include "stores.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

constexpr int kDays = 500;

// Long and short histories, and what costs rows: missing values, standstills, days without trade, suspensions.
void add_market(Files& files) {
  std::uint32_t seed = 1;
  const auto add = [&](const std::string& code, Rows rows) {
    for (std::size_t r = 0; r < rows.size(); ++r)
      if (!rows[r].contains("status")) rows[r]["amount"] = std::to_string(1000000 + 17 * r);
    files.add(code, rows);
  };
  for (; seed <= 40; ++seed) add(fmt::format("6000{:02}.SH", seed), series(seed, 0, kDays));
  for (const int rows : {1, 60, 119, 120, 150, 200, 201, 260})
    add(fmt::format("600{:03}.SH", 200 + rows), series(seed++, kDays - rows, rows));
  const auto changed = [&](const std::string& code, const std::function<void(Rows&)>& change) {
    Rows rows = series(seed++, 0, kDays);
    change(rows);
    add(code, rows);
  };
  changed("600901.SH", [](Rows& rows) { rows[100]["close"] = ""; });
  changed("600902.SH", [](Rows& rows) { rows[430]["volume"] = ""; });
  changed("600903.SH", [](Rows& rows) { rows[50]["high"] = ""; });
  changed("600904.SH", [](Rows& rows) {
    for (std::size_t r = 480; r < rows.size(); ++r) rows[r]["volume"] = "0";
  });
  changed("600905.SH", [](Rows& rows) {  // every third bar without trade: few survive
    for (std::size_t r = 0; r < rows.size(); r += 3) rows[r]["volume"] = "0";
  });
  changed("600906.SH", [](Rows& rows) {
    for (std::size_t r = 300; r < rows.size(); ++r)
      for (const char* column : {"open", "high", "low", "close", "preclose"}) rows[r][column] = "10.00";
  });
  changed("600907.SH", [](Rows& rows) { rows[250]["preclose"] = "9.00"; });
  changed("600908.SH", [](Rows& rows) { rows.back() = suspended(kDays - 1); });
  changed("600909.SH", [](Rows& rows) { rows.resize(300); });
  changed("600910.SH", [](Rows& rows) {
    for (auto& row : rows) row["close"] = "";
  });
  changed("600911.SH", [](Rows& rows) {  // delisted, and scored on an earlier bar than its last
    rows.resize(400);
    for (std::size_t r = 390; r < rows.size(); ++r) rows[r]["volume"] = "";
  });
  add("600912.SH", {suspended(3), suspended(kDays - 1)});  // no bar at all
}

struct Answer {
  std::vector<score::Record> records;
  std::vector<std::string> unsettled;
  std::size_t trading = 0;
};

// How many values were there of a column that is cut, and how many rows.
struct Seen {
  std::size_t volumes = 0, rows = 0;
};

Answer records_of(const Market& market, const ScanRequest& request, bool narrow, Seen* seen = nullptr) {
  const Date session{market.sessions.back()};
  auto scoring = Scoring::prepare(market, request, session, "600005.SH", nullptr);
  EXPECT_TRUE(scoring.has_value());
  Cut cut{.session = session,
          .history_days = request.history_days,
          .minutes = minutes_of(request.frequency) != 0,
          .adjust = request.adjust};
  const auto at = [&](LaneSink sink) { return at_frequency(market, request.frequency, std::move(sink)); };
  Answer answer;
  if (narrow) {
    Cut less = cut;
    EXPECT_TRUE(scoring->narrow(less));
    const LaneSink last_rows = at(std::bind_front(&Scoring::latest, &*scoring));
    EXPECT_TRUE(market
                    .read(context(), less,
                          [&](const Context& ctx, std::span<const Lane> lanes) {
                            for (const Lane& lane : lanes) {
                              if (seen == nullptr) break;
                              seen->volumes += lane.bars.volume.size();
                              seen->rows += lane.bars.dates.size();
                            }
                            return last_rows(ctx, lanes);
                          })
                    .has_value());
    cut.only = scoring->take_unsettled();
    for (const std::size_t one : cut.only) answer.unsettled.push_back(to_string(market.ids[one]));
  }
  if (!narrow || !cut.only.empty()) {
    EXPECT_TRUE(market.read(context(), cut, at(std::bind_front(&Scoring::whole, &*scoring))).has_value());
  }
  answer.records = scoring->take_records();
  answer.trading = scoring->trading();
  std::ranges::sort(answer.records, {}, &score::Record::ts_code);
  return answer;
}

void expect_the_same(const Market& market) {
  // The one to be explained, those that want a reason, the one of which an earlier row than the last is scored; no other.
  const std::vector<std::string> unsettled{"600005.SH", "600901.SH", "600904.SH",
                                           "600906.SH", "600910.SH", "600911.SH"};
  for (const Adjust adjust : {Adjust::front, Adjust::back, Adjust::none}) {
    ScanRequest request;
    request.adjust = adjust;
    const Answer whole = records_of(market, request, false), latest = records_of(market, request, true);
    ASSERT_EQ(latest.records.size(), whole.records.size());
    for (std::size_t i = 0; i < whole.records.size(); ++i) expect_same(latest.records[i], whole.records[i]);
    EXPECT_EQ(latest.trading, whole.trading);
    EXPECT_EQ(latest.unsettled, unsettled);
  }
}

TEST(Scoring, LastRowsSayWhatAllRowsSay) {
  Files files;
  add_market(files);
  const auto market = FileMarket::open(context(), files.input(), nullptr);
  ASSERT_TRUE(market.has_value());
  expect_the_same(*market);
}

// Files give all rows whatever they are asked for; a store the last ones alone.
TEST(Scoring, LastRowsOfAStoreSayWhatAllRowsSay) {
  Files files, listings;
  add_market(files);
  listings.add_text("listings.csv",
                    "code,name,list_date,delist_date\n600911.SH,gone,2020-01-01," + to_string(weekday(400)) + "\n");
  const Store store;
  store.import(files);
  ImportRequest request = store.request(listings);
  request.kind = "instruments";
  store.import(request);
  const auto market = StoreMarket::open(context(), {.store = store.path()});
  ASSERT_TRUE(market.has_value());
  expect_the_same(*market);
}

// Bars that are made of minutes, weeks and months: of the last rows, too.
TEST(Scoring, LastRowsOfMinutesSayWhatAllRowsSay) {
  const Store store;
  DemoRequest demo;
  demo.store = store.path();
  demo.market.stocks = 25;
  demo.market.years = 5;
  demo.minutes = 60;
  ASSERT_TRUE(make_demo(context(2), demo));
  for (const Frequency frequency :
       {Frequency::minute, Frequency::minutes_5, Frequency::minutes_60, Frequency::week, Frequency::month}) {
    const bool minutes = minutes_of(frequency) != 0;
    const auto market = StoreMarket::open(context(), {.store = store.path()}, minutes);
    ASSERT_TRUE(market.has_value());
    ScanRequest request;
    request.frequency = frequency;
    for (const std::optional<int> history : {std::optional<int>(), std::optional<int>(55)}) {
      if (history && !minutes) continue;
      request.history_days = history;
      Seen seen;
      const Answer whole = records_of(*market, request, false), latest = records_of(*market, request, true, &seen);
      ASSERT_EQ(latest.records.size(), whole.records.size());
      for (std::size_t i = 0; i < whole.records.size(); ++i) expect_same(latest.records[i], whole.records[i]);
      EXPECT_EQ(latest.trading, whole.trading);
      EXPECT_LT(latest.unsettled.size(), whole.records.size() / 2) << to_string(frequency);
      if (frequency == Frequency::minute || frequency == Frequency::minutes_5) {
        EXPECT_LT(seen.volumes * 5, seen.rows);
      }
    }
  }
}

TEST(Scoring, AShortHistoryIsReadWhole) {
  Files files;
  add_market(files);
  auto market = FileMarket::open(context(), files.input(), nullptr);
  ASSERT_TRUE(market.has_value());
  ScanRequest request;
  request.history_days = 365;
  auto scoring = Scoring::prepare(*market, request, Date{market->sessions.back()}, "", nullptr);
  ASSERT_TRUE(scoring.has_value());
  Cut cut;
  EXPECT_FALSE(scoring->narrow(cut));
  EXPECT_TRUE(cut.latest_rows.empty());
}

// Open and volume, which only windows look at, and what a record shows of the scored bar.
TEST(Scoring, ColumnsThatNothingCarriesAreCut) {
  Files files;
  add_market(files);
  auto market = FileMarket::open(context(), files.input(), nullptr);
  ASSERT_TRUE(market.has_value());
  const ScanRequest request;
  auto scoring = Scoring::prepare(*market, request, Date{market->sessions.back()}, "", nullptr);
  ASSERT_TRUE(scoring.has_value());
  Cut cut;
  ASSERT_TRUE(scoring->narrow(cut));
  EXPECT_FALSE(cut.latest_rows.contains("close"));
  EXPECT_GE(cut.latest_rows.at("volume"), 120);
  EXPECT_GE(cut.latest_rows.at("open"), 120);
  EXPECT_EQ(cut.latest_rows.at("amount"), 1);
  EXPECT_EQ(cut.latest_rows.at("preclose"), 1);
  EXPECT_EQ(cut.latest_rows.size(), 4u);
}

}  // namespace
}  // namespace momentum::engine
