// The claim of every vector kernel: the bits of its reference twin, at every level, for every split of the rows into
// calls and whatever stands in the other lanes.

#include "momentum/kernels/kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "tile_fixture.h"

namespace momentum::kernels {
namespace {

// What stands in an input, and one way to call a kernel.
enum class Input { values, other_values, truths, reciprocal_of_1, mean_of_0, constant, constant_truth };
struct Case {
  std::vector<Input> inputs;
  std::vector<double> params;
};

// No default: a kernel without a case does not compile without a warning, and fails the suite.
std::vector<Case> cases(Kernel kernel) {
  using enum Input;
  const Case unary{{values}, {}};
  const Case binary{{values, other_values}, {}};
  const auto windows = [](std::vector<Input> inputs, std::vector<double> widths) {
    std::vector<Case> all;
    for (const double w : widths) all.push_back({inputs, {w}});
    return all;
  };
  switch (kernel) {
    case Kernel::negate:
    case Kernel::absolute:
    case Kernel::logarithm:
    case Kernel::square_root:
    case Kernel::reciprocal:
    case Kernel::round_even:
    case Kernel::logical_not:
    case Kernel::valid:
    case Kernel::finite:
    case Kernel::log_finite: return {unary, {{constant}, {}}};
    case Kernel::add:
    case Kernel::subtract:
    case Kernel::multiply:
    case Kernel::divide:
    case Kernel::minimum:
    case Kernel::maximum:
    case Kernel::greater:
    case Kernel::greater_equal:
    case Kernel::less:
    case Kernel::less_equal:
    case Kernel::equal:
    case Kernel::not_equal:
    case Kernel::can_divide:
      return {binary, {{values, values}, {}}, {{values, constant}, {}}, {{constant, values}, {}}};
    case Kernel::logical_and:
    case Kernel::logical_or: return {binary, {{truths, truths}, {}}, {{truths, values}, {}}, {{truths, constant}, {}}};
    case Kernel::divide_by:
      return {{{values, other_values, reciprocal_of_1}, {}}, {{values, constant, reciprocal_of_1}, {}}};
    case Kernel::select: return {{{truths, values, other_values}, {}}, {{values, other_values, constant}, {}}};
    case Kernel::fill: return {{{values}, {50.0}}, {{values}, {-0.0}}};
    case Kernel::step:
      return {{{values}, {0, 7.0}},
              {{values}, {1, 0.0, 10.0, 1, 5.0}},
              {{values}, {3, -1.0, -2.0, 0, 8.0, 0.0, 1, 10.0, 25.5, 0, 12.0}}};
    case Kernel::all_valid:
      return {{{values}, {0}},
              {{truths}, {1}},
              {{truths, truths, values}, {2}},
              {{constant_truth, truths, values, constant, other_values}, {2}}};
    case Kernel::rolling_sum:
    case Kernel::rolling_mean: return windows({values}, {1, 2, 5, 14, 60});
    case Kernel::rolling_std: return windows({values, mean_of_0}, {1, 2, 5, 20});
    case Kernel::rolling_min:
    case Kernel::rolling_max: return windows({values}, {1, 2, 3, 9, 15, 16, 17, 31, 32, 33, 60});
    case Kernel::whole: return windows({truths}, {1, 2, 5, 20});
    case Kernel::ema:
      return {
          {{values}, {2.0 / 13}}, {{values}, {1.0 / 3}}, {{values}, {1.0}}, {{values}, {0.001}}, {{constant}, {0.5}}};
    case Kernel::wilder:
      return {{{values}, {14, 1}}, {{values}, {14, 0}}, {{values}, {1, 0}}, {{values}, {5, 40}}, {{values}, {3, 2}}};
    case Kernel::fill_forward: return {unary, {{constant}, {}}};
    case Kernel::bar_index: return {{{}, {}}};
    case Kernel::value_when: {
      std::vector<Case> all = windows({truths, values}, {1, 2, 3, 4, 5, kMaxWhen});
      all.push_back({{truths, constant}, {2}});
      all.push_back({{constant_truth, values}, {3}});
      all.push_back({{values, other_values}, {2}});
      return all;
    }
    case Kernel::mean_when: {
      std::vector<Case> all = windows({truths, values}, {1, 2, 3, 4, 5, 6, kMaxWhen});
      all.push_back({{truths, constant}, {4}});
      all.push_back({{constant_truth, values}, {5}});
      return all;
    }
    case Kernel::count_when:
    case Kernel::bars_since: return {{{truths}, {}}, {{values}, {}}, {{constant_truth}, {}}};
    case Kernel::count_: break;
  }
  return {};
}

// `a` and `b` are the two tiles of values; the rest is made from them.
std::vector<Tile> make_inputs(Kernel kernel, const Case& each, const Tile& a, const Tile& b, const Tile& truth) {
  std::vector<Tile> tiles;
  const std::size_t rows = a.rows(), past = history(kernel, each.params);
  const auto copy = [&](const Tile& from) {
    Tile to(rows, past);
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(from.row(r), kTileLanes, to.row(r));
    return to;
  };
  for (const Input input : each.inputs) {
    switch (input) {
      case Input::values: tiles.push_back(copy(a)); break;
      case Input::other_values: tiles.push_back(copy(b)); break;
      case Input::truths: tiles.push_back(copy(truth)); break;
      case Input::constant: tiles.push_back(Tile::constant(14.25)); break;
      case Input::constant_truth: tiles.push_back(Tile::constant(1.0)); break;
      case Input::reciprocal_of_1: {
        Tile tile(rows, past, tiles[1].is_constant());
        for (std::size_t r = 0; r < (tile.is_constant() ? 1 : rows); ++r)
          for (std::size_t l = 0; l < kTileLanes; ++l) tile.at(r, l) = 1.0 / tiles[1].at(r, l);
        tiles.push_back(std::move(tile));
        break;
      }
      case Input::mean_of_0: {
        const Tile* inputs[] = {&tiles[0]};
        tiles.push_back(copy(run(Kernel::rolling_mean, SimdLevel::scalar, inputs, each.params, rows)));
        break;
      }
    }
  }
  return tiles;
}

std::string describe(Kernel kernel, const Case& each, SimdLevel level, std::size_t chunk) {
  return fmt::format("kernel {} params [{}] at {}, {} rows a call", static_cast<int>(kernel),
                     fmt::join(each.params, ", "), to_string(level), chunk);
}

void expect_same(const Tile& wanted, const Tile& found, const std::string& what) {
  for (std::size_t r = 0; r < wanted.rows(); ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l)
      if (!same(wanted.at(r, l), found.at(r, l))) {
        FAIL() << what << ", row " << r << " lane " << l << ": definition " << text(wanted.at(r, l)) << ", vector "
               << text(found.at(r, l));
      }
}

std::vector<const Tile*> pointers(const std::vector<Tile>& tiles) {
  std::vector<const Tile*> inputs;
  for (const Tile& tile : tiles) inputs.push_back(&tile);
  return inputs;
}

class EveryKernel : public ::testing::TestWithParam<int> {
 protected:
  Kernel kernel() const { return static_cast<Kernel>(GetParam()); }
  // The vector kernels, cut in every way, against the definition run in one call.
  void compare(const Case& each, const Tile& a, const Tile& b, const Tile& truth, const std::string& data) {
    const auto tiles = make_inputs(kernel(), each, a, b, truth);
    const auto inputs = pointers(tiles);
    const Tile wanted = run(kernel(), SimdLevel::scalar, inputs, each.params, a.rows());
    expect_same(wanted, run(kernel(), SimdLevel::scalar, inputs, each.params, a.rows(), 7),
                "definition cut by 7, " + data);
    for (const SimdLevel level : supported_levels()) {
      if (level == SimdLevel::scalar) continue;
      for (const std::size_t chunk : {0, 1, 7, 16, 64}) {
        expect_same(wanted, run(kernel(), level, inputs, each.params, a.rows(), chunk),
                    describe(kernel(), each, level, chunk) + ", " + data);
        if (HasFatalFailure()) return;
      }
    }
  }
};

TEST_P(EveryKernel, HasCases) { EXPECT_FALSE(cases(kernel()).empty()) << "give kernel " << GetParam() << " a case"; }

TEST_P(EveryKernel, HasADefinitionAtEveryLevel) {
  for (const SimdLevel level : supported_levels())
    EXPECT_NE(kernels_for(level)[static_cast<std::size_t>(GetParam())], nullptr);
}

// A level that quietly runs the definition would pass every comparison.
TEST_P(EveryKernel, HasAVectorForm) {
  const auto at = static_cast<std::size_t>(GetParam());
  for (const SimdLevel level : supported_levels())
    if (level != SimdLevel::scalar) {
      EXPECT_NE(kernels_for(level)[at], kernels_for(SimdLevel::scalar)[at]) << to_string(level);
    }
}

TEST_P(EveryKernel, EqualsItsDefinitionOnLanesAlike) {
  Random random(1000 + static_cast<std::uint64_t>(GetParam()));
  constexpr std::size_t kRows = 131;
  const Tile truth = truth_tile(kRows, 0, random);
  for (std::size_t p = 0; p < kPatternCount; ++p) {
    const Tile a = pattern_tile(static_cast<Pattern>(p), kRows, 0, random);
    const Tile b = p % 2 ? mixed_tile(kRows, 0, random) : pattern_tile(static_cast<Pattern>(p), kRows, 0, random);
    for (const Case& each : cases(kernel())) {
      compare(each, a, b, truth, fmt::format("pattern {}", p));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(EveryKernel, EqualsItsDefinitionAmongStrangers) {
  Random random(2000 + static_cast<std::uint64_t>(GetParam()));
  for (int round = 0; round < 6; ++round) {
    const std::size_t rows = 90 + random.below(50);
    const Tile truth = truth_tile(rows, 0, random), a = mixed_tile(rows, 0, random), b = mixed_tile(rows, 0, random);
    for (const Case& each : cases(kernel())) {
      compare(each, a, b, truth, fmt::format("mixed tile {}", round));
      if (HasFatalFailure()) return;
    }
  }
}

// One lane, moved to another place among other companions.
TEST_P(EveryKernel, LaneKnowsNoNeighbour) {
  Random random(3000 + static_cast<std::uint64_t>(GetParam()));
  constexpr std::size_t kRows = 97;
  for (std::size_t p = 0; p < kPatternCount; ++p) {
    const auto x = series(static_cast<Pattern>(p), kRows, random), y = series(Pattern::log_normal, kRows, random);
    const auto condition = truths(0.5, 0.05, kRows, random);
    for (const Case& each : cases(kernel())) {
      for (const SimdLevel level : supported_levels()) {
        std::vector<double> first;
        for (const std::size_t lane : {std::size_t{0}, random.below(kTileLanes), kTileLanes - 1}) {
          Tile a = mixed_tile(kRows, 0, random), b = mixed_tile(kRows, 0, random), truth = truth_tile(kRows, 0, random);
          put_lane(a, lane, x);
          put_lane(b, lane, y);
          put_lane(truth, lane, condition);
          const auto tiles = make_inputs(kernel(), each, a, b, truth);
          const Tile out = run(kernel(), level, pointers(tiles), each.params, kRows, 16);
          std::vector<double> found;
          for (std::size_t r = 0; r < kRows; ++r) found.push_back(out.at(r, lane));
          if (first.empty()) first = found;
          ASSERT_TRUE(std::equal(first.begin(), first.end(), found.begin(), same))
              << describe(kernel(), each, level, 16) << ", pattern " << p << ", lane " << lane;
        }
      }
    }
  }
}

// A state put aside and taken up again goes on as if nothing had happened.
TEST_P(EveryKernel, StateIsAllThereIs) {
  Random random(4000 + static_cast<std::uint64_t>(GetParam()));
  constexpr std::size_t kRows = 80, kCut = 33;
  const Tile a = mixed_tile(kRows, 0, random), b = mixed_tile(kRows, 0, random), truth = truth_tile(kRows, 0, random);
  for (const Case& each : cases(kernel())) {
    const auto tiles = make_inputs(kernel(), each, a, b, truth);
    const auto inputs = pointers(tiles);
    for (const SimdLevel level : supported_levels()) {
      const Tile wanted = run(kernel(), level, inputs, each.params, kRows);
      const std::size_t slots = state_slots(kernel(), each.params);
      Tile state(slots + 1, 0), saved(slots + 1, 0), out(kRows, 0);
      init_state(kernel(), each.params, state.row(0));
      const auto call = [&](std::size_t start, std::size_t count, Tile& with) {
        std::vector<const double*> in;
        std::vector<std::size_t> stride;
        for (const Tile* input : inputs) {
          in.push_back(input->row(start));
          stride.push_back(input->stride());
        }
        kernels_for(level)[static_cast<std::size_t>(kernel())](
            {in.data(), stride.data(), in.size(), out.row(start), with.row(0), each.params.data(), count});
      };
      call(0, kCut, state);
      std::copy_n(state.row(0), (slots + 1) * kTileLanes, saved.row(0));
      call(kCut, kRows - kCut, state);
      call(kCut, kRows - kCut, saved);
      expect_same(wanted, out, describe(kernel(), each, level, kCut));
    }
  }
}

class ElementwiseKernel : public EveryKernel {};

TEST_P(ElementwiseKernel, WorksInPlace) {
  Random random(5000 + static_cast<std::uint64_t>(GetParam()));
  constexpr std::size_t kRows = 20;
  const Tile a = mixed_tile(kRows, 0, random), b = mixed_tile(kRows, 0, random), truth = truth_tile(kRows, 0, random);
  for (const Case& each : cases(kernel())) {
    for (const SimdLevel level : supported_levels()) {
      for (std::size_t target = 0; target < each.inputs.size(); ++target) {
        auto tiles = make_inputs(kernel(), each, a, b, truth);
        if (tiles[target].is_constant()) continue;
        const Tile wanted = run(kernel(), level, pointers(tiles), each.params, kRows);
        std::vector<const double*> in;
        std::vector<std::size_t> stride;
        for (const Tile& tile : tiles) {
          in.push_back(tile.row(0));
          stride.push_back(tile.stride());
        }
        kernels_for(level)[static_cast<std::size_t>(kernel())](
            {in.data(), stride.data(), in.size(), tiles[target].row(0), nullptr, each.params.data(), kRows});
        expect_same(wanted, tiles[target],
                    describe(kernel(), each, level, kRows) + fmt::format(" in place of {}", target));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryKernel, ::testing::Range(0, static_cast<int>(kKernelCount)));
INSTANTIATE_TEST_SUITE_P(All, ElementwiseKernel, ::testing::Range(0, static_cast<int>(Kernel::all_valid) + 1));

TEST(Traits, HistoryReachesTheWholeWindow) {
  const double five[] = {5.0, 1.0};
  for (const Kernel k : {Kernel::rolling_sum, Kernel::rolling_mean, Kernel::rolling_std, Kernel::rolling_min,
                         Kernel::rolling_max, Kernel::whole, Kernel::wilder})
    EXPECT_GE(history(k, five), 4u) << static_cast<int>(k);
  EXPECT_EQ(history(Kernel::add, {}), 0u);
  EXPECT_EQ(history(Kernel::ema, five), 0u);
  EXPECT_EQ(history(Kernel::value_when, five), 0u);
}

TEST(Traits, ElementwiseKernelsHaveNoState) {
  for (int k = 0; k <= static_cast<int>(Kernel::all_valid); ++k)
    EXPECT_EQ(state_slots(static_cast<Kernel>(k), {}), 0u) << k;
}

TEST(Traits, MemoryGrowsWithWhatIsRemembered) {
  const double three[] = {3.0}, most[] = {static_cast<double>(kMaxWhen)};
  EXPECT_EQ(state_slots(Kernel::value_when, three), 3u);
  EXPECT_EQ(state_slots(Kernel::value_when, most), kMaxWhen);
  EXPECT_GE(state_slots(Kernel::mean_when, three), 3u);
}

TEST(Levels, ScalarFirstThenAscending) {
  const auto& levels = supported_levels();
  ASSERT_FALSE(levels.empty());
  EXPECT_EQ(levels.front(), SimdLevel::scalar);
  EXPECT_TRUE(std::is_sorted(levels.begin(), levels.end()));
  EXPECT_EQ(std::set<SimdLevel>(levels.begin(), levels.end()).size(), levels.size());
}

TEST(Levels, BestIsTheHighest) { EXPECT_EQ(resolve_level(SimdLevel::best), supported_levels().back()); }

TEST(Levels, EachIsItselfOrRefused) {
  const auto& levels = supported_levels();
  for (const SimdLevel level : {SimdLevel::scalar, SimdLevel::sse4, SimdLevel::avx2, SimdLevel::avx512}) {
    const auto found = resolve_level(level);
    if (std::find(levels.begin(), levels.end(), level) != levels.end()) {
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(*found, level);
    } else {
      ASSERT_FALSE(found.has_value());
      EXPECT_EQ(found.error().code, ErrorCode::unsupported_simd);
      EXPECT_NE(found.error().to_string().find("scalar"), std::string::npos);
    }
  }
}

TEST(Levels, UnknownIsRefusedAndNamesWhatThereIs) {
  const auto found = resolve_level(static_cast<SimdLevel>(77));
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::unsupported_simd);
  for (const SimdLevel level : supported_levels())
    EXPECT_NE(found.error().remedy.find(to_string(level)), std::string::npos) << to_string(level);
}

}  // namespace
}  // namespace momentum::kernels
