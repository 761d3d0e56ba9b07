#pragma once
// The configuration file as options: each key is the long name of one, at the top or in the table of a command.

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

#include "config_file.h"
#include "momentum/base/error.h"
#include "momentum/cli/options.h"

namespace momentum::cli {

// Where the options that took their value from the file stand in it: "--top" -> "config.toml:7, scan.top".
using ConfigPlaces = std::map<std::string, std::string>;

// Every key names an option and has a value of its type, in tables of all commands. Errors: bad_option (unknown key or table, with
// the nearest one), bad_value (a wrong type); both name file and line.
Result<void> check_config(const ConfigFile& file, const CLI::App& app);

// Gives the options of `app` and of its command `chosen` (nullptr: none), where the command line does not name them, the values of
// the file: of the command's table before those of the top. What excludes an option of the command line is left out; so is
// `store`, which an environment variable precedes: see config_store().
ConfigPlaces apply_config(const ConfigFile& file, CLI::App& app, CLI::App* chosen);

// The store that the file names, for a command; "" if none.
std::string config_store(const ConfigFile& file, const CLI::App* chosen);

// Every option with its value and where that comes from, to be asked after parsing and before apply_config(): those for every
// command, then those of each command, and what a command's table says of the former.
std::vector<Setting> list_settings(const ConfigFile& file, const CLI::App& app);

}  // namespace momentum::cli
