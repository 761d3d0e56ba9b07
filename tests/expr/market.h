#pragma once
// Instruments for tests: bars of several sorts, their panel, a program run over it, and one way to say that two results
// have the same bits.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/expr/evaluate.h"
#include "momentum/expr/parse.h"
#include "momentum/expr/program.h"
#include "momentum/panel/panel.h"
#include "tile_fixture.h"

namespace momentum::expr {

using kernels::kInfinity;
using kernels::kMissing;
using kernels::Random;
using kernels::same;

// The value, or the end of the test with the error's text.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
  return std::move(*result);
}
inline void must(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
}

enum Column { kOpen, kHigh, kLow, kClose, kPreclose, kVolume, kAmount, kTurnover, kFactor, kColumnCount };
inline const std::vector<std::string> kColumnNames{"open",   "high",   "low",      "close", "preclose",
                                                   "volume", "amount", "turnover", "factor"};

struct Instrument {
  std::vector<std::int32_t> dates;
  std::vector<std::vector<double>> columns;  // by Column
};

// Bars [from, to) of each instrument, chosen by its dates.
struct Market {
  std::vector<std::string> names = kColumnNames;
  std::vector<Instrument> instruments;

  panel::Panel build() const {
    std::vector<panel::Series> series;
    for (const auto& i : instruments) series.push_back({i.dates, {i.columns.begin(), i.columns.end()}});
    return must(panel::Panel::build(names, series));
  }
  Market cut(const std::function<std::pair<std::size_t, std::size_t>(const Instrument&)>& rows) const {
    Market part;
    part.names = names;
    for (const auto& i : instruments) {
      const auto [from, to] = rows(i);
      Instrument less{
          {i.dates.begin() + static_cast<std::ptrdiff_t>(from), i.dates.begin() + static_cast<std::ptrdiff_t>(to)}, {}};
      for (const auto& c : i.columns)
        less.columns.emplace_back(c.begin() + static_cast<std::ptrdiff_t>(from),
                                  c.begin() + static_cast<std::ptrdiff_t>(to));
      part.instruments.push_back(std::move(less));
    }
    return part;
  }
};

// The first row of an instrument on or after a day.
inline std::size_t row_at(const Instrument& i, std::int32_t day) {
  return static_cast<std::size_t>(std::lower_bound(i.dates.begin(), i.dates.end(), day) - i.dates.begin());
}

// One column `close` (and others as named), the same days for all: the smallest market for cases by hand.
inline Market by_hand(std::vector<std::string> names, const std::vector<std::vector<double>>& columns) {
  Market m;
  m.names = std::move(names);
  Instrument i{{}, columns};
  for (std::size_t r = 0; r < columns.at(0).size(); ++r) i.dates.push_back(static_cast<std::int32_t>(r));
  m.instruments.push_back(std::move(i));
  return m;
}

// Prices in cents that wander, volumes, and a factor that jumps now and then. All instruments have bars on the same
// days.
inline Instrument wandering(std::size_t rows, Random& random) {
  Instrument i{{}, std::vector<std::vector<double>>(kColumnCount)};
  double cents = 500.0 + std::floor(random.unit() * 3000.0), factor = 1.0, before = cents;
  for (std::size_t r = 0; r < rows; ++r) {
    i.dates.push_back(static_cast<std::int32_t>(1000 + r));
    if (random.chance(0.02)) factor *= 1.0 + random.unit();
    const double open = kernels::next_cents(random, cents), close = kernels::next_cents(random, open);
    const double high = std::max(open, close) + std::floor(random.unit() * 5.0),
                 low = std::min(open, close) - std::floor(random.unit() * 3.0);
    const double volume = std::floor(1.0 + random.unit() * 9e5) * 100.0;
    const double row[] = {open / 100.0, high / 100.0,           low / 100.0,   close / 100.0, before / 100.0,
                          volume,       volume * close / 100.0, random.unit(), factor};
    for (std::size_t c = 0; c < kColumnCount; ++c) i.columns[c].push_back(row[c]);
    before = cents = std::max(close, 50.0);
  }
  return i;
}

inline Market dense(std::size_t instruments, std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Market m;
  for (std::size_t i = 0; i < instruments; ++i) m.instruments.push_back(wandering(rows, random));
  return m;
}

// As listed companies are: other first and last days, suspensions, missing values, days without trade; some without a
// bar.
inline Market varied(std::size_t instruments, std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Market m;
  for (std::size_t n = 0; n < instruments; ++n) {
    const Instrument all = wandering(rows, random);
    Instrument kept{{}, std::vector<std::vector<double>>(kColumnCount)};
    const std::size_t first = n % 3 == 0 ? 0 : random.below(rows / 2),
                      last = n % 4 == 0 ? rows - random.below(rows / 3) : rows;
    bool suspended = false;
    for (std::size_t r = first; r < last && n % 13 != 12; ++r) {
      if (random.chance(0.04)) suspended = !suspended;
      if (suspended && n % 2 == 1) continue;
      kept.dates.push_back(all.dates[r]);
      const bool gaps = n % 3 == 1;
      for (std::size_t c = 0; c < kColumnCount; ++c)
        kept.columns[c].push_back(gaps && c != kFactor && random.chance(0.03) ? kMissing : all.columns[c][r]);
      if (n % 5 == 0 && random.chance(0.1)) kept.columns[kVolume].back() = 0.0;
    }
    m.instruments.push_back(std::move(kept));
  }
  return m;
}

// Anything a double can be: missing, infinite, zero, flat, huge, tiny, denormal.
inline Market nasty(std::size_t instruments, std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Market m = varied(instruments, rows, seed + 1);
  for (auto& i : m.instruments) {
    if (random.chance(0.2)) continue;
    for (std::size_t c = 0; c < kFactor; ++c) {
      const auto pattern = static_cast<kernels::Pattern>(random.below(kernels::kPatternCount));
      i.columns[c] = kernels::series(pattern, i.dates.size(), random);
    }
  }
  return m;
}

// [output][instrument][row]
using Values = std::vector<std::vector<std::vector<double>>>;

struct Settings {
  SimdLevel simd = SimdLevel::scalar;
  int threads = 1;
  std::size_t chunk = 16;
};

inline Values run(const Program& program, const panel::Panel& panel, const Settings& settings = {}) {
  Values out(program.outputs.size(), std::vector<std::vector<double>>(panel.instruments()));
  for (auto& o : out)
    for (std::size_t i = 0; i < panel.instruments(); ++i) o[i].assign(panel.length(panel.lane_of(i)), 12345.678);
  Context ctx;
  ctx.simd = settings.simd;
  ctx.threads = settings.threads;
  EvaluateOptions options;
  options.chunk_rows = settings.chunk;
  const auto sink = [&](const Stretch& s) {
    for (std::size_t o = 0; o < out.size(); ++o)
      for (std::size_t l = 0; l < kernels::kTileLanes; ++l) {
        const auto lane = s.tile * kernels::kTileLanes + l;
        const auto instrument = panel.instrument_of(lane);
        for (std::size_t r = 0; r < s.rows && s.first_row + r < panel.length(lane); ++r)
          out[o][instrument][s.first_row + r] = s.columns[o][r * s.strides[o] + l];
      }
  };
  must(evaluate(ctx, program, panel, sink, options));
  return out;
}

// Empty where both have the same bits (any NaN is missing), else the first place where they differ.
inline std::string difference(const Values& a, const Values& b) {
  if (a.size() != b.size()) return "other outputs";
  for (std::size_t o = 0; o < a.size(); ++o)
    for (std::size_t i = 0; i < a[o].size(); ++i) {
      if (a[o][i].size() != b[o][i].size()) return "other rows";
      for (std::size_t r = 0; r < a[o][i].size(); ++r)
        if (!same(a[o][i][r], b[o][i][r]))
          return fmt::format("output {} instrument {} row {}: {} and {}", o, i, r, kernels::text(a[o][i][r]),
                             kernels::text(b[o][i][r]));
    }
  return {};
}

inline Program compiled_all(const std::vector<std::string>& texts, bool rewrite = true,
                            const std::vector<std::string>& columns = kColumnNames,
                            PriceBasis basis = PriceBasis::adjusted) {
  Graph graph(basis);
  std::vector<NodeId> outputs;
  for (const auto& text : texts) outputs.push_back(must(parse_expression(graph, text)));
  return must(compile(graph, outputs, {columns, rewrite}));
}
inline Program compiled(const std::string& text, bool rewrite = true,
                        const std::vector<std::string>& columns = kColumnNames) {
  return compiled_all({text}, rewrite, columns);
}

// A column computed for one instrument by hand.
inline std::vector<double> column_of(const std::string& text, const Market& market) {
  return run(compiled(text, true, market.names), market.build())[0][0];
}

inline void expect_values(const std::vector<double>& found, const std::vector<double>& wanted,
                          const std::string& what) {
  ASSERT_EQ(found.size(), wanted.size()) << what;
  for (std::size_t r = 0; r < found.size(); ++r)
    EXPECT_TRUE(same(found[r], wanted[r]))
        << what << " row " << r << ": found " << kernels::text(found[r]) << ", wanted " << kernels::text(wanted[r]);
}

}  // namespace momentum::expr
