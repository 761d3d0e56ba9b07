#include "momentum/cli/options.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "config_options.h"
#include "momentum/base/nearest.h"
#include "option_values.h"
#include "option_words.h"
#include "store_options.h"

namespace momentum::cli {
namespace {

using Texts = std::vector<std::string>;

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  while (text.ends_with(' ') || text.ends_with('.')) text.pop_back();
  return text;
}

// Those that the command line names, the innermost last: store, then gc.
std::vector<CLI::App*> chosen_commands(const CLI::App& app) {
  std::vector<CLI::App*> chosen;
  for (auto next = app.get_subcommands(); !next.empty(); next = chosen.back()->get_subcommands())
    chosen.push_back(next.front());
  return chosen;
}

std::unexpected<Error> unexpected_argument(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> known;
  const std::vector<CLI::App*> chosen = chosen_commands(app);
  std::string command = "momentum";
  for (const CLI::App* one : chosen) command += " " + one->get_name();
  if (!argument.starts_with('-')) {
    const CLI::App& innermost = chosen.empty() ? app : *chosen.back();
    const auto below = innermost.get_subcommands([](const CLI::App*) { return true; });
    if (below.empty()) {
      return fail(ErrorCode::bad_option, fmt::format("unexpected argument '{}'", argument),
                  command.substr(std::string_view("momentum ").size()), fmt::format("see {} --help", command));
    }
    for (const CLI::App* one : below) known.push_back(one->get_name());
    const std::string near = nearest(argument, known);
    return fail(ErrorCode::bad_option, "unknown command", argument,
                near.empty() ? fmt::format("the commands are {}", fmt::join(known, ", "))
                             : fmt::format("did you mean {}?", near));
  }
  const auto add = [&](const CLI::App* of) {
    for (const CLI::Option* option : of->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  };
  for (const CLI::App* one : chosen) add(one);
  add(&app);
  const std::string name = argument.substr(0, argument.find('='));
  const std::string near = nearest(name, known);
  return fail(ErrorCode::bad_option, "unknown option", name,
              near.empty() ? fmt::format("see {} --help", command) : fmt::format("did you mean {}?", near));
}

Result<void> read_everywhere(const Raw& raw, Options& out) {
  if (raw.threads && *raw.threads != "auto") {
    MOMENTUM_TRY(const std::int64_t threads, parse_count("--threads", *raw.threads, 1, 1024));
    out.threads = static_cast<int>(threads);
  }
  if (raw.simd) {
    MOMENTUM_TRY(const std::size_t level,
                 parse_choice("--simd", *raw.simd, {"scalar", "sse4", "avx2", "avx512", "auto"}));
    static constexpr SimdLevel kLevels[] = {SimdLevel::scalar, SimdLevel::sse4, SimdLevel::avx2, SimdLevel::avx512,
                                            SimdLevel::best};
    out.simd = kLevels[level];
  }
  if (raw.output) {
    if (raw.output->empty())
      return fail(ErrorCode::bad_value, "no file name", "-o", "give a file, or - for standard output");
    if (*raw.output != "-") out.output = *raw.output;
  }
  if (raw.format) {
    MOMENTUM_TRY(out.format, report::parse_format(*raw.format));
  } else if (!out.output.empty()) {
    MOMENTUM_TRY(out.format, report::format_of_path(out.output, report::Format::csv));
  }
  if (raw.lang) {
    MOMENTUM_TRY(out.lang, report::parse_lang(*raw.lang));
  }
  if (raw.memory_limit) {
    MOMENTUM_TRY(out.memory_limit, parse_size("--memory-limit", *raw.memory_limit));
  }
  if (raw.color) {
    MOMENTUM_TRY(const std::size_t when, parse_choice("--color", *raw.color, {"auto", "always", "never"}));
    out.color = static_cast<When>(when);
  }
  if (raw.progress) {
    MOMENTUM_TRY(const std::size_t how, parse_choice("--progress", *raw.progress, {"auto", "plain", "never"}));
    out.progress = static_cast<ProgressMode>(how);
  }
  if (raw.store) {
    if (raw.store->empty()) return fail(ErrorCode::bad_value, "no folder", "--store", "give a folder");
    out.store = *raw.store;
  }
  if (raw.snapshot) {
    MOMENTUM_TRY(out.snapshot, parse_count("--snapshot", *raw.snapshot, 1, std::numeric_limits<std::int64_t>::max()));
  }
  out.quiet = raw.quiet;
  out.verbose = raw.verbose;
  return {};
}

// What scan and show have in common: engine's two requests carry the same fields.
template <class Request>
Result<void> read_input(const Raw& raw, const char* command, Options& out, Request& request) {
  const char* of_store = raw.universe         ? "--universe"
                         : out.snapshot != 0  ? "--snapshot"
                         : !out.store.empty() ? "--store"
                                              : nullptr;
  const char* of_files = raw.dialect ? "--dialect" : raw.code ? "--code" : raw.report ? "--report" : nullptr;
  if (!raw.files.empty() && of_store != nullptr) {
    return fail(ErrorCode::bad_option, fmt::format("--files and {} exclude each other", of_store), command,
                "bars come from files or from a store");
  }
  if (raw.files.empty() && of_files != nullptr) {
    return fail(ErrorCode::bad_option, fmt::format("{} without --files", of_files), command,
                "it says how files are read; the store has been told when they were imported");
  }
  request.input = {.files = raw.files, .dialect = raw.dialect.value_or(""), .code = raw.code.value_or("")};
  if (out.snapshot != 0) request.input.snapshot = out.snapshot;
  if (raw.history) {
    MOMENTUM_TRY(request.history_days, parse_history(*raw.history));
  }
  if (raw.frequency) {
    MOMENTUM_TRY(request.frequency, parse_frequency(*raw.frequency));
  }
  if (raw.adjust) {
    MOMENTUM_TRY(request.adjust, parse_adjust(*raw.adjust));
  }
  if (raw.report) {
    if (raw.report->empty() || *raw.report == "-" || *raw.report == out.output) {
      return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", *raw.report), "--report",
                  "give a file of its own");
    }
    out.quarantine_report = *raw.report;
  }
  return {};
}

// The days and columns of show and store export.
template <class Request>
Result<void> read_range(const Raw& raw, Request& request) {
  if (raw.start) {
    MOMENTUM_TRY(request.start, parse_day("--start", *raw.start));
  }
  if (raw.end) {
    MOMENTUM_TRY(request.end, parse_day("--end", *raw.end));
  }
  if (request.start && request.end && *request.end < *request.start) {
    return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", *raw.end), "--end", "it lies before --start");
  }
  for (const std::string& text : raw.columns) {
    MOMENTUM_TRY(const Texts columns, parse_list("--columns", text));
    request.columns.insert(request.columns.end(), columns.begin(), columns.end());
  }
  return {};
}

Result<void> read_codes(const Raw& raw, Texts& to) {
  for (const std::string& text : raw.codes) {
    MOMENTUM_TRY(const Texts codes, parse_codes("--codes", text));
    to.insert(to.end(), codes.begin(), codes.end());
  }
  return {};
}

Result<void> read_scan(const Raw& raw, Options& out) {
  engine::ScanRequest& request = out.scan;
  MOMENTUM_TRY_VOID(read_input(raw, "scan", out, request));
  if (raw.universe) {
    static const std::vector<std::string> kUniverses{"a", "b", "etf", "index", "us", "all"};
    MOMENTUM_TRY(const std::size_t at, parse_choice("--universe", *raw.universe, kUniverses));
    request.input.universe = kUniverses[at];
  }
  if (raw.as_of) {
    MOMENTUM_TRY(request.as_of, parse_day("--as-of", *raw.as_of));
  }
  if (raw.profile) request.profile = *raw.profile;
  if (raw.top) {
    MOMENTUM_TRY(request.top, parse_count("--top", *raw.top, 1, 1'000'000'000));
  }
  if (raw.min_score) {
    MOMENTUM_TRY(request.min_score, parse_number("--min-score", *raw.min_score));
  }
  MOMENTUM_TRY_VOID(read_codes(raw, request.codes));
  request.industries = raw.industries;
  request.allow_partial = raw.allow_partial;
  request.list_delisted = raw.delisted;
  out.unranked = raw.unranked;
  if (raw.explain) {
    out.explain = *raw.explain;
    if (out.explain.empty()) return fail(ErrorCode::bad_value, "no code", "--explain", "name one instrument");
    const char* other = raw.top                   ? "--top"
                        : raw.min_score           ? "--min-score"
                        : !raw.codes.empty()      ? "--codes"
                        : !raw.industries.empty() ? "--industry"
                        : raw.unranked            ? "--unranked"
                                                  : nullptr;
    if (other != nullptr) {
      return fail(ErrorCode::bad_option, fmt::format("--explain and {} exclude each other", other), "scan",
                  "--explain takes one instrument out of the whole ranking");
    }
  }
  return {};
}

Result<void> read_export(const Raw& raw, Options& out) {
  out.command = Command::store_export;
  engine::ExportRequest& request = out.exported;
  if (out.output.empty()) {
    return fail(ErrorCode::bad_option, "no file", "store export", "name one: -o FILE.parquet, FILE.csv or FILE.h5");
  }
  MOMENTUM_TRY_VOID(engine::check_export_path(out.output));
  if (out.snapshot != 0) request.snapshot = out.snapshot;
  MOMENTUM_TRY_VOID(read_range(raw, request));
  if (raw.frequency) {
    MOMENTUM_TRY(request.frequency, parse_frequency(*raw.frequency));
  }
  if (raw.adjust) {
    MOMENTUM_TRY(request.adjust, parse_adjust(*raw.adjust));
  }
  return read_codes(raw, request.codes);
}

Result<void> read_show(const Raw& raw, Options& out) {
  engine::ShowRequest& request = out.show;
  if (!raw.show_code || raw.show_code->empty()) {
    return fail(ErrorCode::bad_option, "no code", "show", "write it before --files: momentum show CODE --files PATH");
  }
  request.code = *raw.show_code;
  MOMENTUM_TRY_VOID(read_input(raw, "show", out, request));
  request.input.universe = "all";
  MOMENTUM_TRY_VOID(read_range(raw, request));
  if (raw.last) {
    MOMENTUM_TRY(request.last, parse_count("--last", *raw.last, 1, 1'000'000'000));
  }
  request.scores = raw.scores;
  if (raw.method) {
    MOMENTUM_TRY(const std::size_t method, parse_choice("--method", *raw.method, {"ratio", "additive"}));
    request.method = static_cast<engine::Method>(method);
  }
  return {};
}

// Whether the command can write what was asked for. Where the file asked, it gets its own default: the file speaks to all commands.
Result<void> check_format(Options& out, bool asked, bool from_file) {
  if (out.command == Command::store_export) {
    if (asked && !from_file)
      return fail(ErrorCode::bad_option, "store export has no such option", "--format",
                  "the suffix of -o says the form");
    out.format.reset();
    return {};
  }
  if (!out.format || *out.format == report::Format::table || *out.format == report::Format::json) return {};
  const bool rows = out.command == Command::scan || out.command == Command::show;
  static constexpr std::array kOfLines{Command::dialects, Command::config, Command::store_log, Command::store_diff};
  const bool lines = rows || std::ranges::find(kOfLines, out.command) != kOfLines.end();
  const bool parquet = *out.format == report::Format::parquet;
  if (parquet ? rows : lines) {
    if (parquet && out.output.empty())
      return fail(ErrorCode::bad_option, "parquet without a file", "--format", "name one: -o FILE.parquet");
    return {};
  }
  if (out.command == Command::version || out.command == Command::help) return {};
  if (from_file) {
    out.format.reset();
    return {};
  }
  static constexpr std::pair<Command, const char*> kNames[] = {{Command::import, "import"},
                                                               {Command::demo, "demo"},
                                                               {Command::store_info, "store info"},
                                                               {Command::store_log, "store log"},
                                                               {Command::store_diff, "store diff"},
                                                               {Command::store_pin, "store pin"},
                                                               {Command::store_unpin, "store unpin"},
                                                               {Command::store_gc, "store gc"},
                                                               {Command::store_compact, "store compact"},
                                                               {Command::store_verify, "store verify"},
                                                               {Command::store_repair, "store repair"},
                                                               {Command::store_convert, "store convert"},
                                                               {Command::store_publish, "store publish"},
                                                               {Command::doctor, "doctor"},
                                                               {Command::config, "config"},
                                                               {Command::dialects, "the list of dialects"}};
  const auto* name = std::ranges::find(kNames, out.command, &std::pair<Command, const char*>::first);
  return fail(ErrorCode::bad_value, fmt::format("{} has no {}", name->second, parquet ? "parquet" : "csv"), "--format",
              lines ? "use table, csv or json" : "use table or json");
}

// An error about an option that the file names is one about the file.
Error placed(Error error, const ConfigPlaces& places) {
  const auto place = places.find(error.where == "-o" ? "--output" : error.where);
  if (place != places.end()) error.where = place->second;
  return error;
}

struct Commands {
  CLI::App *scan, *show, *exported, *doctor, *config;
  StoreCommands of_store;
};

Result<void> read_command(const Commands& commands, const Raw& raw, const StoreTexts& texts, Options& out) {
  MOMENTUM_TRY_VOID(read_everywhere(raw, out));
  if (raw.version) {
    out.command = Command::version;
  } else if (commands.scan->parsed()) {
    out.command = Command::scan;
    return read_scan(raw, out);
  } else if (commands.show->parsed()) {
    out.command = Command::show;
    return read_show(raw, out);
  } else if (commands.of_store.import->parsed()) {
    return read_import(texts, out);
  } else if (commands.of_store.demo->parsed()) {
    return read_demo(texts, out);
  } else if (commands.exported->parsed()) {
    return read_export(raw, out);
  } else if (commands.of_store.store->parsed()) {
    return read_store(commands.of_store, texts, out);
  } else if (commands.doctor->parsed()) {
    out.command = Command::doctor;
  } else if (commands.config->parsed()) {
    out.command = Command::config;
  } else {
    return fail(ErrorCode::bad_option, "no command", {},
                "use scan, show, import, demo, store, doctor or config; see momentum --help");
  }
  return {};
}

}  // namespace

Result<Options> parse_arguments(const std::vector<std::string>& arguments, const std::string& config) {
  Raw raw;
  Options out;
  CLI::App app("Momentum Engine: scores and indicators of a stock market from daily bars.", "momentum");
  app.require_subcommand(0, 1);
  declare_everywhere(app, raw);
  StoreTexts texts;
  Commands commands{.scan = declare_scan(app, raw),
                    .show = declare_show(app, raw),
                    .exported = {},
                    .doctor = {},
                    .config = {},
                    .of_store = {}};
  commands.of_store = declare_store_commands(app, kGlobals, texts);
  commands.exported = declare_export(*commands.of_store.store, raw);
  commands.doctor = declare_doctor(app);
  commands.config = declare_config(app);
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    command->fallthrough();
    for (CLI::App* own : command->get_subcommands([](const CLI::App*) { return true; })) own->fallthrough();
  }
  app.footer(
      "\nExamples:\n"
      "  momentum scan --files bars --top 10\n"
      "  momentum show 600000 --files bars --last 5\n"
      "  momentum import bars --store store\n"
      "  momentum doctor\n"
      "\nA command's own options: momentum COMMAND --help\n");

  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 wants them reversed
  } catch (const CLI::CallForHelp&) {
    out.help = app.help();
    return out;
  } catch (const CLI::ExtrasError&) {
    return unexpected_argument(app, app.remaining(true).front());
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view what = error.what();  // "--top: 1 required N missing"
    return fail(ErrorCode::bad_option, "missing value", std::string(what.substr(0, what.find(':'))),
                "see momentum --help");
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::bad_option, one_line(error.what()), {}, "see momentum --help");
  }

  ConfigFile file;
  if (const std::string path = raw.config.value_or(config); !path.empty()) {
    MOMENTUM_TRY(file, read_config(path));
    MOMENTUM_TRY_VOID(check_config(file, app));
  }
  if (commands.config->parsed()) out.settings = list_settings(file, app);
  const auto chosen = chosen_commands(app);
  CLI::App* const command = chosen.empty() ? nullptr : chosen.back();
  out.store_of_file = config_store(file, command);
  const bool own_output = raw.output.has_value();
  ConfigPlaces places = apply_config(file, app, command);
  if (own_output && places.contains("--format")) {
    // the suffix of a file that the command line names says more than the configuration
    MOMENTUM_TRY(const report::Format wanted, report::parse_format(*raw.format));
    MOMENTUM_TRY(const report::Format implied, report::format_of_path(*raw.output, wanted));
    if (implied != wanted) raw.format.reset();
  }
  Result<void> read = read_command(commands, raw, texts, out);
  if (read)
    read = check_format(out, raw.format.has_value(),
                        places.contains("--format") || (places.contains("--output") && !raw.format));
  if (!read) return std::unexpected(placed(std::move(read).error(), places));
  return out;
}

}  // namespace momentum::cli
