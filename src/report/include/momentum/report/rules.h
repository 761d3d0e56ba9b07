#pragma once
// The rules of the classic score on one record, in words: what docs/scores.md says in general, said of these values.

#include <string>
#include <vector>

#include "momentum/report/style.h"
#include "momentum/score/record.h"

namespace momentum::report {

// One rule: the points that it gave, as text ("+5", "0"; "" where a part has but one rule), and the comparison that
// decided, as pieces to be joined by spaces, between which a line may break.
struct RuleLine {
  std::string points;
  std::vector<std::string> pieces;
};

// The rules of part `part` (an index of score::classic_parts). A rule whose values the record does not carry is left
// out; of the chain of means, MACD and volume what is in the record stands in its place.
std::vector<RuleLine> rules_of(const score::Record& record, std::size_t part, Lang lang);

}  // namespace momentum::report
