#include "records_internal.h"

#include <random>

#include "momentum/catalog/packed.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

TEST(History, ComesBackWhole) {
  InstrumentRecord record = sample_instrument(5);
  record.aliases.push_back({{"AAPL", Market::US}, day(2020, 1, 1), day(2021, 1, 1)});
  record.suspended.push_back(day(2999, 12, 31));
  record.actions = {{.day = day(2020, 6, 1), .cash = {3'000'000'000}, .bonus = {1}},
                    {.day = day(2021, 6, 1), .rights = {5'000'000'000}, .rights_price = {Decimal::kMost}}};
  const std::string blob = pack_history(record);
  InstrumentRecord back = record;
  back.aliases.clear();
  back.listings.clear();
  back.names = {{day(2000, 1, 1), "other"}};
  back.industries.clear();
  back.price_basis.clear();
  back.suspended.clear();
  back.quarantined.clear();
  back.factors.clear();
  back.actions.clear();
  ASSERT_TRUE(unpack_history(blob, "x", back));
  EXPECT_EQ(back, record);
  InstrumentRecord empty, empty_back;
  ASSERT_TRUE(unpack_history(pack_history(empty), "x", empty_back));
  EXPECT_EQ(empty_back, empty);
}

// A record without actions is packed as it was before there were any, byte for byte.
TEST(History, IsOfVersion2WhereThereAreActionsOnly) {
  InstrumentRecord record = sample_instrument(5);
  EXPECT_EQ(pack_history(record)[0], 1);
  record.actions = {{.day = day(2020, 6, 1), .cash = {1}}};
  EXPECT_EQ(pack_history(record)[0], 2);
}

TEST(History, RefusesUnknownWordsAndFlags) {
  for (const std::string_view market : {"SH", "XX"}) {
    PackedWriter out(1);
    out.count(1);
    out.text("600000");
    out.text(market);
    out.date(Date{});
    out.date(Date{});
    for (int i = 0; i < 7; ++i) out.count(0);
    InstrumentRecord record;
    EXPECT_EQ(unpack_history(std::move(out).seal(), "x", record).has_value(), market == "SH");
  }
  for (const std::uint64_t flags : {7, 8}) {
    PackedWriter out(1);
    for (int i = 0; i < 7; ++i) out.count(0);
    out.count(1);
    out.date(day(2020, 1, 1));
    out.number(flags);
    out.real(1.5);
    InstrumentRecord record;
    EXPECT_EQ(unpack_history(std::move(out).seal(), "x", record).has_value(), flags == 7);
  }
}

TEST(Files, ColumnsGroupsAndExtentsComeBack) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    const auto begin = static_cast<InstrumentId>(random() % 50);
    FileRecord file = sample_file("p", begin, begin + 1 + static_cast<InstrumentId>(random() % 400),
                                  1 + static_cast<std::int64_t>(random() % 10000));
    for (Extent& extent : file.extents) extent.first = extent.last - static_cast<std::int32_t>(random() % 20000);
    EXPECT_EQ(unpack_columns(pack_columns(file.columns), "x").value(), file.columns);
    EXPECT_EQ(unpack_row_groups(pack_row_groups(file.row_groups), "x").value(), file.row_groups);
    EXPECT_EQ(unpack_extents(pack_extents(file.extents), "x").value(), file.extents);
  }
  EXPECT_TRUE(unpack_columns(pack_columns({}), "x")->empty());
  EXPECT_TRUE(unpack_row_groups(pack_row_groups({}), "x")->empty());
  EXPECT_TRUE(unpack_extents(pack_extents({}), "x")->empty());
}

TEST(Files, AnInstrumentTakesAFewBytes) {
  const FileRecord file = sample_file("p", 0, 5000, 22);
  EXPECT_LT(pack_extents(file.extents).size(), 5000 * 5U);
}

TEST(Files, ForgedSumsAreRefused) {
  PackedWriter groups(kRowGroupsVersion);
  groups.count(2);
  for (int i = 0; i < 2; ++i) {
    groups.integer(INT64_MAX);
    groups.integer(0);
    groups.integer(0);
  }
  EXPECT_EQ(unpack_row_groups(std::move(groups).seal(), "x").error().code, ErrorCode::damaged_store);
  for (const std::int64_t rows : {std::int64_t{5}, std::int64_t{INT64_MAX}}) {
    for (const std::int64_t step : {std::int64_t{1}, std::int64_t{INT32_MAX}}) {
      PackedWriter extents(kExtentsVersion);
      extents.count(2);
      extents.date(day(2020, 1, 1));
      for (int i = 0; i < 2; ++i) {
        extents.integer(step);
        extents.integer(rows);
        extents.integer(0);
        extents.integer(0);
      }
      EXPECT_EQ(unpack_extents(std::move(extents).seal(), "x").has_value(), rows == 5 && step == 1);
    }
  }
  PackedWriter days(kDaysVersion);
  days.count(2);
  days.integer(INT32_MAX);
  days.integer(1);
  days.number(0);
  MarketDays market;
  EXPECT_EQ(unpack_days(std::move(days).seal(), "x", market).error().code, ErrorCode::damaged_store);
}

TEST(Days, PartsAreAppended) {
  for (const bool counted : {true, false}) {
    const MarketDays days = sample_days("a", day(1990, 12, 19), 500, counted);
    MarketDays back{"a", {}, {}};
    for (std::size_t begin = 0; begin < 500; begin += 125) {
      ASSERT_TRUE(unpack_days(pack_days(days, begin, begin + 125), "x", back));
    }
    EXPECT_EQ(back, days);
  }
}

TEST(LimitsBlob, ComeBackInAFewBytes) {
  std::vector<PriceLimit> limits;
  for (InstrumentId i = 0; i < 5000; ++i) limits.push_back({3 * i, {kLimitUnits * (9000 + i)}, {kLimitUnits * i}});
  const std::string blob = pack_limits(limits);
  EXPECT_EQ(unpack_limits(blob, "x").value(), limits);
  EXPECT_LT(blob.size(), limits.size() * 6);
  EXPECT_TRUE(unpack_limits(pack_limits({}), "x")->empty());
}

TEST(LimitsBlob, ForgedOnesAreRefused) {
  const auto most = static_cast<std::uint64_t>(Decimal::kMost / kLimitUnits);
  for (const std::uint64_t up : {most, most + 1}) {
    for (const std::int64_t step : {std::int64_t{1}, std::int64_t{INT32_MAX}}) {
      PackedWriter out(kLimitsVersion);
      out.count(2);
      for (int i = 0; i < 2; ++i) {
        out.integer(step);
        out.number(up);
        out.number(0);
      }
      EXPECT_EQ(unpack_limits(std::move(out).seal(), "x").has_value(), up == most && step == 1);
    }
  }
}

TEST(EveryBlob, RefusesADamagedOneByName) {
  const FileRecord file = sample_file("p", 0, 3, 5);
  const std::string blob = pack_columns(file.columns);
  InstrumentRecord record;
  MarketDays days;
  std::string cut = blob.substr(0, blob.size() - 1);
  EXPECT_EQ(unpack_columns(cut, "file 7").error().to_string(), "wrong checksum: file 7; restore the store from a copy");
  EXPECT_FALSE(unpack_row_groups(cut, "x"));
  EXPECT_FALSE(unpack_extents(cut, "x"));
  EXPECT_FALSE(unpack_history(cut, "x", record));
  EXPECT_FALSE(unpack_days(cut, "x", days));
  EXPECT_FALSE(unpack_limits(cut, "x"));
}

// One field after the other is changed, and each must change the check of its row.
TEST(Check, CoversEveryColumn) {
  const auto differs = [](const auto& record, auto change, auto... blobs) {
    auto changed = record;
    change(changed);
    return check_of(record, blobs...) != check_of(changed, blobs...);
  };
  const std::string_view b = "blob";
  const InstrumentRecord i = sample_instrument(1);
  EXPECT_EQ(check_of(i, b), check_of(sample_instrument(1), b));
  EXPECT_NE(check_of(i, b), check_of(i, "bloc"));
  EXPECT_TRUE(differs(i, [](auto& r) { r.id = 2; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.code.symbol = "600002"; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.code.market = Market::SZ; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.kind = Kind::fund; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.board = "star"; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.currency = "USD"; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.tick = 0.001; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.gaps_are_suspensions = false; }, b));
  EXPECT_TRUE(differs(i, [](auto& r) { r.factors_from = Date{}; }, b));

  const FileRecord f = sample_file("p", 0, 3, 5);
  EXPECT_NE(check_of(f, "a", "b", "c"), check_of(f, "x", "b", "c"));
  EXPECT_NE(check_of(f, "a", "b", "c"), check_of(f, "a", "x", "c"));
  EXPECT_NE(check_of(f, "a", "b", "c"), check_of(f, "a", "b", "x"));
  EXPECT_TRUE(differs(f, [](auto& r) { r.id = 2; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.dataset = "minute"; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.path = "q"; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.level = Level::base; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.bucket.reset(); }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.rows = 9; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.bytes = 9; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.checksum = 9; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.first = Date{9}; }, b, b, b));
  EXPECT_TRUE(differs(f, [](auto& r) { r.last = Date{9}; }, b, b, b));

  const StoreInfo s;
  EXPECT_TRUE(differs(s, [](auto& r) { r.uuid = "u"; }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.created += std::chrono::microseconds(1); }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.buckets = 9; }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.storage = "csv"; }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.compression = 9; }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.synthetic = true; }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.arguments = "a"; }));
  EXPECT_TRUE(differs(s, [](auto& r) { r.tool_version = "a"; }));

  const Snapshot p;
  EXPECT_TRUE(differs(p, [](auto& r) { r.id = 2; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.parent = 2; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.created += std::chrono::microseconds(1); }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.op = "a"; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.note = "a"; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.counts.instruments = 1; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.counts.files = 1; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.counts.rows = 1; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.counts.bytes = 1; }));
  EXPECT_TRUE(differs(p, [](auto& r) { r.counts.days = 1; }));

  EXPECT_NE(check_of("session", "a", 2020, b), check_of("calendar", "a", 2020, b));
  EXPECT_NE(check_of("session", "a", 2020, b), check_of("session", "b", 2020, b));
  EXPECT_NE(check_of("session", "a", 2020, b), check_of("session", "a", 2021, b));
  EXPECT_NE(check_of("session", "a", 2020, b), check_of("session", "a", 2020, ""));

  EXPECT_NE(check_of(Date{1}, 2, b), check_of(Date{2}, 2, b));
  EXPECT_NE(check_of(Date{1}, 2, b), check_of(Date{1}, 3, b));
  EXPECT_NE(check_of(Date{1}, 2, b), check_of(Date{1}, 2, ""));
  EXPECT_NE(check_of(1, 2), check_of(2, 2));
  EXPECT_NE(check_of(1, 2), check_of(1, 3));
}

}  // namespace
}  // namespace momentum::catalog
