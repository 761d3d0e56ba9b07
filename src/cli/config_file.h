#pragma once
// The configuration file as text: TOML, flat tables of simple values. What the keys mean is config_options.h.

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/error.h"

namespace momentum::cli {

enum class ConfigType : std::uint8_t { boolean, integer, number, date, text, texts };
// "true or false", "a whole number", ...: as an error says it.
const char* to_string(ConfigType type) noexcept;

struct ConfigEntry {
  std::string table = {};  // "": top level
  std::string key = {};
  ConfigType type = ConfigType::text;
  std::vector<std::string> values = {};  // as they would stand on the command line; one, but for texts
  std::uint32_t line = 0;
};

struct ConfigTable {
  std::string name;
  std::uint32_t line = 0;
};

struct ConfigFile {
  std::string path;
  std::vector<ConfigEntry> entries;  // in the order of the file
  std::vector<ConfigTable> tables;
};

// Errors: file_not_found, no_permission, io_failed; bad_value naming file and line (no TOML; a table in a table, a time, an array
// of anything but texts).
Result<ConfigFile> read_config(const std::string& path);

// $XDG_CONFIG_HOME/momentum/config.toml, where that is ~/.config unless it is set; "" where there is no such file.
std::string default_config();

}  // namespace momentum::cli
