#include "momentum/base/context.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <thread>

namespace momentum {
namespace {

class At final : public Clock {
 public:
  explicit At(std::int64_t unix_seconds) : time_(std::chrono::seconds(unix_seconds)) {}
  std::chrono::system_clock::time_point now() const override { return time_; }

 private:
  std::chrono::system_clock::time_point time_;
};

TEST(Clock, TodayIsTheDayInShanghai) {
  // 2024-02-28 16:00:00 UTC is midnight of the leap day in Shanghai.
  constexpr std::int64_t kMidnight = 1709136000;
  EXPECT_EQ(to_string(At(kMidnight - 1).today()), "2024-02-28");
  EXPECT_EQ(to_string(At(kMidnight).today()), "2024-02-29");
  EXPECT_EQ(to_string(At(kMidnight + 86399).today()), "2024-02-29");
  EXPECT_EQ(to_string(At(kMidnight + 86400).today()), "2024-03-01");
  EXPECT_EQ(to_string(At(0).today()), "1970-01-01");
  EXPECT_EQ(to_string(At(-8 * 3600 - 1).today()), "1969-12-31");
}

TEST(Clock, TodayDoesNotDependOnTheMachinesZone) {
  const char* const before = std::getenv("TZ");
  const std::string saved = before == nullptr ? "" : before;
  for (const char* zone : {"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"}) {
    setenv("TZ", zone, 1);
    tzset();
    EXPECT_EQ(to_string(At(1709136000).today()), "2024-02-29") << zone;
    EXPECT_EQ(to_string(FixedClock(*make_date(2024, 2, 29)).today()), "2024-02-29") << zone;
  }
  before == nullptr ? unsetenv("TZ") : setenv("TZ", saved.c_str(), 1);
  tzset();
}

TEST(Clock, FixedClockStaysOnItsDay) {
  for (Date day = *make_date(1678, 1, 1); day <= *make_date(2261, 12, 31); day = day + 1) {
    ASSERT_EQ(FixedClock(day).today(), day);
  }
  EXPECT_EXIT(static_cast<void>(FixedClock(Date{}).now()), testing::ExitedWithCode(1), "check failed");
  EXPECT_EXIT(static_cast<void>(FixedClock(*make_date(2999, 1, 1)).now()), testing::ExitedWithCode(1), "check failed");
}

TEST(Clock, SystemClockIsTheSystems) {
  const auto before = std::chrono::system_clock::now();
  const auto now = system_clock().now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(Context, ThreadCount) {
  Context ctx;
  EXPECT_GE(ctx.thread_count(), 1);
  ctx.threads = 1;
  EXPECT_EQ(ctx.thread_count(), 1);
  ctx.threads = 37;
  EXPECT_EQ(ctx.thread_count(), 37);
  ctx.threads = -1;
  EXPECT_EQ(ctx.thread_count(), Context{}.thread_count());
}

TEST(Context, ThreadCountFollowsTheAffinity) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  EXPECT_LE(Context{}.thread_count(), CPU_COUNT(&allowed));
  int first = 0;
  while (!CPU_ISSET(first, &allowed)) ++first;
  int count = 0;
  std::thread([&] {  // the mask belongs to the thread and goes with it
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    if (sched_setaffinity(0, sizeof one, &one) == 0) count = Context{}.thread_count();
  })
      .join();
  EXPECT_EQ(count, 1);
}

TEST(Context, Cancel) {
  Context ctx;
  EXPECT_FALSE(ctx.cancelled());
  CancelToken token;
  ctx.cancel = &token;
  EXPECT_FALSE(ctx.cancelled());
  token.cancel();
  EXPECT_TRUE(ctx.cancelled());
  EXPECT_EQ(Context::interrupted().error().exit_status(), 130);
}

}  // namespace
}  // namespace momentum
