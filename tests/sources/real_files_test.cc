// The real files of the shared data folder and their known traps.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

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
  EXPECT_GT(column(first, "float_value")[0].value_or(0), 1e9);
  EXPECT_GT(column(first, "total_value")[0].value_or(0), column(first, "float_value")[0].value_or(0));

  for (const char* delisted : {"600001.SH", "600087.SH", "000033.SZ"})
    EXPECT_GT(find(*set, delisted).bars->num_rows(), 100);
  EXPECT_EQ(find(*set, "688220.SH").bars->num_rows(), 1);
  const InstrumentBars& resting = find(*set, "000504.SZ");
  EXPECT_EQ(column(resting, "volume")[row(resting, "2020-06-11")], 0.0);
  const InstrumentBars& idle = find(*set, "000906.SZ");
  EXPECT_EQ(column(idle, "volume")[row(idle, "2020-06-15")], 0.0);
  EXPECT_EQ(column(idle, "close")[row(idle, "2020-06-16")], 5.57);
  for (const char* early : {"600690.SH", "600807.SH", "000004.SZ"}) EXPECT_LT(days(find(*set, early)).front(), "1995");
  // Share reform: the price falls by the shares given away, and the previous close says so.
  const InstrumentBars& reformed = find(*set, "600001.SH");
  const std::size_t reform = row(reformed, "2005-08-12");
  EXPECT_EQ(column(reformed, "close")[reform - 1], 5.29);
  EXPECT_EQ(column(reformed, "preclose")[reform], 3.43);
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
  EXPECT_EQ(account(*set), (Account{12120, 0, 0, 0}));
  EXPECT_EQ(set->price_basis, "raw");
  for (const InstrumentBars& one : set->instruments) {  // newest first in the file
    EXPECT_TRUE(std::ranges::is_sorted(days(one))) << one.id.symbol;
    EXPECT_LT(days(one).front(), "2020-02");
  }
  const InstrumentBars& bars = find(*set, "600519.SH");
  EXPECT_EQ(days(bars).back(), "2024-12-31");
  EXPECT_EQ(column(bars, "preclose").back(), 1525.0);
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
  for (const char* folder : {"csv_formats/tushare_get_hist_data_with_ma", "us/lean/factor_files"}) {
    const auto set = read({kShared + "/data/" + folder});
    ASSERT_FALSE(set) << folder;
    EXPECT_EQ(set.error().code, ErrorCode::unknown_dialect) << folder << ": " << set.error().to_string();
  }
}

// An open or close outside [low, high] is odd and no rule refuses it: 11 of the 12 such rows are bars. One of them has its
// high below its low as well.
TEST_F(RealFiles, Sp500) {
  const auto set = read({kShared + "/data/us/sp500_5yr.tar.xz"}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "sp500");
  EXPECT_EQ(set->price_basis, "split_only");
  EXPECT_EQ(set->instruments.size(), 505u);
  EXPECT_EQ(account(*set), (Account{619039, 0, 0, 1}));
  EXPECT_EQ(set->quarantine[0].reason, "high < low");
  EXPECT_TRUE(set->quarantine[0].file.ends_with("AOS_data.csv"));
  std::int64_t incomplete = 0, outside = 0;
  for (const InstrumentBars& bars : set->instruments) {
    EXPECT_EQ(bars.id.market, Market::US);
    const Numbers open = column(bars, "open"), high = column(bars, "high"), low = column(bars, "low"),
                  close = column(bars, "close");
    for (std::size_t i = 0; i < open.size(); ++i) {
      incomplete += !open[i];
      outside += open[i] && (*open[i] > *high[i] || *open[i] < *low[i] || *close[i] > *high[i] || *close[i] < *low[i]);
    }
  }
  EXPECT_EQ(incomplete, 11);  // NaN rows: kept as missing
  EXPECT_EQ(outside, 11);
  const InstrumentBars& early = find(*set, "UA.US");
  EXPECT_EQ(column(early, "close")[row(early, "2016-04-07")], 41.56);
  EXPECT_EQ(column(early, "open")[row(early, "2016-04-07")], std::nullopt);
}

TEST_F(RealFiles, Baostock) {
  const auto set = read({kShared + "/data/hs300/sample_csv"}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "baostock");
  EXPECT_EQ(set->price_basis, "raw");
  EXPECT_EQ(set->instruments.size(), 17u);
  EXPECT_EQ(account(*set), (Account{21147, 0, 366, 0}));
  // Suspended days are rows, their volume 0 at first and empty later.
  EXPECT_GT(find(*set, "000792.SZ").suspended.size(), 100u);
  const auto rested = days(find(*set, "600515.SH").suspended);
  for (const char* day : {"2021-02-18", "2021-12-21"}) EXPECT_EQ(std::ranges::count(rested, day), 1) << day;
  const InstrumentBars& bars = find(*set, "600000.SH");
  ASSERT_EQ(days(bars)[0], "2020-01-02");
  EXPECT_EQ(column(bars, "open")[0], 12.47);
  EXPECT_EQ(column(bars, "high")[0], 12.64);
  EXPECT_EQ(column(bars, "low")[0], 12.45);
  EXPECT_EQ(column(bars, "close")[0], 12.47);
  EXPECT_EQ(column(bars, "preclose")[0], 12.37);
  EXPECT_EQ(column(bars, "volume")[0], 51629079.0);
  EXPECT_EQ(column(bars, "amount")[0], 647446166.0);
  EXPECT_EQ(column(bars, "turnover")[0], 0.001837);  // 0.1837 %
  EXPECT_EQ(column(bars, "is_st")[0], 0.0);
  EXPECT_EQ(column(bars, "pe_ttm")[0], 5.994733);
  EXPECT_EQ(column(bars, "pb")[0], 0.762284);
  EXPECT_EQ(column(bars, "ps_ttm")[0], 1.915555);
  EXPECT_EQ(column(bars, "pcf_ttm")[0], -6.071904);
  EXPECT_GT(std::ranges::count(column(find(*set, "600515.SH"), "is_st"), std::optional(1.0)), 100);
}

TEST_F(RealFiles, NeteaseInGbk) {
  const auto set = read({kShared + "/data/csv_formats/netease_163_gbk"}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "netease");
  EXPECT_EQ(set->price_basis, "raw");
  EXPECT_EQ(set->summary.files, 28);
  EXPECT_EQ(set->summary.empty_files.size(), 3u);  // a header and no row
  EXPECT_EQ(account(*set), (Account{4860, 0, 582, 0}));
  EXPECT_EQ(set->instruments.size(), 25u);
  const InstrumentBars& bars = find(*set, "600000");  // '600000 names no market
  ASSERT_EQ(days(bars).back(), "2017-12-29");
  EXPECT_EQ(names(bars).back(), "浦发银行");
  EXPECT_EQ(column(bars, "open").back(), 12.52);
  EXPECT_EQ(column(bars, "close").back(), 12.59);
  EXPECT_EQ(column(bars, "preclose").back(), 12.54);
  EXPECT_EQ(column(bars, "turnover").back(), 0.000582);
  EXPECT_EQ(column(bars, "volume").back(), 16351826.0);
  EXPECT_EQ(column(bars, "amount").back(), 205752875.0);
  EXPECT_EQ(column(bars, "total_value").back(), 3.69542692198e11);
  EXPECT_EQ(column(bars, "float_value").back(), 3.53826387488e11);
  const InstrumentBars& gone = find(*set, "600005");  // prices 0 on suspended days
  EXPECT_EQ(days(gone.suspended).back(), "2017-02-14");
}

// The same files in a zip, as people keep them.
TEST_F(RealFiles, NeteaseInAZip) {
  std::vector<std::pair<std::string, std::string>> members;
  for (const auto& entry : std::filesystem::directory_iterator(kShared + "/data/csv_formats/netease_163_gbk")) {
    std::ifstream file(entry.path(), std::ios::binary);
    members.emplace_back(entry.path().filename(), std::string{std::istreambuf_iterator<char>(file), {}});
  }
  ScratchFolder folder;
  const auto set =
      read({folder.pack("netease.zip", archive_write_set_format_zip, archive_write_add_filter_none, members)});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "netease");
  EXPECT_EQ(account(*set), (Account{4860, 0, 582, 0}));
  EXPECT_EQ(names(find(*set, "600000")).back(), "浦发银行");
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
