#pragma once

#include <string>
#include <vector>

#include "momentum/engine/import.h"
#include "momentum/engine/scan.h"
#include "momentum/report/style.h"

namespace momentum::cli {

// Lines for standard error: what was read, the first five files without rows, then the first five quarantined rows and
// how many more there are.
std::vector<std::string> reading_lines(const engine::InputReport& report, report::Lang lang);

// The same for an import, where the stored rows are told apart; then the first five bars that differ from stored ones, and
// which instruments got bars before their first.
std::vector<std::string> import_lines(const engine::ImportReport& report, report::Lang lang);

// The file of `--report`: file,line,column,value,reason, one line per quarantined row.
std::string quarantine_csv(const engine::InputReport& report);
// Then one line per bar that differs from the stored one, without a file and a line.
std::string quarantine_csv(const engine::ImportReport& report);

}  // namespace momentum::cli
