#pragma once
// Adjustment factors from the preclose column (docs/scores.md "Prices and origin"). A pure function: the store
// calls it at import, a scan of files calls it as it reads.

#include <cstdint>
#include <span>
#include <vector>

#include "momentum/base/date.h"

namespace momentum::panel {

struct FactorInput {
  std::span<const std::int32_t> dates;    // ascending
  std::span<const double> close;          // as stored; NaN = missing
  std::span<const double> preclose;       // NaN = missing; same length, or empty: no factors
  std::span<const std::int32_t> sessions;     // the market's sessions, ascending
  std::span<const std::int32_t> suspended;    // days on which a source says it did not trade, ascending
  std::span<const std::int32_t> quarantined;  // days whose row was refused, ascending
  bool gaps_are_suspensions = false;      // dialect rule, see docs/cli.md "Which prices"
  Date factors_from;                      // no factor before this day (no date: no bound)
};

struct Factors {
  std::vector<double> factor;             // F_t, F_0 = 1: back-adjusted price = stored price x F_t
  std::vector<Date> links;                // days with a verified jump
  std::vector<Date> unverified;           // days with a jump that was not taken
};

// F_t = F_(t-1) x (close_(t-1) / preclose_t), each operation rounded once, where preclose_t is there, differs from
// close_(t-1), and the link is verified; else F_(t-1). Verified: no row was refused between the two bars, and no session lies
// between them or every one that does is a known suspension. Where close_(t-1) is missing, a preclose that differs from the
// last close that is there is an unverified jump.
Factors derive_factors(const FactorInput& input);

// The market's sessions where no calendar says: dates on which at least 5 % of the instruments listed then have a bar. Listed
// on a day: a bar on it or within the 365 days before, so that no later bar decides. `series` are ascending date lists.
std::vector<std::int32_t> infer_sessions(std::span<const std::span<const std::int32_t>> series);

}  // namespace momentum::panel
