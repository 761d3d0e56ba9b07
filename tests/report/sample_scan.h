#pragma once
// A small scan made by hand, with everything that is awkward to print.

#include <limits>
#include <string>

#include "momentum/score/record.h"

namespace momentum::report {

inline Date day(const char* text) { return *parse_date(text); }

inline score::Record ranked_record(std::string code, std::string name, double score) {
  score::Record r;
  r.ts_code = std::move(code);
  r.name = std::move(name);
  r.industry = "银行";
  r.board = "main";
  r.close = 10.25;
  r.pct_chg = 0.0123;
  r.amount = 123456789.5;
  r.momentum_20 = 0.1;
  r.rsi = 55.5;
  r.macd = 0.25;
  r.macd_hist = -0.125;
  r.volume_ratio = 1.5;
  r.score = score;
  r.score_raw = score + 0.34;
  r.details = {12.34, 15, 10, 15, 11, 12};
  r.status = score::Status::ok;
  r.as_of = day("2024-06-28");
  r.first_bar = day("2020-01-02");
  r.bars = 1087;
  r.recent_closes = {10, 10.5, 10, 9.5, 10.25};
  return r;
}

// The same record with ingredients from which its points follow.
inline score::Record explained_record(score::Record r) {
  r.macd_hist = 0.125;
  r.details = {12.34, 12, 15, 15, 11, 12};
  r.ingredients = {.close = 10.25,
                   .ma5 = 10.12,
                   .ma10 = 9.8,
                   .ma20 = 9.4,
                   .ma60 = 9.5,
                   .signal = 0.125,
                   .previous_macd_hist = -0.01,
                   .previous_rsi = 51.25,
                   .vol_ratio_5 = 1.1,
                   .volume_change = 0.062,
                   .momentum_5 = 0.031,
                   .momentum_10 = -0.013,
                   .momentum_60 = -0.051,
                   .trend_20 = 1.3};
  return r;
}

inline score::Scan sample_scan() {
  score::Scan scan;
  scan.as_of = day("2024-06-28");
  scan.requested_as_of = day("2024-06-30");
  scan.coverage = 0.985;
  scan.adjust_applied = "back (preclose)";
  scan.numerics = 1;
  scan.results.push_back(ranked_record("600000.SH", "浦发\"银行\",A", 75));
  scan.results.push_back(ranked_record("000001.SZ", "平安银行", 60));
  scan.results[1].pct_chg = -0.02;
  scan.results[1].volume_ratio = std::numeric_limits<double>::infinity();
  scan.results[1].macd = -std::numeric_limits<double>::infinity();
  scan.results[1].flags = {"unverified_link:2007-03-01", "st"};

  score::Record young;
  young.ts_code = "688001.SH";
  young.board = "star";
  young.close = 30;
  young.status = score::Status::too_few_bars;
  young.reason = {"12 bars, 120 needed", "仅 12 根K线，需要 120 根"};
  young.as_of = day("2024-06-28");
  young.first_bar = day("2024-06-13");
  young.bars = 12;
  young.synthetic = true;
  scan.unranked.push_back(young);

  scan.statistics.universe = 5;
  scan.statistics.ranked = 2;
  scan.statistics.filtered = 1;
  scan.statistics.delisted = 1;
  scan.statistics.unranked = {{"no_bar", 0}, {"too_few_bars", 1}};
  scan.statistics.avg_score = 67.5;
  scan.statistics.max_score = 75;
  scan.statistics.min_score = 60;
  return scan;
}

}  // namespace momentum::report
