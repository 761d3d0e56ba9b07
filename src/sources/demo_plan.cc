#include "demo_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "demo_random.h"
#include "momentum/base/error.h"

namespace momentum::sources {
namespace {

// Where codes come from, ascending, and how many of a thousand stocks. Stocks of a board not yet open go to the others.
struct CodeRange {
  std::string_view prefix;
  Market market;
  DemoBoard board;
  int weight;
  int opened;  // YYYYMMDD
};
constexpr std::array<CodeRange, 12> kRanges = {{
    {"000", Market::SZ, DemoBoard::main, 85, 19901219},
    {"001", Market::SZ, DemoBoard::main, 15, 19901219},
    {"002", Market::SZ, DemoBoard::main, 160, 19901219},
    {"003", Market::SZ, DemoBoard::main, 15, 19901219},
    {"300", Market::SZ, DemoBoard::chinext, 160, 20091030},
    {"301", Market::SZ, DemoBoard::chinext, 90, 20091030},
    {"600", Market::SH, DemoBoard::main, 130, 19901219},
    {"601", Market::SH, DemoBoard::main, 40, 19901219},
    {"603", Market::SH, DemoBoard::main, 120, 19901219},
    {"605", Market::SH, DemoBoard::main, 20, 19901219},
    {"688", Market::SH, DemoBoard::star, 110, 20190722},
    {"920", Market::BJ, DemoBoard::bse, 55, 20211115},
}};

Date opening(const CodeRange& range) {
  return *make_date(range.opened / 10000, range.opened / 100 % 100, range.opened % 100);
}

// How many of a thousand stocks belong to each industry, in the order of demo_industries().
constexpr std::array<int, 28> kIndustryWeights = {8,  16, 20, 92, 88, 66, 26, 24,  54, 18, 24, 20, 30, 20,
                                                  82, 9,  26, 8,  24, 14, 30, 104, 26, 68, 24, 20, 14, 45};

constexpr int kPlantedStride = static_cast<int>(kDemoCases) + 1;

// Ranges that have been open for a year at the end; a younger board would have no room for what is planted.
int weight_of(const CodeRange& range, Date end) { return opening(range) + 366 <= end ? range.weight : 0; }

// Stocks are numbered through the ranges, and through each range at even steps, so that ids ascend.
const CodeRange& range_of(const DemoOptions& options, std::size_t i, Instrument& id) {
  std::size_t total = 0, sum = 0, begin = 0;
  for (const CodeRange& range : kRanges) total += static_cast<std::size_t>(weight_of(range, options.end));
  MOMENTUM_CHECK(total > 0);  // the old boards are always open
  const auto stocks = static_cast<std::size_t>(options.stocks);
  for (const CodeRange& range : kRanges) {
    sum += static_cast<std::size_t>(weight_of(range, options.end));
    const std::size_t end = stocks * sum / total;
    if (i < end) {
      id = {fmt::format("{}{:03}", range.prefix, 1 + (i - begin) * 999 / (end - begin)), range.market};
      return range;
    }
    begin = end;
  }
  MOMENTUM_CHECK(false);
}

std::size_t draw_industry(DemoRandom& random) {
  int total = 0;
  for (const int weight : kIndustryWeights) total += weight;
  auto at = random.below(total);
  std::size_t industry = 0;
  while (at >= kIndustryWeights[industry]) at -= kIndustryWeights[industry++];
  return industry;
}

DemoCase planted_at(int stocks, std::size_t i) {
  for (int which = 1; which < kPlantedStride && stocks >= kPlantedStride; ++which) {
    if (i == static_cast<std::size_t>(which * stocks / kPlantedStride)) return static_cast<DemoCase>(which);
  }
  return DemoCase::none;
}

// A share of the stocks, growing with the years, is listed within the window; the others before it.
void draw_listing(DemoRandom& random, const DemoOptions& options, std::span<const Date> sessions, Date opened,
                  DemoPlan& plan) {
  const auto count = static_cast<std::int64_t>(sessions.size());
  const bool within = random.happens(std::min(600'000, 50'000 * options.years));
  const std::int64_t session = random.below(count);
  const auto days_before = static_cast<std::int32_t>(1 + random.below(7000));
  const std::int64_t late = random.below(kMillion);
  Date day = sessions.front() - days_before;
  if (plan.planted == DemoCase::young)
    day = sessions[static_cast<std::size_t>(count - 80)];
  else if (plan.planted == DemoCase::newborn)
    day = sessions[static_cast<std::size_t>(count - 3)];
  else if (within && plan.planted == DemoCase::none)
    day = sessions[static_cast<std::size_t>(session)];
  if (day < opened) {
    // Before the window if the board is old enough for that; what is planted needs most of a year.
    const Date until = opened + 100 < sessions.front()  ? sessions.front()
                       : plan.planted == DemoCase::none ? sessions.back() - 100
                                                        : opened + 100;
    day = opened + static_cast<std::int32_t>((until - opened) * late / kMillion);
  }
  if (day < sessions.front()) day = demo_sessions(day, day + 14).front();  // no listing on a holiday
  plan.first = std::ranges::lower_bound(sessions, day) - sessions.begin();
  const bool before = day < sessions.front();
  plan.list_date = before ? day : sessions[static_cast<std::size_t>(plan.first)];
  plan.listed_for = before ? 1'000'000 : 0;
}

// Bad companies: ST for half a year to two, some at last *ST and delisted.
void draw_decline(DemoRandom& random, const DemoOptions& options, std::int64_t count, DemoPlan& plan) {
  const bool special = random.happens(std::min(250'000, 30'000 + 15'000 * options.years));
  const bool gone = random.happens(std::min(80'000, 6'000 * options.years));
  const std::int64_t length = 120 + random.below(360), begin = random.below(count),
                     end = count / 4 + random.below(count);
  plan.end = plan.st_begin = plan.st_end = plan.worse_begin = count;
  if (plan.planted == DemoCase::special) {
    plan.st_begin = count - 100;
  } else if (plan.planted == DemoCase::delisted) {
    plan.end = count - 40;
    plan.st_begin = std::max(plan.first + 1, plan.end - 480);
  } else if (plan.planted == DemoCase::none && gone && end < count && end > plan.first + 500) {
    plan.end = end;
    plan.st_begin = plan.end - 450;
  } else if (plan.planted == DemoCase::none && special && begin > plan.first + 250) {
    plan.st_begin = begin;
    plan.st_end = plan.worse_begin = std::min(count, begin + length);
  }
  if (plan.end < count) {
    plan.st_end = plan.end;
    plan.worse_begin = std::max(plan.st_begin, plan.end - 240);
  }
}

}  // namespace

DemoPlan demo_plan(const DemoOptions& options, std::span<const Date> sessions, std::size_t i) {
  DemoRandom random(options.seed, static_cast<std::uint64_t>(DemoPurpose::plan), i);
  DemoPlan plan;
  const CodeRange& range = range_of(options, i, plan.id);
  plan.board = range.board;
  plan.industry = draw_industry(random);
  plan.planted = planted_at(options.stocks, i);
  draw_listing(random, options, sessions, opening(range), plan);
  draw_decline(random, options, static_cast<std::int64_t>(sessions.size()), plan);
  return plan;
}

}  // namespace momentum::sources
