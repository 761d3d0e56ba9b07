#include "stored_bars_internal.h"

#include <fstream>

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

const Rows kRows = made_bars(0, day(2024, 5, 1), day(2024, 5, 17));

class StoredBarsTest : public ::testing::Test {
 protected:
  StoredBarsTest() : store_(1) {
    store_.put({{0, kRows}, {1, made_bars(1, day(2024, 5, 1), day(2024, 5, 17), false)}});
    state_ = store_.state();
  }
  Error error(const catalog::FileRecord& record, const catalog::Extent& extent) {
    StoredFile file(store_.folder(), state_.info.uuid, record);
    StoredBars stored(file);
    const auto read = stored.read(extent, kAllColumns);
    return read ? fail(ErrorCode::internal, "none").error() : read.error();
  }

  const IngestStore store_;
  catalog::State state_;
};

TEST_F(StoredBarsTest, ReadsWhatIsWanted) {
  StoredFile file(store_.folder(), state_.info.uuid, state_.files[0]);
  EXPECT_EQ(file.extent_of(2), nullptr);
  StoredBars stored(file);
  const auto closes = stored.read(*file.extent_of(0), ColumnMask{1} << kCloseColumn).value();
  EXPECT_TRUE(closes.columns[0].empty());
  EXPECT_TRUE(std::ranges::equal(closes.columns[kCloseColumn], kRows.columns.at("close")));
  const auto all = stored.read(*file.extent_of(0), kAllColumns).value();
  EXPECT_EQ(closes.columns[kCloseColumn].data(), all.columns[kCloseColumn].data());  // decoded once
  EXPECT_TRUE(std::ranges::equal(all.columns[0], kRows.columns.at("open")));
  EXPECT_TRUE(all.columns[5].empty());  // not in the file
  const auto other = stored.read(*file.extent_of(1), kAllColumns).value();
  EXPECT_TRUE(std::isnan(other.columns[kPrecloseColumn][0]));  // in the file for its neighbour
}

TEST_F(StoredBarsTest, ACatalogThatSaysOtherwiseIsDamage) {
  const catalog::FileRecord record = state_.files[0];
  catalog::Extent days = record.extents[0];
  days.first = days.first + 1;
  EXPECT_EQ(error(record, days).code, ErrorCode::damaged_store);
  catalog::Extent beyond = record.extents[1];
  ++beyond.rows;
  EXPECT_EQ(error(record, beyond).code, ErrorCode::damaged_store);
  catalog::FileRecord gone = record;
  gone.path = "data/gone.parquet";
  const Error missing = error(gone, record.extents[0]);
  EXPECT_EQ(missing.code, ErrorCode::damaged_store);
  EXPECT_NE(missing.where.find("gone.parquet"), std::string::npos);
}

TEST_F(StoredBarsTest, AFlippedByteIsDamage) {
  const catalog::FileRecord record = state_.files[0];
  const catalog::RowGroupRecord& group = record.row_groups[0];
  std::fstream file(store_.folder() + "/" + record.path, std::ios::in | std::ios::out | std::ios::binary);
  for (const std::int64_t at : {group.offset + group.bytes / 2, group.offset + group.bytes - 9, record.bytes - 20}) {
    char byte = 0;
    file.seekg(at);
    file.get(byte);
    const auto flip = [&](char to) {
      file.seekp(at);
      file.put(to);
      file.flush();
    };
    flip(static_cast<char>(byte ^ 4));
    const Error found = error(record, record.extents[0]);
    EXPECT_EQ(found.code, ErrorCode::damaged_store) << at;
    flip(byte);
    EXPECT_EQ(error(record, record.extents[0]).what, "none");
  }
}

}  // namespace
}  // namespace momentum::store
