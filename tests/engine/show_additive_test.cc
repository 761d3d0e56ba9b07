// Prices of a store as terminals adjust them; the arithmetic itself is panel's.
#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/table.h>

#include <cmath>

#include "momentum/engine/show.h"
#include "stores.h"

namespace momentum::engine::testing {
namespace {

constexpr int kBars = 80;

class ShowAdditive : public ::testing::Test {
 protected:
  ShowAdditive() : rows_(series(4, 0, kBars)) {
    Files bars;
    bars.add("600000.SH", rows_);
    store_.import(bars);
    request_.input.store = store_.path();
    request_.input.universe = "all";
    request_.code = "600000";
    request_.method = Method::additive;
  }
  void import(const std::string& kind, const std::string& text) const {
    Files file;
    file.add_text("a.csv", text);
    ImportRequest request = store_.request(file);
    request.kind = kind;
    store_.import(request);
  }
  void import_actions() const {
    import("actions", fmt::format("code,date,cash,bonus\n600000.SH,{},0.5,\n600000.SH,{},0.13,0.2\n600000.SH,{},2,\n",
                                  to_string(weekday(20)), to_string(weekday(50)), to_string(weekday(kBars + 3))));
  }
  Shown shown() const {
    auto answer = show(context(), request_);
    EXPECT_TRUE(answer) << answer.error().to_string();
    return answer ? *std::move(answer) : Shown{};
  }
  static std::vector<double> column(const Shown& shown, const std::string& name) {
    const auto chunked = shown.rows->GetColumnByName(name);
    EXPECT_NE(chunked, nullptr) << name;
    const auto& array = static_cast<const arrow::DoubleArray&>(*chunked->chunk(0));
    std::vector<double> out;
    for (std::int64_t i = 0; i < array.length(); ++i) out.push_back(array.IsNull(i) ? std::nan("") : array.Value(i));
    return out;
  }
  double stored(std::size_t row, const char* name) const { return number(rows_[row].at(name)); }
  static double cents(double value) { return std::round(value * 100) / 100; }

  Rows rows_;
  Store store_;
  ShowRequest request_;
};

TEST_F(ShowAdditive, FrontTakesDownWhatWasBefore) {
  import_actions();
  const Shown front = shown();
  EXPECT_EQ(front.adjust_applied, "front (actions)");
  for (const char* name : {"open", "high", "low", "close"}) {
    const auto values = column(front, name);
    for (std::size_t r = 0; r < kBars; ++r) {
      double price = stored(r, name);
      if (r < 20) price = cents(price - 0.5);
      if (r < 50) price = cents((price - 0.13) / 1.2);
      EXPECT_NEAR(values[r], price, r < 50 ? 0.0101 : 0) << name << r;  // the naive twin's halves are binary
    }
  }
  // what is computed is computed from the prices shown
  const auto close = column(front, "close"), ma5 = column(front, "ma5");
  for (std::size_t r = 4; r < kBars; ++r)
    EXPECT_NEAR(ma5[r], (close[r] + close[r - 1] + close[r - 2] + close[r - 3] + close[r - 4]) / 5, 1e-9);
}

TEST_F(ShowAdditive, BackBringsUpWhatCameAfter) {
  import_actions();
  request_.adjust = Adjust::back;
  request_.columns = {"close", "raw_close", "adj_volume", "volume"};
  const Shown back = shown();
  EXPECT_EQ(back.adjust_applied, "back (actions)");
  const auto close = column(back, "close"), raw = column(back, "raw_close"), shares = column(back, "adj_volume"),
             volume = column(back, "volume");
  for (std::size_t r = 0; r < kBars; ++r) {
    EXPECT_EQ(raw[r], stored(r, "close"));
    EXPECT_EQ(volume[r], stored(r, "volume"));
    EXPECT_EQ(shares[r], r < 50 ? volume[r] : volume[r] / 1.2);
    if (r < 20) {
      EXPECT_EQ(close[r], raw[r]);
    }
  }
  EXPECT_EQ(close[20], cents(raw[20] + 0.5));
}

// An ex-date after the last day shown is not known.
TEST_F(ShowAdditive, WhatIsKnownLaterDoesNotEnter) {
  import("actions", fmt::format("code,date,cash\n600000.SH,{},0.5\n", to_string(weekday(20))));
  request_.end = weekday(40);
  const Shown before = shown();
  import("actions", fmt::format("code,date,cash,bonus\n600000.SH,{},1,1\n", to_string(weekday(41))));
  EXPECT_TRUE(shown().rows->Equals(*before.rows));
  request_.end = weekday(41);
  EXPECT_NE(column(shown(), "close")[40], column(before, "close")[40]);
}

TEST_F(ShowAdditive, WithoutActionsOrWithAdjustedPricesTheyStand) {
  const Shown none = shown();
  EXPECT_EQ(none.adjust_applied, "none (no actions)");
  EXPECT_EQ(column(none, "close")[0], stored(0, "close"));
}

TEST_F(ShowAdditive, RatiosKnowNothingOfActions) {
  request_.method = Method::ratio;
  const Shown before = shown();
  import_actions();
  const Shown after = shown();
  EXPECT_TRUE(after.rows->Equals(*before.rows));
  EXPECT_EQ(after.adjust_applied, before.adjust_applied);
  request_.columns = {"adj_volume"};
  EXPECT_EQ(column(shown(), "adj_volume")[49], stored(49, "volume") * 1.2);
  request_.adjust = Adjust::none;
  EXPECT_EQ(column(shown(), "adj_volume")[49], stored(49, "volume"));
}

TEST_F(ShowAdditive, RefusesScoresAndUnadjustedPrices) {
  request_.scores = true;
  EXPECT_EQ(show(context(), request_).error().code, ErrorCode::bad_value);
  request_.scores = false;
  request_.adjust = Adjust::none;
  EXPECT_EQ(show(context(), request_).error().code, ErrorCode::bad_value);
}

}  // namespace
}  // namespace momentum::engine::testing
