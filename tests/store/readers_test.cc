// A hundred processes that read, one that writes: every read is its snapshot, bit for bit. Then a hundred threads of one process.
// MOMENTUM_READ_SECONDS says how long; ./dev crash and ./dev tsan take a minute.

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <new>
#include <random>
#include <thread>

#include "momentum/base/parallel.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/plan.h"
#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

constexpr int kReaders = 100, kInstruments = 6;
const std::vector<std::string> kColumnsRead = {"open", "high", "low", "close", "volume", "preclose", "turnover"};
// A machine with much else to do keeps a reader from its processor in the middle of a load.
constexpr catalog::CatalogOptions kPatient{.busy = std::chrono::hours(1)};

class Digest {
 public:
  void add(std::uint64_t bits) {
    for (int byte = 0; byte < 8; ++byte) hash_ = (hash_ ^ ((bits >> (8 * byte)) & 0xFF)) * 0x100000001B3U;
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(std::isnan(value) ? kMissing : value)); }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;  // FNV-1a
};

// What the store holds after each write, known to the writer and to every reader without a word between them.
class History {
 public:
  // What the next write brings: three days more, or in every third one a correction of a day long ago.
  Bars next() {
    Bars out;
    const int write = static_cast<int>(digests_.size());
    if (write % 3 == 2) {
      const int id = write % kInstruments;
      const auto at = static_cast<std::size_t>(write) * 37 % now_[id].size();
      for (auto& [name, values] : now_[id].columns) values[at] = write;
      out[id] = now_[id].between(Date{now_[id].dates[at]}, Date{now_[id].dates[at]});
    } else {
      const Date first = write == 0 ? day(2022, 11, 1) : last_ + 1;
      last_ = write == 0 ? day(2024, 1, 15) : last_ + 3;
      for (int id = 0; id < kInstruments; ++id) {
        out[id] = made_bars(id, first, last_);
        Rows& rows = now_[id];
        rows.dates.insert(rows.dates.end(), out[id].dates.begin(), out[id].dates.end());
        for (const auto& [name, values] : out[id].columns)
          rows.columns[name].insert(rows.columns[name].end(), values.begin(), values.end());
      }
    }
    digests_.push_back(digest());
    return out;
  }
  // Of the bars of a snapshot; 1 is the empty store.
  std::uint64_t of(catalog::SnapshotId snapshot) {
    if (snapshot == 1) return Digest().value();
    while (digests_.size() + 1 < static_cast<std::size_t>(snapshot)) (void)next();
    return digests_[static_cast<std::size_t>(snapshot) - 2];
  }

 private:
  std::uint64_t digest() const {
    Digest out;
    for (const auto& [id, rows] : now_) {
      out.add(static_cast<std::uint64_t>(id));
      for (const std::int32_t on : rows.dates) out.add(static_cast<std::uint64_t>(on));
      for (const std::string& column : kColumnsRead) {
        for (const double value : rows.columns.at(column)) out.add(value);
      }
    }
    return out.value();
  }

  Bars now_;
  Date last_;
  std::vector<std::uint64_t> digests_;  // of the states 2, 3, ...
};

Result<std::uint64_t> read_all(const Context& ctx, const std::string& folder, const catalog::State& state) {
  MOMENTUM_TRY(const Plan all, plan(state, {.columns = kColumnsRead}, {.rows_per_batch = 1000}));
  MOMENTUM_TRY(const BarsReader reader, BarsReader::open(ctx, folder, state, all));
  std::map<catalog::InstrumentId, Rows> found;
  std::mutex mutex;
  MOMENTUM_TRY_VOID(parallel_for(ctx, all.batches.size(), [&](std::size_t i) -> Result<void> {
    MOMENTUM_TRY(const BatchBars bars, reader.read(all.batches[i]));
    const std::lock_guard lock(mutex);
    for (const SeriesBars& series : bars.series) {
      Rows& rows = found[series.id];
      rows.dates.assign(series.dates.begin(), series.dates.end());
      for (std::size_t c = 0; c < kColumnsRead.size(); ++c)
        rows.columns[kColumnsRead[c]].assign(series.columns[c].begin(), series.columns[c].end());
    }
    return {};
  }));
  Digest out;
  for (const auto& [id, rows] : found) {
    out.add(static_cast<std::uint64_t>(id));
    for (const std::int32_t on : rows.dates) out.add(static_cast<std::uint64_t>(on));
    for (const std::string& column : kColumnsRead) {
      for (const double value : rows.columns.at(column)) out.add(value);
    }
  }
  return out.value();
}

// Seen by all readers.
struct Board {
  std::atomic<bool> over = false;
  std::atomic<int> reads = 0, older = 0, gone = 0, wrong = 0;
};

// One read, of the newest state or an older one. False: it was wrong, and that was said.
bool reads_right(const Context& ctx, const std::string& folder, History& history, std::mt19937& random, Board& board) {
  const auto catalog = catalog::Catalog::open(folder, kPatient);
  auto state = catalog ? catalog->load() : Result<catalog::State>(std::unexpected(catalog.error()));
  const bool older = state && random() % 2 == 0;
  if (older) state = catalog->load(1 + static_cast<catalog::SnapshotId>(random()) % state->snapshot.id);
  const auto read = state ? read_all(ctx, folder, *state) : Result<std::uint64_t>(std::unexpected(state.error()));
  if (!read) {
    if (read.error().code != ErrorCode::snapshot_not_found) {
      std::fprintf(stderr, "a reader: %s\n", read.error().to_string().c_str());
      return false;
    }
    ++board.gone;  // gc was quicker, and the error says so
    return true;
  }
  ++board.reads;
  board.older += older ? 1 : 0;
  if (*read == history.of(state->snapshot.id)) return true;
  std::fprintf(stderr, "a reader: other bars in snapshot %ld\n", static_cast<long>(state->snapshot.id));
  return false;
}

void read_on(const Context& ctx, const std::string& folder, int number, Board& board) {
  History history;
  std::mt19937 random(static_cast<unsigned>(number));
  do {
    if (!reads_right(ctx, folder, history, random, board)) {
      ++board.wrong;
      return;
    }
    std::this_thread::sleep_for(
        std::chrono::milliseconds(random() % 100));  // few cores: the writer wants to write, too
  } while (!board.over);
}

// A write, and after every fourth one a gc of all that nothing keeps.
void write_one(const IngestStore& store, const Bars& bars, int number) {
  const auto lock = catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value();
  auto catalog = catalog::Catalog::open(lock, kPatient).value();
  const catalog::State state = catalog.load().value();
  std::vector<Incoming> incoming;
  std::vector<const Rows*> rows;
  for (const auto& [id, of_one] : bars) {
    const auto place = static_cast<std::size_t>(id);
    incoming.push_back({place < state.instruments.size() ? state.instruments[place] : record_of(id)});
    rows.push_back(&of_one);
  }
  const auto out = ingest(on_threads(1), lock, catalog, state, incoming,
                          [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> { return table_of(*rows[i]); },
                          {}, {}, {.replace = true});
  ASSERT_TRUE(out) << out.error().to_string();
  ASSERT_EQ(out->snapshot.id, state.snapshot.id + 1);
  if (number % 4 != 3) return;
  const catalog::State now = catalog.load().value();
  const GcPlan plan = plan_gc({}, catalog, std::chrono::microseconds(0)).value();
  ASSERT_TRUE(collect({}, lock, catalog, now, plan));
}

// Writes until it is time, then says that it is over. How many writes.
int write_on(const IngestStore& store, Board& board) {
  const char* const wanted = std::getenv("MOMENTUM_READ_SECONDS");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(wanted != nullptr ? std::atoi(wanted) : 2);
  History history;
  int writes = 0;
  do {
    write_one(store, history.next(), writes++);
  } while (!testing::Test::HasFatalFailure() && (writes < 5 || std::chrono::steady_clock::now() < until));
  board.over = true;
  return writes;
}

// Once all readers have ended.
void expect_all_well(const IngestStore& store, const Board& board, int writes) {
  EXPECT_EQ(board.wrong, 0);
  EXPECT_GE(board.reads + board.gone, kReaders);
  EXPECT_GT(board.older, 0);
  EXPECT_EQ(read_all(on_threads(1), store.folder(), store.state()).value(), History().of(writes + 1));
  std::printf("%d writes; %d reads of %d readers, %d of them of older states; %d states were gone\n", writes,
              board.reads.load(), kReaders, board.older.load(), board.gone.load());
}

TEST(Readers, AHundredProcessesAndAWriter) {
  const IngestStore store(2);
  void* const shared = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  Board& board = *new (shared) Board();
  std::vector<pid_t> readers;
  for (int number = 0; number < kReaders; ++number) {
    readers.push_back(::fork());
    if (readers.back() == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // where the writer fails before it can say that it is over
      read_on(on_threads(1), store.folder(), number, board);
      ::_exit(0);
    }
    ASSERT_GT(readers.back(), 0);
  }
  const int writes = write_on(store, board);
  for (const pid_t reader : readers) {
    int status = 0;
    ::waitpid(reader, &status, 0);
    EXPECT_EQ(status, 0);
  }
  expect_all_well(store, board, writes);
  ::munmap(shared, sizeof(Board));
}

// What processes cannot show: the state that is of a process and not of a reader, ours and that of Arrow and SQLite. Each reader
// reads its batches on two threads.
TEST(Readers, AHundredThreadsAndAWriter) {
  const IngestStore store(2);
  Board board;
  std::vector<std::thread> readers;
  for (int number = 0; number < kReaders; ++number)
    readers.emplace_back([&, number] { read_on(on_threads(2), store.folder(), number, board); });
  const int writes = write_on(store, board);
  for (std::thread& reader : readers) reader.join();
  expect_all_well(store, board, writes);
}

}  // namespace
}  // namespace momentum::store
