// Stores that are none, and stores with a byte that is not what was written.

#include "load_internal.h"

#include "records_internal.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <limits>

#include "schema_internal.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

TEST(NoStore, EachKindSaysWhichItIs) {
  const StoreFolder store;
  const Error missing = open_and_load(store.path("nowhere")).error();
  EXPECT_EQ(missing.code, ErrorCode::store_not_found);
  EXPECT_EQ(missing.to_string(), "no such store: " + store.path("nowhere") + "; check --store, or import something");
  const Error empty = open_and_load(store.path()).error();
  EXPECT_EQ(empty.code, ErrorCode::store_not_found);
  EXPECT_EQ(empty.what, "not a store (it has no catalog.db)");
  EXPECT_EQ(Catalog::open(store.lock()).error().code, ErrorCode::store_not_found);
  std::ofstream(store.path("file")) << "x";
  EXPECT_EQ(open_and_load(store.path("file")).error().code, ErrorCode::store_not_found);
  std::filesystem::create_directory(store.path("catalog.db"));
  EXPECT_EQ(open_and_load(store.path()).error().what, "not a file");
}

TEST(Damage, WhatIsNoDatabase) {
  const StoreFolder store;
  store.write("");
  EXPECT_EQ(open_and_load(store.path()).error().what, "not a catalog of this program");
  for (const std::size_t size : {1, 100, 5000}) {
    store.write(std::string(size, 'x'));
    const Error error = open_and_load(store.path()).error();
    EXPECT_EQ(error.code, ErrorCode::damaged_store) << size;
    EXPECT_EQ(error.where, store.path("catalog.db"));
  }
  store.write(std::string(5000, 'x'));
  EXPECT_EQ(open_and_load(store.path()).error().what, "not an SQLite database");
}

class DamagedStore : public testing::Test {
 protected:
  DamagedStore() {
    store_.create();
    const WriterLock lock = store_.lock();
    Catalog writer = open_for_writing(lock);
    EXPECT_TRUE(writer.commit({}, sample_change(), 1));
    Change change{.op = "append", .add_files = {sample_file("data/2.parquet", 1, 3, 7)}, .end_files = {1}};
    change.instruments = {sample_instrument(1), sample_instrument(3)};
    change.instruments[0].board = "star";
    change.limits = {{day(2020, 1, 2), {{1, {kLimitUnits}, {0}}}}};
    EXPECT_TRUE(writer.commit({}, change, 2));
    state_ = writer.load().value();
    bytes_ = store_.bytes();
  }
  // True if it was told; false if the state is what it was.
  bool told(std::string_view bytes) const {
    store_.write(bytes);
    const auto state = open_and_load(store_.path());
    if (state) {
      EXPECT_EQ(*state, state_);
    }
    return !state;
  }
  StoreFolder store_;
  State state_;
  std::string bytes_;
};

// Of the last page a load may not need a byte; check() does.
TEST_F(DamagedStore, CutShort) {
  constexpr std::size_t kPage = 4096;
  for (std::size_t size = 0; size < bytes_.size(); size += 97) {
    if (told(bytes_.substr(0, size))) continue;
    ASSERT_GT(size + kPage, bytes_.size());
    ASSERT_FALSE(Catalog::open(store_.path()).value().check()) << size;
  }
}

// Free space inside pages may hold anything, and some of SQLite's own numbers do not matter to a reader. All else is told.
TEST_F(DamagedStore, OneByteFlipped) {
  int told_of = 0;
  for (std::size_t at = 0; at < bytes_.size(); at += 37) {
    std::string flipped = bytes_;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    told_of += told(flipped) ? 1 : 0;
    ASSERT_FALSE(HasFailure()) << "byte " << at;
  }
  EXPECT_GT(told_of, 50);
}

TEST_F(DamagedStore, ContentChangedThroughSql) {
  const char* const cases[] = {
      "UPDATE store SET buckets = 9",
      "DELETE FROM store",
      "UPDATE snapshot SET note = 'x' WHERE id = 3",
      "DELETE FROM snapshot",
      "UPDATE instrument SET symbol = '600009' WHERE id = 1",
      "UPDATE instrument SET kind = 'fond'",
      "UPDATE instrument SET market = 'sh'",
      "UPDATE instrument SET history = x'01'",
      "UPDATE instrument SET history = (SELECT history FROM instrument WHERE id = 0), begin_snapshot = 1 WHERE id = 3",
      "DELETE FROM instrument WHERE id = 3",
      "DELETE FROM instrument WHERE id = 0",
      "UPDATE instrument SET end_snapshot = 9 WHERE end_snapshot = 3",
      "UPDATE file SET path = 'data/3.parquet' WHERE id = 2",
      "UPDATE file SET level = 'base'",
      "UPDATE file SET bucket = NULL",
      "UPDATE file SET extents = x''",
      "UPDATE file SET end_snapshot = 9",
      "DELETE FROM file",
      "UPDATE market_days SET market = 'b' WHERE kind = 'session'",
      "UPDATE market_days SET year = year + 1 WHERE year = 2021",
      "DELETE FROM market_days WHERE kind = 'calendar'",
      "DROP TABLE market_days",
      "DELETE FROM price_limits",
      "DELETE FROM limits_total",
      "UPDATE limits_total SET entries = 2",
      "DROP TABLE price_limits",
      "ALTER TABLE file RENAME COLUMN path TO place",
  };
  for (const char* const sql : cases) {
    store_.write(bytes_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql << sqlite3_errmsg(database);
    sqlite3_close(database);
    const auto state = open_and_load(store_.path());
    ASSERT_FALSE(state) << sql;
    EXPECT_EQ(state.error().code, ErrorCode::damaged_store) << sql << ": " << state.error().to_string();
  }
}

// Rows whose checksums are right, of numbers that no commit takes: nothing is made as large as they say.
TEST_F(DamagedStore, NumbersThatNoCommitWrites) {
  store_.write(bytes_);
  const State state = open_and_load(store_.path()).value();
  std::vector<std::string> cases;
  for (const std::int64_t count : {std::int64_t{-1}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
    Snapshot snapshot = state.snapshot;
    snapshot.counts.instruments = count;
    cases.push_back(fmt::format("UPDATE snapshot SET instruments = {}, \"check\" = {} WHERE id = {}", count,
                                as_stored(check_of(snapshot)), snapshot.id));
    FileRecord file = state.files.at(0);
    file.rows = count;
    const std::uint64_t check =
        check_of(file, pack_columns(file.columns), pack_row_groups(file.row_groups), pack_extents(file.extents));
    cases.push_back(
        fmt::format("UPDATE file SET rows = {}, \"check\" = {} WHERE id = {}", count, as_stored(check), file.id));
  }
  for (const std::string& sql : cases) {
    store_.write(bytes_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(database);
    const auto read = open_and_load(store_.path());
    ASSERT_FALSE(read) << sql;
    EXPECT_EQ(read.error().code, ErrorCode::damaged_store) << sql;
    EXPECT_EQ(read.error().what.find("checksum"), std::string::npos) << read.error().to_string();
  }
}

// What half a commit may leave where its journal is torn: no state shows it, but the next commit would bring it to light.
TEST_F(DamagedStore, RowsOfACommitThatNeverCame) {
  const char* const cases[] = {
      "UPDATE instrument SET end_snapshot = 4 WHERE end_snapshot = 9223372036854775807 AND id = 2",
      "UPDATE market_days SET end_snapshot = 4 WHERE kind = 'session'",
      "UPDATE price_limits SET end_snapshot = 4",
      "UPDATE file SET end_snapshot = 4 WHERE id = 2",
  };
  const WriterLock lock = store_.lock();
  for (const char* const sql : cases) {
    store_.write(bytes_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql << sqlite3_errmsg(database);
    sqlite3_close(database);
    EXPECT_EQ(open_and_load(store_.path()).value(), state_) << sql;
    EXPECT_EQ(Catalog::open(store_.path())->check().error().code, ErrorCode::damaged_store) << sql;
    const auto next = open_for_writing(lock).commit({}, {.op = "import"}, 3);
    ASSERT_FALSE(next) << sql;
    EXPECT_EQ(next.error().code, ErrorCode::damaged_store) << sql;
  }
  store_.write(bytes_);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "INSERT INTO pin VALUES(4, 0, '', 0)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  EXPECT_NE(Catalog::open(store_.path())->check().error().what.find("refers to a snapshot"), std::string::npos);
}

TEST_F(DamagedStore, NamesTheRow) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
  sqlite3_exec(database, "UPDATE instrument SET tick = 1 WHERE id = 2", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(open_and_load(store_.path()).error().to_string(),
            "wrong checksum: " + store_.path("catalog.db") + ", instrument 2; restore the store from a copy");
}

}  // namespace
}  // namespace momentum::catalog
