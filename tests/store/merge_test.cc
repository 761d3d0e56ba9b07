#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "merge_internal.h"

namespace momentum::store {
namespace {

constexpr std::size_t kTurnoverColumn = 7;

// Five columns of one value each day, and turnover where it is given.
struct Series {
  std::vector<std::int32_t> days;
  std::vector<double> value, turnover = {};

  BarSeries view() const {
    BarSeries out{.times = days};
    for (std::size_t c = 0; c < kRequiredColumns; ++c) out.columns[c] = value;
    out.columns[kTurnoverColumn] = turnover;
    return out;
  }
};

using Places = std::vector<std::size_t>;

TEST(Compare, CountsEachKind) {
  const Series stored{{10, 11, 14}, {1, 2, 3}};
  const Series incoming{{9, 11, 12, 14}, {0, 2, 5, 4}};
  const Comparison kept = compare(stored.view(), incoming.view(), false);
  EXPECT_EQ(kept.stored, 2);
  EXPECT_EQ(kept.known, 1);
  EXPECT_EQ(kept.conflicting, 1);
  EXPECT_EQ(kept.corrected, 0);
  EXPECT_EQ(kept.differing, std::vector<std::int32_t>{14});
  EXPECT_EQ(kept.laid, (Places{0, 2}));
  const Comparison replaced = compare(stored.view(), incoming.view(), true);
  EXPECT_EQ(replaced.conflicting, 0);
  EXPECT_EQ(replaced.corrected, 1);
  EXPECT_EQ(replaced.differing, std::vector<std::int32_t>{14});
  EXPECT_EQ(replaced.laid, (Places{0, 2, 3}));
}

TEST(Compare, BitsDecide) {
  const auto differs = [](double a, double b) {
    return compare(Series{{10}, {a}}.view(), Series{{10}, {b}}.view(), false).conflicting == 1;
  };
  EXPECT_TRUE(differs(0.0, -0.0));
  EXPECT_TRUE(differs(0.1 + 0.2, 0.3));
  EXPECT_TRUE(differs(NAN, 1));
  EXPECT_TRUE(differs(1, NAN));
  EXPECT_FALSE(differs(NAN, -NAN));
  EXPECT_FALSE(differs(0.3, 0.3));
}

TEST(Compare, OtherColumnsCountWhereBothHaveAValue) {
  const auto compared = [](std::vector<double> stored, std::vector<double> incoming, bool replace) {
    return compare(Series{{10}, {1}, std::move(stored)}.view(), Series{{10}, {1}, std::move(incoming)}.view(), replace);
  };
  EXPECT_EQ(compared({0.5}, {0.6}, false).conflicting, 1);
  EXPECT_EQ(compared({0.5}, {0.6}, true).laid, Places{0});
  for (const bool replace : {false, true}) {
    for (const auto& more : {std::vector<double>{}, {NAN}}) {
      EXPECT_EQ(compared({0.5}, more, replace).known, 1);  // it says less
      EXPECT_EQ(compared({0.5}, more, replace).laid, Places{});
      EXPECT_EQ(compared(more, {0.5}, replace).known, 1);  // it says more
      EXPECT_EQ(compared(more, {0.5}, replace).laid, replace ? Places{0} : Places{});
    }
  }
}

TEST(LayOver, TakesBothByDay) {
  const Series stored{{10, 11, 14, 20}, {1, 2, 3, 4}, {0.1, 0.2, 0.3, 0.4}};
  const Series patch{{8, 9, 11, 12, 13, 20, 21}, {-1, -2, -3, -4, -5, -6, -7}};
  BarRows out;
  lay_over(stored.view(), patch.view(), out);
  const BarSeries all = out.view();
  EXPECT_EQ(std::vector(all.times.begin(), all.times.end()),
            (std::vector<std::int32_t>{8, 9, 10, 11, 12, 13, 14, 20, 21}));
  EXPECT_EQ(std::vector(all.columns[0].begin(), all.columns[0].end()),
            (std::vector<double>{-1, -2, 1, -3, -4, -5, 3, -6, -7}));
  EXPECT_EQ(all.columns[kTurnoverColumn][3], 0.2);  // a correction takes nothing away
  EXPECT_EQ(all.columns[kTurnoverColumn][7], 0.4);
  EXPECT_TRUE(std::isnan(all.columns[kTurnoverColumn][0]));
}

TEST(LayOver, OneSideAloneIsCopied) {
  const Series some{{10, 11}, {1, 2}};
  for (const bool left : {true, false}) {
    BarRows out;
    left ? lay_over(some.view(), {}, out) : lay_over({}, some.view(), out);
    EXPECT_EQ(out.size(), 2u);
    EXPECT_EQ(out.view().columns[0][1], 2);
  }
  BarRows none;
  lay_over({}, {}, none);
  EXPECT_EQ(none.size(), 0u);
}

// Against a map by day, over random series.
TEST(LayOver, EqualsAMap) {
  std::mt19937 random(7);
  const auto series = [&](double sign) {
    Series out;
    for (std::int32_t at = 0; at < 40; ++at) {
      if (random() % 3 == 0) continue;
      out.days.push_back(at);
      out.value.push_back(sign * static_cast<double>(random() % 5 + 1));
    }
    return out;
  };
  for (int round = 0; round < 300; ++round) {
    const Series stored = series(1), patch = series(-1);
    std::map<std::int32_t, double> want;
    for (std::size_t i = 0; i < stored.days.size(); ++i) want[stored.days[i]] = stored.value[i];
    for (std::size_t i = 0; i < patch.days.size(); ++i) want[patch.days[i]] = patch.value[i];
    BarRows out;
    lay_over(stored.view(), patch.view(), out);
    ASSERT_EQ(out.size(), want.size());
    std::size_t at = 0;
    for (const auto& [day, value] : want) {
      ASSERT_EQ(out.times()[at], day);
      ASSERT_EQ(out.view().columns[4][at++], value);
    }
  }
}

TEST(Pick, CopiesOnlyWhereRowsAreLeftOut) {
  const Series some{{10, 11, 12, 13, 14}, {1, 2, 3, 4, 5}};
  BarRows kept;
  EXPECT_EQ(pick(some.view(), {0, 1, 2, 3, 4}, kept).times.data(), some.days.data());
  EXPECT_EQ(kept.size(), 0u);
  const BarSeries part = pick(some.view(), {0, 2, 3}, kept);
  EXPECT_EQ(std::vector(part.times.begin(), part.times.end()), (std::vector<std::int32_t>{10, 12, 13}));
  EXPECT_EQ(part.columns[2][2], 4);
  BarRows nothing;
  EXPECT_EQ(pick(some.view(), {}, nothing).size(), 0u);
}

}  // namespace
}  // namespace momentum::store
