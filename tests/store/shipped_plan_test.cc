#include "momentum/store/shipped_plan.h"

#include <algorithm>
#include <random>
#include <tuple>

#include "market_store.h"
#include "momentum/catalog/packed.h"
#include "momentum/catalog/state_bytes.h"
#include "momentum/store/batch_reader.h"

namespace momentum::store {
namespace {

const std::vector<std::string> kAll = {"close", "open", "volume", "amount", "turnover", "preclose"};

// A plan as it is for any state that holds its files, whatever their places there.
struct PlainPlan {
  // batch; instrument, rows, first, last, pieces: file, group, row, rows
  using Pieces = std::vector<std::tuple<std::string, std::uint32_t, std::int64_t, std::int64_t>>;
  std::vector<std::tuple<std::size_t, catalog::InstrumentId, std::int64_t, Date, Date, Pieces>> instruments;
  std::vector<std::string> columns;
  std::vector<std::int64_t> column_rows;
  Date first, last;
  std::int64_t rows = 0;
  bool operator==(const PlainPlan&) const = default;
};

PlainPlan plain(const catalog::State& state, const Plan& plan) {
  PlainPlan out{{}, plan.columns, plan.column_rows, plan.first, plan.last, plan.rows};
  for (std::size_t b = 0; b < plan.batches.size(); ++b) {
    for (const PlannedInstrument& one : plan.batches[b].instruments) {
      PlainPlan::Pieces pieces;
      for (const Piece& piece : one.pieces)
        pieces.emplace_back(state.files[piece.file].path, piece.group, piece.row, piece.rows);
      out.instruments.emplace_back(b, one.id, one.rows, one.first, one.last, std::move(pieces));
    }
  }
  return out;
}

ShippedPlan shipped(const catalog::State& state, const Need& need, PlanOptions options = {}) {
  return unpack_plan(pack_plan(state, need, options)).value();
}

using Series =
    std::map<catalog::InstrumentId, std::pair<std::vector<std::int32_t>, std::vector<std::vector<std::uint64_t>>>>;

// As bits, since missing is NaN.
void read_all(const std::string& root, const catalog::State& state, const Plan& plan, Series& into) {
  const BarsReader reader = BarsReader::open(Context{}, root, state, plan).value();
  for (const Batch& batch : plan.batches) {
    const BatchBars bars = reader.read(batch).value();
    for (const SeriesBars& series : bars.series) {
      std::vector<std::vector<std::uint64_t>> columns;
      for (const auto& column : series.columns) {
        std::vector<std::uint64_t>& bits = columns.emplace_back();
        for (const double value : column) bits.push_back(std::bit_cast<std::uint64_t>(value));
      }
      const bool fresh =
          into.try_emplace(series.id, std::vector(series.dates.begin(), series.dates.end()), std::move(columns)).second;
      EXPECT_TRUE(fresh) << series.id;
    }
  }
}

Need random_need(std::mt19937& random) {
  Need need;
  for (const std::string& column : kAll)
    if (random() % 2 == 0) need.columns.push_back(column);
  if (random() % 3 == 0) need.latest_rows = {{"close", random() % 50}, {"amount", 1}};
  if (random() % 2 == 0) need.first = day(2017, 1, 1) + static_cast<std::int32_t>(random() % 3000);
  if (random() % 2 == 0) need.last = day(2018, 1, 1) + static_cast<std::int32_t>(random() % 3000);
  if (random() % 3 != 0)
    for (catalog::InstrumentId id = -1; id < kMarketInstruments + 2; ++id)
      if (random() % 3 == 0) need.instruments.push_back(id);
  return need;
}

TEST(ShippedPlan, MakesTheEqualPlan) {
  const MarketStore store;
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const Need need = random_need(random);
    const PlanOptions options{.rows_per_batch = 1 + static_cast<std::int64_t>(random() % 20'000)};
    const ShippedPlan there = shipped(store.market(), need, options);
    EXPECT_EQ(plain(there.state, plan(there.state, there.need, there.options).value()),
              plain(store.market(), plan(store.market(), need, options).value()))
        << round;
  }
}

TEST(ShippedPlan, HasWhatItsNeedTouchesAndNoMore) {
  const MarketStore store;
  const catalog::State& whole = store.market();
  const ShippedPlan there = shipped(whole, {.columns = {"close"}, .first = day(2023, 1, 1), .instruments = {8, 19}});
  ASSERT_EQ(there.state.instruments.size(), whole.instruments.size());
  for (std::size_t i = 0; i < whole.instruments.size(); ++i) {
    const bool wanted = i == 8 || i == 19;
    EXPECT_EQ(there.state.instruments[i].code, wanted ? whole.instruments[i].code : Instrument{}) << i;
    EXPECT_EQ(there.state.coverage[i], wanted ? whole.coverage[i] : catalog::Coverage{}) << i;
  }
  ASSERT_EQ(there.state.files.size(), 2U);
  for (const catalog::FileRecord& file : there.state.files) {
    const catalog::FileRecord& from = whole.files[store.file(file.path)];
    ASSERT_EQ(file.extents.size(), 1U);
    EXPECT_TRUE(std::ranges::find(from.extents, file.extents[0]) != from.extents.end());
    EXPECT_EQ(std::tuple(file.checksum, file.bytes, file.row_groups, file.columns),
              std::tuple(from.checksum, from.bytes, from.row_groups, from.columns));
  }
  EXPECT_EQ(there.state.sessions, whole.sessions);
  EXPECT_EQ(there.state.snapshot, whole.snapshot);
  EXPECT_LT(pack_plan(whole, there.need).size(), catalog::pack_state(whole).size() / 2);
}

// Two workers, each with its half of the instruments and the files under a root of its own.
TEST(ShippedPlan, PartsReadWhatTheWholeDoes) {
  const MarketStore store;
  const TestStore elsewhere;
  std::filesystem::copy(store.path("data"), elsewhere.path("data"),
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::mt19937 random(5);
  for (int round = 0; round < 12; ++round) {
    Need need = random_need(random);
    need.instruments.clear();
    Series whole, parts;
    read_all(store.folder(), store.market(), plan(store.market(), need).value(), whole);
    Need halves[2] = {need, need};
    for (catalog::InstrumentId id = 0; id < kMarketInstruments; ++id) halves[random() % 2].instruments.push_back(id);
    for (int half = 0; half < 2; ++half) {
      if (halves[half].instruments.empty()) continue;
      const ShippedPlan there = shipped(store.market(), halves[half], {.rows_per_batch = 4000});
      read_all(half == 0 ? store.folder() : elsewhere.folder(), there.state,
               plan(there.state, there.need, there.options).value(), parts);
    }
    EXPECT_EQ(parts, whole) << round;
  }
}

TEST(ShippedPlan, AFileThatIsNotThereIsNamed) {
  const MarketStore store;
  const TestStore empty;
  const ShippedPlan there = shipped(store.market(), {.columns = {"close"}});
  const auto reader = BarsReader::open(Context{}, empty.folder(), there.state, plan(there.state, there.need).value());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::damaged_store);
  EXPECT_NE(reader.error().where.find(empty.folder() + "/data/"), std::string::npos);
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<ShippedPlan> unpack(std::string_view blob) { return unpack_plan(std::as_bytes(std::span(blob))); }

std::string sealed_again(std::string blob) {
  blob.resize(blob.size() - 8);
  const std::uint64_t hash = catalog::hash_of(blob);
  for (int i = 0; i < 8; ++i) blob.push_back(static_cast<char>(hash >> (8 * i)));
  return blob;
}

// Three instruments in a file of two row groups; without bytes, as plans read none.
catalog::State small_state() {
  catalog::State state;
  state.info.format_version = 3;
  state.info.uuid = "01234567-89ab-4cde-8fab-0123456789ab";
  state.snapshot.id = 2;
  state.coverage.resize(3);
  for (catalog::InstrumentId id = 0; id < 3; ++id) {
    catalog::InstrumentRecord record;
    record.id = id;
    record.code = {std::to_string(600000 + id), Market::SH};
    record.names = {{day(2020, 1, 1), "演示银行"}};
    record.factors = {{day(2020, 6, 1), 1.25, true, false}};
    state.instruments.push_back(record);
    state.coverage[static_cast<std::size_t>(id)] = {day(2020, 1, 1), day(2020, 1, 10), 10};
  }
  catalog::FileRecord file;
  file.id = 1;
  file.path = "data/base-0-2-0123456789abcdef.parquet";
  file.level = catalog::Level::base;
  file.bucket = 0;
  file.rows = 30;
  file.bytes = 1000;
  file.checksum = 0xFEDCBA9876543210;
  file.first = day(2020, 1, 1);
  file.last = day(2020, 1, 10);
  file.columns = {{"instrument", "int32", -1, "delta", "none", 0, ""}, {"date", "int32", -1, "delta", "none", 0, ""}};
  file.row_groups = {{0, 20, 4, 400}, {20, 10, 404, 200}};
  for (catalog::InstrumentId id = 0; id < 3; ++id) file.extents.push_back({id, id * 10, 10, file.first, file.last});
  state.files = {file};
  state.sessions = {{"a", {day(2020, 1, 1), day(2020, 1, 2)}, {3, 3}}};
  return state;
}

const Need kSmallNeed{.columns = {"close", "open"},
                      .latest_rows = {{"open", 3}},
                      .first = day(2020, 1, 2),
                      .last = {},
                      .instruments = {0, 2}};

// The layout of version 1 is a promise: docs/formats.md.
TEST(ShippedPlan, Version1IsReadAndWritten) {
  std::ifstream file(MOMENTUM_SOURCE_DIR "/tests/store/plan_v1.bin", std::ios::binary);
  const std::string blob{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(blob.empty());
  EXPECT_EQ(text_of(pack_plan(small_state(), kSmallNeed, {.rows_per_batch = 5000})), blob);
  const ShippedPlan there = unpack(blob).value();
  EXPECT_EQ(there.state, part_of(small_state(), kSmallNeed));
  EXPECT_EQ(there.need.columns, kSmallNeed.columns);
  EXPECT_EQ(there.need.latest_rows, kSmallNeed.latest_rows);
  EXPECT_EQ(std::pair(there.need.first, there.need.last), std::pair(kSmallNeed.first, kSmallNeed.last));
  EXPECT_EQ(there.need.instruments, kSmallNeed.instruments);
  EXPECT_EQ(there.options.rows_per_batch, 5000);
  EXPECT_EQ(plan(there.state, there.need, there.options).value().rows, 20);
}

TEST(ShippedPlan, NamesWhatIsWrong) {
  const std::string blob = text_of(pack_plan(small_state(), kSmallNeed));
  EXPECT_EQ(unpack("").error().to_string(), "a damaged plan (a block of 0 bytes): the plan; make and send it again");
  for (std::size_t size = 9; size < blob.size(); ++size)
    EXPECT_EQ(unpack(blob.substr(0, size)).error().what, "a damaged plan (wrong checksum)") << size;
  for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
    std::string flipped = blob;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(unpack(flipped).error().code, ErrorCode::damaged_store) << bit;
  }
  std::string newer = blob;
  newer[0] = kPlanVersion + 1;
  EXPECT_EQ(unpack(sealed_again(newer)).error().code, ErrorCode::store_version);
  EXPECT_EQ(unpack_plan(catalog::pack_state(small_state())).error().what, "a damaged plan (no plan)");
  EXPECT_FALSE(unpack_plan(pack_plan(small_state(), kSmallNeed, {.rows_per_batch = 0})));
}

// Whoever forges the checksums too gets an error, here or from plan(), never a crash.
TEST(ShippedPlan, ForgedBytesAreNoHarm) {
  const Need need = kSmallNeed;
  const std::string blob = text_of(pack_plan(small_state(), need));
  const std::string state = text_of(catalog::pack_state(part_of(small_state(), need), catalog::Scope::part));
  const std::size_t at = blob.find(state);
  ASSERT_NE(at, std::string::npos);
  std::mt19937 random(13);
  int planned = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string forged = blob;
    const bool inside = random() % 3 != 0;
    for (auto n = 1 + random() % 2; n > 0; --n) {
      const std::size_t place = inside ? at + random() % (state.size() - 8) : random() % (blob.size() - 8);
      forged[place] = static_cast<char>(random() % 4 == 0 ? random() : forged[place] + 1);
    }
    forged.replace(at, state.size(), sealed_again(forged.substr(at, state.size())));
    const auto back = unpack(sealed_again(std::move(forged)));
    if (back && plan(back->state, back->need, back->options)) ++planned;
  }
  EXPECT_GT(planned, 0);
}

}  // namespace
}  // namespace momentum::store
