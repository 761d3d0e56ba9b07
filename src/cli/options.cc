#include "momentum/cli/options.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <optional>

#include "momentum/base/nearest.h"
#include "option_values.h"
#include "store_options.h"

namespace momentum::cli {
namespace {

using Text = std::optional<std::string>;
using Texts = std::vector<std::string>;

// What stands on the command line, before its meaning is checked: all texts, so that every bad value is told in one
// way.
struct Raw {
  Text store, snapshot, threads, simd, format, output, lang, color, progress;
  bool quiet = false, verbose = false, version = false;
  Texts files, codes, industries, columns;
  Text dialect, code, report, as_of, top, min_score, history, adjust, profile, explain, start, end, last, show_code,
      universe;
  bool allow_partial = false, unranked = false, delisted = false, scores = false;
};

constexpr const char* kGlobals =
    "Options for every command: --store DIR, --snapshot ID, --threads N, --simd LEVEL, --format F, -o FILE, --lang L, "
    "--color WHEN,\n"
    "--progress HOW, --quiet, -v; see momentum --help.\n";

CLI::Option* one(CLI::App& app, const char* names, const char* value, Text& to, const char* help) {
  return app.add_option(names, to, help)->type_name(value)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

// Repeatable, one value each time.
void repeated(CLI::App& app, const char* name, const char* value, Texts& to, const char* help) {
  app.add_option(name, to, help)->type_name(value)->allow_extra_args(false);
}

void declare_everywhere(CLI::App& app, Raw& raw) {
  one(app, "--store", "DIR", raw.store, "the store (default: $MOMENTUM_STORE, else $XDG_DATA_HOME/momentum/store)");
  one(app, "--snapshot", "ID", raw.snapshot, "an older state of the store (default: the newest)");
  one(app, "--threads", "N", raw.threads, "compute threads, or auto: all this process may use");
  one(app, "--simd", "LEVEL", raw.simd, "scalar, sse4, avx2, avx512 or auto; results do not depend on it");
  one(app, "--format", "F", raw.format, "table, csv or json (a terminal gets a table, a pipe csv)");
  one(app, "-o,--output", "FILE", raw.output, "write to FILE; its suffix .csv, .json or .txt implies the format");
  one(app, "--lang", "L", raw.lang, "en or zh: tables and messages (default: the locale)");
  one(app, "--color", "WHEN", raw.color, "auto, always or never; red is up, green is down");
  one(app, "--progress", "HOW", raw.progress, "auto, plain or never");
  app.add_flag("--quiet", raw.quiet, "no progress, notes and summaries; errors only");
  app.add_flag("-v,--verbose", raw.verbose, "say more on standard error");
  app.add_flag("--version", raw.version, "versions of the program, its numerics and its libraries");
}

void declare_input(CLI::App& app, Raw& raw) {
  app.add_option("--files", raw.files, "CSV files, folders, globs or archives of daily bars, in place of the store")
      ->type_name("PATH")
      ->expected(1, CLI::detail::expected_max_vector_size);
  one(app, "--dialect", "NAME", raw.dialect, "how the files are written (default: told from their headings)");
  one(app, "--code", "CODE", raw.code, "the instrument, for files that name none");
  one(app, "--report", "FILE", raw.report, "write every quarantined row to FILE, as CSV");
  one(app, "--adjust", "HOW", raw.adjust, "prices shown: front, back; none: compute on unadjusted prices too");
  one(app, "--history", "SPAN", raw.history, "365d: only that many calendar days; origin: all (default)");
}

CLI::App* declare_scan(CLI::App& app, Raw& raw) {
  CLI::App* scan = app.add_subcommand("scan", "score every instrument as of the close of a session, best first");
  declare_input(*scan, raw);
  one(*scan, "--as-of", "DATE", raw.as_of, "the session (default: the last complete one)");
  scan->add_flag("--allow-partial", raw.allow_partial, "take the last session even if bars are missing from it");
  one(*scan, "--universe", "U", raw.universe,
      "of the store: a, b, etf, index, us, all (default: a where there are any)");
  one(*scan, "--profile", "NAME", raw.profile, "scoring profile");
  one(*scan, "--top", "N", raw.top, "the best N only");
  one(*scan, "--min-score", "X", raw.min_score, "scores of at least X only");
  repeated(*scan, "--codes", "A,B|@FILE", raw.codes, "these instruments only");
  repeated(*scan, "--industry", "NAME", raw.industries, "this industry only; may be repeated");
  one(*scan, "--explain", "CODE", raw.explain, "take one score apart");
  scan->add_flag("--unranked", raw.unranked, "list the instruments without a rank too, with the reason");
  scan->add_flag("--delisted", raw.delisted, "list delisted instruments too");
  scan->footer(std::string(kGlobals) +
               "\nExamples:\n"
               "  momentum scan --top 20\n"
               "  momentum scan --store market --min-score 60 --format csv\n"
               "  momentum scan --files bars --top 20\n"
               "  momentum scan --files bars/*.csv --as-of 2024-06-28 --format json\n"
               "  momentum scan --files bars --unranked -o scan.csv\n"
               "  momentum scan --files bars --explain 600000\n");
  return scan;
}

CLI::App* declare_show(CLI::App& app, Raw& raw) {
  CLI::App* show = app.add_subcommand("show", "one instrument, bar by bar, with its indicators");
  one(*show, "CODE", "", raw.show_code, "600000.SH, sh600000, 600000, ...");
  declare_input(*show, raw);
  one(*show, "--start", "DATE", raw.start, "first day");
  one(*show, "--end", "DATE", raw.end, "last day; prices are front-adjusted to it");
  one(*show, "--last", "N", raw.last, "the last N rows only");
  repeated(*show, "--columns", "A,B", raw.columns, "these columns only");
  show->add_flag("--scores", raw.scores, "add the score of every day and its parts");
  show->footer(std::string(kGlobals) +
               "\nExamples:\n"
               "  momentum show 600000 --last 20\n"
               "  momentum show 600000 --files bars --last 20\n"
               "  momentum show 600000.SH --files bars --columns close,ma20,rsi --format csv\n"
               "  momentum show 600000 --files bars --start 2024-01-02 --scores -o show.json\n");
  return show;
}

CLI::App* declare_doctor(CLI::App& app) {
  CLI::App* doctor = app.add_subcommand("doctor", "what this machine has, and what the program uses of it");
  doctor->footer(std::string(kGlobals) +
                 "\nExamples:\n"
                 "  momentum doctor\n"
                 "  momentum doctor --format json\n");
  return doctor;
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  while (text.ends_with(' ') || text.ends_with('.')) text.pop_back();
  return text;
}

std::unexpected<Error> unexpected_argument(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> known;
  const auto chosen = app.get_subcommands();
  if (!argument.starts_with('-')) {
    if (!chosen.empty()) {
      return fail(ErrorCode::bad_option, fmt::format("unexpected argument '{}'", argument), chosen[0]->get_name(),
                  fmt::format("see momentum {} --help", chosen[0]->get_name()));
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      known.push_back(command->get_name());
    }
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
  for (const CLI::App* command : chosen) add(command);
  add(&app);
  const std::string name = argument.substr(0, argument.find('='));
  const std::string near = nearest(name, known);
  const std::string command = chosen.empty() ? "momentum" : "momentum " + chosen[0]->get_name();
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
  for (const std::string& text : raw.codes) {
    MOMENTUM_TRY(const Texts codes, parse_codes("--codes", text));
    request.codes.insert(request.codes.end(), codes.begin(), codes.end());
  }
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

Result<void> read_show(const Raw& raw, Options& out) {
  engine::ShowRequest& request = out.show;
  if (!raw.show_code || raw.show_code->empty()) {
    return fail(ErrorCode::bad_option, "no code", "show", "write it before --files: momentum show CODE --files PATH");
  }
  request.code = *raw.show_code;
  MOMENTUM_TRY_VOID(read_input(raw, "show", out, request));
  request.input.universe = "all";
  if (raw.start) {
    MOMENTUM_TRY(request.start, parse_day("--start", *raw.start));
  }
  if (raw.end) {
    MOMENTUM_TRY(request.end, parse_day("--end", *raw.end));
  }
  if (request.start && request.end && *request.end < *request.start) {
    return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", *raw.end), "--end", "it lies before --start");
  }
  if (raw.last) {
    MOMENTUM_TRY(request.last, parse_count("--last", *raw.last, 1, 1'000'000'000));
  }
  for (const std::string& text : raw.columns) {
    MOMENTUM_TRY(const Texts columns, parse_list("--columns", text));
    request.columns.insert(request.columns.end(), columns.begin(), columns.end());
  }
  request.scores = raw.scores;
  return {};
}

}  // namespace

Result<Options> parse_arguments(const std::vector<std::string>& arguments) {
  Raw raw;
  Options out;
  CLI::App app("Momentum Engine: scores and indicators of a stock market from daily bars.", "momentum");
  app.require_subcommand(0, 1);
  declare_everywhere(app, raw);
  CLI::App* scan = declare_scan(app, raw);
  CLI::App* show = declare_show(app, raw);
  StoreTexts texts;
  const StoreCommands store = declare_store_commands(app, kGlobals, texts);
  CLI::App* doctor = declare_doctor(app);
  for (CLI::App* command : {scan, show, store.import, store.demo, store.store, doctor}) command->fallthrough();
  for (CLI::App* command : store.store->get_subcommands([](const CLI::App*) { return true; })) command->fallthrough();
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

  MOMENTUM_TRY_VOID(read_everywhere(raw, out));
  if (raw.version) {
    out.command = Command::version;
  } else if (scan->parsed()) {
    out.command = Command::scan;
    MOMENTUM_TRY_VOID(read_scan(raw, out));
  } else if (show->parsed()) {
    out.command = Command::show;
    MOMENTUM_TRY_VOID(read_show(raw, out));
  } else if (store.import->parsed()) {
    MOMENTUM_TRY_VOID(read_import(texts, out));
  } else if (store.demo->parsed()) {
    MOMENTUM_TRY_VOID(read_demo(texts, out));
  } else if (store.store->parsed()) {
    MOMENTUM_TRY_VOID(read_store(store, texts, out));
  } else if (doctor->parsed()) {
    out.command = Command::doctor;
    if (out.format == report::Format::csv) {
      return fail(ErrorCode::bad_value, "doctor has no csv", "--format", "use table or json");
    }
  } else {
    return fail(ErrorCode::bad_option, "no command", {},
                "use scan, show, import, demo, store or doctor; see momentum --help");
  }
  return out;
}

}  // namespace momentum::cli
