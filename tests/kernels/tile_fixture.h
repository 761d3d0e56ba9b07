#pragma once
// Tiles for tests: what a kernel reads and writes, one run of a kernel cut into calls, and data of every awkward sort.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "momentum/kernels/kernel.h"

namespace momentum::kernels {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kGuard = 0x1.badbadbadp300;  // stands around everything a kernel may write

// Equal results: any NaN is missing, and -0 is not +0.
inline bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Rows of 32 lanes with `history` rows of NaN before row 0; a constant is one row.
class Tile {
 public:
  Tile(std::size_t rows, std::size_t history, bool constant = false)
      : rows_(rows), history_(history), constant_(constant), data_(allocate((rows + history) * kTileLanes)) {
    std::fill_n(data_.get(), (rows + history) * kTileLanes, kMissing);
  }
  static Tile constant(double value) {
    Tile tile(1, 0, true);
    std::fill_n(tile.row(0), kTileLanes, value);
    return tile;
  }
  // The same column in every lane.
  static Tile column(const std::vector<double>& values, std::size_t history = 64) {
    Tile tile(values.size(), history);
    for (std::size_t r = 0; r < values.size(); ++r) std::fill_n(tile.row(r), kTileLanes, values[r]);
    return tile;
  }
  std::size_t rows() const { return rows_; }
  std::size_t history() const { return history_; }
  bool is_constant() const { return constant_; }
  std::size_t stride() const { return constant_ ? 0 : kTileLanes; }
  double* row(std::size_t r) { return data_.get() + (history_ + (constant_ ? 0 : r)) * kTileLanes; }
  const double* row(std::size_t r) const { return data_.get() + (history_ + (constant_ ? 0 : r)) * kTileLanes; }
  double& at(std::size_t r, std::size_t lane) { return row(r)[lane]; }
  double at(std::size_t r, std::size_t lane) const { return row(r)[lane]; }
  // The `w` values of a lane that end at row r, oldest first.
  std::vector<double> window(std::size_t r, std::size_t lane, std::size_t w) const {
    std::vector<double> values(w);
    for (std::size_t i = 0; i < w; ++i) values[w - 1 - i] = *(row(r) + lane - i * kTileLanes);
    return values;
  }

 private:
  struct Free {
    void operator()(double* p) const { std::free(p); }
  };
  using Memory = std::unique_ptr<double[], Free>;
  static Memory allocate(std::size_t doubles) {
    return Memory(static_cast<double*>(std::aligned_alloc(kAlignment, (doubles + kTileLanes) * sizeof(double))));
  }
  std::size_t rows_, history_;
  bool constant_;
  Memory data_;
};

// One kernel over all the rows of its inputs, `chunk` rows a call (0: all at once). Between the calls stand calls of no
// rows, which must change nothing. Checks that nothing outside out and state is written.
inline Tile run(Kernel kernel, SimdLevel level, std::span<const Tile* const> inputs, const std::vector<double>& params,
                std::size_t rows, std::size_t chunk = 0) {
  const std::size_t slots = state_slots(kernel, params);
  Tile state(slots + 2, 0);
  std::fill_n(state.row(0), (slots + 2) * kTileLanes, kGuard);
  init_state(kernel, params, state.row(1));
  Tile framed(rows + 2, 0);
  std::fill_n(framed.row(0), (rows + 2) * kTileLanes, kGuard);

  std::vector<const double*> in(inputs.size());
  std::vector<std::size_t> stride(inputs.size());
  const auto call = [&](std::size_t start, std::size_t count) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      in[i] = inputs[i]->row(start);
      stride[i] = inputs[i]->stride();
    }
    const KernelCall arguments{
        in.data(),     stride.data(), inputs.size(), framed.row(1 + start), slots ? state.row(1) : nullptr,
        params.data(), count};
    kernels_for(level)[static_cast<std::size_t>(kernel)](arguments);
  };
  if (chunk == 0) chunk = std::max<std::size_t>(rows, 1);
  call(0, 0);
  for (std::size_t start = 0; start < rows; start += chunk) {
    const std::size_t count = std::min(chunk, rows - start);
    call(start, count);
    call(start + count, 0);
  }
  const auto untouched = [](const double* row) {
    return std::all_of(row, row + kTileLanes, [](double x) { return x == kGuard; });
  };
  EXPECT_TRUE(untouched(framed.row(0)) && untouched(framed.row(rows + 1))) << "wrote outside out";
  EXPECT_TRUE(untouched(state.row(0)) && untouched(state.row(slots + 1))) << "wrote outside state";

  Tile out(rows, 0);
  if (rows > 0) std::memcpy(out.row(0), framed.row(1), rows * kTileLanes * sizeof(double));
  return out;
}

// A few columns by hand, at every level; all lanes must agree.
inline std::vector<double> column_of(Kernel kernel, SimdLevel level, const std::vector<std::vector<double>>& columns,
                                     const std::vector<double>& params = {}) {
  std::vector<Tile> tiles;
  for (const auto& column : columns) tiles.push_back(Tile::column(column, history(kernel, params)));
  std::vector<const Tile*> inputs;
  for (const Tile& tile : tiles) inputs.push_back(&tile);
  const std::size_t rows = columns.empty() ? 0 : columns[0].size();
  const Tile out = run(kernel, level, inputs, params, rows);
  std::vector<double> result;
  for (std::size_t r = 0; r < rows; ++r) {
    result.push_back(out.at(r, 0));
    for (std::size_t l = 1; l < kTileLanes; ++l)
      EXPECT_TRUE(same(out.at(r, l), out.at(r, 0))) << "row " << r << " lane " << l;
  }
  return result;
}

inline std::string text(double x) { return fmt::format("{} ({:a})", x, x); }

inline void expect_column(const std::vector<double>& wanted, const std::vector<double>& found,
                          const std::string& what) {
  ASSERT_EQ(wanted.size(), found.size()) << what;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_TRUE(same(wanted[i], found[i]))
        << what << " row " << i << ": wanted " << text(wanted[i]) << ", found " << text(found[i]);
}

// Expects the hand-worked column at every level this machine has.
inline void expect_kernel(Kernel kernel, const std::vector<std::vector<double>>& columns,
                          const std::vector<double>& params, const std::vector<double>& wanted) {
  for (const SimdLevel level : supported_levels())
    expect_column(wanted, column_of(kernel, level, columns, params),
                  fmt::format("kernel {} at {}", static_cast<int>(kernel), to_string(level)));
}

// splitmix64: the same numbers with every library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // [0, 1)
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }
  bool chance(double p) { return unit() < p; }
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }
  double sign() { return chance(0.5) ? 1.0 : -1.0; }

 private:
  std::uint64_t state_;
};

enum class Pattern {
  cents,
  log_normal,
  volume,
  few_missing,
  many_missing,
  all_missing,
  leading_missing,
  trailing_missing,
  infinities,
  flat_runs,
  denormal,
  huge,
  tiny,
  mixed_range,
  one_giant,
  negative,
  signed_zero,
  last_place,
  small_integers,
  count_,
};
inline constexpr std::size_t kPatternCount = static_cast<std::size_t>(Pattern::count_);

inline double next_cents(Random& random, double cents) {
  if (random.chance(0.4)) return cents;  // ties
  return std::max(1.0, cents + std::floor(random.unit() * 21.0) - 10.0);
}

inline std::vector<double> series(Pattern pattern, std::size_t rows, Random& random) {
  std::vector<double> x(rows);
  double cents = 100.0 + std::floor(random.unit() * 5000.0);
  for (auto& value : x) value = (cents = next_cents(random, cents)) / 100.0;
  const auto each = [&](auto f) {
    for (auto& value : x) value = f(value);
  };
  switch (pattern) {
    case Pattern::cents: break;
    case Pattern::log_normal: each([&](double v) { return v * std::exp2(random.normal() * 3.0); }); break;
    case Pattern::volume:
      each([&](double) { return random.chance(0.15) ? 0.0 : std::floor(random.unit() * 1e9) * 100.0; });
      break;
    case Pattern::few_missing: each([&](double v) { return random.chance(0.01) ? kMissing : v; }); break;
    case Pattern::many_missing: each([&](double v) { return random.chance(0.3) ? kMissing : v; }); break;
    case Pattern::all_missing: each([&](double) { return kMissing; }); break;
    case Pattern::leading_missing: std::fill_n(x.begin(), rows / 3, kMissing); break;
    case Pattern::trailing_missing:
      std::fill(x.begin() + static_cast<std::ptrdiff_t>(rows - rows / 3), x.end(), kMissing);
      break;
    case Pattern::infinities:
      each([&](double v) { return random.chance(0.02) ? random.sign() * kInfinity : v; });
      break;
    case Pattern::flat_runs: {
      double held = x.empty() ? 0.0 : x[0];
      each([&](double v) { return held = random.chance(0.05) ? v : held; });
      break;
    }
    case Pattern::denormal: each([&](double v) { return random.sign() * std::floor(v * 100.0) * 0x1p-1074; }); break;
    case Pattern::huge: each([&](double v) { return random.sign() * v * 1e300; }); break;
    case Pattern::tiny: each([&](double v) { return random.sign() * v * 1e-300; }); break;
    case Pattern::mixed_range:  // both ends of the range, in stretches, so that a window holds both and later neither
      for (std::size_t i = 0; i < rows; ++i)
        if (i / 40 % 2 == 0 && random.chance(0.3))
          x[i] *= random.sign() * std::exp2(std::floor(random.unit() * 1800.0) - 900.0);
      break;
    case Pattern::one_giant:  // a single value that leaves nothing of the others in a naive sliding sum
      if (rows > 10) x[rows / 3] = random.sign() * 1e17 * random.unit();
      if (rows > 10) x[rows / 2] = 1e300;
      break;
    case Pattern::negative: each([&](double v) { return -v; }); break;
    case Pattern::signed_zero:
      each([&](double v) { return random.chance(0.6) ? random.sign() * 0.0 : random.sign() * v; });
      break;
    case Pattern::last_place:
      each([&](double) { return std::bit_cast<double>(0x4059000000000000 + random.below(3)); });
      break;
    case Pattern::small_integers: each([&](double) { return std::floor(random.unit() * 7.0) - 3.0; }); break;
    case Pattern::count_: break;
  }
  return x;
}

// A condition: mostly 0 and 1 in runs, with missing ones and other numbers that count as true.
inline std::vector<double> truths(double often, double missing, std::size_t rows, Random& random) {
  std::vector<double> x(rows);
  bool held = false;
  for (auto& value : x) {
    if (random.chance(0.4)) held = random.chance(often);
    value = random.chance(missing) ? kMissing : (held ? (random.chance(0.02) ? -2.5 : 1.0) : random.sign() * 0.0);
  }
  return x;
}

inline void put_lane(Tile& tile, std::size_t lane, const std::vector<double>& values) {
  for (std::size_t r = 0; r < values.size(); ++r) tile.at(r, lane) = values[r];
}

// Every lane of one pattern.
inline Tile pattern_tile(Pattern pattern, std::size_t rows, std::size_t history, Random& random) {
  Tile tile(rows, history);
  for (std::size_t l = 0; l < kTileLanes; ++l) put_lane(tile, l, series(pattern, rows, random));
  return tile;
}

// Every lane of its own pattern.
inline Tile mixed_tile(std::size_t rows, std::size_t history, Random& random) {
  Tile tile(rows, history);
  for (std::size_t l = 0; l < kTileLanes; ++l)
    put_lane(tile, l, series(static_cast<Pattern>(random.below(kPatternCount)), rows, random));
  return tile;
}

inline Tile truth_tile(std::size_t rows, std::size_t history, Random& random) {
  Tile tile(rows, history);
  for (std::size_t l = 0; l < kTileLanes; ++l)
    put_lane(tile, l, truths(0.1 + 0.8 * random.unit(), l % 4 == 0 ? 0.05 : 0.0, rows, random));
  return tile;
}

}  // namespace momentum::kernels
