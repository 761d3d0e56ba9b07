#include "schema_internal.h"

#include "store_fixture.h"

namespace momentum::catalog {
namespace {

Database open_raw(const StoreFolder& store) {
  return Database::open(store.path("catalog.db"), Access::create, milliseconds(100)).value();
}

TEST(Format, ANewerStoreIsRefusedBeforeAnythingElse) {
  const StoreFolder store;
  store.create();
  {
    const Database raw = open_raw(store);
    ASSERT_TRUE(raw.run("PRAGMA user_version=7; DROP TABLE gc_queue; DROP TABLE market_days;"));
  }
  const WriterLock lock = store.lock();
  const Error error = Catalog::open(store.path()).error();
  EXPECT_EQ(error.code, ErrorCode::store_version);
  EXPECT_EQ(error.to_string(), "written by a newer version of the program (store format 7, this one knows 3): " +
                                   store.path("catalog.db") + "; update");
  const std::string before = store.bytes();
  EXPECT_EQ(Catalog::open(lock).error().code, ErrorCode::store_version);
  EXPECT_EQ(store.bytes(), before);
}

TEST(Format, AnOpenCatalogSeesThatItWasMigrated) {
  const StoreFolder store;
  store.create();
  const Catalog reader = Catalog::open(store.path()).value();
  ASSERT_TRUE(open_raw(store).run("PRAGMA user_version=4"));
  EXPECT_EQ(reader.load().error().code, ErrorCode::store_version);
  EXPECT_EQ(reader.log().error().code, ErrorCode::store_version);
}

TEST(Format, AnotherProgramsDatabaseIsNoStore) {
  const StoreFolder store;
  ASSERT_TRUE(open_raw(store).run("CREATE TABLE t(a)"));
  EXPECT_EQ(Catalog::open(store.path()).error().what, "not a catalog of this program");
  ASSERT_TRUE(open_raw(store).run("PRAGMA application_id=" + std::to_string(kApplicationId)));
  EXPECT_EQ(Catalog::open(store.path()).error().what, "store format 0");
  EXPECT_EQ(Catalog::open(store.path()).error().code, ErrorCode::damaged_store);
}

constexpr Migration kTwo[] = {{1, "CREATE TABLE t(a INTEGER) STRICT; INSERT INTO t VALUES(41)"},
                              {2, "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET a = a + 1"}};
constexpr Migration kBroken[] = {{1, "CREATE TABLE t(a)"}, {2, "UPDATE t SET a = 2"}, {3, "UPDATE none SET a = 2"}};

TEST(Migrate, FromNothingOrFromAnOlderFormat) {
  const StoreFolder store;
  const Database raw = open_raw(store);
  ASSERT_TRUE(migrate(raw, std::span(kTwo).first(1)));
  EXPECT_EQ(format_of(raw, kTwo), 1);
  EXPECT_EQ(raw.integer("SELECT a FROM t"), 41);
  ASSERT_TRUE(migrate(raw, kTwo));
  EXPECT_EQ(format_of(raw, kTwo), 2);
  ASSERT_TRUE(migrate(raw, kTwo));  // nothing to do
  EXPECT_EQ(raw.integer("SELECT a FROM t WHERE b IS NULL"), 42);
}

TEST(Migrate, IsOneTransaction) {
  const StoreFolder store;
  const Database raw = open_raw(store);
  ASSERT_TRUE(migrate(raw, std::span(kBroken).first(1)));
  ASSERT_TRUE(raw.run("INSERT INTO t VALUES(1)"));
  EXPECT_FALSE(migrate(raw, kBroken));
  EXPECT_EQ(format_of(raw, kBroken), 1);
  EXPECT_EQ(raw.integer("SELECT a FROM t"), 1);
}

// What the promise of a commit rests on.
TEST(Connection, IsDurableAndChecksReferences) {
  const StoreFolder store;
  store.create();
  const Database raw = open_raw(store);
  EXPECT_EQ(raw.integer("PRAGMA synchronous"), 2);
  EXPECT_EQ(raw.integer("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'truncate'"), 1);
  EXPECT_EQ(raw.integer("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(
      raw.integer(
          "SELECT count(*) FROM pragma_table_list WHERE schema='main' AND name NOT LIKE 'sqlite_%' AND NOT strict"),
      0);
  EXPECT_FALSE(raw.run("INSERT INTO gc_queue VALUES(99, 0)"));
}

}  // namespace
}  // namespace momentum::catalog
