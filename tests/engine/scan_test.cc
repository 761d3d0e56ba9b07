// The spine: what a whole scan says, its errors, and what must not change it.

#include "momentum/engine/scan.h"

#include <cmath>

#include "engine/plain_files.h"
#include "engine/same_scan.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;
using score::Record;
using score::Status;

constexpr int kBars = 200;

void add_market(Files& files, int last) {
  for (int i = 0; i < 40; ++i) {
    Rows rows = series(static_cast<std::uint32_t>(i) + 1, i, std::max(0, last - i - (i % 7 == 6 ? 3 : 0)));
    if (i % 5 == 1 && rows.size() > 130) rows[130]["preclose"] = "3.10";
    if (i % 11 == 4 && rows.size() > 90) rows[90]["close"] = "";
    files.add(fmt::format("6000{:02}.SH", i), rows);
  }
}

ScanRequest request_for(const Files& files) {
  ScanRequest request;
  request.input = files.input();
  return request;
}

TEST(Scan, SaysWhatItIs) {
  Files files;
  add_market(files, kBars);
  ScanRequest request = request_for(files);
  request.as_of = weekday(kBars - 1);
  const auto answer = scanned(request);
  EXPECT_EQ(answer.as_of, weekday(kBars - 1));
  EXPECT_EQ(answer.requested_as_of, answer.as_of);
  EXPECT_EQ(answer.profile, "classic");
  EXPECT_EQ(answer.history, "origin");
  EXPECT_EQ(answer.adjust_applied, "front (preclose)");
  EXPECT_GT(answer.numerics, 0);
  EXPECT_EQ(answer.store_snapshot, "");
  EXPECT_FALSE(answer.synthetic);
  EXPECT_EQ(answer.statistics.universe, 40);
  EXPECT_GT(answer.results.size(), 10u);
  std::size_t without_bar = 0;
  for (const auto& record : answer.unranked) without_bar += record.as_of != answer.as_of;
  EXPECT_GT(without_bar, 0u);
  EXPECT_DOUBLE_EQ(answer.coverage, static_cast<double>(40 - without_bar) / 40.0);
}

TEST(Scan, SaysHowItWasAsked) {
  Files files;
  add_market(files, kBars);
  ScanRequest request = request_for(files);
  request.history_days = 250;
  request.adjust = Adjust::none;
  const Date asked = weekday(154) + 1;  // a Saturday
  request.as_of = asked;
  const auto answer = scanned(request);
  EXPECT_EQ(answer.as_of, weekday(154));
  EXPECT_EQ(answer.requested_as_of, asked);
  EXPECT_EQ(answer.notes.size(), 1u);
  EXPECT_EQ(answer.history, "250d");
  EXPECT_EQ(answer.adjust_applied, "none");
}

TEST(Scan, WithoutPrecloseItSaysThatThereAreNoFactors) {
  Files files;
  files.add_without("preclose", "600000.SH", series(1, 0, 150));
  EXPECT_EQ(scanned(files).adjust_applied, "none (no factors)");
}

TEST(Scan, NotYetListedIsNotInTheUniverse) {
  Files files;
  add_market(files, kBars);
  ScanRequest request = request_for(files);
  request.as_of = weekday(20);
  const auto answer = scanned(request);
  EXPECT_EQ(answer.statistics.universe, 21);
  for (const auto& record : answer.unranked) EXPECT_LE(record.first_bar, weekday(20));
}

TEST(Scan, SyntheticBarsAreMarked) {
  Files files;
  std::string text = "# SYNTHETIC\ndate,open,high,low,close,volume\n";
  for (const auto& row : series(1, 0, 130))
    text += fmt::format("{},{},{},{},{},{}\n", row.at("date"), row.at("open"), row.at("high"), row.at("low"),
                        row.at("close"), row.at("volume"));
  files.add_text("600000.SH.csv", text);
  const auto answer = scanned(files);
  EXPECT_TRUE(answer.synthetic);
  ASSERT_EQ(answer.results.size(), 1u);
  EXPECT_TRUE(answer.results[0].synthetic);
}

TEST(Scan, NothingLaterChangesIt) {
  Files whole;
  add_market(whole, kBars);
  for (const int day : {130, 150, 180}) {
    ScanRequest request = request_for(whole);
    request.as_of = weekday(day);
    const auto as_of = scanned(request);
    EXPECT_GT(as_of.statistics.universe, 30);
    Files cut;
    for (int i = 0; i < 40; ++i) {
      Rows rows = series(static_cast<std::uint32_t>(i) + 1, i, std::max(0, kBars - i - (i % 7 == 6 ? 3 : 0)));
      if (i % 5 == 1 && rows.size() > 130) rows[130]["preclose"] = "3.10";
      if (i % 11 == 4 && rows.size() > 90) rows[90]["close"] = "";
      rows.resize(std::min(rows.size(), static_cast<std::size_t>(day - i + 1)));
      cut.add(fmt::format("6000{:02}.SH", i), rows);
    }
    request.input = cut.input();
    expect_same(scanned(request), as_of);
  }
}

TEST(Scan, NeitherThreadsNorSimdNorCompanionsChangeIt) {
  Files files;
  add_market(files, kBars);
  ScanRequest request = request_for(files);
  request.as_of = weekday(kBars - 1);
  const auto one = scanned(request, 1);
  expect_same(scanned(request, 2), one);
  Context scalar = context();
  scalar.simd = SimdLevel::scalar;
  const auto reference = scan(scalar, request);
  ASSERT_TRUE(reference.has_value());
  expect_same(*reference, one);

  Files few;  // with one other for the sessions
  few.add("600000.SH", series(1, 0, kBars));
  Rows rows = series(12, 11, kBars - 11);
  rows[130]["preclose"] = "3.10";
  few.add("600011.SH", rows);
  request.input = few.input();
  expect_same(record_of(scanned(request), "600011.SH"), record_of(one, "600011.SH"));
}

TEST(Scan, FiltersChangeNoScoreAndNoOrder) {
  Files files;
  add_market(files, kBars);
  ScanRequest request = request_for(files);
  request.as_of = weekday(kBars - 1);
  const auto whole = scanned(request);
  ASSERT_GT(whole.results.size(), 5u);
  request.codes = {whole.results[1].ts_code, whole.results[4].ts_code};
  const auto picked = scanned(request);
  ASSERT_EQ(picked.results.size(), 2u);
  expect_same(picked.results[0], whole.results[1]);
  expect_same(picked.results[1], whole.results[4]);
  EXPECT_EQ(picked.unranked.size(), whole.unranked.size());
  EXPECT_EQ(picked.statistics.universe, whole.statistics.universe);
  EXPECT_EQ(picked.statistics.filtered, whole.statistics.ranked - 2);
}

TEST(Scan, GivesTheAccountOfReading) {
  Files files;
  Rows rows = series(1, 0, 130);
  rows[3]["high"] = "0.01";
  files.add("600000.SH", rows);
  InputReport report;
  ASSERT_TRUE(scan(context(), request_for(files), &report).has_value());
  EXPECT_EQ(report.dialect, "plain");
  EXPECT_EQ(report.summary.rows_in, 130);
  ASSERT_EQ(report.quarantine.size(), 1u);
  EXPECT_EQ(report.quarantine[0].line, 5);
}

TEST(Scan, UnknownProfileNamesThoseThereAre) {
  ScanRequest request;  // said before anything is read
  request.profile = "modern";
  const auto answer = scan(context(), request);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::bad_value);
  EXPECT_NE(answer.error().what.find("modern"), std::string::npos);
  EXPECT_NE(answer.error().remedy.find("classic"), std::string::npos);
}

TEST(Scan, Errors) {
  Files files;
  files.add("600000.SH", series(1, 0, 130));
  const auto code_of = [&](auto change) {
    ScanRequest request = request_for(files);
    change(request);
    const auto answer = scan(context(), request);
    return answer ? ErrorCode::internal : answer.error().code;
  };
  EXPECT_EQ(code_of([](auto& r) { r.top = -1; }), ErrorCode::bad_value);
  EXPECT_EQ(code_of([](auto& r) { r.history_days = 0; }), ErrorCode::bad_value);
  EXPECT_EQ(code_of([](auto& r) { r.as_of = weekday(130); }), ErrorCode::session_not_found);
  EXPECT_EQ(code_of([](auto& r) { r.as_of = weekday(0) - 7; }), ErrorCode::session_not_found);
  EXPECT_EQ(code_of([](auto& r) { r.codes = {"600009"}; }), ErrorCode::code_not_found);
  EXPECT_EQ(code_of([](auto& r) { r.industries = {"银行"}; }), ErrorCode::industry_not_found);
  EXPECT_EQ(code_of([](auto& r) { r.input.files = {r.input.files[0] + "/none.csv"}; }), ErrorCode::file_not_found);
}

TEST(Scan, ACancelledScanIsInterrupted) {
  Files files;
  files.add("600000.SH", series(1, 0, 130));
  CancelToken token;
  token.cancel();
  Context ctx = context();
  ctx.cancel = &token;
  const auto answer = scan(ctx, request_for(files));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace momentum::engine
