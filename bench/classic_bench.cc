// Runs the fused yardstick over a synthetic market, checks it against the reference, prints one JSON object.
//   classic_bench [--stocks N] [--bars N] [--runs N] [--target NAME] [--columns] [--rough] [--check N] [--flat FILE
//   --flat-stocks N]

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "bench_panel.h"
#include "classic_fused.h"
#include "classic_reference.h"

namespace momentum::bench {
namespace {

struct Options {
  std::size_t stocks = 5500, bars = 2500, runs = 5, check = 64, flat_stocks = 200;
  std::string target, flat;
  bool columns = false, rough = false;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--columns" || name == "--rough") {
      (name == "--rough" ? options.rough : options.columns) = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string_view text = argv[i];
    std::size_t* const number = name == "--stocks"        ? &options.stocks
                                : name == "--bars"        ? &options.bars
                                : name == "--runs"        ? &options.runs
                                : name == "--check"       ? &options.check
                                : name == "--flat-stocks" ? &options.flat_stocks
                                                          : nullptr;
    if (number != nullptr) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
      if (error != std::errc() || end != text.data() + text.size()) return false;
    } else if (name == "--target") {
      options.target = text;
    } else if (name == "--flat") {
      options.flat = text;
    } else {
      return false;
    }
  }
  return options.stocks > 0 && options.bars > 0 && options.runs > 0;
}

FusedInput tile_of(const TiledPanel& panel, std::size_t tile) {
  const std::size_t at = tile * panel.tile_size();
  return {panel.open.data() + at,  panel.high.data() + at,   panel.low.data() + at,
          panel.close.data() + at, panel.volume.data() + at, panel.rows};
}

// Processor time of this thread: what a neighbour's turn on the core costs is not counted.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Only the column with a logarithm in it may differ in the last digits: the reference asks libm.
bool close_enough(double a, double b, std::size_t column) {
  if (column != kVolatility20) return same(a, b);
  return same(a, b) || std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b));
}

struct Check {
  std::size_t bars = 0, wrong = 0;
  std::size_t wrong_column[kColumns] = {};
};

void check_stock(const FusedOutput& out, std::size_t rows, std::size_t lane, const std::vector<Bars>& bars,
                 Check& check) {
  std::vector<double> score(rows), raw(rows), columns(out.columns != nullptr ? rows * kColumns : 0);
  std::vector<std::uint8_t> status(rows);
  reference_score(bars, score.data(), raw.data(), status.data(), columns.empty() ? nullptr : columns.data());
  for (std::size_t t = 0; t < rows; ++t) {
    const std::size_t at = t * kLanes + lane;
    const bool right = same(out.score[at], score[t]) && same(out.score_raw[at], raw[t]) && out.status[at] == status[t];
    if (!right && check.wrong < 5) {
      std::fprintf(stderr, "lane %zu row %zu: raw %.17g, reference %.17g; status %d, reference %d\n", lane, t,
                   out.score_raw[at], raw[t], out.status[at], status[t]);
    }
    check.bars += 1;
    check.wrong += !right;
    for (std::size_t k = 0; k < columns.size() / rows; ++k) {
      check.wrong_column[k] += !close_enough(out.columns[(k * rows + t) * kLanes + lane], columns[k * rows + t], k);
    }
  }
}

int run(const Options& options) {
  if (!options.target.empty() && !pin_fused_target(options.target)) {
    std::fprintf(stderr, "no target %s on this machine\n", options.target.c_str());
    return 2;
  }
  const TiledPanel panel = synthetic_panel(1, options.stocks, options.bars, options.rough);
  if (!options.flat.empty() && !write_flat(panel, options.flat_stocks, options.flat)) {
    std::fprintf(stderr, "cannot write %s\n", options.flat.c_str());
    return 3;
  }
  const std::size_t size = panel.tile_size();
  Plane score(size), raw(size), columns(options.columns ? size * kColumns : 0);
  std::vector<std::uint8_t> status(size);
  const FusedOutput out{score.data(), raw.data(), status.data(), options.columns ? columns.data() : nullptr};

  std::vector<double> seconds;
  std::size_t slow_tiles = 0;
  double total = 0;
  for (std::size_t run = 0; run < options.runs; ++run) {
    const double begin = thread_seconds();
    slow_tiles = 0;
    for (std::size_t tile = 0; tile < panel.tiles(); ++tile) {
      slow_tiles += !score_tile(tile_of(panel, tile), out);
      total += score.data()[size - 1];  // someone looks at it
    }
    seconds.push_back(thread_seconds() - begin);
  }
  std::sort(seconds.begin(), seconds.end());
  const double bars = static_cast<double>(panel.tiles() * size);

  Check check;
  for (std::size_t tile = 0; tile < panel.tiles() && tile * kLanes < options.check; ++tile) {
    score_tile(tile_of(panel, tile), out);
    for (std::size_t lane = 0; lane < kLanes && tile * kLanes + lane < std::min(options.check, options.stocks);
         ++lane) {
      check_stock(out, panel.rows, lane, stock_of(panel, tile * kLanes + lane), check);
    }
  }
  std::size_t wrong = check.wrong;
  for (std::size_t k = 0; k < kColumns; ++k) {
    wrong += check.wrong_column[k];
    if (check.wrong_column[k] > 0) std::fprintf(stderr, "column %zu: %zu wrong\n", k, check.wrong_column[k]);
  }
  std::printf(
      "{\"target\": \"%s\", \"columns\": %s, \"stocks\": %zu, \"bars\": %zu, \"ns_per_bar\": %.3f, "
      "\"median_ns_per_bar\": %.3f, \"slow_tiles\": %zu, \"checked_bars\": %zu, \"wrong\": %zu, \"sum\": %.17g}\n",
      options.target.empty() ? fused_targets().front().c_str() : options.target.c_str(),
      options.columns ? "true" : "false", panel.stocks, panel.rows, seconds.front() * 1e9 / bars,
      seconds[seconds.size() / 2] * 1e9 / bars, slow_tiles, check.bars, wrong, total);
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  momentum::bench::Options options;
  if (!momentum::bench::parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "classic_bench [--stocks N] [--bars N] [--runs N] [--target NAME] [--columns] [--rough] [--check N] "
                 "[--flat FILE --flat-stocks N]\n");
    return 2;
  }
  return momentum::bench::run(options);
}
