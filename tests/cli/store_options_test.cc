// import, demo and store: their words on the command line, through parse_arguments().
#include <gtest/gtest.h>

#include "momentum/cli/options.h"
#include "momentum/engine/store_info.h"

namespace momentum::cli {
namespace {

using Words = std::vector<std::string>;

Options parsed(const Words& words) {
  const auto options = parse_arguments(words);
  EXPECT_TRUE(options) << options.error().to_string();
  return options.value_or(Options{});
}

Error refused(const Words& words) {
  const auto options = parse_arguments(words);
  EXPECT_FALSE(options);
  return options ? Error{} : options.error();
}

TEST(StoreOptions, ImportWithEverything) {
  const Options o =
      parsed({"import", "a.csv",     "b",       "--store",       "s",       "--dialect",   "plain",    "--code",
              "600000", "--freq",    "1d",      "--on-conflict", "replace", "--dry-run",   "--strict", "--report",
              "q.csv",  "--storage", "parquet", "--compression", "7",       "--lock-wait", "1.5"});
  EXPECT_EQ(o.command, Command::import);
  EXPECT_EQ(o.store, "s");
  EXPECT_EQ(o.import.files, (Words{"a.csv", "b"}));
  EXPECT_EQ(o.import.dialect, "plain");
  EXPECT_EQ(o.import.code, "600000");
  EXPECT_TRUE(o.import.replace && o.import.dry_run && o.import.strict);
  EXPECT_EQ(o.quarantine_report, "q.csv");
  EXPECT_EQ(o.import.storage, "parquet");
  EXPECT_EQ(o.import.compression, 7);
  EXPECT_EQ(o.import.lock_wait, std::chrono::milliseconds(1500));
  EXPECT_EQ(parsed({"demo", "--compression", "compat"}).demo.compression, engine::compression_of("compat"));
}

TEST(StoreOptions, WhatIsNotSaidKeepsTheDefaultsOfEngine) {
  const Options o = parsed({"import", "a"});
  EXPECT_EQ(o.store, "");
  EXPECT_FALSE(o.import.replace || o.import.dry_run || o.import.strict || o.import.storage || o.import.compression);
  EXPECT_EQ(o.import.lock_wait, std::chrono::milliseconds(0));
  const sources::DemoOptions untouched;
  const Options demo = parsed({"demo"});
  EXPECT_EQ(demo.command, Command::demo);
  EXPECT_EQ(demo.demo.market.stocks, untouched.stocks);
  EXPECT_EQ(demo.demo.market.end, untouched.end);
}

TEST(StoreOptions, Demo) {
  const Options o =
      parsed({"demo", "--store", "s", "--stocks", "20", "--years", "2", "--seed", "9", "--end", "20241231"});
  EXPECT_EQ(o.demo.market.stocks, 20);
  EXPECT_EQ(o.demo.market.years, 2);
  EXPECT_EQ(o.demo.market.seed, 9u);
  EXPECT_EQ(to_string(o.demo.market.end), "2024-12-31");
}

TEST(StoreOptions, Minutes) {
  const Options import = parsed({"import", "a", "--freq", "1m", "--minute-names", "begin"});
  EXPECT_TRUE(import.import.minutes && import.import.named_by_begin);
  EXPECT_FALSE(parsed({"import", "a", "--freq", "1m"}).import.named_by_begin);
  EXPECT_FALSE(parsed({"import", "a"}).import.minutes);
  EXPECT_EQ(refused({"import", "a", "--minute-names", "begin"}).code, ErrorCode::bad_option);
  EXPECT_EQ(refused({"import", "a", "--freq", "1m", "--minute-names", "middle"}).code, ErrorCode::bad_value);
  EXPECT_EQ(parsed({"demo", "--minutes", "60"}).demo.minutes, 60);
  EXPECT_EQ(parsed({"demo"}).demo.minutes, 0);
  EXPECT_EQ(parsed({"scan", "--freq", "30m"}).scan.frequency, engine::Frequency::minutes_30);
  EXPECT_EQ(parsed({"show", "600000", "--freq", "1m"}).show.frequency, engine::Frequency::minute);
}

TEST(StoreOptions, KindsAreNoBars) {
  EXPECT_EQ(parsed({"import", "a.csv", "--kind", "factors"}).import.kind, "factors");
  for (const char* other : {"--dialect", "--code", "--market", "--freq", "--on-conflict"}) {
    const Error error = refused({"import", "a.csv", "--kind", "factors", other, "keep"});
    EXPECT_EQ(error.code, ErrorCode::bad_option);
    EXPECT_NE(error.what.find(other), std::string::npos);
  }
  for (const char* kind : {"actions", "limits"})
    EXPECT_TRUE(parsed({"import", "a.csv", "--kind", kind, "--on-conflict", "replace"}).import.replace);
}

TEST(StoreOptions, MarketsOfBareCodes) {
  EXPECT_EQ(parsed({"import", "a.csv"}).import.bare, sources::BareCodes::unknown);
  EXPECT_EQ(parsed({"import", "a.csv", "--market", "SH"}).import.bare, sources::BareCodes::SH);
  EXPECT_EQ(parsed({"import", "a.csv", "--market", "BJ"}).import.bare, sources::BareCodes::BJ);
  EXPECT_EQ(parsed({"import", "a.csv", "--market", "shares"}).import.bare, sources::BareCodes::shares);
  EXPECT_EQ(refused({"import", "a.csv", "--market", "US"}).code, ErrorCode::bad_value);
}

TEST(StoreOptions, ListingDialectsNeedsNoPath) {
  EXPECT_EQ(parsed({"import", "--list-dialects"}).command, Command::dialects);
  EXPECT_EQ(refused({"import"}).code, ErrorCode::bad_option);
}

TEST(StoreOptions, StoreInfo) {
  const Options o = parsed({"store", "info", "--store", "s", "--snapshot", "3", "--format", "json"});
  EXPECT_EQ(o.command, Command::store_info);
  EXPECT_EQ(o.snapshot, 3);
  EXPECT_EQ(parsed({"--store", "s", "store", "info"}).store, "s");
  EXPECT_EQ(refused({"store"}).code, ErrorCode::bad_option);
  EXPECT_EQ(refused({"store", "everything"}).code, ErrorCode::bad_option);
  EXPECT_EQ(refused({"store", "verfy"}).remedy, "did you mean verify?");
  EXPECT_EQ(refused({"store", "gc", "--grce", "7d"}).remedy, "did you mean --grace?");
  EXPECT_EQ(refused({"store", "gc", "now"}).remedy, "see momentum store gc --help");
}

TEST(StoreOptions, BadValuesNameTheirOption) {
  const std::vector<Words> bad = {{"import", "a", "--freq", "5m"},
                                  {"import", "a", "--on-conflict", "maybe"},
                                  {"import", "a", "--compression", "10"},
                                  {"demo", "--compression", "-1"},
                                  {"demo", "--compression", "compact"},
                                  {"import", "a", "--storage", "tape"},
                                  {"import", "a", "--lock-wait", "-1"},
                                  {"import", "a", "--lock-wait", "soon"},
                                  {"import", "a", "--report", "-"},
                                  {"demo", "--stocks", "0"},
                                  {"demo", "--years", "x"},
                                  {"demo", "--seed", "-1"},
                                  {"demo", "--end", "2024-02-30"},
                                  {"store", "info", "--snapshot", "0"},
                                  {"import", "a", "--store", ""}};
  for (const Words& words : bad) {
    const Error error = refused(words);
    EXPECT_EQ(error.code, ErrorCode::bad_value) << words.back();
    EXPECT_EQ(error.where, words[words.size() - 2]);
  }
  for (const Words& words : {Words{"import", "a"}, Words{"demo"}, Words{"store", "info"}}) {
    Words csv = words;
    csv.insert(csv.end(), {"--format", "csv"});
    EXPECT_EQ(refused(csv).where, "--format");
  }
}

TEST(StoreOptions, Convert) {
  Options o = parsed({"store", "convert", "--to", "hdf", "new", "--snapshot", "7", "--store", "s"});
  EXPECT_EQ(o.command, Command::store_convert);
  EXPECT_EQ(o.store, "s");
  EXPECT_EQ(o.convert.destination, "new");
  EXPECT_EQ(o.convert.storage, "hdf");
  EXPECT_EQ(o.convert.snapshot, 7);
  EXPECT_FALSE(o.convert.compression);
  o = parsed({"store", "convert", "new", "--to", "csv", "--compression", "compat"});
  EXPECT_EQ(o.convert.compression, -1);
  EXPECT_FALSE(o.convert.snapshot);
  for (const Words& words :
       {Words{"store", "convert"}, Words{"store", "convert", "new"}, Words{"store", "convert", "--to", "hdf"},
        Words{"store", "convert", "--to", "hdf", ""}, Words{"store", "convert", "--to", "hdf", "a", "b"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_option);
  for (const Words& words : {Words{"store", "convert", "a", "--to", "xls"},
                             Words{"store", "convert", "a", "--to", "hdf", "--compression", "10"},
                             Words{"store", "convert", "a", "--to", "hdf", "--format", "csv"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_value) << words.back();
}

TEST(StoreOptions, Publish) {
  const Options o = parsed({"store", "publish", "s3://bucket/x", "--store", "s", "--grace", "7d", "--snapshot", "7"});
  EXPECT_EQ(o.command, Command::store_publish);
  EXPECT_EQ(o.upkeep.to, "s3://bucket/x");
  EXPECT_EQ(o.upkeep.grace, std::chrono::hours(7 * 24));
  EXPECT_EQ(o.snapshot, 7);
  EXPECT_EQ(parsed({"store", "publish", "there"}).upkeep.grace, std::chrono::hours(24));
  for (const Words& words :
       {Words{"store", "publish"}, Words{"store", "publish", ""}, Words{"store", "publish", "a", "b"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_option);
  EXPECT_EQ(refused({"store", "publish", "a", "--format", "csv"}).code, ErrorCode::bad_value);
}

TEST(StoreOptions, Export) {
  Options o = parsed({"store", "export", "-o", "a.parquet", "--snapshot", "7"});
  EXPECT_EQ(o.command, Command::store_export);
  EXPECT_EQ(o.output, "a.parquet");
  EXPECT_EQ(o.exported.snapshot, 7);
  EXPECT_EQ(o.exported.adjust, engine::Adjust::front);
  EXPECT_TRUE(o.exported.codes.empty() && o.exported.columns.empty());
  o = parsed({"store", "export", "-o", "a.h5", "--codes", "600000.SH,000001", "--columns", "close,ma5", "--columns",
              "turnover", "--start", "20240102", "--end", "2024-06-28", "--adjust", "none"});
  EXPECT_EQ(o.exported.codes, (Words{"600000.SH", "000001"}));
  EXPECT_EQ(o.exported.columns, (Words{"close", "ma5", "turnover"}));
  EXPECT_EQ(o.exported.start, make_date(2024, 1, 2));
  EXPECT_EQ(o.exported.end, make_date(2024, 6, 28));
  EXPECT_EQ(o.exported.adjust, engine::Adjust::none);
  for (const Words& words :
       {Words{"store", "export"}, Words{"store", "export", "-o", "-"},
        Words{"store", "export", "-o", "a.csv", "--format", "csv"}, Words{"store", "export", "-o", "a.csv", "b.csv"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_option);
  for (const Words& words : {Words{"store", "export", "-o", "a.txt"}, Words{"store", "export", "-o", "a"},
                             Words{"store", "export", "-o", "a.csv", "--adjust", "x"},
                             Words{"store", "export", "-o", "a.csv", "--start", "2024-06-31"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_value) << words.back();
}

TEST(StoreOptions, Upkeep) {
  EXPECT_EQ(parsed({"store", "log"}).command, Command::store_log);
  EXPECT_EQ(parsed({"store", "log", "--format", "csv"}).format, report::Format::csv);
  Options o = parsed({"store", "diff", "3", "5", "--store", "s", "--format", "csv"});
  EXPECT_EQ(o.command, Command::store_diff);
  EXPECT_EQ(o.upkeep.first, 3);
  EXPECT_EQ(o.upkeep.second, 5);
  EXPECT_EQ(parsed({"store", "diff", "3"}).upkeep.second, 0);
  o = parsed({"store", "pin", "7", "--note", "why", "--lock-wait", "2"});
  EXPECT_EQ(o.command, Command::store_pin);
  EXPECT_EQ(o.upkeep.first, 7);
  EXPECT_EQ(o.upkeep.note, "why");
  EXPECT_EQ(o.upkeep.lock_wait, std::chrono::seconds(2));
  EXPECT_EQ(parsed({"store", "unpin", "7"}).command, Command::store_unpin);
  o = parsed({"store", "gc", "--grace", "7d", "--dry-run"});
  EXPECT_EQ(o.command, Command::store_gc);
  EXPECT_EQ(o.upkeep.grace, std::chrono::hours(7 * 24));
  EXPECT_TRUE(o.upkeep.dry_run);
  EXPECT_EQ(parsed({"store", "gc"}).upkeep.grace, std::chrono::hours(24));
  EXPECT_EQ(parsed({"store", "gc", "--grace", "90m"}).upkeep.grace, std::chrono::minutes(90));
  EXPECT_EQ(parsed({"store", "gc", "--grace", "0"}).upkeep.grace, std::chrono::seconds(0));
  EXPECT_EQ(parsed({"store", "compact"}).command, Command::store_compact);
  EXPECT_FALSE(parsed({"store", "verify"}).upkeep.deep);
  EXPECT_TRUE(parsed({"store", "verify", "--deep"}).upkeep.deep);
  EXPECT_EQ(parsed({"store", "repair"}).command, Command::store_repair);
  for (const Words& words :
       {Words{"store", "diff"}, Words{"store", "pin"}, Words{"store", "unpin"}, Words{"store", "diff", "1", "2", "3"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_option);
  for (const Words& words :
       {Words{"store", "diff", "x"}, Words{"store", "pin", "0"}, Words{"store", "gc", "--grace", "x"},
        Words{"store", "gc", "--grace", "7"}, Words{"store", "gc", "--grace", "-1h"},
        Words{"store", "gc", "--grace", "99999999999d"}, Words{"store", "gc", "--grace", "7dd"},
        Words{"store", "gc", "--format", "csv"}, Words{"store", "log", "--format", "parquet"},
        Words{"store", "verify", "--format", "csv"}, Words{"store", "compact", "--lock-wait", "-1"}})
    EXPECT_EQ(refused(words).code, ErrorCode::bad_value) << words.back();
}

}  // namespace
}  // namespace momentum::cli
