#pragma once
// Two scans that must say the same, to the last bit.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "momentum/score/record.h"

namespace momentum::engine::testing {

// Equal in everything, missing equal to missing.
inline void expect_same(const score::Record& a, const score::Record& b) {
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  EXPECT_EQ(a.ts_code, b.ts_code);
  EXPECT_EQ(a.name, b.name) << a.ts_code;
  EXPECT_EQ(a.industry, b.industry) << a.ts_code;
  EXPECT_EQ(a.status, b.status) << a.ts_code;
  EXPECT_EQ(a.reason, b.reason) << a.ts_code;
  EXPECT_EQ(a.flags, b.flags) << a.ts_code;
  EXPECT_EQ(a.as_of, b.as_of) << a.ts_code;
  EXPECT_EQ(a.first_bar, b.first_bar) << a.ts_code;
  EXPECT_EQ(a.bars, b.bars) << a.ts_code;
  EXPECT_EQ(a.recent_closes, b.recent_closes) << a.ts_code;
  const auto numbers = [](const score::Record& r) {
    std::vector<double> all{r.close, r.pct_chg,   r.amount,       r.momentum_20, r.rsi,
                            r.macd,  r.macd_hist, r.volume_ratio, r.score,       r.score_raw};
    all.insert(all.end(), r.details.begin(), r.details.end());
    return all;
  };
  const auto ours = numbers(a), theirs = numbers(b);
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_TRUE(same(ours[i], theirs[i])) << a.ts_code << ", number " << i;
}

inline void expect_same(const score::Scan& a, const score::Scan& b) {
  EXPECT_EQ(a.as_of, b.as_of);
  EXPECT_EQ(a.coverage, b.coverage);
  EXPECT_EQ(a.adjust_applied, b.adjust_applied);
  ASSERT_EQ(a.results.size(), b.results.size());
  ASSERT_EQ(a.unranked.size(), b.unranked.size());
  for (std::size_t i = 0; i < a.results.size(); ++i) expect_same(a.results[i], b.results[i]);
  for (std::size_t i = 0; i < a.unranked.size(); ++i) expect_same(a.unranked[i], b.unranked[i]);
}

}  // namespace momentum::engine::testing
