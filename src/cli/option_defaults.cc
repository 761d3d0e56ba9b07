#include "option_defaults.h"

#include <algorithm>
#include <array>

#include "momentum/cli/options.h"
#include "momentum/engine/demo.h"
#include "momentum/engine/import.h"
#include "momentum/engine/scan.h"
#include "momentum/report/number.h"
#include "option_values.h"

namespace momentum::cli {
namespace {

std::string making_text(std::string_view key, std::chrono::milliseconds lock_wait) {
  return key == "lock-wait" ? report::shortest(static_cast<double>(lock_wait.count()) / 1000) : std::string();
}

}  // namespace

std::string default_text(std::string_view command, std::string_view key) {
  static constexpr std::array<std::string_view, 5> kAutomatic{"threads", "simd", "format", "color", "progress"};
  if (command.empty()) return std::ranges::find(kAutomatic, key) != kAutomatic.end() ? "auto" : "";
  const engine::ScanRequest scan;
  if (command == "scan" || command == "show") {
    if (key == "profile") return scan.profile;
    if (key == "adjust") return adjust_name(scan.adjust);
    if (key == "method") return "ratio";
    if (key == "freq") return std::string(engine::to_string(scan.frequency));
    if (key == "history") return scan.history_days ? std::to_string(*scan.history_days) + "d" : "origin";
  }
  if (command == "import") {
    const engine::ImportRequest import;
    if (key == "on-conflict") return import.replace ? "replace" : "keep";
    if (key == "freq") return import.minutes ? "1m" : "1d";
    if (key == "minute-names") return import.named_by_begin ? "begin" : "end";
    return making_text(key, import.lock_wait);
  }
  if (command == "demo") {
    const engine::DemoRequest demo;
    if (key == "stocks") return std::to_string(demo.market.stocks);
    if (key == "years") return std::to_string(demo.market.years);
    if (key == "seed") return std::to_string(demo.market.seed);
    if (key == "end") return to_string(demo.market.end);
    if (key == "minutes") return std::to_string(demo.minutes);
    return making_text(key, demo.lock_wait);
  }
  if (command == "store-export" && key == "adjust") return adjust_name(engine::ExportRequest{}.adjust);
  if (command == "store-export" && key == "freq")
    return std::string(engine::to_string(engine::ExportRequest{}.frequency));
  if (command.starts_with("store-")) {
    const UpkeepOptions upkeep;
    if (key == "grace") return duration_text(upkeep.grace);
    return making_text(key, upkeep.lock_wait);
  }
  return {};
}

}  // namespace momentum::cli
