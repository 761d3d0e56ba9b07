#pragma once
// A label with its places filled: how messages with numbers are made.

#include <fmt/format.h>

#include <string>

#include "momentum/report/labels.h"

namespace momentum::cli {

template <class... Values>
std::string filled(report::Text label, report::Lang lang, const Values&... values) {
  return fmt::format(fmt::runtime(report::text(label, lang)), values...);
}

}  // namespace momentum::cli
