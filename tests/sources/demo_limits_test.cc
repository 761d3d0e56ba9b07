// Price limits: boards, dates, new listings and the rounding to the cent.

#include "demo_limits.h"

#include <gtest/gtest.h>

namespace momentum::sources::testing {
namespace {

constexpr std::int64_t kLongListed = 1000;
const Date kLongAgo = *make_date(1992, 1, 2);

DemoLimits limits(DemoBoard board, std::string_view day, bool st = false, std::int64_t preclose = 1000,
                  Date listed = kLongAgo, std::int64_t age = kLongListed) {
  return demo_limits(board, st, listed, age, *parse_date(day), preclose);
}

void expect_limits(const DemoLimits& got, std::int64_t up, std::int64_t down) {
  EXPECT_TRUE(got.bound);
  EXPECT_EQ(got.up, up);
  EXPECT_EQ(got.down, down);
}

// Published: limits of 2019-06-25 as the exchanges announced them (tushare's stk_limit sample).
TEST(DemoLimits, RoundsAsTheExchangeDoes) {
  const std::string_view day = "2019-06-25";
  expect_limits(limits(DemoBoard::main, day, false, 1369), 1506, 1232);
  expect_limits(limits(DemoBoard::main, day, false, 2813), 3094, 2532);
  expect_limits(limits(DemoBoard::main, day, false, 2286), 2515, 2057);
  expect_limits(limits(DemoBoard::main, day, false, 317), 349, 285);
  expect_limits(limits(DemoBoard::main, day, false, 389), 428, 350);
  expect_limits(limits(DemoBoard::main, day, true, 334), 351, 317);
  expect_limits(limits(DemoBoard::main, day, true, 137), 144, 130);
}

TEST(DemoLimits, FollowsTheBoardAndTheDay) {
  EXPECT_FALSE(limits(DemoBoard::main, "1996-12-13").bound);
  expect_limits(limits(DemoBoard::main, "1996-12-16"), 1100, 900);
  expect_limits(limits(DemoBoard::main, "2026-07-03", true), 1050, 950);
  expect_limits(limits(DemoBoard::main, "2026-07-06", true), 1100, 900);
  expect_limits(limits(DemoBoard::chinext, "2020-08-21"), 1100, 900);
  expect_limits(limits(DemoBoard::chinext, "2020-08-21", true), 1050, 950);
  expect_limits(limits(DemoBoard::chinext, "2020-08-24"), 1200, 800);
  expect_limits(limits(DemoBoard::chinext, "2020-08-24", true), 1200, 800);
  expect_limits(limits(DemoBoard::star, "2020-01-02"), 1200, 800);
  expect_limits(limits(DemoBoard::bse, "2022-01-04"), 1300, 700);
}

TEST(DemoLimits, LeavesNewListingsFree) {
  const auto listed = [](DemoBoard board, std::string_view day, std::int64_t age) {
    return limits(board, day, false, 1000, *parse_date(day), age);
  };
  expect_limits(listed(DemoBoard::main, "2023-04-07", 0), 1440, 640);
  expect_limits(listed(DemoBoard::main, "2023-04-07", 1), 1100, 900);
  expect_limits(listed(DemoBoard::chinext, "2020-08-21", 0), 1440, 640);
  EXPECT_FALSE(listed(DemoBoard::bse, "2024-01-02", 0).bound);
  expect_limits(listed(DemoBoard::bse, "2024-01-02", 1), 1300, 700);
  EXPECT_FALSE(listed(DemoBoard::main, "2023-04-10", 4).bound);
  expect_limits(listed(DemoBoard::main, "2023-04-10", 5), 1100, 900);
  EXPECT_FALSE(listed(DemoBoard::chinext, "2020-08-24", 4).bound);
  EXPECT_FALSE(listed(DemoBoard::star, "2019-07-22", 4).bound);
  expect_limits(listed(DemoBoard::star, "2019-07-22", 5), 1200, 800);
}

TEST(DemoLimits, AreATickAwayAtLeast) {
  expect_limits(limits(DemoBoard::main, "2024-01-02", false, 4), 5, 3);
  expect_limits(limits(DemoBoard::main, "2024-01-02", true, 9), 10, 8);
  expect_limits(limits(DemoBoard::main, "2024-01-02", false, 1), 2, 1);
}

}  // namespace
}  // namespace momentum::sources::testing
