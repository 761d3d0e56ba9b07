#include "momentum/store/repair.h"

#include <fstream>

#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

class Repaired : public testing::Test {
 protected:
  Repaired() {
    for (int n = 0; n < 4; ++n)
      store_.put({{0, made_bars(0, day(2024, 3, 1), day(2024, 5, 10 + n))},
                  {n, made_bars(n, day(2024, 5, 1), day(2024, 5, 10))}});
    state_ = store_.state();
  }
  std::string catalog() const { return store_.folder() + "/catalog.db"; }

  IngestStore store_{2};
  catalog::State state_;
};

TEST_F(Repaired, AStoreThatIsWellStaysAsItIs) {
  const auto out = repair(store_).value();
  EXPECT_FALSE(out.rebuilt);
  EXPECT_TRUE(out.aside.empty() && out.problems.empty());
  EXPECT_EQ(out.snapshot, state_.snapshot);
}

TEST_F(Repaired, ALostCatalogComesBackAndGoesOn) {
  std::filesystem::remove(catalog());
  const auto out = repair(store_);
  ASSERT_TRUE(out) << out.error().to_string();
  EXPECT_TRUE(out->rebuilt);
  EXPECT_TRUE(out->problems.empty());
  EXPECT_EQ(out->records, 4);
  EXPECT_EQ(store_.state(), state_);
  EXPECT_TRUE(store_.put({{0, made_bars(0, day(2024, 5, 14), day(2024, 5, 15))}}).changed);
}

TEST_F(Repaired, ATornCatalogAndFilesWithoutAName) {
  std::filesystem::resize_file(catalog(), 9000);
  std::ofstream(store_.folder() + "/data/tail-7-0123456789abcdef.parquet") << "a dead writer's";
  std::ofstream(store_.folder() + "/data/year-1-9-0123456789abcdef.parquet") << "of a commit that is not there";
  const auto out = repair(store_);
  ASSERT_TRUE(out) << out.error().to_string();
  EXPECT_EQ(out->reason.code, ErrorCode::damaged_store);
  EXPECT_EQ(store_.state(), state_);
  const std::string aside = store_.folder() + "/aside/";
  EXPECT_EQ(out->aside, (std::vector<std::string>{catalog() + ".broken-1", aside + "tail-7-0123456789abcdef.parquet",
                                                  aside + "year-1-9-0123456789abcdef.parquet"}));
  for (const std::string& path : out->aside) EXPECT_TRUE(std::filesystem::exists(path)) << path;
  ASSERT_EQ(out->problems.size(), 2U);  // of snapshots 7 and 9, where 5 is the last
  EXPECT_NE(out->problems[1].what.find("snapshot 9"), std::string::npos);
}

TEST_F(Repaired, MissingDataFilesAreTold) {
  std::filesystem::remove(catalog());
  std::filesystem::remove(store_.folder() + "/" + state_.files[0].path);
  const auto out = repair(store_);
  ASSERT_TRUE(out);
  ASSERT_EQ(out->problems.size(), 1U);
  EXPECT_EQ(out->problems[0].where, store_.folder() + "/" + state_.files[0].path);
}

TEST_F(Repaired, WithoutRedoFilesNothingIsTouched) {
  std::filesystem::resize_file(catalog(), 9000);
  std::filesystem::remove_all(store_.folder() + "/redo");
  const auto before = store_.names();
  const auto out = repair(store_);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::damaged_store);
  EXPECT_NE(out.error().what.find("there are no redo files"), std::string::npos);
  EXPECT_EQ(store_.names(), before);
  EXPECT_EQ(std::filesystem::file_size(catalog()), 9000U);
}

}  // namespace
}  // namespace momentum::store
