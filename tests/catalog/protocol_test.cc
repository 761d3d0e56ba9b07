// The whole protocol of a store by many threads at once, with data files that are plain text: lock, write, publish, commit, gc and
// read. The same with real data files: tests/store/readers_test.cc.

#include <unistd.h>

#include <atomic>
#include <thread>

#include "store_fixture.h"

namespace momentum::catalog {
namespace {

constexpr int kWriters = 3, kReaders = 6, kCommitsOfEach = 12;
// However slow the machine: what is asked is that all come to their turn, not when.
constexpr std::chrono::hours kPatience{1};
constexpr CatalogOptions kPatient{.busy = kPatience};

std::string content_of(SnapshotId snapshot) {
  std::string out;
  for (int line = 0; line < 200; ++line) out += "bars of snapshot " + std::to_string(snapshot) + "\n";
  return out;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The next commit, whichever its number is: a data file of its own in place of the one before it.
Change next_change(const StoreFolder& store, const State& state) {
  const SnapshotId number = state.snapshot.id + 1;
  Change change = number == 2 ? sample_change() : Change{.op = "append"};
  change.add_files = {sample_file("data/" + std::to_string(number), 0, 3, 20)};
  change.add_files[0].checksum = static_cast<std::uint64_t>(number);
  for (const FileRecord& file : state.files) change.end_files.push_back(file.id);
  const std::string path = store.path(change.add_files[0].path);
  std::ofstream(path + ".tmp", std::ios::binary) << content_of(number);
  std::filesystem::rename(path + ".tmp", path);
  return change;
}

void collect(const StoreFolder& store, Catalog& catalog) {
  std::vector<SnapshotId> snapshots;
  const std::vector<LogEntry> history = catalog.history().value();
  for (std::size_t i = 1; i < history.size(); ++i) {
    if (!history[i].dropped) snapshots.push_back(history[i].snapshot.id);
  }
  std::vector<FileId> files;
  const std::vector<Garbage> garbage = catalog.garbage().value();
  for (const Garbage& file : garbage) files.push_back(file.file);
  ASSERT_TRUE(catalog.drop({}, snapshots, files));
  for (const Garbage& file : garbage) ASSERT_TRUE(std::filesystem::remove(store.path(file.path)));
  ASSERT_TRUE(catalog.shorten_redo(4));
}

void write_on(const StoreFolder& store) {
  for (int n = 0; n < kCommitsOfEach; ++n) {
    const auto lock = WriterLock::acquire({}, store.path(), kPatience);
    ASSERT_TRUE(lock) << lock.error().to_string();
    Catalog catalog = Catalog::open(*lock, kPatient).value();
    const State state = catalog.load().value();
    const auto committed = catalog.commit({}, next_change(store, state), state.snapshot.id);
    ASSERT_TRUE(committed) << committed.error().to_string();
    if (n % 4 == 3) collect(store, catalog);
  }
}

// Reads states, the newest and older ones, until `over`. A file that is gone must be one that gc took.
void read_on(const StoreFolder& store, const std::atomic<bool>& over, std::atomic<int>& reads) {
  SnapshotId seen = 1;
  for (int n = 0; !over || n == 0; ++n) {
    const Catalog catalog = Catalog::open(store.path(), kPatient).value();
    auto state = catalog.load();
    ASSERT_TRUE(state) << state.error().to_string();
    ASSERT_GE(state->snapshot.id, seen);
    seen = state->snapshot.id;
    if (n % 3 == 2) state = catalog.load(std::max<SnapshotId>(1, seen - 2));
    if (!state) {
      ASSERT_EQ(state.error().code, ErrorCode::snapshot_not_found) << state.error().to_string();
      continue;
    }
    for (const FileRecord& file : state->files) {
      ASSERT_EQ(file.checksum, static_cast<std::uint64_t>(state->snapshot.id));
      const std::string content = read_file(store.path(file.path));
      if (content.empty()) {
        ASSERT_TRUE(catalog.removed(file.id).value().has_value()) << file.path;
      } else {
        ASSERT_EQ(content, content_of(state->snapshot.id));
      }
    }
    ++reads;
  }
}

TEST(Protocol, ManyThreads) {
  const StoreFolder store;
  store.create();
  std::atomic<bool> over = false;
  std::atomic<int> reads = 0;
  std::vector<std::thread> writers, readers;
  for (int n = 0; n < kReaders; ++n) readers.emplace_back([&] { read_on(store, over, reads); });
  for (int n = 0; n < kWriters; ++n) writers.emplace_back([&] { write_on(store); });
  for (std::thread& writer : writers) writer.join();
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(reads, 0);
  const Catalog catalog = Catalog::open(store.path()).value();
  EXPECT_TRUE(catalog.check());
  const std::vector<Snapshot> log = catalog.log().value();
  ASSERT_EQ(log.size(), std::size_t{1 + kWriters * kCommitsOfEach});  // every commit, each on the one before it
  for (std::size_t i = 0; i < log.size(); ++i) {
    EXPECT_EQ(log[i].id, static_cast<SnapshotId>(log.size() - i));
    EXPECT_EQ(log[i].parent, log[i].id - 1);
  }
  // From the redo files the same comes again, however the writers took turns.
  const State state = catalog.load().value();
  std::filesystem::remove(store.path("catalog.db"));
  ASSERT_TRUE(Catalog::rebuild({}, store.lock()));
  EXPECT_EQ(open_and_load(store.path()).value(), state);
}

}  // namespace
}  // namespace momentum::catalog
