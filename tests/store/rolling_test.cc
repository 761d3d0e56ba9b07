// What appending day by day, month by month and year by year does to the files of a store.

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

using catalog::Level;

constexpr int kInstruments = 11, kBuckets = 3;

Bars market(Date first, Date last) {
  Bars out;
  for (int id = 0; id < kInstruments; ++id) out[id] = made_bars(id, first, last);
  return out;
}

// At most one file per level and bucket, in its level's days, with its bucket's instruments.
void expect_levels(const catalog::State& state) {
  Date newest;
  for (const catalog::FileRecord& file : state.files) newest = std::max(newest, file.last);
  std::set<std::pair<Level, int>> seen;
  for (const catalog::FileRecord& file : state.files) {
    EXPECT_EQ(file.dataset, "daily");
    EXPECT_EQ(file.bucket.has_value(), file.level != Level::tail);
    EXPECT_TRUE(seen.emplace(file.level, file.bucket.value_or(-1)).second) << file.path;
    const LevelDays days = level_days(file.level, newest);
    EXPECT_TRUE(days.holds(file.first) && days.holds(file.last)) << file.path;
    for (const catalog::Extent& extent : file.extents) {
      if (file.bucket) {
        EXPECT_EQ(bucket_of(extent.instrument, kBuckets), *file.bucket);
      }
    }
  }
}

std::set<std::string> names_of(const catalog::State& state, Level level) {
  std::set<std::string> out;
  for (const catalog::FileRecord& file : state.files) {
    if (file.level == level) out.insert(file.path);
  }
  return out;
}

TEST(Rolling, ADayRewritesTheTailAlone) {
  const IngestStore store(kBuckets);
  store.put(market(day(2022, 6, 1), day(2024, 5, 16)));
  const catalog::State before = store.state();
  for (const Date newest : {Date{}, day(2024, 5, 18)}) {
    const Date next = newest.has_value() ? day(2024, 5, 20) : day(2024, 5, 17);
    store.put(market(next, next), {.newest = newest.has_value() ? next : newest});
    const catalog::State after = store.state();
    EXPECT_EQ(names_of(after, Level::base), names_of(before, Level::base));
    EXPECT_EQ(names_of(after, Level::year), names_of(before, Level::year));
    EXPECT_NE(names_of(after, Level::tail), names_of(before, Level::tail));
    expect_levels(after);
  }
  store.expect_bars(market(day(2022, 6, 1), day(2024, 5, 20)));
}

TEST(Rolling, ANewMonthClosesTheLast) {
  const IngestStore store(kBuckets);
  store.put(market(day(2022, 6, 1), day(2024, 5, 31)));
  const catalog::State before = store.state();
  store.put(market(day(2024, 6, 3), day(2024, 6, 3)));
  const catalog::State after = store.state();
  EXPECT_EQ(names_of(after, Level::base), names_of(before, Level::base));
  EXPECT_EQ(after.files.size(), 2u * kBuckets + 1);
  expect_levels(after);
  for (const catalog::FileRecord& file : after.files) {
    if (file.level == Level::tail) {
      EXPECT_EQ(file.first, day(2024, 6, 3));
    }
    if (file.level == Level::year) {
      EXPECT_EQ(file.last, day(2024, 5, 31));
    }
  }
  EXPECT_EQ(after.snapshot.id, before.snapshot.id + 1);  // one commit
  store.expect_bars(market(day(2022, 6, 1), day(2024, 6, 3)));
}

TEST(Rolling, ANewYearMovesAYearToTheBase) {
  const IngestStore store(kBuckets);
  store.put(market(day(2022, 11, 1), day(2024, 12, 31)));
  store.put(market(day(2025, 1, 1), day(2025, 1, 2)));
  const catalog::State after = store.state();
  expect_levels(after);
  EXPECT_EQ(after.snapshot.id, 3);
  for (const catalog::FileRecord& file : after.files) {
    if (file.level == Level::base) {
      EXPECT_EQ(file.last, day(2023, 12, 29));
    }
    if (file.level == Level::year) {
      EXPECT_EQ(file.first, day(2024, 1, 1));
    }
    if (file.level == Level::tail) {
      EXPECT_EQ(file.first, day(2025, 1, 1));
    }
  }
  store.expect_bars(market(day(2022, 11, 1), day(2025, 1, 2)));
}

// One instrument alone brings the new month: the others' bars move all the same.
TEST(Rolling, OneInstrumentMovesTheWholeMarket) {
  const IngestStore store(kBuckets);
  store.put(market(day(2023, 1, 2), day(2024, 5, 31)));
  store.put({{4, made_bars(4, day(2025, 2, 3), day(2025, 2, 4))}});
  const catalog::State after = store.state();
  expect_levels(after);
  Bars want = market(day(2023, 1, 2), day(2024, 5, 31));
  const Rows more = made_bars(4, day(2025, 2, 3), day(2025, 2, 4));
  want[4].dates.insert(want[4].dates.end(), more.dates.begin(), more.dates.end());
  for (const auto& [name, values] : more.columns)
    want[4].columns[name].insert(want[4].columns[name].end(), values.begin(), values.end());
  store.expect_bars(want);
}

TEST(Rolling, ManyAppendsEqualOne) {
  const Date first = day(2023, 10, 2), last = day(2025, 2, 14);
  const IngestStore at_once(kBuckets), bit_by_bit(kBuckets);
  at_once.put(market(first, last));
  int calls = 0;
  for (Date from = first; from <= last; ++calls) {
    const Date to = std::min(last, from + 1 + calls % 12);
    bit_by_bit.put(market(from, to), {.newest = calls % 2 == 0 ? to : Date{}});
    expect_levels(bit_by_bit.state());
    from = to + 1;
  }
  EXPECT_GT(calls, 60);
  bit_by_bit.expect_bars(market(first, last));
  // The same files but for their names and hashes.
  const auto shape = [](const catalog::State& state) {
    std::map<std::pair<Level, int>, catalog::FileRecord> out;
    for (catalog::FileRecord file : state.files) {
      file.id = 0;
      file.path.clear();
      file.checksum = 0;
      file.bytes = 0;
      for (catalog::RowGroupRecord& group : file.row_groups) group.offset = group.bytes = 0;
      out[{file.level, file.bucket.value_or(-1)}] = file;
    }
    return out;
  };
  EXPECT_EQ(shape(bit_by_bit.state()), shape(at_once.state()));
}

// An upper bound that no bar reaches, as where the last stock of a market is suspended.
TEST(Rolling, ABoundTooLateHealsWithTheNextCall) {
  const IngestStore store(kBuckets);
  store.put(market(day(2023, 1, 2), day(2024, 5, 17)), {.newest = day(2025, 3, 1)});
  store.expect_bars(market(day(2023, 1, 2), day(2024, 5, 17)));
  store.put(market(day(2024, 5, 20), day(2024, 5, 20)));
  expect_levels(store.state());
  store.expect_bars(market(day(2023, 1, 2), day(2024, 5, 20)));
}

}  // namespace
}  // namespace momentum::store
