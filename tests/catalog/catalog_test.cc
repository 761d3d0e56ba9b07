#include "momentum/catalog/catalog.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <random>

#include "store_fixture.h"

namespace momentum::catalog {
namespace {

TEST(Create, AnEmptyStore) {
  const StoreFolder store;
  Context ctx;
  const FixedClock clock(day(2025, 1, 2));
  ctx.clock = &clock;
  const StoreInfo info{.buckets = 16,
                       .storage = "hdf",
                       .compression = 9,
                       .synthetic = true,
                       .arguments = "--stocks 60",
                       .tool_version = "0.1.0"};
  const std::string folder = store.path("deep/er");
  ASSERT_TRUE(Catalog::create(ctx, folder, info));
  EXPECT_TRUE(std::filesystem::is_directory(folder + "/data"));
  const State state = Catalog::open(folder)->load().value();
  EXPECT_EQ(state.info.uuid.size(), 36U);
  EXPECT_EQ(state.info.created, std::chrono::floor<std::chrono::microseconds>(clock.now()));
  StoreInfo expected = info;
  expected.uuid = state.info.uuid;
  expected.created = state.info.created;
  EXPECT_EQ(state.info, expected);
  EXPECT_EQ(state.snapshot, (Snapshot{1, 0, state.info.created, "create", "", {}, Account{}}));
  EXPECT_TRUE(state.instruments.empty() && state.files.empty() && state.sessions.empty() && state.calendars.empty());
  // a second store has another identity
  ASSERT_TRUE(Catalog::create(ctx, store.path("other"), info));
  EXPECT_NE(Catalog::open(store.path("other"))->load()->info.uuid, state.info.uuid);
}

TEST(Create, RefusesWhatStandsThereAndBadInfo) {
  const StoreFolder store;
  store.create();
  const std::string before = store.bytes();
  EXPECT_EQ(Catalog::create({}, store.path(), {}).error().code, ErrorCode::store_exists);
  EXPECT_EQ(store.bytes(), before);
  for (const StoreInfo& info : {StoreInfo{.buckets = 0}, StoreInfo{.storage = "xls"}, StoreInfo{.compression = 10},
                                StoreInfo{.compression = kCompatCompression - 1}}) {
    EXPECT_EQ(Catalog::create({}, store.path("x"), info).error().code, ErrorCode::bad_value);
  }
  EXPECT_FALSE(std::filesystem::exists(store.path("x")));
  const WriterLock lock = store.lock();
  EXPECT_EQ(Catalog::create({}, store.path(), {}).error().code, ErrorCode::locked);
  std::ofstream(store.path("file")) << "x";
  EXPECT_EQ(Catalog::create({}, store.path("file"), {}).error().code, ErrorCode::io_failed);
}

TEST(Create, AHalfMadeCatalogIsReplaced) {
  const StoreFolder store;
  std::ofstream(store.path("catalog.db.new")) << "cut short";
  std::ofstream(store.path("catalog.db.new-journal")) << "cut short";
  EXPECT_EQ(Catalog::open(store.path()).error().code, ErrorCode::store_not_found);
  store.create();
  EXPECT_TRUE(Catalog::open(store.path())->load());
  EXPECT_FALSE(std::filesystem::exists(store.path("catalog.db.new")));
}

TEST(Commit, EverythingComesBack) {
  const StoreFolder store;
  store.create();
  const WriterLock lock = store.lock();
  Catalog writer = open_for_writing(lock);
  Context ctx;
  const FixedClock clock(day(2025, 1, 2));
  ctx.clock = &clock;
  const Change change = sample_change();
  const Snapshot snapshot = writer.commit(ctx, change, 1).value();
  EXPECT_EQ(snapshot, (Snapshot{2,
                                1,
                                std::chrono::floor<std::chrono::microseconds>(clock.now()),
                                "import",
                                "a note",
                                {3, 1, 60, 1020, 80},
                                Account{60, 2, 1, 0}}));

  const State state = Catalog::open(store.path())->load().value();
  EXPECT_EQ(state.snapshot, snapshot);
  EXPECT_EQ(state.instruments, change.instruments);
  FileRecord file = change.add_files[0];
  file.id = 1;
  EXPECT_EQ(state.files, std::vector{file});
  EXPECT_EQ(state.sessions, change.sessions);
  EXPECT_EQ(state.calendars, change.calendars);
  EXPECT_EQ(state.coverage, std::vector<Coverage>(3, Coverage{file.first, file.last, 20}));
}

// Random changes, and after each the states of all snapshots against those that a plain copy of the rules gives.
TEST(Commit, EveryEarlierStateStaysAsItWas) {
  const StoreFolder store;
  store.create();
  const WriterLock lock = store.lock();
  Catalog writer = open_for_writing(lock);
  std::mt19937 random(7);
  const auto draw = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<State> states = {writer.load().value()};
  FileId next_file = 1;
  for (int round = 0; round < 40; ++round) {
    State next = states.back();
    Change change{.op = "round", .note = std::to_string(round)};
    const auto known = static_cast<InstrumentId>(next.instruments.size());
    for (InstrumentId i = 0; i < known + 2; ++i) {
      if (i < known && draw(3) != 0) continue;
      InstrumentRecord record = sample_instrument(i);
      if (draw(2) == 0) record.names.push_back({day(2021, 1, 1) + round, "新名"});
      change.instruments.push_back(record);
      if (i == static_cast<InstrumentId>(next.instruments.size())) next.instruments.push_back({});
      next.instruments[static_cast<std::size_t>(i)] = record;
    }
    for (const FileRecord& file : states.back().files) {
      if (draw(3) == 0) change.end_files.push_back(file.id);
    }
    std::erase_if(next.files,
                  [&](const FileRecord& file) { return std::ranges::count(change.end_files, file.id) > 0; });
    for (int i = draw(3); i > 0; --i) {
      FileRecord file = sample_file("data/" + std::to_string(next_file), draw(known + 1), known + 2, 1 + draw(300),
                                    day(2000, 1, 1) + draw(9000));
      file.dataset = draw(4) == 0 ? "minute" : "daily";
      if (draw(2) == 0) file.bucket.reset();
      change.add_files.push_back(file);
      file.id = next_file++;
      next.files.push_back(file);
    }
    for (auto* const markets : {&next.sessions, &next.calendars}) {
      const bool counted = markets == &next.sessions;
      const MarketDays days =
          sample_days(draw(2) == 0 ? "a" : "us", day(2010, 1, 1) + draw(2) * 700, draw(400), counted);
      (counted ? change.sessions : change.calendars) = {days};
      std::erase_if(*markets, [&](const MarketDays& other) { return other.market == days.market; });
      if (!days.days.empty()) markets->push_back(days);
      std::ranges::sort(*markets, {}, &MarketDays::market);
    }
    next.coverage.assign(next.instruments.size(), {});
    for (const FileRecord& file : next.files) {
      for (const Extent& extent : file.extents) {
        Coverage& coverage = next.coverage[static_cast<std::size_t>(extent.instrument)];
        if (file.dataset != "daily") continue;
        coverage.first = coverage.bars == 0 ? extent.first : std::min(coverage.first, extent.first);
        coverage.last = coverage.bars == 0 ? extent.last : std::max(coverage.last, extent.last);
        coverage.bars += extent.rows;
      }
    }
    const auto snapshot = writer.commit({}, change, states.back().snapshot.id);
    ASSERT_TRUE(snapshot) << snapshot.error().to_string();
    next.snapshot = *snapshot;
    states.push_back(next);
    ASSERT_EQ(writer.load().value(), next) << round;
  }
  const Catalog reader = Catalog::open(store.path()).value();
  const std::vector<Snapshot> log = reader.log().value();
  ASSERT_EQ(log.size(), states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto state = reader.load(states[i].snapshot.id);
    ASSERT_TRUE(state) << state.error().to_string();
    EXPECT_EQ(*state, states[i]) << i;
    EXPECT_EQ(log[states.size() - 1 - i], states[i].snapshot);
  }
}

// What is equal already is not written again: a year of daily commits must not copy every instrument 250 times.
TEST(Commit, EqualRecordsAddNoRows) {
  const StoreFolder store;
  store.create();
  const WriterLock lock = store.lock();
  Catalog writer = open_for_writing(lock);
  Change change = sample_change();
  ASSERT_TRUE(writer.commit({}, change, 1));
  change.add_files.clear();
  change.instruments[1].names.push_back({day(2021, 1, 1), "新名"});
  change.sessions[0].bars.back() += 1;
  ASSERT_TRUE(writer.commit({}, change, 2));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(store.path("catalog.db").c_str(), &database), SQLITE_OK);
  const auto count = [&](const char* table) {
    int rows = -1;
    const std::string sql = std::string("SELECT count(*) FROM ") + table;
    sqlite3_exec(
        database, sql.c_str(),
        [](void* out, int, char** row, char**) { return *static_cast<int*>(out) = atoi(row[0]), 0; }, &rows, nullptr);
    return rows;
  };
  EXPECT_EQ(count("instrument"), 4);
  EXPECT_EQ(count("market_days"), 2 + 2 + 1);
  sqlite3_close(database);
  EXPECT_EQ(writer.load(2)->instruments[1], sample_instrument(1));
  EXPECT_EQ(writer.load(3)->instruments, change.instruments);
}

TEST(Commit, TheSecondFromOneParentIsRefused) {
  const StoreFolder store;
  store.create();
  const WriterLock lock = store.lock();
  Catalog one = open_for_writing(lock);
  Catalog two = open_for_writing(lock);
  ASSERT_TRUE(one.commit({}, {.op = "first"}, 1));
  const auto refused = two.commit({}, sample_change(), 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().to_string(), "the store changed meanwhile: snapshot 2, not 1; run the command again");
  EXPECT_EQ(refused.error().code, ErrorCode::store_changed);
  EXPECT_EQ(two.load()->snapshot.op, "first");
  EXPECT_TRUE(two.load()->files.empty());
  EXPECT_TRUE(two.commit({}, sample_change(), 2));
}

TEST(Commit, WhatContradictsTheStoreChangesNothing) {
  const StoreFolder store;
  store.create();
  const WriterLock lock = store.lock();
  Catalog writer = open_for_writing(lock);
  ASSERT_TRUE(writer.commit({}, sample_change(), 1));
  const State before = writer.load().value();
  Change change{.op = "x", .end_files = {1, 1}};
  EXPECT_EQ(writer.commit({}, change, 2).error().code, ErrorCode::internal);
  change.end_files = {99};
  EXPECT_EQ(writer.commit({}, change, 2).error().where, "file 99");
  change.end_files.clear();
  change.add_files = {sample_file("data/2.parquet", 0, 3, 5), sample_file("data/1.parquet", 0, 1, 5)};
  EXPECT_EQ(writer.commit({}, change, 2).error().where, "data/1.parquet");
  change.add_files = {sample_file("data/2.parquet", 0, 4, 5)};
  EXPECT_EQ(writer.commit({}, change, 2).error().code, ErrorCode::internal);  // there is no instrument 3
  EXPECT_EQ(writer.load().value(), before);
}

TEST(Load, NamesTheSnapshotThatIsNotThere) {
  const StoreFolder store;
  store.create();
  const Catalog reader = Catalog::open(store.path()).value();
  for (const SnapshotId wanted : {0, -1, 2}) {
    const Error error = reader.load(wanted).error();
    EXPECT_EQ(error.code, ErrorCode::snapshot_not_found);
    EXPECT_EQ(error.to_string(), "no such snapshot: " + std::to_string(wanted) + "; the newest is 1");
  }
}

TEST(Garbage, EndedFilesWaitAndAreDropped) {
  const StoreFolder store;
  store.create();
  const WriterLock lock = store.lock();
  Catalog writer = open_for_writing(lock);
  Context ctx;
  const FixedClock clock(day(2025, 1, 2));
  ctx.clock = &clock;
  ASSERT_TRUE(writer.commit(ctx, sample_change(), 1));
  ASSERT_TRUE(writer.commit(ctx, {.op = "note"}, 2));
  EXPECT_TRUE(writer.garbage()->empty());
  EXPECT_EQ(writer.drop(ctx, {}, {1}).error().code, ErrorCode::internal);
  ASSERT_TRUE(writer.commit(
      ctx, {.op = "compact", .add_files = {sample_file("data/2.parquet", 0, 3, 20)}, .end_files = {1}}, 3));
  const std::vector<Garbage> garbage = writer.garbage().value();
  ASSERT_EQ(garbage.size(), 1U);
  EXPECT_EQ(garbage[0].file, 1);
  EXPECT_EQ(garbage[0].path, "data/1.parquet");
  EXPECT_EQ(garbage[0].bytes, 1020);
  EXPECT_EQ(garbage[0].begun_by, 2);
  EXPECT_EQ(garbage[0].ended_by, 4);
  EXPECT_EQ(garbage[0].ended, std::chrono::floor<std::chrono::microseconds>(clock.now()));
  EXPECT_TRUE(writer.load(3));

  EXPECT_EQ(writer.drop(ctx, {2, 3}, {1, 2}).error().code, ErrorCode::internal);
  EXPECT_EQ(writer.garbage()->size(), 1U) << "the refused call must not have done its first half";
  EXPECT_TRUE(writer.load(3));
  EXPECT_EQ(writer.drop(ctx, {2}, {1}).error().where, "file 1") << "snapshot 3 needs it";
  ASSERT_TRUE(writer.drop(ctx, {2, 3}, {1}));
  EXPECT_EQ(writer.removed(1).value(), std::chrono::floor<std::chrono::microseconds>(clock.now()));
  EXPECT_FALSE(writer.removed(2).value());
  EXPECT_TRUE(writer.garbage()->empty());
  for (const SnapshotId gone : {2, 3}) {
    const Error error = writer.load(gone).error();
    EXPECT_EQ(error.code, ErrorCode::snapshot_not_found);
    EXPECT_EQ(error.what, "snapshot " + std::to_string(gone) + " was dropped by gc on 2025-01-02T04:00:00Z");
  }
  EXPECT_TRUE(writer.load(1) && writer.load(4));
  const Change again{.op = "x", .add_files = {sample_file("data/1.parquet", 0, 3, 20)}};
  EXPECT_EQ(writer.commit(ctx, again, 4).error().where, "data/1.parquet") << "a name is never used twice";
}

}  // namespace
}  // namespace momentum::catalog
