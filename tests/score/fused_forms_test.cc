// Forms of the generator that the scores do not use, fused against node by node: bars that break off, stand still, turn
// negative or leave every range, so that the rows before a stretch are not like the stretch.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "momentum/expr/parse.h"
#include "momentum/expr/program.h"
#include "momentum/expr/session.h"

namespace momentum::fused {
kernels::FusedStage forms_of_rows() noexcept;
kernels::FusedStage forms_of_windows() noexcept;
kernels::FusedStage forms_of_many() noexcept;

namespace {

using kernels::kTileLanes;
constexpr std::size_t kRows = 700;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();
const std::vector<std::string> kColumns{"open", "high", "low", "close", "volume"};

struct alignas(64) Column {
  std::array<double, kRows * kTileLanes> values;
  double& at(std::size_t row, std::size_t lane) { return values[row * kTileLanes + lane]; }
};
using Tile = std::vector<Column>;

// Prices in cents that often stand still; now and then one bar, or a few, of another kind.
Tile tile_of(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return random() % n; };
  Tile tile(kColumns.size());
  for (std::size_t lane = 0; lane < kTileLanes; ++lane) {
    double cents = 1000.0;
    for (std::size_t r = 0; r < kRows; ++r) {
      if (below(3) == 0) cents += static_cast<double>(below(41)) - 20.0;
      tile[0].at(r, lane) = (cents - 1.0) / 100.0;
      tile[1].at(r, lane) = (cents + 5.0) / 100.0;
      tile[2].at(r, lane) = (cents - 5.0) / 100.0;
      tile[3].at(r, lane) = cents / 100.0;
      tile[4].at(r, lane) = 100.0 * static_cast<double>(1 + below(50));
    }
  }
  constexpr double kOdd[] = {0.0,  -0.0,  -7.0,   -10.0, 1e-200, 0x1p-120, 0.3,
                             1e17, 1e200, -1e200, 1e300, kInf,   -kInf,    kNaN};
  for (int i = 0; i < 12; ++i) {
    const std::size_t column = below(2) == 0 ? 4 : below(2) == 0 ? 3 : 0, lane = below(kTileLanes);
    const std::size_t row = 60 + below(kRows - 80), rows = 1 + below(8);
    const double odd = kOdd[below(std::size(kOdd))];
    for (std::size_t r = row; r < row + rows; ++r) tile[column].at(r, lane) = odd;
  }
  return tile;
}

thread_local kernels::FusedFn watched = nullptr;
thread_local std::size_t fused_rows = 0;
bool watch(const kernels::FusedCall& call) noexcept {
  const bool done = watched(call);
  if (done) fused_rows += call.rows;
  return done;
}

// All rows of each output.
std::vector<std::vector<double>> run(const expr::Stage& stage, const Tile& tile, SimdLevel level, std::size_t chunk) {
  watched = stage.fused != nullptr ? stage.fused->at(level) : nullptr;
  expr::Session session(stage, kernels::kernels_for(level), chunk, watched != nullptr ? watch : nullptr);
  std::vector<std::vector<double>> all(stage.outputs.size());
  std::vector<const double*> at(stage.leaves.size());
  for (std::size_t row = 0; row < kRows; row += chunk) {
    const std::size_t rows = std::min(chunk, kRows - row);
    for (std::size_t i = 0; i < at.size(); ++i) {
      const auto column = std::find(kColumns.begin(), kColumns.end(), stage.leaves[i].column) - kColumns.begin();
      at[i] = tile[static_cast<std::size_t>(column)].values.data() + row * kTileLanes;
    }
    session.advance(at, row, rows);
    for (std::size_t o = 0; o < all.size(); ++o)
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t l = 0; l < kTileLanes; ++l)
          all[o].push_back(session.output(o)[r * session.output_stride(o) + l]);
  }
  return all;
}

void expect_same(const std::vector<double>& found, const std::vector<double>& wanted, const std::string& what) {
  for (std::size_t i = 0; i < wanted.size(); ++i)
    ASSERT_TRUE(std::bit_cast<std::uint64_t>(found[i]) == std::bit_cast<std::uint64_t>(wanted[i]) ||
                (std::isnan(found[i]) && std::isnan(wanted[i])))
        << what << ", row " << i / kTileLanes << ": " << found[i] << ", node by node " << wanted[i];
}

expr::Program program_of(const std::vector<std::string>& wanted, std::span<const kernels::FusedStage> fused) {
  std::ifstream in(MOMENTUM_SOURCE_DIR "/tests/score/fused_forms.formula");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  expr::Graph graph(expr::PriceBasis::stored);
  const auto lines = expr::parse_program(graph, text);
  EXPECT_TRUE(lines.has_value());
  std::vector<expr::NodeId> outputs;
  for (const auto& line : wanted) outputs.push_back(*expr::find_definition(*lines, line));
  expr::CompileOptions options{kColumns};
  options.fused = fused;
  auto program = expr::compile(graph, outputs, options);
  EXPECT_TRUE(program.has_value());
  return std::move(*program);
}

void compare(const std::vector<std::string>& lines, const kernels::FusedStage& form) {
  const auto nodes = program_of(lines, {}), fused = program_of(lines, {&form, 1});
  ASSERT_NE(fused.stages[0].fused, nullptr);
  std::size_t rows = 0;
  fused_rows = 0;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    const Tile tile = tile_of(seed);
    for (const SimdLevel level : kernels::supported_levels()) {
      if (level == SimdLevel::scalar) continue;
      for (const std::size_t chunk : {std::size_t{1}, std::size_t{5}, std::size_t{64}, kRows}) {
        const auto wanted = run(nodes.stages[0], tile, level, chunk);
        const auto found = run(fused.stages[0], tile, level, chunk);
        rows += kRows;
        for (std::size_t o = 0; o < lines.size(); ++o)
          expect_same(found[o], wanted[o],
                      fmt::format("{}, seed {}, {}, stretches of {}", lines[o], seed, to_string(level), chunk));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GT(fused_rows, rows / 3);
}

TEST(FusedForms, OfRows) { compare({"grown", "share", "shared", "move", "drop"}, forms_of_rows()); }
TEST(FusedForms, OfWindows) { compare({"middle", "wild", "wilds"}, forms_of_windows()); }
TEST(FusedForms, OfMany) {
  compare({"pace", "strength", "held", "rate", "shares", "quick", "pushes", "place", "least"}, forms_of_many());
}

}  // namespace
}  // namespace momentum::fused
