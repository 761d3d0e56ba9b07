// Changes as SQLite takes them down, whole, cut and forged.

#include "patchset_internal.h"

#include <gtest/gtest.h>

#include <string>

#include "sqlite_internal.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

// Rows of every kind of value that come, change and go, in tables with and without a rowid.
std::string real_changes() {
  const StoreFolder folder;
  const Database database = Database::open(folder.path("a.db"), Access::create, std::chrono::milliseconds(0)).value();
  EXPECT_TRUE(
      database.run("CREATE TABLE one(id INTEGER PRIMARY KEY, i, r REAL, t TEXT, b BLOB);"
                   "CREATE TABLE two(k TEXT, n INTEGER, v, PRIMARY KEY(k, n)) WITHOUT ROWID;"
                   "INSERT INTO one VALUES(1, 1, 1.5, 'a', x'00'), (2, 2, 2.5, 'b', x'01');"
                   "INSERT INTO two VALUES('a', 1, 'x'), ('b', 2, 'y')"));
  const Recorder recorder = Recorder::start(database, "").value();
  EXPECT_TRUE(
      database.run("INSERT INTO one VALUES(3, -1, NULL, hex(zeroblob(200)), zeroblob(20000));"
                   "UPDATE one SET t = 'c' WHERE id = 1; DELETE FROM one WHERE id = 2;"
                   "DELETE FROM two WHERE k = 'a'; UPDATE two SET v = NULL; INSERT INTO two VALUES('', 0, 1)"));
  return recorder.changes().value();
}

TEST(Patchset, WhatSqliteTakesDownIsOne) {
  EXPECT_TRUE(is_patchset(""));
  const std::string changes = real_changes();
  ASSERT_GT(changes.size(), 20000U);
  EXPECT_TRUE(is_patchset(changes));
}

// Where a row ends, less is a patchset, too.
TEST(Patchset, CutAnywhereElseItIsNone) {
  const std::string changes = real_changes();
  int whole = 0;
  for (std::size_t size = 1; size < changes.size(); ++size) whole += is_patchset(changes.substr(0, size)) ? 1 : 0;
  EXPECT_EQ(whole, 7);  // after the header and each row of the first table, after the other header and two of its rows
}

TEST(Patchset, Forged) {
  using namespace std::string_literals;
  const std::string table = "P\x02\x01\0t\0"s;
  const std::string id = "\x01\0\0\0\0\0\0\0\x01"s;
  EXPECT_TRUE(is_patchset(table + "\x12\0"s + id + "\x03\x01z"));
  EXPECT_TRUE(is_patchset(table + "\x09\0"s + id));
  EXPECT_FALSE(is_patchset("\x12\0"s + id + "\x05"));  // a row of no table
  EXPECT_FALSE(is_patchset("P\x02\0\0t\0"s));  // a table without a key
  EXPECT_FALSE(is_patchset("P\x02\x01\0t"s));
  EXPECT_FALSE(is_patchset(table + "\x12\0"s + id + "\x06"));  // a value of no kind
  EXPECT_FALSE(is_patchset(table + "\x11\0"s + id + "\x05"));
  EXPECT_FALSE(is_patchset(table + "\x12\0"s + id + "\x03\x8f\xff\xff\xff\x70z"));  // a length of -16
  EXPECT_FALSE(is_patchset(table + "\x12\0"s + id + "\x03\xff\xff\xff\xff\xff\xff\xff\xff\xffz"));
}

}  // namespace
}  // namespace momentum::catalog
