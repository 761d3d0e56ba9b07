#pragma once
// A scan as text. Prints what the Scan holds, in the order it holds it; computes nothing.

#include <cstdint>
#include <optional>
#include <string>

#include "momentum/report/style.h"
#include "momentum/score/record.h"

namespace momentum::report {

struct ScanView {
  bool unranked = false;  // CSV and table: the other instruments too (JSON always has both lists)
};

// Header line (session, coverage, profile, prices, history, numerics, synthetic mark), the first style.rows records,
// the count of what is left out.
std::string scan_table(const score::Scan& scan, const ScanView& view, const TableStyle& style);

// docs/cli.md "scan": one line per record, score_details as six columns under their Chinese names, flags joined by
// ';'.
std::string scan_csv(const score::Scan& scan, const ScanView& view);

// docs/cli.md "scan": one object; results and unranked one record per line. Unknown texts and non-finite numbers are
// null; score_details is null where there is no score.
std::string scan_json(const score::Scan& scan);

// One record of `scan` taken apart for a person: what it was computed on, each part with its points, maximum, a
// bar and the rules that gave the points, the total. `rank` is its place in the whole ranking, none for an unranked one.
std::string explain(const score::Scan& scan, const score::Record& record, std::optional<std::size_t> rank,
                    const TableStyle& style);

}  // namespace momentum::report
