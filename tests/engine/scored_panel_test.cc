#include "scored_panel.h"

#include <gtest/gtest.h>

#include "momentum/expr/latest.h"
#include "momentum/score/classic.h"
#include "records.h"

namespace momentum::engine {
namespace {

// The stages are generated for a list of lines in src/fused/CMakeLists.txt; another list would run node by node, as slowly as
// silently.
TEST(ScoredPanel, WhatAScanAsksForIsFused) {
  const std::vector<std::int32_t> dates{1, 2, 3};
  const std::vector<double> ones(3, 1.0);
  for (const Adjust adjust : {Adjust::front, Adjust::none}) {
    Lane lane;
    lane.bars.dates = dates;
    lane.bars.open = lane.bars.high = lane.bars.low = lane.bars.close = lane.bars.volume = ones;
    lane.factors.factor = ones;
    const auto panel = panel_of({&lane, 1}, adjust);
    ASSERT_TRUE(panel.has_value()) << panel.error().to_string();
    const auto profile = classic_profile(adjust);
    ASSERT_TRUE(profile.has_value()) << profile.error().to_string();
    const auto program = compile(*profile, record_outputs(*profile), panel->columns());
    ASSERT_TRUE(program.has_value()) << program.error().to_string();
    ASSERT_EQ(program->stages.size(), 1u);
    EXPECT_NE(program->stages[0].fused, nullptr);
    const auto latest =
        expr::compile_latest(profile->graph, record_outputs(*profile), {panel->columns(), true, score::fused_stages()});
    ASSERT_TRUE(latest.has_value() && latest->has_value());
    EXPECT_NE((*latest)->carry.stages[0].fused, nullptr);
  }
}

}  // namespace
}  // namespace momentum::engine
