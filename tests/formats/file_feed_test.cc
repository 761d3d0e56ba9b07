#include "momentum/formats/file_feed.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using momentum::testing::ScratchFolder;

struct Seen {
  std::string name, stem, bytes;
  bool operator==(const Seen&) const = default;
};
void PrintTo(const Seen& seen, std::ostream* out) { *out << seen.name << " (" << seen.stem << "): " << seen.bytes; }

Result<std::vector<Seen>> read_all(const std::vector<std::string>& paths, std::uint64_t* read = nullptr) {
  MOMENTUM_TRY(const auto feed, FileFeed::open(paths));
  std::vector<Seen> seen;
  while (true) {
    FileBytes file;
    MOMENTUM_TRY(const bool got, feed->next(file));
    if (!got) return seen;
    EXPECT_EQ(file.ordinal, seen.size());
    if (read != nullptr) *read += file.read;
    seen.push_back({file.name, file.stem, file.bytes});
  }
}

ErrorCode error_of(const std::vector<std::string>& paths) {
  const auto seen = read_all(paths);
  return seen ? ErrorCode::internal : seen.error().code;
}

TEST(FileFeed, ReadsFilesInTheOrderOfThePaths) {
  ScratchFolder folder;
  const std::string b = folder.write("b.csv", "bb"), a = folder.write("a.dat", "a"),
                    empty = folder.write("empty.csv", "");
  std::uint64_t read = 0;
  EXPECT_EQ(*read_all({b, a, empty}, &read),
            (std::vector<Seen>{{b, "b", "bb"}, {a, "a.dat", "a"}, {empty, "empty", ""}}));
  EXPECT_EQ(read, 3u);
}

TEST(FileFeed, ReadsTablesOfAFolderSortedAndNothingElse) {
  ScratchFolder folder;
  folder.write("z.CSV", "z");
  folder.write("sub/deep/a.txt", "a");
  folder.write("b.csv", "b");
  folder.write(".hidden.csv", "h");
  folder.write("notes.md", "n");
  folder.write("b.csv.bak", "n");
  const auto seen = read_all({folder.path()});
  ASSERT_TRUE(seen);
  EXPECT_EQ(*seen, (std::vector<Seen>{{folder.path("b.csv"), "b", "b"},
                                      {folder.path("sub/deep/a.txt"), "a", "a"},
                                      {folder.path("z.CSV"), "z", "z"}}));
}

TEST(FileFeed, LeavesStoresOut) {
  ScratchFolder folder;
  folder.write("a.csv", "a");
  folder.write("store/catalog.db", "");
  folder.write("store/data/tail-2-0.csv", "ours");
  folder.write("deep/copy/latest", "");
  folder.write("deep/copy/states/2-0", "");
  folder.write("deep/copy/data/tail-2-0.csv", "ours");
  folder.write("deep/latest", "a vendor's");
  folder.write("deep/b.csv", "b");
  const auto feed = FileFeed::open({folder.path()});
  ASSERT_TRUE(feed);
  EXPECT_EQ((*feed)->stores(), (std::vector{folder.path("deep/copy"), folder.path("store")}));
  EXPECT_EQ(*read_all({folder.path()}),
            (std::vector<Seen>{{folder.path("a.csv"), "a", "a"}, {folder.path("deep/b.csv"), "b", "b"}}));
  EXPECT_EQ(error_of({folder.path("store")}), ErrorCode::unreadable_data);
  EXPECT_EQ(error_of({folder.path("deep/copy")}), ErrorCode::unreadable_data);
}

TEST(FileFeed, ExpandsGlobsButNotNamesThatExist) {
  ScratchFolder folder;
  folder.write("sh600000.csv", "1");
  folder.write("sh600001.csv", "2");
  folder.write("sz000001.csv", "3");
  const std::string odd = folder.write("odd[1].csv", "4");
  EXPECT_EQ(read_all({folder.path("sh*.csv")})->size(), 2u);
  EXPECT_EQ(read_all({odd})->front().bytes, "4");
  EXPECT_EQ(error_of({folder.path("bj*.csv")}), ErrorCode::file_not_found);
}

TEST(FileFeed, NamesWhatIsMissing) {
  ScratchFolder folder;
  const std::string file = folder.write("a.csv", "1");
  EXPECT_EQ(error_of({file, folder.path("none.csv")}), ErrorCode::file_not_found);
  EXPECT_EQ(error_of({file + "/below.csv"}), ErrorCode::file_not_found);
  EXPECT_EQ(error_of({}), ErrorCode::empty_input);
  std::filesystem::create_directory(folder.path("empty"));
  EXPECT_EQ(error_of({folder.path("empty")}), ErrorCode::empty_input);
  EXPECT_NE(read_all({folder.path("none.csv")}).error().where.find("none.csv"), std::string::npos);
}

TEST(FileFeed, SaysThatItMayNotRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  ScratchFolder folder;
  const std::string file = folder.write("a.csv", "1");
  ::chmod(file.c_str(), 0);
  EXPECT_EQ(error_of({file}), ErrorCode::no_permission);
}

TEST(FileFeed, UnpacksArchivesOfEveryKind) {
  ScratchFolder folder;
  const std::vector<std::pair<std::string, std::string>> members = {{"data/sh600000.csv", "one"},
                                                                    {"data/readme.md", "skip"},
                                                                    {"data/._sh600000.csv", "skip"},
                                                                    {"sz000001.txt", "two"}};
  const std::vector<std::string> archives = {
      folder.pack("a.tar", archive_write_set_format_pax_restricted, archive_write_add_filter_none, members),
      folder.pack("a.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip, members),
      folder.pack("a.tgz", archive_write_set_format_ustar, archive_write_add_filter_gzip, members),
      folder.pack("a.tar.xz", archive_write_set_format_ustar, archive_write_add_filter_xz, members),
      folder.pack("a.zip", archive_write_set_format_zip, archive_write_add_filter_none, members)};
  for (const std::string& path : archives) {
    const auto seen = read_all({path});
    ASSERT_TRUE(seen) << path << ": " << seen.error().to_string();
    EXPECT_EQ(*seen, (std::vector<Seen>{{path + "!data/sh600000.csv", "sh600000", "one"},
                                        {path + "!sz000001.txt", "sz000001", "two"}}));
  }
  EXPECT_EQ(read_all(archives)->size(), 10u);
}

TEST(FileFeed, UnpacksASingleCompressedFile) {
  ScratchFolder folder;
  const std::string path =
      folder.pack("sh600000.csv.gz", archive_write_set_format_raw, archive_write_add_filter_gzip, {{"x", "text"}});
  EXPECT_EQ(*read_all({path}), (std::vector<Seen>{{path, "sh600000", "text"}}));
}

TEST(FileFeed, KeepsChineseMemberNames) {
  ScratchFolder folder;
  const std::string path =
      folder.pack("a.tar", archive_write_set_format_ustar, archive_write_add_filter_none, {{"行情/sh600000.csv", "1"}});
  EXPECT_EQ(read_all({path})->front().name, path + "!行情/sh600000.csv");
}

TEST(FileFeed, RefusesDamagedArchives) {
  ScratchFolder folder;
  std::string noise(1 << 20, ' ');
  unsigned state = 1;
  for (char& c : noise) c = static_cast<char>('0' + ((state = state * 1664525 + 1013904223) >> 24) % 64);
  const std::string whole =
      folder.pack("whole.tar.xz", archive_write_set_format_ustar, archive_write_add_filter_xz, {{"a.csv", noise}});
  std::ifstream in(whole, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(error_of({folder.write("cut.tar.xz", bytes.substr(0, bytes.size() / 2))}), ErrorCode::unreadable_data);
  EXPECT_EQ(error_of({folder.write("text.zip", "this is no archive, whatever its name says")}),
            ErrorCode::unreadable_data);
  EXPECT_EQ(
      error_of({folder.pack("none.zip", archive_write_set_format_zip, archive_write_add_filter_none, {{"a.md", "x"}})}),
      ErrorCode::empty_input);
}

TEST(FileFeed, HandsEachFileToOneThread) {
  ScratchFolder folder;
  std::vector<std::pair<std::string, std::string>> members;
  for (int i = 0; i < 100; ++i) {
    folder.write("many/" + std::to_string(i) + ".csv", "file " + std::to_string(i));
    members.emplace_back(std::to_string(i) + ".csv", "member " + std::to_string(i));
  }
  const std::string packed =
      folder.pack("m.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip, members);
  const std::vector<std::string> paths = {folder.path("many"), packed};
  const auto expected = read_all(paths);
  ASSERT_TRUE(expected);
  auto feed = FileFeed::open(paths);
  std::vector<Seen> seen(expected->size());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      FileBytes file;
      for (auto got = (*feed)->next(file); got && *got; got = (*feed)->next(file))
        seen[file.ordinal] = {file.name, file.stem, file.bytes};
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen, *expected);
}

TEST(FileFeed, StopsWhenTold) {
  ScratchFolder folder;
  folder.write("a.csv", "1");
  folder.write("b.csv", "2");
  auto feed = FileFeed::open({folder.path()});
  FileBytes file;
  EXPECT_TRUE(*(*feed)->next(file));
  (*feed)->stop();
  EXPECT_FALSE(*(*feed)->next(file));
}

}  // namespace
}  // namespace momentum::formats
