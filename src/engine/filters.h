#pragma once
// What a request selects, after everything is ranked.

#include <set>
#include <string>
#include <vector>

#include "market.h"
#include "momentum/score/record.h"

namespace momentum::engine {

struct Filters {
  std::set<std::string> codes;       // empty: all
  std::set<std::string> industries;  // empty: all
  std::string explain;               // printed code of the instrument to be explained; empty: none
};

// bad_value for what no market could answer: an unknown profile, a negative count.
Result<void> check(const ScanRequest& request);

// Errors: bad_code, code_not_found, ambiguous_code, industry_not_found with the nearest names.
Result<Filters> resolve_filters(const Market& market, const ScanRequest& request);

// Best first, filters applied, everything counted: results, unranked and statistics of `scan`.
void rank(std::vector<score::Record> records, const Filters& filters, const ScanRequest& request, score::Scan& scan);

}  // namespace momentum::engine
