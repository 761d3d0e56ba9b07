#include "momentum/store/diff.h"

#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

struct Found {
  catalog::InstrumentId id;
  Date date;
  How how;
  std::map<std::string, std::pair<double, double>> values;
};

std::vector<Found> diff(const IngestStore& store, catalog::SnapshotId before, catalog::SnapshotId after) {
  const auto catalog = catalog::Catalog::open(store.folder()).value();
  const catalog::State a = catalog.load(before).value(), b = catalog.load(after).value();
  std::vector<Found> out;
  const auto done = diff_bars({}, store.folder(), a, b, [&](const BarDifference& difference) {
    out.push_back({difference.id, difference.date, difference.how, {}});
    for (const ValueChange& value : difference.values)
      out.back().values[std::string(value.column)] = {value.before, value.after};
  });
  EXPECT_TRUE(done) << done.error().to_string();
  return out;
}

TEST(Diff, AddedCorrectedAndFilledBars) {
  const IngestStore store(2);
  store.put({{0, made_bars(0, day(2024, 4, 1), day(2024, 5, 16)).without("turnover")},
             {1, made_bars(1, day(2024, 4, 1), day(2024, 5, 16))}});
  Rows correction = made_bars(1, day(2024, 4, 9), day(2024, 4, 10));
  const double old = correction.columns["close"][0];
  correction.columns["close"][0] = 77.25;
  store.put({{0, made_bars(0, day(2024, 5, 16), day(2024, 5, 17))}, {1, correction}}, {.replace = true});
  const std::vector<Found> found = diff(store, 2, 3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].date, day(2024, 5, 16));
  EXPECT_EQ(found[0].how, How::corrected);
  ASSERT_EQ(found[0].values.size(), 1U);
  EXPECT_TRUE(std::isnan(found[0].values.at("turnover").first));
  EXPECT_EQ(found[1].date, day(2024, 5, 17));
  EXPECT_EQ(found[1].how, How::added);
  EXPECT_TRUE(std::isnan(found[1].values.at("open").first));
  EXPECT_EQ(found[2].id, 1);
  EXPECT_EQ(found[2].how, How::corrected);
  EXPECT_EQ(found[2].values, (std::map<std::string, std::pair<double, double>>{{"close", {old, 77.25}}}));
  const auto account = store.state().snapshot.account;
  EXPECT_EQ(account, (catalog::Account{1, 1, 1, 0}));

  const std::vector<Found> back = diff(store, 3, 2);
  ASSERT_EQ(back.size(), 3U);
  EXPECT_EQ(back[1].how, How::removed);
  EXPECT_EQ(back[2].values.at("close"), (std::pair{77.25, old}));
  EXPECT_TRUE(diff(store, 3, 3).empty());
}

// Bars that move from level to level are the same bars.
TEST(Diff, MovedBarsAreNoDifference) {
  const IngestStore store(2);
  store.put(
      {{0, made_bars(0, day(2022, 11, 1), day(2024, 12, 31))}, {1, made_bars(1, day(2022, 11, 1), day(2024, 12, 31))}});
  store.put({{0, made_bars(0, day(2025, 1, 1), day(2025, 1, 2))}});
  const std::vector<Found> found = diff(store, 2, 3);
  ASSERT_EQ(found.size(), 2U);
  for (const Found& one : found) EXPECT_EQ(one.how, How::added);
  EXPECT_EQ(diff(store, 1, 3).size(), store.bars().at(0).size() + store.bars().at(1).size());
}

TEST(Diff, AFileThatIsGoneIsAnError) {
  const IngestStore store(2);
  store.put({{0, made_bars(0, day(2024, 5, 1), day(2024, 5, 16))}});
  const catalog::State a = catalog::Catalog::open(store.folder())->load(1).value(), b = store.state();
  std::filesystem::remove(store.folder() + "/" + b.files[0].path);
  EXPECT_EQ(diff_bars({}, store.folder(), a, b, [](const BarDifference&) {}).error().code, ErrorCode::damaged_store);
}

}  // namespace
}  // namespace momentum::store
