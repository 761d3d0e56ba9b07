#include <gtest/gtest.h>

#include "momentum/report/scan_report.h"
#include "sample_scan.h"

namespace momentum::report {
namespace {

constexpr const char* kHeader =
    "ts_code,name,industry,board,close,pct_chg,amount,momentum_20,momentum_20d,rsi,macd,macd_hist,volume_ratio,score,"
    "score_raw,价格动量,均线排列,MACD指标,RSI指标,成交量变化,趋势强度,status,reason,flags,as_of,first_bar,bars,"
    "synthetic\n";
constexpr const char* kRanked =
    "600000.SH,\"浦发\"\"银行\"\",A\",银行,main,10.25,0.0123,123456789.5,0.1,0.1,55.5,0.25,-0.125,1.5,75,75.34,"
    "12.34,15,10,15,11,12,ok,,,2024-06-28,2020-01-02,1087,false\n"
    "000001.SZ,平安银行,银行,main,10.25,-0.02,123456789.5,0.1,0.1,55.5,-inf,-0.125,inf,60,60.34,"
    "12.34,15,10,15,11,12,ok,,unverified_link:2007-03-01;st,2024-06-28,2020-01-02,1087,false\n";
constexpr const char* kUnranked =
    "688001.SH,,,star,30,,,,,,,,,,,,,,,,,too_few_bars,\"12 bars, 120 needed\",,2024-06-28,2024-06-13,12,true\n";

TEST(ScanCsv, Golden) {
  EXPECT_EQ(scan_csv(sample_scan(), {}), std::string(kHeader) + kRanked);
  EXPECT_EQ(scan_csv(sample_scan(), {.unranked = true}), std::string(kHeader) + kRanked + kUnranked);
}

TEST(ScanCsv, EmptyScanIsAHeader) { EXPECT_EQ(scan_csv(score::Scan{}, {.unranked = true}), kHeader); }

TEST(ScanJson, Golden) {
  EXPECT_EQ(
      scan_json(sample_scan()),
      R"j({"as_of":"2024-06-28","requested_as_of":"2024-06-30","coverage":0.985,"profile":"classic",)j"
      R"j("adjust_applied":"back (preclose)","history":"origin","freq":"1d","numerics":1,"store_snapshot":null,"synthetic":false,)j"
      "\n\"results\":[\n"
      R"j({"ts_code":"600000.SH","name":"浦发\"银行\",A","industry":"银行","board":"main","close":10.25,"pct_chg":0.0123,)j"
      R"j("amount":123456789.5,"momentum_20":0.1,"momentum_20d":0.1,"rsi":55.5,"macd":0.25,"macd_hist":-0.125,)j"
      R"j("volume_ratio":1.5,"score":75,"score_raw":75.34,"score_details":{"价格动量":12.34,"均线排列":15,"MACD指标":10,)j"
      R"j("RSI指标":15,"成交量变化":11,"趋势强度":12,"总分":75},"status":"ok","reason":null,"flags":[],)j"
      R"j("as_of":"2024-06-28","first_bar":"2020-01-02","bars":1087,"synthetic":false},)j"
      "\n"
      R"j({"ts_code":"000001.SZ","name":"平安银行","industry":"银行","board":"main","close":10.25,"pct_chg":-0.02,)j"
      R"j("amount":123456789.5,"momentum_20":0.1,"momentum_20d":0.1,"rsi":55.5,"macd":null,"macd_hist":-0.125,)j"
      R"j("volume_ratio":null,"score":60,"score_raw":60.34,"score_details":{"价格动量":12.34,"均线排列":15,"MACD指标":10,)j"
      R"j("RSI指标":15,"成交量变化":11,"趋势强度":12,"总分":60},"status":"ok","reason":null,)j"
      R"j("flags":["unverified_link:2007-03-01","st"],"as_of":"2024-06-28","first_bar":"2020-01-02","bars":1087,)j"
      R"j("synthetic":false})j"
      "\n],\n\"unranked\":[\n"
      R"j({"ts_code":"688001.SH","name":null,"industry":null,"board":"star","close":30,"pct_chg":null,"amount":null,)j"
      R"j("momentum_20":null,"momentum_20d":null,"rsi":null,"macd":null,"macd_hist":null,"volume_ratio":null,)j"
      R"j("score":null,"score_raw":null,"score_details":null,"status":"too_few_bars","reason":"12 bars, 120 needed",)j"
      R"j("flags":[],"as_of":"2024-06-28","first_bar":"2024-06-13","bars":12,"synthetic":true})j"
      "\n],\n"
      R"j("statistics":{"universe":5,"ranked":2,"filtered":1,"delisted":1,"unranked":{"no_bar":0,"too_few_bars":1},)j"
      R"j("avg_score":67.5,"max_score":75,"min_score":60}})j"
      "\n");
}

TEST(ScanJson, EmptyScanHasNullsAndEmptyLists) {
  EXPECT_EQ(scan_json(score::Scan{}),
            R"j({"as_of":null,"requested_as_of":null,"coverage":null,"profile":"classic","adjust_applied":"",)j"
            R"j("history":"origin","freq":"1d","numerics":0,"store_snapshot":null,"synthetic":false,)j"
            "\n\"results\":[],\n\"unranked\":[],\n"
            R"j("statistics":{"universe":0,"ranked":0,"filtered":0,"delisted":0,"unranked":{},"avg_score":null,)j"
            R"j("max_score":null,"min_score":null}})j"
            "\n");
}

}  // namespace
}  // namespace momentum::report
