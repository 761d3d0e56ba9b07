// Factors do not depend on the order in which bars, calendars and suspensions come in.
#include "derive_again.h"

#include <gtest/gtest.h>

#include <memory>

#include "same_scan.h"
#include "stores.h"

namespace momentum::engine::testing {
namespace {

constexpr int kBars = 150;

// A market in which all but three have no bar on the 60th. The bars after gaps have another preclose than the close before them.
std::vector<std::pair<std::string, Rows>> market() {
  std::vector<std::pair<std::string, Rows>> out;
  const auto without = [](Rows rows, int first, int count) {
    rows.erase(rows.begin() + first, rows.begin() + first + count);
    rows[static_cast<std::size_t>(first)]["preclose"] = "5.00";
    return rows;
  };
  for (int i = 0; i < 6; ++i)
    out.emplace_back(fmt::format("{}.SH", 600000 + i), without(series(static_cast<std::uint32_t>(i), 0, kBars), 60, 1));
  out.emplace_back("600010.SH", without(series(10, 0, kBars), 80, 3));  // a gap over sessions
  out.emplace_back("600011.SH", without(series(11, 0, kBars), 58, 4));  // one over sessions and over the 60th
  out.emplace_back("600012.SH", series(12, 0, kBars));  // one of the three that trade on the 60th
  out.emplace_back("000001.SZ", without(series(13, 0, kBars), 100, 2));
  return out;
}

std::unique_ptr<Files> bars(std::size_t first = 0, std::size_t last = 99) {
  auto files = std::make_unique<Files>();
  const auto all = market();
  for (std::size_t i = first; i < std::min(last, all.size()); ++i) files->add(all[i].first, all[i].second);
  return files;
}

// Of Shanghai: every weekday but those of `closed`.
std::unique_ptr<Files> calendar(std::vector<int> closed) {
  auto files = std::make_unique<Files>();
  std::string text = "market,date\n";
  for (int i = 0; i < kBars + 20; ++i)
    if (std::ranges::find(closed, i) == closed.end()) text += fmt::format("SH,{}\n", to_string(weekday(i)));
  files->add_text("c.csv", text);
  return files;
}

std::unique_ptr<Files> suspensions() {
  auto files = std::make_unique<Files>();
  files->add_text("s.csv", fmt::format("code,from,to\n600010.SH,{},{}\n600011.SH,{},{}\n", to_string(weekday(80)),
                                       to_string(weekday(82)), to_string(weekday(58)), to_string(weekday(61))));
  return files;
}

ImportRequest of_kind(const Store& store, const Files& files, const std::string& kind) {
  ImportRequest request = store.request(files);
  request.kind = kind;
  return request;
}

// What two stores of the same facts must agree on, whatever their ids and snapshots.
void expect_same_facts(const Store& a, const Store& b) {
  const auto ours = a.state(), theirs = b.state();
  EXPECT_EQ(ours.sessions, theirs.sessions);
  EXPECT_EQ(ours.calendars, theirs.calendars);
  ASSERT_EQ(ours.instruments.size(), theirs.instruments.size());
  for (catalog::InstrumentRecord record : ours.instruments) {
    catalog::InstrumentRecord other = b.record(to_string(record.code));
    record.id = other.id;
    EXPECT_EQ(record, other) << to_string(record.code);
  }
  ScanRequest request;
  request.input.store = a.path();
  auto one = scanned(request);
  request.input.store = b.path();
  expect_same(one, scanned(request));
}

std::int64_t links(const Store& store) {
  std::int64_t count = 0;
  for (const auto& record : store.state().instruments)
    for (const auto& event : record.factors) count += event.link;
  return count;
}

// The 60th: of ten instruments three trade, which makes a session; a calendar that is closed then takes it away, and the jumps over
// it become links.
TEST(DeriveAgain, ACalendarMayComeBeforeOrAfterTheBars) {
  for (const std::vector<int>& closed : {std::vector<int>{60}, std::vector<int>{60, 80, 81, 82}, std::vector<int>{}}) {
    const Store first, last, between;
    first.import(of_kind(first, *calendar(closed), "calendar"));
    first.import(*bars());
    last.import(*bars());
    EXPECT_EQ(links(last), 0);
    const ImportReport report = last.import(of_kind(last, *calendar(closed), "calendar"));
    EXPECT_EQ(report.snapshot, 3);  // one commit
    expect_same_facts(first, last);
    const std::int64_t revised = closed.empty() ? 0 : closed.size() == 1 ? 6 : 7;
    EXPECT_EQ(links(last), revised);
    EXPECT_EQ(last.state().snapshot.account->revised, revised);  // so that gc keeps what was before
    between.import(*bars(0, 5));
    between.import(of_kind(between, *calendar(closed), "calendar"));
    between.import(*bars(5));
    expect_same_facts(first, between);
  }
}

TEST(DeriveAgain, ACalendarThatComesInPartsIsTheSame) {
  const Store whole, parts;
  whole.import(*bars());
  whole.import(of_kind(whole, *calendar({60}), "calendar"));
  parts.import(*bars());
  std::vector<int> later;
  for (int i = 70; i < kBars + 20; ++i) later.push_back(i);
  later.push_back(60);
  parts.import(of_kind(parts, *calendar(later), "calendar"));
  parts.import(of_kind(parts, *calendar({60}), "calendar"));
  expect_same_facts(whole, parts);
}

// The first file alone makes only its own days sessions; the others show that there were more.
TEST(DeriveAgain, LaterBarsMakeSessionsOfDaysInAnEarlierGap) {
  const Store at_once, one_by_one;
  at_once.import(*bars());
  one_by_one.import(*bars(6, 7));
  EXPECT_EQ(links(one_by_one), 1);  // nobody else says that the gap held sessions
  one_by_one.import(*bars(0, 6));
  EXPECT_EQ(one_by_one.record("600010.SH").factors[0].unverified, true);
  one_by_one.import(*bars(7));
  expect_same_facts(at_once, one_by_one);
}

TEST(DeriveAgain, SuspensionsMayComeBeforeOrAfterTheCalendar) {
  const Store first, last;
  first.import(*bars());
  first.import(of_kind(first, *calendar({60}), "calendar"));
  first.import(of_kind(first, *suspensions(), "suspensions"));
  last.import(*bars());
  last.import(of_kind(last, *suspensions(), "suspensions"));
  last.import(of_kind(last, *calendar({60}), "calendar"));
  expect_same_facts(first, last);
  EXPECT_EQ(links(last), 8);
}

// Instruments that turn out to be funds take their bars along to the sessions of funds.
TEST(DeriveAgain, AnotherKindIsAnotherGroup) {
  Files kind;
  kind.add_text("k.csv",
                "code,kind,from\n600012.SH,fund,2024-01-01\n000001.SZ,fund,2024-01-01\n"
                "600010.SH,fund,2024-01-01\n");
  const Store first, last;
  Files only;
  only.add("600012.SH", market()[8].second);
  first.import(of_kind(first, kind, "instruments"));
  first.import(*bars());
  last.import(*bars());
  EXPECT_EQ(links(last), 0);
  last.import(of_kind(last, kind, "instruments"));
  expect_same_facts(first, last);
  EXPECT_EQ(links(last), 6);  // the 60th is no session any more
  // a group that loses its last instrument has no sessions
  const Store alone;
  alone.import(only);
  alone.import(of_kind(alone, kind, "instruments"));
  ASSERT_EQ(alone.state().sessions.size(), 1u);
  EXPECT_EQ(alone.state().sessions[0].market, "etf");
}

// What says that no bars need be read.
TEST(DeriveAgain, OnlyWhatDependsIsDerived) {
  const std::vector<std::int32_t> days{10, 11, 15};
  catalog::InstrumentRecord record;
  const std::vector<Date> inside{{12}}, outside{{9}, {11}, {15}, {16}};
  EXPECT_FALSE(depends_on(record, days, inside));  // no jump at all
  record.factors = {{.day = {15}, .ratio = 2, .link = true}};
  EXPECT_TRUE(depends_on(record, days, inside));
  EXPECT_FALSE(depends_on(record, days, outside));
  EXPECT_FALSE(depends_on(record, days, {}));
  record.factors[0].day = {11};  // between neighbours lies nothing
  EXPECT_FALSE(depends_on(record, days, inside));
  record.factors[0] = {.day = {15}, .ratio = 2, .link = true, .stated = true};
  EXPECT_FALSE(depends_on(record, days, inside));
  record.factors[0] = {.day = {14}, .ratio = 1, .unverified = true};  // no bar of its day
  EXPECT_FALSE(depends_on(record, days, inside));
}

}  // namespace
}  // namespace momentum::engine::testing
