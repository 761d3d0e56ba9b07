#include "identity.h"

#include <gtest/gtest.h>

namespace momentum::engine {
namespace {

const Instrument kOld{"430047", Market::BJ}, kNew{"920047", Market::BJ}, kBank{"600000", Market::SH};
Date day(int year) { return *make_date(year, 6, 1); }

// 0: today's 920047.BJ, 430047 until 2021; 1: a later company that got 430047; 2: a bank.
std::vector<catalog::InstrumentRecord> three() {
  std::vector<catalog::InstrumentRecord> records{new_record(0, kNew), new_record(1, kOld), new_record(2, kBank)};
  records[0].aliases = {{kOld, Date{}, day(2021)}};
  return records;
}

std::optional<catalog::InstrumentId> found(const Instrument& code, Date first, Date last) {
  const auto id = Identities(three()).find(code, first, last);
  EXPECT_TRUE(id);
  return id.value_or(std::nullopt);
}

TEST(Identity, CurrentCodesAndThoseOfTheDay) {
  EXPECT_EQ(found(kNew, day(2010), day(2020)), 0);
  EXPECT_EQ(found(kOld, day(2010), day(2020)), 0);
  EXPECT_EQ(found(kOld, day(2022), day(2023)), 1);
  EXPECT_EQ(found(kOld, day(2020), day(2023)), 1);  // its current bearer, where the days say neither
  EXPECT_EQ(found(kBank, Date{}, Date{}), 2);
  EXPECT_EQ(found({"600001", Market::SH}, day(2010), day(2020)), std::nullopt);
}

TEST(Identity, AnAliasOfSomeOfTheDays) {
  auto records = three();
  records.erase(records.begin() + 1);
  records[1].id = 1;
  EXPECT_EQ(**Identities(records).find(kOld, day(2020), day(2023)), 0);
  EXPECT_EQ(*Identities(records).find(kOld, day(2022), day(2023)), std::nullopt);
}

TEST(Identity, WithoutAMarketOnlyOneMayBearIt) {
  EXPECT_EQ(found({"600000", Market::none}, day(2010), day(2020)), 2);
  const auto two = Identities(three()).find({"430047", Market::none}, day(2010), day(2020));
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, ErrorCode::ambiguous_code);
  EXPECT_NE(two.error().where.find("920047.BJ or 430047.BJ"), std::string::npos);
  const auto none = Identities(three()).find({"600001", Market::none}, day(2010), day(2020));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::bad_code);
}

TEST(Identity, WhatACodeSaysOfANewInstrument) {
  const auto bank = new_record(7, kBank);
  EXPECT_EQ(bank.id, 7);
  EXPECT_EQ(bank.kind, Kind::stock);
  EXPECT_EQ(bank.board, "main");
  EXPECT_EQ(bank.currency, "CNY");
  EXPECT_EQ(bank.tick, 0.01);
  EXPECT_EQ(new_record(0, {"900901", Market::SH}).currency, "USD");
  EXPECT_EQ(new_record(0, {"200002", Market::SZ}).currency, "HKD");
  EXPECT_EQ(new_record(0, {"00700", Market::HK}).currency, "HKD");
  EXPECT_EQ(new_record(0, {"AAPL", Market::US}).currency, "USD");
  EXPECT_EQ(new_record(0, {"AAPL", Market::US}).tick, 0);
}

}  // namespace
}  // namespace momentum::engine
