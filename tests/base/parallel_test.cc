#include "momentum/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <mutex>
#include <new>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace momentum {
namespace {

// Only stopping ends a loop of this length.
constexpr std::size_t kEndless = std::numeric_limits<std::size_t>::max() / 2;

class ParallelFor : public testing::TestWithParam<int> {
 protected:
  ParallelFor() { ctx_.threads = GetParam(); }
  Context ctx_;
};

TEST_P(ParallelFor, CallsEveryIndexOnce) {
  for (const std::size_t n : {0, 1, 2, 3, 7, 8, 9, 64, 1000, 20000}) {
    std::vector<int> calls(n);  // plain ints: each is written by one body, and read after the join
    std::atomic<std::size_t> total = 0;
    const auto done = parallel_for(ctx_, n, [&](std::size_t i) -> Result<void> {
      ++calls[i];
      ++total;
      return {};
    });
    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(total, n);
    EXPECT_EQ(calls, std::vector<int>(n, 1));
  }
}

TEST_P(ParallelFor, NeverUsesMoreThreadsThanAllowed) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ASSERT_TRUE(parallel_for(ctx_, 300, [&](std::size_t) -> Result<void> {
                const int now = ++running;
                int seen = most;
                while (now > seen && !most.compare_exchange_weak(seen, now)) {
                }
                std::this_thread::sleep_for(std::chrono::microseconds(100));
                {
                  const std::lock_guard lock(mutex);
                  threads.insert(std::this_thread::get_id());
                }
                --running;
                return {};
              }).has_value());
  EXPECT_LE(most, ctx_.thread_count());
  EXPECT_GE(most, 1);
  if (GetParam() == 1) {
    EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
  }
}

TEST_P(ParallelFor, ReturnsTheErrorOfTheSmallestIndexAndStops) {
  for (int round = 0; round < 200; ++round) {
    const auto done = parallel_for(ctx_, kEndless, [&](std::size_t i) -> Result<void> {
      if (i < 37) return {};
      // Later ones fail sooner.
      if (i == 37) std::this_thread::yield();
      return fail(ErrorCode::bad_value, "failed", std::to_string(i));
    });
    ASSERT_FALSE(done.has_value());
    ASSERT_EQ(done.error().where, "37");
    ASSERT_EQ(done.error().code, ErrorCode::bad_value);
  }
}

// Two bodies at once, both failing; whichever reports last, the smaller index is returned.
TEST_P(ParallelFor, TheSmallestIndexWinsInWhateverOrderTheyFail) {
  constexpr std::chrono::milliseconds kMoment(1);
  for (const std::size_t late : {std::size_t{10}, std::size_t{11}}) {
    for (int round = 0; round < 5; ++round) {
      std::atomic<int> running = 0;
      const auto done = parallel_for(ctx_, kEndless, [&](std::size_t i) -> Result<void> {
        if (i < 10) return {};
        // They wait for each other; where there is no second thread to be had the other one never comes.
        ++running;
        for (int wait = 0; wait < 20 && running < 2; ++wait) std::this_thread::sleep_for(kMoment);
        if (i == late) std::this_thread::sleep_for(2 * kMoment);
        return fail(ErrorCode::bad_value, "failed", std::to_string(i));
      });
      ASSERT_FALSE(done.has_value());
      ASSERT_EQ(done.error().where, "10");
    }
  }
}

TEST_P(ParallelFor, BeginsNothingAfterCancellation) {
  CancelToken token;
  ctx_.cancel = &token;
  std::atomic<int> begun_late = 0;
  const auto done = parallel_for(ctx_, kEndless, [&](std::size_t i) -> Result<void> {
    if (token.cancelled()) ++begun_late;
    if (i == 20) token.cancel();
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::interrupted);
  // Each other thread may have polled just before.
  EXPECT_LE(begun_late, ctx_.thread_count() - 1);
}

TEST_P(ParallelFor, CancelledBeforehandRunsNothing) {
  CancelToken token;
  token.cancel();
  ctx_.cancel = &token;
  std::atomic<int> calls = 0;
  const auto body = [&](std::size_t) -> Result<void> {
    ++calls;
    return {};
  };
  for (const std::size_t n : {1, 2, 100}) {
    const auto done = parallel_for(ctx_, n, body);
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, ErrorCode::interrupted);
  }
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(parallel_for(ctx_, 0, body).has_value());
}

TEST_P(ParallelFor, CancelledByTheLastBodyIsDone) {
  CancelToken token;
  ctx_.cancel = &token;
  std::atomic<std::size_t> begun = 0;
  constexpr std::size_t kCount = 50;
  const auto done = parallel_for(ctx_, kCount, [&](std::size_t) -> Result<void> {
    if (++begun == kCount) token.cancel();
    return {};
  });
  EXPECT_TRUE(done.has_value());
  EXPECT_EQ(begun, kCount);
}

TEST_P(ParallelFor, ABodysOwnErrorIsNotHiddenByCancellation) {
  CancelToken token;
  ctx_.cancel = &token;
  const auto done = parallel_for(ctx_, kEndless, [&](std::size_t i) -> Result<void> {
    if (i != 5) return {};
    token.cancel();
    return fail(ErrorCode::disk_full, "disk full");
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::disk_full);
}

TEST_P(ParallelFor, ExceptionsBecomeErrors) {
  const auto thrown = [&](auto&& thrower) {
    const auto done = parallel_for(ctx_, 100, [&](std::size_t i) -> Result<void> {
      if (i == 3) thrower();
      return {};
    });
    EXPECT_FALSE(done.has_value());
    return done ? Error{} : done.error();
  };
  EXPECT_EQ(thrown([] { throw std::bad_alloc(); }).code, ErrorCode::out_of_memory);
  const Error error = thrown([] { throw std::runtime_error("broken"); });
  EXPECT_EQ(error.code, ErrorCode::internal);
  EXPECT_EQ(error.where, "broken");
  EXPECT_EQ(thrown([] { throw 42; }).code, ErrorCode::internal);
}

TEST_P(ParallelFor, NestsWithoutMixingBodiesOnAThread) {
  constexpr std::size_t kOuter = 40;
  constexpr std::size_t kInner = 25;
  std::vector<std::size_t> sums(kOuter);
  static thread_local int depth = 0;
  std::atomic<int> mixed = 0;
  const auto done = parallel_for(ctx_, kOuter, [&](std::size_t outer) -> Result<void> {
    if (depth++ != 0) ++mixed;
    std::atomic<std::size_t> sum = 0;
    const Result<void> inner = parallel_for(ctx_, kInner, [&](std::size_t i) -> Result<void> {
      sum += i;
      return {};
    });
    sums[outer] = sum;
    --depth;
    return inner;
  });
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(mixed, 0);
  EXPECT_EQ(sums, std::vector<std::size_t>(kOuter, kInner * (kInner - 1) / 2));
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelFor, testing::Values(1, 2, 3, 8, 0));

TEST(ParallelForOneThread, RunsInOrderOnTheCallersThreadAndStopsAtOnce) {
  Context ctx;
  ctx.threads = 1;
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<std::size_t> order;
  const auto done = parallel_for(ctx, 100, [&](std::size_t i) -> Result<void> {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(i);
    if (i == 41) return fail(ErrorCode::bad_value, "failed");
    return {};
  });
  ASSERT_FALSE(done.has_value());
  std::vector<std::size_t> expected(42);
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  EXPECT_EQ(order, expected);
}

TEST(ParallelForOneIndex, RunsOnTheCallersThread) {
  Context ctx;
  ctx.threads = 8;
  std::thread::id id;
  ASSERT_TRUE(parallel_for(ctx, 1, [&](std::size_t) -> Result<void> {
                id = std::this_thread::get_id();
                return {};
              }).has_value());
  EXPECT_EQ(id, std::this_thread::get_id());
}

// Nothing is shared between calls.
TEST(ParallelForConcurrentCalls, DoNotDisturbEachOther) {
  std::vector<std::size_t> sums(4);
  {
    std::vector<std::jthread> callers;
    for (std::size_t c = 0; c < sums.size(); ++c) {
      callers.emplace_back([&sums, c] {
        Context ctx;
        ctx.threads = 3;
        std::atomic<std::size_t> sum = 0;
        const auto done = parallel_for(ctx, 2000, [&](std::size_t i) -> Result<void> {
          sum += i * (c + 1);
          return {};
        });
        sums[c] = done ? sum.load() : 0;
      });
    }
  }
  for (std::size_t c = 0; c < sums.size(); ++c) EXPECT_EQ(sums[c], 1999000 * (c + 1));
}

}  // namespace
}  // namespace momentum
