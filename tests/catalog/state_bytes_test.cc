#include "momentum/catalog/state_bytes.h"

#include <random>

#include "momentum/catalog/packed.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<State> unpack(std::string_view blob, Scope scope = Scope::whole) {
  return unpack_state(std::as_bytes(std::span(blob)), "here", scope);
}

// With the right checksum behind whatever the bytes have become.
std::string sealed_again(std::string blob) {
  blob.resize(blob.size() - 8);
  const std::uint64_t hash = hash_of(blob);
  for (int i = 0; i < 8; ++i) blob.push_back(static_cast<char>(hash >> (8 * i)));
  return blob;
}

State sample_state() {
  State state;
  state.info = {.format_version = 3,
                .uuid = "01234567-89ab-4cde-8fab-0123456789ab",
                .created = Time(std::chrono::microseconds(1'700'000'000'000'001)),
                .buckets = 4,
                .storage = "parquet",
                .compression = 6,
                .synthetic = true,
                .arguments = "--stocks 3",
                .tool_version = "0.1"};
  for (InstrumentId id = 0; id < 4; ++id) state.instruments.push_back(sample_instrument(id));
  state.instruments[3].actions = {{.day = day(2020, 6, 1), .cash = {3'000'000'000}, .bonus = {1}}};
  state.files = {sample_file("data/base-0.parquet", 0, 3, 20),
                 sample_file("data/tail.parquet", 1, 3, 7, day(2020, 2, 1))};
  state.files[0].id = 2;
  state.files[1].id = 5;
  state.files[1].level = Level::tail;
  state.files[1].bucket.reset();
  state.sessions = {sample_days("a", day(2020, 11, 2), 40), sample_days("b", day(2020, 11, 2), 3)};
  state.calendars = {sample_days("CN", day(2020, 11, 2), 40, false)};
  state.limits = 17;
  state.snapshot = {.id = 9,
                    .parent = 8,
                    .created = Time(std::chrono::microseconds(1'700'000'000'000'002)),
                    .op = "import",
                    .note = "a note",
                    .counts = {4, 2, 74, 2027, 83},
                    .account = Account{60, 2, 1, 0}};
  const Coverage both{day(2020, 1, 2), day(2020, 2, 7), 27};
  state.coverage = {{day(2020, 1, 2), day(2020, 1, 21), 20}, both, both, {}};
  return state;
}

// As a reader keeps it: instrument 1 alone, of the first file.
State sample_part() {
  State part = sample_state();
  for (const InstrumentId id : {0, 2, 3}) {
    const auto place = static_cast<std::size_t>(id);
    part.instruments[place] = {};
    part.instruments[place].id = id;
    part.coverage[place] = {};
  }
  part.files.pop_back();
  part.files[0].extents = {part.files[0].extents[1]};
  return part;
}

TEST(StateBytes, AStateComesBackWhole) {
  const State state = sample_state();
  EXPECT_EQ(unpack(text_of(pack_state(state))).value(), state);
  State older = state;
  older.snapshot.account.reset();
  older.info.format_version = 1;
  EXPECT_EQ(unpack(text_of(pack_state(older))).value(), older);
}

TEST(StateBytes, AStoresOwnStatesComeBackWhole) {
  const StoreFolder folder;
  folder.create({.buckets = 3, .synthetic = true});
  EXPECT_EQ(unpack(text_of(pack_state(open_and_load(folder.path()).value()))).value(),
            open_and_load(folder.path()).value());
  const WriterLock lock = folder.lock();
  ASSERT_TRUE(open_for_writing(lock).commit(Context{}, sample_change(), 1));
  const State state = open_and_load(folder.path()).value();
  EXPECT_EQ(state.files.size(), 1U);
  EXPECT_EQ(unpack(text_of(pack_state(state))).value(), state);
}

TEST(StateBytes, APartComesBackAsItIs) {
  const State part = sample_part();
  const std::string blob = text_of(pack_state(part, Scope::part));
  EXPECT_EQ(unpack(blob, Scope::part).value(), part);
  EXPECT_EQ(unpack(blob).error().what, "a part of a state");
  EXPECT_EQ(unpack(text_of(pack_state(sample_state())), Scope::part).error().what, "a whole state, not a part of one");
}

TEST(StateBytes, RandomStatesComeBack) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    State state = sample_state();
    const auto instruments = static_cast<InstrumentId>(random() % 60);
    state.instruments.clear();
    state.files.clear();
    state.coverage.assign(static_cast<std::size_t>(instruments), {});
    state.snapshot.counts = {.instruments = instruments, .days = 83};
    for (InstrumentId id = 0; id < instruments; ++id) state.instruments.push_back(sample_instrument(id));
    for (FileId file = 0; instruments > 0 && file < static_cast<FileId>(random() % 5); ++file) {
      const auto begin = static_cast<InstrumentId>(random() % static_cast<unsigned>(instruments));
      const auto rows = 1 + static_cast<std::int64_t>(random() % 5000);
      FileRecord made = sample_file("data/" + std::to_string(file), begin, instruments, rows,
                                    day(2000, 1, 1) + static_cast<std::int32_t>(random() % 9000));
      made.id = file * 3;
      for (const Extent& extent : made.extents) {
        Coverage& coverage = state.coverage[static_cast<std::size_t>(extent.instrument)];
        coverage.first = coverage.bars == 0 ? extent.first : std::min(coverage.first, extent.first);
        coverage.last = std::max(coverage.last, extent.last);
        coverage.bars += extent.rows;
      }
      state.snapshot.counts.files += 1;
      state.snapshot.counts.rows += made.rows;
      state.snapshot.counts.bytes += made.bytes;
      state.files.push_back(std::move(made));
    }
    EXPECT_EQ(unpack(text_of(pack_state(state))).value(), state) << round;
  }
}

// The layout of version 1 is a promise: docs/formats.md.
TEST(StateBytes, Version1IsReadAndWritten) {
  for (const auto& [name, state, scope] : {std::tuple{"state_v1.bin", sample_state(), Scope::whole},
                                           std::tuple{"state_part_v1.bin", sample_part(), Scope::part}}) {
    std::ifstream file(std::string(MOMENTUM_SOURCE_DIR "/tests/catalog/") + name, std::ios::binary);
    const std::string blob{std::istreambuf_iterator<char>(file), {}};
    ASSERT_FALSE(blob.empty()) << name;
    EXPECT_EQ(unpack(blob, scope).value(), state) << name;
    EXPECT_EQ(text_of(pack_state(state, scope)), blob) << name;
  }
}

TEST(StateBytes, NamesWhatIsWrong) {
  const std::string blob = text_of(pack_state(sample_state()));
  EXPECT_EQ(unpack("").error().to_string(), "a block of 0 bytes: here; restore the store from a copy");
  for (std::size_t size = 9; size < blob.size(); size += 7)
    EXPECT_EQ(unpack(blob.substr(0, size)).error().what, "wrong checksum") << size;
  for (std::size_t bit = 0; bit < blob.size() * 8; bit += 5) {
    std::string flipped = blob;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(unpack(flipped).error().code, ErrorCode::damaged_store) << bit;
  }
  std::string newer = blob;
  newer[0] = 2;
  EXPECT_EQ(unpack(sealed_again(newer)).error().to_string(),
            "written by a newer version of the program (a block of version 2, this one knows 1): here; update");
  State store = sample_state();
  store.info.format_version = kStoreFormatVersion + 1;
  EXPECT_EQ(unpack(text_of(pack_state(store))).error().code, ErrorCode::store_version);
  PackedWriter other(1);
  other.text("something else");
  EXPECT_EQ(unpack(std::move(other).seal()).error().what, "no state");
}

TEST(StateBytes, WhatNoStateIsIsRefused) {
  const auto refused = [](auto&& change, Scope scope = Scope::whole) {
    State state = scope == Scope::whole ? sample_state() : sample_part();
    change(state);
    const auto back = unpack(text_of(pack_state(state, scope)), scope);
    return back ? std::string() : back.error().code == ErrorCode::damaged_store ? back.error().what : "another error";
  };
  for (const char* path : {"/etc/passwd", "../x", "data/../../x", "", "data//x"})
    EXPECT_EQ(refused([&](State& state) { state.files[0].path = path; }),
              std::string(path) + ": not a path below the store");
  EXPECT_NE(refused([](State& state) { state.files[1].id = 2; }), "");
  EXPECT_NE(refused([](State& state) { state.files.pop_back(); }), "");
  EXPECT_NE(refused([](State& state) { state.files[0].extents[2].instrument = 4; }), "");
  EXPECT_NE(refused([](State& state) { state.files[0].extents[2].rows = INT64_MAX; }), "");
  EXPECT_NE(refused([](State& state) { state.files[0].row_groups[1].rows = INT64_MAX / 2; }), "");
  EXPECT_NE(refused([](State& state) { state.files[0].rows += 1; }), "");
  EXPECT_NE(refused([](State& state) { state.sessions[1].market = "a"; }), "");
  EXPECT_NE(refused([](State& state) { state.sessions[0].bars.clear(); }), "");
  EXPECT_NE(refused([](State& state) { state.instruments[0] = {}; }), "");
  EXPECT_NE(refused([](State& state) { state.instruments[0].factors[0].ratio = -1; }), "");
  EXPECT_NE(refused([](State& state) { state.files[0].extents[0].first_row = 61; }, Scope::part), "");
  EXPECT_NE(refused([](State& state) { state.files[0].extents[0].first_row = -1; }, Scope::part), "");
  EXPECT_NE(refused([](State& state) { state.files[0].extents[0].first_row = INT64_MAX - 20; }, Scope::part), "");
  EXPECT_NE(refused([](State& state) { state.files[0].extents[0].last = day(2030, 1, 1); }, Scope::part), "");
  EXPECT_NE(refused([](State& state) { state.coverage[1].bars = -1; }, Scope::part), "");
  EXPECT_EQ(refused([](State&) {}), "");
  EXPECT_EQ(refused([](State&) {}, Scope::part), "");
}

// Whoever forges the checksum too gets an error or a state, never a crash.
TEST(StateBytes, ForgedBytesAreNoHarm) {
  std::mt19937 random(11);
  for (const Scope scope : {Scope::whole, Scope::part}) {
    const std::string blob = text_of(pack_state(scope == Scope::whole ? sample_state() : sample_part(), scope));
    int read = 0;
    for (int round = 0; round < 20'000; ++round) {
      std::string forged = blob;
      for (auto n = 1 + random() % 3; n > 0; --n) forged[random() % (forged.size() - 8)] = static_cast<char>(random());
      if (random() % 4 == 0) forged.resize(9 + random() % forged.size());
      const auto back = unpack(sealed_again(std::move(forged)), scope);
      read += back ? 1 : 0;
      EXPECT_TRUE(back || back.error().code == ErrorCode::damaged_store ||
                  back.error().code == ErrorCode::store_version);
    }
    EXPECT_GT(read, 0);
  }
}

}  // namespace
}  // namespace momentum::catalog
