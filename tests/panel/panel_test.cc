#include "momentum/panel/panel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <set>

#include "flat_internal.h"

namespace momentum::panel {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Series with their own memory. Column c of instrument i on day d holds 1000000 i + 1000 c + d, missing where (i + d)
// % 7 == 0.
struct Market {
  std::vector<std::vector<std::int32_t>> days;
  std::vector<std::vector<std::vector<double>>> columns;
  std::vector<std::string> names;

  static double value(std::size_t i, std::size_t c, std::int32_t day) {
    if ((static_cast<std::int32_t>(i) + day) % 7 == 0) return kMissing;
    return 1e6 * static_cast<double>(i) + 1e3 * static_cast<double>(c) + day;
  }
  Market(std::vector<std::vector<std::int32_t>> dates, std::size_t column_count) : days(std::move(dates)) {
    for (std::size_t c = 0; c < column_count; ++c) names.push_back("column" + std::to_string(c));
    for (std::size_t i = 0; i < days.size(); ++i) {
      columns.emplace_back(column_count);
      for (std::size_t c = 0; c < column_count; ++c)
        for (const auto day : days[i]) columns[i][c].push_back(value(i, c, day));
    }
  }
  std::vector<Series> series() const {
    std::vector<Series> all;
    for (std::size_t i = 0; i < days.size(); ++i) all.push_back({days[i], {columns[i].begin(), columns[i].end()}});
    return all;
  }
  Result<Panel> build() const { return Panel::build(names, series()); }
};

// Instruments of different first days, lengths and gaps; every fifth has no bar.
Market varied(std::size_t instruments, std::size_t columns = 2) {
  std::vector<std::vector<std::int32_t>> days(instruments);
  for (std::size_t i = 0; i < instruments; ++i) {
    if (i % 5 == 4) continue;
    const auto n = static_cast<std::int32_t>(i);
    for (std::int32_t d = 10 + 3 * (n % 6); d < 60 - n % 11; d += 1 + (n + d) % 3) days[i].push_back(d);
  }
  return {std::move(days), columns};
}

void expect_holds(const Panel& panel, const Market& market) {
  ASSERT_EQ(panel.instruments(), market.days.size());
  ASSERT_EQ(panel.tiles(), (market.days.size() + kTileLanes - 1) / kTileLanes);
  EXPECT_EQ(panel.lanes(), panel.tiles() * kTileLanes);
  EXPECT_EQ(panel.columns(), market.names);
  std::set<std::int32_t> calendar;
  std::uint64_t bars = 0;
  for (const auto& days : market.days) {
    calendar.insert(days.begin(), days.end());
    bars += days.size();
  }
  EXPECT_EQ(panel.bars(), bars);
  EXPECT_TRUE(std::equal(panel.calendar().begin(), panel.calendar().end(), calendar.begin(), calendar.end()));

  std::set<std::size_t> lanes;
  for (std::size_t i = 0; i < market.days.size(); ++i) {
    const std::size_t lane = panel.lane_of(i), tile = lane / kTileLanes, place = lane % kTileLanes;
    lanes.insert(lane);
    EXPECT_EQ(panel.instrument_of(lane), i);
    const auto& days = market.days[i];
    ASSERT_EQ(panel.length(lane), days.size());
    ASSERT_LE(days.size(), panel.rows(tile));
    for (std::size_t r = 0; r < panel.rows(tile); ++r) {
      const bool absent = r >= days.size();
      EXPECT_EQ(panel.date(lane, r), absent ? Date{} : Date{days[r]});
      if (absent) {
        EXPECT_EQ(panel.days(tile)[r * kTileLanes + place], -1);
        continue;
      }
      for (std::size_t c = 0; c < market.names.size(); ++c) {
        const double found = panel.values(tile, c)[r * kTileLanes + place], wanted = Market::value(i, c, days[r]);
        EXPECT_TRUE(std::isnan(wanted) ? std::isnan(found) : found == wanted) << i << " " << c << " " << r;
      }
    }
  }
  EXPECT_EQ(lanes.size(), market.days.size()) << "two instruments share a lane";
  for (std::size_t lane = 0; lane < panel.lanes(); ++lane)
    if (!lanes.contains(lane)) {
      EXPECT_EQ(panel.instrument_of(lane), kNoInstrument);
      EXPECT_EQ(panel.length(lane), 0u);
    }
}

class Sizes : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Instruments, Sizes, testing::Values(0, 1, 31, 32, 33, 64, 65, 100));

TEST_P(Sizes, HoldWhatTheyWereBuiltFrom) {
  for (const std::size_t columns : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    const Market market = varied(GetParam(), columns);
    const auto panel = market.build();
    ASSERT_TRUE(panel) << panel.error().to_string();
    expect_holds(*panel, market);
  }
}

TEST_P(Sizes, SortLanesByLengthThenFirstDate) {
  const Market market = varied(GetParam());
  const Panel panel = *market.build();
  for (std::size_t lane = 1; lane < panel.instruments(); ++lane) {
    ASSERT_GE(panel.length(lane - 1), panel.length(lane));
    if (panel.length(lane) > 0 && panel.length(lane) == panel.length(lane - 1)) {
      ASSERT_LE(panel.date(lane - 1, 0), panel.date(lane, 0));
    }
  }
  for (std::size_t tile = 0; tile < panel.tiles(); ++tile)  // a tile has the rows of its longest lane, no more
    EXPECT_EQ(panel.rows(tile), panel.length(tile * kTileLanes));
}

TEST_P(Sizes, AlignEveryColumn) {
  const Panel panel = *varied(GetParam(), 3).build();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(panel.flat().data()) % kernels::kAlignment, 0u);
  for (std::size_t tile = 0; tile < panel.tiles(); ++tile)
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(panel.values(tile, c)) % kernels::kAlignment, 0u);
}

// A copy of a block at an aligned place of its own, so that a sanitizer sees every step outside.
struct Block {
  explicit Block(std::span<const std::byte> from)
      : owner(static_cast<std::byte*>(
                  ::operator new(std::max<std::size_t>(from.size(), 1), std::align_val_t{kernels::kAlignment})),
              [](std::byte* p) { ::operator delete(p, std::align_val_t{kernels::kAlignment}); }),
        bytes(owner.get(), from.size()) {
    std::memcpy(owner.get(), from.data(), from.size());
  }
  std::shared_ptr<std::byte> owner;
  std::span<std::byte> bytes;
};

TEST_P(Sizes, AreAttachedFromTheirBytesWithoutACopy) {
  const Market market = varied(GetParam());
  std::optional<Panel> built = *market.build();
  Block block(built->flat());
  built.reset();
  const std::weak_ptr<std::byte> alive = block.owner;
  auto panel = Panel::attach(block.bytes, block.owner);
  const std::byte* start = block.bytes.data();
  block.owner.reset();
  ASSERT_TRUE(panel) << panel.error().to_string();
  EXPECT_EQ(panel->flat().data(), start);
  EXPECT_FALSE(alive.expired()) << "the panel does not keep its block";
  expect_holds(*panel, market);
  panel = fail(ErrorCode::internal, "gone");
  EXPECT_TRUE(alive.expired());
}

ErrorCode code_of(const Result<Panel>& panel) { return panel ? ErrorCode::internal : panel.error().code; }

TEST(Attach, RefusesWhatIsNoPanel) {
  const Panel panel = *varied(3).build();
  EXPECT_EQ(code_of(Panel::attach({}, nullptr)), ErrorCode::bad_state);
  for (std::size_t size = 0; size < panel.flat().size(); size += size < 256 ? 1 : 61) {
    const Block part(panel.flat().first(size));
    EXPECT_EQ(code_of(Panel::attach(part.bytes, part.owner)), ErrorCode::bad_state) << size << " bytes";
  }
  std::vector<std::byte> longer(panel.flat().begin(), panel.flat().end());
  longer.resize(longer.size() + 64);
  const Block extended(longer);
  EXPECT_EQ(code_of(Panel::attach(extended.bytes, extended.owner)), ErrorCode::bad_state);
}

TEST(Attach, RefusesAnotherVersionAndSaysSo) {
  const Block block(varied(3).build()->flat());
  const std::uint32_t next = kFlatVersion + 1;
  std::memcpy(block.bytes.data() + offsetof(FlatHeader, version), &next, sizeof(next));
  const auto panel = Panel::attach(block.bytes, block.owner);
  ASSERT_EQ(code_of(panel), ErrorCode::bad_state);
  EXPECT_NE(panel.error().to_string().find("version"), std::string::npos) << panel.error().to_string();
}

TEST(Attach, RefusesABlockThatIsNotAligned) {
  const Panel panel = *varied(3).build();
  const auto flat = panel.flat();
  std::vector<std::byte> twice(flat.size() + 128);
  Block block(twice);
  std::memcpy(block.bytes.data() + 8, flat.data(), flat.size());
  EXPECT_EQ(code_of(Panel::attach({block.bytes.data() + 8, flat.size()}, block.owner)), ErrorCode::bad_state);
}

// Reads everything that attach() vouches for: all but the day numbers and values inside the tiles.
std::uint64_t read_all(const Panel& panel) {
  std::uint64_t sum = panel.bars();
  const auto use = [&](auto x) {
    sum += static_cast<std::uint64_t>(std::bit_cast<std::uint8_t>(static_cast<std::uint8_t>(x)));
  };
  for (const auto& name : panel.columns()) use(name.size());
  for (const auto day : panel.calendar()) use(day);
  for (std::size_t i = 0; i < panel.instruments(); ++i) use(panel.lane_of(i));
  for (std::size_t lane = 0; lane < panel.lanes(); ++lane) {
    EXPECT_LE(panel.length(lane), panel.rows(lane / kTileLanes));
    use(panel.instrument_of(lane));
  }
  for (std::size_t tile = 0; tile < panel.tiles(); ++tile) {
    for (std::size_t c = 0; c < panel.columns().size(); ++c)
      for (std::size_t i = 0; i < panel.rows(tile) * kTileLanes; ++i)
        use(std::bit_cast<std::uint64_t>(panel.values(tile, c)[i]) & 0xff);
    for (std::size_t i = 0; i < panel.rows(tile) * kTileLanes; ++i) use(panel.days(tile)[i]);
  }
  return sum;
}

// Every byte before the tiles' contents: header, names, tile table, lanes, calendar.
TEST(Attach, SurvivesAnyFlippedByteOfTheHeader) {
  const Panel panel = *varied(40).build();
  const Block block(panel.flat());
  const std::size_t tables =
      static_cast<std::size_t>(reinterpret_cast<const std::byte*>(panel.days(0)) - panel.flat().data());
  std::size_t refused = 0, harmless = 0;
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < tables; ++at)
    for (const int flip : {0x01, 0x40, 0x80, 0xff}) {
      block.bytes[at] ^= static_cast<std::byte>(flip);
      if (const auto damaged = Panel::attach(block.bytes, block.owner)) {
        ++harmless;
        sum += read_all(*damaged);
      } else {
        ++refused;
        EXPECT_EQ(damaged.error().code, ErrorCode::bad_state);
      }
      block.bytes[at] ^= static_cast<std::byte>(flip);
    }
  EXPECT_GT(refused, sizeof(FlatHeader));
  EXPECT_GT(harmless, 0u);  // padding, names, calendar days
  EXPECT_NE(sum, 0u);
  EXPECT_TRUE(Panel::attach(block.bytes, block.owner));
}

// Counts and offsets so large that sizes computed from them wrap around.
TEST(Attach, RefusesCountsThatOverflow) {
  const Block block(varied(40).build()->flat());
  FlatHeader good;
  std::memcpy(&good, block.bytes.data(), sizeof(good));
  const auto refused = [&](auto change) {
    FlatHeader header = good;
    change(header);
    std::memcpy(block.bytes.data(), &header, sizeof(header));
    const auto code = code_of(Panel::attach(block.bytes, block.owner));
    std::memcpy(block.bytes.data(), &good, sizeof(good));
    return code == ErrorCode::bad_state;
  };
  EXPECT_TRUE(refused([](FlatHeader& h) { h.columns = UINT32_MAX; }));
  EXPECT_TRUE(refused([](FlatHeader& h) { h.tiles = UINT32_MAX; }));
  EXPECT_TRUE(refused([](FlatHeader& h) { h.instruments = UINT32_MAX; }));
  EXPECT_TRUE(refused([](FlatHeader& h) { h.calendar_days = UINT64_MAX; }));
  EXPECT_TRUE(refused([](FlatHeader& h) { h.names_offset = UINT64_MAX - 63; }));
  EXPECT_TRUE(refused([](FlatHeader& h) { h.lanes_offset = UINT64_MAX / 64 * 64; }));
  EXPECT_TRUE(refused([](FlatHeader& h) { h.calendar_offset += 1; })) << "not aligned";
  EXPECT_TRUE(refused([](FlatHeader& h) { h.bars += 1; })) << "more bars than the lanes hold";
  for (const std::uint64_t rows : {std::uint64_t{UINT32_MAX}, std::uint64_t{1} << 59, UINT64_MAX}) {
    FlatTile tile, saved;
    std::memcpy(&saved, block.bytes.data() + good.tiles_offset, sizeof(saved));
    tile = saved;
    tile.rows = rows;
    std::memcpy(block.bytes.data() + good.tiles_offset, &tile, sizeof(tile));
    EXPECT_EQ(code_of(Panel::attach(block.bytes, block.owner)), ErrorCode::bad_state) << rows;
    std::memcpy(block.bytes.data() + good.tiles_offset, &saved, sizeof(saved));
  }
  EXPECT_TRUE(Panel::attach(block.bytes, block.owner));
}

TEST(Attach, RefusesAnInstrumentInTwoLanes) {
  const Block block(varied(40).build()->flat());
  FlatHeader header;
  std::memcpy(&header, block.bytes.data(), sizeof(header));
  const std::uint32_t instrument = 3;
  std::memcpy(block.bytes.data() + header.lanes_offset + 63 * sizeof(instrument), &instrument, sizeof(instrument));
  EXPECT_EQ(code_of(Panel::attach(block.bytes, block.owner)), ErrorCode::bad_state);
}

TEST(Build, SaysWhichInstrumentIsWrong) {
  const auto error_of = [](const Market& market) {
    const auto panel = market.build();
    return panel ? Error{} : panel.error();
  };
  for (const auto& wrong : {std::vector<std::int32_t>{3, 2}, std::vector<std::int32_t>{3, 3}}) {
    const Error error = error_of(Market({{1, 2}, wrong}, 1));
    EXPECT_EQ(error.code, ErrorCode::bad_value);
    EXPECT_NE(error.to_string().find("instrument 1"), std::string::npos) << error.to_string();
    EXPECT_NE(error.to_string().find("ascend"), std::string::npos) << error.to_string();
  }
  Market uneven({{1, 2}, {1, 2, 3}}, 2);
  uneven.columns[1][1].pop_back();
  EXPECT_EQ(error_of(uneven).code, ErrorCode::bad_value);
  Market lacking({{1, 2}}, 2);
  lacking.columns[0].pop_back();
  EXPECT_EQ(error_of(lacking).code, ErrorCode::bad_value);
  Market nameless({{1, 2}}, 1);
  nameless.names[0] = "";
  EXPECT_EQ(error_of(nameless).code, ErrorCode::bad_value);
  nameless.names[0] = std::string(kNameBytes, 'x');
  EXPECT_EQ(error_of(nameless).code, ErrorCode::bad_value);
  nameless.names[0].pop_back();
  const auto longest = nameless.build();
  ASSERT_TRUE(longest) << longest.error().to_string();
  EXPECT_EQ(longest->columns()[0], nameless.names[0]);
}

TEST(Build, TellsAbsentFromMissing) {
  const double closes[] = {1.0, kMissing, 3.0};
  const std::int32_t long_days[] = {5, 6, 9}, short_days[] = {6};
  const double one[] = {kMissing};
  const std::vector<Series> series{{short_days, {one}}, {long_days, {closes}}};
  const Panel panel = *Panel::build({"close"}, series);
  EXPECT_EQ(panel.lane_of(1), 0u);
  EXPECT_EQ(panel.lane_of(0), 1u);
  EXPECT_EQ(panel.rows(0), 3u);
  EXPECT_TRUE(std::isnan(panel.values(0, 0)[kTileLanes]));  // missing: NaN on a day
  EXPECT_EQ(panel.days(0)[kTileLanes], 1);
  EXPECT_EQ(panel.days(0)[kTileLanes + 1], -1);  // absent: no day
  EXPECT_EQ(panel.date(1, 0), Date{6});
  EXPECT_FALSE(panel.date(1, 1).has_value());
  EXPECT_EQ(panel.column("close"), 0u);
  EXPECT_EQ(panel.column("clos"), std::nullopt);
}

TEST(Build, TakesInstrumentsWithoutBars) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{33}}) {
    const Market market(std::vector<std::vector<std::int32_t>>(count), 1);
    const auto panel = market.build();
    ASSERT_TRUE(panel) << panel.error().to_string();
    EXPECT_EQ(panel->rows(0), 0u);
    EXPECT_TRUE(panel->calendar().empty());
    expect_holds(*panel, market);
  }
}

TEST(Build, AppendingABarMovesNothing) {
  Market market({{1, 2, 5}, {2, 5}}, 1);
  const Panel before = *market.build();
  Market longer({{1, 2, 5, 6}, {2, 5, 6}}, 1);
  const Panel after = *longer.build();
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t r = 0; r < before.length(before.lane_of(i)); ++r)
      EXPECT_EQ(before.date(before.lane_of(i), r), after.date(after.lane_of(i), r));
}

}  // namespace
}  // namespace momentum::panel
