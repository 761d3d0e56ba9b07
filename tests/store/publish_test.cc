#include <gtest/gtest.h>

#include <algorithm>

#include "latest_internal.h"
#include "market_store.h"
#include "momentum/catalog/packed.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/limits_reader.h"
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
  catalog::Catalog catalog() const { return catalog::Catalog::open(store_.folder()).value(); }
  std::vector<catalog::LogEntry> log() const { return catalog().history().value(); }
  void commit_limits(std::vector<catalog::DayLimits> days) {
    const auto lock = catalog::WriterLock::acquire(Context{}, store_.folder(), std::chrono::milliseconds(0)).value();
    auto writer = catalog::Catalog::open(lock).value();
    ASSERT_TRUE(writer.commit(Context{}, {.op = "import", .limits = std::move(days)}, store_.state().snapshot.id));
  }
  Result<std::vector<catalog::DayLimits>> limits(const catalog::State& state, Date first = {}, Date last = {}) const {
    MOMENTUM_TRY(const LimitsReader reader, LimitsReader::open(ctx_, place(), state));
    return reader.read(ctx_, first, last);
  }
  Result<Publication> publish(microseconds grace = kGrace) {
    return store::publish(ctx_, store_.folder(), catalog(), store_.state(), place(), grace);
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
  EXPECT_EQ(store::publish(ctx, store_.folder(), catalog(), store_.state(), place()).error().code,
            ErrorCode::interrupted);
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
  EXPECT_EQ(store::publish(ctx_, store_.folder(), catalog(), store_.state(), elsewhere_.folder()).error().code,
            ErrorCode::store_exists);
  const catalog::State first = store_.state();
  next_commit(3, "data/tail-2.parquet");
  ASSERT_TRUE(publish());
  EXPECT_EQ(store::publish(ctx_, store_.folder(), catalog(), first, place()).error().code, ErrorCode::store_changed);
  const MarketStore other;
  const auto its = catalog::Catalog::open(other.folder()).value();
  EXPECT_EQ(store::publish(ctx_, other.folder(), its, other.state(), place()).error().code, ErrorCode::store_exists);
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

TEST_F(Publishing, AgainMendsWhatIsMissingOrTorn) {
  ASSERT_TRUE(publish());
  next_commit(3, "data/tail-2.parquet");
  ASSERT_TRUE(publish());
  const std::vector<PublishedState> states = read_published(ctx_, place())->states;
  ASSERT_EQ(states.size(), 2u);
  write(place("data/tail-2.parquet"), "cut");
  std::filesystem::remove(place(states[0].path));
  std::filesystem::remove(place("data/base-0-1.parquet"));
  auto done = publish();
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->changed);
  EXPECT_EQ(done->files_copied, 2);
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
  EXPECT_EQ(bytes(place("data/tail-2.parquet")), bytes(store_.path("data/tail-2.parquet")));

  clock_.at += hours(23);
  write(place("latest"), "torn");
  done = publish(microseconds(0));
  ASSERT_TRUE(done) << done.error().to_string();
  EXPECT_TRUE(done->changed);
  EXPECT_EQ(done->files_removed, 0) << "which states readers have open is not known";
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
}

TEST_F(Publishing, AnOlderStateThatIsGoneKeepsNobodyFromPublishing) {
  ASSERT_TRUE(publish());
  std::filesystem::remove(place(read_published(ctx_, place())->states[0].path));
  write(place("data/base-7-9.parquet"), "nobody's");
  clock_.at += hours(48);
  next_commit(3, "data/tail-2.parquet");
  const auto done = publish();
  ASSERT_TRUE(done) << done.error().to_string();
  EXPECT_EQ(done->files_removed, 0);
  EXPECT_EQ(load_state(ctx_, place()).value(), store_.state());
}

TEST_F(Publishing, ATornCopyOfSomeoneElseIsLeftAlone) {
  const MarketStore other;
  const auto its = catalog::Catalog::open(other.folder()).value();
  ASSERT_TRUE(store::publish(ctx_, other.folder(), its, other.state(), place()));
  write(place("latest"), "torn");
  EXPECT_EQ(publish().error().code, ErrorCode::store_exists);
  EXPECT_EQ(bytes(place("latest")), "torn");
}

TEST_F(Publishing, RefusesAPlaceThatIsNoFolderOfItsOwn) {
  for (const std::string& inside : {store_.path("copy"), store_.path("data"), store_.path("data/../x/y")})
    EXPECT_EQ(store::publish(ctx_, store_.folder(), catalog(), store_.state(), inside).error().code,
              ErrorCode::bad_value);
  EXPECT_FALSE(std::filesystem::exists(store_.path("copy")));
  write(elsewhere_.path("file"), "mine");
  EXPECT_EQ(store::publish(ctx_, store_.folder(), catalog(), store_.state(), elsewhere_.path("file")).error().code,
            ErrorCode::bad_value);
}

// A folder of which a file is between two versions for a while.
class Flickering final : public formats::Folder {
 public:
  Flickering(const std::string& place, int times) : folder_(formats::open_folder(place).value()), left_(times) {}
  const std::string& name() const override { return folder_->name(); }
  Result<std::unique_ptr<formats::ByteSource>> open(const std::string& path) const override {
    if (left_-- > 0) return fail(ErrorCode::unreadable_data, "0 bytes at 0, where 311 should be", name_of(path));
    return folder_->open(path);
  }
  Result<void> write(const std::string& path, const Pieces& next) override { return folder_->write(path, next); }
  Result<std::vector<formats::FolderEntry>> list(const std::string& under) const override {
    return folder_->list(under);
  }
  Result<void> remove(const std::string& path) override { return folder_->remove(path); }

 private:
  std::shared_ptr<formats::Folder> folder_;
  mutable int left_;
};

TEST_F(Publishing, AReaderThatComesBetweenTwoVersionsTriesAgain) {
  ASSERT_TRUE(publish());
  EXPECT_EQ(read_latest(ctx_, Flickering(place(), 2))->states, read_published(ctx_, place())->states);
  EXPECT_EQ(read_latest(ctx_, Flickering(place(), 1000)).error().code, ErrorCode::damaged_store);
}

catalog::DayLimits limits_on(Date day, std::int64_t yuan) {
  return {day, {{0, {yuan * Decimal::kOne}, {}}, {2, {yuan * Decimal::kOne}, {Decimal::kOne}}}};
}

TEST_F(Publishing, PriceLimitsAreThoseOfTheirState) {
  const catalog::State none = store_.state();
  ASSERT_TRUE(publish());
  EXPECT_TRUE(limits(none).value().empty());

  const Date nov29 = day(2023, 11, 29), nov30 = day(2023, 11, 30), dec1 = day(2023, 12, 1), feb = day(2024, 2, 29);
  commit_limits({limits_on(nov29, 10), limits_on(nov30, 11), limits_on(dec1, 12), limits_on(feb, 13)});
  const catalog::State first = store_.state();
  clock_.at += hours(1);
  ASSERT_TRUE(publish());
  const auto all = catalog().limits(first.snapshot.id, {}, {}).value();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(limits(first).value(), all);
  EXPECT_EQ(LimitsReader::open(ctx_, store_.folder(), first)->read(ctx_, {}, {}).value(), all);
  const std::vector<Date> bounds = {Date{}, nov29, nov30, dec1, day(2023, 12, 31), feb, day(2024, 3, 1)};
  for (const Date from : bounds)
    for (const Date to : bounds)
      EXPECT_EQ(limits(first, from, to).value(), catalog().limits(first.snapshot.id, from, to).value())
          << to_string(from) << " .. " << to_string(to);
  EXPECT_TRUE(limits(none).value().empty());

  // Another limit in December: one file more, until the older states are past their grace.
  const auto count = [&] {
    return std::ranges::count_if(files(), [](const std::string& path) { return path.starts_with("limits/"); });
  };
  EXPECT_EQ(count(), 3);
  commit_limits({limits_on(dec1, 20)});
  clock_.at += hours(1);
  ASSERT_TRUE(publish());
  EXPECT_EQ(count(), 4);
  EXPECT_EQ(limits(first).value(), all);
  EXPECT_EQ(limits(store_.state(), dec1, dec1).value(), std::vector{limits_on(dec1, 20)});
  EXPECT_FALSE(publish()->changed);
  clock_.at += hours(30);
  ASSERT_TRUE(publish());
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(limits(store_.state()).value(), catalog().limits(store_.state().snapshot.id, {}, {}).value());
  EXPECT_EQ(limits(first).error().code, ErrorCode::snapshot_not_found);
}

TEST_F(Publishing, DamagedPriceLimitsAreNamed) {
  commit_limits({limits_on(day(2023, 11, 29), 10), limits_on(day(2023, 12, 1), 12)});
  ASSERT_TRUE(publish());
  const catalog::State state = store_.state();
  const Published published = read_published(ctx_, place()).value();
  const PublishedMonth& november = published.states[0].limits[0];
  const std::string path = place(limits_path(november)), whole = bytes(path);
  for (const std::string& wrong : {whole.substr(1), whole + "x", std::string()}) {
    write(path, wrong);
    EXPECT_EQ(limits(state).error().code, ErrorCode::damaged_store);
  }
  std::filesystem::remove(path);
  const auto gone = limits(state);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::damaged_store);
  EXPECT_EQ(gone.error().where, path);
  EXPECT_TRUE(limits(state, day(2023, 12, 1)));  // the other month is well
  ASSERT_TRUE(publish());  // puts back what is missing
  EXPECT_TRUE(limits(state));

  // As programs that knew no limits left it.
  Published without = published;
  without.states[0].limits.clear();
  const std::vector<std::byte> packed = pack_latest(without);
  write(place("latest"), {reinterpret_cast<const char*>(packed.data()), packed.size()});
  EXPECT_EQ(limits(state).error().code, ErrorCode::damaged_store);
  ASSERT_TRUE(publish());
  EXPECT_TRUE(limits(state));
}

TEST_F(Publishing, MonthsThatAreNoneAreRefused) {
  commit_limits({limits_on(day(2023, 11, 29), 10), limits_on(day(2023, 12, 1), 12)});
  ASSERT_TRUE(publish());
  const Published published = read_published(ctx_, place()).value();
  const auto refused = [&](Date first, std::int64_t bytes) {
    Published wrong = published;
    wrong.states[0].limits[1].first = first;
    wrong.states[0].limits[1].bytes = bytes;
    const auto read = unpack_latest(pack_latest(wrong), "here");
    return !read && read.error().code == ErrorCode::damaged_store;
  };
  EXPECT_FALSE(refused(day(2023, 12, 1), 100));
  EXPECT_TRUE(refused(day(2023, 12, 2), 100));
  EXPECT_TRUE(refused(day(2023, 11, 1), 100));
  EXPECT_TRUE(refused(day(2023, 12, 1), -1));
  for (const std::int32_t days : {Date::kNone, Date::kNone + 1, std::numeric_limits<std::int32_t>::max()})
    EXPECT_TRUE(refused({days}, 100));
}

// The layouts of all versions are a promise: docs/formats.md. The second one came with price limits, the third one with the rows of
// each dataset.
TEST(Latest, Versions1To3AreReadAnd3IsWritten) {
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
  for (const std::string_view name : {"latest_v1.bin", "latest_v2.bin", "latest_v3.bin"}) {
    SCOPED_TRACE(name);
    if (name == "latest_v3.bin") published.log[0].datasets = {{"daily", 1200, false}, {"minute", 288'000, true}};
    if (name == "latest_v2.bin")
      published.states[0].limits = {{day(2023, 11, 1), 300, 0xFEDCBA9876543211}, {day(2024, 2, 1), 200, 1}};
    std::ifstream file(std::string(MOMENTUM_SOURCE_DIR "/tests/store/").append(name), std::ios::binary);
    const std::string blob{std::istreambuf_iterator<char>(file), {}};
    const Published back = unpack_latest(std::as_bytes(std::span(blob)), "here").value();
    EXPECT_EQ(back.uuid, published.uuid);
    EXPECT_EQ(back.states, published.states);
    ASSERT_EQ(back.log.size(), 2U);
    EXPECT_EQ(back.log[0].snapshot, entry.snapshot);
    EXPECT_EQ(back.log[0].datasets, published.log[0].datasets);
    EXPECT_TRUE(back.log[1].datasets.empty());
    EXPECT_EQ(back.log[0].pinned, entry.pinned);
    EXPECT_EQ(back.log[0].pin_note, "why");
    EXPECT_EQ(back.log[0].files_added, 3);
    EXPECT_EQ(back.log[1].dropped, time);
    const std::vector<std::byte> packed = pack_latest(published);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(packed.data()), packed.size()) == blob,
              name == "latest_v3.bin");
  }
}

}  // namespace
}  // namespace momentum::store
