// The configuration file through parse_arguments().
#include "config_options.h"

#include <algorithm>

#include "config_fixture.h"
#include "momentum/cli/options.h"

namespace momentum::cli {
namespace {

using Words = std::vector<std::string>;

class ConfigOptions : public ConfigTest {
 protected:
  Options parsed(const std::string& text, const Words& words) const {
    auto options = parse_arguments(words, write(text));
    EXPECT_TRUE(options) << options.error().to_string();
    return options ? *std::move(options) : Options{};
  }
  Error refused(const std::string& text, const Words& words = {"scan"}) const {
    const auto options = parse_arguments(words, write(text));
    EXPECT_FALSE(options) << text;
    return options ? Error{} : options.error();
  }
  std::string at(int line, const char* key) const { return path() + ":" + std::to_string(line) + ", " + key; }
};

TEST_F(ConfigOptions, TopLevelAndTheTableOfTheCommand) {
  const char* text =
      "threads = 3\nquiet = true\nstore = '~/market'\n[scan]\ntop = 7\nindustry = ['银行', '证券']\nmin-score = 60\n"
      "as-of = 2024-06-28\nunranked = true\nthreads = 2\n[show]\nlast = 5\n";
  const Options scan = parsed(text, {"scan"});
  EXPECT_EQ(scan.scan.top, 7);
  EXPECT_EQ(scan.scan.industries, (Words{"银行", "证券"}));
  EXPECT_EQ(scan.scan.min_score, 60);
  EXPECT_EQ(to_string(*scan.scan.as_of), "2024-06-28");
  EXPECT_TRUE(scan.unranked && scan.quiet);
  EXPECT_EQ(scan.threads, 2);
  EXPECT_EQ(scan.store_of_file, "~/market");
  EXPECT_EQ(scan.store, "");
  const Options show = parsed(text, {"show", "600000"});
  EXPECT_EQ(show.show.last, 5);
  EXPECT_EQ(show.threads, 3);
  EXPECT_EQ(parsed(text, {"doctor"}).threads, 3);
}

TEST_F(ConfigOptions, ACommandOfStoreHasATableOfItsOwn) {
  const char* text =
      "store = 'top'\nformat = 'csv'\n[store-gc]\ngrace = '7d'\ndry-run = true\nlock-wait = 2\nstore = 'own'\n";
  const Options gc = parsed(text, {"store", "gc"});
  EXPECT_EQ(gc.upkeep.grace, std::chrono::hours(7 * 24));
  EXPECT_TRUE(gc.upkeep.dry_run);
  EXPECT_EQ(gc.upkeep.lock_wait, std::chrono::seconds(2));
  EXPECT_EQ(gc.store_of_file, "own");
  EXPECT_FALSE(gc.format) << "gc has no csv";
  EXPECT_EQ(parsed(text, {"store", "gc", "--grace", "1h"}).upkeep.grace, std::chrono::hours(1));
  const Options log = parsed(text, {"store", "log"});
  EXPECT_EQ(log.format, report::Format::csv);
  EXPECT_EQ(log.store_of_file, "top");
  EXPECT_EQ(parsed(text, {"store", "compact"}).upkeep.lock_wait, std::chrono::seconds(0));
  EXPECT_EQ(refused("[store-gd]\n").remedy, "did you mean [store-gc]?");
  EXPECT_EQ(refused("grace = '7d'\n").remedy, "write it below [store-gc]");
  const Error error = refused("[store-gc]\ngrace = 'soon'\n", {"store", "gc"});
  EXPECT_EQ(error.where, at(2, "store-gc.grace"));
  EXPECT_EQ(refused("[store-gc]\ndeep = true\n").remedy, "keys are the long names of options; see momentum --help");
}

TEST_F(ConfigOptions, TheCommandLineCountsFirst) {
  const char* text = "threads = 3\nquiet = true\n[scan]\ntop = 7\ncodes = '600000'\n";
  const Options scan = parsed(text, {"scan", "--top", "1", "--codes", "000001", "--threads", "1", "--quiet=false"});
  EXPECT_EQ(scan.scan.top, 1);
  EXPECT_EQ(scan.scan.codes, Words{"000001"});
  EXPECT_EQ(scan.threads, 1);
  EXPECT_FALSE(scan.quiet);
}

TEST_F(ConfigOptions, WhatTheCommandLineExcludesGoes) {
  const char* text = "[scan]\nfiles = 'bars'\ndialect = 'plain'\nreport = 'r.csv'\ntop = 7\nuniverse = 'a'\n";
  const Options store = parsed(text, {"scan", "--store", "market"});
  EXPECT_TRUE(store.scan.input.files.empty());
  EXPECT_EQ(store.scan.input.dialect, "");
  EXPECT_EQ(store.quarantine_report, "");
  EXPECT_EQ(store.scan.input.universe, "a");
  const Options files = parsed(text, {"scan"});
  EXPECT_EQ(files.scan.input.files, Words{"bars"});
  EXPECT_EQ(files.scan.input.dialect, "plain");
  EXPECT_EQ(files.scan.input.universe, "");
  EXPECT_FALSE(parsed(text, {"scan", "--explain", "600000"}).scan.top);
  EXPECT_EQ(parsed("[import]\ndialect = 'plain'\n", {"import", "a", "--kind", "factors"}).import.dialect, "");
  EXPECT_EQ(parsed("[import]\ndialect = 'plain'\n", {"import", "a"}).import.dialect, "plain");
}

TEST_F(ConfigOptions, AFormatForAllCommandsStopsNone) {
  EXPECT_EQ(parsed("format = 'csv'\n", {"scan"}).format, report::Format::csv);
  EXPECT_FALSE(parsed("format = 'csv'\n", {"doctor"}).format);
  EXPECT_EQ(parsed("format = 'csv'\n", {"scan", "-o", "x.json"}).format, report::Format::json);
  EXPECT_EQ(parsed("format = 'csv'\n", {"scan", "-o", "x"}).format, report::Format::csv);
  EXPECT_EQ(refused("format = 'parquet'\n").where, at(1, "format"));
}

TEST_F(ConfigOptions, UnknownKeysOfEveryTableAreTold) {
  EXPECT_EQ(refused("\nthread = 3\n").to_string(), "unknown key: " + at(2, "thread") + "; did you mean threads?");
  EXPECT_EQ(refused("[show]\nlsat = 3\n").to_string(), "unknown key: " + at(2, "show.lsat") + "; did you mean last?");
  EXPECT_EQ(refused("top = 3\n").remedy, "write it below [scan]");
  EXPECT_EQ(refused("[scna]\n").to_string(), "unknown table: " + path() + ":1, [scna]; did you mean [scan]?");
  for (const char* text : {"help = true\n", "version = true\n", "config = 'x'\n", "[store]\n", "[scan]\nlast = 3\n"})
    EXPECT_EQ(refused(text).exit_status(), 2) << text;
}

TEST_F(ConfigOptions, WrongTypesAndValuesAreToldWithTheirPlace) {
  EXPECT_EQ(refused("[scan]\ntop = '7'\n").to_string(),
            "wrong type: a text: " + at(2, "scan.top") + "; give a whole number");
  for (const char* text : {"quiet = 1\n", "store = 5\n", "threads = 1.5\n", "lang = true\n", "store = ['a']\n"})
    EXPECT_EQ(refused(text).code, ErrorCode::bad_value) << text;
  EXPECT_EQ(refused("[scan]\ntop = 0\n").where, at(2, "scan.top"));
  EXPECT_EQ(refused("threads = 'many'\n").where, at(1, "threads"));
  EXPECT_EQ(refused("[scan]\nadjust = 'qfq'\n").where, at(2, "scan.adjust"));
  EXPECT_EQ(refused("output = ''\n").where, at(1, "output"));
}

TEST_F(ConfigOptions, AnotherFileAndNone) {
  const std::string other = folder_ + "/other.toml";
  std::ofstream(other) << "threads = 5\n";
  EXPECT_EQ(parsed("threads = 3\n", {"scan", "--config", other}).threads, 5);
  EXPECT_EQ(refused("threads = 3\n", {"scan", "--config", folder_ + "/none.toml"}).code, ErrorCode::file_not_found);
  EXPECT_EQ(parsed("threads = 3\n", {"scan", "--config", "/dev/null"}).threads, 0);
}

TEST_F(ConfigOptions, EverySettingWithItsSource) {
  const Options o =
      parsed("threads = 3\nstore = 'market'\n[scan]\ntop = 7\nquiet = true\n", {"config", "--lang", "zh"});
  EXPECT_EQ(o.command, Command::config);
  const auto setting = [&](const char* command, const char* key) {
    const auto found =
        std::ranges::find_if(o.settings, [&](const Setting& one) { return one.command == command && one.key == key; });
    if (found != o.settings.end()) return *found;
    ADD_FAILURE() << command << " " << key;
    return Setting{};
  };
  EXPECT_EQ(setting("", "threads").value, "3");
  EXPECT_EQ(setting("", "threads").source, Source::file);
  EXPECT_EQ(setting("", "threads").where, path() + ":1");
  EXPECT_EQ(setting("", "lang").source, Source::option);
  EXPECT_EQ(setting("", "lang").where, "--lang");
  EXPECT_EQ(setting("", "quiet").value, "false");
  EXPECT_EQ(setting("scan", "quiet").value, "true");
  EXPECT_EQ(setting("scan", "top").source, Source::file);
  EXPECT_EQ(setting("scan", "adjust").value, "front");
  EXPECT_EQ(setting("scan", "adjust").source, Source::preset);
  EXPECT_EQ(setting("demo", "stocks").value, std::to_string(engine::DemoRequest{}.market.stocks));
  EXPECT_EQ(std::ranges::count_if(o.settings, [](const Setting& one) { return one.key == "config"; }), 0);
}

}  // namespace
}  // namespace momentum::cli
