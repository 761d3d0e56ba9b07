#include "momentum/store/convert.h"

#include "bars_file_internal.h"
#include "upkeep_fixture.h"

namespace momentum::store {
namespace {

constexpr int kBuckets = 2;

// Every list of a record, sessions, a calendar, price limits, and bars of all levels: with and without the optional columns.
class Source {
 public:
  Source() {
    Bars bars;
    for (int id = 0; id < 5; ++id) bars[id] = made_bars(id, day(2022, 6, 1), day(2024, 5, 17), id % 2 == 0);
    store_.put(bars);
    Opened to(store_);
    catalog::Change change{.op = "test", .instruments = to.state.instruments};
    catalog::InstrumentRecord& one = change.instruments[1];
    one.board = "main";
    one.currency = "CNY";
    one.tick = 0.01;
    one.gaps_are_suspensions = true;
    one.factors_from = day(2022, 7, 1);
    one.aliases = {{{"600900", Market::SH}, day(2022, 6, 1), day(2022, 6, 30)}};
    one.listings = {{day(2022, 6, 1), day(2024, 5, 17)}};
    one.names = {{day(2022, 6, 1), "旧名"}, {day(2023, 1, 3), "新名"}};
    one.industries = {{day(2022, 6, 1), "银行"}};
    one.price_basis = {{day(2022, 6, 1), "raw"}};
    one.suspended = {day(2023, 2, 1), day(2023, 2, 2)};
    one.quarantined = {day(2023, 3, 1)};
    one.factors = {{.day = day(2023, 5, 4), .ratio = 1.1, .link = true, .stated = true}};
    one.actions = {{.day = day(2023, 5, 4), .cash = *decimal_of(0.5)}};
    catalog::InstrumentRecord without_bars = record_of(5);
    without_bars.names = {{day(2024, 1, 2), "无K线"}};
    change.instruments.push_back(without_bars);
    change.sessions = {{"a", {day(2024, 5, 16), day(2024, 5, 17)}, {5, 5}}};
    change.calendars = {{"SH", {day(2024, 5, 16), day(2024, 5, 17), day(2024, 5, 20)}, {}}};
    change.limits = {{day(2024, 5, 16), {{0, *decimal_of(11), *decimal_of(9)}}},
                     {day(2024, 5, 17), {{1, *decimal_of(12.3456), {}}}}};
    EXPECT_TRUE(to.catalog.commit({}, change, to.state.snapshot.id));
  }
  const IngestStore& store() const { return store_; }

 private:
  IngestStore store_{kBuckets};
};

std::vector<catalog::DayLimits> limits_of(const IngestStore& store) {
  const auto catalog = catalog::Catalog::open(store.folder()).value();
  return catalog.limits(store.state().snapshot.id, {}, {}).value();
}

// An empty store of a form, made anew in the folder of the fixture.
class Empty : public IngestStore {
 public:
  explicit Empty(const std::string& storage, int compression = 6, int buckets = kBuckets) : IngestStore(buckets) {
    std::filesystem::remove_all(folder());
    const auto made =
        catalog::Catalog::create({}, folder(), {.buckets = buckets, .storage = storage, .compression = compression});
    EXPECT_TRUE(made) << made.error().to_string();
  }
};

Result<catalog::Snapshot> convert(const IngestStore& from, const IngestStore& to, const Context& ctx = on_threads(2),
                                  catalog::SnapshotId snapshot = 0) {
  const auto source = catalog::Catalog::open(from.folder()).value();
  const catalog::State state = (snapshot == 0 ? source.load() : source.load(snapshot)).value();
  const auto limits = source.limits(state.snapshot.id, {}, {}).value();
  Opened into(to);
  return store::convert(ctx, {from.folder(), state, limits}, into.lock, into.catalog, into.state, "from there");
}

// What two stores of the same data have alike.
void expect_same_content(const IngestStore& a, const IngestStore& b) {
  const catalog::State one = a.state(), other = b.state();
  EXPECT_EQ(one.instruments, other.instruments);
  EXPECT_EQ(one.coverage, other.coverage);
  EXPECT_EQ(one.sessions, other.sessions);
  EXPECT_EQ(one.calendars, other.calendars);
  EXPECT_EQ(one.limits, other.limits);
  EXPECT_EQ(limits_of(a), limits_of(b));
  ASSERT_EQ(one.files.size(), other.files.size());
  for (std::size_t f = 0; f < one.files.size(); ++f) {
    EXPECT_EQ(one.files[f].level, other.files[f].level);
    EXPECT_EQ(one.files[f].bucket, other.files[f].bucket);
    EXPECT_EQ(one.files[f].extents, other.files[f].extents);
  }
  b.expect_bars(a.bars());
}

TEST(Convert, RoundTripThroughAllForms) {
  const Source source;
  const IngestStore& from = source.store();
  const Empty hdf("hdf"), csv("csv"), portable("hdf", catalog::kCompatCompression), parquet("parquet");
  const auto made = convert(from, hdf);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(made->id, 2);
  EXPECT_EQ(made->op, "convert");
  EXPECT_EQ(made->note, "from there");
  EXPECT_EQ(made->account->added, from.state().snapshot.counts.rows);
  expect_same_content(from, hdf);
  ASSERT_TRUE(convert(hdf, csv));
  expect_same_content(from, csv);
  ASSERT_TRUE(convert(csv, portable));
  expect_same_content(from, portable);
  ASSERT_TRUE(convert(portable, parquet));
  expect_same_content(from, parquet);
  for (const auto& [store, suffix] : {std::pair<const IngestStore&, std::string>{hdf, ".h5"},
                                      {csv, ".csv"},
                                      {portable, ".h5"},
                                      {parquet, ".parquet"}}) {
    for (const std::string& name : store.names()) EXPECT_TRUE(name.ends_with(suffix)) << name;
    EXPECT_EQ(store.names(), store.live_names());
  }
  for (const catalog::FileRecord& file : portable.state().files) {
    for (const catalog::ColumnRecord& column : file.columns) EXPECT_EQ(column.codec, "gzip") << column.name;
  }
  // the way back: every choice of every column is the one that a writer of Parquet made
  const catalog::State first = from.state(), last = parquet.state();
  if (first.info.storage != "parquet") return;  // the suite under another form
  for (std::size_t f = 0; f < first.files.size(); ++f) {
    EXPECT_EQ(first.files[f].columns, last.files[f].columns);
    ASSERT_EQ(first.files[f].row_groups.size(), last.files[f].row_groups.size());
    for (std::size_t g = 0; g < first.files[f].row_groups.size(); ++g)
      EXPECT_EQ(first.files[f].row_groups[g].rows, last.files[f].row_groups[g].rows);
  }
}

TEST(Convert, AnOlderStateAndAStoreWithoutBars) {
  const Source source;
  const Empty older("csv"), nothing("parquet");
  ASSERT_TRUE(convert(source.store(), older, on_threads(1), 2));
  EXPECT_EQ(older.state().instruments.size(), 5U);
  EXPECT_EQ(older.state().limits, 0);
  older.expect_bars(source.store().bars());
  ASSERT_TRUE(convert(source.store(), nothing, on_threads(1), 1));
  EXPECT_EQ(nothing.state().snapshot.id, 2);
  EXPECT_TRUE(nothing.state().files.empty());
}

// What comes next goes on where the source stood.
TEST(Convert, TheNewStoreTakesLaterBars) {
  const Source source;
  const Empty hdf("hdf");
  ASSERT_TRUE(convert(source.store(), hdf));
  const Bars more = {{0, made_bars(0, day(2024, 5, 18), day(2024, 6, 14))},
                     {5, made_bars(5, day(2024, 6, 3), day(2024, 6, 14))}};
  hdf.put(more);
  source.store().put(more);
  expect_same_content(source.store(), hdf);
}

TEST(Convert, AnErrorLeavesTheStoreEmpty) {
  const Source source;
  const Empty csv("csv");
  CancelToken token;
  token.cancel();
  EXPECT_EQ(convert(source.store(), csv, on_threads(2, &token)).error().code, ErrorCode::interrupted);
  EXPECT_TRUE(csv.names().empty());
  const std::string victim = source.store().folder() + "/" + source.store().state().files.back().path;
  std::filesystem::resize_file(victim, std::filesystem::file_size(victim) - 7);
  const auto made = convert(source.store(), csv);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::damaged_store);
  EXPECT_EQ(made.error().where, victim);
  EXPECT_TRUE(csv.names().empty());
  EXPECT_EQ(csv.state().snapshot.id, 1);
}

}  // namespace
}  // namespace momentum::store
