// The engine's classic profile against the golden cases and, bar by bar, against the second reference.

#include "momentum/score/classic.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "golden.h"
#include "momentum/panel/adjustment.h"
#include "profile_compare.h"
#include "profile_run.h"
#include "random_series.h"

namespace momentum::score {
namespace {

using oracle::Bars;
using run::Instrument;
using run::Lines;

const std::filesystem::path kFolder = MOMENTUM_SOURCE_DIR "/../shared/golden/classic";

bool close_enough(double ours, double theirs) {
  if (std::isnan(ours) || std::isnan(theirs)) return std::isnan(ours) && std::isnan(theirs);
  if (std::isinf(ours) || std::isinf(theirs)) return ours == theirs;
  return std::fabs(ours - theirs) <= 1e-8 * std::max(1.0, std::fabs(theirs));
}

void expect_row(const Lines& lines, std::size_t bar, const std::optional<oracle::Row>& theirs, const char* which) {
  ASSERT_TRUE(theirs.has_value()) << which;
  for (std::size_t c = 0; c < oracle::kColumns; ++c) {
    const double ours = lines.find(run::line_of(static_cast<oracle::Column>(c)))->second[bar];
    EXPECT_TRUE(close_enough(ours, (*theirs)[c]))
        << which << ", " << oracle::kColumnNames[c] << ": " << ours << " and " << (*theirs)[c];
  }
}

void expect_answer(const Lines& lines, std::span<const Date> dates, const oracle::GoldenAnswer& answer) {
  std::vector<std::size_t> rows;
  for (std::size_t t = 0; t < dates.size(); ++t) {
    if (lines.at("survives")[t] == 1.0) rows.push_back(t);
  }
  const std::size_t end = dates.size() - 1;
  ASSERT_EQ(rows.size(), answer.rows);
  ASSERT_EQ(lines.at("survivors")[end], static_cast<double>(answer.rows));
  if (rows.empty()) {
    EXPECT_TRUE(std::isnan(lines.at("score_row")[end]));
    EXPECT_FALSE(answer.first || answer.prev || answer.last);
  } else {
    ASSERT_EQ(lines.at("score_row")[end], static_cast<double>(rows.back()));
    EXPECT_EQ(dates[rows.front()], answer.first_row_date);
    EXPECT_EQ(dates[rows.back()], answer.last_row_date);
    expect_row(lines, rows.front(), answer.first, "first");
    expect_row(lines, rows.back(), answer.last, "last");
    if (rows.size() > 1) expect_row(lines, rows[rows.size() - 2], answer.prev, "prev");
  }
  if (rows.size() < kClassicScoredRows) {
    EXPECT_TRUE(std::isnan(lines.at("score")[end]));
    EXPECT_TRUE(std::isnan(lines.at("score_raw")[end]));
    EXPECT_EQ(answer.score, 0);
    EXPECT_TRUE(answer.details.empty());
    return;
  }
  EXPECT_EQ(lines.at("score")[end], answer.score);
  ASSERT_EQ(answer.details.size(), oracle::kPartNames.size() + 1);
  for (std::size_t i = 0; i < oracle::kPartNames.size(); ++i) {
    EXPECT_EQ(lines.at(fmt::format("part_{}", i + 1))[end], answer.details.at(std::string(oracle::kPartNames[i])))
        << oracle::kPartNames[i];
  }
  EXPECT_EQ(lines.at("score")[end], answer.details.at("总分"));
}

Bars from(const Bars& bars, std::size_t start) {
  Bars out = bars;
  for (auto* column : {&out.open, &out.high, &out.low, &out.close, &out.volume, &out.preclose}) {
    if (!column->empty()) column->erase(column->begin(), column->begin() + static_cast<std::ptrdiff_t>(start));
  }
  return out;
}

std::vector<std::int32_t> days_of(std::span<const Date> dates) {
  std::vector<std::int32_t> days;
  for (const Date date : dates) days.push_back(date.days);
  return days;
}

// What a golden case asks: bars, dates and the answer.
struct Question {
  std::string name;
  std::vector<Date> dates;
  const oracle::GoldenAnswer* answer;
};

TEST(Classic, ColumnsStandInTheOrderOfTheProfile) {
  expr::Graph graph;
  const auto definitions = classic(graph);
  ASSERT_TRUE(definitions.has_value()) << definitions.error().to_string();
  const auto& columns = classic_columns();
  ASSERT_EQ(columns.size(), oracle::kColumns - oracle::kMa5);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    EXPECT_EQ(columns[i].name, oracle::kColumnNames[oracle::kMa5 + i]);
    EXPECT_NE(expr::find_definition(*definitions, columns[i].definition), nullptr) << columns[i].definition;
    EXPECT_EQ(columns[i].definition, run::line_of(static_cast<oracle::Column>(oracle::kMa5 + i)));
  }
}

// On bars without a gap the first row survives at index 60, and the 120th bar is the first with a score.
TEST(Classic, TheFewestBarsWithAScore) {
  const oracle::SeriesOptions regular{.bars = 125, .flat_stretch = 0, .zero_volume = 0};
  const auto lines = run::evaluate({{oracle::random_series(3, regular), {}, {}}});
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  const auto& score = (*lines)[0].at("score");
  const auto& survives = (*lines)[0].at("survives");
  for (std::size_t t = 0; t < score.size(); ++t) {
    EXPECT_EQ(survives[t], t >= 60 ? 1.0 : 0.0) << t;
    EXPECT_EQ(std::isnan(score[t]), t + 1 < kClassicMinimumBars) << t;
  }
}

TEST(Classic, EveryGoldenCase) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no golden cases at " << kFolder;
  const auto names = oracle::golden_names(kFolder);
  ASSERT_TRUE(names.has_value()) << names.error().to_string();
  std::vector<oracle::GoldenCase> cases;
  for (const std::string& name : *names) {
    auto read = oracle::read_golden(kFolder, name);
    ASSERT_TRUE(read.has_value()) << read.error().to_string();
    cases.push_back(*std::move(read));
  }

  std::vector<Question> questions;
  std::vector<Instrument> instruments;
  std::size_t adjusted = 0, windows = 0;
  for (const oracle::GoldenCase& golden : cases) {
    Instrument one{golden.bars, {}, days_of(golden.dates)};
    if (golden.back_adjusted) {
      const panel::Factors factors = panel::derive_factors({.dates = one.dates,
                                                            .close = golden.bars.close,
                                                            .preclose = golden.bars.preclose,
                                                            .sessions = one.dates,
                                                            .suspended = {},
                                                            .quarantined = {},
                                                            .gaps_are_suspensions = false,
                                                            .factors_from = {}});
      ASSERT_TRUE(golden.factor_last.has_value());
      EXPECT_EQ(factors.factor.back(), *golden.factor_last);
      EXPECT_EQ(factors.links.size(), 2u);
      EXPECT_TRUE(factors.unverified.empty());
      one.factor = factors.factor;
      ++adjusted;
    }
    questions.push_back({golden.name, golden.dates, &golden.answer});
    instruments.push_back(std::move(one));
    if (golden.history_365d) {
      const auto first = std::lower_bound(golden.dates.begin(), golden.dates.end(), golden.dates.back() - 365);
      const auto skipped = static_cast<std::size_t>(first - golden.dates.begin());
      const std::vector<Date> dates(first, golden.dates.end());
      questions.push_back({golden.name + ", history 365d", dates, &*golden.history_365d});
      instruments.push_back({from(golden.bars, skipped), {}, days_of(dates)});
      ++windows;
    }
  }
  EXPECT_GE(cases.size(), 20u);
  EXPECT_GE(adjusted, 1u);
  EXPECT_GE(windows, 2u);

  const auto lines = run::evaluate(instruments, {.factors = true});
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    SCOPED_TRACE(questions[i].name);
    expect_answer((*lines)[i], questions[i].dates, *questions[i].answer);
  }
}

TEST(Classic, WithoutFactorsTheStoredPricesCount) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no golden cases at " << kFolder;
  const auto names = oracle::golden_names(kFolder);
  ASSERT_TRUE(names.has_value()) << names.error().to_string();
  std::size_t cases = 0;
  for (const std::string& name : *names) {
    SCOPED_TRACE(name);
    const auto golden = oracle::read_golden(kFolder, name);
    ASSERT_TRUE(golden.has_value()) << golden.error().to_string();
    if (!golden->score_unadjusted) continue;
    ++cases;
    const auto lines = run::evaluate({{golden->bars, {}, days_of(golden->dates)}});
    ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
    EXPECT_EQ((*lines)[0].at("score").back(), *golden->score_unadjusted);
  }
  EXPECT_GE(cases, 1u);
}

// Bars of 150 to 420 days that between them have everything that makes a score awkward.
std::vector<Instrument> random_instruments(std::size_t count) {
  std::vector<Instrument> instruments;
  for (std::size_t i = 0; i < count; ++i) {
    oracle::SplitMix64 random(0x5eed + i);
    oracle::SeriesOptions options;
    options.bars = random.between(150, 420);
    options.price = static_cast<double>(random.between(200, 9000)) / 100;
    switch (i % 8) {
      case 0: break;
      case 1: options.ex_date = 0.02; break;
      case 2:
        options.missing_open = 0.002;
        options.missing_volume = 0.003;
        if (i % 16 == 2) options.missing_close = 0.003;
        break;
      case 3: options.zero_volume = 0.03; break;
      case 4: options.limit = 0.15; break;
      case 5: options.flat_stretch = 0.02; break;
      case 6: options.scale = i % 16 == 6 ? 1e150 : 1e-150; break;
      case 7:  // a low price: a few cents' range, ties everywhere
        options.price = 2.0;
        options.daily_move = 0.004;
        options.unchanged = 0.15;
        options.ex_date = i % 16 == 7 ? 0.01 : 0.0;
        break;
    }
    Instrument one{oracle::random_series(i, options), {}, {}};
    one.factor = oracle::back_factors(one.bars);
    instruments.push_back(std::move(one));
  }
  return instruments;
}

TEST(Classic, RandomSeriesAtEveryBar) {
  const std::vector<Instrument> instruments = random_instruments(400);
  const auto lines = run::evaluate(instruments, {.factors = true});
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  compare::Counts counts;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    SCOPED_TRACE(fmt::format("series {}", i));
    compare::expect_same((*lines)[i], oracle::evaluate(oracle::back_adjust(instruments[i].bars)), 0, counts);
    if (::testing::Test::HasFailure()) break;
  }
  counts.print();
  EXPECT_EQ(counts.trend_ties, 0u);
  // that the comparison met what it is about
  EXPECT_GT(counts.bars, 100'000u);
  EXPECT_GT(counts.scored, 40'000u);
  EXPECT_GT(counts.removed_later, 1'000u);
}

// The close that puts RSI exactly on `tier`, found by halving, as RSI rises with the close; nothing where the doubles
// around it step over the tier.
std::optional<double> close_for_rsi(std::vector<double> close, double tier) {
  double low = close.back() / 4, high = close.back() * 4;
  while (true) {
    close.back() = low + (high - low) / 2;
    if (close.back() == low || close.back() == high) return std::nullopt;
    const double rsi = oracle::relative_strength(close).back();
    if (rsi == tier) return close.back();
    (rsi < tier ? low : high) = close.back();
  }
}

// 30 and 40 belong to the tier above them, 70 and 80 to the one below.
TEST(Classic, RsiExactlyOnATier) {
  const std::vector<std::pair<double, double>> tiers{{30, 7}, {40, 10}, {70, 10}, {80, 5}};
  std::vector<Instrument> instruments;
  const oracle::SeriesOptions calm{.bars = 200, .limit = 0, .flat_stretch = 0, .zero_volume = 0};
  for (const auto& [tier, points] : tiers) {
    std::optional<double> close;
    for (std::uint64_t seed = 0; !close && seed < 200; ++seed) {
      Instrument one{oracle::random_series(seed, calm), {}, {}};
      close = close_for_rsi(one.bars.close, tier);
      if (!close) continue;
      one.bars.close.back() = *close;
      instruments.push_back(std::move(one));
    }
    ASSERT_TRUE(close.has_value()) << tier;
  }
  const auto lines = run::evaluate(instruments);
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const auto& rsi = (*lines)[i].at("rsi14");
    ASSERT_EQ(rsi.back(), tiers[i].first);
    const double rising = rsi.back() > rsi[rsi.size() - 2] ? 5 : 0;
    EXPECT_EQ((*lines)[i].at("part_4").back(), tiers[i].second + rising) << tiers[i].first;
    compare::Counts counts;
    compare::expect_same((*lines)[i], oracle::evaluate(instruments[i].bars), 0, counts);
  }
}

// Closes in whole cents: trend_20^2 = 19 D^2 / (20 S2 - S1^2) with D the rise over 20 bars, S1 and S2 the sums of the
// window's values and squares; so being on a tier of 0.5, 1 or 1.5 is a question of integers.
bool exactly_on_a_tier(const std::vector<double>& close, std::size_t t) {
  const auto cents = [&](std::size_t i) { return std::llround(close[i] * 100); };
  long long sum = 0, squares = 0;
  for (std::size_t i = t - 19; i <= t; ++i) {
    sum += cents(i);
    squares += cents(i) * cents(i);
  }
  const long long spread = 20 * squares - sum * sum;
  const long long rise = cents(t) - cents(t - 20);
  return rise > 0 && spread > 0 &&
         (76 * rise * rise == spread || 76 * rise * rise == 4 * spread || 76 * rise * rise == 9 * spread);
}

// Low prices that move by a cent or two: trend_20 is often exactly on a tier, where the last bit of the deviation
// decides between two numbers of points.
TEST(Classic, TrendExactlyOnATier) {
  std::vector<Instrument> instruments;
  for (std::size_t i = 0; i < 128; ++i) {
    const oracle::SeriesOptions options{.bars = 400, .price = 2.0, .daily_move = 0.004, .unchanged = 0.15};
    instruments.push_back({oracle::random_series(1000 + i, options), {}, {}});
  }
  const auto lines = run::evaluate(instruments);
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  std::size_t exact = 0, above = 0, different = 0, other = 0;
  std::string example;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const oracle::History history = oracle::evaluate(instruments[i].bars);
    const std::vector<double>& trend = (*lines)[i].at("trend_20");
    const std::vector<double>& points = (*lines)[i].at("trend_points");
    for (std::size_t t = 20; t < trend.size(); ++t) {
      if (!history[t].survives) continue;
      const double theirs = history[t].columns[oracle::kTrend20];
      const double tier = std::round(theirs * 2) / 2;
      const bool on_tier = exactly_on_a_tier(instruments[i].bars.close, t);
      exact += on_tier;
      above += on_tier && theirs > tier;
      if ((trend[t] > tier) == (theirs > tier)) continue;
      if (tier <= 0 || tier > 1.5) continue;
      ++(on_tier ? different : other);
      if (!example.empty()) continue;
      example = fmt::format("trend_20 {:a} and {:a}, {} points, boll_std {:a} and {:a}, closes", trend[t], theirs,
                            points[t], (*lines)[i].at("boll_std")[t], history[t].columns[oracle::kBollStd]);
      for (std::size_t b = t - 20; b <= t; ++b) example += fmt::format(" {}", instruments[i].bars.close[b]);
    }
  }
  fmt::print(
      "trend_20 exactly on a tier {}, of which the reference lies above it {}; the other side of the "
      "reference {}, and {} more that are not exactly on it\n",
      exact, above, different, other);
  EXPECT_GT(exact, 20u);
  EXPECT_EQ(different, 0u) << example;
  EXPECT_EQ(other, 0u) << example;
}

}  // namespace
}  // namespace momentum::score
