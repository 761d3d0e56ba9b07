#include "momentum/report/output.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace momentum::report {
namespace {

namespace fs = std::filesystem;

class Output : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/momentum_output_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return folder_ + "/" + name; }
  static std::string content(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  std::string folder_;
  Context ctx_;
};

TEST_F(Output, WritesAndReplaces) {
  ASSERT_TRUE(write_file(ctx_, path("a.csv"), "one"));
  ASSERT_TRUE(write_file(ctx_, path("a.csv"), "two\n"));
  EXPECT_EQ(content(path("a.csv")), "two\n");
  EXPECT_EQ(files(), 1u);
}

TEST_F(Output, ModeFollowsUmaskAndTheOldFile) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_file(ctx_, path("a"), "x"));
  ::umask(before);
  struct stat info{};
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
  ASSERT_EQ(::chmod(path("a").c_str(), 0600), 0);
  ASSERT_TRUE(write_file(ctx_, path("a"), "y"));
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST_F(Output, AFileBesideTakesItsPlaceOrIsGone) {
  ASSERT_TRUE(write_file(ctx_, path("a"), "old"));
  ASSERT_EQ(::chmod(path("a").c_str(), 0600), 0);
  {
    const auto beside = FileBeside::create(path("a")).value();
    std::ofstream(beside.temporary()) << "half";
    EXPECT_EQ(files(), 2u);
  }
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(content(path("a")), "old");
  auto beside = FileBeside::create(path("a")).value();
  std::ofstream(beside.temporary()) << "whole";
  CancelToken token;
  token.cancel();
  Context cancelled;
  cancelled.cancel = &token;
  EXPECT_EQ(beside.take_place(cancelled).error().code, ErrorCode::interrupted);
  EXPECT_EQ(content(path("a")), "old");
  ASSERT_TRUE(beside.take_place(ctx_));
  EXPECT_EQ(content(path("a")), "whole");
  EXPECT_EQ(files(), 1u);
  struct stat info{};
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_EQ(FileBeside::create("/dev/null").error().code, ErrorCode::bad_value);
  EXPECT_FALSE(FileBeside::create(path("no/a")));
}

TEST_F(Output, ALinkStaysALink) {
  ASSERT_TRUE(write_file(ctx_, path("real"), "old"));
  fs::create_symlink(path("real"), path("link"));
  ASSERT_TRUE(write_file(ctx_, path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(content(path("real")), "new");
}

TEST_F(Output, CancelledLeavesTheOldFileAndNoOther) {
  ASSERT_TRUE(write_file(ctx_, path("a"), "old"));
  CancelToken token;
  token.cancel();
  ctx_.cancel = &token;
  const auto done = write_file(ctx_, path("a"), "new");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().exit_status(), 130);
  EXPECT_EQ(content(path("a")), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(Output, FolderAndMissingFolderAreStorageErrors) {
  for (const std::string& target : {folder_, path("none/a.csv"), path("file/a.csv")}) {
    std::ofstream(path("file")) << "x";
    EXPECT_EQ(check_target(target).error().exit_status(), 5) << target;
    EXPECT_EQ(write_file(ctx_, target, "x").error().exit_status(), 5) << target;
  }
}

TEST_F(Output, DevicesAreWrittenDirectly) {
  EXPECT_TRUE(write_file(ctx_, "/dev/null", "x"));
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(write_file(ctx_, "/dev/full", "x").error().code, ErrorCode::disk_full);
}

TEST_F(Output, AReaderThatWentAwayIsNoError) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_TRUE(write_stream(ctx_, ends[1], "pipe", "lost"));
  ::close(ends[1]);
  EXPECT_EQ(write_stream(ctx_, ends[1], "closed", "x").error().code, ErrorCode::io_failed);
}

}  // namespace
}  // namespace momentum::report
