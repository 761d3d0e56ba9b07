#include "momentum/catalog/writer_lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "store_fixture.h"

namespace momentum::catalog {
namespace {

TEST(WriterLock, OneAtATimeNamingTheHolder) {
  const StoreFolder folder;
  Context ctx;
  const FixedClock clock(day(2025, 1, 31));
  ctx.clock = &clock;
  {
    const WriterLock held = WriterLock::acquire(ctx, folder.path(), milliseconds(0)).value();
    EXPECT_EQ(held.folder(), folder.path());
    const Error error = WriterLock::acquire({}, folder.path(), milliseconds(0)).error();
    EXPECT_EQ(error.code, ErrorCode::locked);
    EXPECT_EQ(error.to_string(), "locked by another writer (pid " + std::to_string(::getpid()) +
                                     ", since 2025-01-31T04:00:00Z): " + folder.path() +
                                     "; wait for it with --lock-wait SECONDS");
  }
  EXPECT_TRUE(WriterLock::acquire({}, folder.path(), milliseconds(0)));
}

TEST(WriterLock, MovesWithItsValue) {
  const StoreFolder folder;
  WriterLock first = folder.lock();
  {
    const WriterLock second = std::move(first);
    EXPECT_FALSE(WriterLock::acquire({}, folder.path(), milliseconds(0)));
  }
  EXPECT_TRUE(WriterLock::acquire({}, folder.path(), milliseconds(0)));
}

TEST(WriterLock, WaitsForTheHolder) {
  const StoreFolder folder;
  auto held = std::make_unique<WriterLock>(folder.lock());
  std::thread holder([&] {
    std::this_thread::sleep_for(milliseconds(60));
    held.reset();
  });
  EXPECT_TRUE(WriterLock::acquire({}, folder.path(), std::chrono::minutes(1)));
  holder.join();
}

TEST(WriterLock, WaitingCanBeCancelled) {
  const StoreFolder folder;
  const WriterLock held = folder.lock();
  CancelToken cancel;
  Context ctx;
  ctx.cancel = &cancel;
  std::thread user([&] {
    std::this_thread::sleep_for(milliseconds(60));
    cancel.cancel();
  });
  EXPECT_EQ(WriterLock::acquire(ctx, folder.path(), std::chrono::minutes(1)).error().code, ErrorCode::interrupted);
  user.join();
}

TEST(WriterLock, DiesWithItsHolder) {
  const StoreFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const WriterLock held = folder.lock();
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char x = 0;
  ASSERT_EQ(::read(ready[0], &x, 1), 1);
  const Error error = WriterLock::acquire({}, folder.path(), milliseconds(0)).error();
  EXPECT_NE(error.what.find("pid " + std::to_string(child) + ","), error.what.npos) << error.what;
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(WriterLock::acquire({}, folder.path(), milliseconds(0)));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(WriterLock, NeedsAFolder) {
  const StoreFolder folder;
  EXPECT_EQ(WriterLock::acquire({}, folder.path("none"), milliseconds(0)).error().code, ErrorCode::store_not_found);
  std::ofstream(folder.path("file")) << "x";
  EXPECT_EQ(WriterLock::acquire({}, folder.path("file"), milliseconds(0)).error().code, ErrorCode::store_not_found);
  std::filesystem::create_directory(folder.path("writer.lock"));
  EXPECT_EQ(WriterLock::acquire({}, folder.path(), milliseconds(0)).error().code, ErrorCode::io_failed);
}

}  // namespace
}  // namespace momentum::catalog
