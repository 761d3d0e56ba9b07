// Bars of minutes beside bars of days: any calls in any order against a map, and what one dataset does to the other.

#include <limits>
#include <random>

#include "bars_file_internal.h"
#include "ingest_fixture.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/compact.h"
#include "momentum/store/convert.h"
#include "momentum/store/diff.h"
#include "momentum/store/plan.h"
#include "momentum/store/shipped_plan.h"
#include "momentum/store/verify.h"

namespace momentum::store {
namespace {

using catalog::Level;

constexpr std::size_t kNumbers = 6;
const std::array<const char*, kNumbers> kNames = {"open", "high", "low", "close", "volume", "amount"};

using Bar = std::array<double, kNumbers>;
using Minutes = std::map<std::int32_t, Bar>;  // by time
using Model = std::map<catalog::InstrumentId, Minutes>;

std::shared_ptr<arrow::Table> table_of(const Minutes& bars) {
  arrow::Date32Builder dates;
  arrow::Int32Builder minutes;
  std::array<arrow::DoubleBuilder, kNumbers> numbers;
  for (const auto& [time, bar] : bars) {
    dates.Append(day_of(Dataset::minute, time).days).ok();
    minutes.Append(minute_of(time)).ok();
    for (std::size_t c = 0; c < kNumbers; ++c) numbers[c].Append(bar[c]).ok();
  }
  arrow::FieldVector fields = {arrow::field("minute", arrow::int32(), false),
                               arrow::field("date", arrow::date32(), false)};
  arrow::ArrayVector arrays = {minutes.Finish().ValueOrDie(), dates.Finish().ValueOrDie()};
  for (std::size_t c = 0; c < kNumbers; ++c) {
    fields.push_back(arrow::field(kNames[c], arrow::float64()));
    arrays.push_back(numbers[c].Finish().ValueOrDie());
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

Result<Outcome> put(const IngestStore& store, const Model& model, IngestOptions options = {}, int threads = 2) {
  options.dataset = Dataset::minute;
  const catalog::State before = store.state();
  std::vector<Incoming> incoming;
  std::vector<const Minutes*> bars;
  for (const auto& [id, of_one] : model) {
    const auto place = static_cast<std::size_t>(id);
    incoming.push_back({place < before.instruments.size() ? before.instruments[place] : record_of(id)});
    bars.push_back(&of_one);
  }
  return store.try_put(
      incoming, [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> { return table_of(*bars[i]); }, options, {},
      {}, on_threads(threads));
}

// What a reader of batches finds.
Result<Model> read(const IngestStore& store, Need need = {}) {
  need.dataset = Dataset::minute;
  need.columns = {kNames.begin(), kNames.end()};
  const catalog::State state = store.state();
  MOMENTUM_TRY(const Plan all, plan(state, need, {.rows_per_batch = 50}));
  MOMENTUM_TRY(const BarsReader reader, BarsReader::open(on_threads(1), store.folder(), state, all));
  Model out;
  for (const Batch& batch : all.batches) {
    MOMENTUM_TRY(const BatchBars bars, reader.read(batch));
    for (const SeriesBars& series : bars.series) {
      EXPECT_EQ(series.minutes.size(), series.dates.size());
      for (std::size_t r = 0; r < series.dates.size(); ++r) {
        Bar& bar = out[series.id][time_of({series.dates[r]}, series.minutes[r])];
        for (std::size_t c = 0; c < kNumbers; ++c) bar[c] = series.columns[c][r];
      }
    }
  }
  return out;
}

Bar bar_of(int cents) {
  const double price = cents / 100.0;
  return {price, price + 0.02, price - 0.01, price + 0.01, cents * 100.0, cents * cents / 4.0};
}

// Some minutes of each weekday in [first, last].
Minutes some(int seed, Date first, Date last, int minutes = 6) {
  Minutes out;
  for (Date at = first; at <= last; at = at + 1) {
    if (is_weekend(at)) continue;
    for (int m = 0; m < minutes; ++m)
      out[time_of(at, 571 + 10 * m)] = bar_of(1000 + (at.days * 7 + seed * 13 + m) % 97);
  }
  return out;
}

std::set<std::string> paths_of(const catalog::State& state, Dataset dataset) {
  std::set<std::string> out;
  for (const catalog::FileRecord& file : state.files)
    if (file.dataset == to_string(dataset)) out.insert(file.path);
  return out;
}

void expect_in_place(const catalog::State& state) {
  Date newest;
  for (const catalog::FileRecord& file : state.files)
    if (file.dataset == "minute") newest = std::max(newest, file.last);
  std::set<std::pair<Level, int>> seen;
  for (const catalog::FileRecord& file : state.files) {
    if (file.dataset != "minute") continue;
    EXPECT_EQ(level_of(file.first, newest), file.level);
    EXPECT_EQ(level_of(file.last, newest), file.level);
    ASSERT_TRUE(file.bucket.has_value());
    EXPECT_TRUE(seen.insert({file.level, *file.bucket}).second);
    for (const catalog::Extent& extent : file.extents)
      EXPECT_EQ(bucket_of(extent.instrument, buckets_of(Dataset::minute, state.info.buckets)), *file.bucket);
  }
}

TEST(Dataset, NamesTimesAndBuckets) {
  for (const Dataset one : {Dataset::daily, Dataset::minute}) EXPECT_EQ(dataset_named(to_string(one)), one);
  EXPECT_FALSE(dataset_named("hourly"));
  for (const int days : {-3, -1, 0, 1, 20000}) {
    for (const int minute : {0, 571, 1439}) {
      EXPECT_EQ(day_of(Dataset::minute, time_of({days}, minute)), Date{days});
      EXPECT_EQ(minute_of(time_of({days}, minute)), minute);
    }
  }
  EXPECT_EQ(day_of(Dataset::daily, 20000), Date{20000});
  EXPECT_EQ(buckets_of(Dataset::daily, 8), 8);
  EXPECT_EQ(buckets_of(Dataset::minute, 8), 64);
}

// Neither of these is a time, and no sum of a damaged file's numbers overflows.
TEST(Dataset, TheTimeOfWhatCannotBeIsBeforeAllOthers) {
  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  for (const std::int32_t minute : {-1, 1440, kLeast, kMost}) EXPECT_EQ(time_of({20000}, minute), kNoTime) << minute;
  for (const std::int32_t days : {kLeast, kMost, -2'000'000, 2'000'000})
    EXPECT_EQ(time_of({days}, 571), kNoTime) << days;
  EXPECT_LT(kNoTime, time_of({-1'000'000}, 0));
  EXPECT_GE(minute_of(kNoTime), 0);
  EXPECT_LT(day_of(Dataset::minute, kNoTime), Date{-1'000'000});
}

TEST(IngestMinutes, AnyCallsInAnyOrder) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const IngestStore store(1);
    Model model;
    Date now = day(2023, 12, 20);
    for (int call = 0; call < 14; ++call) {
      now = now + (below(5) == 0 ? 200 : below(25));
      Model incoming;
      for (int id = 0; id < static_cast<int>(model.size()) + 3; ++id) {
        incoming[id];
        if (below(3) == 0) continue;
        const Date from = now - below(below(4) == 0 ? 700 : 20);
        for (Date at = from; at <= std::min(from + below(6), now); at = at + 1)
          for (int m = 571; m <= 900; m += 1 + below(90)) incoming[id][time_of(at, m)] = bar_of(1000 + below(3));
      }
      const bool replace = below(2) == 0;
      Outcome want;
      for (const auto& [id, bars] : incoming) {
        Minutes& stored = model[id];
        for (const auto& [time, bar] : bars) {
          const auto [at, fresh] = stored.try_emplace(time, bar);
          const bool same = at->second == bar;
          ++(fresh ? want.stored : same ? want.known : replace ? want.corrected : want.conflicting);
          if (!same) want.conflicts.push_back({id, day_of(Dataset::minute, time), minute_of(time)});
          if (replace) at->second = bar;
        }
      }
      Date newest;
      for (const auto& [id, bars] : model)
        if (!bars.empty()) newest = std::max(newest, day_of(Dataset::minute, bars.rbegin()->first));
      const IngestOptions options{.replace = replace, .newest = below(2) == 0 ? newest : Date{}};
      const auto out = put(store, incoming, options, 1 + call % 2);
      ASSERT_TRUE(out) << out.error().to_string();
      EXPECT_EQ(out->stored, want.stored);
      EXPECT_EQ(out->known, want.known);
      EXPECT_EQ(out->conflicting, want.conflicting);
      EXPECT_EQ(out->corrected, want.corrected);
      EXPECT_EQ(out->conflicts, want.conflicts);
      const auto found = read(store);
      ASSERT_TRUE(found) << found.error().to_string();
      Model with_bars = model;
      std::erase_if(with_bars, [](const auto& one) { return one.second.empty(); });
      ASSERT_EQ(*found, with_bars) << "seed " << seed << ", call " << call;
      expect_in_place(store.state());
    }
    const Health health = verify({}, store.folder(), store.state()).value();
    EXPECT_TRUE(health.problems.empty()) << health.problems.front().to_string();
  }
}

TEST(IngestMinutes, DaysAndMinutesLeaveEachOtherAlone) {
  const IngestStore store(2);
  const Bars days = {{0, made_bars(0, day(2024, 1, 2), day(2024, 5, 16))},
                     {1, made_bars(1, day(2024, 1, 2), day(2024, 5, 16))}};
  store.put(days);
  const catalog::State before = store.state();
  const Model minutes = {{0, some(0, day(2024, 5, 13), day(2024, 5, 15))},
                         {2, some(2, day(2024, 5, 14), day(2024, 5, 15))}};
  ASSERT_TRUE(put(store, minutes));
  const catalog::State between = store.state();
  EXPECT_EQ(paths_of(between, Dataset::daily), paths_of(before, Dataset::daily));
  EXPECT_EQ(between.coverage[0], before.coverage[0]);
  EXPECT_EQ(between.coverage[2].bars, 0);  // that of days
  EXPECT_EQ(between.snapshot.account->added, 30);
  EXPECT_EQ(between.snapshot.counts.rows, before.snapshot.counts.rows + 30);

  store.put({{0, made_bars(0, day(2024, 6, 3), day(2024, 6, 3))}});  // another month of days, not of minutes
  EXPECT_EQ(paths_of(store.state(), Dataset::minute), paths_of(between, Dataset::minute));
  EXPECT_EQ(read(store).value(), minutes);
  expect_in_place(store.state());
  EXPECT_TRUE(verify({}, store.folder(), store.state()).value().problems.empty());
}

TEST(IngestMinutes, CompactionMovesBothDatasetsAtOnce) {
  const IngestStore store(1);
  const Model old = {{0, some(0, day(2024, 4, 29), day(2024, 5, 3))}};
  ASSERT_TRUE(put(store, old));
  store.put({{0, made_bars(0, day(2024, 4, 29), day(2024, 5, 3))}});
  EXPECT_EQ(store.state().files.size(), 4U);
  const auto compacted = [&] {
    const auto lock = catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    return compact({}, lock, catalog, catalog.load().value()).value();
  };
  EXPECT_FALSE(compacted().changed);

  // A state as a program leaves it that stopped half-way: all minutes of one instrument in one file of the tail.
  const catalog::State now = store.state();
  BarsDraft draft{.level = Level::tail, .bucket = bucket_of(0, 8), .rows = BarRows(), .extents = {}};
  BarSeries series{.dataset = Dataset::minute};
  std::vector<std::int32_t> times;
  std::array<std::vector<double>, kNumbers> values;
  for (const auto& [time, bar] : old.at(0)) {
    times.push_back(time);
    for (std::size_t c = 0; c < kNumbers; ++c) values[c].push_back(bar[c]);
  }
  series.times = times;
  for (std::size_t c = 0; c < kNumbers; ++c) series.columns[c] = values[c];
  draft.rows.append(series);
  draft.extents = {{0, 0, static_cast<std::int64_t>(times.size()), series.first(), series.last()}};
  NewFiles files(store.folder(), now.snapshot.id + 1, form_of_file(now.files.front().path));
  const NewFile file = files.name(Level::tail, draft.bucket);
  catalog::Change change{.op = "test"};
  change.add_files.push_back(write_bars({}, file, now.info.uuid, now.info.compression, draft).value());
  ASSERT_TRUE(files.publish());
  files.keep();
  for (const catalog::FileRecord& one : now.files)
    if (one.dataset == "minute") change.end_files.push_back(one.id);
  {
    const auto lock = catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    ASSERT_TRUE(catalog.commit({}, change, now.snapshot.id));
  }
  EXPECT_TRUE(compacted().changed);
  EXPECT_EQ(paths_of(store.state(), Dataset::daily), paths_of(now, Dataset::daily));
  expect_in_place(store.state());
  EXPECT_EQ(read(store).value(), old);
}

TEST(IngestMinutes, AReaderTakesDays) {
  const IngestStore store(1);
  const Model all = {{0, some(0, day(2024, 4, 22), day(2024, 5, 10), 40)},
                     {1, some(1, day(2024, 5, 6), day(2024, 5, 7))}};
  ASSERT_TRUE(put(store, all));
  Model want = {{0, some(0, day(2024, 4, 30), day(2024, 5, 6), 40)}, {1, some(1, day(2024, 5, 6), day(2024, 5, 6))}};
  EXPECT_EQ(read(store, {.first = day(2024, 4, 30), .last = day(2024, 5, 6)}).value(), want);
  want.erase(0);
  EXPECT_EQ(read(store, {.first = day(2024, 4, 30), .last = day(2024, 5, 6), .instruments = {1}}).value(), want);
}

TEST(IngestMinutes, APlanOfMinutesMayBeSent) {
  const IngestStore store(1);
  const Model all = {{0, some(0, day(2024, 4, 22), day(2024, 5, 10))}, {1, some(1, day(2024, 5, 6), day(2024, 5, 7))}};
  ASSERT_TRUE(put(store, all));
  store.put({{0, made_bars(0, day(2024, 4, 22), day(2024, 5, 10))}});
  Need need{.dataset = Dataset::minute, .columns = {"close"}, .first = day(2024, 5, 6)};
  const auto sent = unpack_plan(pack_plan(store.state(), need));
  ASSERT_TRUE(sent) << sent.error().to_string();
  EXPECT_EQ(sent->need.dataset, Dataset::minute);
  EXPECT_EQ(paths_of(sent->state, Dataset::daily), std::set<std::string>());
  const Plan here = plan(store.state(), need).value(), there = plan(sent->state, sent->need).value();
  EXPECT_EQ(there.rows, here.rows);
  EXPECT_EQ(there.rows, 60);  // of whole extents
  EXPECT_EQ(there.dataset, Dataset::minute);
  need.dataset = Dataset::daily;
  EXPECT_EQ(static_cast<int>(pack_plan(store.state(), need).front()), 1);
}

TEST(IngestMinutes, DifferencesNameTheMinute) {
  const IngestStore store(1);
  Model model = {{0, some(0, day(2024, 5, 13), day(2024, 5, 14))}};
  ASSERT_TRUE(put(store, model));
  const catalog::State before = store.state();
  const std::int32_t changed = time_of(day(2024, 5, 14), 611), fresh = time_of(day(2024, 5, 14), 900);
  const double old = model[0][changed][3];
  model[0][changed][3] = 99.5;
  model[0][fresh] = bar_of(1000);
  ASSERT_TRUE(put(store, model, {.replace = true}));
  std::vector<std::tuple<Date, std::int32_t, How, std::size_t>> found;
  ASSERT_TRUE(diff_bars({}, store.folder(), before, store.state(), [&](const BarDifference& one) {
    EXPECT_EQ(one.dataset, Dataset::minute);
    found.emplace_back(one.date, one.minute, one.how, one.values.size());
    if (one.how == How::corrected) {
      EXPECT_EQ(one.values[0].before, old);
    }
  }));
  EXPECT_EQ(found, (std::vector<std::tuple<Date, std::int32_t, How, std::size_t>>{
                       {day(2024, 5, 14), 611, How::corrected, 1}, {day(2024, 5, 14), 900, How::added, kNumbers}}));
}

// The layout is a promise: docs/formats.md.
TEST(MinuteFile, Version1IsRead) {
  const IngestStore folder(1);
  catalog::State state;
  state.info.uuid = "e2228f06-fa02-4cff-904a-0c5e2c693a7e";
  state.instruments.resize(1);
  catalog::FileRecord file;
  file.dataset = "minute";
  file.path = "data/tail-0-2-21b524a993798ed8.parquet";
  file.rows = 4;
  const std::string path = folder.folder() + "/" + file.path;
  std::filesystem::copy_file(MOMENTUM_SOURCE_DIR "/tests/store/minute_file_v1.parquet", path);
  file.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  const auto whole = formats::open_data_file(formats::FileForm::parquet, path, file.bytes).value();
  for (const formats::ColumnSpec& spec : whole->specs()) file.columns.push_back(record_of(spec, ""));
  for (const formats::RowGroupPlace& group : whole->groups())
    file.row_groups.push_back({0, group.rows, group.offset, group.bytes});
  file.first = day(2024, 1, 2);
  file.last = day(2024, 1, 3);
  file.bucket = 0;
  file.extents = {{0, 0, 4, file.first, file.last}};
  state.files = {file};

  const Plan all = plan(state, {.dataset = Dataset::minute, .columns = {"high", "volume", "amount"}}).value();
  const BarsReader reader = BarsReader::open({}, folder.folder(), state, all).value();
  const BatchBars bars = reader.read(all.batches.at(0)).value();
  const SeriesBars& series = bars.series.at(0);
  EXPECT_TRUE(std::ranges::equal(series.minutes, std::vector<std::int32_t>{571, 900, 571, 781}));
  EXPECT_EQ(series.dates[1], day(2024, 1, 2).days);
  EXPECT_EQ(series.dates[2], day(2024, 1, 3).days);
  EXPECT_TRUE(std::ranges::equal(series.columns[0], std::vector<double>{10.1, 10.4, 10.2, 10.3}));
  EXPECT_TRUE(std::ranges::equal(series.columns[1], std::vector<double>{100, 200, 0, 1500}));
  EXPECT_TRUE(std::isnan(series.columns[2][2]));
  EXPECT_EQ(series.columns[2][3], 15312.75);
}

TEST(IngestMinutes, BrokenRulesAreInternalErrors) {
  const IngestStore store(1);
  const auto refused = [&](const std::function<void(arrow::FieldVector&, arrow::ArrayVector&)>& spoil) {
    const auto table = table_of(some(0, day(2024, 5, 13), day(2024, 5, 13), 3));
    arrow::FieldVector fields = table->fields();
    arrow::ArrayVector arrays;
    for (const auto& column : table->columns()) arrays.push_back(column->chunk(0));
    spoil(fields, arrays);
    const auto spoilt = arrow::Table::Make(arrow::schema(fields), arrays);
    const auto out =
        store.try_put({{record_of(0)}}, [&](std::size_t) -> Result<std::shared_ptr<arrow::Table>> { return spoilt; },
                      {.dataset = Dataset::minute});
    return !out && out.error().code == ErrorCode::internal;
  };
  const auto minutes = [](std::vector<std::int32_t> of) {
    return [of](arrow::FieldVector&, arrow::ArrayVector& arrays) {
      arrays[0] = std::make_shared<arrow::Int32Array>(3, arrow::Buffer::FromVector(of));
    };
  };
  EXPECT_FALSE(refused(minutes({571, 572, 573})));
  EXPECT_TRUE(refused(minutes({571, 571, 573})));
  EXPECT_TRUE(refused(minutes({572, 571, 573})));
  EXPECT_TRUE(refused(minutes({571, 572, 1440})));
  EXPECT_TRUE(refused(minutes({-1, 571, 572})));
  EXPECT_TRUE(refused([](arrow::FieldVector& fields, arrow::ArrayVector& arrays) {
    fields.erase(fields.begin());
    arrays.erase(arrays.begin());
  }));
}

// Writes rows whose minutes do not ascend, as no writer does.
TEST(IngestMinutes, ReadersAndVerificationLookAtTheMinutes) {
  const IngestStore store(1);
  ASSERT_TRUE(put(store, {{0, some(0, day(2024, 5, 13), day(2024, 5, 13), 3)}}));
  const catalog::State now = store.state();
  const std::vector<std::int32_t> times = {time_of(day(2024, 5, 13), 600), time_of(day(2024, 5, 13), 600)};
  const std::vector<double> values = {1, 2};
  BarSeries series{.dataset = Dataset::minute, .times = times};
  for (std::size_t c = 0; c < kRequiredColumns; ++c) series.columns[c] = values;
  BarsDraft draft{.level = Level::tail, .bucket = bucket_of(0, 8), .rows = BarRows(), .extents = {}};
  draft.rows.append(series);
  draft.extents = {{0, 0, 2, series.first(), series.last()}};
  NewFiles files(store.folder(), now.snapshot.id + 1, form_of_file(now.files.front().path));
  catalog::Change change{.op = "test"};
  change.add_files.push_back(
      write_bars({}, files.name(Level::tail, draft.bucket), now.info.uuid, now.info.compression, draft).value());
  change.end_files = {now.files.front().id};
  ASSERT_TRUE(files.publish());
  files.keep();
  {
    const auto lock = catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    ASSERT_TRUE(catalog.commit({}, change, now.snapshot.id));
  }
  EXPECT_EQ(verify({}, store.folder(), store.state()).value().problems.size(), 1U);
  const auto found = read(store);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::damaged_store);
}

TEST(IngestMinutes, AnotherFormHasTheSameBars) {
  const IngestStore store, other;
  store.put(
      {{0, made_bars(0, day(2023, 6, 1), day(2024, 5, 17))}, {1, made_bars(1, day(2023, 6, 1), day(2024, 5, 17))}});
  ASSERT_TRUE(
      put(store, {{0, some(0, day(2024, 3, 1), day(2024, 5, 17))}, {2, some(2, day(2022, 5, 2), day(2024, 5, 3))}}));
  const catalog::State from = store.state();
  std::filesystem::remove_all(other.folder());
  catalog::StoreInfo info{.storage = "csv"};
  info.buckets = from.info.buckets;
  ASSERT_TRUE(catalog::Catalog::create({}, other.folder(), info));
  {
    const auto lock = catalog::WriterLock::acquire({}, other.folder(), std::chrono::milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    const auto made = convert(on_threads(2), {store.folder(), from, {}}, lock, catalog, catalog.load().value(), "");
    ASSERT_TRUE(made) << made.error().to_string();
  }
  EXPECT_EQ(read(other).value(), read(store).value());
  EXPECT_EQ(paths_of(other.state(), Dataset::minute).size(), paths_of(from, Dataset::minute).size());
  EXPECT_EQ(paths_of(other.state(), Dataset::daily).size(), paths_of(from, Dataset::daily).size());
  EXPECT_TRUE(verify({}, other.folder(), other.state()).value().problems.empty());
  expect_in_place(other.state());
}

}  // namespace
}  // namespace momentum::store
