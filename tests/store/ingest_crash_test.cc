// Writers that are killed and disks that are full.

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include <thread>

#include "catalog/failing_disk.h"
#include "ingest_fixture.h"

namespace momentum::store {
namespace {

constexpr int kInstruments = 6, kCalls = 60;
const Date kFirst = day(2023, 11, 1);

// What call number k brings: some days of each instrument, and a correction of an old one.
Bars call(int k) {
  Bars out;
  for (int id = 0; id < kInstruments; ++id) {
    out[id] = made_bars(id, kFirst + 10 * k, kFirst + 10 * k + 9);
    if (k % 7 == 3 && id == k % kInstruments) {
      Rows old = made_bars(id, kFirst + 5, kFirst + 5);
      old.dates.insert(old.dates.end(), out[id].dates.begin(), out[id].dates.end());
      for (auto& [name, values] : old.columns) {
        values[0] = k;
        values.insert(values.end(), out[id].columns[name].begin(), out[id].columns[name].end());
      }
      out[id] = old;
    }
  }
  return out;
}

Bars after(int calls) {
  Bars out;
  for (int id = 0; id < kInstruments; ++id) {
    out[id] = made_bars(id, kFirst, kFirst + 10 * calls - 1);
    for (int k = 3; k < calls; k += 7) {
      if (id != k % kInstruments) continue;
      const auto at =
          static_cast<std::size_t>(std::ranges::lower_bound(out[id].dates, kFirst.days + 5) - out[id].dates.begin());
      for (auto& [name, values] : out[id].columns) values[at] = k;
    }
  }
  return out;
}

int calls_of(const IngestStore& store) { return static_cast<int>(store.state().snapshot.id) - 1; }

// Every file that the catalog names is there to the last bit.
void expect_whole(const IngestStore& store) {
  const catalog::State state = store.state();
  for (const catalog::FileRecord& file : state.files) {
    const auto reader = open_data_file(store.folder(), state.info.uuid, file);
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_EQ((*reader)->hash(), file.checksum);
  }
}

std::size_t garbage_of(const IngestStore& store) {
  return catalog::Catalog::open(store.folder()).value().garbage().value().size();
}

// On one thread: the pool of a forked process has no others.
void run_calls(const IngestStore& store) {
  for (int k = calls_of(store); k < kCalls; ++k)
    store.put(call(k), {.replace = true, .newest = k % 2 ? kFirst + 10 * k + 9 : Date{}}, 1);
}

TEST(IngestCrash, AKilledWriterLeavesAStateThatWasCommitted) {
  ASSERT_EQ((kFirst + 5).days, made_bars(0, kFirst + 5, kFirst + 5).dates.at(0));
  std::mt19937 random(20240517);
  const IngestStore store(2);
  int kills = 0, last = 0;
  while (kills < 40) {
    if (calls_of(store) == kCalls) break;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      run_calls(store);
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40000));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    kills += WIFSIGNALED(status) ? 1 : 0;
    const int now = calls_of(store);
    EXPECT_GE(now, last);  // what was committed stays
    last = now;
    expect_whole(store);
    store.expect_bars(after(now));
  }
  run_calls(store);
  EXPECT_EQ(calls_of(store), kCalls);
  store.expect_bars(after(kCalls));
  // Nothing of the dead is left: what is there is live, or was once committed.
  const auto lock = catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value();
  std::set<std::string> known = store.live_names();
  const auto garbage = catalog::Catalog::open(lock).value().garbage().value();
  for (const catalog::Garbage& file : garbage) known.insert(file.path);
  EXPECT_EQ(store.names(), known);
  RecordProperty("kills", kills);
}

void expect_survives_a_full_disk(const IngestStore& store) {
  const Bars stored = {{0, made_bars(0, day(2024, 4, 1), day(2024, 5, 17))}};
  store.put(stored);
  const catalog::State before = store.state();
  Bars big = stored;
  for (int id = 1; id < 150; ++id) big[id] = made_bars(id, day(2010, 1, 1), day(2024, 5, 17));
  for (const Date newest : {Date{}, day(2024, 5, 17)}) {
    const auto out = store.try_put(big, {.newest = newest});
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, ErrorCode::disk_full) << out.error().to_string();
    EXPECT_EQ(store.state(), before);
    EXPECT_EQ(store.names(), store.live_names());
    store.expect_bars(stored);
  }
  EXPECT_TRUE(store.put({{0, made_bars(0, day(2024, 5, 20), day(2024, 5, 20))}}).changed);
}

TEST(IngestCrash, AFullDiskLeavesTheStoreAsItWas) {
  const std::string mount = ::testing::TempDir() + "momentum_small_disk_" + std::to_string(::getpid());
  std::filesystem::create_directories(mount);
  if (::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=700k") != 0) {
    std::filesystem::remove(mount);
    GTEST_SKIP() << "may not mount a small disk (" << std::strerror(errno) << ")";
  }
  {
    const IngestStore store(2, mount);
    expect_survives_a_full_disk(store);
  }
  ::umount(mount.c_str());
  std::filesystem::remove(mount);
}

// What SQLite writes fails, once or from then on, at each of its writes in turn (each of four ways takes every fourth).
TEST(IngestCrash, ACommitThatFailsIsWholeOrNothing) {
  const catalog::FailingDisk disk;
  int first = 0;
  for (const catalog::Fate fate : {catalog::Fate::full, catalog::Fate::broken}) {
    for (const bool lasting : {false, true}) {
      int failures = 0;
      for (int changes = first++;; changes += 4) {
        const IngestStore store(2);
        store.put(call(0), {}, 1);
        const catalog::State before = store.state();
        catalog::FailingDisk::fails_after(changes, fate, lasting);
        const auto out = store.try_put(call(1), {}, {}, {}, on_threads(1));
        catalog::FailingDisk::works();
        if (out) {
          EXPECT_EQ(calls_of(store), 2);
        } else {
          ++failures;
          EXPECT_EQ(out.error().category(), Category::storage);
          if (fate == catalog::Fate::full) {
            EXPECT_EQ(store.state(), before);
          }
          if (out.error().code != ErrorCode::io_failed) {
            EXPECT_EQ(store.names(), store.live_names());
          }
        }
        expect_whole(store);
        store.expect_bars(after(calls_of(store)));
        store.put(call(1), {}, 1);
        store.expect_bars(after(2));
        EXPECT_EQ(store.names().size(), store.live_names().size() + garbage_of(store));
        if (out) break;
      }
      EXPECT_GT(failures, 1);
    }
  }
}

}  // namespace
}  // namespace momentum::store
