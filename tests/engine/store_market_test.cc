// A store says what the files say that it was made from: the same records, to the last bit.

#include "store_market.h"

#include <arrow/table.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/plain_files.h"
#include "engine/same_scan.h"
#include "momentum/catalog/catalog.h"
#include "momentum/engine/import.h"
#include "momentum/engine/show.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

// Late listings, holes, jumps, missing values, names and industries that change, suspensions.
void add_market(Files& files, int last) {
  for (int i = 0; i < 40; ++i) {
    Rows rows = series(static_cast<std::uint32_t>(i) + 1, i * 3, std::max(0, last - i * 3 - (i % 7 == 6 ? 3 : 0)));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      rows[r]["amount"] = std::to_string(1000000 + r * 17);
      rows[r]["name"] = r < 120 ? "before" : "after";
      rows[r]["industry"] = i % 3 == 0 ? "steel" : r < 200 ? "bank" : "coal";
    }
    if (i % 5 == 1 && rows.size() > 130) rows[130]["preclose"] = "3.10";
    if (i % 5 == 2 && rows.size() > 140) rows[60]["preclose"] = "7.77", rows[140]["preclose"] = "11.30";
    if (i % 11 == 4 && rows.size() > 90) rows[90]["close"] = "";
    if (i % 13 == 5 && rows.size() > 100)
      rows.erase(rows.begin() + 50, rows.begin() + 58), rows[50]["preclose"] = "5.00";
    if (i % 7 == 6) rows.push_back(suspended(last - 1));
    files.add(fmt::format("6000{:02}.SH", i), rows);
  }
}

class StoreMarketTest : public ::testing::Test {
 protected:
  ScanRequest of_store() const {
    ScanRequest request;
    request.input = {.store = store_.path("store")};
    return request;
  }
  void import(const Files& files) {
    ImportRequest request;
    request.store = store_.path("store");
    request.files = files.input().files;
    ImportReport report;
    const auto done = import_files(context(2), request, report);
    ASSERT_TRUE(done.has_value()) << done.error().to_string();
    ASSERT_GT(report.stored, 0);
  }
  momentum::testing::ScratchFolder store_;
};

TEST_F(StoreMarketTest, AScanIsThatOfTheFiles) {
  Files files;
  add_market(files, 500);
  import(files);
  for (const int day : {499, 498, 300, 130, 20})
    for (const std::optional<int> history : {std::optional<int>{}, std::optional<int>{200}, std::optional<int>{365}})
      for (const Adjust adjust : {Adjust::front, Adjust::back, Adjust::none})
        for (const int threads : {1, 2}) {
          ScanRequest request = of_store();
          request.as_of = weekday(day);
          request.history_days = history;
          request.adjust = adjust;
          const score::Scan ours = scanned(request, threads);
          request.input = files.input();
          SCOPED_TRACE(
              fmt::format("day {}, history {}, adjust {}", day, history.value_or(0), static_cast<int>(adjust)));
          expect_same(ours, scanned(request));
        }
}

TEST_F(StoreMarketTest, TheDefaultSessionIsThatOfTheFiles) {
  Files files;
  add_market(files, 300);
  import(files);
  ScanRequest request = of_store();
  const score::Scan ours = scanned(request);
  request.input = files.input();
  expect_same(ours, scanned(request));
  EXPECT_EQ(ours.store_snapshot, "2");
}

TEST_F(StoreMarketTest, ShowIsThatOfTheFiles) {
  Files files;
  add_market(files, 320);
  import(files);
  for (const std::string code : {"600001", "600002.SH", "sh600004", "600005", "600013"}) {
    ShowRequest request;
    request.code = code;
    request.scores = true;
    request.input = files.input();
    const auto theirs = show(context(), request);
    request.input = {.store = store_.path("store")};
    const auto ours = show(context(), request);
    ASSERT_TRUE(theirs.has_value() && ours.has_value()) << code;
    EXPECT_EQ(ours->name, theirs->name);
    EXPECT_EQ(ours->adjust_applied, theirs->adjust_applied);
    EXPECT_TRUE(ours->rows->Equals(*theirs->rows)) << code;
  }
}

TEST_F(StoreMarketTest, AnImportInPartsIsAsGoodAsOne) {
  Files whole, first, second;
  for (int i = 0; i < 20; ++i) {
    const Rows rows = series(static_cast<std::uint32_t>(i) + 1, 0, 400);
    const std::string code = fmt::format("6000{:02}.SH", i);
    whole.add(code, rows);
    first.add(code, Rows(rows.begin(), rows.begin() + 250));
    second.add(code, Rows(rows.begin() + 250, rows.end()));
  }
  import(first);
  import(second);
  ScanRequest request = of_store();
  const score::Scan ours = scanned(request);
  request.input = whole.input();
  expect_same(ours, scanned(request));
}

TEST_F(StoreMarketTest, AnEarlierSnapshotIsWhatItWas) {
  Files first, second;
  for (int i = 0; i < 5; ++i) {
    const Rows rows = series(static_cast<std::uint32_t>(i) + 1, 0, 300);
    const std::string code = fmt::format("6000{:02}.SH", i);
    first.add(code, Rows(rows.begin(), rows.begin() + 200));
    second.add(code, rows);
  }
  import(first);
  import(second);
  ScanRequest request = of_store();
  request.input.snapshot = 2;
  const score::Scan ours = scanned(request);
  request.input = first.input();
  expect_same(ours, scanned(request));
}

TEST_F(StoreMarketTest, LastRowsOfSomeColumnsAlone) {
  Files files;
  add_market(files, 300);
  import(files);
  const auto market = StoreMarket::open(context(), of_store().input);
  ASSERT_TRUE(market.has_value());
  const Cut cut{.session = weekday(250), .latest_rows = {{"volume", 20}, {"amount", 1}}};
  std::size_t longer = 0;
  const auto done = market->read(context(), cut, [&](const Context&, std::span<const Lane> lanes) -> Result<void> {
    for (const Lane& lane : lanes) {
      const std::size_t rows = lane.bars.dates.size();
      EXPECT_EQ(lane.bars.close.size(), rows);
      EXPECT_EQ(lane.bars.preclose.size(), rows);
      EXPECT_EQ(lane.bars.volume.size(), std::min<std::size_t>(rows, 20));
      EXPECT_EQ(lane.bars.amount.size(), std::min<std::size_t>(rows, 1));
      longer += rows > 20;
    }
    return {};
  });
  ASSERT_TRUE(done.has_value()) << done.error().to_string();
  EXPECT_GT(longer, 30u);
}

TEST_F(StoreMarketTest, Errors) {
  Files files;
  files.add("600000.SH", series(1, 0, 5));
  const auto error_of = [&](const ScanRequest& request) {
    const auto answer = scan(context(), request);
    return answer ? ErrorCode{} : answer.error().code;
  };
  EXPECT_EQ(error_of(of_store()), ErrorCode::store_not_found);
  import(files);
  ScanRequest request = of_store();
  request.input.universe = "q";
  EXPECT_EQ(error_of(request), ErrorCode::bad_value);
  request.input.universe = "us";
  EXPECT_EQ(error_of(request), ErrorCode::empty_input);
  request = of_store();
  request.input.snapshot = 99;
  EXPECT_EQ(error_of(request), ErrorCode::snapshot_not_found);
  for (const auto& entry : std::filesystem::directory_iterator(store_.path("store/data")))
    std::filesystem::remove(entry.path());
  EXPECT_EQ(error_of(of_store()), ErrorCode::damaged_store);
}

// Real bars: 404 A-shares of 1991 to 2022.
TEST_F(StoreMarketTest, TheArchiveIsTheSameFromAStore) {
  const std::string archive = MOMENTUM_SOURCE_DIR "/../shared/data/a_share/stockdata_every12th.tar.xz";
  if (!std::filesystem::exists(archive)) GTEST_SKIP() << "no ../shared beside the project";
  ImportRequest import;
  import.store = store_.path("store");
  import.files = {archive};
  ImportReport report;
  const auto done = import_files(context(2), import, report);
  ASSERT_TRUE(done.has_value()) << done.error().to_string();
  EXPECT_EQ(report.stored, 1014122);
  ScanRequest request = of_store();
  request.as_of = make_date(2022, 1, 14);
  const score::Scan ours = scanned(request, 2);
  request.input = {.files = {archive}};
  expect_same(ours, scanned(request, 2));
}

}  // namespace
}  // namespace momentum::engine
