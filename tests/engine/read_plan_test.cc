#include "read_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/same_scan.h"
#include "engine/stores.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;

class ReadPlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Files files;
    for (int i = 0; i < 150; ++i)
      files.add(fmt::format("{}.SH", 600000 + i), series(static_cast<std::uint32_t>(i), i % 9, 200 + i));
    store_.import(files);
    state_ = store_.state();
  }
  static Context limited(std::size_t bytes, int threads = 2) {
    Context ctx = context(threads);
    ctx.memory_limit = bytes;
    return ctx;
  }
  Result<ReadPlan> planned(const Context& ctx) const { return plan_read(ctx, store_.path(), state_, need_); }

  Store store_;
  catalog::State state_;
  store::Need need_{.columns = {"open", "high", "low", "close", "volume"}};
};

TEST_F(ReadPlanTest, WhatFitsIsReadAsWithoutALimit) {
  const auto usual = planned(context(2)), wide = planned(limited(std::size_t{1} << 30));
  ASSERT_TRUE(usual && wide);
  EXPECT_EQ(usual->ends, wide->ends);
  EXPECT_EQ(wide->threads, 2);
}

TEST_F(ReadPlanTest, EveryPlanIsWithinItsLimitAndReadsEveryInstrumentOnce) {
  const std::size_t usual = read_need(*planned(context(2)), state_);
  std::set<std::vector<std::size_t>> shapes;
  std::size_t refused = 0;
  for (std::size_t limit = usual; limit > 0; limit -= usual / 40) {
    const auto plan = planned(limited(limit));
    if (!plan) {
      EXPECT_EQ(plan.error().code, ErrorCode::too_large);
      EXPECT_NE(plan.error().what.find("--memory-limit"), std::string::npos);
      ++refused;
      if (limit < usual / 40) break;
      continue;
    }
    EXPECT_EQ(refused, 0u) << "a smaller limit was enough";
    EXPECT_LE(read_need(*plan, state_), limit);
    shapes.insert(plan->ends);
    std::set<catalog::InstrumentId> seen;
    for (const store::Batch& batch : plan->plan.batches)
      for (const store::PlannedInstrument& one : batch.instruments) EXPECT_TRUE(seen.insert(one.id).second);
    EXPECT_EQ(seen.size(), 150u);
    EXPECT_EQ(plan->ends.back(), plan->plan.batches.size());
    EXPECT_TRUE(std::ranges::is_sorted(plan->ends));
    if (limit < usual / 40) break;
  }
  EXPECT_GT(shapes.size(), 1u);
  EXPECT_GT(refused, 0u);
}

TEST_F(ReadPlanTest, WhatTheErrorAsksForIsEnough) {
  const auto refused = planned(limited(1));
  ASSERT_FALSE(refused);
  const std::string& remedy = refused.error().remedy;  // "allow 12M"
  const std::size_t bytes = std::stoul(remedy.substr(remedy.find(' ') + 1)) << 20;
  EXPECT_TRUE(planned(limited(bytes)));
}

TEST_F(ReadPlanTest, AScanIsTheSameInAnyMemory) {
  ScanRequest request;
  request.input = {.store = store_.path()};
  const auto whole = scan(context(2), request);
  ASSERT_TRUE(whole) << whole.error().to_string();
  const std::size_t usual = read_need(*planned(context(2)), state_);
  int scans = 0;
  for (std::size_t limit = usual; limit >= usual / 20; limit -= usual / 20) {
    const auto part = scan(limited(limit), request);
    if (!part) {
      EXPECT_EQ(part.error().exit_status(), 7);
      continue;
    }
    ++scans;
    expect_same(*whole, *part);
  }
  EXPECT_GT(scans, 1);
}

}  // namespace
}  // namespace momentum::engine
