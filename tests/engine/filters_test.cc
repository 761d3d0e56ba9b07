// Order, selection and counts of what was ranked.

#include "filters.h"

#include "engine/plain_files.h"

namespace momentum::engine {
namespace {

using namespace momentum::engine::testing;
using score::kMissing;
using score::Record;
using score::Status;

Record ok(std::string code, double score, double raw = 50.0, double momentum = 0.1, std::string industry = {}) {
  Record r;
  r.ts_code = std::move(code);
  r.status = Status::ok;
  r.score = score;
  r.score_raw = raw;
  r.momentum_20 = momentum;
  r.industry = std::move(industry);
  return r;
}

Record unscored(std::string code, Status status) {
  Record r;
  r.ts_code = std::move(code);
  r.status = status;
  return r;
}

score::Scan ranked(std::vector<Record> records, const ScanRequest& request = {}, const Filters& filters = {}) {
  score::Scan scan;
  rank(std::move(records), filters, request, scan);
  const auto& s = scan.statistics;
  std::int64_t unranked = 0;
  for (const auto& [status, count] : s.unranked) unranked += count;
  EXPECT_EQ(s.universe, s.ranked + s.filtered + s.delisted + unranked);
  EXPECT_EQ(s.ranked, static_cast<std::int64_t>(scan.results.size()));
  return scan;
}

std::vector<std::string> codes(const std::vector<Record>& records) {
  std::vector<std::string> out;
  for (const auto& record : records) out.push_back(record.ts_code);
  return out;
}

using Codes = std::vector<std::string>;

TEST(Rank, ScoreThenRawThenMomentumThenCode) {
  const auto scan = ranked({ok("F", 70, 69.6, 0.1), ok("E", 70, 69.6, 0.1), ok("D", 70, 69.6, 0.2),
                            ok("C", 70, 70.4, -0.5), ok("B", 71, 70.6, -0.9), ok("A", 5, 5.0, 0.9)});
  EXPECT_EQ(codes(scan.results), (Codes{"B", "C", "D", "E", "F", "A"}));
  EXPECT_EQ(scan.statistics.max_score, 71);
  EXPECT_EQ(scan.statistics.min_score, 5);
  EXPECT_DOUBLE_EQ(scan.statistics.avg_score, (70.0 * 4 + 71 + 5) / 6);
}

TEST(Rank, MissingSortsLastAmongEquals) {
  const auto scan = ranked({ok("A", 70, 70, kMissing), ok("B", 70, 70, kMissing), ok("C", 70, 70, -0.9)});
  EXPECT_EQ(codes(scan.results), (Codes{"C", "A", "B"}));
}

TEST(Rank, EverythingElseIsListedByCodeAndCounted) {
  const auto scan = ranked({unscored("Z", Status::no_bar), ok("M", 50), unscored("B", Status::no_bar),
                            unscored("C", Status::stale), unscored("D", Status::delisted)});
  EXPECT_EQ(codes(scan.unranked), (Codes{"B", "C", "Z"}));
  EXPECT_EQ(scan.statistics.universe, 5);
  EXPECT_EQ(scan.statistics.delisted, 1);
  EXPECT_EQ(scan.statistics.unranked, (std::map<std::string, std::int64_t>{{"no_bar", 2}, {"stale", 1}}));
}

TEST(Rank, DelistedAreListedWhenAskedFor) {
  ScanRequest request;
  request.list_delisted = true;
  const auto scan = ranked({unscored("D", Status::delisted), ok("M", 50)}, request);
  EXPECT_EQ(codes(scan.unranked), Codes{"D"});
  EXPECT_EQ(scan.statistics.delisted, 1);
  EXPECT_TRUE(scan.statistics.unranked.empty());
}

TEST(Rank, MinScoreIsInclusive) {
  ScanRequest request;
  request.min_score = 60;
  const auto scan = ranked({ok("A", 60), ok("B", 59, 59.9), ok("C", 61)}, request);
  EXPECT_EQ(codes(scan.results), (Codes{"C", "A"}));
  EXPECT_EQ(scan.statistics.filtered, 1);
}

TEST(Rank, TopKeepsTheBestAndCountsTheRest) {
  ScanRequest request;
  request.top = 2;
  const auto scan = ranked({ok("A", 60), ok("B", 59), ok("C", 61), unscored("D", Status::stale)}, request);
  EXPECT_EQ(codes(scan.results), (Codes{"C", "A"}));
  EXPECT_EQ(scan.statistics.filtered, 1);
  EXPECT_EQ(scan.statistics.min_score, 60);
  request.min_score = 60;
  request.top = 1;
  EXPECT_EQ(ranked({ok("A", 60), ok("B", 59), ok("C", 61)}, request).statistics.filtered, 2);
  request.min_score = {};
  request.top = 0;
  const auto none = ranked({ok("A", 60)}, request);
  EXPECT_TRUE(none.results.empty());
  EXPECT_EQ(none.statistics.filtered, 1);
  EXPECT_TRUE(std::isnan(none.statistics.avg_score));
}

TEST(Rank, CodesAndIndustriesSelectTogether) {
  Filters filters;
  filters.codes = {"A", "B"};
  filters.industries = {"bank"};
  const auto scan =
      ranked({ok("A", 60, 60, 0, "steel"), ok("B", 59, 59, 0, "bank"), ok("C", 61, 61, 0, "bank")}, {}, filters);
  EXPECT_EQ(codes(scan.results), Codes{"B"});
  EXPECT_EQ(scan.statistics.filtered, 2);
}

class Resolving : public ::testing::Test {
 protected:
  Resolving() {
    Rows rows = series(1, 0, 3);
    for (auto& row : rows) row["industry"] = "银行";
    files_.add("600000.SH", rows);
    for (auto& row : rows) row["industry"] = "钢铁";
    files_.add("000001.SZ", rows);
    files_.add("000001.SH", series(3, 0, 3));
  }
  Result<Filters> resolve(const ScanRequest& request) {
    const auto market = open_market(context(), files_.input(), Frequency::day, nullptr);
    if (!market) return std::unexpected(market.error());
    return resolve_filters(**market, request);
  }
  Files files_;
};

TEST_F(Resolving, AnySpelling) {
  ScanRequest request;
  request.codes = {"sh600000", "SZ.000001", "600000"};
  request.industries = {"钢铁"};
  const auto filters = resolve(request);
  ASSERT_TRUE(filters.has_value());
  EXPECT_EQ(filters->codes, (std::set<std::string>{"600000.SH", "000001.SZ"}));
  EXPECT_EQ(filters->industries, std::set<std::string>{"钢铁"});
}

TEST_F(Resolving, Errors) {
  ScanRequest request;
  request.codes = {"600009"};
  auto filters = resolve(request);
  ASSERT_FALSE(filters.has_value());
  EXPECT_EQ(filters.error().code, ErrorCode::code_not_found);
  EXPECT_NE(filters.error().to_string().find("600000.SH"), std::string::npos);  // the nearest
  request.codes = {"000001"};
  filters = resolve(request);
  EXPECT_EQ(filters.error().code, ErrorCode::ambiguous_code);
  request.codes = {"6/0"};
  EXPECT_EQ(resolve(request).error().code, ErrorCode::bad_code);
  request.codes = {};
  request.industries = {"银"};  // exact, not a part
  filters = resolve(request);
  ASSERT_FALSE(filters.has_value());
  EXPECT_EQ(filters.error().code, ErrorCode::industry_not_found);
  EXPECT_NE(filters.error().remedy.find("银行"), std::string::npos);
}

TEST(ResolvingWithout, DataThatNamesNoIndustrySaysSo) {
  Files files;
  files.add("600000.SH", series(1, 0, 3));
  const auto market = open_market(context(), files.input(), Frequency::day, nullptr);
  ASSERT_TRUE(market.has_value());
  ScanRequest request;
  request.industries = {"银行"};
  const auto filters = resolve_filters(**market, request);
  ASSERT_FALSE(filters.has_value());
  EXPECT_NE(filters.error().remedy.find("no industries"), std::string::npos);
}

}  // namespace
}  // namespace momentum::engine
