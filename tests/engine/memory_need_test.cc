#include "memory_need.h"

#include <gtest/gtest.h>

#include "engine/plain_files.h"
#include "momentum/panel/panel.h"

namespace momentum::engine {
namespace {

using testing::context;

// The block of a panel of these lanes is no larger than what is counted for it.
TEST(MemoryNeed, APanelIsCountedInFull) {
  for (const std::vector<std::int64_t>& lengths :
       {std::vector<std::int64_t>{1000}, std::vector<std::int64_t>{10, 900, 30}, std::vector<std::int64_t>(33, 500)}) {
    std::vector<std::vector<std::int32_t>> days;
    std::vector<std::vector<double>> values;
    for (const std::int64_t length : lengths) {
      days.emplace_back();
      for (std::int32_t day = 0; day < length; ++day) days.back().push_back(day);
      values.emplace_back(static_cast<std::size_t>(length), 1.0);
    }
    std::vector<panel::Series> series;
    for (std::size_t i = 0; i < days.size(); ++i)
      series.push_back({days[i], std::vector<std::span<const double>>(6, values[i])});
    const auto panel = panel::Panel::build({"a", "b", "c", "d", "e", "f"}, series);
    ASSERT_TRUE(panel);
    EXPECT_GE(panel_need(lengths) + 16'384, panel->flat().size());
    EXPECT_LE(panel_need(lengths), 3 * panel->flat().size());
  }
  EXPECT_EQ(panel_need({}), 0u);
}

TEST(MemoryNeed, SizesAreRoundedUp) {
  EXPECT_EQ(size_text(1), "1 MiB");
  EXPECT_EQ(size_text(std::size_t{12} << 20), "12 MiB");
  EXPECT_EQ(size_text((std::size_t{12} << 20) + 1), "13 MiB");
  EXPECT_EQ(size_text((std::size_t{10} << 30) + 1), "11 GiB");
}

TEST(MemoryNeed, TheErrorSaysWhatWouldDo) {
  const Error error = over_limit(std::size_t{40} << 20, std::size_t{8} << 20, "market").error();
  EXPECT_EQ(error.exit_status(), 7);
  EXPECT_EQ(error.to_string(), "the data needs 40 MiB of memory, --memory-limit is 8 MiB: market; allow 41M");
}

TEST(MemoryNeed, WritingTakesFewerThreadsBeforeItGivesUp) {
  const catalog::State state;
  Context ctx = context(4);
  EXPECT_EQ(writing_context(ctx, state, 1'000'000'000, 0)->threads, 4);  // no limit
  ctx.memory_limit = std::size_t{4} << 30;
  EXPECT_EQ(writing_context(ctx, state, 8'000'000, 0)->threads, 4);
  ctx.memory_limit = std::size_t{1} << 30;
  const int fewer = writing_context(ctx, state, 8'000'000, 0)->threads;
  EXPECT_GE(fewer, 1);
  EXPECT_LT(fewer, 4);
  EXPECT_EQ(writing_context(ctx, state, 8'000'000, ctx.memory_limit).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace momentum::engine
