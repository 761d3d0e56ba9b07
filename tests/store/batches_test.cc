#include "batches_internal.h"

#include <gtest/gtest.h>

namespace momentum::store {
namespace {

// A store with one file, and instruments of `rows` bars, `in_group` of them in each row group.
struct Shape {
  catalog::State state;
  std::vector<PlannedInstrument> instruments;

  Shape(std::size_t count, std::int64_t rows, std::size_t in_group, bool bucketed = true) {
    catalog::FileRecord& file = state.files.emplace_back();
    if (bucketed) file.bucket = 0;
    for (std::size_t k = 0; k < count; ++k) {
      if (k % in_group == 0) file.row_groups.push_back({file.rows, 0, 0, 0});
      file.row_groups.back().rows += rows;
      file.rows += rows;
      PlannedInstrument& one = instruments.emplace_back();
      one.id = static_cast<catalog::InstrumentId>(k);
      one.pieces = {{0, static_cast<std::uint32_t>(k / in_group), 0, rows}};
      one.rows = rows;
    }
  }
  std::vector<std::size_t> cut(std::int64_t rows_per_batch) const {
    std::vector<std::size_t> counts;
    for (const Batch& batch : cut_batches(state, instruments, rows_per_batch))
      counts.push_back(batch.instruments.size());
    return counts;
  }
};

using Counts = std::vector<std::size_t>;

TEST(Batches, NoneOfNothing) { EXPECT_TRUE(cut_batches({}, {}, 100).empty()); }

TEST(Batches, AreCutBetweenRowGroups) {
  EXPECT_EQ(Shape(30, 10, 9).cut(100), (Counts{9, 9, 12}));
  EXPECT_EQ(Shape(36, 10, 12).cut(100), (Counts{12, 12, 12}));
}

TEST(Batches, AreCutAnywhereWhereNoPlaceIsBetter) {
  EXPECT_EQ(Shape(40, 10, 40).cut(100), (Counts{10, 10, 10, 10}));
  EXPECT_EQ(Shape(30, 10, 9, false).cut(100), (Counts{10, 10, 10}));  // files without buckets do not count
}

TEST(Batches, ALittleTooMuchIsOneBatch) {
  EXPECT_EQ(Shape(12, 10, 1).cut(100), Counts{12});
  EXPECT_EQ(Shape(13, 10, 1).cut(100), (Counts{10, 3}));
}

TEST(Batches, AnInstrumentIsNeverCut) {
  Shape shape(4, 10, 1);
  shape.instruments[1].rows = 1000;
  EXPECT_EQ(shape.cut(100), (Counts{2, 2}));
  EXPECT_EQ(Shape(3, 1000, 1).cut(100), (Counts{1, 1, 1}));
}

TEST(Batches, TheSmallerOfTwoRowGroupsIsCut) {
  // Base: five instruments a group, 100 rows each; year: seven a group, 10 rows each.
  Shape shape(40, 100, 5);
  catalog::FileRecord& year = shape.state.files.emplace_back();
  year.bucket = 0;
  for (std::size_t k = 0; k < 40; ++k) {
    if (k % 7 == 0) year.row_groups.push_back({0, 70, 0, 0});
    shape.instruments[k].pieces.push_back({1, static_cast<std::uint32_t>(k / 7), 0, 10});
    shape.instruments[k].rows += 10;
  }
  EXPECT_EQ(shape.cut(1100), (Counts{10, 10, 10, 10}));
}

}  // namespace
}  // namespace momentum::store
