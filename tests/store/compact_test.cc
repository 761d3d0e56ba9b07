#include "momentum/store/compact.h"

#include "bars_file_internal.h"
#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

constexpr int kBuckets = 2;

Bars market(Date first, Date last) {
  Bars out;
  for (int id = 0; id < 5; ++id) out[id] = made_bars(id, first, last);
  return out;
}

TEST(Compact, WhatIsInPlaceStays) {
  const IngestStore store(kBuckets);
  EXPECT_FALSE(compact(store)->changed);  // an empty one
  store.put(market(day(2022, 6, 1), day(2024, 5, 17)));
  const auto before = store.names();
  const auto out = compact(store).value();
  EXPECT_FALSE(out.changed);
  EXPECT_EQ(out.snapshot.id, 2);
  EXPECT_EQ(out.files_before, out.files_after);
  EXPECT_EQ(store.names(), before);
}

// An upper bound that no bar reached put bars into levels of a month that has not come.
TEST(Compact, MovesBarsToTheirLevels) {
  const IngestStore store(kBuckets), straight(kBuckets);
  const Bars bars = market(day(2022, 6, 1), day(2024, 5, 17));
  store.put(bars, {.newest = day(2025, 3, 1)});
  straight.put(bars);
  const auto out = compact(store).value();
  EXPECT_TRUE(out.changed);
  EXPECT_EQ(out.snapshot.op, "compact");
  EXPECT_EQ(out.snapshot.account, catalog::Account{});
  EXPECT_EQ(out.files_after, 5);
  EXPECT_EQ(out.snapshot.note, "5 files in place of 4");
  store.expect_bars(bars);
  const auto places = [](const catalog::State& state) {
    std::map<std::pair<catalog::Level, int>, std::pair<std::int64_t, std::int64_t>> of;
    for (const catalog::FileRecord& file : state.files)
      of[{file.level, file.bucket.value_or(-1)}] = {file.rows, file.first.days + file.last.days};
    return of;
  };
  EXPECT_EQ(places(store.state()), places(straight.state()));
  EXPECT_FALSE(compact(store)->changed);
  EXPECT_EQ(store.names().size(), 9U) << "the files of the state before stay until gc takes them";
}

TEST(Compact, MergesSeveralFilesOfOnePlace) {
  const IngestStore store(kBuckets);
  store.put({{0, made_bars(0, day(2024, 5, 1), day(2024, 5, 17))}});
  {  // a second tail, as a writer of another kind may leave one
    Opened to(store);
    NewFiles files(store.folder(), 3);
    BarsDraft draft{.level = catalog::Level::tail, .bucket = {}, .rows = BarRows(), .extents = {}};
    const Rows rows = made_bars(1, day(2024, 5, 1), day(2024, 5, 17));
    BarSeries series{.times = rows.dates};
    for (std::size_t c = 0; c < kRequiredColumns; ++c) series.columns[c] = rows.columns.at(std::string(column_name(c)));
    draft.rows.append(series);
    draft.extents = {{1, 0, static_cast<std::int64_t>(rows.size()), {rows.dates.front()}, {rows.dates.back()}}};
    const NewFile name = files.name(catalog::Level::tail, {});
    catalog::Change change{.op = "x", .instruments = {record_of(1)}};
    change.add_files = {write_bars({}, name, to.state.info.uuid, to.state.info.compression, draft).value()};
    ASSERT_TRUE(files.publish());
    ASSERT_TRUE(to.catalog.commit({}, change, 2));
    files.keep();
  }
  EXPECT_EQ(store.state().files.size(), 2U);
  const auto out = compact(store).value();
  EXPECT_TRUE(out.changed);
  EXPECT_EQ(store.state().files.size(), 1U);
  Bars want = {{0, made_bars(0, day(2024, 5, 1), day(2024, 5, 17))},
               {1, made_bars(1, day(2024, 5, 1), day(2024, 5, 17), false)}};
  store.expect_bars(want);
}

TEST(Compact, ADamagedFileLeavesTheStoreAsItWas) {
  const IngestStore store(kBuckets);
  store.put(market(day(2022, 6, 1), day(2024, 5, 17)), {.newest = day(2025, 3, 1)});
  const catalog::State before = store.state();
  std::filesystem::resize_file(store.folder() + "/" + before.files[0].path, 100);
  const auto out = compact(store);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::damaged_store);
  EXPECT_EQ(store.state(), before);
  EXPECT_EQ(store.names(), store.live_names());
}

TEST(Compact, AnInterruptLeavesTheStoreAsItWas) {
  const IngestStore store(kBuckets);
  store.put(market(day(2022, 6, 1), day(2024, 5, 17)), {.newest = day(2025, 3, 1)});
  const catalog::State before = store.state();
  CancelToken token;
  token.cancel();
  EXPECT_EQ(compact(store, on_threads(2, &token)).error().code, ErrorCode::interrupted);
  EXPECT_EQ(store.state(), before);
  EXPECT_EQ(store.names(), store.live_names());
}

}  // namespace
}  // namespace momentum::store
