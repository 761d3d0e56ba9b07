// The real files of the shared data folder and their known traps.

#include <algorithm>
#include <filesystem>

#include "reading.h"

namespace momentum::sources::testing {
namespace {

const std::string kShared = MOMENTUM_SOURCE_DIR "/../shared";

class RealFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kShared + "/data")) GTEST_SKIP() << "no shared data folder beside the sources";
  }
  static const InstrumentBars& find(const BarSet& set, std::string_view code) {
    for (const InstrumentBars& bars : set.instruments) {
      if (to_string(bars.id) == code) return bars;
    }
    ADD_FAILURE() << "no " << code;
    return set.instruments.front();
  }
  static std::size_t row(const InstrumentBars& bars, const std::string& day) {
    const auto all = days(bars);
    const auto at = std::find(all.begin(), all.end(), day);
    EXPECT_NE(at, all.end()) << day;
    return static_cast<std::size_t>(at - all.begin());
  }
};

TEST_F(RealFiles, AShareSample) {
  const auto set = read({kShared + "/data/a_share/sample_csv"}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "a_share");
  EXPECT_EQ(to_string(set->factors_from), "2002-01-01");
  EXPECT_TRUE(set->gaps_are_suspensions);
  EXPECT_EQ(set->price_basis, "raw");
  EXPECT_EQ(set->instruments.size(), 40u);
  EXPECT_EQ(set->summary.files, 40);
  EXPECT_EQ(account(*set), (Account{132677, 0, 0, 0}));
  for (const InstrumentBars& bars : set->instruments) EXPECT_TRUE(bars.bars->ValidateFull().ok()) << bars.id.symbol;

  const InstrumentBars& first = find(*set, "600000.SH");
  EXPECT_EQ(days(first).front(), "1999-11-10");
  EXPECT_EQ(column(first, "open")[0], 29.5);
  EXPECT_EQ(column(first, "close")[0], 27.75);
  EXPECT_EQ(column(first, "preclose")[0], 10.0);  // the issue price
  EXPECT_EQ(column(first, "volume")[0], 174085100.0);
  EXPECT_EQ(column(first, "amount")[0], 4859102435.0);
  EXPECT_EQ(names(first)[0], "浦发银行");

  for (const char* delisted : {"600001.SH", "600087.SH", "000033.SZ"})
    EXPECT_GT(find(*set, delisted).bars->num_rows(), 100);
  EXPECT_EQ(find(*set, "688220.SH").bars->num_rows(), 1);
  const InstrumentBars& resting = find(*set, "000504.SZ");
  EXPECT_EQ(column(resting, "volume")[row(resting, "2020-06-11")], 0.0);
  const InstrumentBars& idle = find(*set, "000906.SZ");
  EXPECT_EQ(column(idle, "volume")[row(idle, "2020-06-15")], 0.0);
  EXPECT_EQ(column(idle, "close")[row(idle, "2020-06-16")], 5.57);
  const InstrumentBars& odd = find(*set, "600690.SH");  // with a BOM; open above high is odd and no rule refuses it
  EXPECT_EQ(column(odd, "open")[row(odd, "1994-04-04")], 6.06);
  EXPECT_EQ(column(odd, "high")[row(odd, "1994-04-04")], 6.0);
  // The name is the one of the day.
  const auto renamed = names(find(*set, "600074.SH"));
  EXPECT_EQ(renamed.front(), "*ST保千");
  EXPECT_EQ(std::ranges::count(renamed, "南京中达"), 1491);
  EXPECT_EQ(std::ranges::count(renamed, "退市保千"), 30);
}

TEST_F(RealFiles, AShareArchive) {
  const auto set = read({kShared + "/data/a_share/stockdata_every12th.tar.xz"}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "a_share");
  EXPECT_EQ(set->instruments.size(), 404u);
  EXPECT_EQ(account(*set), (Account{1014122, 0, 0, 0}));
  std::string first = "9999", last;
  for (const InstrumentBars& bars : set->instruments) {
    const auto all = days(bars);
    first = std::min(first, all.front());
    last = std::max(last, all.back());
  }
  EXPECT_EQ(first, "1991-06-25");
  EXPECT_EQ(last, "2022-01-14");
}

TEST_F(RealFiles, TushareDaily) {
  const auto set = read({kShared + "/data/csv_formats/tushare_daily_desc"});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "tushare_daily");
  EXPECT_EQ(set->instruments.size(), 10u);
  EXPECT_EQ(set->summary.stored, set->summary.rows_in);
  const InstrumentBars& bars = find(*set, "600519.SH");
  EXPECT_EQ(days(bars).back(), "2024-12-31");
  EXPECT_EQ(column(bars, "volume").back(), 3935445.0);
  EXPECT_EQ(column(bars, "amount").back(), 6033540366.0);
}

TEST_F(RealFiles, NewestFirstWithDuplicatesAndEmptyFiles) {
  const auto set = read({kShared + "/data/csv_formats/akshare_desc_dups"});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->summary.files, 51);
  EXPECT_EQ(set->summary.empty_files.size(), 4u);
  EXPECT_EQ(account(*set), (Account{35443, 363, 0, 0}));
}

TEST_F(RealFiles, ChineseHeader) {
  const auto set = read({kShared + "/data/csv_formats/chinese_header_exchange"});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->instruments.size(), 22u);
  const InstrumentBars& bars = find(*set, "600519");
  EXPECT_EQ(column(bars, "volume")[row(bars, "2021-03-18")], 3386488.0);
}

TEST_F(RealFiles, ForeignDialectsAreRefused) {
  for (const char* folder : {"csv_formats/netease_163_gbk", "csv_formats/tushare_get_hist_data_with_ma",
                             "hs300/sample_csv", "us/lean/factor_files"}) {
    const auto set = read({kShared + "/data/" + folder});
    ASSERT_FALSE(set) << folder;
    EXPECT_EQ(set.error().code, ErrorCode::unknown_dialect) << folder << ": " << set.error().to_string();
  }
}

TEST_F(RealFiles, Sp500HasOneBarWithHighBelowLow) {
  const auto set = read({kShared + "/data/us/sp500_5yr.tar.xz"}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->instruments.size(), 505u);
  EXPECT_EQ(account(*set), (Account{619039, 0, 0, 1}));
  EXPECT_EQ(set->quarantine[0].reason, "high < low");
}

TEST_F(RealFiles, GoldenCases) {
  if (!std::filesystem::exists(kShared + "/golden/classic")) GTEST_SKIP() << "no golden cases beside the sources";
  const auto set = read({kShared + "/golden/classic"});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "plain");
  EXPECT_EQ(set->summary.stored, set->summary.rows_in);
  const InstrumentBars& missing = find(*set, "24_MISSING_VOLUME_BAR_100");
  EXPECT_EQ(missing.bars->GetColumnByName("volume")->null_count(), 1);
  EXPECT_EQ(column(missing, "volume")[100], std::nullopt);
  EXPECT_EQ(find(*set, "26_OLD_MISSING_CLOSE").bars->GetColumnByName("close")->null_count(), 1);
  EXPECT_NE(find(*set, "30_TWO_EX_DATES").bars->GetColumnByName("preclose"), nullptr);
}

}  // namespace
}  // namespace momentum::sources::testing
