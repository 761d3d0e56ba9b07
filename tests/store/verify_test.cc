#include "momentum/store/verify.h"

#include <fmt/format.h>

#include "market_store.h"

namespace momentum::store {
namespace {

constexpr std::string_view kYear = "data/year-1-1.parquet";

class Verify : public ::testing::Test {
 protected:
  Health verified(const catalog::State& state) const { return verify(Context{}, store_.folder(), state).value(); }
  // The one problem there is.
  std::string problem(const catalog::State& state) const {
    const Health health = verified(state);
    if (health.problems.size() != 1) return fmt::format("{} problems", health.problems.size());
    EXPECT_EQ(health.problems[0].code, ErrorCode::damaged_store);
    EXPECT_EQ(health.problems[0].where, store_.path(kYear));
    return health.problems[0].what;
  }
  // The state, with something else about one file.
  template <class F>
  catalog::State but(F&& change) const {
    catalog::State state = store_.market();
    change(state.files[store_.file(kYear)]);
    return state;
  }

  MarketStore store_;
};

TEST_F(Verify, AStoreThatIsWell) {
  const Health health = verified(store_.market());
  EXPECT_TRUE(health.problems.empty());
  const catalog::Counts& counts = store_.market().snapshot.counts;
  EXPECT_EQ(health.files, counts.files);
  EXPECT_EQ(health.rows, counts.rows);
  EXPECT_EQ(health.bytes, counts.bytes);
}

TEST_F(Verify, AnyFlippedBit) {
  const catalog::FileRecord& file = store_.market().files[store_.file(kYear)];
  const std::string whole = store_.bytes(kYear);
  for (std::int64_t at = 3; at < file.bytes; at += file.bytes / 20) {
    store_.flip(kYear, at);
    EXPECT_NE(problem(store_.market()).find("damaged"), std::string::npos) << at;
    store_.write(kYear, whole);
  }
  EXPECT_TRUE(verified(store_.market()).problems.empty());
}

TEST_F(Verify, SeveralFilesAreSeveralProblems) {
  std::filesystem::remove(store_.path(kYear));
  store_.write("data/tail-1.parquet", "");
  const Health health = verified(store_.market());
  ASSERT_EQ(health.problems.size(), 2U);
  EXPECT_EQ(health.problems[0].where, store_.path(kYear));
  EXPECT_EQ(health.problems[1].where, store_.path("data/tail-1.parquet"));
}

TEST_F(Verify, AnotherChecksum) {
  EXPECT_EQ(problem(but([](catalog::FileRecord& file) { ++file.checksum; })),
            "damaged data file (its checksum is not the catalog's)");
}

TEST_F(Verify, BarsOfOthers) {
  const auto expect_bar = [&](auto&& change, std::string_view which) {
    EXPECT_EQ(problem(but(change)), fmt::format("damaged data file ({} is not the catalog's bar)", which));
  };
  expect_bar([](catalog::FileRecord& file) { file.extents[0].instrument = 0; }, "row 0 of row group 0");
  expect_bar([](catalog::FileRecord& file) { file.extents[0].first = file.extents[0].first - 1; },
             "row 0 of row group 0");
  const std::vector<catalog::Extent> extents = store_.market().files[store_.file(kYear)].extents;  // two a row group
  expect_bar([](catalog::FileRecord& file) { file.extents[0].last = file.extents[0].last + 1; },
             fmt::format("row {} of row group 0", extents[0].rows - 1));
  expect_bar([](catalog::FileRecord& file) { file.extents.pop_back(); },
             fmt::format("row {} of row group 3", extents[6].rows));
  // A row of the one less, one of the other more: the days do not ascend.
  expect_bar(
      [](catalog::FileRecord& file) {
        file.extents[1].instrument = file.extents[0].instrument;
        file.extents[0].rows += 1;
        file.extents[0].last = file.extents[1].first;
        file.extents[1].first_row += 1;
        file.extents[1].rows -= 1;
      },
      fmt::format("row {} of row group 0", extents[0].rows));
}

TEST_F(Verify, OtherDatasetsHaveRowsOfTheirOwn) {
  EXPECT_TRUE(verified(but([](catalog::FileRecord& file) {
                file.dataset = "minutes";
                file.extents.clear();
              })).problems.empty());
}

TEST_F(Verify, FootersAreEnoughForWhatTheyCover) {
  const auto footers = [&] { return verify(Context{}, store_.folder(), store_.market(), Depth::footers).value(); };
  EXPECT_TRUE(footers().problems.empty());
  EXPECT_EQ(footers().rows, store_.market().snapshot.counts.rows);
  const std::string whole = store_.bytes(kYear);
  store_.flip(kYear, static_cast<std::int64_t>(whole.size() / 3));  // a value
  EXPECT_TRUE(footers().problems.empty());
  store_.write(kYear, whole);
  store_.flip(kYear, static_cast<std::int64_t>(whole.size() - 20));  // the footer
  EXPECT_EQ(footers().problems.size(), 1U);
  store_.write(kYear, whole.substr(1));
  EXPECT_EQ(footers().problems.size(), 1U);
}

TEST_F(Verify, FilesOfOlderStates) {
  const auto size = static_cast<std::int64_t>(store_.bytes(kYear).size());
  const catalog::Garbage old{
      .file = 1, .path = std::string(kYear), .bytes = size, .begun_by = 2, .ended_by = 5, .ended = {}};
  EXPECT_TRUE(check_older(store_.folder(), {old}).empty());
  store_.write(kYear, "x");
  std::vector<Error> problems = check_older(store_.folder(), {old});
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].what, "damaged data file (another size than the catalog says) of snapshots 2 to 4");
  std::filesystem::remove(store_.path(kYear));
  problems = check_older(store_.folder(), {old, old});
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[1].where, store_.path(kYear));
}

TEST_F(Verify, Interrupted) {
  CancelToken cancel;
  cancel.cancel();
  Context ctx;
  ctx.cancel = &cancel;
  const auto health = verify(ctx, store_.folder(), store_.market());
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace momentum::store
