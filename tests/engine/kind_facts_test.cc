#include "kind_facts.h"

#include <gtest/gtest.h>

#include <array>

namespace momentum::engine {
namespace {

using sources::FactorPoint;
using sources::InstrumentFact;
using sources::Suspension;

const Instrument kBank{"600000", Market::SH}, kOld{"430047", Market::BJ}, kNew{"920047", Market::BJ};
Date day(int month, int of_month) { return *make_date(2024, month, of_month); }

// 600000.SH with bars on 2 and 3 January, 430047.BJ without any. Today is 31 January 2024, a Wednesday.
struct Known {
  catalog::State state;
  std::vector<DayList> days{{day(1, 2).days, day(1, 3).days}, {}};
  Known() { state.instruments = {new_record(0, kBank), new_record(1, kOld)}; }
  Facts facts() const { return Facts(state, days, day(1, 31)); }
};

InstrumentFact fact(const Instrument& id) {
  InstrumentFact out;
  out.id = id;
  return out;
}

TEST(KindFacts, NamesListingsAndKind) {
  const Known known;
  Facts facts = known.facts();
  InstrumentFact row = fact(kBank);
  row.name = "银行";
  row.kind = Kind::fund;
  row.board = "star";
  row.listed = day(1, 1);
  row.industry = "金融";
  EXPECT_EQ(facts.apply(row), "");
  EXPECT_EQ(facts.apply(row), "");
  EXPECT_EQ(facts.told(), 1);
  EXPECT_EQ(facts.known(), 1);
  row.name = "新银行";  // undated, and another one stands: from today
  row.delisted = day(1, 30);
  EXPECT_EQ(facts.apply(row), "");
  const auto changed = facts.changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].names, (std::vector<catalog::DatedText>{{day(1, 1), "银行"}, {day(1, 31), "新银行"}}));
  EXPECT_EQ(changed[0].industries, (std::vector<catalog::DatedText>{{day(1, 1), "金融"}}));
  EXPECT_EQ(changed[0].listings, (std::vector<catalog::Listing>{{day(1, 1), day(1, 30)}}));
  EXPECT_EQ(changed[0].kind, Kind::fund);
  EXPECT_EQ(changed[0].board, "star");
}

TEST(KindFacts, AnUndatedNameHoldsFromTheFirstBar) {
  const Known known;
  Facts facts = known.facts();
  InstrumentFact row = fact(kBank);
  row.name = "银行";
  EXPECT_EQ(facts.apply(row), "");
  EXPECT_EQ(facts.changed()[0].names, (std::vector<catalog::DatedText>{{day(1, 2), "银行"}}));
}

TEST(KindFacts, ListingsAreCompletedOrAdded) {
  const Known known;
  Facts facts = known.facts();
  const auto list = [&](Date listed, Date delisted) {
    InstrumentFact row = fact(kBank);
    row.listed = listed;
    row.delisted = delisted;
    EXPECT_EQ(facts.apply(row), "");
    return facts.changed()[0].listings;
  };
  EXPECT_EQ(list({}, day(3, 1)), (std::vector<catalog::Listing>{{Date{}, day(3, 1)}}));
  EXPECT_EQ(list(day(2, 1), {}), (std::vector<catalog::Listing>{{day(2, 1), day(3, 1)}}));
  EXPECT_EQ(list(day(5, 1), {}), (std::vector<catalog::Listing>{{day(2, 1), day(3, 1)}, {day(5, 1), Date{}}}));
  EXPECT_EQ(list({}, day(6, 1)), (std::vector<catalog::Listing>{{day(2, 1), day(3, 1)}, {day(5, 1), day(6, 1)}}));
}

TEST(KindFacts, NewInstrumentsSayTheirMarket) {
  const Known known;
  Facts facts = known.facts();
  EXPECT_EQ(facts.apply(fact({"600009", Market::SH})), "");
  EXPECT_EQ(facts.apply(fact({"600008", Market::SH})), "");
  EXPECT_EQ(facts.apply(fact({"600009", Market::SH})), "");
  EXPECT_EQ(facts.apply(fact({"600010", Market::none})), "a new instrument without its market");
  EXPECT_EQ(facts.apply(fact({"600000", Market::none})), "");
  const auto changed = facts.changed();
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[0].id, 2);
  EXPECT_EQ(to_string(changed[1].code), "600008.SH");
  EXPECT_EQ(facts.told(), 3);  // a row that makes an instrument tells something whenever it comes
}

TEST(KindFacts, ACodeThatGoesOnIsTheCurrentOne) {
  const Known known;
  Facts facts = known.facts();
  InstrumentFact row = fact(kNew);
  row.alias_of = kOld;
  row.from = day(2, 1);
  EXPECT_EQ(facts.apply(row), "");
  EXPECT_EQ(facts.apply(row), "");
  EXPECT_EQ(facts.known(), 1);
  const auto changed = facts.changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].code, kNew);
  EXPECT_EQ(changed[0].aliases, (std::vector<catalog::CodeAlias>{{kOld, Date{}, day(1, 31)}}));
}

TEST(KindFacts, ACodeThatEndedIsAnAlias) {
  const Known known;
  Facts facts = known.facts();
  InstrumentFact row = fact({"830000", Market::BJ});
  row.alias_of = kOld;
  row.to = day(1, 1);
  EXPECT_EQ(facts.apply(row), "");
  EXPECT_EQ(facts.changed()[0].code, kOld);
  EXPECT_EQ(facts.changed()[0].aliases, (std::vector<catalog::CodeAlias>{{row.id, Date{}, day(1, 1)}}));
  row.id = kBank;
  EXPECT_EQ(facts.apply(row), "this code is another instrument of the store");
  row.alias_of = Instrument{"000009", Market::SZ};
  EXPECT_EQ(facts.apply(row), "no such instrument in the store");
}

TEST(KindFacts, SuspensionsAreWeekdaysWithoutABar) {
  const Known known;
  Facts facts = known.facts();
  EXPECT_EQ(facts.apply(Suspension{kBank, day(1, 3), day(1, 8)}), "");
  EXPECT_EQ(facts.changed()[0].suspended, (std::vector<Date>{day(1, 4), day(1, 5), day(1, 8)}));
  EXPECT_EQ(facts.apply(Suspension{kBank, day(1, 4), day(1, 5)}), "");
  EXPECT_EQ(facts.known(), 1);
  EXPECT_EQ(facts.apply(Suspension{kBank, day(1, 30), Date{}}), "");  // until today
  EXPECT_EQ(facts.changed()[0].suspended, (std::vector<Date>{day(1, 4), day(1, 5), day(1, 8), day(1, 30), day(1, 31)}));
  EXPECT_EQ(facts.apply(Suspension{{"000009", Market::SZ}, day(1, 4), {}}), "no such instrument in the store");
}

TEST(KindFacts, FactorsBecomeRatiosBetweenTheirFirstAndLastDay) {
  Known known;
  known.state.instruments[0].factors = {{.day = day(1, 3), .link = true}, {.day = day(1, 9), .unverified = true}};
  Facts facts = known.facts();
  const std::vector<FactorPoint> points{
      {kBank, day(1, 2), 2}, {kBank, day(1, 3), 3}, {kBank, day(1, 4), 3}, {kBank, day(1, 5), 3}};
  EXPECT_EQ(facts.apply(points), "");
  EXPECT_EQ(facts.changed()[0].factors,
            (std::vector<catalog::FactorEvent>{{.day = day(1, 2), .link = true, .stated = true},
                                               {.day = day(1, 3), .ratio = 1.5, .link = true, .stated = true},
                                               {.day = day(1, 5), .link = true, .stated = true},
                                               {.day = day(1, 9), .unverified = true}}));
  EXPECT_EQ(facts.apply(points), "");
  EXPECT_EQ(facts.told(), 4);
  EXPECT_EQ(facts.known(), 4);
  const std::vector<FactorPoint> nobody{{{"000009", Market::SZ}, day(1, 2), 2}};
  EXPECT_EQ(facts.apply(nobody), "no such instrument in the store");
}

TEST(KindFacts, ActionsStandByTheirDay) {
  const auto action = [](Date ex, std::int64_t cash) {
    return sources::CorporateAction{.id = kBank, .date = ex, .cash = {cash}, .bonus = {1}, .rights_price = {5}};
  };
  Known known;
  known.state.instruments[0].actions = {{.day = day(1, 5), .cash = {7}}};
  Facts facts = known.facts();
  for (const bool replace : {false, true}) {
    EXPECT_EQ(facts.apply(action(day(1, 9), 3), replace), "");  // new, then known
    EXPECT_EQ(facts.apply(action(day(1, 5), 8), replace), "");  // another one stands
  }
  EXPECT_EQ((std::array{facts.told(), facts.known(), facts.conflicting(), facts.corrected()}),
            (std::array<std::int64_t, 4>{1, 1, 1, 1}));
  EXPECT_EQ(facts.changed()[0].actions, (std::vector<catalog::CorporateAction>{
                                            {.day = day(1, 5), .cash = {8}, .bonus = {1}, .rights_price = {5}},
                                            {.day = day(1, 9), .cash = {3}, .bonus = {1}, .rights_price = {5}}}));
  ASSERT_EQ(facts.contradicted().size(), 2u);
  EXPECT_EQ(facts.contradicted()[0].code, kBank);
  EXPECT_EQ(facts.contradicted()[0].day, day(1, 5));
  sources::CorporateAction nobody = action(day(1, 5), 1);
  nobody.id = {"000009", Market::SZ};
  EXPECT_EQ(facts.apply(nobody, false), kUnknownInstrument);
}

}  // namespace
}  // namespace momentum::engine
