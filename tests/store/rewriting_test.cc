#include "rewriting_internal.h"

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

using catalog::Level;

constexpr int kBuckets = 2;
const Date kNewest = day(2024, 5, 17);

catalog::FileRecord file_of(Level level, std::optional<int> bucket, Date first, Date last) {
  catalog::FileRecord file;
  file.level = level;
  file.bucket = bucket;
  file.first = first;
  file.last = last;
  for (catalog::InstrumentId id = 0; id < 4; ++id) {
    if (!bucket || bucket_of(id, kBuckets) == *bucket) file.extents.push_back({id, file.rows++, 1, first, last});
  }
  return file;
}

// The levels and buckets that must be written for these files and days that change of instrument 1.
std::vector<Target> written(const std::vector<catalog::FileRecord>& files, std::vector<std::int32_t> changed,
                            Date newest) {
  std::deque<StoredFile> stored;
  Sources sources;
  for (const catalog::FileRecord& file : files) sources.emplace_back(stored.emplace_back("", "", file));
  Merging merging;
  merging.patch.times = changed;
  Patches patches;
  if (!changed.empty()) patches[1] = &merging;
  std::vector<Target> out;
  for (const Level level : {Level::base, Level::year, Level::tail}) {
    for (int bucket = 0; bucket < kBuckets; ++bucket) {
      const Target target{level, level == Level::tail ? std::nullopt : std::optional(bucket)};
      if (must_write(target, sources, patches, kBuckets, newest)) out.push_back(target);
      if (level == Level::tail) break;
    }
  }
  return out;
}

const std::vector<catalog::FileRecord> kFiles = {file_of(Level::base, 0, day(2020, 1, 2), day(2022, 12, 30)),
                                                 file_of(Level::base, 1, day(2020, 1, 2), day(2022, 12, 30)),
                                                 file_of(Level::year, 0, day(2023, 1, 3), day(2024, 4, 30)),
                                                 file_of(Level::year, 1, day(2023, 1, 3), day(2024, 4, 30)),
                                                 file_of(Level::tail, {}, day(2024, 5, 6), kNewest)};

TEST(MustWrite, WhereBarsChange) {
  const int of_1 = bucket_of(1, kBuckets);
  EXPECT_EQ(written(kFiles, {}, kNewest), std::vector<Target>{});
  EXPECT_EQ(written(kFiles, {day(2024, 5, 20).days}, day(2024, 5, 20)), (std::vector<Target>{{Level::tail, {}}}));
  EXPECT_EQ(written(kFiles, {day(2024, 2, 1).days}, kNewest), (std::vector<Target>{{Level::year, of_1}}));
  EXPECT_EQ(written(kFiles, {day(2019, 2, 1).days, day(2024, 5, 7).days}, kNewest),
            (std::vector<Target>{{Level::base, of_1}, {Level::tail, {}}}));
  EXPECT_EQ(written({}, {day(2024, 5, 7).days}, kNewest), (std::vector<Target>{{Level::tail, {}}}));
}

TEST(MustWrite, WhereBarsMove) {
  EXPECT_EQ(written(kFiles, {day(2024, 6, 3).days}, day(2024, 6, 3)),
            (std::vector<Target>{{Level::year, 0}, {Level::year, 1}, {Level::tail, {}}}));
  EXPECT_EQ(
      written(kFiles, {day(2025, 1, 2).days}, day(2025, 1, 2)),
      (std::vector<Target>{{Level::base, 0}, {Level::base, 1}, {Level::year, 0}, {Level::year, 1}, {Level::tail, {}}}));
}

TEST(Stale, IsAFileWithOtherDaysThanItsLevels) {
  for (const catalog::FileRecord& file : kFiles) EXPECT_FALSE(is_stale(file, kNewest));
  EXPECT_TRUE(is_stale(kFiles[4], day(2024, 6, 3)));
  EXPECT_FALSE(is_stale(kFiles[2], day(2024, 6, 3)));
  EXPECT_TRUE(is_stale(kFiles[2], day(2025, 1, 2)));
  EXPECT_TRUE(is_stale(kFiles[2], day(2024, 4, 30)));
}

TEST(Draft, ADayTwiceInTheStoreIsDamage) {
  const catalog::FileRecord a = file_of(Level::year, 0, day(2023, 1, 3), day(2024, 4, 30)),
                            b = file_of(Level::year, 0, day(2024, 4, 30), day(2024, 4, 30));
  std::deque<StoredFile> stored;
  Sources sources;
  for (const auto* file : {&a, &b}) sources.emplace_back(stored.emplace_back("", "", *file));
  const auto out = pieces_of(sources, a.extents.front().instrument);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::damaged_store);
}

}  // namespace
}  // namespace momentum::store
