#include "scoring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "file_market.h"
#include "plain_files.h"
#include "same_scan.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

constexpr int kDays = 500;

// Long and short histories, and what costs rows: missing values, standstills, days without trade, suspensions.
void add_market(Files& files) {
  std::uint32_t seed = 1;
  const auto add = [&](const std::string& code, Rows rows) { files.add(code, rows); };
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
}

struct Answer {
  std::vector<score::Record> records;
  std::size_t unsettled = 0, trading = 0;
};

Answer records_of(const FileMarket& market, const ScanRequest& request, bool narrow) {
  const Date session{market.sessions.back()};
  auto scoring = Scoring::prepare(market, request, session, "600005.SH", nullptr);
  EXPECT_TRUE(scoring.has_value());
  Cut cut{.session = session, .adjust = request.adjust};
  Answer answer;
  if (narrow) {
    Cut less = cut;
    EXPECT_TRUE(scoring->narrow(less));
    EXPECT_TRUE(market.read(context(), less, std::bind_front(&Scoring::latest, &*scoring)).has_value());
    cut.only = scoring->take_unsettled();
    answer.unsettled = cut.only.size();
  }
  EXPECT_TRUE(market.read(context(), cut, std::bind_front(&Scoring::whole, &*scoring)).has_value());
  answer.records = scoring->take_records();
  answer.trading = scoring->trading();
  std::ranges::sort(answer.records, {}, &score::Record::ts_code);
  return answer;
}

TEST(Scoring, LastRowsSayWhatAllRowsSay) {
  Files files;
  add_market(files);
  auto market = FileMarket::open(context(), files.input(), nullptr);
  ASSERT_TRUE(market.has_value());
  for (const Adjust adjust : {Adjust::front, Adjust::back, Adjust::none}) {
    ScanRequest request;
    request.adjust = adjust;
    const Answer whole = records_of(*market, request, false), latest = records_of(*market, request, true);
    ASSERT_EQ(latest.records.size(), whole.records.size());
    for (std::size_t i = 0; i < whole.records.size(); ++i) expect_same(latest.records[i], whole.records[i]);
    EXPECT_EQ(latest.trading, whole.trading);
    // The reasons of 901, 904, 905, 906 and 910, 902's lost rows, and the one to be explained; hardly any other.
    EXPECT_GE(latest.unsettled, 5u);
    EXPECT_LE(latest.unsettled, 8u);
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
  auto scoring = Scoring::prepare(*market, {}, Date{market->sessions.back()}, "", nullptr);
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
