#include "momentum/engine/import.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "market.h"
#include "momentum/panel/adjustment.h"
#include "momentum/sources/bar_reader.h"
#include "stored_days.h"
#include "stores.h"

namespace momentum::engine::testing {
namespace {

using catalog::DatedText;

// 20 bars of which the eleventh opens after a cash payment: its previous close is not the close before.
Rows with_ex_date(int first = 0) {
  Rows rows = series(1, first, 20);
  rows[10]["preclose"] = "9.10";
  return rows;
}

Rows cut(const Rows& rows, std::size_t begin, std::size_t end) {
  return {rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::vector<std::int32_t> numbers(const std::vector<Date>& days) {
  const auto span = day_numbers(days);
  return {span.begin(), span.end()};
}

TEST(Import, EveryRowIsAccountedFor) {
  Files files;
  Rows rows = with_ex_date();
  rows[3]["close"] = "-1";
  rows.push_back(rows[4]);
  rows.push_back(suspended(25));
  files.add("600000.SH", rows);
  const Store store;
  const ImportReport report = store.import(files);
  EXPECT_EQ(report.summary.rows_in, 22);
  EXPECT_EQ(report.stored, 19);
  EXPECT_EQ(report.summary.quarantined, 1);
  EXPECT_EQ(report.summary.duplicates, 1);
  EXPECT_EQ(report.summary.suspensions, 1);
  EXPECT_EQ(report.new_instruments, 1);
  EXPECT_TRUE(report.made_store && report.changed && report.accounted);
  const auto record = store.record("600000.SH");
  EXPECT_EQ(record.suspended, (std::vector{weekday(25)}));
  EXPECT_EQ(record.quarantined, (std::vector{weekday(3)}));
  EXPECT_EQ(record.price_basis, (std::vector<DatedText>{{weekday(0), "raw"}}));
  EXPECT_EQ(store.state().coverage[0], (catalog::Coverage{weekday(0), weekday(19), 19}));
  EXPECT_EQ(store.state().info.tool_version, "");
}

TEST(Import, FactorsAreThoseOfTheFiles) {
  Files files;
  files.add("600000.SH", with_ex_date());
  const Store store;
  store.import(files);
  const double before = number(with_ex_date()[9].at("close"));
  EXPECT_EQ(store.record("600000.SH").factors,
            (std::vector<catalog::FactorEvent>{{.day = weekday(10), .ratio = before / 9.10, .link = true}}));
}

TEST(Import, InPartsAndInAnyOrderItIsTheSame) {
  const Rows rows = with_ex_date();
  const auto events = [&](const std::vector<std::pair<std::size_t, std::size_t>>& parts) {
    const Store store;
    for (const auto& [begin, end] : parts) {
      Files files;
      files.add("600000.SH", cut(rows, begin, end));
      store.import(files);
    }
    EXPECT_EQ(store.state().coverage[0].bars, 20);
    return store.record("600000.SH");
  };
  const auto whole = events({{0, 20}});
  EXPECT_EQ(events({{0, 10}, {10, 20}}), whole);
  EXPECT_EQ(events({{0, 11}, {11, 20}}), whole);
  EXPECT_EQ(events({{0, 5}, {3, 20}}), whole);
  EXPECT_EQ(events({{10, 20}, {0, 10}}), whole);
  EXPECT_EQ(events({{0, 9}, {11, 20}, {9, 11}}), whole);
}

TEST(Import, OlderBarsAreNamed) {
  const Store store;
  Files late, early;
  late.add("600000.SH", cut(with_ex_date(), 5, 20));
  early.add("600000.SH", with_ex_date());
  EXPECT_TRUE(store.import(late).prepended.empty());
  EXPECT_EQ(store.import(early).prepended, (std::vector{Instrument{"600000", momentum::Market::SH}}));
}

TEST(Import, NamesAndIndustriesByDate) {
  Rows rows = series(1, 0, 4);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i]["name"] = i < 2 ? "ST甲" : "甲";
  rows[1]["industry"] = "银行";
  Files files;
  files.add("600000.SH", rows);
  const Store store;
  store.import(files);
  EXPECT_EQ(store.record("600000.SH").names, (std::vector<DatedText>{{weekday(0), "ST甲"}, {weekday(2), "甲"}}));
  EXPECT_EQ(store.record("600000.SH").industries, (std::vector<DatedText>{{weekday(1), "银行"}}));
  // A stored bar keeps its name; a new one brings its own.
  for (Row& row : rows) row["name"] = "乙";
  Row next = series(1, 0, 5).back();
  next["name"] = "丙";
  rows.push_back(next);
  Files more;
  more.add("600000.SH", rows);
  store.import(more);
  const std::vector<DatedText> kept{{weekday(0), "ST甲"}, {weekday(2), "甲"}, {weekday(4), "丙"}};
  EXPECT_EQ(store.record("600000.SH").names, kept);
  ImportRequest replacing = store.request(more);
  replacing.replace = true;
  store.import(replacing);
  EXPECT_EQ(store.record("600000.SH").names, (std::vector<DatedText>{{weekday(0), "乙"}, {weekday(4), "丙"}}));
}

TEST(Import, ABarThatDiffersIsKeptOrReplaced) {
  const Store store;
  Files files, other;
  files.add("600000.SH", with_ex_date());
  store.import(files);
  Rows rows = with_ex_date();
  rows[9]["close"] = rows[9]["low"];
  other.add("600000.SH", rows);
  const auto before = store.state();
  ImportRequest request = store.request(other);
  const ImportReport kept = store.import(request);
  EXPECT_EQ(kept.conflicting, 1);
  EXPECT_EQ(kept.known, 19);
  EXPECT_FALSE(kept.changed);
  ASSERT_EQ(kept.contradicted.size(), 1u);
  EXPECT_EQ(kept.contradicted[0].day, weekday(9));
  EXPECT_EQ(store.state(), before);
  request.replace = true;
  const ImportReport replaced = store.import(request);
  EXPECT_EQ(replaced.corrected, 1);
  // the factor of the day after follows the corrected close
  EXPECT_EQ(store.record("600000.SH").factors[0].ratio, number(rows[9]["low"]) / 9.10);
}

TEST(Import, ALaterDialectChangesNoOldFactor) {
  Rows rows = with_ex_date();
  rows.erase(rows.begin() + 8, rows.begin() + 10);  // plain does not know why: unverified
  Files files;
  files.add("600000.SH", rows);
  files.add("600001.SH", series(2, 0, 20));  // which makes the missing days sessions
  const Store store;
  store.import(files);
  const auto before = store.record("600000.SH").factors;
  ASSERT_EQ(before.size(), 1u);
  EXPECT_TRUE(before[0].unverified);
  Files later;
  later.add_text("600000.SH.csv",
                 "ts_code,trade_date,open,high,low,close,pre_close,vol,amount\n"
                 "600000.SH," +
                     to_string(weekday(21)) + ",10,10,10,10," + rows.back()["close"] + ",1,1\n");
  store.import(later);
  EXPECT_EQ(store.record("600000.SH").factors, before);
  EXPECT_TRUE(store.record("600000.SH").gaps_are_suspensions);
}

TEST(Import, SuspensionsOfALaterCallVerifyAJump) {
  Rows rows = with_ex_date();
  rows.erase(rows.begin() + 8, rows.begin() + 10);
  Files files, later;
  files.add("600000.SH", rows);
  files.add("600001.SH", series(2, 0, 20));
  later.add("600000.SH", {suspended(8), suspended(9)});
  const Store store;
  store.import(files);
  EXPECT_TRUE(store.record("600000.SH").factors.at(0).unverified);
  store.import(later);
  EXPECT_TRUE(store.record("600000.SH").factors.at(0).link);
}

std::string baostock(int first, int count, int adjustflag, const std::string& close = "10") {
  std::string text = "date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,isST\n";
  for (int i = first; i < first + count; ++i)
    text += fmt::format("{},sh.600000,{},{},{},{},10,100,1000,{},1,1,0\n", to_string(weekday(i)), close, close, close,
                        close, adjustflag);
  return text;
}

TEST(Import, FrontAdjustedBarsAreNeverAppended) {
  const Store store;
  Files first, grown, whole;
  first.add_text("a.csv", baostock(0, 5, 2));
  grown.add_text("a.csv", baostock(3, 5, 2));
  whole.add_text("a.csv", baostock(0, 8, 2, "9"));
  store.import(first);
  EXPECT_FALSE(store.import(first).changed);
  const Error error = store.refusal(store.request(grown));
  EXPECT_EQ(error.code, ErrorCode::unreadable_data);
  EXPECT_NE(error.remedy.find("--on-conflict replace"), std::string::npos);
  EXPECT_EQ(store.state().coverage[0].bars, 5);
  ImportRequest request = store.request(whole);
  request.replace = true;
  EXPECT_EQ(store.import(request).corrected, 5);
  EXPECT_EQ(store.record("600000.SH").price_basis, (std::vector<DatedText>{{weekday(0), "front"}}));
}

TEST(Import, ThePriceBasisIsKeptByRange) {
  const Store store;
  Files back, raw;
  back.add_text("a.csv", baostock(0, 5, 1, "30"));
  raw.add_text("a.csv", baostock(5, 5, 3));
  store.import(back);
  store.import(raw);
  const auto record = store.record("600000.SH");
  EXPECT_EQ(record.price_basis, (std::vector<DatedText>{{weekday(0), "back"}, {weekday(5), "raw"}}));
  EXPECT_TRUE(record.factors.empty());  // 30 to 10 is a change of basis and no dividend
}

TEST(Import, SessionsOfEachGroup) {
  Files files;
  files.add("600000.SH", series(1, 0, 5));
  files.add("000001.SZ", series(2, 1, 5));
  files.add("AAPL.US", series(3, 2, 2));
  const Store store;
  store.import(files);
  const auto sessions = store.state().sessions;
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].market, "a");
  EXPECT_EQ(sessions[0].bars, (std::vector<std::int32_t>{1, 2, 2, 2, 2, 1}));
  EXPECT_EQ(numbers(sessions[1].days), (std::vector{weekday(2).days, weekday(3).days}));
  Files more;
  more.add("000001.SZ", series(2, 1, 6));
  store.import(more);
  EXPECT_EQ(store.state().sessions[0].bars, (std::vector<std::int32_t>{1, 2, 2, 2, 2, 1, 1}));
  EXPECT_EQ(store.state().sessions[1], sessions[1]);
}

TEST(Import, AnInstrumentWithoutABarIsKnown) {
  Files files;
  Rows rows = series(1, 0, 1);
  rows[0]["close"] = "-1";
  files.add("600000.SH", rows);
  files.add("600001.SH", {suspended(0)});
  const Store store;
  store.import(files);
  EXPECT_EQ(store.record("600000.SH").quarantined, (std::vector{weekday(0)}));
  EXPECT_EQ(store.record("600001.SH").suspended, (std::vector{weekday(0)}));
  // a bar of that day is more than a record of it
  Files bars;
  bars.add("600000.SH", series(1, 0, 2));
  bars.add("600001.SH", series(1, 0, 2));
  store.import(bars);
  EXPECT_TRUE(store.record("600000.SH").quarantined.empty());
  EXPECT_TRUE(store.record("600001.SH").suspended.empty());
}

// A store that knows 920047.BJ, which was 430047.BJ up to weekday(4), and nothing else of it.
void learn_alias(const Store& store) {
  Files facts;
  facts.add_text("a.csv",
                 fmt::format("code,alias_of,to\n920047.BJ,,\n430047.BJ,920047.BJ,{}\n", to_string(weekday(4))));
  ImportRequest request = store.request(facts);
  request.kind = "instruments";
  EXPECT_EQ(store.import(request).stored, 2);
}

TEST(Import, TwoCodesOfOneInstrumentOneAfterTheOther) {
  const Store store, other;
  learn_alias(store);
  Rows rows = series(1, 0, 10);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i]["name"] = i < 3 ? "甲" : "乙";
  Files both, one;
  both.add("920047.BJ", cut(rows, 5, 10));
  both.add("430047.BJ", cut(rows, 0, 5));
  EXPECT_EQ(store.import(both).stored, 10);
  one.add("920047.BJ", rows);
  other.import(one);
  auto merged = store.record("920047.BJ"), whole = other.record("920047.BJ");
  EXPECT_EQ(merged.names, (std::vector<DatedText>{{weekday(0), "甲"}, {weekday(3), "乙"}}));
  merged.aliases.clear();
  EXPECT_EQ(merged, whole);
  EXPECT_EQ(store.state().instruments.size(), 1u);
  EXPECT_EQ(store.state().coverage, other.state().coverage);
}

TEST(Import, TwoCodesOfOneInstrumentForTheSameDays) {
  const Store store;
  learn_alias(store);
  Files both;
  both.add("920047.BJ", series(1, 0, 5));
  both.add("430047.BJ", series(1, 0, 5));
  const Error error = store.refusal(store.request(both));
  EXPECT_EQ(error.code, ErrorCode::unreadable_data);
  EXPECT_NE(error.where.find("430047.BJ"), std::string::npos);
}

TEST(Import, ACancelledCallLeavesTheStoreAsItWas) {
  const Store store;
  Files files, more;
  files.add("600000.SH", series(1, 0, 5));
  store.import(files);
  more.add("600000.SH", series(1, 0, 9));
  CancelToken token;
  token.cancel();
  Context ctx = context();
  ctx.cancel = &token;
  ImportReport report;
  const auto done = import_files(ctx, store.request(more), report);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::interrupted);
  EXPECT_EQ(store.state().coverage[0].bars, 5);
}

// What a scan of the same files derives.
TEST(Import, RealFilesGiveTheFactorsOfAScan) {
  const std::string folder = std::string(MOMENTUM_SOURCE_DIR) + "/../shared/data/a_share/sample_csv";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  const Store store;
  ImportRequest request;
  request.store = store.path();
  request.files = {folder};
  store.import(request);
  const auto set = sources::read_bars(context(), request.files, {});
  ASSERT_TRUE(set) << set.error().to_string();
  std::vector<Bars> bars;
  std::vector<std::span<const std::int32_t>> dates;
  for (const auto& instrument : set->instruments) {
    bars.push_back(*bars_from_arrow(instrument.bars));
    dates.push_back(bars.back().dates);
  }
  const auto sessions = panel::infer_sessions(dates);
  std::size_t events = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto& source = set->instruments[i];
    const auto expected = panel::derive_factors({.dates = bars[i].dates,
                                                 .close = bars[i].close,
                                                 .preclose = bars[i].preclose,
                                                 .sessions = sessions,
                                                 .suspended = day_numbers(source.suspended),
                                                 .quarantined = day_numbers(source.quarantined),
                                                 .gaps_are_suspensions = set->gaps_are_suspensions,
                                                 .factors_from = set->factors_from});
    const auto record = store.record(to_string(source.id));
    std::vector<Date> links, unverified;
    double factor = 1;
    std::vector<double> factors(bars[i].dates.size(), 1.0);
    std::size_t row = 0;
    for (const auto& event : record.factors) {
      (event.link ? links : unverified).push_back(event.day);
      while (bars[i].dates[row] < event.day.days) factors[row++] = factor;
      if (event.link) factor = factor * event.ratio;
    }
    for (; row < factors.size(); ++row) factors[row] = factor;
    EXPECT_EQ(links, expected.links) << to_string(source.id);
    EXPECT_EQ(unverified, expected.unverified) << to_string(source.id);
    EXPECT_EQ(factors, expected.factor) << to_string(source.id);
    events += links.size();
  }
  EXPECT_GT(events, 100u);
}

}  // namespace
}  // namespace momentum::engine::testing
