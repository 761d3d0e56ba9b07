#include "option_words.h"

namespace momentum::cli {
namespace {

using Text = std::optional<std::string>;
using Texts = std::vector<std::string>;

CLI::Option* one(CLI::App& app, const char* names, const char* value, Text& to, const char* help) {
  return app.add_option(names, to, help)->type_name(value)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

// Repeatable, one value each time.
void repeated(CLI::App& app, const char* name, const char* value, Texts& to, const char* help) {
  app.add_option(name, to, help)->type_name(value)->allow_extra_args(false);
}

void declare_frequency(CLI::App& app, Raw& raw) {
  one(app, "--freq", "FREQ", raw.frequency,
      "1d (default); 1w, 1mo: weeks, months, made of the days; 1m, 5m, 15m, 30m, 60m: of the store's minutes");
}

void declare_input(CLI::App& app, Raw& raw) {
  app.add_option("--files", raw.files,
                 "CSV, Parquet or HDF5 files, folders, globs or archives of daily bars, in place of the store")
      ->type_name("PATH")
      ->expected(1, CLI::detail::expected_max_vector_size);
  one(app, "--dialect", "NAME", raw.dialect, "how the files are written (default: told from their headings)");
  one(app, "--code", "CODE", raw.code, "the instrument, for files that name none");
  one(app, "--report", "FILE", raw.report, "write every quarantined row to FILE, as CSV");
  one(app, "--adjust", "HOW", raw.adjust, "prices shown: front, back; none: compute on unadjusted prices too");
  declare_frequency(app, raw);
  one(app, "--history", "SPAN", raw.history, "365d: only that many calendar days; origin: all (default)");
}

}  // namespace

void declare_everywhere(CLI::App& app, Raw& raw) {
  one(app, "--store", "DIR", raw.store,
      "the store, or to read a published copy: a folder or s3://, gs://, abfs:// (default: $MOMENTUM_STORE, else "
      "$XDG_DATA_HOME/momentum/store)");
  one(app, "--snapshot", "ID", raw.snapshot, "an older state of the store (default: the newest)");
  one(app, "--threads", "N|auto", raw.threads, "compute threads, or auto: all this process may use");
  one(app, "--simd", "LEVEL", raw.simd, "scalar, sse4, avx2, avx512 or auto; results do not depend on it");
  one(app, "--memory-limit", "SIZE", raw.memory_limit, "512M, 2G: what may be allocated for data; exit 7 past it");
  one(app, "--format", "F", raw.format, "table, csv, json or parquet (a terminal gets a table, a pipe csv)");
  one(app, "-o,--output", "FILE", raw.output,
      "write to FILE; its suffix .csv, .json, .parquet or .txt implies the format");
  one(app, "--lang", "L", raw.lang, "en or zh: tables and messages (default: the locale)");
  one(app, "--color", "WHEN", raw.color, "auto, always or never; red is up, green is down");
  one(app, "--progress", "HOW", raw.progress, "auto, plain or never");
  app.add_flag("--quiet", raw.quiet, "no progress, notes and summaries; errors only");
  app.add_flag("-v,--verbose", raw.verbose, "say more on standard error");
  one(app, "--config", "FILE", raw.config, "options as TOML (default: $XDG_CONFIG_HOME/momentum/config.toml)");
  app.add_flag("--version", raw.version, "versions of the program, its numerics and its libraries");
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
  one(*show, "--method", "M", raw.method, "ratio: by factors (default); additive: as terminals adjust, by actions");
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

CLI::App* declare_export(CLI::App& store, Raw& raw) {
  CLI::App* out =
      store.add_subcommand("export", "bars as one plain file for other programs: -o FILE.parquet, .csv or .h5");
  repeated(*out, "--codes", "A,B|@FILE", raw.codes, "these instruments only");
  one(*out, "--start", "DATE", raw.start, "first day");
  one(*out, "--end", "DATE", raw.end, "last day; prices are front-adjusted to it");
  repeated(*out, "--columns", "A,B", raw.columns,
           "these columns of show, or other stored ones (default: open,high,low,close,volume,amount)");
  one(*out, "--adjust", "HOW", raw.adjust, "prices: front (default), back or none");
  declare_frequency(*out, raw);
  out->footer(
      std::string(kGlobals) +
      "\nExamples:\n"
      "  momentum store export -o bars.parquet\n"
      "  momentum store export --adjust none --codes 600000.SH,000001.SZ -o two.csv\n"
      "  momentum store export --start 2024-01-02 --columns close,ma20,turnover -o year.parquet\n"
      "  momentum store export --freq 5m --start 2024-01-02 -o minutes.parquet\n"
      "  momentum store export --codes @codes.txt -o frames.h5    # pandas.read_hdf(\"frames.h5\", \"SH600000\")\n");
  return out;
}

CLI::App* declare_doctor(CLI::App& app) {
  CLI::App* doctor = app.add_subcommand("doctor", "what this machine has, and what the program uses of it");
  doctor->footer(std::string(kGlobals) +
                 "\nExamples:\n"
                 "  momentum doctor\n"
                 "  momentum doctor --format json\n");
  return doctor;
}

CLI::App* declare_config(CLI::App& app) {
  CLI::App* config = app.add_subcommand("config", "each option, its value and where that comes from");
  config->footer(std::string(kGlobals) +
                 "\nExamples:\n"
                 "  momentum config\n"
                 "  momentum config --format json\n");
  return config;
}

}  // namespace momentum::cli
