#include <gtest/gtest.h>

#include <algorithm>

#include "latest_internal.h"
#include "market_store.h"
#include "momentum/catalog/packed.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/published.h"

namespace momentum::store {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

// Time as a test wants it.
class SetClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return at; }
  std::chrono::system_clock::time_point at = std::chrono::system_clock::now();
};

class Publishing : public ::testing::Test {
 protected:
  Publishing() { ctx_.clock = &clock_; }
  std::string place(std::string_view name = "") const {
    return elsewhere_.folder() + "/published" + (name.empty() ? "" : "/" + std::string(name));
  }
  std::vector<catalog::LogEntry> log() const {
    return catalog::Catalog::open(store_.folder()).value().history().value();
  }
  Result<Publication> publish(microseconds grace = kGrace) {
    return store::publish(ctx_, store_.folder(), store_.state(), log(), place(), grace);
  }
  // A commit that leaves bars out and brings others.
  void next_commit(catalog::InstrumentId id, const std::string& path) {
    const auto lock = catalog::WriterLock::acquire(Context{}, store_.folder(), std::chrono::milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    const catalog::State state = catalog.load().value();
    catalog::Change change;
    change.op = "import";
    change.account = {1, 1, 0, 0};
    const auto tail = std::ranges::find(state.files, catalog::Level::tail, &catalog::FileRecord::level);
    ASSERT_NE(tail, state.files.end());
    change.end_files = {tail->id};
    TestStore other;
    catalog::FileRecord file = *tail;
    file.path = path;
    // The same rows under another path: a file says itself which one it is, so it is written anew.
    auto writer = formats::ColumnFileWriter::create(store_.path(path), key_specs(Dataset::daily),
                                                    identity_of(store_.uuid(), path))
                      .value();
    const std::vector<std::int32_t> ids = {id}, days = {day(2024, 12, 31).days};
    ASSERT_TRUE(writer->write_row_group(std::vector<formats::ColumnValues>{{std::span<const std::int32_t>(ids)},
                                                                           {std::span<const std::int32_t>(days)}}));
    const auto summary = writer->close().value();
    file.columns = {record_of(key_specs(Dataset::daily)[0], ""), record_of(key_specs(Dataset::daily)[1], "")};
    file.row_groups = {{0, 1, summary.groups[0].offset, summary.groups[0].bytes}};
    file.extents = {{id, 0, 1, Date{days[0]}, Date{days[0]}}};
    file.rows = 1;
    file.first = file.last = Date{days[0]};
    file.bytes = summary.bytes;
    file.checksum = summary.hash;
    change.add_files = {file};
    ASSERT_TRUE(catalog.commit(Context{}, change, state.snapshot.id));
  }
  // All files of a place, by path.
  std::set<std::string> files() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place()))
      if (entry.is_regular_file()) out.insert(std::filesystem::relative(entry.path(), place()).string());
    return out;
  }
  std::string bytes(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& path, std::string_view bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  MarketStore store_;
  TestStore elsewhere_;
  SetClock clock_;
  Context ctx_;
};

TEST_F(Publishing, ACopyHasTheStateAndItsBars) {
  EXPECT_FALSE(is_published(place()));
  const Publication done = publish().value();
  EXPECT_TRUE(done.changed);
  EXPECT_EQ(done.files_copied, 5);
  EXPECT_EQ(done.bytes_copied, store_.state().snapshot.counts.bytes);
  EXPECT_TRUE(is_published(place()));
  EXPECT_TRUE(is_published("s3://bucket/prefix"));
  EXPECT_FALSE(is_published(store_.folder()));
  for (const std::string& where : {place(), "file://" + place()}) {
    const catalog::State state = load_state(ctx_, where).value();
    EXPECT_EQ(state, store_.state());
    const Plan made = plan(state, {.columns = {"close"}}).value();
    const BarsReader reader = BarsReader::open(ctx_, where, state, made).value();
    const BarsReader own = BarsReader::open(ctx_, store_.folder(), state, made).value();
    for (const Batch& batch : made.batches) {
      const BatchBars there = reader.read(batch).value(), here = own.read(batch).value();
      ASSERT_EQ(there.series.size(), here.series.size());
      for (std::size_t k = 0; k < here.series.size(); ++k) {
        EXPECT_TRUE(std::ranges::equal(there.series[k].dates, here.series[k].dates));
        EXPECT_TRUE(std::ranges::equal(there.series[k].columns[0], here.series[k].columns[0], [](double a, double b) {
          return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
        }));
      }
    }
  }
  EXPECT_EQ(read_published(ctx_, place())->log.size(), log().size());
  EXPECT_EQ(load_state(ctx_, store_.folder()).value(), store_.state());
}

TEST_F(Publishing, AgainCopiesWhatIsNewOnly) {
  const catalog::State before = store_.state();
  ASSERT_TRUE(publish());
  const std::string latest = bytes(place("latest"));
  const Publication again = publish().value();
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.files_copied, 0);
  EXPECT_EQ(bytes(place("latest")), latest);

  next_commit(3, "data/tail-2.parquet");
  clock_.at += hours(1);
  const Publication next = publish().value();
  EXPECT_TRUE(next.changed);
  EXPECT_EQ(next.files_copied, 1);
  EXPECT_EQ(next.files_removed, 0);
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
  EXPECT_EQ(load_state(ctx_, place(), before.snapshot.id).value(), before);
  EXPECT_EQ(load_state(ctx_, place(), 99).error().code, ErrorCode::snapshot_not_found);
}

TEST_F(Publishing, WhatNobodyNeedsGoesAfterTheGrace) {
  const catalog::State before = store_.state();
  ASSERT_TRUE(publish());
  next_commit(3, "data/tail-2.parquet");
  clock_.at += hours(100);  // however old it is: it was the latest until now
  ASSERT_EQ(publish()->files_removed, 0);
  clock_.at += hours(23);
  ASSERT_EQ(publish()->files_removed, 0);
  EXPECT_TRUE(load_state(ctx_, place(), before.snapshot.id));
  write(place("mine.txt"), "not of the store");
  write(place("data/.draft-x-1-1"), "of a publisher that died");
  clock_.at += hours(2);
  EXPECT_EQ(publish()->files_removed, 3);  // the tail, the state, the draft
  EXPECT_FALSE(files().contains("data/tail-1.parquet"));
  EXPECT_TRUE(files().contains("mine.txt"));
  EXPECT_EQ(load_state(ctx_, place(), before.snapshot.id).error().code, ErrorCode::snapshot_not_found);
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
  EXPECT_EQ(publish()->files_removed, 0);
}

TEST_F(Publishing, GraceZeroKeepsTheLatestAlone) {
  ASSERT_TRUE(publish());
  next_commit(3, "data/tail-2.parquet");
  clock_.at += hours(1);
  EXPECT_EQ(publish(microseconds(0))->files_removed, 2);
  EXPECT_EQ(read_published(ctx_, place())->states.size(), 1U);
}

// Wherever a publisher stops, readers see what they saw, and the next one goes on.
TEST_F(Publishing, ThatIsInterruptedChangesNothingForReaders) {
  CancelToken cancel;
  Context ctx = ctx_;
  ctx.cancel = &cancel;
  cancel.cancel();
  EXPECT_EQ(store::publish(ctx, store_.folder(), store_.state(), log(), place()).error().code, ErrorCode::interrupted);
  EXPECT_EQ(load_state(ctx_, place()).error().code, ErrorCode::store_not_found);
  // As one that died after some files: one is whole, one is not.
  ASSERT_TRUE(publish());
  std::filesystem::remove(place("latest"));
  std::filesystem::remove(place("data/base-0-1.parquet"));
  write(place("data/tail-1.parquet"), "half");
  EXPECT_EQ(load_state(ctx_, place()).error().code, ErrorCode::store_not_found);
  EXPECT_EQ(publish()->files_copied, 2);
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
}

TEST_F(Publishing, RefusesAPlaceOfSomeoneElse) {
  EXPECT_EQ(store::publish(ctx_, store_.folder(), store_.state(), log(), elsewhere_.folder()).error().code,
            ErrorCode::store_exists);
  const catalog::State first = store_.state();
  next_commit(3, "data/tail-2.parquet");
  ASSERT_TRUE(publish());
  EXPECT_EQ(store::publish(ctx_, store_.folder(), first, log(), place()).error().code, ErrorCode::store_changed);
  const MarketStore other;
  EXPECT_EQ(store::publish(ctx_, other.folder(), other.state(), {}, place()).error().code, ErrorCode::store_exists);
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
}

TEST_F(Publishing, ADamagedFileOfTheStoreIsNotPublished) {
  store_.flip("data/base-0-1.parquet", 100);
  const auto done = publish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::damaged_store);
  EXPECT_NE(done.error().where.find("data/base-0-1.parquet"), std::string::npos);
  EXPECT_FALSE(files().contains("data/base-0-1.parquet"));
  EXPECT_FALSE(files().contains("latest"));
  std::filesystem::remove(store_.path("data/base-0-1.parquet"));
  EXPECT_EQ(publish().error().code, ErrorCode::damaged_store);
}

TEST_F(Publishing, DamageThereIsNamed) {
  ASSERT_TRUE(publish());
  const std::string latest = bytes(place("latest"));
  const std::string state = place(read_published(ctx_, place())->states[0].path);
  const std::string packed = bytes(state);
  const auto code = [&] {
    const auto loaded = load_state(ctx_, place());
    EXPECT_FALSE(loaded);
    return loaded ? ErrorCode::internal : loaded.error().code;
  };
  write(place("latest"), latest.substr(0, latest.size() - 1));
  EXPECT_EQ(code(), ErrorCode::damaged_store);
  std::string newer = latest;
  newer[0] = 9;
  newer.resize(newer.size() - 8);
  const std::uint64_t hash = catalog::hash_of(newer);
  for (int i = 0; i < 8; ++i) newer.push_back(static_cast<char>(hash >> (8 * i)));
  write(place("latest"), newer);
  EXPECT_EQ(code(), ErrorCode::store_version);
  write(place("latest"), latest);
  for (const std::string& wrong : {packed.substr(1), packed + "x", std::string()}) {
    write(state, wrong);
    EXPECT_EQ(code(), ErrorCode::damaged_store);
  }
  std::filesystem::remove(state);
  EXPECT_EQ(code(), ErrorCode::damaged_store);
  write(state, packed);
  const catalog::State whole = load_state(ctx_, place()).value();
  const Plan made = plan(whole, {.columns = {"close"}}).value();
  std::filesystem::remove(place("data/tail-1.parquet"));
  EXPECT_EQ(BarsReader::open(ctx_, place(), whole, made).error().code, ErrorCode::damaged_store);
  write(place("data/tail-1.parquet"), "cut");
  EXPECT_EQ(BarsReader::open(ctx_, place(), whole, made).error().code, ErrorCode::damaged_store);
}

// The layout of version 1 is a promise: docs/formats.md.
TEST(Latest, Version1IsReadAndWritten) {
  const catalog::Time time{microseconds(1'700'000'000'000'001)};
  Published published{.uuid = "01234567-89ab-4cde-8fab-0123456789ab", .states = {}, .log = {}};
  for (const catalog::SnapshotId id : {9, 7})
    published.states.push_back({id, state_path(id, 0xFEDCBA9876543210), 1000 + id, 0xFEDCBA9876543210, time});
  catalog::LogEntry entry;
  entry.snapshot = {9, 8, time, "import", "a note", {1, 2, 3, 4, 5}, catalog::Account{6, 7, 8, 9}};
  entry.files_added = 3;
  entry.pinned = time;
  entry.pin_note = "why";
  published.log = {entry, {}};
  published.log[1].dropped = time;
  std::ifstream file(MOMENTUM_SOURCE_DIR "/tests/store/latest_v1.bin", std::ios::binary);
  const std::string blob{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::byte> packed = pack_latest(published);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(packed.data()), packed.size()), blob);
  const Published back = unpack_latest(std::as_bytes(std::span(blob)), "here").value();
  EXPECT_EQ(back.uuid, published.uuid);
  EXPECT_EQ(back.states, published.states);
  ASSERT_EQ(back.log.size(), 2U);
  EXPECT_EQ(back.log[0].snapshot, entry.snapshot);
  EXPECT_EQ(back.log[0].pinned, entry.pinned);
  EXPECT_EQ(back.log[0].pin_note, "why");
  EXPECT_EQ(back.log[0].files_added, 3);
  EXPECT_EQ(back.log[1].dropped, time);
}

}  // namespace
}  // namespace momentum::store
