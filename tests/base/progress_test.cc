#include "momentum/base/progress.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <thread>
#include <vector>

namespace momentum {
namespace {

using std::chrono::milliseconds;

struct Update {
  std::string stage;
  std::uint64_t done;
  std::uint64_t total;
  bool operator==(const Update&) const = default;
};

// Not locked on purpose: updates of one stage never overlap, and ThreadSanitizer watches.
class Recorder final : public ProgressSink {
 public:
  void update(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
    updates.push_back({std::string(stage), done, total});
  }
  std::vector<Update> updates;
};

TEST(Progress, FirstAndLastAreAlwaysReported) {
  Recorder sink;
  {
    Progress progress(&sink, "reading", 3);
    progress.advance();
    ASSERT_EQ(sink.updates.size(), 1u);
    EXPECT_EQ(sink.updates[0], (Update{"reading", 1, 3}));
    progress.advance(2);
    EXPECT_EQ(sink.updates.back(), (Update{"reading", 3, 3}));
  }
  EXPECT_EQ(sink.updates.size(), 2u);
}

TEST(Progress, LetsOneUpdateThroughPerInterval) {
  Recorder sink;
  Progress progress(&sink, "reading", 1000);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    progress.advance();
    ASSERT_EQ(sink.updates.size(), i);
    EXPECT_EQ(sink.updates.back().done, i);
    std::this_thread::sleep_for(milliseconds(51));
  }
}

TEST(Progress, ThrottledAndInOrderAcrossThreads) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kEach = 100000;
  Recorder sink;
  const auto begin = std::chrono::steady_clock::now();
  {
    Progress progress(&sink, "scoring", kThreads * kEach);
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::uint64_t i = 0; i < kEach; ++i) progress.advance();
      });
    }
  }
  // Reports are 50 ms apart by the same clock, however slow the machine is; one at the start and one at the end on top.
  const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  EXPECT_LE(sink.updates.size(), static_cast<std::size_t>(elapsed / milliseconds(50)) + 2);
  ASSERT_FALSE(sink.updates.empty());
  EXPECT_EQ(sink.updates.back(), (Update{"scoring", kThreads * kEach, kThreads * kEach}));
  for (std::size_t i = 1; i < sink.updates.size(); ++i) {
    EXPECT_LT(sink.updates[i - 1].done, sink.updates[i].done);
  }
}

TEST(Progress, WorkLeftEarlyReportsWhatWasDone) {
  Recorder sink;
  {
    Progress progress(&sink, "reading", 100);
    for (int i = 0; i < 7; ++i) progress.advance();
  }
  EXPECT_EQ(sink.updates.back(), (Update{"reading", 7, 100}));
  sink.updates.clear();
  {
    Progress nothing(&sink, "reading", 100);
  }
  EXPECT_TRUE(sink.updates.empty());
}

TEST(Progress, TooMuchIsReportedAsTotalOnce) {
  Recorder sink;
  {
    Progress progress(&sink, "reading", 10);
    progress.advance(25);
    progress.advance(25);
  }
  EXPECT_EQ(sink.updates, (std::vector<Update>{{"reading", 10, 10}}));
}

TEST(Progress, UnknownTotal) {
  Recorder sink;
  {
    Progress progress(&sink, "reading", 0);
    progress.advance(5);
    progress.advance(6);
  }
  ASSERT_FALSE(sink.updates.empty());
  EXPECT_EQ(sink.updates.front(), (Update{"reading", 5, 0}));
  EXPECT_EQ(sink.updates.back(), (Update{"reading", 11, 0}));
}

TEST(Progress, NoSink) {
  Progress progress(nullptr, "reading", 2);
  progress.advance();
  progress.advance(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace momentum
