#include "config_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "momentum/base/nearest.h"
#include "option_defaults.h"

namespace momentum::cli {
namespace {

// Said to one run only, so that no file may say it.
bool is_key(const CLI::Option& option) {
  if (option.get_lnames().empty()) return false;
  const std::string& name = option.get_lnames().front();
  return name != "help" && name != "version" && name != "config";
}

std::vector<const CLI::Option*> keys_of(const CLI::App& app) {
  std::vector<const CLI::Option*> keys;
  for (const CLI::Option* option : app.get_options())
    if (is_key(*option)) keys.push_back(option);
  return keys;
}

const CLI::Option* find_key(const CLI::App& app, std::string_view key) {
  for (const CLI::Option* option : keys_of(app))
    if (option->get_lnames().front() == key) return option;
  return nullptr;
}

// The table of a command: "scan", "store-gc". (A table `store` and the key `store` exclude each other.)
std::string table_of(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return above == nullptr || above->get_parent() == nullptr ? command.get_name()
                                                            : table_of(*above) + "-" + command.get_name();
}

// Those that run: of one with others below it, these.
std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::vector<const CLI::App*> below = commands_of(*command);
    if (below.empty()) commands.push_back(command);
    commands.insert(commands.end(), below.begin(), below.end());
  }
  return commands;
}

const CLI::App* find_command(const CLI::App& app, std::string_view table) {
  for (const CLI::App* command : commands_of(app))
    if (table_of(*command) == table) return command;
  return nullptr;
}

std::string dotted(const ConfigEntry& entry) {
  return entry.table.empty() ? entry.key : fmt::format("{}.{}", entry.table, entry.key);
}

std::string place_of(const ConfigFile& file, const ConfigEntry& entry) {
  return fmt::format("{}:{}, {}", file.path, entry.line, dotted(entry));
}

bool is_flag(const CLI::Option& option) { return option.get_expected_min() == 0; }
bool is_repeated(const CLI::Option& option) { return option.get_items_expected_max() > 1; }

// The types an option takes, the one to name first. The name of its value on the command line says which.
std::vector<ConfigType> types_of(const CLI::Option& option) {
  if (is_flag(option)) return {ConfigType::boolean};
  if (is_repeated(option)) return {ConfigType::texts, ConfigType::text};
  const std::string value = option.get_type_name();
  if (value == "N" || value == "0..9" || value == "ID") return {ConfigType::integer};
  if (value == "N|auto" || value == "SIZE") return {ConfigType::integer, ConfigType::text};
  if (value == "X" || value == "SECONDS") return {ConfigType::number, ConfigType::integer};
  if (value == "DATE") return {ConfigType::date, ConfigType::text};
  return {ConfigType::text};
}

std::unexpected<Error> unknown_key(const ConfigFile& file, const ConfigEntry& entry, const CLI::App& app,
                                   const CLI::App* command) {
  std::vector<std::string> known;
  const auto add = [&](const CLI::App& of) {
    for (const CLI::Option* option : keys_of(of)) known.push_back(option->get_lnames().front());
  };
  if (command != nullptr) add(*command);
  add(app);
  std::string remedy;
  if (command == nullptr) {
    for (const CLI::App* other : commands_of(app))
      if (remedy.empty() && find_key(*other, entry.key) != nullptr)
        remedy = fmt::format("write it below [{}]", table_of(*other));
  }
  if (const std::string near = nearest(entry.key, known); remedy.empty() && !near.empty())
    remedy = fmt::format("did you mean {}?", near);
  if (remedy.empty()) remedy = "keys are the long names of options; see momentum --help";
  return fail(ErrorCode::bad_option, "unknown key", place_of(file, entry), remedy);
}

// Options of one command that exclude each other: the command line's stands, the file's goes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRivals{{
    {"files", "store"},
    {"files", "snapshot"},
    {"files", "universe"},
    {"explain", "top"},
    {"explain", "min-score"},
    {"explain", "codes"},
    {"explain", "industry"},
    {"explain", "unranked"},
    {"kind", "dialect"},
    {"kind", "code"},
    {"kind", "on-conflict"},
}};
// Said of files: without them nothing.
constexpr std::array<std::string_view, 3> kOfFiles{"dialect", "code", "report"};

class Application {
 public:
  Application(const ConfigFile& file, CLI::App& app, CLI::App* chosen) : file_(file), app_(app), chosen_(chosen) {}

  ConfigPlaces run() {
    if (chosen_ != nullptr) give(table_of(*chosen_));
    give("");
    return std::move(places_);
  }

 private:
  CLI::Option* find(std::string_view key) const {
    const std::string name = "--" + std::string(key);
    CLI::Option* own = chosen_ != nullptr ? chosen_->get_option_no_throw(name) : nullptr;
    return own != nullptr ? own : app_.get_option_no_throw(name);
  }
  bool set(std::string_view key) const {
    const CLI::Option* option = find(key);
    return option != nullptr && option->count() > 0;
  }
  bool left_out(const std::string& key) const {
    for (const auto& [one, other] : kRivals)
      if ((key == one && set(other)) || (key == other && set(one))) return true;
    return find("files") != nullptr && !set("files") && std::ranges::find(kOfFiles, key) != kOfFiles.end();
  }

  void give(const std::string& table) {
    // files first: whether there are any decides about others
    for (const bool files : {true, false}) {
      for (const ConfigEntry& entry : file_.entries)
        if (entry.table == table && (entry.key == "files") == files) give(entry);
    }
  }
  void give(const ConfigEntry& entry) {
    CLI::Option* option = find(entry.key);
    if (option == nullptr || option->count() > 0 || entry.key == "store" || left_out(entry.key)) return;
    for (const std::string& value : entry.values) option->add_result(value);
    option->run_callback();
    places_["--" + entry.key] = place_of(file_, entry);
  }

  const ConfigFile& file_;
  CLI::App& app_;
  CLI::App* chosen_;
  ConfigPlaces places_;
};

const ConfigEntry* find_entry(const ConfigFile& file, std::string_view table, std::string_view key) {
  for (const ConfigEntry& entry : file.entries)
    if (entry.table == table && entry.key == key) return &entry;
  return nullptr;
}

std::string joined(const std::vector<std::string>& values) { return fmt::format("{}", fmt::join(values, ",")); }

Setting setting_of(const ConfigFile& file, const std::string& command, const CLI::Option& option) {
  Setting setting{.command = command, .key = option.get_lnames().front()};
  const ConfigEntry* entry = find_entry(file, command, setting.key);
  if (option.count() > 0) {
    setting.source = Source::option;
    setting.value = is_flag(option) ? "true" : joined(option.results());
    setting.where = "--" + setting.key;
  } else if (entry != nullptr) {
    setting.source = Source::file;
    setting.value = joined(entry->values);
    setting.where = fmt::format("{}:{}", file.path, entry->line);
  } else {
    setting.value = is_flag(option) ? "false" : default_text(command, setting.key);
  }
  return setting;
}

}  // namespace

Result<void> check_config(const ConfigFile& file, const CLI::App& app) {
  for (const ConfigTable& table : file.tables) {
    if (find_command(app, table.name) != nullptr) continue;
    std::vector<std::string> known;
    for (const CLI::App* command : commands_of(app)) known.push_back(table_of(*command));
    const std::string near = nearest(table.name, known);
    return fail(
        ErrorCode::bad_option, "unknown table", fmt::format("{}:{}, [{}]", file.path, table.line, table.name),
        near.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : fmt::format("did you mean [{}]?", near));
  }
  for (const ConfigEntry& entry : file.entries) {
    const CLI::App* command = entry.table.empty() ? nullptr : find_command(app, entry.table);
    const CLI::Option* option = command != nullptr ? find_key(*command, entry.key) : nullptr;
    if (option == nullptr) option = find_key(app, entry.key);
    if (option == nullptr) return unknown_key(file, entry, app, command);
    const std::vector<ConfigType> types = types_of(*option);
    if (std::ranges::find(types, entry.type) == types.end())
      return fail(ErrorCode::bad_value, fmt::format("wrong type: {}", to_string(entry.type)), place_of(file, entry),
                  fmt::format("give {}", to_string(types.front())));
  }
  return {};
}

ConfigPlaces apply_config(const ConfigFile& file, CLI::App& app, CLI::App* chosen) {
  return Application(file, app, chosen).run();
}

std::string config_store(const ConfigFile& file, const CLI::App* chosen) {
  const ConfigEntry* entry = chosen != nullptr ? find_entry(file, table_of(*chosen), "store") : nullptr;
  if (entry == nullptr) entry = find_entry(file, "", "store");
  return entry == nullptr ? std::string() : entry->values.front();
}

std::vector<Setting> list_settings(const ConfigFile& file, const CLI::App& app) {
  std::vector<Setting> settings;
  for (const CLI::Option* option : keys_of(app)) settings.push_back(setting_of(file, "", *option));
  for (const CLI::App* command : commands_of(app)) {
    const std::string name = table_of(*command);
    for (const CLI::Option* option : keys_of(*command)) settings.push_back(setting_of(file, name, *option));
    for (const CLI::Option* option : keys_of(app))
      if (option->count() == 0 && find_entry(file, name, option->get_lnames().front()) != nullptr)
        settings.push_back(setting_of(file, name, *option));
  }
  return settings;
}

}  // namespace momentum::cli
