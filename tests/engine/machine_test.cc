// What `momentum --version` and `momentum doctor` say of this machine.

#include "momentum/engine/machine.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "momentum/kernels/kernel.h"
#include "momentum/kernels/tile.h"

namespace momentum::engine {
namespace {

TEST(Machine, LevelsAscendFromScalarAndOneIsInUse) {
  const auto machine = describe_machine(Context{});
  ASSERT_TRUE(machine.has_value());
  ASSERT_FALSE(machine->simd.empty());
  EXPECT_EQ(machine->simd.front(), SimdLevel::scalar);
  EXPECT_TRUE(std::is_sorted(machine->simd.begin(), machine->simd.end()));
  EXPECT_EQ(std::adjacent_find(machine->simd.begin(), machine->simd.end()), machine->simd.end());
  EXPECT_EQ(machine->in_use, machine->simd.back());  // `best`
}

TEST(Machine, ALevelAskedForIsTheOneInUse) {
  for (const SimdLevel level : kernels::supported_levels()) {
    Context ctx;
    ctx.simd = level;
    const auto machine = describe_machine(ctx);
    ASSERT_TRUE(machine.has_value());
    EXPECT_EQ(machine->in_use, level);
  }
}

TEST(Machine, ALevelItLacksIsAnErrorThatNamesThoseItHas) {
  const auto has = kernels::supported_levels();
  for (const SimdLevel level : {SimdLevel::sse4, SimdLevel::avx2, SimdLevel::avx512}) {
    if (std::find(has.begin(), has.end(), level) != has.end()) continue;
    Context ctx;
    ctx.simd = level;
    const auto machine = describe_machine(ctx);
    ASSERT_FALSE(machine.has_value());
    EXPECT_EQ(machine.error().code, ErrorCode::unsupported_simd);
    EXPECT_NE(machine.error().to_string().find("scalar"), std::string::npos);
    return;
  }
  GTEST_SKIP() << "this machine has every level";
}

TEST(Machine, FiguresAreOfThisMachineAndNotOfTheRequest) {
  Context one;
  one.threads = 1;
  const auto all = describe_machine(Context{}), limited = describe_machine(one);
  ASSERT_TRUE(all && limited);
  EXPECT_GE(all->cores, 1);
  EXPECT_EQ(limited->cores, all->cores);
  EXPECT_GT(all->memory_bytes, std::uint64_t{64} << 20);
  EXPECT_LT(all->memory_limit_bytes, all->memory_bytes);  // 0: none
  EXPECT_EQ(all->numerics_version, kernels::kNumericsVersion);
  EXPECT_EQ(std::count(all->arrow_version.begin(), all->arrow_version.end(), '.'), 2) << all->arrow_version;
  EXPECT_NE(all->build.find("optimised"), std::string::npos) << all->build;
}

}  // namespace
}  // namespace momentum::engine
