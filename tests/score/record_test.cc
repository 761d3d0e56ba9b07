#include "momentum/score/record.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <string_view>

#include "classic_oracle.h"

namespace momentum::score {
namespace {

TEST(Record, PartsHaveTheNamesAndMaximaOfTheProfile) {
  const auto& parts = classic_parts();
  const std::array<double, kParts> maxima{20, 15, 20, 15, 15, 15};
  std::set<std::string_view> english;
  double sum = 0;
  for (std::size_t i = 0; i < kParts; ++i) {
    EXPECT_EQ(parts[i].key, oracle::kPartNames[i]);
    EXPECT_EQ(parts[i].maximum, maxima[i]) << parts[i].key;
    EXPECT_FALSE(parts[i].english.empty());
    english.insert(parts[i].english);
    sum += parts[i].maximum;
  }
  EXPECT_EQ(sum, 100);
  EXPECT_EQ(english.size(), kParts);
}

TEST(Record, StatusNames) {
  EXPECT_EQ(to_string(Status::ok), "ok");
  EXPECT_EQ(to_string(Status::suspended), "suspended");
  EXPECT_EQ(to_string(Status::no_bar), "no_bar");
  EXPECT_EQ(to_string(Status::stale), "stale");
  EXPECT_EQ(to_string(Status::too_few_bars), "too_few_bars");
  EXPECT_EQ(to_string(Status::delisted), "delisted");
  EXPECT_EQ(to_string(Status::bad_data), "bad_data");
}

TEST(Record, ANewRecordSaysNothing) {
  const Record record;
  for (const double value : {record.close, record.pct_chg, record.amount, record.momentum_20, record.rsi, record.macd,
                             record.macd_hist, record.volume_ratio, record.score, record.score_raw}) {
    EXPECT_TRUE(std::isnan(value));
  }
  for (const double points : record.details) EXPECT_TRUE(std::isnan(points));
  EXPECT_NE(record.status, Status::ok);
  EXPECT_FALSE(record.as_of.has_value());
  EXPECT_FALSE(record.first_bar.has_value());
}

}  // namespace
}  // namespace momentum::score
