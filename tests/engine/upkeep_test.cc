#include "momentum/engine/upkeep.h"

#include <gtest/gtest.h>

#include "momentum/engine/store_diff.h"
#include "stores.h"

namespace momentum::engine::testing {
namespace {

class Upkeep : public ::testing::Test {
 protected:
  Upkeep() {
    Files files;
    Rows rows = series(1, 0, 60);
    rows[30]["preclose"] = "1.23";
    files.add("600000.SH", rows);
    files.add("600001.SH", series(2, 0, 60));
    store_.import(files);
  }
  // One more commit, which changes records or sessions as `edit` says.
  template <class Edit>
  void commit(Edit&& edit) const {
    const auto lock = catalog::WriterLock::acquire({}, store_.path(), milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    const catalog::State state = catalog.load().value();
    catalog::Change change{.op = "test", .instruments = state.instruments, .sessions = state.sessions};
    edit(change);
    ASSERT_TRUE(catalog.commit({}, change, state.snapshot.id));
  }
  std::vector<std::string> findings(bool deep = true) const {
    const auto report = verify_store(context(), store_.path(), 0, deep);
    EXPECT_TRUE(report) << report.error().to_string();
    std::vector<std::string> out;
    for (const Error& finding : report->findings) out.push_back(finding.what);
    return out;
  }
  std::vector<std::string> differences(catalog::SnapshotId before, catalog::SnapshotId after) const {
    std::vector<std::string> out;
    const auto done = diff_store(context(), store_.path(), before, after, [&](const Difference& d) {
      out.push_back(std::string(d.what) + " " + d.code + " " + to_string(d.date) + " " + std::string(d.change) + " " +
                    d.field + " " + d.before + ">" + d.after);
    });
    EXPECT_TRUE(done) << done.error().to_string();
    return out;
  }
  Store store_;
};

TEST_F(Upkeep, AStoreThatIsWellHasNoFindings) {
  EXPECT_TRUE(findings().empty());
  const auto report = verify_store(context(), store_.path(), 0, false).value();
  EXPECT_EQ(report.snapshot, 2);
  EXPECT_EQ(report.rows, 120);
  EXPECT_EQ(verify_store(context(), store_.path(), 9, false).error().code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(verify_store(context(), store_.path() + "x", 0, false).error().code, ErrorCode::store_not_found);
}

TEST_F(Upkeep, FactorsThatTheBarsDoNotSay) {
  const std::vector<catalog::FactorEvent> good = store_.record("600000.SH").factors;
  ASSERT_EQ(good.size(), 1U);
  commit([&](catalog::Change& change) { change.instruments[0].factors[0].ratio *= 1.5; });
  EXPECT_EQ(findings(), (std::vector{"the factor of " + to_string(good[0].day) + " is not that of its closes"}));
  EXPECT_TRUE(findings(false).empty());
  commit([&](catalog::Change& change) { change.instruments[0].factors.clear(); });
  EXPECT_EQ(findings(),
            (std::vector{"no factor event on " + to_string(good[0].day) + ", where the previous close jumps"}));
  commit([&](catalog::Change& change) {
    change.instruments[0].factors = good;
    change.instruments[1].factors = {{.day = weekday(7), .ratio = 2, .link = true}};
  });
  EXPECT_EQ(findings(), (std::vector{"a factor event on " + to_string(weekday(7)) + ", where nothing jumps"}));
  // what a file of factors states is not to be found in bars
  commit([&](catalog::Change& change) { change.instruments[1].factors[0].stated = true; });
  EXPECT_TRUE(findings().empty());
}

TEST_F(Upkeep, SessionsOfOtherCounts) {
  commit([&](catalog::Change& change) { change.sessions[0].bars[3] = 7; });
  EXPECT_EQ(findings(), (std::vector{"the session " + to_string(weekday(3)) + " of a has 2 bars, not 7"}));
}

TEST_F(Upkeep, FactsThatChanged) {
  const std::string day = to_string(weekday(5));
  commit([&](catalog::Change& change) {
    change.instruments[0].board = "star";
    change.instruments[0].names = {{weekday(5), "甲"}};
    change.instruments[0].suspended = {weekday(5) + 500};
    change.instruments[1].factors = {{.day = weekday(5), .ratio = 0.5, .link = true}};
    change.sessions[0].bars[5] = 9;
    change.calendars = {{"SH", {weekday(5)}, {}}};
  });
  const std::string suspended = to_string(weekday(5) + 500);
  EXPECT_EQ(differences(2, 3),
            (std::vector<std::string>{"fact 600000.SH  corrected board " + store_.record("600001.SH").board + ">star",
                                      "fact 600000.SH " + day + " added name >甲",
                                      "fact 600000.SH  added suspended >1 days, " + suspended + ".." + suspended,
                                      "factor 600001.SH " + day + " added ratio >0.5 link",
                                      "session a " + day + " corrected bars 2>9", "calendar SH " + day + " added  >"}));
  EXPECT_EQ(differences(3, 2).size(), 6U);
  EXPECT_EQ(differences(1, 2).size(), 2U + 60 + 120);
}

TEST_F(Upkeep, ActionsAndLimitsThatChanged) {
  const auto yuan = [](int tenths) { return Decimal{tenths * (Decimal::kOne / 10)}; };
  const Date first = weekday(5), second = weekday(6);
  commit([&](catalog::Change& change) {
    change.instruments[0].actions = {{.day = first, .cash = yuan(5), .bonus = yuan(3)}};
    change.limits = {{first, {{0, yuan(110), yuan(90)}}}, {second, {{0, yuan(121), yuan(99)}, {1, {}, {}}}}};
  });
  commit([&](catalog::Change& change) {
    change.instruments[0].actions[0].cash = yuan(4);
    change.limits = {{second, {{0, yuan(122), yuan(99)}}}};
  });
  const std::string a = to_string(first), b = to_string(second);
  EXPECT_EQ(differences(2, 3),
            (std::vector<std::string>{
                "action 600000.SH " + a + " added  >cash 0.5, bonus 0.3", "limit 600000.SH " + a + " added  >9..11",
                "limit 600000.SH " + b + " added  >9.9..12.1", "limit 600001.SH " + b + " added  >0..0"}));
  EXPECT_EQ(differences(3, 4),
            (std::vector<std::string>{"action 600000.SH " + a + " corrected  cash 0.5, bonus 0.3>cash 0.4, bonus 0.3",
                                      "limit 600000.SH " + b + " corrected  9.9..12.1>9.9..12.2",
                                      "limit 600001.SH " + b + " removed  0..0>"}));
  EXPECT_EQ(differences(4, 2).size(), 3U);
  EXPECT_TRUE(findings().empty());
}

// What it is told to stay within changes no answer.
TEST_F(Upkeep, AMemoryLimitIsKept) {
  Context limited = context();
  limited.memory_limit = std::size_t{256} << 20;
  EXPECT_TRUE(verify_store(limited, store_.path(), 0, true)->findings.empty());
  EXPECT_TRUE(compact_store(limited, store_.path(), milliseconds(0)));
  limited.memory_limit = 1000;
  EXPECT_EQ(verify_store(limited, store_.path(), 0, true).error().code, ErrorCode::too_large);
  EXPECT_EQ(compact_store(limited, store_.path(), milliseconds(0)).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace momentum::engine::testing
