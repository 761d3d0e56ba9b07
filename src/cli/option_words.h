#pragma once
// The options of every command and of those that read: their names, the names of their values, their help.

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace momentum::cli {

// What stands on the command line, before its meaning is checked: all texts, so that every bad value is told in one
// way.
struct Raw {
  std::optional<std::string> store, snapshot, threads, simd, format, output, lang, color, progress, memory_limit,
      config;
  bool quiet = false, verbose = false, version = false;
  std::vector<std::string> files, codes, industries, columns;
  std::optional<std::string> dialect, code, report, as_of, top, min_score, history, frequency, adjust, method, profile,
      explain, start, end, last, show_code, universe;
  bool allow_partial = false, unranked = false, delisted = false, scores = false;
};

// The help's paragraph on options of every command.
inline constexpr const char* kGlobals =
    "Options for every command: --store DIR, --snapshot ID, --threads N, --simd LEVEL, --memory-limit SIZE, --format "
    "F,\n"
    "-o FILE, --lang L, --color WHEN, --progress HOW, --quiet, -v, --config FILE; see momentum --help.\n";

void declare_everywhere(CLI::App& app, Raw& raw);
CLI::App* declare_scan(CLI::App& app, Raw& raw);
CLI::App* declare_show(CLI::App& app, Raw& raw);
CLI::App* declare_export(CLI::App& store, Raw& raw);  // a command of store
CLI::App* declare_doctor(CLI::App& app);
CLI::App* declare_config(CLI::App& app);

}  // namespace momentum::cli
