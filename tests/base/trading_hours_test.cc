#include "momentum/base/trading_hours.h"

#include <gtest/gtest.h>

namespace momentum {
namespace {

TEST(TradingHours, BarsAreNamedByTheirEnd) {
  const TradingHours& hours = trading_hours(Market::SZ);
  int named = 0;
  for (std::int32_t minute = 0; minute < 1440; ++minute) named += hours.names_bar(minute);
  EXPECT_EQ(named, 240);
  for (const char* const first_or_last : {"09:31", "11:30", "13:01", "15:00"})
    EXPECT_TRUE(hours.names_bar(*parse_minute(first_or_last))) << first_or_last;
  for (const char* const outside : {"09:30", "11:31", "13:00", "15:01", "00:00"})
    EXPECT_FALSE(hours.names_bar(*parse_minute(outside))) << outside;
  EXPECT_TRUE(hours.opens_at(570));
  EXPECT_TRUE(hours.opens_at(780));
  EXPECT_FALSE(hours.opens_at(690));
}

TEST(TradingHours, OfEachMarket) {
  EXPECT_EQ(trading_hours(Market::SH).minutes(), 240);
  EXPECT_EQ(trading_hours(Market::BJ).minutes(), 240);
  EXPECT_EQ(trading_hours(Market::none).minutes(), 240);
  EXPECT_EQ(trading_hours(Market::US).minutes(), 390);
  EXPECT_EQ(trading_hours(Market::HK).minutes(), 330);
}

TEST(TradingHours, TextsOfMinutes) {
  EXPECT_EQ(parse_minute("09:31"), 571);
  EXPECT_EQ(parse_minute("15:00:00"), 900);
  EXPECT_EQ(parse_minute("23:59"), 1439);
  for (const char* const bad :
       {"", "9:31", "09:31:05", "24:00", "09:60", "0931", "09-31", "09:31:0", "ab:cd", " 09:31"})
    EXPECT_FALSE(parse_minute(bad)) << bad;
  EXPECT_EQ(minute_text(571), "09:31");
  EXPECT_EQ(minute_text(900), "15:00");
}

}  // namespace
}  // namespace momentum
