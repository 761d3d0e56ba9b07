#include "option_defaults.h"

#include <gtest/gtest.h>

#include "momentum/cli/options.h"

namespace momentum::cli {
namespace {

// What is said to be the default, said on the command line, changes nothing.
TEST(OptionDefaults, AreThoseOfTheRequests) {
  const auto parsed = [](const std::vector<std::string>& words) {
    auto options = parse_arguments(words);
    EXPECT_TRUE(options) << options.error().to_string();
    return options ? *std::move(options) : Options{};
  };
  const auto said = [](const char* command, const char* key) {
    EXPECT_NE(default_text(command, key), "") << key;
    return default_text(command, key);
  };
  const Options scan = parsed({"scan", "--adjust", said("scan", "adjust"), "--history", said("scan", "history"),
                               "--profile", said("scan", "profile"), "--threads", said("", "threads"), "--simd",
                               said("", "simd"), "--color", said("", "color"), "--progress", said("", "progress")});
  const Options silent = parsed({"scan"});
  EXPECT_EQ(scan.scan.adjust, silent.scan.adjust);
  EXPECT_EQ(scan.scan.history_days, silent.scan.history_days);
  EXPECT_EQ(scan.scan.profile, silent.scan.profile);
  EXPECT_EQ(scan.threads, silent.threads);
  EXPECT_EQ(scan.simd, silent.simd);
  EXPECT_EQ(scan.color, silent.color);
  EXPECT_EQ(scan.progress, silent.progress);
  const Options import = parsed(
      {"import", "a", "--on-conflict", said("import", "on-conflict"), "--lock-wait", said("import", "lock-wait")});
  EXPECT_EQ(import.import.replace, parsed({"import", "a"}).import.replace);
  EXPECT_EQ(import.import.lock_wait, parsed({"import", "a"}).import.lock_wait);
  EXPECT_EQ(said("import", "freq"), "1d");
  EXPECT_EQ(said("import", "minute-names"), "end");
  EXPECT_EQ(said("demo", "minutes"), std::to_string(parsed({"demo"}).demo.minutes));
  const Options demo = parsed({"demo", "--stocks", said("demo", "stocks"), "--years", said("demo", "years"), "--seed",
                               said("demo", "seed"), "--end", said("demo", "end")});
  const sources::DemoOptions untouched;
  EXPECT_EQ(demo.demo.market.stocks, untouched.stocks);
  EXPECT_EQ(demo.demo.market.years, untouched.years);
  EXPECT_EQ(demo.demo.market.seed, untouched.seed);
  EXPECT_EQ(demo.demo.market.end, untouched.end);
  const Options gc =
      parsed({"store", "gc", "--grace", said("store-gc", "grace"), "--lock-wait", said("store-gc", "lock-wait")});
  EXPECT_EQ(gc.upkeep.grace, parsed({"store", "gc"}).upkeep.grace);
  EXPECT_EQ(gc.upkeep.lock_wait, parsed({"store", "gc"}).upkeep.lock_wait);
  EXPECT_EQ(default_text("scan", "top"), "");
}

}  // namespace
}  // namespace momentum::cli
