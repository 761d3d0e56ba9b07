#include "session_days.h"

#include <gtest/gtest.h>

#include "stored_days.h"

namespace momentum::engine {
namespace {

std::vector<Date> dates(const DayList& days) {
  std::vector<Date> out;
  for (const std::int32_t day : days) out.push_back({day});
  return out;
}

TEST(SessionDays, EachGroupHasItsOwnWithCounts) {
  const DayList a{1, 2, 3, 5}, b{2, 3, 5}, us{1, 4};
  const std::vector<GroupDays> all{{"us", us}, {"a", a}, {"a", b}, {"etf", {}}};
  const auto sessions = session_days(all, {});
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0], (catalog::MarketDays{"a", dates({1, 2, 3, 5}), {1, 2, 2, 2}}));
  EXPECT_EQ(sessions[1], (catalog::MarketDays{"us", dates({1, 4}), {1, 1}}));
  EXPECT_EQ(sessions_of_group(sessions, "us"), &sessions[1]);
  EXPECT_EQ(sessions_of_group(sessions, "etf"), nullptr);
}

TEST(SessionDays, ADayOfFewBarsIsNone) {
  std::vector<DayList> many(30, DayList{1, 2, 4});
  many[0] = {1, 2, 3, 4};
  std::vector<GroupDays> all;
  for (const DayList& days : many) all.push_back({"a", days});
  EXPECT_EQ(session_days(all, {})[0].days, dates({1, 2, 4}));
  // unless a calendar says so
  const std::vector<catalog::MarketDays> calendars{{"SZ", dates({2, 3, 4, 9}), {}}};
  const auto said = session_days(all, calendars);
  EXPECT_EQ(said[0].days, dates({1, 2, 3, 4}));
  EXPECT_EQ(said[0].bars, (std::vector<std::int32_t>{30, 30, 1, 30}));
}

TEST(SessionDays, ACalendarRulesBetweenItsDaysOnly) {
  const DayList a{1, 2, 3, 4, 5, 6};
  const std::vector<GroupDays> all{{"a", a}};
  const auto with = [&](std::vector<catalog::MarketDays> calendars) { return session_days(all, calendars)[0].days; };
  EXPECT_EQ(with({{"SH", dates({3, 5}), {}}}), dates({1, 2, 3, 5, 6}));
  EXPECT_EQ(with({{"SH", dates({3, 5}), {}}, {"BJ", dates({4}), {}}}), dates({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(with({{"US", dates({3, 5}), {}}}), dates({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(with({{"SH", dates({-5, 2, 20}), {}}}), dates({2}));
}

}  // namespace
}  // namespace momentum::engine
