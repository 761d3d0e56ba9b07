#include "limits_internal.h"

#include <sqlite3.h>

#include "records_internal.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

constexpr Decimal cents(int n) { return {n * (Decimal::kOne / 100)}; }

// A store of three instruments, open for writing.
class Limits : public testing::Test {
 protected:
  Limits() {
    store_.create();
    lock_.emplace(store_.lock());
    writer_.emplace(open_for_writing(*lock_));
    commit({.op = "import", .instruments = sample_change().instruments});
  }
  SnapshotId commit(const Change& change) {
    const auto snapshot = writer_->commit({}, change, newest_);
    EXPECT_TRUE(snapshot) << snapshot.error().to_string();
    return newest_ = snapshot->id;
  }
  SnapshotId put(std::vector<DayLimits> days) { return commit({.op = "import", .limits = std::move(days)}); }
  std::vector<DayLimits> read(SnapshotId snapshot, Date first = {}, Date last = {}) const {
    return writer_->limits(snapshot, first, last).value();
  }

  StoreFolder store_;
  std::optional<WriterLock> lock_;
  std::optional<Catalog> writer_;
  SnapshotId newest_ = 1;
};

TEST_F(Limits, EveryStateHasItsOwn) {
  const DayLimits one{day(2024, 1, 2), {{0, cents(1100), cents(900)}, {2, {}, {}}}};
  const DayLimits two{day(2024, 1, 3), {{0, cents(1210), cents(990)}}};
  const DayLimits corrected{day(2024, 1, 2), {{0, cents(1101), cents(900)}}};
  EXPECT_TRUE(read(newest_).empty());
  const SnapshotId first = put({one}), second = put({two}), third = put({corrected}), same = put({corrected, two}),
                   none = put({{corrected.day, {}}, {two.day, {}}});
  EXPECT_EQ(read(first), (std::vector{one}));
  EXPECT_EQ(read(second), (std::vector{one, two}));
  EXPECT_EQ(read(third), (std::vector{corrected, two}));
  EXPECT_EQ(read(same), read(third));
  EXPECT_TRUE(read(none).empty());
  EXPECT_EQ(read(second, two.day), (std::vector{two}));
  EXPECT_EQ(read(second, {}, one.day), (std::vector{one}));
  EXPECT_TRUE(read(second, two.day + 1, two.day + 9).empty());
  for (const auto& [snapshot, limits] : {std::pair{SnapshotId{2}, 0}, {first, 2}, {second, 3}, {third, 2}, {none, 0}})
    EXPECT_EQ(writer_->load(snapshot)->limits, limits) << snapshot;
  EXPECT_EQ(writer_->limits(99, {}, {}).error().code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(writer_->limit_days(first).value(), std::vector{one.day});
  EXPECT_EQ(writer_->limit_days(third).value(), (std::vector{one.day, two.day}));
  for (const SnapshotId empty : {SnapshotId{2}, none}) EXPECT_TRUE(writer_->limit_days(empty)->empty()) << empty;
  EXPECT_EQ(writer_->limit_days(99).error().code, ErrorCode::snapshot_not_found);
}

TEST_F(Limits, ADayThatIsGoneOrChangedIsTold) {
  const SnapshotId snapshot =
      put({{day(2024, 1, 2), {{0, cents(1100), cents(900)}}}, {day(2024, 1, 3), {{1, {}, {}}}}});
  const std::string bytes = store_.bytes();
  for (const char* const sql :
       {"DELETE FROM price_limits WHERE day = 19724", "UPDATE price_limits SET entries = 2",
        "UPDATE price_limits SET limits = x'00'", "UPDATE price_limits SET day = day - 9 WHERE day = 19724"}) {
    store_.write(bytes);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    EXPECT_GT(sqlite3_changes(database), 0) << sql;
    sqlite3_close(database);
    const auto limits = Catalog::open(store_.path())->limits(snapshot, {}, {});
    ASSERT_FALSE(limits) << sql;
    EXPECT_EQ(limits.error().code, ErrorCode::damaged_store) << sql;
    EXPECT_EQ(Catalog::open(store_.path())->check().error().code, ErrorCode::damaged_store) << sql;
  }
}

TEST_F(Limits, DaysThatTwoStatesMayNotHaveAlike) {
  const DayLimits one{day(2024, 1, 2), {{0, cents(1100), cents(900)}}}, two{day(2024, 1, 3), {{1, {}, {}}}};
  const DayLimits corrected{one.day, {{0, cents(1101), cents(900)}}};
  const SnapshotId empty = newest_, first = put({one}), second = put({two}), third = put({corrected});
  const auto changed = [&](SnapshotId a, SnapshotId b) { return writer_->changed_limits(a, b).value(); };
  EXPECT_EQ(changed(empty, first), (std::vector{one.day}));
  EXPECT_EQ(changed(first, second), (std::vector{two.day}));
  EXPECT_EQ(changed(third, second), (std::vector{one.day}));
  EXPECT_EQ(changed(empty, third), (std::vector{one.day, two.day}));
  EXPECT_TRUE(changed(third, third).empty());
  EXPECT_EQ(writer_->changed_limits(empty, 99).error().code, ErrorCode::snapshot_not_found);
}

// As with all rows: what only dropped states had goes.
TEST_F(Limits, GoWithTheStatesThatGcDrops) {
  const DayLimits one{day(2024, 1, 2), {{0, cents(1100), cents(900)}}}, two{day(2024, 1, 3), {{1, {}, {}}}};
  const SnapshotId first = put({one});
  put({{one.day, {{0, cents(1101), cents(900)}}}});
  const SnapshotId last = put({one, two});
  ASSERT_TRUE(writer_->drop({}, {first + 1}, {}));
  EXPECT_EQ(read(first), (std::vector{one}));
  EXPECT_EQ(read(last), (std::vector{one, two}));
  EXPECT_EQ(writer_->limits(first + 1, {}, {}).error().code, ErrorCode::snapshot_not_found);
  EXPECT_TRUE(writer_->check());
  const Database raw = Database::open(store_.path("catalog.db"), Access::read, milliseconds(100)).value();
  EXPECT_EQ(raw.integer("SELECT count(*) FROM price_limits"), 3);
}

}  // namespace
}  // namespace momentum::catalog
