// The fused stages against the same stages node by node: equal bits, whatever the bars, the stretches and the level.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "momentum/expr/evaluate.h"
#include "momentum/expr/latest.h"
#include "momentum/expr/session.h"
#include "momentum/kernels/fused.h"
#include "momentum/score/classic.h"
#include "random_series.h"

namespace momentum::score {
namespace {

using kernels::kTileLanes;
using oracle::random_series;
using oracle::SeriesOptions;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<std::string> kScores{"score", "score_raw", "score_row", "survivors"};
const std::vector<std::string> kScan{"score",
                                     "score_raw",
                                     "score_row",
                                     "scored",
                                     "part_1",
                                     "part_2",
                                     "part_3",
                                     "part_4",
                                     "part_5",
                                     "part_6",
                                     "scored_momentum_20",
                                     "scored_rsi",
                                     "scored_macd",
                                     "scored_macd_hist",
                                     "scored_vol_ratio_20"};

enum class Set { scores, scan, carry, columns };
struct Case {
  Set set;
  bool factors;
};

std::vector<std::string> lines_of(Set set) {
  if (set == Set::scan || set == Set::carry) return kScan;
  std::vector<std::string> lines = kScores;
  if (set == Set::columns)
    for (const Column& column : classic_columns()) lines.emplace_back(column.definition);
  return lines;
}

expr::Program program_of(const Case& which, bool fused) {
  expr::Graph graph(which.factors ? expr::PriceBasis::adjusted : expr::PriceBasis::stored);
  const auto lines = score::classic(graph);
  EXPECT_TRUE(lines.has_value());
  std::vector<expr::NodeId> outputs;
  for (const auto& line : lines_of(which.set)) outputs.push_back(*expr::find_definition(*lines, line));
  expr::CompileOptions options{{"open", "high", "low", "close", "volume"}};
  if (which.factors) options.columns.push_back("factor");
  if (fused) options.fused = score::fused_stages();
  if (which.set == Set::carry) {
    auto latest = expr::compile_latest(graph, outputs, options);
    EXPECT_TRUE(latest.has_value() && latest->has_value());
    return std::move((**latest).carry);
  }
  auto program = expr::compile(graph, outputs, options);
  EXPECT_TRUE(program.has_value());
  return std::move(*program);
}

// One tile: rows of 32 lanes of each column, 64-byte aligned.
struct Tile {
  std::size_t rows = 0;
  std::vector<std::vector<double>> memory;
  std::vector<double*> columns;
  double& at(std::size_t column, std::size_t row, std::size_t lane) { return columns[column][row * kTileLanes + lane]; }
};

Tile tile_of(std::uint64_t seed, std::size_t rows, const SeriesOptions& base, bool factors) {
  Tile tile;
  tile.rows = rows;
  tile.memory.resize(factors ? 6 : 5);
  for (auto& memory : tile.memory) {
    memory.resize(rows * kTileLanes + 8);
    const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
    tile.columns.push_back(memory.data() + (64 - address % 64) % 64 / sizeof(double));
  }
  for (std::size_t lane = 0; lane < kTileLanes; ++lane) {
    SeriesOptions options = base;
    options.bars = rows;
    const auto bars = random_series(seed * 1000 + lane, options);
    const std::vector<double>* const from[] = {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume};
    for (std::size_t c = 0; c < 5; ++c)
      for (std::size_t r = 0; r < rows; ++r) tile.at(c, r, lane) = (*from[c])[r];
    if (factors)
      for (std::size_t r = 0; r < rows; ++r) tile.at(5, r, lane) = 1.0 + 0.3 * static_cast<double>((r + lane) / 97);
  }
  return tile;
}

std::size_t column_of(const std::string& name) {
  const std::vector<std::string> names{"open", "high", "low", "close", "volume", "factor"};
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

// What the fused function was asked and what it did, so that a test which never got there fails.
thread_local kernels::FusedFn watched = nullptr;
thread_local std::size_t fused_rows = 0, refused_rows = 0;
bool watch(const kernels::FusedCall& call) noexcept {
  const bool done = watched(call);
  (done ? fused_rows : refused_rows) += call.rows;
  return done;
}

// All rows of all outputs. `before`: whether the session sees the panel's earlier rows. `reload`: save and restore there.
std::vector<double> run(const expr::Stage& stage, Tile& tile, SimdLevel level, std::size_t chunk, bool before,
                        std::size_t reload, bool fused) {
  watched = fused ? stage.fused->at(level) : nullptr;
  expr::Session session(stage, kernels::kernels_for(level), chunk, fused ? watch : nullptr);
  std::vector<double> all;
  std::vector<const double*> at(stage.leaves.size());
  for (std::size_t row = 0; row < tile.rows;) {
    const std::size_t end = row < reload ? std::min(reload, row + chunk) : std::min(tile.rows, row + chunk);
    for (std::size_t i = 0; i < at.size(); ++i)
      at[i] = tile.columns[column_of(stage.leaves[i].column)] + row * kTileLanes;
    session.advance(at, before ? row : 0, end - row);
    for (std::size_t r = 0; r < end - row; ++r)
      for (std::size_t o = 0; o < stage.outputs.size(); ++o)
        for (std::size_t l = 0; l < kTileLanes; ++l) all.push_back(session.output(o)[r * session.output_stride(o) + l]);
    row = end;
    if (row != reload) continue;
    const auto saved = session.save(1);
    EXPECT_TRUE(session.restore(saved, 1).has_value());
  }
  return all;
}

void expect_same(const std::vector<double>& a, const std::vector<double>& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i]) &&
        !(std::isnan(a[i]) && std::isnan(b[i]))) {
      ADD_FAILURE() << what << ": value " << i << " is " << a[i] << ", node by node " << b[i];
      return;
    }
}

// Fused at every level and in stretches of several lengths, against node by node in one way.
void compare(const Case& which, Tile tile, const std::string& what, bool must_fuse) {
  const auto nodes = program_of(which, false), fused = program_of(which, true);
  ASSERT_EQ(nodes.stages[0].fused, nullptr);
  ASSERT_NE(fused.stages[0].fused, nullptr) << "no fused stage fits: " << what;
  for (const SimdLevel level : kernels::supported_levels()) {
    if (level == SimdLevel::scalar) continue;
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{16}, std::size_t{64}, tile.rows}) {
      const std::string here = what + ", " + std::string(to_string(level)) + ", stretches of " + std::to_string(chunk);
      const auto expected = run(nodes.stages[0], tile, level, chunk, true, 0, false);
      fused_rows = refused_rows = 0;
      expect_same(run(fused.stages[0], tile, level, chunk, true, 0, true), expected, here);
      if (must_fuse) {
        EXPECT_GT(fused_rows, tile.rows / 4) << here << ", refused " << refused_rows;
      }
      if (chunk == 7 || chunk == 64) {
        // Out of step with the blocks of rows, and once within the warm-up.
        for (const std::size_t reload : {std::size_t{33}, tile.rows / 2 + 5})
          expect_same(run(fused.stages[0], tile, level, chunk, false, reload, true), expected, here + ", restored");
      }
    }
  }
}

constexpr Case kCases[] = {{Set::scores, false}, {Set::scores, true}, {Set::scan, false},    {Set::scan, true},
                           {Set::carry, false},  {Set::carry, true},  {Set::columns, false}, {Set::columns, true}};

// Bars without missing values or long standstills: the stretches are fused.
SeriesOptions plain() {
  SeriesOptions options;
  options.flat_stretch = 0.0;
  options.zero_volume = 0.0;
  return options;
}

TEST(FusedStages, PlainBars) {
  for (const Case& which : kCases)
    for (std::uint64_t seed = 1; seed <= 2; ++seed)
      compare(which, tile_of(seed, 330, plain(), which.factors), "plain", true);
}

TEST(FusedStages, FlatRunsAndZeroVolumes) {
  SeriesOptions options;
  options.unchanged = 0.3;
  options.flat_stretch = 0.002;
  options.zero_volume = 0.002;
  for (const Case& which : kCases) compare(which, tile_of(11, 400, options, which.factors), "flat", false);
  options = plain();
  options.unchanged = 0.6;  // runs longer than the short windows, inside fused stretches
  for (const Case& which : kCases) compare(which, tile_of(12, 400, options, which.factors), "standing", false);
}

TEST(FusedStages, MissingValues) {
  for (const Case& which : kCases) {
    auto tile = tile_of(21, 400, plain(), which.factors);
    tile.at(3, 150, 5) = kNaN;
    tile.at(4, 201, 31) = kNaN;
    tile.at(0, 260, 0) = kNaN;
    tile.at(1, 333, 17) = std::numeric_limits<double>::infinity();
    compare(which, tile, "missing", false);
    SeriesOptions options = plain();
    options.missing_close = options.missing_volume = options.missing_open = 0.0005;
    compare(which, tile_of(22, 400, options, which.factors), "rarely there", false);
  }
}

TEST(FusedStages, LateFirstBars) {
  for (const Case& which : kCases) {
    auto tile = tile_of(31, 400, plain(), which.factors);
    for (std::size_t c = 0; c < tile.columns.size(); ++c)
      for (std::size_t r = 0; r < 130; ++r) tile.at(c, r, 7) = kNaN;
    for (std::size_t r = 300; r < 400; ++r)  // after its end a lane repeats its last bar
      for (std::size_t c = 0; c < tile.columns.size(); ++c) tile.at(c, r, 9) = tile.at(c, 299, 9);
    compare(which, tile, "late", false);
  }
}

TEST(FusedStages, ExtremeLevels) {
  for (const Case& which : kCases)
    for (const double scale : {1e-150, 1e150, 1e-28, 1e28, 0x1p-100, 0x1p100}) {
      SeriesOptions options = plain();
      options.scale = scale;
      compare(which, tile_of(41, 200, options, which.factors), "scale", false);
    }
}

TEST(FusedStages, JumpsZerosAndFractions) {
  for (const Case& which : kCases) {
    auto tile = tile_of(51, 460, plain(), which.factors);
    for (std::size_t r = 140; r < 460; ++r) {
      for (std::size_t c = 0; c < 4; ++c) {
        tile.at(c, r, 2) *= 1e5;  // past what remains of five bars
        tile.at(c, r, 3) *= 1e-12;  // a wide range in the sums
      }
      tile.at(4, r, 4) += 0.37;  // parts of a lot
      if (r > 200 && r < 230) tile.at(4, r, 5) = 0.0;
      if (r == 250) tile.at(4, r, 6) = 1e15;
      if (r == 270) tile.at(3, r, 8) = -tile.at(3, r, 8);
      if (r == 290) tile.at(2, r, 10) = 0.0;
      if (r > 320 && r < 340)  // no range at all
        for (std::size_t c = 0; c < 4; ++c) tile.at(c, r, 12) = tile.at(3, 320, 12);
    }
    compare(which, tile, "jumps", false);
  }
}

// Straight lines have trends of exactly equal steps; thresholds are hit exactly.
TEST(FusedStages, ExactTies) {
  for (const Case& which : kCases) {
    auto tile = tile_of(61, 330, plain(), which.factors);
    for (std::size_t lane = 0; lane < 8; ++lane)
      for (std::size_t r = 0; r < 330; ++r) {
        const double price = 8.0 + 0.25 * static_cast<double>((r * (lane + 1)) % 16) + 0.125 * static_cast<double>(r);
        tile.at(0, r, lane) = tile.at(3, r, lane) = price;
        tile.at(1, r, lane) = price + 0.5;
        tile.at(2, r, lane) = price - 0.5;
        tile.at(4, r, lane) = r % 7 == 0 ? 1500.0 : 1000.0;  // quotients of 1, 1.2, 1.5 and their like
      }
    compare(which, tile, "ties", false);
  }
}

// The definitions are always run one by one.
TEST(FusedStages, ScalarIsNeverFused) {
  for (const auto& stage : score::fused_stages()) {
    EXPECT_EQ(stage.at(SimdLevel::scalar), nullptr);
    EXPECT_NE(stage.at(SimdLevel::avx2), nullptr);
  }
}

TEST(FusedStages, OtherStagesKeepTheirNodes) {
  expr::Graph graph(expr::PriceBasis::stored);
  const auto lines = score::classic(graph);
  ASSERT_TRUE(lines.has_value());
  const std::vector<expr::NodeId> outputs{*expr::find_definition(*lines, "ma5")};
  expr::CompileOptions options{{"open", "high", "low", "close", "volume"}};
  options.fused = score::fused_stages();
  const auto program = expr::compile(graph, outputs, options);
  ASSERT_TRUE(program.has_value());
  EXPECT_EQ(program->stages[0].fused, nullptr);
}

}  // namespace
}  // namespace momentum::score
