// Stores of former formats, as they were written then: what is in them is what store_fixture.h says.

#include <sqlite3.h>

#include <filesystem>
#include <optional>

#include "store_fixture.h"

namespace momentum::catalog {
namespace {

class FormerStore : public testing::TestWithParam<int> {  // the format
 protected:
  FormerStore() {
    std::ifstream file(MOMENTUM_SOURCE_DIR "/tests/catalog/store_v" + std::to_string(GetParam()) + ".sql");
    const std::string sql{std::istreambuf_iterator<char>(file), {}};
    EXPECT_FALSE(sql.empty());
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  // All states, whatever format they are in now.
  static void expect_states(const Catalog& catalog) {
    const Change first = sample_change();
    const State second = catalog.load(2).value();
    EXPECT_EQ(second.instruments, first.instruments);
    EXPECT_EQ(second.sessions, first.sessions);
    EXPECT_EQ(second.calendars, first.calendars);
    ASSERT_EQ(second.files.size(), 1U);
    EXPECT_EQ(second.files[0].extents, first.add_files[0].extents);
    EXPECT_EQ(second.snapshot.counts, (Counts{3, 1, 60, 1020, 80}));
    const State third = catalog.load(3).value();
    EXPECT_EQ(third.instruments[1].board, "star");
    EXPECT_EQ(third.instruments[1].factors, first.instruments[1].factors);
    EXPECT_EQ(third.files[0].path, "data/2.parquet");
    EXPECT_TRUE(catalog.load(1)->instruments.empty());
    EXPECT_EQ(third.info.uuid, "00000000-0000-4000-8000-000000000001");
    EXPECT_EQ(third.limits, 0);
    EXPECT_TRUE(catalog.limits(3, {}, {}).value().empty());
    if (GetParam() < 2) return;
    const State fourth = catalog.load(4).value();
    EXPECT_EQ(fourth.instruments[0].actions, facts(fourth).instruments[0].actions);
    EXPECT_EQ(fourth.limits, 1);
    EXPECT_EQ(catalog.limits(4, {}, {}).value(), facts(fourth).limits);
  }
  // What format 2 brought places for.
  static Change facts(const State& state) {
    Change change{.op = "import", .instruments = state.instruments};
    change.instruments[0].actions = {{.day = day(2024, 6, 3), .cash = {1'500'000'000}}};
    change.limits = {{day(2024, 6, 3), {{0, {110'000'000'000}, {90'000'000'000}}}}};
    return change;
  }
  const SnapshotId newest_ = GetParam() + 2;
  StoreFolder store_;
};

TEST_P(FormerStore, IsReadAsItIs) {
  const std::string before = store_.bytes();
  const Catalog reader = Catalog::open(store_.path()).value();
  expect_states(reader);
  EXPECT_EQ(reader.load()->info.format_version, GetParam());
  const std::vector<LogEntry> log = reader.history().value();
  ASSERT_EQ(log.size(), static_cast<std::size_t>(newest_));
  for (const LogEntry& entry : log) EXPECT_FALSE(entry.snapshot.account || entry.pinned || entry.dropped);
  EXPECT_EQ(reader.changed_limits(3, newest_).value().size(), GetParam() < 2 ? 0U : 1U);
  EXPECT_EQ(reader.load(99).error().what, "no such snapshot");
  EXPECT_EQ(reader.garbage()->size(), 1U);
  EXPECT_TRUE(reader.check());
  EXPECT_EQ(store_.bytes(), before);
  EXPECT_FALSE(std::filesystem::exists(store_.path("redo")));
}

TEST_P(FormerStore, IsMigratedByAWriterUnderAReadersEyes) {
  const Catalog reader = Catalog::open(store_.path()).value();
  EXPECT_EQ(reader.load()->info.format_version, GetParam());
  const WriterLock lock = store_.lock();
  Catalog writer = open_for_writing(lock);
  for (const Catalog* catalog : {&std::as_const(writer), &reader}) {
    EXPECT_EQ(catalog->load()->info.format_version, kStoreFormatVersion);
    expect_states(*catalog);
  }
  EXPECT_EQ(writer.garbage()->size(), 1U);
}

TEST_P(FormerStore, TakesWhatItHadNoPlaceFor) {
  const WriterLock lock = store_.lock();
  Catalog writer = open_for_writing(lock);
  Change change{.op = "import", .instruments = writer.load()->instruments};
  // Records that are as they were add nothing: their blobs of then are those of today.
  const SnapshotId next = newest_ + 1;
  ASSERT_EQ(writer.commit({}, change, newest_)->id, next);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(store_.path("catalog.db").c_str(), &database), SQLITE_OK);
  int rows = 0;
  const auto count = [](void* to, int, char** values, char**) {
    return *static_cast<int*>(to) = std::atoi(*values), 0;
  };
  const std::string sql = "SELECT count(*) FROM instrument WHERE begin_snapshot = " + std::to_string(next);
  sqlite3_exec(database, sql.c_str(), count, &rows, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(rows, 0);

  change = facts(writer.load().value());
  change.account.revised = 1;
  ASSERT_EQ(writer.commit({}, change, next)->id, next + 1);
  ASSERT_TRUE(writer.pin({}, 2, "then"));
  const State state = open_and_load(store_.path()).value();
  EXPECT_EQ(state.instruments, change.instruments);
  EXPECT_EQ(state.snapshot.account, change.account);
  EXPECT_EQ(state.limits, 1);
  EXPECT_EQ(writer.limits(next + 1, {}, {}).value(), change.limits);
  expect_states(writer);
}

// What it held before it had redo files comes back, too.
TEST_P(FormerStore, ComesBackFromTheRedoFilesOfItsMigration) {
  const WriterLock lock = store_.lock();
  std::optional<Catalog> writer = open_for_writing(lock);
  ASSERT_TRUE(writer->commit({}, {.op = "note"}, newest_));
  writer.reset();
  ASSERT_TRUE(std::filesystem::remove(store_.path("catalog.db")));
  ASSERT_TRUE(Catalog::rebuild({}, lock));
  const Catalog reader = Catalog::open(store_.path()).value();
  EXPECT_EQ(reader.load()->snapshot.id, newest_ + 1);
  expect_states(reader);
}

INSTANTIATE_TEST_SUITE_P(Formats, FormerStore, testing::Values(1, 2));

}  // namespace
}  // namespace momentum::catalog
