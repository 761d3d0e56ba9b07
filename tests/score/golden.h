#pragma once
// Reader of the golden cases of the classic profile: NN_name.csv (bars) beside NN_name.json (answer). The README of the
// folder that holds them tells the format. Nothing is computed here.

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "classic_oracle.h"
#include "momentum/base/date.h"
#include "momentum/base/error.h"

namespace momentum::score::oracle {

// What a case says about one history.
struct GoldenAnswer {
  std::size_t rows = 0;  // surviving rows
  Date first_row_date, last_row_date;  // no date where no row survives
  std::optional<Row> first, prev, last;  // first, last but one and last surviving row
  int score = 0;  // 0 where rows are too few
  std::map<std::string, double> details;  // by Chinese name, 总分 among them; empty where rows are too few
};

// The result record that the case gives for threshold 0: the numeric fields, by name.
struct GoldenRecord {
  std::map<std::string, double> numbers;  // close, momentum_20, momentum_20d, rsi, macd, macd_hist, volume_ratio, score
  std::map<std::string, double> details;
};

struct GoldenCase {
  std::string name;  // 01_trend_up_noisy
  std::vector<Date> dates;  // ascending
  Bars bars;  // as stored; preclose empty where the file has no such column
  bool back_adjusted = false;  // the answer is that of the back-adjusted bars
  GoldenAnswer answer;  // origin: the first bar
  std::optional<GoldenAnswer> history_365d;
  bool has_record = false;  // the case says something about the record, if only that there is none
  std::optional<GoldenRecord> record;
  std::optional<double> factor_last;  // F of the last bar
  std::optional<int> score_unadjusted;  // score of the bars as stored
};

// The stems of all cases in a folder, sorted. Errors: file_not_found when there is no such folder, empty_input when it
// holds none.
Result<std::vector<std::string>> golden_names(const std::filesystem::path& folder);

// Errors: file_not_found, unreadable_data (with file and line, or file and key).
Result<GoldenCase> read_golden(const std::filesystem::path& folder, const std::string& name);

}  // namespace momentum::score::oracle
