#include "momentum/store/ingest.h"

#include <atomic>
#include <mutex>

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

using catalog::Level;

const Date kFirst = day(2022, 3, 1), kLast = day(2024, 5, 17);

Bars market(int instruments, Date first = kFirst, Date last = kLast) {
  Bars out;
  for (int id = 0; id < instruments; ++id) out[id] = made_bars(id, first, last);
  return out;
}

void expect_counts(const Outcome& out, std::int64_t stored, std::int64_t known, std::int64_t conflicting,
                   std::int64_t corrected) {
  EXPECT_EQ(out.stored, stored);
  EXPECT_EQ(out.known, known);
  EXPECT_EQ(out.conflicting, conflicting);
  EXPECT_EQ(out.corrected, corrected);
}

std::int64_t rows_of(const Bars& bars) {
  std::int64_t rows = 0;
  for (const auto& [id, of_one] : bars) rows += static_cast<std::int64_t>(of_one.size());
  return rows;
}

TEST(Ingest, WhatGoesInComesOut) {
  for (const Date newest : {Date{}, kLast}) {
    for (const int threads : {1, 2}) {
      const IngestStore store(3);
      const Bars bars = market(17);
      const auto out =
          store.try_put(bars, {.op = "import", .note = "a note", .newest = newest}, {}, {}, on_threads(threads));
      ASSERT_TRUE(out) << out.error().to_string();
      expect_counts(*out, rows_of(bars), 0, 0, 0);
      EXPECT_TRUE(out->changed);
      EXPECT_TRUE(out->prepended.empty());
      store.expect_bars(bars);
      const catalog::State state = store.state();
      EXPECT_EQ(state.snapshot, out->snapshot);
      EXPECT_EQ(state.snapshot.id, 2);
      EXPECT_EQ(state.snapshot.op, "import");
      EXPECT_EQ(state.snapshot.note, "a note");
      EXPECT_EQ(state.snapshot.counts.rows, rows_of(bars));
      EXPECT_EQ(state.instruments.size(), 17u);
      EXPECT_EQ(state.files.size(), 7u);
      EXPECT_EQ(store.names(), store.live_names());
    }
  }
}

TEST(Ingest, TheSameAgainChangesNothing) {
  const IngestStore store;
  const Bars bars = market(5);
  store.put(bars);
  const catalog::State before = store.state();
  for (const bool replace : {false, true}) {
    const Outcome again = store.put(bars, {.replace = replace, .newest = replace ? kLast : Date{}});
    expect_counts(again, 0, rows_of(bars), 0, 0);
    EXPECT_FALSE(again.changed);
    EXPECT_EQ(again.snapshot, before.snapshot);
    EXPECT_EQ(store.state(), before);
    EXPECT_EQ(store.names(), store.live_names());
  }
}

TEST(Ingest, AConflictIsKeptOutOrCorrects) {
  const IngestStore store;
  Bars bars = market(4);
  store.put(bars);
  const Bars stored = bars;
  Bars other = {{1, bars[1].between(day(2022, 5, 2), day(2024, 5, 17))}, {2, bars[2].between(kFirst, day(2022, 4, 1))}};
  const std::size_t last = other[1].size() - 1;
  other[1].columns["close"][0] = 77.77;
  other[1].columns["turnover"][last] = 0.125;
  other[2].columns["volume"][3] = other[2].columns["volume"][3] + 1;
  const std::vector<Conflict> days = {{1, {other[1].dates[0]}}, {1, {other[1].dates[last]}}, {2, {other[2].dates[3]}}};

  const Outcome kept = store.put(other);
  expect_counts(kept, 0, rows_of(other) - 3, 3, 0);
  EXPECT_EQ(kept.conflicts, days);
  EXPECT_FALSE(kept.changed);
  store.expect_bars(stored);

  const auto names = store.live_names();
  const Outcome corrected = store.put(other, {.replace = true});
  expect_counts(corrected, 0, rows_of(other) - 3, 0, 3);
  EXPECT_EQ(corrected.conflicts, days);
  EXPECT_TRUE(corrected.changed);
  for (const auto& [id, rows] : other) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto at = std::ranges::lower_bound(bars[id].dates, rows.dates[i]) - bars[id].dates.begin();
      for (const auto& [name, values] : rows.columns) bars[id].columns[name][static_cast<std::size_t>(at)] = values[i];
    }
  }
  store.expect_bars(bars);
  // Only files with a corrected bar are others now: the base of both, the tail.
  const auto now = store.live_names();
  std::vector<std::string> both;
  std::ranges::set_intersection(names, now, std::back_inserter(both));
  const bool same_bucket = bucket_of(1, 2) == bucket_of(2, 2);
  EXPECT_EQ(both.size(), names.size() - (same_bucket ? 2 : 3));
}

TEST(Ingest, MissingIsAValueOfItsOwn) {
  const IngestStore store;
  Rows rows = made_bars(0, day(2024, 5, 1), day(2024, 5, 10));
  rows.columns["close"][2] = kMissing;
  store.put({{0, rows}});
  Rows found = rows;
  found.columns["close"][2] = 10;
  expect_counts(store.put({{0, found}}), 0, static_cast<std::int64_t>(rows.size()) - 1, 1, 0);
  expect_counts(store.put({{0, found}}, {.replace = true}), 0, static_cast<std::int64_t>(rows.size()) - 1, 0, 1);
  store.expect_bars({{0, found}});
  expect_counts(store.put({{0, rows}}, {.replace = true}), 0, static_cast<std::int64_t>(rows.size()) - 1, 0, 1);
  store.expect_bars({{0, rows}});
}

TEST(Ingest, NewColumnsAreFilledInOnlyWhereAsked) {
  const IngestStore store;
  const Rows rows = made_bars(0, kFirst, kLast);
  store.put({{0, rows.without("preclose")}, {1, made_bars(1, kFirst, kLast)}});
  const auto n = static_cast<std::int64_t>(rows.size());
  expect_counts(store.put({{0, rows}}), 0, n, 0, 0);
  store.expect_bars({{0, rows.without("preclose")}, {1, made_bars(1, kFirst, kLast)}});
  const Outcome filled = store.put({{0, rows}}, {.replace = true});
  expect_counts(filled, 0, n, 0, 0);
  EXPECT_TRUE(filled.changed);
  store.expect_bars({{0, rows}, {1, made_bars(1, kFirst, kLast)}});
  // And are never taken away, not by a correction.
  Rows less = rows.without("preclose");
  less.columns["close"][5] = 1.5;
  Rows want = rows;
  want.columns["close"][5] = 1.5;
  expect_counts(store.put({{0, less}}, {.replace = true}), 0, n - 1, 0, 1);
  store.expect_bars({{0, want}, {1, made_bars(1, kFirst, kLast)}});
}

TEST(Ingest, WhatCountsDoesNotDependOnCompanions) {
  const Rows first = made_bars(0, kFirst, kLast, false), more = made_bars(0, kFirst, kLast);
  for (const bool alone : {true, false}) {
    const IngestStore store(1);
    Bars bars = {{0, first}};
    if (!alone) bars[1] = made_bars(1, kFirst, kLast);
    store.put(bars);
    expect_counts(store.put({{0, more}}), 0, static_cast<std::int64_t>(more.size()), 0, 0);
  }
}

TEST(Ingest, OlderBarsAreNamedAsPrepended) {
  const IngestStore store;
  Bars bars = market(3);
  store.put({{0, bars[0].between(day(2023, 1, 1), kLast)}, {1, bars[1]}, {2, bars[2].between(day(2023, 1, 1), kLast)}});
  const Outcome out = store.put({{0, bars[0].between(kFirst, day(2022, 12, 31))}, {1, bars[1]}, {2, bars[2]}});
  EXPECT_EQ(out.prepended, (std::vector<catalog::InstrumentId>{0, 2}));
  store.expect_bars(bars);
  EXPECT_TRUE(store.put({{3, made_bars(3, kFirst, kLast)}}).prepended.empty());  // its first bars
}

TEST(Ingest, DaysMayInterleave) {
  const IngestStore store;
  const Rows all = made_bars(0, kFirst, kLast);
  for (const unsigned part : {2U, 0U, 1U}) {
    Rows some;
    for (std::size_t i = part; i < all.size(); i += 3) {
      some.dates.push_back(all.dates[i]);
      for (const auto& [name, values] : all.columns) some.columns[name].push_back(values[i]);
    }
    const Outcome out = store.put({{0, some}});
    expect_counts(out, static_cast<std::int64_t>(some.size()), 0, 0, 0);
  }
  store.expect_bars({{0, all}});
}

TEST(Ingest, ADryRunSaysAllAndLeavesNothing) {
  const IngestStore store;
  const Bars bars = market(3);
  const Outcome dry = store.put(bars, {.dry_run = true});
  expect_counts(dry, rows_of(bars), 0, 0, 0);
  EXPECT_TRUE(dry.changed);
  EXPECT_EQ(dry.snapshot.id, 1);
  EXPECT_EQ(store.state().snapshot.id, 1);
  EXPECT_TRUE(store.names().empty());
  store.put(bars);
  const auto names = store.names();
  EXPECT_FALSE(store.put(bars, {.dry_run = true, .newest = kLast}).changed);
  EXPECT_EQ(store.names(), names);
}

TEST(Ingest, RecordsWithoutBarsAreStored) {
  const IngestStore store;
  Incoming one{record_of(0)};
  one.record.suspended = {day(2024, 5, 6)};
  const BarsOf none = [](std::size_t) { return Result<std::shared_ptr<arrow::Table>>(nullptr); };
  const auto out = store.try_put(std::vector{one}, none);
  ASSERT_TRUE(out) << out.error().to_string();
  expect_counts(*out, 0, 0, 0, 0);
  EXPECT_TRUE(out->changed);
  EXPECT_EQ(store.state().instruments, std::vector{one.record});
  EXPECT_TRUE(store.names().empty());
  EXPECT_FALSE(store.try_put(std::vector{one}, none).value().changed);
  // Beside one with bars.
  store.put({{0, {}}, {1, made_bars(1, kFirst, kLast)}});
  EXPECT_EQ(store.state().instruments[0], one.record);
  store.expect_bars({{1, made_bars(1, kFirst, kLast)}});
}

TEST(Ingest, DescribeSeesStoredAndNewBars) {
  const IngestStore store;
  Bars bars = market(6);
  Bars early, late;
  for (const auto& [id, rows] : bars) {
    early[id] = rows.between(kFirst, day(2024, 5, 2));
    late[id] = rows.between(day(2024, 4, 20), kLast);
  }
  late[4] = late[4].without("preclose");
  late[5].columns["close"][0] += 1;  // is kept out
  store.put(early);
  std::mutex mutex;
  std::map<std::size_t, Rows> seen;
  const Describe describe = [&](std::size_t i, const Merged& merged,
                                catalog::InstrumentRecord& record) -> Result<void> {
    record.board = "seen";
    const std::lock_guard guard(mutex);
    Rows& rows = seen[i];
    rows.dates.assign(merged.dates.begin(), merged.dates.end());
    rows.columns["close"].assign(merged.close.begin(), merged.close.end());
    rows.columns["preclose"].assign(merged.preclose.begin(), merged.preclose.end());
    return {};
  };
  ASSERT_TRUE(store.try_put(late, {}, describe));
  ASSERT_EQ(seen.size(), 6u);
  const Bars stored = store.bars();
  for (auto& [i, rows] : seen) {
    Rows want = stored.at(static_cast<int>(i));
    std::erase_if(want.columns,
                  [](const auto& column) { return column.first != "close" && column.first != "preclose"; });
    expect_same(rows, want, std::to_string(i));
    EXPECT_EQ(store.state().instruments[i].board, "seen");
  }
  // A new instrument without preclose, and one without bars at all.
  seen.clear();
  ASSERT_TRUE(store.try_put({{6, bars[0].without("preclose")}, {7, {}}}, {}, describe));
  EXPECT_EQ(seen[0].dates, bars[0].dates);
  EXPECT_TRUE(std::ranges::all_of(seen[0].columns["preclose"], [](double v) { return std::isnan(v); }));
  EXPECT_EQ(seen[0].columns["preclose"].size(), bars[0].size());
  EXPECT_EQ(seen[1].size(), 0u);
}

TEST(Ingest, SessionsAreAskedForAfterTheLastDescription) {
  const IngestStore store;
  std::atomic<int> described = 0;
  int at_the_end = 0;
  const Describe describe = [&](std::size_t, const Merged&, catalog::InstrumentRecord&) {
    ++described;
    return Result<void>{};
  };
  const catalog::MarketDays days{"a", {day(2024, 5, 16), kLast}, {4, 4}};
  const SessionsOf sessions = [&]() -> Result<std::vector<catalog::MarketDays>> {
    at_the_end = described;
    return std::vector{days};
  };
  ASSERT_TRUE(store.try_put(market(4), {}, describe, sessions));
  EXPECT_EQ(at_the_end, 4);
  EXPECT_EQ(store.state().sessions, std::vector{days});
  EXPECT_FALSE(store.try_put(market(4), {}, describe, sessions).value().changed);
}

// Every way out of the middle leaves the store as it was.
TEST(Ingest, AFailureLeavesNothing) {
  const IngestStore store;
  const Bars stored = market(4, kFirst, day(2024, 5, 10)), bars = market(8);
  store.put(stored);
  const catalog::State before = store.state();
  const auto expect_untouched = [&](const Result<Outcome>& out, ErrorCode code) {
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, code) << out.error().to_string();
    EXPECT_EQ(store.state(), before);
    EXPECT_EQ(store.names(), store.live_names());
    store.expect_bars(stored);
  };
  std::vector<Incoming> incoming;
  for (int id = 0; id < 8; ++id) incoming.push_back({record_of(id)});
  const BarsOf some = [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> {
    if (i == 6) return fail(ErrorCode::source_failed, "no more");
    return table_of(bars.at(static_cast<int>(i)));
  };
  const Describe refuses = [](std::size_t i, const Merged&, catalog::InstrumentRecord&) -> Result<void> {
    if (i == 5) return fail(ErrorCode::bad_value, "no");
    return {};
  };
  const SessionsOf fails = []() -> Result<std::vector<catalog::MarketDays>> {
    return fail(ErrorCode::bad_value, "no sessions");
  };
  const SessionsOf wrong = []() -> Result<std::vector<catalog::MarketDays>> {
    return std::vector<catalog::MarketDays>{{"a", {day(2024, 5, 2), day(2024, 5, 1)}, {1, 1}}};
  };
  const SessionsOf needs_more = []() -> Result<std::vector<catalog::MarketDays>> { throw std::bad_alloc(); };
  for (const Date newest : {Date{}, kLast}) {
    expect_untouched(store.try_put(bars, {.newest = newest}, {}, needs_more), ErrorCode::out_of_memory);
    expect_untouched(store.try_put(incoming, some, {.newest = newest}), ErrorCode::source_failed);
    expect_untouched(store.try_put(bars, {.newest = newest}, refuses), ErrorCode::bad_value);
    expect_untouched(store.try_put(bars, {.newest = newest}, {}, fails), ErrorCode::bad_value);
    expect_untouched(store.try_put(bars, {.newest = newest}, {}, wrong), ErrorCode::internal);  // by the catalog
  }
  expect_untouched(store.try_put(bars, {.newest = day(2024, 5, 16)}), ErrorCode::internal);
  expect_untouched(store.try_put({{4, bars.at(4)}, {6, bars.at(6)}}), ErrorCode::internal);  // no 5
  incoming[3].record.id = 2;
  expect_untouched(store.try_put(incoming, some), ErrorCode::internal);
}

TEST(Ingest, InterruptedAtAnyPointLeavesNothing) {
  const IngestStore store(4);
  const Bars stored = market(8, kFirst, day(2024, 4, 10)), bars = market(20);
  store.put(stored);
  const catalog::State before = store.state();
  for (const Date newest : {Date{}, kLast}) {
    for (int after = 0; after <= 20; ++after) {
      CancelToken cancel;
      std::atomic<int> calls = 0;
      if (after == 0) cancel.cancel();
      const Describe describe = [&](std::size_t, const Merged&, catalog::InstrumentRecord&) -> Result<void> {
        if (++calls == after) cancel.cancel();
        return {};
      };
      const auto out = store.try_put(bars, {.newest = newest}, describe, {}, on_threads(2, &cancel));
      ASSERT_FALSE(out);
      EXPECT_EQ(out.error().code, ErrorCode::interrupted);
      EXPECT_EQ(store.state(), before);
      EXPECT_EQ(store.names(), store.live_names());
    }
  }
  store.expect_bars(stored);
}

TEST(Ingest, AnOldStateIsRefused) {
  const IngestStore store;
  const auto lock = catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value();
  auto catalog = catalog::Catalog::open(lock).value();
  const catalog::State old = catalog.load().value();
  const Rows rows = made_bars(0, kFirst, kLast);
  const std::vector<Incoming> incoming = {{record_of(0)}};
  const BarsOf bars_of = [&](std::size_t) -> Result<std::shared_ptr<arrow::Table>> { return table_of(rows); };
  ASSERT_TRUE(ingest({}, lock, catalog, old, incoming, bars_of, {}, {}));
  const auto names = store.names();
  const auto out = ingest({}, lock, catalog, old, incoming, bars_of, {}, {});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::store_changed);
  EXPECT_EQ(store.names(), names);
}

TEST(Ingest, ADamagedFileIsNamedAndNotBuiltUpon) {
  const IngestStore store(1);
  Bars bars = market(3);
  store.put(bars);
  const catalog::State before = store.state();
  for (const catalog::FileRecord& file : before.files) {
    if (file.level != Level::base) continue;
    std::filesystem::rename(store.folder() + "/" + file.path, store.folder() + "/away");
    bars[1].columns["close"][0] = 5;
    const auto out = store.try_put(bars, {.replace = true});
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, ErrorCode::damaged_store);
    EXPECT_NE(out.error().where.find(file.path), std::string::npos);
    std::filesystem::rename(store.folder() + "/away", store.folder() + "/" + file.path);
  }
  EXPECT_EQ(store.state(), before);
  EXPECT_TRUE(store.put(bars, {.replace = true}).changed);
}

}  // namespace
}  // namespace momentum::store
