#include "profile_compare.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace momentum::score::compare {
namespace {

using run::same;

bool rests_on_deviation(std::size_t column) {
  switch (column) {
    case oracle::kBollStd:
    case oracle::kBollUpper:
    case oracle::kBollLower:
    case oracle::kVolatility20:
    case oracle::kTrend20: return true;
    default: return false;
  }
}

// The size against which 1e-12 is measured: that of the operands where a difference is taken, and for volatility that
// of the returns, whose logarithms carry an error of their own.
double size_of(std::size_t column, const oracle::Row& row) {
  switch (column) {
    case oracle::kBollUpper:
    case oracle::kBollLower: return std::fabs(row[oracle::kBollMid]) + 2 * row[oracle::kBollStd];
    case oracle::kVolatility20: return std::max(std::fabs(row[column]), 1e-3);
    default: return std::fabs(row[column]);
  }
}

bool near(double ours, double theirs, double size) {
  if (std::isnan(ours) || std::isnan(theirs)) return std::isnan(ours) && std::isnan(theirs);
  if (std::isinf(ours) || std::isinf(theirs)) return ours == theirs;
  return std::fabs(ours - theirs) <= 1e-12 * size;
}

// Whether two values of trend_20 lie on different sides of a tier that both are within 1e-12 of.
bool straddles_a_tier(double ours, double theirs) {
  for (const double tier : {0.5, 1.0, 1.5}) {
    if ((ours > tier) != (theirs > tier) && std::fabs(ours - tier) <= 1e-12 && std::fabs(theirs - tier) <= 1e-12) {
      return true;
    }
  }
  return false;
}

std::string first_difference(const run::Lines& lines, const oracle::History& history, std::size_t t, Counts& counts) {
  const oracle::Bar& bar = history[t];
  const auto line = [&](std::string_view name) { return lines.find(name)->second[t]; };
  for (std::size_t c = 0; c < oracle::kColumns; ++c) {
    const double ours = line(run::line_of(static_cast<oracle::Column>(c)));
    const double theirs = bar.columns[c];
    if (same(ours, theirs)) continue;
    const double size = size_of(c, bar.columns);
    if (!rests_on_deviation(c) || !near(ours, theirs, size)) {
      return fmt::format("{}: {} ({:a}) and {} ({:a})", oracle::kColumnNames[c], ours, ours, theirs, theirs);
    }
    ++counts.deviation_bits;
    counts.largest_deviation_error = std::max(counts.largest_deviation_error, std::fabs(ours - theirs) / size);
  }
  if (line("survives") != (bar.survives ? 1.0 : 0.0)) return fmt::format("survives: {}", line("survives"));
  if (line("survivors") != static_cast<double>(bar.survivors)) return fmt::format("survivors: {}", line("survivors"));
  const double row = line("score_row");
  if (bar.scored_row < 0 ? !std::isnan(row) : row != static_cast<double>(bar.scored_row)) {
    return fmt::format("score_row: {} and {}", row, bar.scored_row);
  }
  if (bar.survivors < oracle::kRowsToScore) {
    const bool silent = std::isnan(line("score")) && std::isnan(line("score_raw"));
    return silent ? "" : fmt::format("score: {} on too few rows", line("score"));
  }
  ++counts.scored;
  const auto scored_row = static_cast<std::size_t>(bar.scored_row);
  if (straddles_a_tier(lines.find("trend_20")->second[scored_row], history[scored_row].columns[oracle::kTrend20])) {
    ++counts.trend_ties;
    return {};
  }
  for (std::size_t i = 0; i < oracle::kPartNames.size(); ++i) {
    const double part = line(fmt::format("part_{}", i + 1));
    if (!same(part, bar.scored.details[i])) {
      return fmt::format("{}: {} and {}", oracle::kPartNames[i], part, bar.scored.details[i]);
    }
  }
  if (!same(line("score_raw"), bar.scored.score_raw)) {
    return fmt::format("score_raw: {:a} and {:a}", line("score_raw"), bar.scored.score_raw);
  }
  if (!same(line("score"), bar.scored.score)) return fmt::format("score: {} and {}", line("score"), bar.scored.score);
  return {};
}

}  // namespace

void Counts::print() const {
  fmt::print(
      "bars {}, scored {}, removed after a survivor {}, deviation values of other bits {} (at most {:.2e} "
      "relative), ties of trend_20 {}\n",
      bars, scored, removed_later, deviation_bits, largest_deviation_error, trend_ties);
}

void expect_same(const run::Lines& lines, const oracle::History& history, std::size_t first, Counts& counts) {
  ASSERT_EQ(lines.find("close")->second.size(), history.size());
  for (std::size_t t = first; t < history.size(); ++t) {
    ++counts.bars;
    if (!history[t].survives && history[t].survivors > 0) ++counts.removed_later;
    const std::string difference = first_difference(lines, history, t, counts);
    if (difference.empty()) continue;
    ADD_FAILURE() << "bar " << t << ": " << difference;
    return;
  }
}

}  // namespace momentum::score::compare
