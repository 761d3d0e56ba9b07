#include "batch_memory_internal.h"

#include <gtest/gtest.h>

#include <cstring>

namespace momentum::store {
namespace {

TEST(BatchMemory, ComesBackToTheNext) {
  const auto memory = std::make_shared<BatchMemory>();
  const std::byte* first = nullptr;
  {
    const auto block = memory->take(1000);
    first = block.get();
  }
  EXPECT_EQ(memory->take(800).get(), first);
  EXPECT_EQ(memory->take(1000).get(), first);
}

TEST(BatchMemory, TwoAtOnceAreTwo) {
  const auto memory = std::make_shared<BatchMemory>();
  const auto a = memory->take(1000), b = memory->take(1000);
  std::memset(a.get(), 1, 1000);
  std::memset(b.get(), 2, 1000);
  EXPECT_EQ(a[999], std::byte{1});
}

TEST(BatchMemory, GrowsWhereItMust) {
  const auto memory = std::make_shared<BatchMemory>();
  memory->take(10);
  const auto block = memory->take(100'000);
  std::memset(block.get(), 1, 100'000);
  EXPECT_EQ(block[99'999], std::byte{1});
}

TEST(BatchMemory, ABlockOutlivesItsPool) {
  auto memory = std::make_shared<BatchMemory>();
  const std::weak_ptr watched = memory;
  auto block = memory->take(1000);
  memory.reset();
  std::memset(block.get(), 1, 1000);
  EXPECT_EQ(block[999], std::byte{1});
  block.reset();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace momentum::store
