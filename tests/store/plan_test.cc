#include "momentum/store/plan.h"

#include <algorithm>

#include "market_store.h"

namespace momentum::store {
namespace {

// A file without bytes, for plans read none: `rows` bars of each instrument, a row group every `cut` rows.
catalog::FileRecord file_of(std::string path, std::vector<catalog::InstrumentId> ids, std::int64_t rows, Date first,
                            std::optional<int> bucket, std::int64_t cut) {
  catalog::FileRecord file;
  file.path = std::move(path);
  file.bucket = bucket;
  file.level = bucket ? catalog::Level::base : catalog::Level::tail;
  file.first = first;
  file.last = first + static_cast<std::int32_t>(rows) - 1;
  for (const catalog::InstrumentId id : ids) {
    file.extents.push_back({id, file.rows, rows, file.first, file.last});
    file.rows += rows;
  }
  for (std::int64_t row = 0; row < file.rows; row += cut)
    file.row_groups.push_back({row, std::min(cut, file.rows - row), 4, 4});
  return file;
}

catalog::State state_of(int instruments, std::vector<catalog::FileRecord> files) {
  catalog::State state;
  state.instruments.resize(static_cast<std::size_t>(instruments));
  for (int id = 0; id < instruments; ++id) {
    state.instruments[static_cast<std::size_t>(id)].id = id;
    state.instruments[static_cast<std::size_t>(id)].code = {std::to_string(600000 + id), Market::SH};
  }
  state.files = std::move(files);
  return state;
}

std::vector<PlannedInstrument> all_of(const Plan& plan) {
  std::vector<PlannedInstrument> all;
  for (const Batch& batch : plan.batches) all.insert(all.end(), batch.instruments.begin(), batch.instruments.end());
  return all;
}

std::vector<catalog::InstrumentId> ids_of(const Plan& plan) {
  std::vector<catalog::InstrumentId> ids;
  for (const PlannedInstrument& one : all_of(plan)) ids.push_back(one.id);
  std::ranges::sort(ids);
  return ids;
}

using Ids = std::vector<catalog::InstrumentId>;

TEST(Plan, OfAnEmptyStoreIsEmpty) {
  const TestStore store;
  const Plan made = plan(store.state(), {.columns = {"close"}}).value();
  EXPECT_TRUE(made.batches.empty());
  EXPECT_EQ(made.rows, 0);
  EXPECT_EQ(made.columns, std::vector<std::string>{"close"});
}

TEST(Plan, NamesEveryInstrumentWithBarsOnce) {
  const MarketStore store;
  const Plan made = plan(store.market(), {.columns = {"close"}}).value();
  Ids expected;
  std::int64_t rows = 0;
  for (catalog::InstrumentId id = 0; id < 19; ++id) {
    expected.push_back(id);
    rows += store.market().coverage[static_cast<std::size_t>(id)].bars;
  }
  EXPECT_EQ(ids_of(made), expected);
  EXPECT_EQ(made.rows, rows);
  for (const PlannedInstrument& one : all_of(made)) {
    const catalog::Coverage& coverage = store.market().coverage[static_cast<std::size_t>(one.id)];
    EXPECT_EQ(one.rows, coverage.bars) << one.id;
    EXPECT_EQ(one.first, coverage.first) << one.id;
    EXPECT_EQ(one.last, coverage.last) << one.id;
  }
}

TEST(Plan, PiecesAscendByDayWhateverTheOrderOfTheFiles) {
  const catalog::State state =
      state_of(1, {file_of("tail", {0}, 10, day(2024, 12, 1), {}, 10), file_of("base", {0}, 30, day(2019, 1, 1), 0, 30),
                   file_of("year", {0}, 20, day(2023, 1, 1), 0, 20)});
  const auto all = all_of(plan(state, {}).value());
  ASSERT_EQ(all.size(), 1U);
  ASSERT_EQ(all[0].pieces.size(), 3U);
  EXPECT_EQ(all[0].pieces[0].file, 1U);
  EXPECT_EQ(all[0].pieces[1].file, 2U);
  EXPECT_EQ(all[0].pieces[2].file, 0U);
  EXPECT_EQ(all[0].first, day(2019, 1, 1));
  EXPECT_EQ(all[0].last, day(2024, 12, 10));
}

TEST(Plan, OneInstrumentTouchesItsRowGroupsOnly) {
  const MarketStore store;
  const Plan made = plan(store.market(), {.columns = {"close"}, .instruments = {10}}).value();
  const auto all = all_of(made);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].id, 10);
  ASSERT_EQ(all[0].pieces.size(), 3U);
  const auto& base = store.market().files[store.file("data/base-0-1.parquet")].extents;
  EXPECT_EQ(all[0].pieces[0].file, store.file("data/base-0-1.parquet"));  // 0 2 4 | 8 10 12 | ...
  EXPECT_EQ(all[0].pieces[0].group, 1U);
  EXPECT_EQ(all[0].pieces[0].row, base[3].rows);
  EXPECT_EQ(all[0].pieces[0].rows, base[4].rows);
  EXPECT_EQ(all[0].pieces[1].file, store.file("data/year-0-1.parquet"));  // 0 2 | 4 6 | 8 10 | ...
  EXPECT_EQ(all[0].pieces[1].group, 2U);
  EXPECT_EQ(all[0].pieces[2].file, store.file("data/tail-1.parquet"));  // 0 1 2 3 4 6 7 | 8 9 10 ...
  EXPECT_EQ(all[0].pieces[2].group, 1U);
}

TEST(Plan, DaysLeaveOutWhatLiesOutside) {
  const MarketStore store;
  const auto pieces_of = [&](Date first, Date last) {
    std::vector<std::size_t> counts;
    for (const auto& one : all_of(plan(store.market(), {.first = first, .last = last, .instruments = {8}}).value()))
      counts.push_back(one.pieces.size());
    return counts;
  };
  EXPECT_EQ(pieces_of({}, {}), (std::vector<std::size_t>{3}));
  EXPECT_EQ(pieces_of(day(2023, 6, 1), {}), (std::vector<std::size_t>{2}));
  EXPECT_EQ(pieces_of({}, day(2023, 6, 1)), (std::vector<std::size_t>{2}));
  EXPECT_EQ(pieces_of(day(2024, 12, 10), day(2024, 12, 11)), (std::vector<std::size_t>{1}));
  EXPECT_EQ(pieces_of(day(2025, 1, 1), {}), std::vector<std::size_t>{});
  EXPECT_EQ(pieces_of({}, day(2017, 1, 1)), std::vector<std::size_t>{});
  EXPECT_EQ(ids_of(plan(store.market(), {.first = {}, .last = day(2022, 1, 1)}).value()),
            (Ids{0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}));
}

TEST(Plan, TheEdgesOfAnExtentBelongToIt) {
  const catalog::State state = state_of(1, {file_of("base", {0}, 30, day(2020, 1, 1), 0, 30)});
  EXPECT_EQ(plan(state, {.first = day(2020, 1, 30)}).value().rows, 30);
  EXPECT_EQ(plan(state, {.first = day(2020, 1, 31)}).value().rows, 0);
  EXPECT_EQ(plan(state, {.last = day(2020, 1, 1)}).value().rows, 30);
  EXPECT_EQ(plan(state, {.last = day(2019, 12, 31)}).value().rows, 0);
}

TEST(Plan, InstrumentsThatTheStoreDoesNotKnowOrHasNoBarsOf) {
  const MarketStore store;
  EXPECT_EQ(ids_of(plan(store.market(), {.instruments = {-1, 5, 19, 4711}}).value()), Ids{5});
}

TEST(Plan, AnExtentOverSeveralRowGroups) {
  const catalog::State state = state_of(2, {file_of("base", {0, 1}, 25, day(2020, 1, 1), 0, 20)});
  const auto all = all_of(plan(state, {}).value());
  ASSERT_EQ(all.size(), 2U);
  const auto shape = [](const PlannedInstrument& one) {
    std::vector<std::vector<std::int64_t>> pieces;
    for (const Piece& piece : one.pieces) pieces.push_back({piece.group, piece.row, piece.rows});
    return pieces;
  };
  EXPECT_EQ(shape(all[0]), (std::vector<std::vector<std::int64_t>>{{0, 0, 20}, {1, 0, 5}}));
  EXPECT_EQ(shape(all[1]), (std::vector<std::vector<std::int64_t>>{{1, 5, 15}, {2, 0, 10}}));
  EXPECT_EQ(all[1].rows, 25);
}

TEST(Plan, OtherDatasetsAreNotBars) {
  catalog::State state = state_of(1, {file_of("other", {0}, 30, day(2020, 1, 1), 0, 30)});
  state.files[0].dataset = "minutes";
  EXPECT_TRUE(plan(state, {}).value().batches.empty());
}

TEST(Plan, BarsOfTheSameDaysInTwoFilesAreDamage) {
  const catalog::State state = state_of(
      3, {file_of("data/a", {1, 2}, 30, day(2020, 1, 1), 0, 60), file_of("data/b", {2}, 30, day(2020, 1, 30), 0, 30)});
  const auto made = plan(state, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::damaged_store);
  EXPECT_NE(made.error().what.find("600002.SH"), std::string::npos) << made.error().what;
  EXPECT_EQ(made.error().where, "data/a and data/b");
  EXPECT_TRUE(plan(state, {.instruments = {1}}));
}

TEST(Plan, BatchesFollowTheBuckets) {
  const MarketStore store;
  const Plan made = plan(store.market(), {.columns = {"close"}}, {.rows_per_batch = 4000}).value();
  EXPECT_GT(made.batches.size(), 3U);
  Ids order;
  for (const PlannedInstrument& one : all_of(made)) order.push_back(one.id);
  EXPECT_EQ(order, (Ids{0, 2, 4, 6, 8, 10, 12, 14, 16, 1, 3, 5, 7, 9, 11, 13, 15, 17, 18}));
  std::int64_t rows = 0;
  for (const Batch& batch : made.batches) {
    std::int64_t of_batch = 0;
    for (const PlannedInstrument& one : batch.instruments) of_batch += one.rows;
    EXPECT_EQ(batch.rows, of_batch);
    rows += batch.rows;
  }
  EXPECT_EQ(rows, made.rows);
}

}  // namespace
}  // namespace momentum::store
