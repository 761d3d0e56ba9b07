#include "momentum/engine/store_info.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "stores.h"

namespace momentum::engine::testing {
namespace {

TEST(StoreInfo, LevelsColumnsAndCounts) {
  const Store store;
  Files files;
  Rows rows = series(1, 0, 60);
  rows[30]["preclose"] = "1.23";
  files.add("600000.SH", rows);
  files.add("600001.SH", {suspended(3)});
  store.import(files);
  const auto info = describe_store(context(), store.path());
  ASSERT_TRUE(info) << info.error().to_string();
  EXPECT_EQ(info->instruments, 2);
  EXPECT_EQ(info->instruments_with_bars, 1);
  EXPECT_EQ(info->bars, 60);
  EXPECT_EQ(info->factor_events, 1);
  EXPECT_EQ(info->unverified_links, 0);
  EXPECT_EQ(info->first, weekday(0));
  EXPECT_EQ(info->last, weekday(59));
  ASSERT_EQ(info->levels.size(), 2u);  // January and February; March
  EXPECT_EQ(to_string(info->levels[0].level), "year");
  EXPECT_EQ(info->levels[0].rows + info->levels[1].rows, 60);
  EXPECT_EQ(info->levels[0].bytes + info->levels[1].bytes, info->bytes);
  ASSERT_EQ(info->sessions.size(), 1u);
  EXPECT_EQ(info->sessions[0].sessions, 60);
  EXPECT_EQ(info->sessions[0].last_bars, 1);
  ASSERT_GE(info->columns.size(), 8u);
  EXPECT_EQ(info->columns[0].name, "instrument");
  std::int64_t bytes = 0, files_of_close = 0, rows_of_close = 0;
  for (const auto& column : info->columns) {
    bytes += column.bytes;
    EXPECT_FALSE(column.reason.empty()) << column.name;
    EXPECT_GE(column.rows, column.reason_rows);
    if (column.name == "date") {
      EXPECT_EQ(column.form, "date on int32");
    }
    if (column.name != "close") continue;
    EXPECT_EQ(column.form, "decimal(9,2) on int32");
    files_of_close += column.files;
    rows_of_close += column.rows;
  }
  EXPECT_EQ(files_of_close, 2);
  EXPECT_EQ(rows_of_close, 60);
  EXPECT_GT(bytes, 0);
  EXPECT_LT(bytes, info->bytes);
}

TEST(StoreInfo, CompressionAsText) {
  for (const std::string text : {"0", "6", "9", "compat"})
    EXPECT_EQ(compression_text(compression_of(text).value()), text);
  for (const std::string text : {"", "10", "-1", "06", "Compat", "fast"}) EXPECT_FALSE(compression_of(text)) << text;
}

TEST(StoreInfo, AnOlderState) {
  const Store store;
  Files files;
  files.add("600000.SH", series(1, 0, 5));
  store.import(files);
  EXPECT_EQ(describe_store(context(), store.path(), 1)->bars, 0);
  EXPECT_EQ(describe_store(context(), store.path(), 2)->bars, 5);
  EXPECT_EQ(describe_store(context(), store.path(), 9).error().code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(describe_store(context(), store.path() + "x").error().code, ErrorCode::store_not_found);
}

TEST(StoreInfo, AFileThatIsNotTheCatalogs) {
  const Store store;
  Files files;
  files.add("600000.SH", series(1, 0, 60));
  store.import(files);
  const auto state = store.state();
  const std::string file = store.path() + "/" + state.files[0].path, other = store.path() + "/" + state.files[1].path;
  const auto told = [&] {
    const auto info = describe_store(context(), store.path());
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::damaged_store);
    EXPECT_EQ(info.error().where, file);
  };
  std::filesystem::rename(file, file + ".away");
  told();
  std::filesystem::copy_file(other, file);
  told();
  std::filesystem::rename(file + ".away", file);
  EXPECT_TRUE(describe_store(context(), store.path()));
}

}  // namespace
}  // namespace momentum::engine::testing
