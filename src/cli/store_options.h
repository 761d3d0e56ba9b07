#pragma once
// The options of the commands that make, fill and describe a store: import, demo, store.

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/cli/options.h"

namespace momentum::cli {

// As they stand on the command line, before their meaning is checked.
struct StoreTexts {
  std::vector<std::string> paths;
  std::optional<std::string> kind, dialect, code, market, freq, minute_names, on_conflict, report, storage, compression,
      lock_wait;
  std::optional<std::string> stocks, years, seed, end, minutes;
  std::optional<std::string> first, second, note, grace;
  std::optional<std::string> to, destination;
  bool deep = false;
  bool dry_run = false, strict = false, list_dialects = false;
};

struct StoreCommands {
  CLI::App* import;
  CLI::App* demo;
  CLI::App* store;
  CLI::App* info;  // of store; so below
  CLI::App* log;
  CLI::App* diff;
  CLI::App* pin;
  CLI::App* unpin;
  CLI::App* gc;
  CLI::App* compact;
  CLI::App* verify;
  CLI::App* repair;
  CLI::App* convert;
  CLI::App* publish;
};

// `globals` is the help's paragraph on options of every command.
StoreCommands declare_store_commands(CLI::App& app, const std::string& globals, StoreTexts& texts);

Result<void> read_import(const StoreTexts& texts, Options& out);
Result<void> read_demo(const StoreTexts& texts, Options& out);
// The command of `store` that was named. Error: bad_option, if none was.
Result<void> read_store(const StoreCommands& commands, const StoreTexts& texts, Options& out);

}  // namespace momentum::cli
