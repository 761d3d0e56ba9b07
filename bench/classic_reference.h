#pragma once
// The classic score of every bar of one stock, written as docs/scores.md reads: windows
// summed again at every bar, nothing carried that need not be, no vector. Slow on purpose; what the fused loop is
// compared with, bit by bit. Finite inputs, no missing values; anything else in them (zero volume, flat prices) is
// handled in full.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench_panel.h"

namespace momentum::bench {

enum class BarStatus : std::uint8_t { ok = 0, stale = 3, too_few_bars = 4, bad_data = 6 };  // numbers of score::Status

// The columns of score::classic_columns(), in its order.
enum Column : std::size_t {
  kMa5,
  kMa10,
  kMa20,
  kMa60,
  kMacd,
  kSignal,
  kHist,
  kRsi,
  kK,
  kD,
  kJ,
  kBollMid,
  kBollStd,
  kBollUpper,
  kBollLower,
  kMom5,
  kMom10,
  kMom20,
  kMom60,
  kVolMa5,
  kVolMa10,
  kVolRatio5,
  kVolRatio10,
  kVolRatio20,
  kVolatility20,
  kTrend20,
  kColumns
};

// Score as of each bar: of the last surviving row up to it; NaN until 60 rows survive. columns may be null, else
// [kColumns][bars].
void reference_score(const std::vector<Bars>& bars, double* score, double* score_raw, std::uint8_t* status,
                     double* columns);

}  // namespace momentum::bench
