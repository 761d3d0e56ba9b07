#include "new_files_internal.h"

#include <fstream>

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

using catalog::Level;

void touch(const std::string& path) { std::ofstream(path) << "x"; }

TEST(NewFiles, GetTheirFinalNamesTogether) {
  const IngestStore store;
  std::set<std::string> paths;
  {
    NewFiles files(store.folder(), 7);
    for (const NewFile& file : {files.name(Level::tail, {}), files.name(Level::base, 3)}) {
      EXPECT_TRUE(file.draft.starts_with(store.folder() + "/data/.tmp-"));
      touch(file.draft);
      paths.insert(file.path);
    }
    ASSERT_TRUE(files.publish());
    EXPECT_EQ(store.names(), paths);
    files.keep();
  }
  EXPECT_EQ(store.names(), paths);
  EXPECT_TRUE(paths.begin()->starts_with("data/base-3-7-"));
  EXPECT_TRUE(paths.rbegin()->starts_with("data/tail-7-"));
}

TEST(NewFiles, PathsAreNeverUsedTwice) {
  const IngestStore store;
  std::set<std::string> paths;
  for (int i = 0; i < 50; ++i) {
    NewFiles files(store.folder(), 7);
    EXPECT_TRUE(paths.insert(files.name(Level::year, 1).path).second);
  }
}

TEST(NewFiles, AreRemovedUnlessKept) {
  const IngestStore store;
  for (const bool published : {false, true}) {
    NewFiles files(store.folder(), 7);
    touch(files.name(Level::tail, {}).draft);
    touch(files.name(Level::year, 1).draft);
    EXPECT_EQ(store.names().size(), 2u);
    if (published) {
      ASSERT_TRUE(files.publish());
    }
  }
  EXPECT_TRUE(store.names().empty());
}

TEST(NewFiles, WhatCannotBeRenamedIsAnError) {
  const IngestStore store;
  NewFiles files(store.folder(), 7);
  files.name(Level::tail, {});  // and not written
  const auto out = files.publish();
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().category(), Category::storage);
}

TEST(Leftovers, OfADeadWriterAreRemovedAndNothingElse) {
  const IngestStore store;
  store.put({{0, made_bars(0, day(2024, 4, 1), day(2024, 5, 17))}});
  store.put({{0, made_bars(0, day(2024, 5, 20), day(2024, 5, 21))}});  // the first tail is garbage now, and stays
  const auto before = store.names();
  EXPECT_GT(before.size(), store.live_names().size());
  for (const char* const name : {".tmp-99-0", "tail-3-0123456789abcdef.parquet", "year-1-3-0123456789abcdef.parquet"})
    touch(store.folder() + "/data/" + name);
  for (const char* const name : {"notes.txt", "tail.parquet", "yearly-report.parquet", "base-old.csv"})
    touch(store.folder() + "/data/" + name);
  EXPECT_FALSE(store.put({{0, made_bars(0, day(2024, 5, 20), day(2024, 5, 21))}}, {.dry_run = true}).changed);
  EXPECT_EQ(store.names().size(), before.size() + 7);  // a dry run touches nothing
  EXPECT_FALSE(store.put({{0, made_bars(0, day(2024, 5, 20), day(2024, 5, 21))}}).changed);
  auto want = before;
  want.insert({"data/notes.txt", "data/tail.parquet", "data/yearly-report.parquet", "data/base-old.csv"});
  EXPECT_EQ(store.names(), want);
}

TEST(Leftovers, WithoutADataFolderTheStoreIsDamaged) {
  const IngestStore store;
  std::filesystem::remove(store.folder() + "/data");
  const auto out = store.try_put({{0, made_bars(0, day(2024, 4, 1), day(2024, 5, 17))}});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::damaged_store);
}

}  // namespace
}  // namespace momentum::store
