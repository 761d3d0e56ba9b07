#include "momentum/panel/adjustment.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace momentum::panel {
namespace {

using Days = std::vector<std::int32_t>;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Bars 10 -> 11 -> 12 -> 13; the third opens from a preclose of half the close before it: a jump of 2.
struct Case {
  Days dates{10, 11, 12, 13};
  std::vector<double> close{8.0, 10.0, 5.5, 6.0};
  std::vector<double> preclose{kMissing, 8.0, 5.0, 5.5};
  Days sessions{10, 11, 12, 13}, suspended, quarantined;
  bool gaps_are_suspensions = false;
  Date factors_from;

  Factors derive() const {
    return derive_factors(
        {dates, close, preclose, sessions, suspended, quarantined, gaps_are_suspensions, factors_from});
  }
};

void expect(const Factors& found, const std::vector<double>& factor, const std::vector<Date>& links,
            const std::vector<Date>& unverified = {}) {
  EXPECT_EQ(found.factor, factor);
  EXPECT_EQ(found.links, links);
  EXPECT_EQ(found.unverified, unverified);
}

const std::vector<double> kNone{1.0, 1.0, 1.0, 1.0}, kTwo{1.0, 1.0, 2.0, 2.0};

TEST(Factors, TakeAJumpBetweenNeighbouringSessions) { expect(Case().derive(), kTwo, {Date{12}}); }

// The refused row may have been the ex-day, whether or not the market's sessions know of it.
TEST(Factors, AreNotTakenOverARefusedRow) {
  Case c;
  c.dates = {10, 11, 14, 15};
  c.quarantined = {12};
  for (const bool known : {false, true}) {
    c.sessions = known ? Days{10, 11, 12, 14, 15} : Days{10, 11, 14, 15};
    c.gaps_are_suspensions = known;
    expect(c.derive(), kNone, {}, {Date{14}});
  }
  c.quarantined = {11, 14};  // not strictly between
  c.sessions = {10, 11, 14, 15};
  expect(c.derive(), kTwo, {Date{14}});
}

TEST(Factors, SayThatAJumpAfterAMissingCloseIsNotTaken) {
  Case c;
  c.close[1] = kMissing;  // preclose 5 of day 12 against 8, the last close there is
  expect(c.derive(), kNone, {}, {Date{12}});
  c.preclose[2] = 8.0;
  expect(c.derive(), kNone, {});
}

TEST(Factors, AreOneWithoutPreclose) {
  Case c;
  c.preclose.clear();
  expect(c.derive(), kNone, {});
}

TEST(Factors, AreOneWherePrecloseIsTheCloseBefore) {
  Case c;
  c.preclose = {kMissing, 8.0, 10.0, 5.5};
  expect(c.derive(), kNone, {});
}

TEST(Factors, OfNoBarsAndOfOne) {
  Case c;
  c.dates = {};
  c.close = c.preclose = {};
  expect(c.derive(), {}, {});
  c.dates = {10};
  c.close = {8.0};
  c.preclose = {4.0};  // of the first bar: there is nothing before it to link to
  expect(c.derive(), {1.0}, {});
}

TEST(Factors, KeepTheirValueWhereAPriceIsMissingOrNotAPrice) {
  for (const double none : {kMissing, 0.0, -5.0}) {
    Case preclose;
    preclose.preclose[2] = none;
    expect(preclose.derive(), kNone, {});
    Case before;
    before.close[1] = none;
    expect(before.derive(), kNone, {}, {Date{12}});
  }
  Case now;  // the day's own close plays no part
  now.close[2] = now.preclose[3] = kMissing;
  expect(now.derive(), kTwo, {Date{12}});
}

// A session between the two bars: the close before the jump may not be the price the preclose was made from.
TEST(Factors, RefuseAJumpOverASessionUnlessItWasASuspension) {
  Case c;
  c.dates = {10, 11, 15, 16};
  c.sessions = {10, 11, 12, 15, 16};
  expect(c.derive(), kNone, {}, {Date{15}});
  c.gaps_are_suspensions = true;
  expect(c.derive(), kTwo, {Date{15}});
  c.gaps_are_suspensions = false;
  c.suspended = {12};
  expect(c.derive(), kTwo, {Date{15}});
  c.sessions = {10, 11, 12, 13, 15, 16};  // one of the two is not known
  expect(c.derive(), kNone, {}, {Date{15}});
  c.suspended = {12, 13};
  expect(c.derive(), kTwo, {Date{15}});
  c.suspended = {13};
  expect(c.derive(), kNone, {}, {Date{15}});
}

TEST(Factors, RefuseAJumpOverARefusedRow) {
  Case c;
  c.dates = {10, 11, 15, 16};
  c.sessions = {10, 11, 12, 15, 16};
  c.quarantined = {12};
  c.gaps_are_suspensions = true;
  expect(c.derive(), kNone, {}, {Date{15}});
  c.suspended = {12};
  expect(c.derive(), kNone, {}, {Date{15}});
  c.quarantined = {11, 15};  // the bars themselves do not lie between
  expect(c.derive(), kTwo, {Date{15}});
}

TEST(Factors, DaysThatAreNoSessionsDoNotSeparate) {
  Case c;
  c.dates = {10, 11, 15, 16};
  c.sessions = {10, 11, 15, 16};
  expect(c.derive(), kTwo, {Date{15}});
}

TEST(Factors, StartOnTheGivenDay) {
  Case c;
  c.factors_from = Date{12};
  expect(c.derive(), kTwo, {Date{12}});
  c.factors_from = Date{13};
  expect(c.derive(), kNone, {}, {Date{12}});
}

// F x (close / preclose), each rounded once: not (F x close) / preclose, which differs in the last place for these.
TEST(Factors, RoundTheRatioFirst) {
  Case c;
  c.close = {10.0, 1.0, 7.3, 7.3};
  c.preclose = {kMissing, 9.7, 0.91, 6.1};
  const double first = 10.0 / 9.7, second = first * (1.0 / 0.91), third = second * (7.3 / 6.1);
  ASSERT_NE(first * 1.0 / 0.91, second) << "the numbers do not tell the two orders apart";
  expect(c.derive(), {1.0, first, second, third}, {Date{11}, Date{12}, Date{13}});
}

TEST(Sessions, NeedFivePercentOfTheListed) {
  // 40 instruments listed from day 0 to 100: 2 of them make a session, 1 does not.
  std::vector<Days> days(40, Days{0, 100});
  days[0] = {0, 50, 60, 100};
  days[1] = {0, 50, 100};
  const std::vector<std::span<const std::int32_t>> series(days.begin(), days.end());
  EXPECT_EQ(infer_sessions(series), (Days{0, 50, 100}));
}

TEST(Sessions, CountWhoHadABarWithinAYear) {
  std::vector<Days> days(40, Days{0, 10});
  days[0] = {0, 5, 10};             // 1 of 40
  days.push_back({20, 375, 376, 400});  // 1 of 41 up to 375 = 10 + 365, alone from 376 on
  const std::vector<std::span<const std::int32_t>> series(days.begin(), days.end());
  EXPECT_EQ(infer_sessions(series), (Days{0, 10, 376, 400}));
}

TEST(Sessions, CountAgainWhoComesBackAfterYears) {
  std::vector<Days> days(40, Days{0, 2000, 2010});
  days[0] = {0, 1000, 2000, 2005, 2010};  // alone on 1000, 1 of 40 on 2005
  const std::vector<std::span<const std::int32_t>> series(days.begin(), days.end());
  EXPECT_EQ(infer_sessions(series), (Days{0, 1000, 2000, 2010}));
}

// What is no session yet with the bars known on a day must not become one, or stop being one, by later bars.
TEST(Sessions, DoNotDependOnLaterBars) {
  std::vector<Days> days(40, Days{0, 1, 2, 7, 8});
  days[0] = {0, 1, 2, 4, 7, 8, 12, 13};  // stray bars: on 4 in the middle, on 12 and 13 at the end
  const std::vector<std::span<const std::int32_t>> series(days.begin(), days.end());
  const Days whole = infer_sessions(series);
  EXPECT_EQ(whole, (Days{0, 1, 2, 7, 8}));
  for (const std::int32_t end : {1, 2, 4, 7, 8, 12, 13}) {
    std::vector<Days> cut = days;
    for (auto& list : cut) std::erase_if(list, [&](std::int32_t day) { return day > end; });
    const std::vector<std::span<const std::int32_t>> known(cut.begin(), cut.end());
    Days wanted = whole;
    std::erase_if(wanted, [&](std::int32_t day) { return day > end; });
    EXPECT_EQ(infer_sessions(known), wanted) << end;
  }
}

TEST(Sessions, OfNothing) {
  EXPECT_TRUE(infer_sessions({}).empty());
  const std::vector<std::span<const std::int32_t>> empty(3);
  EXPECT_TRUE(infer_sessions(empty).empty());
}

// The case's prices and its answer were computed by an implementation that is not ours.
TEST(Factors, GiveTheGoldenFactorOfTwoExDates) {
  const std::filesystem::path folder = std::filesystem::path(MOMENTUM_SOURCE_DIR) / "../shared/golden/classic";
  std::ifstream bars(folder / "30_two_ex_dates.csv"), answer(folder / "30_two_ex_dates.json");
  if (!bars || !answer) GTEST_SKIP() << "no golden case 30 beside the tree";
  Days dates;
  std::vector<double> close, preclose;
  std::string line;
  std::getline(bars, line);
  ASSERT_EQ(line, "date,open,high,low,close,vol,preclose");
  while (std::getline(bars, line)) {
    std::vector<std::string> cells;
    std::istringstream split(line + ",");
    for (std::string cell; std::getline(split, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 7u) << line;
    const auto number = [](const std::string& cell) {
      double v = kMissing;
      std::from_chars(cell.data(), cell.data() + cell.size(), v);
      return v;
    };
    dates.push_back(parse_date(cells[0])->days);
    close.push_back(number(cells[4]));
    preclose.push_back(number(cells[6]));
  }
  const std::string text((std::istreambuf_iterator<char>(answer)), {});
  const std::string key = "\"factor_last\": ";
  const std::size_t at = text.find(key);
  ASSERT_NE(at, std::string::npos);
  double wanted = 0.0;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), wanted);

  FactorInput input{dates, close, preclose, dates, {}, {}, false, {}};
  const Factors factors = derive_factors(input);
  EXPECT_EQ(factors.factor.back(), wanted);
  EXPECT_EQ(factors.links.size(), 2u);
  EXPECT_TRUE(factors.unverified.empty());
}

}  // namespace
}  // namespace momentum::panel
