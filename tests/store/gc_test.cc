#include "momentum/store/gc.h"

#include <fstream>

#include "momentum/store/batch_reader.h"
#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

using std::chrono::hours;

catalog::LogEntry entry(catalog::SnapshotId id, Date created, catalog::Account account = {}) {
  catalog::LogEntry out;
  out.snapshot.id = id;
  out.snapshot.created = std::chrono::floor<std::chrono::microseconds>(FixedClock(created).now());
  out.snapshot.account = account;
  return out;
}

catalog::Time noon(Date day) { return std::chrono::floor<std::chrono::microseconds>(FixedClock(day).now()); }

std::vector<Keep> whys(const std::vector<catalog::LogEntry>& history, catalog::Time now,
                       std::chrono::microseconds grace = kGrace) {
  std::vector<Keep> out;
  for (const Kept& kept : keeping(history, now, grace)) out.push_back(kept.why);
  return out;
}

TEST(Keeping, OneReasonEach) {
  std::vector<catalog::LogEntry> history = {entry(9, day(2024, 5, 20), {10, 0, 0, 0}),
                                            entry(8, day(2024, 5, 17), {10, 0, 0, 0}),
                                            entry(7, day(2024, 5, 16), {10, 0, 1, 0}),
                                            entry(6, day(2024, 5, 16), {10, 0, 0, 1}),
                                            entry(5, day(2024, 5, 15), {10, 1, 0, 0}),
                                            entry(4, day(2024, 5, 14)),
                                            entry(3, day(2024, 4, 30)),
                                            entry(2, day(2024, 4, 29)),
                                            entry(1, day(2024, 4, 28))};
  history[7].pinned = noon(day(2024, 5, 1));
  history[8].dropped = noon(day(2024, 5, 1));
  EXPECT_EQ(whys(history, noon(day(2024, 5, 20)) + hours(1)),
            (std::vector{Keep::newest, Keep::grace, Keep::expired, Keep::before_correction, Keep::before_correction,
                         Keep::before_correction, Keep::month_end, Keep::pinned, Keep::dropped}));
  EXPECT_EQ(keeping(history, noon(day(2024, 5, 20)))[1].until, noon(day(2024, 5, 20)) + kGrace);
  EXPECT_EQ(whys(history, noon(day(2024, 5, 20)) + hours(24))[1], Keep::expired);
  EXPECT_EQ(whys(history, noon(day(2024, 5, 20)), hours(0))[1], Keep::expired);
  EXPECT_EQ(whys(history, noon(day(2024, 5, 20)), hours(24 * 5))[2], Keep::grace);
}

TEST(Keeping, WhatNobodyCountedMayHaveBeenACorrection) {
  std::vector<catalog::LogEntry> history = {entry(2, day(2024, 5, 17)), entry(1, day(2024, 5, 16))};
  history[0].snapshot.account.reset();
  EXPECT_EQ(whys(history, noon(day(2024, 6, 1)))[1], Keep::before_correction);
}

// 2024-05-31 18:00 in London is June in Shanghai.
TEST(Keeping, MonthsAreTheMarkets) {
  std::vector<catalog::LogEntry> history = {entry(2, day(2024, 5, 31)), entry(1, day(2024, 5, 31))};
  EXPECT_EQ(whys(history, noon(day(2024, 7, 1)))[1], Keep::expired);
  history[0].snapshot.created += hours(13);
  EXPECT_EQ(whys(history, noon(day(2024, 7, 1)))[1], Keep::month_end);
}

class Gc : public testing::Test {
 protected:
  void put(Date first, Date last, bool replace = false, double close = 0) const {
    Bars bars = {{0, made_bars(0, first, last)}, {1, made_bars(1, first, last)}};
    if (close != 0) bars[0].columns["close"][0] = close;
    const auto out = store_.try_put(bars, {.replace = replace}, {}, {}, at(clock_));
    ASSERT_TRUE(out) << out.error().to_string();
  }
  Error refused(catalog::SnapshotId snapshot) const {
    const auto state = catalog::Catalog::open(store_.folder())->load(snapshot);
    return state ? Error{} : state.error();
  }
  IngestStore store_{2};
  TestClock clock_{day(2024, 5, 13)};
};

TEST_F(Gc, DropsWhatIsNotKeptAfterItsGrace) {
  put(day(2024, 5, 1), day(2024, 5, 10));
  clock_.pass(hours(1));
  put(day(2024, 5, 13), day(2024, 5, 13));
  clock_.pass(hours(1));
  put(day(2024, 5, 2), day(2024, 5, 2), true, 99);  // a correction
  clock_.pass(hours(1));
  put(day(2024, 5, 14), day(2024, 5, 14));
  const auto early = gc(store_, at(clock_)).value();
  EXPECT_TRUE(early.snapshots.empty() && early.files.empty());
  EXPECT_EQ(early.kept, 5);
  clock_.pass(hours(24));
  {
    Opened to(store_);
    EXPECT_EQ(plan_gc(at(clock_), to.catalog).value().snapshots, (std::vector<catalog::SnapshotId>{2, 4}));
    EXPECT_EQ(to.catalog.history()->size(), 5U) << "a plan does nothing";
    EXPECT_TRUE(to.catalog.load(2));
  }
  const auto done = gc(store_, at(clock_)).value();
  EXPECT_EQ(done.files.size(), 2U);  // the tails of 2 and 4
  EXPECT_GT(done.bytes, 0);
  EXPECT_EQ(store_.names(), needed_names(store_));
  EXPECT_EQ(store_.names().size(), 2U);
  EXPECT_EQ(refused(2).what, "snapshot 2 was dropped by gc on 2024-05-14T07:00:00Z");
  EXPECT_EQ(refused(4).code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(refused(3).what, "") << "the state before the correction";
  EXPECT_TRUE(gc(store_, at(clock_)).value().snapshots.empty());
}

TEST_F(Gc, APinnedSnapshotStays) {
  put(day(2024, 5, 1), day(2024, 5, 10));
  put(day(2024, 5, 13), day(2024, 5, 13));
  ASSERT_TRUE(Opened(store_).catalog.pin({}, 2, ""));
  ASSERT_TRUE(gc(store_, at(clock_), hours(0)));
  EXPECT_EQ(refused(2).what, "");
  ASSERT_TRUE(Opened(store_).catalog.unpin({}, 2));
  ASSERT_TRUE(gc(store_, at(clock_), hours(0)));
  EXPECT_NE(refused(2).what, "");
}

// Readers that have opened the files go on; one that only knows the state is told what happened, and that it is no damage.
TEST_F(Gc, ReadersOfADroppedState) {
  put(day(2024, 5, 1), day(2024, 5, 10));
  const catalog::State state = store_.state();
  const Plan plan = store::plan(state, {.columns = {"close"}}).value();
  const auto reader = BarsReader::open({}, store_.folder(), state, plan).value();
  const auto before = reader.read(plan.batches[0]).value();
  put(day(2024, 5, 13), day(2024, 5, 13));
  ASSERT_FALSE(gc(store_, at(clock_), hours(0)).value().files.empty());
  const auto after = reader.read(plan.batches[0]);
  ASSERT_TRUE(after) << after.error().to_string();
  ASSERT_EQ(after->series.size(), before.series.size());
  for (std::size_t i = 0; i < before.series.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(after->series[i].columns[0], before.series[i].columns[0]));
  const auto late = BarsReader::open({}, store_.folder(), state, plan);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(late.error().what, "gc dropped this state while it was being read");
}

// A year of daily commits: as many live files as after a month, and of the past only what the rule keeps.
TEST_F(Gc, AYearOfAppends) {
  put(day(2022, 6, 1), day(2023, 12, 29));
  std::size_t most = 0;
  int appends = 0;
  for (Date today = day(2024, 1, 1); appends < 250; today = today + 1) {
    if (is_weekend(today)) continue;
    clock_.set(today);
    put(today, today);
    ++appends;
    if (appends % 5 == 0) {
      ASSERT_TRUE(gc(store_, at(clock_)));
    }
    most = std::max(most, store_.live_names().size());
    ASSERT_LE(store_.live_names().size(), 2U * 2 + 1);
  }
  EXPECT_EQ(most, 5U);
  clock_.pass(hours(48));
  ASSERT_TRUE(gc(store_, at(clock_)));
  EXPECT_EQ(store_.names(), needed_names(store_));
  std::size_t readable = 0;
  const std::vector<catalog::LogEntry> history = catalog::Catalog::open(store_.folder())->history().value();
  for (const catalog::LogEntry& logged : history) readable += logged.dropped ? 0 : 1;
  EXPECT_LE(readable, 14U);  // the newest, and the last of each month
  EXPECT_GE(readable, 12U);
  std::size_t redo = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(store_.folder() + "/redo")) ++redo;
  EXPECT_LE(redo, 2U * 70 + 2);
  store_.expect_bars({{0, made_bars(0, day(2022, 6, 1), store_.state().coverage[0].last)},
                      {1, made_bars(1, day(2022, 6, 1), store_.state().coverage[0].last)}});
}

TEST_F(Gc, RemovesWhatDeadWritersLeft) {
  put(day(2024, 5, 1), day(2024, 5, 10));
  const auto before = store_.names();
  std::ofstream(store_.folder() + "/data/tail-9-0123456789abcdef.parquet") << "x";
  ASSERT_TRUE(gc(store_, at(clock_)));
  EXPECT_EQ(store_.names(), before);
}

}  // namespace
}  // namespace momentum::store
