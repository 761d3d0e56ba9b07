// A commit on a disk that fails, and under a hand that kills: afterwards the store is as it was before or as it is after.

#include "commit_internal.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <thread>

#include "failing_disk.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

// The n-th commit: all of it says n, so that a mixture of two shows.
Change numbered(int n) {
  Change change{.op = "count", .note = std::to_string(n)};
  for (InstrumentId i = 0; i < 40; ++i) {
    change.instruments.push_back(sample_instrument(i));
    change.instruments.back().board = change.note;
  }
  change.add_files = {sample_file("data/" + change.note, 0, 40, 1 + n)};
  if (n > 1) change.end_files = {n - 1};
  change.sessions = {sample_days("a", day(2020, 1, 1) + n, 30)};
  return change;
}

void expect_numbered(const State& state, int n) {
  ASSERT_EQ(state.snapshot.id, n + 1);
  if (n == 0) return;
  const Change change = numbered(n);
  EXPECT_EQ(state.snapshot.note, change.note);
  EXPECT_EQ(state.instruments, change.instruments);
  ASSERT_EQ(state.files.size(), 1U);
  EXPECT_EQ(state.files[0].path, change.add_files[0].path);
  EXPECT_EQ(state.sessions, change.sessions);
}

struct Failure {
  Fate fate;
  bool lasting;
};
class FailingCommit : public testing::TestWithParam<Failure> {};

TEST_P(FailingCommit, ChangesNothingWhereverItFails) {
  const auto [fate, lasting] = GetParam();
  const StoreFolder store;
  store.create();
  const FailingDisk disk;
  const WriterLock lock = store.lock();
  Catalog writer = open_for_writing(lock);
  ASSERT_TRUE(writer.commit({}, numbered(1), 1));
  int failures = 0;
  while (true) {
    disk.fails_after(failures, fate, lasting);
    const auto committed = writer.commit({}, numbered(2), 2);
    disk.works();
    if (committed) break;
    ASSERT_LT(++failures, 500);
    // a failing sync or truncation of a full disk is reported as broken
    if (committed.error().code != ErrorCode::io_failed) {
      EXPECT_EQ(committed.error().code, ErrorCode::disk_full);
    }
    expect_numbered(writer.load().value(), 1);
    expect_numbered(open_and_load(store.path()).value(), 1);
  }
  EXPECT_GT(failures, 10);
  expect_numbered(open_and_load(store.path()).value(), 2);
}

INSTANTIATE_TEST_SUITE_P(, FailingCommit,
                         testing::Values(Failure{Fate::full, false}, Failure{Fate::full, true},
                                         Failure{Fate::broken, false}, Failure{Fate::broken, true}));

TEST(FailingCreate, LeavesNoStore) {
  const StoreFolder store;
  const FailingDisk disk;
  int failures = 0;
  while (true) {
    disk.fails_after(failures, Fate::full, true);
    const auto created = Catalog::create({}, store.path(), {});
    disk.works();
    if (created) break;
    ASSERT_LT(++failures, 500);
    EXPECT_EQ(Catalog::open(store.path()).error().code, ErrorCode::store_not_found);
    EXPECT_FALSE(std::filesystem::exists(store.path("catalog.db.new")));
  }
  EXPECT_GT(failures, 10);
  EXPECT_TRUE(open_and_load(store.path()));
}

// How the child ended: a signal's number, or minus its status.
int outcome_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

TEST(KilledCommit, AtEveryChangeOfAFile) {
  const StoreFolder store;
  store.create();
  int last = 0;
  int kills = 0;
  for (int changes = 0;; ++changes) {
    const pid_t child = ::fork();
    if (child == 0) {
      const FailingDisk disk;
      const WriterLock lock = store.lock();
      Catalog writer = open_for_writing(lock);
      disk.fails_after(changes, Fate::killed, true);
      ::_exit(writer.commit({}, numbered(last + 1), last + 1) ? 0 : 1);
    }
    const int outcome = outcome_of(child);
    const State state = open_and_load(store.path()).value();
    if (outcome == 0) {
      expect_numbered(state, last + 1);
      break;
    }
    ASSERT_EQ(outcome, SIGKILL);
    ++kills;
    if (state.snapshot.id == last + 2) ++last;
    expect_numbered(state, last);
    ASSERT_LT(changes, 500);
  }
  EXPECT_GT(kills, 10);
}

TEST(KilledCommit, AtRandomMomentsWhileOthersRead) {
  const StoreFolder store;
  store.create();
  std::mt19937 random(3);
  int last = 0;
  for (int round = 0; round < 50; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const WriterLock lock = store.lock();
      Catalog writer = open_for_writing(lock);
      for (int n = last + 1;; ++n) {
        if (!writer.commit({}, numbered(n), n)) ::_exit(1);
        if (::write(pipe[1], &n, sizeof n) != sizeof n) ::_exit(2);
      }
    }
    ::close(pipe[1]);
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 40'000);
    const Catalog reader = Catalog::open(store.path()).value();
    int seen = last;
    do {
      const auto state = reader.load();
      ASSERT_TRUE(state) << state.error().to_string();
      ASSERT_GE(state->snapshot.id - 1, seen);
      seen = static_cast<int>(state->snapshot.id) - 1;
      expect_numbered(*state, seen);
    } while (std::chrono::steady_clock::now() < until);
    int acknowledged = last;
    // However slow the machine, some rounds see a commit to its end.
    if (round % 10 == 9) {
      ASSERT_EQ(::read(pipe[0], &acknowledged, sizeof acknowledged), ssize_t{sizeof acknowledged});
    }
    ::kill(child, SIGKILL);
    ASSERT_EQ(outcome_of(child), SIGKILL);
    for (int n = 0; ::read(pipe[0], &n, sizeof n) == sizeof n;) acknowledged = n;
    ::close(pipe[0]);
    const State state = open_and_load(store.path()).value();
    last = static_cast<int>(state.snapshot.id) - 1;
    // what was acknowledged is there; at most one commit more
    ASSERT_GE(last, std::max(acknowledged, seen));
    ASSERT_LE(last, acknowledged + 1);
    expect_numbered(state, last);
  }
  EXPECT_GT(last, 0);
}

TEST(Readers, SeeWholeStatesBesideAWriter) {
  const StoreFolder store;
  store.create();
  constexpr int kCommits = 60;
  std::thread writing([&] {
    const WriterLock lock = store.lock();
    Catalog writer = open_for_writing(lock);
    for (int n = 1; n <= kCommits; ++n) ASSERT_TRUE(writer.commit({}, numbered(n), n));
  });
  const auto read = [&] {
    SnapshotId seen = 1;
    while (seen <= kCommits) {
      const auto state = open_and_load(store.path());
      ASSERT_TRUE(state) << state.error().to_string();
      ASSERT_GE(state->snapshot.id, seen);
      seen = state->snapshot.id;
      expect_numbered(*state, static_cast<int>(seen) - 1);
    }
  };
  std::thread one(read), two(read);
  writing.join();
  one.join();
  two.join();
}

}  // namespace
}  // namespace momentum::catalog
