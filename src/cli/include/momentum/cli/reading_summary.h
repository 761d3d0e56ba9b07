#pragma once

#include <string>
#include <vector>

#include "momentum/engine/scan.h"
#include "momentum/report/style.h"

namespace momentum::cli {

// Lines for standard error: what was read, the first five files without rows, then the first five quarantined rows and
// how many more there are.
std::vector<std::string> reading_lines(const engine::InputReport& report, report::Lang lang);

// The file of `--report`: file,line,column,value,reason, one line per quarantined row.
std::string quarantine_csv(const engine::InputReport& report);

}  // namespace momentum::cli
