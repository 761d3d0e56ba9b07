#include "writing.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "formats/scratch_folder.h"

namespace momentum::engine {
namespace {

using std::chrono::milliseconds;

TEST(Writing, AStoreNeedsAFolderOfItsOwn) {
  const momentum::testing::ScratchFolder folder;
  EXPECT_FALSE(*has_store(folder.path() + "/none"));
  EXPECT_FALSE(*has_store(folder.path()));
  std::filesystem::create_directory(folder.path() + "/data");  // what a killed maker leaves
  std::ofstream(folder.path() + "/writer.lock") << "pid 1";
  EXPECT_FALSE(*has_store(folder.path()));
  std::ofstream(folder.path() + "/letter.txt") << "dear";
  EXPECT_EQ(has_store(folder.path()).error().code, ErrorCode::bad_value);
  EXPECT_EQ(has_store(folder.path() + "/letter.txt").error().code, ErrorCode::bad_value);
  std::ofstream(folder.path() + "/catalog.db") << "whatever it is";
  EXPECT_TRUE(*has_store(folder.path()));
}

TEST(Writing, MadeWhereThereIsNone) {
  const momentum::testing::ScratchFolder folder;
  const std::string path = folder.path() + "/deep/store";
  const auto missing = open_for_writing({}, path, milliseconds(0), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::store_not_found);
  catalog::StoreInfo info;
  info.compression = 7;
  {
    const auto made = open_for_writing({}, path, milliseconds(0), info);
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(made->state.snapshot.id, 1);
    EXPECT_EQ(made->state.info.compression, 7);
    const auto second = open_for_writing({}, path, milliseconds(10), {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::locked);
  }
  info.compression = 2;
  const auto again = open_for_writing({}, path, milliseconds(0), info);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->state.info.compression, 7);
}

// A new store in the place of one whose catalog is lost would remove its data files.
TEST(Writing, AStoreWithoutItsCatalogIsNoPlaceForANewOne) {
  const momentum::testing::ScratchFolder folder;
  std::filesystem::create_directory(folder.path() + "/data");
  std::ofstream(folder.path() + "/data/tail-2-0123456789abcdef.parquet") << "bars";
  EXPECT_TRUE(*has_store(folder.path()));
  const auto opened = open_for_writing({}, folder.path(), milliseconds(0), catalog::StoreInfo{});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::damaged_store);
  EXPECT_EQ(opened.error().remedy, "make it anew with momentum store repair");
}

}  // namespace
}  // namespace momentum::engine
