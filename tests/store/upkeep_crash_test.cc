// Compaction, gc and repair that are killed, and disks that fail under them.

#include <sys/wait.h>

#include <csignal>
#include <random>
#include <thread>

#include "catalog/failing_disk.h"
#include "momentum/store/verify.h"
#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

using std::chrono::hours;

constexpr int kInstruments = 5;

Bars market(Date first, Date last) {
  Bars out;
  for (int id = 0; id < kInstruments; ++id) out[id] = made_bars(id, first, last);
  return out;
}

void expect_well(const IngestStore& store) {
  EXPECT_TRUE(catalog::Catalog::open(store.folder())->check());
  const auto health = verify(on_threads(1), store.folder(), store.state()).value();
  for (const Error& problem : health.problems) ADD_FAILURE() << problem.to_string();
  const auto older = check_older(store.folder(), catalog::Catalog::open(store.folder())->garbage().value());
  for (const Error& problem : older) ADD_FAILURE() << problem.to_string();
}

// Runs `work` in a child that is killed after a while. Whether it was.
bool killed(std::mt19937& random, int most, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned>(most)));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST(UpkeepCrash, KilledAtAnyPointTheStoreIsWhole) {
  std::mt19937 random(20241125);
  TestClock clock(day(2024, 6, 3));
  const IngestStore store(2);
  Date last = day(2024, 5, 31);
  store.put(market(day(2022, 6, 1), last), {.newest = last}, 1);
  int kills = 0;
  for (int round = 0; round < 30; ++round) {
    // a bound too late leaves work for a compaction; the commit leaves work for gc
    last = last + 3;
    ASSERT_TRUE(store.try_put(market(last - 2, last), {.newest = last + 400}, {}, {}, at(clock, 1)));
    clock.pass(hours(30));
    const catalog::SnapshotId before = store.state().snapshot.id;
    kills += killed(random, 40000, [&] {
      (void)compact(store, at(clock, 1));
      (void)gc(store, at(clock, 1), hours(24));
      (void)gc(store, at(clock, 1), hours(0));
    });
    EXPECT_GE(store.state().snapshot.id, before);
    expect_well(store);
    if (round % 3 == 0) {
      std::filesystem::resize_file(store.folder() + "/catalog.db", 5000);
      kills += killed(random, 30000, [&] { (void)repair(store); });
      const auto repaired = repair(store);
      ASSERT_TRUE(repaired) << repaired.error().to_string();
      EXPECT_TRUE(repaired->problems.empty());
      EXPECT_GE(store.state().snapshot.id, before);
      expect_well(store);
    }
    store.expect_bars(market(day(2022, 6, 1), last));
  }
  ASSERT_TRUE(compact(store, at(clock, 1)));
  ASSERT_TRUE(gc(store, at(clock, 1), hours(0)));
  EXPECT_EQ(store.names(), needed_names(store));
  store.expect_bars(market(day(2022, 6, 1), last));
  RecordProperty("kills", kills);
}

// What SQLite writes fails at each of its writes in turn.
TEST(UpkeepCrash, ACompactionOrGcThatFailsIsWholeOrNothing) {
  const catalog::FailingDisk disk;
  const TestClock clock(day(2024, 6, 3));
  const Bars bars = market(day(2024, 3, 1), day(2024, 5, 17));
  for (const catalog::Fate fate : {catalog::Fate::full, catalog::Fate::broken}) {
    int failures = 0;
    for (int changes = 0;; changes += 3) {
      const IngestStore store(2);
      store.put(bars, {.newest = day(2025, 3, 1)}, 1);
      catalog::FailingDisk::fails_after(changes, fate, true);
      Opened to(store);
      const auto compacted = compact(at(clock, 1), to.lock, to.catalog, to.state);
      Result<void> collected;
      if (compacted) {
        const auto state = to.catalog.load();
        const auto plan = plan_gc(at(clock, 1), to.catalog, hours(0));
        collected = collect(at(clock, 1), to.lock, to.catalog, *state, *plan);
      }
      catalog::FailingDisk::works();
      const bool done = compacted && collected;
      failures += done ? 0 : 1;
      expect_well(store);
      store.expect_bars(bars);
      if (done) break;
    }
    EXPECT_GT(failures, 3);
  }
}

}  // namespace
}  // namespace momentum::store
