#pragma once
// The command line and the configuration file as values. Reading them touches no other file but those named by `--codes @FILE`.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/base/simd_level.h"
#include "momentum/engine/convert.h"
#include "momentum/engine/demo.h"
#include "momentum/engine/export.h"
#include "momentum/engine/import.h"
#include "momentum/engine/scan.h"
#include "momentum/engine/show.h"
#include "momentum/engine/upkeep.h"
#include "momentum/report/style.h"

namespace momentum::cli {

enum class Command : std::uint8_t {
  scan,
  show,
  import,
  dialects,
  demo,
  store_info,
  store_log,
  store_diff,
  store_pin,
  store_unpin,
  store_gc,
  store_compact,
  store_verify,
  store_repair,
  store_convert,
  store_publish,
  store_export,
  doctor,
  config,
  version,
  help
};
enum class When : std::uint8_t { automatic, always, never };
enum class ProgressMode : std::uint8_t { automatic, plain, never };

// What the commands of a store's upkeep take.
struct UpkeepOptions {
  std::int64_t first = 0, second = 0;  // snapshots of diff; `first` of pin and unpin. 0: the newest
  std::string note;
  std::string to;  // of publish
  std::chrono::microseconds grace = store::kGrace;
  bool dry_run = false, deep = false;
  std::chrono::milliseconds lock_wait{0};
};

// Where a value comes from; the later one counts.
enum class Source : std::uint8_t { preset, file, environment, option };

// One line of `momentum config`.
struct Setting {
  std::string command = {};  // "": for every command
  std::string key = {};  // long name of the option
  std::string value = {};  // as it would be written; "" where there is nothing to write
  Source source = Source::preset;
  std::string where = {};  // "config.toml:3", "$MOMENTUM_STORE", "--threads"
};

struct Options {
  Command command = Command::help;
  std::string help;  // the text for Command::help

  // everywhere
  int threads = 0;  // 0: all
  SimdLevel simd = SimdLevel::best;
  std::optional<report::Format> format;  // as asked by --format, else by the suffix of -o
  std::string output;  // empty: standard output
  std::optional<report::Lang> lang;
  When color = When::automatic;
  ProgressMode progress = ProgressMode::automatic;
  bool quiet = false;
  bool verbose = false;
  std::string store;  // as named by --store; empty: see store_place.h
  std::string store_of_file;  // as named by the configuration file
  std::int64_t snapshot = 0;  // 0: the newest
  std::size_t memory_limit = 0;  // bytes; 0: none

  // scan and show
  std::string quarantine_report;  // --report
  engine::ScanRequest scan;
  engine::ShowRequest show;
  bool unranked = false;
  std::string explain;  // a code, any spelling

  // import and demo; their requests carry the store, too
  engine::ImportRequest import;
  engine::DemoRequest demo;
  UpkeepOptions upkeep;
  engine::ConvertRequest convert;  // of store; so is its source
  engine::ExportRequest exported;  // store export

  std::vector<Setting> settings;  // config
};

// `arguments` without the program's name; `config` is the configuration file where --config names none, "" for none. An option of
// the command line counts before one of the file. Errors: bad_option (unknown option, command or key, with the nearest name; a
// missing value; options that exclude each other), bad_value, file_not_found for @FILE and --config, no_permission.
Result<Options> parse_arguments(const std::vector<std::string>& arguments, const std::string& config = {});

}  // namespace momentum::cli
