#include "momentum/cli/options.h"

#include <gtest/gtest.h>

#include <fstream>

namespace momentum::cli {
namespace {

using Words = std::vector<std::string>;

Error refused(const Words& words) {
  const auto options = parse_arguments(words);
  return options ? Error{.code = ErrorCode::internal, .what = "accepted", .where = {}, .remedy = {}} : options.error();
}

Options parsed(const Words& words) {
  auto options = parse_arguments(words);
  if (!options) ADD_FAILURE() << options.error().to_string();
  return options ? *std::move(options) : Options{};
}

TEST(Options, ScanWithEverything) {
  const auto o = parse_arguments({"scan",
                                  "--files",
                                  "a.csv",
                                  "b",
                                  "--dialect",
                                  "plain",
                                  "--code",
                                  "600000",
                                  "--as-of",
                                  "20240628",
                                  "--allow-partial",
                                  "--top",
                                  "20",
                                  "--min-score",
                                  "-1.5",
                                  "--codes",
                                  "600000, sh600001",
                                  "--codes",
                                  "000001",
                                  "--industry",
                                  "银行",
                                  "--industry",
                                  "证券",
                                  "--history",
                                  "365d",
                                  "--adjust",
                                  "none",
                                  "--profile",
                                  "classic",
                                  "--unranked",
                                  "--delisted",
                                  "--report",
                                  "q.csv"});
  ASSERT_TRUE(o) << o.error().to_string();
  EXPECT_EQ(o->command, Command::scan);
  EXPECT_EQ(o->scan.input.files, (Words{"a.csv", "b"}));
  EXPECT_EQ(o->scan.input.dialect, "plain");
  EXPECT_EQ(o->scan.input.code, "600000");
  EXPECT_EQ(to_string(*o->scan.as_of), "2024-06-28");
  EXPECT_TRUE(o->scan.allow_partial);
  EXPECT_EQ(o->scan.top, 20);
  EXPECT_EQ(o->scan.min_score, -1.5);
  EXPECT_EQ(o->scan.codes, (Words{"600000", "sh600001", "000001"}));
  EXPECT_EQ(o->scan.industries, (Words{"银行", "证券"}));
  EXPECT_EQ(o->scan.history_days, 365);
  EXPECT_EQ(o->scan.adjust, engine::Adjust::none);
  EXPECT_TRUE(o->unranked);
  EXPECT_TRUE(o->scan.list_delisted);
  EXPECT_EQ(o->quarantine_report, "q.csv");
}

TEST(Options, WhatIsNotSaidKeepsTheDefaultsOfEngine) {
  const auto o = parse_arguments({"scan", "--files", "a"});
  ASSERT_TRUE(o);
  const engine::ScanRequest untouched;
  EXPECT_EQ(o->scan.profile, untouched.profile);
  EXPECT_EQ(o->scan.adjust, untouched.adjust);
  EXPECT_FALSE(o->scan.as_of || o->scan.top || o->scan.min_score || o->scan.history_days || o->format || o->lang);
  EXPECT_EQ(o->threads, 0);
  EXPECT_EQ(o->simd, SimdLevel::best);
}

TEST(Options, CommonOptionsStandBeforeAndAfterTheCommand) {
  for (const Words& words : {Words{"--threads", "3", "--format", "json", "--quiet", "scan", "--files", "a"},
                             Words{"scan", "--files", "a", "--threads", "3", "--format=json", "--quiet"},
                             Words{"--threads=3", "scan", "--quiet", "--files", "a", "--format", "json"}}) {
    const auto o = parse_arguments(words);
    ASSERT_TRUE(o) << o.error().to_string();
    EXPECT_EQ(o->threads, 3);
    EXPECT_EQ(o->format, report::Format::json);
    EXPECT_TRUE(o->quiet);
    EXPECT_EQ(o->scan.input.files, Words{"a"});
  }
}

TEST(Options, ShowWithEverything) {
  const auto o =
      parse_arguments({"show", "600000", "--files", "a", "--start", "2024-01-01", "--end", "2024-06-28", "--last", "5",
                       "--columns", "close,ma5", "--adjust", "back", "--history", "origin", "--scores"});
  ASSERT_TRUE(o) << o.error().to_string();
  EXPECT_EQ(o->command, Command::show);
  EXPECT_EQ(o->show.code, "600000");
  EXPECT_EQ(to_string(*o->show.start), "2024-01-01");
  EXPECT_EQ(to_string(*o->show.end), "2024-06-28");
  EXPECT_EQ(o->show.last, 5);
  EXPECT_EQ(o->show.columns, (Words{"close", "ma5"}));
  EXPECT_EQ(o->show.adjust, engine::Adjust::back);
  EXPECT_FALSE(o->show.history_days);
  EXPECT_TRUE(o->show.scores);
  EXPECT_EQ(o->show.method, engine::Method::ratio);
  EXPECT_EQ(parse_arguments({"show", "600000", "--method", "additive"})->show.method, engine::Method::additive);
  EXPECT_EQ(refused({"show", "600000", "--method", "sum"}).code, ErrorCode::bad_value);
}

TEST(Options, SuffixOfTheOutputImpliesTheFormatUnlessOneIsNamed) {
  EXPECT_EQ(parse_arguments({"scan", "--files", "a", "-o", "x.json"})->format, report::Format::json);
  EXPECT_EQ(parse_arguments({"scan", "--files", "a", "-o", "x.json", "--format", "csv"})->format, report::Format::csv);
  EXPECT_EQ(parse_arguments({"scan", "--files", "a", "-o", "x"})->format, report::Format::csv);
  const auto standard = parse_arguments({"scan", "--files", "a", "-o", "-"});
  ASSERT_TRUE(standard);
  EXPECT_TRUE(standard->output.empty());
  EXPECT_FALSE(standard->format);
  EXPECT_EQ(refused({"scan", "--files", "a", "-o", "x.xlsx"}).code, ErrorCode::bad_value);
}

TEST(Options, ParquetGoesToAFile) {
  EXPECT_EQ(parsed({"scan", "-o", "x.parquet"}).format, report::Format::parquet);
  EXPECT_EQ(parsed({"show", "600000", "--format", "parquet", "-o", "x"}).format, report::Format::parquet);
}

TEST(Options, MemoryLimitIsInBytes) {
  EXPECT_EQ(parsed({"scan"}).memory_limit, 0u);
  EXPECT_EQ(parsed({"scan", "--memory-limit", "1073741824"}).memory_limit, 1u << 30);
  EXPECT_EQ(parsed({"scan", "--memory-limit", "512M"}).memory_limit, 512u << 20);
  EXPECT_EQ(parsed({"scan", "--memory-limit", "1.5GiB"}).memory_limit, 1536u << 20);
  EXPECT_EQ(parsed({"scan", "--memory-limit", "2T"}).memory_limit, std::size_t{2} << 40);
}

TEST(Options, CodesFromAFile) {
  const std::string path = testing::TempDir() + "/momentum_codes.txt";
  std::ofstream(path) << "600000.SH # first\r\n\n000001, 000002\n# none\n";
  const auto o = parse_arguments({"scan", "--files", "a", "--codes", "@" + path});
  ASSERT_TRUE(o) << o.error().to_string();
  EXPECT_EQ(o->scan.codes, (Words{"600000.SH", "000001", "000002"}));
  std::ofstream(path) << "# nothing\n";
  EXPECT_EQ(refused({"scan", "--files", "a", "--codes", "@" + path}).code, ErrorCode::bad_value);
  EXPECT_EQ(refused({"scan", "--files", "a", "--codes", "@/no/such/list"}).code, ErrorCode::file_not_found);
}

TEST(Options, TheNearestNameIsOffered) {
  EXPECT_EQ(refused({"scna"}).to_string(), "unknown command: scna; did you mean scan?");
  EXPECT_EQ(refused({"scan", "--files", "a", "--formt", "csv"}).to_string(),
            "unknown option: --formt; did you mean --format?");
  EXPECT_EQ(refused({"scan", "--file", "a"}).to_string(), "unknown option: --file; did you mean --files?");
  EXPECT_EQ(refused({"scan", "--files", "a", "--asof=2024-01-01"}).to_string(),
            "unknown option: --asof; did you mean --as-of?");
  EXPECT_EQ(refused({"doctor", "--qwertz"}).to_string(), "unknown option: --qwertz; see momentum doctor --help");
  EXPECT_EQ(refused({"zzz"}).remedy, "the commands are scan, show, import, demo, store, doctor, config");
}

TEST(Options, BadValuesNameTheOptionAndTheChoices) {
  const Words scan{"scan", "--files", "a"};
  const auto with = [&](Words more) {
    more.insert(more.begin(), scan.begin(), scan.end());
    return refused(more);
  };
  EXPECT_EQ(with({"--top", "0"}).where, "--top");
  EXPECT_EQ(with({"--top", "3.5"}).code, ErrorCode::bad_value);
  EXPECT_EQ(with({"--min-score", "nan"}).where, "--min-score");
  EXPECT_EQ(with({"--as-of", "2024-02-30"}).where, "--as-of");
  EXPECT_EQ(with({"--history", "365"}).where, "--history");
  EXPECT_EQ(with({"--history", "-1d"}).where, "--history");
  EXPECT_EQ(with({"--adjust", "qfq"}).remedy, "use front, back, none");
  EXPECT_EQ(with({"--simd", "avx"}).where, "--simd");
  EXPECT_EQ(with({"--threads", "0"}).where, "--threads");
  EXPECT_EQ(with({"--threads", "99999999999999999999"}).where, "--threads");
  EXPECT_EQ(with({"--color", "yes"}).where, "--color");
  EXPECT_EQ(with({"--progress", "bar"}).where, "--progress");
  EXPECT_EQ(with({"--lang", "de"}).where, "--lang");
  EXPECT_EQ(with({"--format", "yaml"}).remedy, "use table, csv, json or parquet");
  EXPECT_EQ(with({"--format", "parquet"}).where, "--format");
  EXPECT_EQ(with({"--format", "parquet", "-o", "-"}).where, "--format");
  for (const char* size : {"", "0", "G", "-1G", "1GB", "1iB", "2 G", "nan", "1e30T"})
    EXPECT_EQ(with({"--memory-limit", size}).where, "--memory-limit") << size;
  EXPECT_EQ(with({"--codes", " , "}).where, "--codes");
  EXPECT_EQ(with({"--codes", "list:mine"}).where, "--codes");
  EXPECT_EQ(with({"--report", "x.csv", "-o", "x.csv"}).where, "--report");
  EXPECT_EQ(with({"--top"}).to_string(), "missing value: --top; see momentum --help");
}

TEST(Options, WhatIsMissingOrDoesNotGoTogether) {
  for (const Words& words :
       {Words{}, Words{"--quiet"}, Words{"show"}, Words{"show", "--files", "a"},
        Words{"scan", "--files", "a", "--store", "b"}, Words{"scan", "--files", "a", "--universe", "all"},
        Words{"show", "1", "--files", "a", "--snapshot", "2"}, Words{"scan", "--dialect", "plain"},
        Words{"show", "1", "--code", "600000.SH"}, Words{"scan", "--report", "r.csv"},
        Words{"scan", "stray", "--files", "a"}, Words{"scan", "--files", "a", "--explain", "600000", "--top", "3"},
        Words{"show", "1", "--files", "a", "--start", "2024-02-01", "--end", "2024-01-01"},
        Words{"doctor", "--format", "csv"}, Words{"store", "info", "-o", "x.parquet"},
        Words{"demo", "--format", "parquet", "-o", "x"}, Words{"config", "--format", "parquet", "-o", "x"},
        Words{"import", "a", "--format", "csv"}, Words{"import", "--list-dialects", "-o", "x.parquet"}}) {
    const Error error = refused(words);
    EXPECT_EQ(error.exit_status(), 2) << error.to_string();
    EXPECT_FALSE(error.remedy.empty()) << error.to_string();
  }
}

TEST(Options, WithoutFilesTheBarsAreThoseOfTheStore) {
  const Options scan = parsed({"scan", "--store", "market", "--universe", "etf", "--snapshot", "7"});
  EXPECT_TRUE(scan.scan.input.files.empty());
  EXPECT_EQ(scan.store, "market");
  EXPECT_EQ(scan.scan.input.universe, "etf");
  EXPECT_EQ(scan.scan.input.snapshot, 7);
  EXPECT_EQ(parsed({"scan"}).scan.input.universe, "");
  EXPECT_EQ(parsed({"show", "510300"}).show.input.universe, "all");  // whatever it is
  EXPECT_EQ(refused({"scan", "--universe", "x"}).where, "--universe");
  EXPECT_EQ(refused({"scan", "--snapshot", "0"}).where, "--snapshot");
}

TEST(Options, HelpOfEveryCommandEndsWithExamples) {
  for (const Words& words :
       {Words{"--help"}, Words{"scan", "--help"}, Words{"show", "-h"}, Words{"doctor", "--help"}}) {
    const auto o = parse_arguments(words);
    ASSERT_TRUE(o);
    EXPECT_EQ(o->command, Command::help);
    EXPECT_NE(o->help.find("\nExamples:\n  momentum "), std::string::npos) << o->help;
  }
}

TEST(Options, VersionNeedsNoCommand) { EXPECT_EQ(parse_arguments({"--version"})->command, Command::version); }

}  // namespace
}  // namespace momentum::cli
