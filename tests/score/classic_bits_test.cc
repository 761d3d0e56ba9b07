// The same bits on every way to compute the profile: instruction sets, threads, stretches, companions, saved states,
// shorter histories, rewrites, attached panels.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "momentum/expr/session.h"
#include "momentum/kernels/kernel.h"
#include "profile_run.h"
#include "random_series.h"

namespace momentum::score {
namespace {

using run::Instrument;
using run::Lines;
using run::Setup;

// 45 instruments in two tiles: different lengths, gaps of every kind, some with ex-dates, three levels of price.
const std::vector<Instrument>& instruments() {
  static const std::vector<Instrument> made = [] {
    std::vector<Instrument> all;
    for (std::size_t i = 0; i < 45; ++i) {
      oracle::SeriesOptions options;
      options.bars = 130 + 7 * i;
      options.price = i % 3 == 0 ? 2.0 : 25.0;
      options.daily_move = i % 3 == 0 ? 0.004 : 0.02;
      options.scale = i % 11 == 10 ? 1e150 : 1.0;
      options.flat_stretch = 0.01;
      options.zero_volume = 0.01;
      options.missing_open = 0.001;
      options.missing_volume = i % 4 == 1 ? 0.003 : 0.0;
      options.missing_close = i % 9 == 4 ? 0.003 : 0.0;
      options.ex_date = i % 2 == 0 ? 0.02 : 0.0;
      all.push_back({oracle::random_series(70 + i, options), {}, {}});
      all.back().factor = oracle::back_factors(all.back().bars);
    }
    return all;
  }();
  return made;
}

// What the others are compared with: the reference kernels, one thread, all rows at once, the graph as written.
const std::vector<Lines>& plain() {
  static const std::vector<Lines> lines = [] {
    const Setup setup{.simd = SimdLevel::scalar, .chunk_rows = 1000, .rewrite = false, .factors = true};
    auto made = run::evaluate(instruments(), setup);
    return made ? *std::move(made) : std::vector<Lines>{};
  }();
  return lines;
}

void expect_plain(const Setup& setup) {
  const auto lines = run::evaluate(instruments(), setup);
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  ASSERT_EQ(lines->size(), plain().size());
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const std::string difference = run::difference((*lines)[i], plain()[i]);
    ASSERT_TRUE(difference.empty()) << "instrument " << i << ": " << difference;
  }
}

TEST(ClassicBits, TheSeriesHaveScoresAndRemovedRows) {
  ASSERT_EQ(plain().size(), instruments().size());
  std::size_t scored = 0, removed = 0;
  for (const Lines& lines : plain()) {
    const auto& score = lines.at("score");
    scored += static_cast<std::size_t>(std::count_if(score.begin(), score.end(), [](double x) { return x == x; }));
    const auto& survives = lines.at("survives");
    removed += static_cast<std::size_t>(std::count(survives.begin() + 60, survives.end(), 0.0));
  }
  EXPECT_GT(scored, 2'000u);
  EXPECT_GT(removed, 500u);
}

TEST(ClassicBits, EveryLevelThreadCountAndStretch) {
  for (const SimdLevel level : kernels::supported_levels()) {
    for (const int threads : {1, 2}) {
      for (const std::size_t chunk : {1u, 7u, 16u, 64u, 1000u}) {
        SCOPED_TRACE(std::string(to_string(level)) + ", threads " + std::to_string(threads) + ", rows " +
                     std::to_string(chunk));
        expect_plain({.simd = level, .threads = threads, .chunk_rows = chunk, .factors = true});
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(ClassicBits, TheGraphAsWrittenAndRewritten) {
  for (const SimdLevel level : kernels::supported_levels()) {
    SCOPED_TRACE(std::string(to_string(level)));
    expect_plain({.simd = level, .rewrite = false, .factors = true});
    expect_plain({.simd = level, .rewrite = true, .factors = true});
  }
}

TEST(ClassicBits, NoFactorsAndFactorsOfOne) {
  std::vector<Instrument> stored = instruments();
  for (Instrument& one : stored) one.factor.clear();
  const auto without = run::evaluate(stored, {.factors = false});
  const auto ones = run::evaluate(stored, {.factors = true});
  ASSERT_TRUE(without && ones);
  for (std::size_t i = 0; i < stored.size(); ++i) EXPECT_EQ(run::difference((*without)[i], (*ones)[i]), "") << i;
}

TEST(ClassicBits, AttachedFromBytes) { expect_plain({.factors = true, .reattach = true}); }

TEST(ClassicBits, AloneOrAmongOthers) {
  for (std::size_t i = 0; i < instruments().size(); ++i) {
    const auto alone = run::evaluate({instruments()[i]}, {.factors = true});
    ASSERT_TRUE(alone.has_value()) << alone.error().to_string();
    ASSERT_EQ(run::difference((*alone)[0], plain()[i]), "") << "instrument " << i;
  }
  // random companions, another order of lanes each time
  oracle::SplitMix64 random(9);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::size_t> chosen;
    std::vector<Instrument> some;
    for (std::size_t i = 0; i < 40; ++i) {
      chosen.push_back(random.between(0, instruments().size() - 1));
      some.push_back(instruments()[chosen.back()]);
    }
    const auto lines = run::evaluate(some, {.factors = true});
    ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
    for (std::size_t i = 0; i < some.size(); ++i) {
      ASSERT_EQ(run::difference((*lines)[i], plain()[chosen[i]]), "") << "instrument " << chosen[i];
    }
  }
}

// The last rows of a history that ends earlier are those that the whole history gave: nothing looks ahead.
TEST(ClassicBits, AShorterHistoryGivesTheSameRows) {
  oracle::SplitMix64 random(10);
  for (int cut = 0; cut < 50; ++cut) {
    std::vector<Instrument> shorter;
    for (const Instrument& whole : instruments()) {
      const std::size_t n = random.between(1, whole.bars.size());
      Instrument one = whole;
      oracle::Bars& b = one.bars;
      for (auto* values : {&b.open, &b.high, &b.low, &b.close, &b.volume, &one.factor}) values->resize(n);
      shorter.push_back(std::move(one));
    }
    const auto lines = run::evaluate(shorter, {.factors = true});
    ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
    for (std::size_t i = 0; i < shorter.size(); ++i) {
      Lines expected = plain()[i];
      for (auto& [name, values] : expected) values.resize(shorter[i].bars.size());
      ASSERT_EQ(run::difference((*lines)[i], expected), "") << "instrument " << i << ", cut " << cut;
    }
  }
}

// Rows pushed into a session, which is left for another one at random bars with nothing but the saved bytes.
class Stream {
 public:
  Stream(const expr::Program& program, const panel::Panel& panel, std::size_t tile, SimdLevel level)
      : program_(program),
        stage_(program.stages.front()),
        table_(kernels::kernels_for(level)),
        panel_(panel),
        tile_(tile),
        session_(std::make_unique<expr::Session>(stage_, table_, kMostRows)) {}

  static constexpr std::size_t kMostRows = 9;

  Result<void> move_to_another_session() {
    const std::vector<std::byte> saved = session_->save(program_.hash);
    session_ = std::make_unique<expr::Session>(stage_, table_, kMostRows);
    return session_->restore(saved, program_.hash);
  }

  void push(std::size_t row, std::size_t rows) {
    // a copy, so that rows before these cannot be read
    const std::size_t count = rows * panel::kTileLanes;
    std::vector<const double*> leaves;
    std::vector<std::unique_ptr<double, Free>> copies;
    for (const expr::LeafUse& leaf : stage_.leaves) {
      const double* values = panel_.values(tile_, *panel_.column(leaf.column)) + row * panel::kTileLanes;
      copies.emplace_back(static_cast<double*>(::operator new(count * sizeof(double), std::align_val_t{64})));
      std::memcpy(copies.back().get(), values, count * sizeof(double));
      leaves.push_back(copies.back().get());
    }
    session_->advance(leaves, 0, rows);
    results_.assign(stage_.outputs.size() * count, 0.0);
    for (std::size_t c = 0; c < stage_.outputs.size(); ++c) {
      for (std::size_t k = 0; k < count; ++k) {
        const std::size_t r = k / panel::kTileLanes, l = k % panel::kTileLanes;
        results_[c * count + k] = session_->output(c)[r * session_->output_stride(c) + l];
      }
    }
  }

  double result(std::size_t output, std::size_t rows, std::size_t r, std::size_t lane) const {
    return results_[(output * rows + r) * panel::kTileLanes + lane];
  }

 private:
  struct Free {
    void operator()(double* p) const { ::operator delete(p, std::align_val_t{64}); }
  };
  const expr::Program& program_;
  const expr::Stage& stage_;
  const kernels::KernelTable& table_;
  const panel::Panel& panel_;
  std::size_t tile_;
  std::unique_ptr<expr::Session> session_;
  std::vector<double> results_;
};

TEST(ClassicBits, PushedRowByRowWithSavedAndRestoredState) {
  const auto compiled = run::compile({.factors = true});
  ASSERT_TRUE(compiled.has_value()) << compiled.error().to_string();
  ASSERT_EQ(compiled->program.stages.size(), 1u);
  const auto panel = run::panel_of(instruments(), {.factors = true});
  ASSERT_TRUE(panel.has_value()) << panel.error().to_string();
  oracle::SplitMix64 random(11);
  std::size_t moves = 0;
  for (const SimdLevel level : kernels::supported_levels()) {
    SCOPED_TRACE(std::string(to_string(level)));
    for (std::size_t tile = 0; tile < panel->tiles(); ++tile) {
      Stream stream(compiled->program, *panel, tile, level);
      for (std::size_t row = 0; row < panel->rows(tile);) {
        const std::size_t rows = std::min(random.between(1, Stream::kMostRows), panel->rows(tile) - row);
        if (random.chance(0.1)) {
          const auto moved = stream.move_to_another_session();
          ASSERT_TRUE(moved.has_value()) << moved.error().to_string();
          ++moves;
        }
        stream.push(row, rows);
        for (std::size_t l = 0; l < panel::kTileLanes; ++l) {
          const std::size_t lane = tile * panel::kTileLanes + l;
          for (std::size_t r = 0; r < rows && row + r < panel->length(lane); ++r) {
            const Lines& expected = plain()[panel->instrument_of(lane)];
            for (std::size_t c = 0; c < compiled->names.size(); ++c) {
              const std::string& name = compiled->names[c];
              ASSERT_TRUE(run::same(stream.result(c, rows, r, l), expected.at(name)[row + r]))
                  << name << ", instrument " << panel->instrument_of(lane) << ", bar " << row + r;
            }
          }
        }
        row += rows;
      }
    }
  }
  EXPECT_GT(moves, 20u);
}

}  // namespace
}  // namespace momentum::score
