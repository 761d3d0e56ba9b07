#include "dated_runs.h"

#include <gtest/gtest.h>

namespace momentum::engine {
namespace {

Date day(int n) { return {n}; }
const Runs kTwo{{day(10), "A"}, {day(20), "B"}};
constexpr std::int32_t kDays[] = {9, 10, 15, 20, 25};

Runs merged(const Runs& stored, std::vector<std::string_view> words) {
  return merged_runs(stored, kDays, [&](std::size_t row) { return words[row]; });
}

TEST(DatedRuns, TextHoldsFromItsDayOn) {
  EXPECT_EQ(text_at(kTwo, day(9)), "");
  EXPECT_EQ(text_at(kTwo, day(10)), "A");
  EXPECT_EQ(text_at(kTwo, day(19)), "A");
  EXPECT_EQ(text_at(kTwo, day(2000)), "B");
  EXPECT_EQ(text_at({}, day(10)), "");
}

TEST(DatedRuns, WhereACallSaysNothingAllStays) {
  EXPECT_EQ(merged(kTwo, {"", "", "", "", ""}), kTwo);
  EXPECT_EQ(merged_runs(kTwo, {}, [](std::size_t) { return "C"; }), kTwo);
  const Runs outside{{day(1), "A"}, {day(40), "B"}};
  EXPECT_EQ(merged(outside, {"", "", "", "", ""}), outside);
  // a run that begins between two bars keeps its day
  const Runs between{{day(2), "A"}, {day(12), "B"}};
  EXPECT_EQ(merged(between, {"", "", "", "", ""}), between);
}

TEST(DatedRuns, WordsOfBarsBecomeRuns) {
  EXPECT_EQ(merged({}, {"X", "X", "Y", "Y", "X"}), (Runs{{day(9), "X"}, {day(15), "Y"}, {day(25), "X"}}));
  EXPECT_EQ(merged({}, {"", "X", "", "X", ""}), (Runs{{day(10), "X"}}));
}

TEST(DatedRuns, BarsBeforeAndAmongStoredOnes) {
  EXPECT_EQ(merged(kTwo, {"Z", "", "", "", ""}), (Runs{{day(9), "Z"}, {day(10), "A"}, {day(20), "B"}}));
  EXPECT_EQ(merged(kTwo, {"", "", "Z", "", ""}), (Runs{{day(10), "A"}, {day(15), "Z"}, {day(20), "B"}}));
  EXPECT_EQ(merged({{day(10), "A"}}, {"", "", "Z", "", ""}), (Runs{{day(10), "A"}, {day(15), "Z"}, {day(16), "A"}}));
  EXPECT_EQ(merged({{day(40), "Q"}}, {"X", "", "", "", ""}), (Runs{{day(9), "X"}, {day(40), "Q"}}));
}

TEST(DatedRuns, AStatementForSomeDays) {
  EXPECT_EQ(with_run(kTwo, day(12), day(14), "C"),
            (Runs{{day(10), "A"}, {day(12), "C"}, {day(15), "A"}, {day(20), "B"}}));
  EXPECT_EQ(with_run(kTwo, day(12), day(30), "C"), (Runs{{day(10), "A"}, {day(12), "C"}, {day(31), "B"}}));
  EXPECT_EQ(with_run(kTwo, day(12), Date{}, "C"), (Runs{{day(10), "A"}, {day(12), "C"}, {day(20), "B"}}));
  EXPECT_EQ(with_run(kTwo, day(20), Date{}, "C"), (Runs{{day(10), "A"}, {day(20), "C"}}));
  EXPECT_EQ(with_run(kTwo, day(20), Date{}, "A"), (Runs{{day(10), "A"}}));
  EXPECT_EQ(with_run({}, day(5), day(6), "C"), (Runs{{day(5), "C"}}));
  EXPECT_EQ(with_run(kTwo, day(12), Date{}, "A"), kTwo);
}

}  // namespace
}  // namespace momentum::engine
