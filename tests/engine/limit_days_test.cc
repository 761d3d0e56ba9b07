#include "limit_days.h"

#include <gtest/gtest.h>

#include "stores.h"

namespace momentum::engine::testing {
namespace {

using catalog::DayLimits;
using catalog::PriceLimit;

constexpr Decimal yuan(int n) { return {n * Decimal::kOne}; }

// A store of 600000.SH (0) and 600001.SH (1).
class LimitRows : public ::testing::Test {
 protected:
  LimitRows() {
    Files bars;
    for (const char* code : {"600000.SH", "600001.SH"}) bars.add(code, series(1, 0, 5));
    store_.import(bars);
  }
  ImportReport import(const std::string& lines, bool replace = false) const {
    Files file;
    file.add_text("l.csv", "code,date,up,down\n" + lines);
    ImportRequest request = store_.request(file);
    request.kind = "limits";
    request.replace = replace;
    return store_.import(request);
  }
  std::vector<DayLimits> stored() const {
    const auto catalog = catalog::Catalog::open(store_.path()).value();
    return catalog.limits(catalog.load()->snapshot.id, {}, {}).value();
  }
  Store store_;
};

TEST_F(LimitRows, TheSameTwiceIsNothingNew) {
  const std::string lines = "600000.SH,2024-01-02,11,9\n600001.SH,2024-01-02,,\n600000,2024-01-03,12,10\n";
  const ImportReport first = import(lines);
  EXPECT_EQ(first.stored, 3);
  EXPECT_TRUE(first.changed);
  const std::vector<DayLimits> all{{weekday(1), {{0, yuan(11), yuan(9)}, {1, {}, {}}}},
                                   {weekday(2), {{0, yuan(12), yuan(10)}}}};
  EXPECT_EQ(stored(), all);
  const ImportReport again = import(lines);
  EXPECT_EQ(again.known, 3);
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.snapshot, first.snapshot);
  EXPECT_EQ(stored(), all);
}

TEST_F(LimitRows, AnotherOneIsKeptOrReplacedAsTold) {
  import("600000.SH,2024-01-02,11,9\n600001.SH,2024-01-02,5,4\n");
  const std::string lines = "600000.SH,2024-01-02,11,8\n600001.SH,2024-01-03,6,5\n";
  const ImportReport kept = import(lines);
  EXPECT_EQ(kept.conflicting, 1);
  EXPECT_EQ(kept.stored, 1);
  ASSERT_EQ(kept.contradicted.size(), 1u);
  EXPECT_EQ(to_string(kept.contradicted[0].code), "600000.SH");
  EXPECT_EQ(stored()[0].limits[0].down, yuan(9));
  const ImportReport replaced = import(lines, true);
  EXPECT_EQ(replaced.corrected, 1);
  EXPECT_EQ(replaced.known, 1);
  EXPECT_EQ(stored(), (std::vector<DayLimits>{{weekday(1), {{0, yuan(11), yuan(8)}, {1, yuan(5), yuan(4)}}},
                                              {weekday(2), {{1, yuan(6), yuan(5)}}}}));
}

TEST_F(LimitRows, NobodysAreQuarantined) {
  const ImportReport report = import("600009.SH,2024-01-02,11,9\n600000.SH,2024-01-02,11,9\n");
  EXPECT_EQ(report.stored, 1);
  ASSERT_EQ(report.quarantine.size(), 1u);
  EXPECT_EQ(report.quarantine[0].reason, kUnknownInstrument);
  EXPECT_EQ(stored().size(), 1u);
}

TEST_F(LimitRows, ADryRunAndAStrictCallStoreNothing) {
  Files file;
  file.add_text("l.csv", "code,date,up,down\n600000.SH,2024-01-02,11,9\n600009.SH,2024-01-02,11,9\n");
  ImportRequest request = store_.request(file);
  request.kind = "limits";
  request.dry_run = true;
  EXPECT_TRUE(store_.import(request).changed);
  request.dry_run = false;
  request.strict = true;
  EXPECT_EQ(store_.refusal(request).code, ErrorCode::quarantined_rows);
  EXPECT_TRUE(stored().empty());
}

}  // namespace
}  // namespace momentum::engine::testing
