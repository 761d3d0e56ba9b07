#include "config_file.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "momentum/report/number.h"

namespace momentum::cli {
namespace {

std::unexpected<Error> unusable(const ConfigFile& file, std::string what, std::uint32_t line, std::string remedy) {
  return fail(ErrorCode::bad_value, std::move(what), fmt::format("{}:{}", file.path, line), std::move(remedy));
}

// A simple value as its text; no type for what no option takes.
std::optional<ConfigEntry> simple(const toml::node& node) {
  if (const auto* text = node.as_string()) return ConfigEntry{.type = ConfigType::text, .values = {text->get()}};
  if (const auto* flag = node.as_boolean())
    return ConfigEntry{.type = ConfigType::boolean, .values = {flag->get() ? "true" : "false"}};
  if (const auto* whole = node.as_integer())
    return ConfigEntry{.type = ConfigType::integer, .values = {std::to_string(whole->get())}};
  if (const auto* number = node.as_floating_point(); number != nullptr && std::isfinite(number->get()))
    return ConfigEntry{.type = ConfigType::number, .values = {report::shortest(number->get())}};
  if (const auto* day = node.as_date()) {
    const toml::date d = day->get();
    return ConfigEntry{.type = ConfigType::date, .values = {fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day)}};
  }
  const auto* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  ConfigEntry entry{.type = ConfigType::texts};
  for (const toml::node& item : *array) {
    if (!item.is_string()) return std::nullopt;
    entry.values.push_back(item.as_string()->get());
  }
  return entry;
}

Result<void> add(const toml::table& from, const std::string& table, ConfigFile& file) {
  for (const auto& [name, node] : from) {
    const std::string key(name.str());
    const std::uint32_t line = name.source().begin.line;
    if (const auto* inner = node.as_table()) {
      if (!table.empty())
        return unusable(file, fmt::format("a table in a table: {}.{}", table, key), line, "options stand in [command]");
      file.tables.push_back({key, line});
      MOMENTUM_TRY_VOID(add(*inner, key, file));
      continue;
    }
    std::optional<ConfigEntry> entry = simple(node);
    if (!entry)
      return unusable(file, fmt::format("wrong type of value: {}", key), line,
                      "give a text, a number, a date, true, false or a list of texts");
    entry->table = table;
    entry->key = key;
    entry->line = line;
    file.entries.push_back(*std::move(entry));
  }
  return {};
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : value;
}

Result<std::string> bytes_of(const std::string& path) {
  struct stat info{};
  const bool folder = ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  errno = folder ? EISDIR : 0;
  std::ifstream in;
  if (!folder) in.open(path, std::ios::binary);
  if (folder || !in) {
    if (errno == EACCES) return fail(ErrorCode::no_permission, "cannot read the configuration", path);
    if (errno == ENOENT || errno == ENOTDIR)
      return fail(ErrorCode::file_not_found, "no such file", path, "check the path after --config");
    return fail(ErrorCode::io_failed, "cannot read the configuration", path, "name a file");
  }
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return fail(ErrorCode::io_failed, "cannot read the configuration", path);
  return bytes;
}

}  // namespace

const char* to_string(ConfigType type) noexcept {
  switch (type) {
    case ConfigType::boolean: return "true or false";
    case ConfigType::integer: return "a whole number";
    case ConfigType::number: return "a number";
    case ConfigType::date: return "a date";
    case ConfigType::text: return "a text";
    case ConfigType::texts: break;
  }
  return "a list of texts";
}

Result<ConfigFile> read_config(const std::string& path) {
  ConfigFile file{.path = path, .entries = {}, .tables = {}};
  MOMENTUM_TRY(const std::string bytes, bytes_of(path));
  const toml::parse_result parsed = toml::parse(bytes, path);
  if (!parsed) {
    std::string what(parsed.error().description());
    std::ranges::replace(what, '\n', ' ');
    return unusable(file, "not readable as TOML", parsed.error().source().begin.line, what);
  }
  MOMENTUM_TRY_VOID(add(parsed.table(), "", file));
  std::ranges::stable_sort(file.entries, {}, &ConfigEntry::line);
  return file;
}

std::string default_config() {
  // a relative path there is to be ignored, says the XDG specification
  std::string folder = variable("XDG_CONFIG_HOME");
  if (!folder.starts_with('/')) folder = variable("HOME") + "/.config";
  std::string path = folder + "/momentum/config.toml";
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? path : std::string();
}

}  // namespace momentum::cli
