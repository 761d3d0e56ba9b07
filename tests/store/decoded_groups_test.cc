#include "decoded_groups_internal.h"

#include <algorithm>

#include "market_store.h"

namespace momentum::store {
namespace {

class Shared : public ::testing::Test {
 protected:
  Shared() {
    plan_ = plan(store_.market(), {.columns = {"close", "amount"}}, {.rows_per_batch = 4000}).value();
    for (const catalog::FileRecord& record : store_.market().files) {
      DataFile& file = files_.emplace_back();
      file.reader = open_data_file(store_.folder(), store_.uuid(), record).value();
      file.date = *file.reader->find("date");
      for (const std::string& column : plan_.columns) file.columns.push_back(file.reader->find(column));
    }
  }
  std::uint32_t batches_of(std::uint32_t file, std::uint32_t group) const {
    std::uint32_t count = 0;
    for (const Batch& batch : plan_.batches) {
      count += std::ranges::any_of(batch.instruments, [&](const PlannedInstrument& one) {
        return std::ranges::any_of(one.pieces,
                                   [&](const Piece& piece) { return piece.file == file && piece.group == group; });
      });
    }
    return count;
  }

  MarketStore store_;
  Plan plan_;
  std::vector<DataFile> files_;
};

TEST_F(Shared, HoldsWhatSeveralBatchesNeed) {
  const DecodedGroups groups(files_, plan_);
  std::size_t held = 0, not_held = 0;
  for (std::uint32_t f = 0; f < files_.size(); ++f) {
    for (std::uint32_t g = 0; g < files_[f].reader->groups().size(); ++g) {
      EXPECT_EQ(groups.holds(f, g), batches_of(f, g) > 1) << f << " " << g;
      ++(groups.holds(f, g) ? held : not_held);
    }
  }
  EXPECT_GT(held, 0U);
  EXPECT_GT(not_held, 0U);
}

TEST_F(Shared, KeepsAGroupUntilItsLastBatch) {
  DecodedGroups groups(files_, plan_);
  const std::uint32_t tail = store_.file("data/tail-1.parquet");
  const std::uint32_t batches = batches_of(tail, 0);
  ASSERT_GT(batches, 2U);
  std::weak_ptr<DecodedGroup> watched;
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t k = 0; k < batches; ++k) {
      EXPECT_EQ(watched.expired(), k == 0);
      auto group = groups.get(tail, 0);
      if (k > 0) {
        EXPECT_EQ(watched.lock(), group);
      }
      watched = group;
    }
    EXPECT_TRUE(watched.expired());
  }
}

TEST_F(Shared, HasTheNumbers) {
  DecodedGroups groups(files_, plan_);
  const std::uint32_t tail = store_.file("data/tail-1.parquet");
  const auto group = groups.get(tail, 0);
  const auto dates = group->dates().value();
  const auto close = group->column(0).value();
  std::size_t row = 0;
  for (const catalog::InstrumentId id : {0, 1, 2, 3, 4, 6, 7}) {
    for (const std::int32_t on : Part{id, day(2024, 12, 1), day(2024, 12, 31)}.days()) {
      ASSERT_EQ(dates[row], on);
      const double expected = value_of("close", id, on), got = close[row];
      ASSERT_TRUE(got == expected || (std::isnan(got) && std::isnan(expected))) << row;
      ++row;
    }
  }
  EXPECT_EQ(dates.size(), row);
  EXPECT_EQ(group->column(0).value().data(), close.data());  // decoded once
}

TEST_F(Shared, DamageIsAnErrorEachTime) {
  const std::uint32_t tail = store_.file("data/tail-1.parquet");
  const catalog::RowGroupRecord& place = store_.market().files[tail].row_groups[0];
  std::string bytes = store_.bytes("data/tail-1.parquet");
  for (std::int64_t at = place.offset; at < place.offset + place.bytes; at += 16)
    bytes[static_cast<std::size_t>(at)] = static_cast<char>(~bytes[static_cast<std::size_t>(at)]);
  store_.write("data/tail-1.parquet", bytes);
  DecodedGroups groups(files_, plan_);
  for (int round = 0; round < 2; ++round) {
    const auto group = groups.get(tail, 0);
    const auto dates = group->dates();
    ASSERT_FALSE(dates);
    EXPECT_EQ(dates.error().code, ErrorCode::unreadable_data);
    const auto close = group->column(0);
    ASSERT_FALSE(close);
    EXPECT_EQ(close.error().code, ErrorCode::unreadable_data);
  }
}

}  // namespace
}  // namespace momentum::store
