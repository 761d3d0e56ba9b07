#include "store_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "momentum/engine/store_info.h"
#include "option_values.h"

namespace momentum::cli {
namespace {

using Text = std::optional<std::string>;

void one(CLI::App& app, const char* names, const char* value, Text& to, const char* help) {
  app.add_option(names, to, help)->type_name(value)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void declare_lock_wait(CLI::App& app, StoreTexts& texts) {
  one(app, "--lock-wait", "SECONDS", texts.lock_wait, "how long to wait for another writer (default 0)");
}

void declare_upkeep(StoreCommands& commands, const std::string& globals, StoreTexts& texts) {
  const auto command = [&](const char* name, const char* help, const char* examples) {
    CLI::App* const app = commands.store->add_subcommand(name, help);
    app->footer(globals + "\nExamples:\n" + examples);
    return app;
  };
  commands.log = command("log", "every snapshot, newest first: what it brought, and how long it is kept",
                         "  momentum store log\n  momentum store log --format csv -o log.csv\n");
  commands.diff = command("diff", "what changed from one snapshot to another (default: the newest)",
                          "  momentum store diff 6 7\n  momentum store diff 6 --format csv -o changes.csv\n");
  one(*commands.diff, "A", "", texts.first, "a snapshot");
  one(*commands.diff, "B", "", texts.second, "a later one");
  commands.pin = command("pin", "keep a snapshot for ever", "  momentum store pin 7 --note 'report of May'\n");
  one(*commands.pin, "ID", "", texts.first, "the snapshot");
  one(*commands.pin, "--note", "TEXT", texts.note, "why, for the log");
  commands.unpin = command("unpin", "let gc have a pinned snapshot", "  momentum store unpin 7\n");
  one(*commands.unpin, "ID", "", texts.first, "the snapshot");
  commands.gc = command("gc", "drop older snapshots that the rule does not keep, and the files that only they need",
                        "  momentum store gc --dry-run\n  momentum store gc --grace 7d\n");
  one(*commands.gc, "--grace", "DURATION", texts.grace,
      "for how long every snapshot is kept: 90m, 24h (default), 7d, 0");
  commands.gc->add_flag("--dry-run", texts.dry_run, "say what would go, and remove nothing");
  commands.compact = command("compact", "move bars to the files where they belong", "  momentum store compact\n");
  commands.verify = command("verify", "is the store what its catalog says?",
                            "  momentum store verify\n  momentum store verify --deep --format json\n");
  commands.verify->add_flag("--deep", texts.deep, "read every byte, and derive again what was derived");
  commands.repair = command("repair", "make a lost or torn catalog anew; removes nothing", "  momentum store repair\n");
  for (CLI::App* const app : {commands.pin, commands.unpin, commands.gc, commands.compact, commands.repair})
    declare_lock_wait(*app, texts);
}

void declare_convert(StoreCommands& commands, const std::string& globals, StoreTexts& texts) {
  commands.convert = commands.store->add_subcommand("convert", "make a new store of the same data, in another form");
  one(*commands.convert, "DEST", "", texts.destination, "folder of the new store: it must not exist, or be empty");
  one(*commands.convert, "--to", "FORM", texts.to, "its data files: parquet, hdf or csv");
  one(*commands.convert, "--compression", "LEVEL", texts.compression,
      "0 quickest to read, to 9 smallest; or compat, for readers that know no newer encodings and filters (default: "
      "that of the store)");
  commands.convert->footer(globals +
                           "\nExamples:\n"
                           "  momentum store convert --to hdf --compression compat market-hdf\n"
                           "  momentum store convert --store market --snapshot 7 --to csv old-market\n");
}

void declare_publish(StoreCommands& commands, const std::string& globals, StoreTexts& texts) {
  commands.publish = commands.store->add_subcommand(
      "publish", "make or renew a copy for readers elsewhere: a folder or an object store");
  one(*commands.publish, "PLACE", "", texts.destination,
      "a folder, file:///folder, s3://bucket/prefix, gs://bucket/prefix or abfs://account@container/prefix");
  one(*commands.publish, "--grace", "DURATION", texts.grace,
      "how long a copy that is the newest no more can still be read: 90m, 24h (default), 7d, 0");
  commands.publish->footer(globals +
                           "\nExamples:\n"
                           "  momentum store publish s3://market/daily\n"
                           "  momentum scan --store s3://market/daily\n"
                           "  momentum store publish 's3://market/daily?endpoint_override=127.0.0.1:9000&scheme=http'\n"
                           "  momentum store publish --store market /mnt/shared/market\n");
}

void declare_making(CLI::App& app, StoreTexts& texts) {
  one(app, "--storage", "FORM", texts.storage, "of a new store: parquet (default), hdf or csv");
  one(app, "--compression", "LEVEL", texts.compression,
      "of a new store: 0 quickest to read, to 9 smallest; or compat, for readers that know no newer encodings");
  declare_lock_wait(app, texts);
}

CLI::App* declare_import(CLI::App& app, const std::string& globals, StoreTexts& texts) {
  CLI::App* import = app.add_subcommand("import", "bring vendors' files into the store, in one commit");
  import->add_option("PATH", texts.paths, "CSV, Parquet or HDF5 files, folders, globs or archives")->type_name("");
  one(*import, "--kind", "NAME", texts.kind,
      "not bars: instruments, calendar, suspensions, factors, actions or limits");
  one(*import, "--dialect", "NAME", texts.dialect, "how the files are written (default: told from their headings)");
  one(*import, "--code", "CODE", texts.code, "the instrument, for files that name none");
  one(*import, "--market", "M", texts.market,
      "of six-digit codes that name none: SH, SZ, BJ; shares: by the number, all being A or B shares");
  one(*import, "--freq", "FREQ", texts.freq, "1d: bars of days (default); 1m: of minutes");
  one(*import, "--minute-names", "HOW", texts.minute_names,
      "minutes are named by the minute in which they end (09:31, default) or begin (09:30): end or begin");
  one(*import, "--on-conflict", "HOW", texts.on_conflict, "a row that differs from the stored one: keep or replace");
  import->add_flag("--dry-run", texts.dry_run, "say what would be stored, and store nothing");
  import->add_flag("--strict", texts.strict, "a quarantined row is an error, and nothing is stored");
  one(*import, "--report", "FILE", texts.report, "write every quarantined row and differing bar to FILE, as CSV");
  import->add_flag("--list-dialects", texts.list_dialects, "the dialects, and how each is written");
  declare_making(*import, texts);
  import->footer(globals +
                 "\nExamples:\n"
                 "  momentum import bars --store store\n"
                 "  momentum import bars --store store --on-conflict replace --report rows.csv\n"
                 "  momentum import bars --store store --strict --dry-run\n"
                 "  momentum import minutes --store store --freq 1m\n"
                 "  momentum import --list-dialects\n");
  return import;
}

CLI::App* declare_demo(CLI::App& app, const std::string& globals, StoreTexts& texts) {
  CLI::App* demo = app.add_subcommand("demo", "make a synthetic market in a store of its own");
  one(*demo, "--stocks", "N", texts.stocks, "how many stocks (default 500)");
  one(*demo, "--years", "N", texts.years, "how many years of sessions (default 3)");
  one(*demo, "--seed", "N", texts.seed, "another seed, another market (default 1)");
  one(*demo, "--end", "DATE", texts.end, "the last day (default 2025-12-31)");
  one(*demo, "--minutes", "DAYS", texts.minutes, "bars of minutes of the last so many sessions, too (default 0)");
  declare_making(*demo, texts);
  demo->footer(globals +
               "\nExamples:\n"
               "  momentum demo --store demo\n"
               "  momentum demo --store small --stocks 20 --years 1 --seed 7\n"
               "  momentum demo --store demo-minutes --stocks 50 --minutes 60\n");
  return demo;
}

Result<void> read_lock_wait(const StoreTexts& texts, std::chrono::milliseconds& lock_wait) {
  if (!texts.lock_wait) return {};
  MOMENTUM_TRY(const double seconds, parse_number("--lock-wait", *texts.lock_wait));
  if (seconds < 0 || seconds > 86400) {
    return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", *texts.lock_wait), "--lock-wait",
                "give seconds, from 0 to 86400");
  }
  lock_wait = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  return {};
}

Result<void> read_compression(const StoreTexts& texts, std::optional<int>& compression) {
  if (!texts.compression) return {};
  compression = engine::compression_of(*texts.compression);
  if (compression) return {};
  return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", *texts.compression), "--compression",
              "give a level from 0 to 9, or compat");
}

Result<void> read_making(const StoreTexts& texts, Text& storage, std::optional<int>& compression,
                         std::chrono::milliseconds& lock_wait) {
  if (texts.storage) {
    MOMENTUM_TRY_VOID(parse_choice("--storage", *texts.storage, {"parquet", "hdf", "csv"}));
    storage = texts.storage;
  }
  MOMENTUM_TRY_VOID(read_compression(texts, compression));
  return read_lock_wait(texts, lock_wait);
}

Result<void> read_convert(const StoreTexts& texts, Options& out) {
  engine::ConvertRequest& request = out.convert;
  if (!texts.destination || texts.destination->empty()) {
    return fail(ErrorCode::bad_option, "no folder", "store convert",
                "name that of the new store: momentum store convert --to FORM DEST");
  }
  request.destination = *texts.destination;
  if (!texts.to) {
    return fail(ErrorCode::bad_option, "no form", "store convert",
                "say how its data files are to be: --to parquet, hdf or csv");
  }
  MOMENTUM_TRY_VOID(parse_choice("--to", *texts.to, {"parquet", "hdf", "csv"}));
  request.storage = *texts.to;
  if (out.snapshot != 0) request.snapshot = out.snapshot;
  return read_compression(texts, request.compression);
}

}  // namespace

StoreCommands declare_store_commands(CLI::App& app, const std::string& globals, StoreTexts& texts) {
  StoreCommands commands{};
  commands.import = declare_import(app, globals, texts);
  commands.demo = declare_demo(app, globals, texts);
  commands.store = app.add_subcommand("store", "what is in the store, its past, and its upkeep");
  commands.store->require_subcommand(0, 1);
  commands.info = commands.store->add_subcommand("info", "what the store holds and how: levels, columns, sizes");
  commands.info->footer(globals +
                        "\nExamples:\n"
                        "  momentum store info --store store\n"
                        "  momentum store info --store store --format json\n");
  declare_upkeep(commands, globals, texts);
  declare_convert(commands, globals, texts);
  declare_publish(commands, globals, texts);
  commands.store->footer(globals);
  return commands;
}

Result<void> read_import(const StoreTexts& texts, Options& out) {
  if (texts.list_dialects) {
    out.command = Command::dialects;
    return {};
  }
  out.command = Command::import;
  engine::ImportRequest& request = out.import;
  if (texts.paths.empty())
    return fail(ErrorCode::bad_option, "no input", "import", "name files or folders: momentum import PATH");
  request.files = texts.paths;
  request.kind = texts.kind.value_or("");
  request.dialect = texts.dialect.value_or("");
  request.code = texts.code.value_or("");
  if (texts.kind) {
    const bool vendors = *texts.kind == "actions" || *texts.kind == "limits";
    const char* other = texts.dialect                   ? "--dialect"
                        : texts.code                    ? "--code"
                        : texts.market                  ? "--market"
                        : texts.freq                    ? "--freq"
                        : texts.on_conflict && !vendors ? "--on-conflict"
                                                        : nullptr;
    if (other != nullptr) {
      return fail(ErrorCode::bad_option, fmt::format("--kind {} and {} exclude each other", *texts.kind, other),
                  "import", fmt::format("{} is for bars", other));
    }
  }
  if (texts.market) {
    MOMENTUM_TRY(const std::size_t whose, parse_choice("--market", *texts.market, {"SH", "SZ", "BJ", "shares"}));
    request.bare = static_cast<sources::BareCodes>(whose + 1);
  }
  if (texts.freq) {
    MOMENTUM_TRY(const std::size_t which, parse_choice("--freq", *texts.freq, {"1d", "1m"}));
    request.minutes = which == 1;
  }
  if (texts.minute_names) {
    MOMENTUM_TRY(const std::size_t how, parse_choice("--minute-names", *texts.minute_names, {"end", "begin"}));
    request.named_by_begin = how == 1;
    if (!request.minutes)
      return fail(ErrorCode::bad_option, "--minute-names without minutes", "import", "add --freq 1m");
  }
  if (texts.on_conflict) {
    MOMENTUM_TRY(const std::size_t how, parse_choice("--on-conflict", *texts.on_conflict, {"keep", "replace"}));
    request.replace = how == 1;
  }
  request.dry_run = texts.dry_run;
  request.strict = texts.strict;
  if (texts.report) {
    if (texts.report->empty() || *texts.report == "-" || *texts.report == out.output) {
      return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", *texts.report), "--report",
                  "give a file of its own");
    }
    out.quarantine_report = *texts.report;
  }
  return read_making(texts, request.storage, request.compression, request.lock_wait);
}

Result<void> read_demo(const StoreTexts& texts, Options& out) {
  out.command = Command::demo;
  engine::DemoRequest& request = out.demo;
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();  // the engine knows the real bounds
  if (texts.stocks) {
    MOMENTUM_TRY(const std::int64_t stocks, parse_count("--stocks", *texts.stocks, 1, kMost));
    request.market.stocks = static_cast<int>(stocks);
  }
  if (texts.years) {
    MOMENTUM_TRY(const std::int64_t years, parse_count("--years", *texts.years, 1, kMost));
    request.market.years = static_cast<int>(years);
  }
  if (texts.minutes) {
    MOMENTUM_TRY(const std::int64_t minutes, parse_count("--minutes", *texts.minutes, 0, kMost));
    request.minutes = static_cast<int>(minutes);
  }
  if (texts.seed) {
    MOMENTUM_TRY(const std::int64_t seed,
                 parse_count("--seed", *texts.seed, 0, std::numeric_limits<std::int64_t>::max()));
    request.market.seed = static_cast<std::uint64_t>(seed);
  }
  if (texts.end) {
    MOMENTUM_TRY(request.market.end, parse_day("--end", *texts.end));
  }
  return read_making(texts, request.storage, request.compression, request.lock_wait);
}

Result<void> read_store(const StoreCommands& commands, const StoreTexts& texts, Options& out) {
  using Row = std::pair<CLI::App*, Command>;
  const Row rows[] = {{commands.info, Command::store_info},       {commands.log, Command::store_log},
                      {commands.diff, Command::store_diff},       {commands.pin, Command::store_pin},
                      {commands.unpin, Command::store_unpin},     {commands.gc, Command::store_gc},
                      {commands.compact, Command::store_compact}, {commands.verify, Command::store_verify},
                      {commands.repair, Command::store_repair},   {commands.convert, Command::store_convert},
                      {commands.publish, Command::store_publish}};
  const Row* const row = std::ranges::find_if(rows, [](const Row& one) { return one.first->parsed(); });
  if (row == std::end(rows)) {
    return fail(ErrorCode::bad_option, "no command", "store",
                "use info, log, diff, pin, unpin, gc, compact, verify, repair, convert, publish or export");
  }
  out.command = row->second;
  if (out.command == Command::store_convert) return read_convert(texts, out);
  UpkeepOptions& upkeep = out.upkeep;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (texts.first) {
    MOMENTUM_TRY(upkeep.first, parse_count("snapshot", *texts.first, 1, kMost));
  } else if (out.command == Command::store_diff || out.command == Command::store_pin ||
             out.command == Command::store_unpin) {
    return fail(ErrorCode::bad_option, "no snapshot", "store " + row->first->get_name(),
                "name one by its number: momentum store log lists them");
  }
  if (texts.second) {
    MOMENTUM_TRY(upkeep.second, parse_count("snapshot", *texts.second, 1, kMost));
  }
  if (out.command == Command::store_publish && texts.destination.value_or("").empty())
    return fail(ErrorCode::bad_option, "no place to publish to", "store publish",
                "name a folder or a URI: momentum store publish s3://bucket/prefix");
  upkeep.to = texts.destination.value_or("");
  upkeep.note = texts.note.value_or("");
  if (texts.grace) {
    MOMENTUM_TRY(upkeep.grace, parse_duration("--grace", *texts.grace));
  }
  upkeep.dry_run = texts.dry_run;
  upkeep.deep = texts.deep;
  return read_lock_wait(texts, upkeep.lock_wait);
}

}  // namespace momentum::cli
