#include "momentum/store/batch_reader.h"

#include <algorithm>

#include "market_store.h"
#include "momentum/base/parallel.h"

namespace momentum::store {
namespace {

using Columns = std::vector<std::string>;

const Columns kAll = {"open", "high", "low", "close", "volume", "amount", "turnover", "preclose"};

Context threads(int count) {
  Context ctx;
  ctx.threads = count;
  return ctx;
}

class Reading : public ::testing::Test {
 protected:
  BarsReader open(const Plan& plan) const {
    auto reader = BarsReader::open(Context{}, store_.folder(), store_.market(), plan);
    if (!reader) throw std::runtime_error(reader.error().to_string());
    return *std::move(reader);
  }
  Error error_of(const Plan& plan) const {
    const auto reader = BarsReader::open(Context{}, store_.folder(), store_.market(), plan);
    if (!reader) return reader.error();
    for (const Batch& batch : plan.batches) {
      const auto bars = reader->read(batch);
      if (!bars) return bars.error();
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  // Whether any file that has bars of the instrument in these days has the column, from what MarketStore says of itself.
  static bool has(std::string_view column, catalog::InstrumentId id, Date first, Date last) {
    const bool base = id != 6 && id != 7 && id != 18 && (!first.has_value() || first <= day(2022, 12, 31));
    const bool year = id != 5 && id != 18 && (!first.has_value() || first <= day(2024, 11, 30)) &&
                      (!last.has_value() || last >= day(2023, 1, 1));
    if (column == "amount") return (base && id % 2 == 0) || year;
    if (column == "turnover") return year;
    return column != "preclose";
  }
  static bool in_a_file_with(std::string_view column, catalog::InstrumentId id, std::int32_t on) {
    if (column == "amount") return on < day(2023, 1, 1).days ? id % 2 == 0 : on < day(2024, 12, 1).days;
    if (column == "turnover") return on >= day(2023, 1, 1).days && on < day(2024, 12, 1).days;
    return true;
  }

  // Every bar of the store and nothing else.
  void expect_right(const SeriesBars& series, const Need& need) {
    std::vector<std::int32_t> days;
    for (const std::int32_t on : store_.days_of(series.id)) {
      if ((need.first.has_value() && on < need.first.days) || (need.last.has_value() && on > need.last.days)) continue;
      days.push_back(on);
    }
    ASSERT_TRUE(std::ranges::equal(series.dates, days)) << series.id;
    ASSERT_EQ(series.columns.size(), need.columns.size());
    for (std::size_t c = 0; c < need.columns.size(); ++c) {
      const std::string& column = need.columns[c];
      if (!has(column, series.id, need.first, need.last)) {
        ASSERT_TRUE(series.columns[c].empty()) << series.id << " " << column;
        continue;
      }
      const auto latest = need.latest_rows.find(column);
      const std::size_t left_out =
          latest == need.latest_rows.end() || days.size() <= static_cast<std::size_t>(latest->second)
              ? 0
              : days.size() - static_cast<std::size_t>(latest->second);
      ASSERT_EQ(series.columns[c].size(), days.size() - left_out) << series.id << " " << column;
      for (std::size_t k = left_out; k < days.size(); ++k) {
        const double got = series.columns[c][k - left_out];
        const double expected = in_a_file_with(column, series.id, days[k]) ? value_of(column, series.id, days[k])
                                                                           : std::numeric_limits<double>::quiet_NaN();
        ASSERT_TRUE(got == expected || (std::isnan(got) && std::isnan(expected)))
            << series.id << " " << column << " " << to_string(Date{days[k]}) << ": " << got << ", not " << expected;
      }
    }
  }

  // Reads all batches, checks every number, returns the instruments in the plan's order.
  std::vector<catalog::InstrumentId> expect_right(const Need& need, std::int64_t rows_per_batch = 4000) {
    const Plan made = plan(store_.market(), need, {.rows_per_batch = rows_per_batch}).value();
    const BarsReader reader = open(made);
    std::vector<catalog::InstrumentId> ids;
    for (const Batch& batch : made.batches) {
      const auto bars = reader.read(batch);
      if (!bars) throw std::runtime_error(bars.error().to_string());
      EXPECT_EQ(bars->series.size(), batch.instruments.size());
      for (const SeriesBars& series : bars->series) {
        expect_right(series, need);
        ids.push_back(series.id);
      }
    }
    return ids;
  }

  MarketStore store_;
};

TEST_F(Reading, EveryNumberInBatchesOfEverySize) {
  for (const std::int64_t rows : {1, 1000, 4000, 1'000'000}) {
    EXPECT_EQ(expect_right({.columns = kAll}, rows).size(), 19U) << rows;
  }
}

TEST_F(Reading, NoColumnsAreDatesOnly) { EXPECT_EQ(expect_right({}).size(), 19U); }

TEST_F(Reading, AColumnTwice) { EXPECT_EQ(expect_right({.columns = {"close", "close"}}).size(), 19U); }

TEST_F(Reading, DaysAreCut) {
  const Date none;
  for (const auto& [first, last] :
       {std::pair{day(2021, 3, 4), none}, std::pair{none, day(2021, 3, 4)},
        std::pair{day(2022, 6, 1), day(2024, 12, 5)}, std::pair{day(2020, 2, 2), day(2020, 2, 2)},
        std::pair{day(2024, 12, 7), day(2024, 12, 9)}, std::pair{day(2018, 1, 1), day(2024, 12, 31)}}) {
    expect_right({.columns = kAll, .first = first, .last = last});
  }
}

TEST_F(Reading, LastRowsOfSomeColumns) {
  const Date none;
  for (const auto& [first, last] : {std::pair{none, none}, std::pair{none, day(2023, 6, 1)},
                                    std::pair{day(2022, 12, 1), day(2023, 2, 1)}, std::pair{day(2024, 12, 20), none}})
    for (const std::int64_t rows : {std::int64_t{1}, std::int64_t{30}, std::int64_t{500}, kAllRows}) {
      const Need need{.columns = kAll,
                      .latest_rows = {{"open", rows}, {"amount", 1}, {"turnover", rows}, {"preclose", 2}},
                      .first = first,
                      .last = last};
      for (const std::int64_t in_batch : {1, 4000, 1'000'000}) expect_right(need, in_batch);
    }
}

TEST_F(Reading, DaysOnWhichAnInstrumentRests) {
  const Date rest = trades(8, day(2020, 2, 2)) ? day(2020, 2, 2) : day(2020, 2, 3);
  for (Date on = rest; on < rest + 5; on = on + 1) {
    EXPECT_EQ(expect_right({.columns = kAll, .first = on, .last = on, .instruments = {8}}), (std::vector{8}));
  }
}

TEST_F(Reading, SomeInstruments) {
  EXPECT_EQ(expect_right({.columns = kAll, .instruments = {12}}), (std::vector{12}));
  EXPECT_EQ(expect_right({.columns = kAll, .instruments = {3, 4, 18}}), (std::vector{4, 3, 18}));
  EXPECT_EQ(expect_right({.columns = kAll, .first = day(2023, 5, 1), .instruments = {5, 6}}), (std::vector{6}));
}

TEST_F(Reading, AnEmptyPlan) {
  const TestStore empty;
  const catalog::State state = empty.state();
  EXPECT_TRUE(BarsReader::open(Context{}, empty.folder(), state, plan(state, {.columns = kAll}).value()));
}

TEST_F(Reading, OnManyThreads) {
  const Need need{.columns = kAll};
  const Plan made = plan(store_.market(), need, {.rows_per_batch = 1000}).value();
  const BarsReader reader = open(made);
  for (int round = 0; round < 3; ++round) {
    std::vector<BatchBars> all(made.batches.size());
    const auto done = parallel_for(threads(4), all.size(), [&](std::size_t b) -> Result<void> {
      MOMENTUM_TRY(all[b], reader.read(made.batches[b]));
      return {};
    });
    ASSERT_TRUE(done) << done.error().to_string();
    for (const BatchBars& bars : all) {
      for (const SeriesBars& series : bars.series) expect_right(series, need);
    }
  }
}

TEST_F(Reading, ABatchAgainAndAgain) {
  const Need need{.columns = kAll};
  const Plan made = plan(store_.market(), need, {.rows_per_batch = 4000}).value();
  const BarsReader reader = open(made);
  for (int round = 0; round < 20; ++round) {
    const BatchBars bars = reader.read(made.batches[1]).value();
    for (const SeriesBars& series : bars.series) expect_right(series, need);
  }
}

TEST_F(Reading, BarsOutliveTheirReader) {
  const Need need{.columns = kAll};
  const Plan made = plan(store_.market(), need).value();
  const BatchBars bars = open(made).read(made.batches[0]).value();
  for (const SeriesBars& series : bars.series) expect_right(series, need);
}

TEST_F(Reading, AnExtentOverTwoRowGroups) {
  TestStore store(2);
  const std::vector<std::vector<Part>> groups = {
      {{0, day(2020, 1, 1), day(2020, 6, 30)}},
      {{0, day(2020, 7, 1), day(2020, 9, 30)}, {1, day(2020, 1, 1), day(2020, 6, 30)}},
      {{1, day(2020, 7, 1), day(2020, 9, 30)}}};
  store.add("data/a", catalog::Level::base, 0, groups);
  const catalog::State state = store.commit();
  const Plan made = plan(state, {.columns = {"close"}}).value();
  const BatchBars bars = BarsReader::open(Context{}, store.folder(), state, made).value().read(made.batches[0]).value();
  ASSERT_EQ(bars.series.size(), 2U);
  for (const SeriesBars& series : bars.series) {
    EXPECT_EQ(store.state().files[0].extents[static_cast<std::size_t>(series.id)].rows,
              static_cast<std::int64_t>(series.dates.size()));
    EXPECT_TRUE(std::ranges::equal(series.dates, store.days_of(series.id)));
    for (std::size_t k = 0; k < series.dates.size(); ++k) {
      const double expected = value_of("close", series.id, series.dates[k]), got = series.columns[0][k];
      ASSERT_TRUE(got == expected || (std::isnan(got) && std::isnan(expected))) << k;
    }
  }
}

TEST_F(Reading, DamagedFilesAreNamed) {
  const std::string path = "data/year-1-1.parquet";
  const Plan made = plan(store_.market(), {.columns = {"close"}}, {.rows_per_batch = 4000}).value();
  const std::string whole = store_.bytes(path);
  const auto expect_damage = [&](std::string_view why) {
    const Error error = error_of(made);
    EXPECT_EQ(error.code, ErrorCode::damaged_store) << error.to_string();
    EXPECT_EQ(error.where, store_.path(path)) << why;
    EXPECT_NE(error.remedy.find("from a copy of the store"), std::string::npos) << error.remedy;
  };
  const catalog::RowGroupRecord& place = store_.market().files[store_.file(path)].row_groups[1];
  std::size_t damaged = 0;
  for (std::int64_t at = place.offset; at < place.offset + place.bytes; at += 331) {
    store_.flip(path, at);
    const auto reader = BarsReader::open(Context{}, store_.folder(), store_.market(), made);
    ASSERT_TRUE(reader) << reader.error().to_string();  // the footer is whole
    for (const Batch& batch : made.batches) {
      const auto bars = reader->read(batch);
      if (bars) continue;
      ++damaged;
      EXPECT_EQ(bars.error().code, ErrorCode::damaged_store);
      EXPECT_EQ(bars.error().where, store_.path(path));
    }
    store_.write(path, whole);
  }
  EXPECT_GT(damaged, 0U);  // in other columns than these nothing is decoded, and nothing found
  store_.write(path, whole.substr(0, whole.size() / 2));
  expect_damage("cut");
  store_.write(path, store_.bytes("data/year-0-1.parquet"));
  expect_damage("another one");
  std::filesystem::remove(store_.path(path));
  expect_damage("gone");
  EXPECT_EQ(error_of(made).what, "damaged data file (it is gone)");
}

TEST_F(Reading, FilesThatThePlanDoesNotNameAreNotOpened) {
  std::filesystem::remove(store_.path("data/year-1-1.parquet"));
  expect_right({.columns = kAll, .instruments = {0, 2, 4}});
  expect_right({.columns = kAll, .first = {}, .last = day(2020, 1, 1)});
}

TEST_F(Reading, DaysThatAreNotThoseOfTheCatalog) {
  const std::uint32_t base = store_.file("data/base-0-1.parquet");
  const Plan made = plan(store_.market(), {.columns = {"close"}, .instruments = {2}}).value();
  const auto error_with = [&](auto&& change) {
    Plan changed = made;
    change(changed.batches[0].instruments[0]);
    return error_of(changed);
  };
  for (const Error& error : {error_with([](PlannedInstrument& one) { one.first = one.first + 1; }),
                             error_with([](PlannedInstrument& one) { one.last = one.last - 1; }),
                             error_with([](PlannedInstrument& one) { std::swap(one.pieces[0], one.pieces[1]); })}) {
    EXPECT_EQ(error.code, ErrorCode::damaged_store);
    EXPECT_NE(error.what.find("the days of instrument 2"), std::string::npos) << error.what;
  }
  EXPECT_EQ(error_with([](PlannedInstrument& one) { one.last = one.last - 1; }).where,
            store_.path(store_.market().files[base].path));
}

TEST_F(Reading, AnInterruptedOpen) {
  CancelToken cancel;
  cancel.cancel();
  Context ctx;
  ctx.cancel = &cancel;
  const auto reader =
      BarsReader::open(ctx, store_.folder(), store_.market(), plan(store_.market(), {.columns = kAll}).value());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::interrupted);
}

TEST_F(Reading, TooLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer ends the program instead of throwing bad_alloc";
#endif
  Plan made = plan(store_.market(), {.columns = {"close"}}).value();
  const BarsReader reader = open(made);
  made.batches[0].rows = std::int64_t{1} << 50;
  const auto bars = reader.read(made.batches[0]);
  ASSERT_FALSE(bars);
  EXPECT_EQ(bars.error().code, ErrorCode::out_of_memory);
}

}  // namespace
}  // namespace momentum::store
