#include "config_file.h"

#include <sys/stat.h>

#include <cstdlib>

#include "config_fixture.h"

namespace momentum::cli {
namespace {

class ConfigFileTest : public ConfigTest {
 protected:
  Error refused(const std::string& text) const {
    const auto file = read_config(write(text));
    EXPECT_FALSE(file) << text;
    return file ? Error{} : file.error();
  }
};

TEST_F(ConfigFileTest, EveryTypeAsItWouldStandOnTheCommandLine) {
  const auto file =
      read_config(write("quiet = true\nthreads = 4\n[scan]\nmin-score = 60.5\nas-of = 2024-06-28\nprofile = 'classic'\n"
                        "codes = ['600000', '000001']\n"));
  ASSERT_TRUE(file) << file.error().to_string();
  ASSERT_EQ(file->entries.size(), 6u);
  const auto is = [&](std::size_t at, const char* table, const char* key, ConfigType type,
                      const std::vector<std::string>& values, std::uint32_t line) {
    const ConfigEntry& entry = file->entries[at];
    EXPECT_EQ(entry.table, table);
    EXPECT_EQ(entry.key, key);
    EXPECT_EQ(entry.type, type) << key;
    EXPECT_EQ(entry.values, values) << key;
    EXPECT_EQ(entry.line, line) << key;
  };
  is(0, "", "quiet", ConfigType::boolean, {"true"}, 1);
  is(1, "", "threads", ConfigType::integer, {"4"}, 2);
  is(2, "scan", "min-score", ConfigType::number, {"60.5"}, 4);
  is(3, "scan", "as-of", ConfigType::date, {"2024-06-28"}, 5);
  is(4, "scan", "profile", ConfigType::text, {"classic"}, 6);
  is(5, "scan", "codes", ConfigType::texts, {"600000", "000001"}, 7);
  ASSERT_EQ(file->tables.size(), 1u);
  EXPECT_EQ(file->tables[0].line, 3u);
}

TEST_F(ConfigFileTest, AnEmptyFileSaysNothing) { EXPECT_TRUE(read_config(write("# nothing\n"))->entries.empty()); }

TEST_F(ConfigFileTest, WhatCannotBeReadNamesFileAndLine) {
  for (const char* text : {"a = 1\nb = = 2\n", "a = 1\na = 2\n", "a = 1\nb = 12:30:00\n", "a = 1\nb = [1, 2]\n",
                           "a = 1\nb = nan\n", "[scan]\n[scan.more]\n"}) {
    const Error error = refused(text);
    EXPECT_EQ(error.exit_status(), 2) << text;
    EXPECT_EQ(error.where, path() + ":2") << text;
    EXPECT_FALSE(error.remedy.empty()) << text;
  }
}

TEST_F(ConfigFileTest, AFileThatIsNotThereOrNone) {
  EXPECT_EQ(read_config(path()).error().code, ErrorCode::file_not_found);
  EXPECT_EQ(read_config(path() + "/more").error().code, ErrorCode::file_not_found);
  EXPECT_EQ(read_config(folder_).error().code, ErrorCode::io_failed);
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  write("a = 1\n");
  ::chmod(path().c_str(), 0);
  EXPECT_EQ(read_config(path()).error().code, ErrorCode::no_permission);
}

TEST_F(ConfigFileTest, WhereItStands) {
  ::setenv("HOME", folder_.c_str(), 1);
  ::unsetenv("XDG_CONFIG_HOME");
  EXPECT_EQ(default_config(), "");
  const auto in = [&](const char* below) {
    std::filesystem::create_directories(folder_ + below + "/momentum");
    std::ofstream(folder_ + below + "/momentum/config.toml") << "";
    return folder_ + below + "/momentum/config.toml";
  };
  const std::string of_home = in("/.config");
  EXPECT_EQ(default_config(), of_home);
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  EXPECT_EQ(default_config(), of_home);
  ::setenv("XDG_CONFIG_HOME", (folder_ + "/xdg").c_str(), 1);
  EXPECT_EQ(default_config(), "");
  const std::string of_xdg = in("/xdg");
  EXPECT_EQ(default_config(), of_xdg);
  ::unsetenv("XDG_CONFIG_HOME");
}

}  // namespace
}  // namespace momentum::cli
