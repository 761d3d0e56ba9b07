#pragma once

#include <string>

#include "momentum/score/record.h"

namespace momentum::report {

// The flags of a record in one cell, joined by ';'.
inline std::string flags_text(const score::Record& record) {
  std::string text;
  for (const std::string& flag : record.flags) {
    if (!text.empty()) text += ';';
    text += flag;
  }
  return text;
}

}  // namespace momentum::report
