// Accounts of commits, pinned and dropped snapshots, and stores of the format before there were any.

#include <sqlite3.h>

#include "load_internal.h"
#include "schema_internal.h"
#include "sqlite_internal.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

class Upkeep : public testing::Test {
 protected:
  Upkeep() {
    store_.create();
    ctx_.clock = &clock_;
    lock_.emplace(store_.lock());
    catalog_.emplace(open_for_writing(*lock_));
    EXPECT_TRUE(catalog_->commit(ctx_, sample_change(), 1));
    Change change{.op = "import", .add_files = {sample_file("data/2.parquet", 0, 3, 20)}, .end_files = {1}};
    change.account.added = 4;
    change.instruments = {sample_instrument(1)};
    change.instruments[0].board = "star";
    EXPECT_TRUE(catalog_->commit(ctx_, change, 2));
  }
  void by_sql(const char* sql) const {
    const Database raw = Database::open(store_.path("catalog.db"), Access::write, milliseconds(100)).value();
    ASSERT_TRUE(raw.run(sql));
  }
  std::int64_t count(const char* sql) const {
    return Database::open(store_.path("catalog.db"), Access::read, milliseconds(100)).value().integer(sql).value();
  }

  StoreFolder store_;
  FixedClock clock_{day(2025, 1, 2)};
  Context ctx_;
  std::optional<WriterLock> lock_;
  std::optional<Catalog> catalog_;
};

TEST_F(Upkeep, TheLogSaysWhatACommitDid) {
  const std::vector<LogEntry> log = catalog_->history().value();
  ASSERT_EQ(log.size(), 3U);
  EXPECT_EQ(log[0].snapshot, catalog_->load()->snapshot);
  EXPECT_EQ(log[0].snapshot.account, (Account{4, 0, 0, 0}));
  EXPECT_EQ(log[0].files_added, 1);
  EXPECT_EQ(log[0].files_ended, 1);
  EXPECT_EQ(log[1].snapshot.account, (Account{60, 2, 1, 0}));
  EXPECT_TRUE(log[1].snapshot.account->changes_the_past());
  EXPECT_FALSE(log[0].snapshot.account->changes_the_past());
  EXPECT_EQ(log[1].files_ended, 0);
  EXPECT_EQ(log[2].snapshot.op, "create");
  EXPECT_EQ(log[2].files_added, 0);
}

TEST_F(Upkeep, TheLogCountsTheRowsOfEachDataset) {
  using Rows = std::vector<DatasetRows>;
  Change change{.op = "import", .add_files = {sample_file("data/3.parquet", 0, 2, 5)}};
  change.add_files[0].dataset = "minute";
  ASSERT_TRUE(catalog_->commit(ctx_, change, 3));
  change.add_files = {sample_file("data/4.parquet", 0, 2, 7), sample_file("data/5.parquet", 0, 3, 21)};
  change.add_files[0].dataset = "minute";
  change.end_files = {3, 2};
  ASSERT_TRUE(catalog_->commit(ctx_, change, 4));
  const std::vector<LogEntry> log = catalog_->history().value();
  ASSERT_EQ(log.size(), 5U);
  EXPECT_EQ(log[0].datasets, (Rows{{"daily", 63, true}, {"minute", 14, true}}));
  EXPECT_EQ(log[1].datasets, (Rows{{"daily", 60, false}, {"minute", 10, true}}));
  EXPECT_EQ(log[2].datasets, (Rows{{"daily", 60, true}}));
  EXPECT_EQ(log[3].datasets, (Rows{{"daily", 60, true}}));
  EXPECT_EQ(log[4].datasets, Rows{});
  for (const LogEntry& entry : log) {
    std::int64_t rows = 0;
    for (const DatasetRows& one : entry.datasets) rows += one.rows;
    EXPECT_EQ(rows, entry.snapshot.counts.rows);
  }
  ASSERT_TRUE(catalog_->drop(ctx_, {3, 4}, {2, 3}));
  EXPECT_EQ(catalog_->history().value()[1].datasets, log[1].datasets);  // whatever is gone
}

TEST_F(Upkeep, APinStaysUntilItIsTakenBack) {
  ASSERT_TRUE(catalog_->pin(ctx_, 2, "before the audit"));
  ASSERT_TRUE(catalog_->pin(ctx_, 2, "the audit"));
  LogEntry entry = catalog_->history().value()[1];
  EXPECT_EQ(entry.pinned, std::chrono::floor<std::chrono::microseconds>(clock_.now()));
  EXPECT_EQ(entry.pin_note, "the audit");
  EXPECT_EQ(catalog_->drop(ctx_, {2}, {}).error().where, "snapshot 2");
  ASSERT_TRUE(catalog_->unpin(ctx_, 2));
  EXPECT_FALSE(catalog_->history().value()[1].pinned);
  EXPECT_EQ(catalog_->unpin(ctx_, 2).error().to_string(), "not pinned: snapshot 2; momentum store log shows which are");
  EXPECT_EQ(catalog_->pin(ctx_, 9, "").error().code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(catalog_->unpin(ctx_, 9).error().what, "no such snapshot");
}

// A damaged row may hold any time. numpy.datetime64(9000000000000000000, 'us') says the same.
TEST(Dropped, AtATimeBeyondAllClocks) {
  const auto what = [](std::int64_t when) {
    return dropped_by_gc(2, Time(std::chrono::microseconds(when))).error().what;
  };
  EXPECT_EQ(what(9'000'000'000'000'000'000), "snapshot 2 was dropped by gc on 287168-08-24T16:00:00Z");
  EXPECT_EQ(what(-9'000'000'000'000'000'000), "snapshot 2 was dropped by gc on -283229-05-10T08:00:00Z");
}

TEST_F(Upkeep, WhatIsDroppedIsRefusedByName) {
  ASSERT_TRUE(catalog_->drop(ctx_, {2}, {1}));
  const Error error = catalog_->load(2).error();
  EXPECT_EQ(error.code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(error.what, "snapshot 2 was dropped by gc on 2025-01-02T04:00:00Z");
  EXPECT_EQ(catalog_->pin(ctx_, 2, "").error().what, error.what);
  EXPECT_EQ(catalog_->drop(ctx_, {2}, {}).error().where, "snapshot 2") << "once is enough";
  EXPECT_EQ(catalog_->drop(ctx_, {3}, {}).error().where, "snapshot 3") << "the newest stays";
  EXPECT_EQ(catalog_->drop(ctx_, {7}, {}).error().where, "snapshot 7");
  EXPECT_EQ(catalog_->history().value()[1].dropped, std::chrono::floor<std::chrono::microseconds>(clock_.now()));
  EXPECT_TRUE(catalog_->load(1) && catalog_->load(3));
}

// What no state that can be read has is not kept: a catalog must not grow for ever.
TEST_F(Upkeep, DroppingFreesTheRowsOfTheDropped) {
  EXPECT_EQ(count("SELECT count(*) FROM instrument"), 4);
  const State newest = catalog_->load().value();
  ASSERT_TRUE(catalog_->drop(ctx_, {2}, {1}));
  EXPECT_EQ(count("SELECT count(*) FROM instrument"), 3);
  EXPECT_EQ(catalog_->load().value(), newest);
  EXPECT_TRUE(catalog_->check());
}

TEST_F(Upkeep, AFlippedRowIsTold) {
  ASSERT_TRUE(catalog_->pin(ctx_, 2, "note"));
  ASSERT_TRUE(catalog_->drop(ctx_, {1}, {}));
  ASSERT_TRUE(catalog_->check());
  by_sql("UPDATE pin SET note = 'Note'");
  EXPECT_EQ(catalog_->history().error().code, ErrorCode::damaged_store);
  by_sql("UPDATE pin SET note = 'note'; UPDATE dropped SET dropped = dropped + 1");
  EXPECT_EQ(catalog_->history().error().code, ErrorCode::damaged_store);
  by_sql("UPDATE dropped SET dropped = dropped - 1; UPDATE account SET added = 61 WHERE snapshot = 2");
  EXPECT_EQ(catalog_->log().error().code, ErrorCode::damaged_store);
  EXPECT_EQ(catalog_->check().error().code, ErrorCode::damaged_store);
}

// A store of format 2: the same tables without the newer ones.
TEST_F(Upkeep, AStoreOfTheFormatBeforeIsReadAndBroughtUpToDate) {
  const State before = catalog_->load().value();
  catalog_.reset();
  by_sql("DROP TABLE account; DROP TABLE pin; DROP TABLE dropped; DROP TABLE redo; PRAGMA user_version=2");
  std::filesystem::remove_all(store_.path("redo"));
  {
    const std::string bytes = store_.bytes();
    const Catalog reader = Catalog::open(store_.path()).value();
    const std::vector<LogEntry> log = reader.history().value();
    ASSERT_EQ(log.size(), 3U);
    EXPECT_EQ(log[0].files_added, 1);
    for (const LogEntry& entry : log) EXPECT_FALSE(entry.snapshot.account || entry.pinned || entry.dropped);
    EXPECT_EQ(reader.load(9).error().what, "no such snapshot");
    EXPECT_TRUE(reader.check());
    EXPECT_EQ(store_.bytes(), bytes);
  }
  catalog_.emplace(open_for_writing(*lock_));
  State after = catalog_->load().value();
  EXPECT_FALSE(after.snapshot.account) << "nobody counted then";
  after.snapshot.account = before.snapshot.account;
  EXPECT_EQ(after, before);
  ASSERT_TRUE(catalog_->commit(ctx_, {.op = "note"}, 3));
  EXPECT_EQ(Catalog::open(store_.path())->history()->front().snapshot.account, Account{});
  ASSERT_TRUE(std::filesystem::remove(store_.path("catalog.db")));
  catalog_.reset();
  ASSERT_TRUE(Catalog::rebuild(ctx_, *lock_));
  EXPECT_EQ(Catalog::open(store_.path())->load(3)->instruments, before.instruments);
}

}  // namespace
}  // namespace momentum::catalog
