// The engine's own way to the same scores: the classic profile compiled from its formula and run by the executor over the
// yardstick's market, node by node or with the fused stages. Prints one JSON object.
//   executor_bench [--stocks N] [--bars N] [--runs N] [--simd LEVEL] [--chunk N] [--factors] [--columns] [--nodes] [--breakdown]
// --columns: the 26 indicator columns as well, handed out stretch by stretch. --nodes: node by node only. --breakdown: the cost of each node, node by node, instead (to stderr as a table).

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "bench_panel.h"
#include "momentum/expr/evaluate.h"
#include "momentum/expr/session.h"
#include "momentum/score/classic.h"

namespace momentum::bench {
namespace {

struct Options {
  std::size_t stocks = 5500, bars = 2500, runs = 5, chunk = 0;
  SimdLevel simd = SimdLevel::best;
  bool factors = false, columns = false, nodes = false, breakdown = false;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    bool* const flag = name == "--factors"     ? &options.factors
                       : name == "--columns"   ? &options.columns
                       : name == "--nodes"     ? &options.nodes
                       : name == "--breakdown" ? &options.breakdown
                                               : nullptr;
    if (flag != nullptr) {
      *flag = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string_view text = argv[i];
    std::size_t* const number = name == "--stocks"  ? &options.stocks
                                : name == "--bars"  ? &options.bars
                                : name == "--runs"  ? &options.runs
                                : name == "--chunk" ? &options.chunk
                                                    : nullptr;
    if (number != nullptr) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
      if (error != std::errc() || end != text.data() + text.size()) return false;
    } else if (name == "--simd") {
      const auto level = parse_simd_level(text);
      if (!level) return false;
      options.simd = *level;
    } else {
      return false;
    }
  }
  return options.stocks > 0 && options.bars > 0 && options.runs > 0;
}

// Processor time of this thread: what a neighbour's turn on the core costs is not counted.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Result<panel::Panel> panel_of(const Options& options) {
  std::vector<std::int32_t> dates(options.bars);
  std::iota(dates.begin(), dates.end(), 0);
  std::vector<std::string> names{"open", "high", "low", "close", "volume"};
  if (options.factors) names.push_back("factor");
  std::vector<std::vector<double>> values(options.stocks);
  std::vector<panel::Series> series(options.stocks);
  for (std::size_t stock = 0; stock < options.stocks; ++stock) {
    const auto bars = synthetic_stock(1, stock, options.bars);
    std::vector<double>& out = values[stock];
    out.reserve(names.size() * options.bars);
    for (double Bars::* column : {&Bars::open, &Bars::high, &Bars::low, &Bars::close, &Bars::volume})
      for (const Bars& bar : bars) out.push_back(bar.*column);
    if (options.factors)  // one small step a year
      for (std::size_t t = 0; t < options.bars; ++t) out.push_back(1.0 + 0.015625 * static_cast<double>(t / 250));
    series[stock].dates = dates;
    for (std::size_t c = 0; c < names.size(); ++c)
      series[stock].columns.emplace_back(out.data() + c * options.bars, options.bars);
  }
  return panel::Panel::build(names, series);
}

// The fused stage of the program, watched: rows that went node by node are counted.
kernels::FusedFn watched = nullptr;
std::size_t fused_rows = 0, refused_rows = 0;
bool watch(const kernels::FusedCall& call) noexcept {
  const bool done = watched(call);
  (done ? fused_rows : refused_rows) += call.rows;
  return done;
}

Result<expr::Program> program_of(const panel::Panel& panel, const Options& options) {
  const bool factors = panel.column("factor").has_value();
  expr::Graph graph(factors ? expr::PriceBasis::adjusted : expr::PriceBasis::stored);
  MOMENTUM_TRY(const auto lines, score::classic(graph));
  std::vector<expr::NodeId> outputs;
  for (const char* line : {"score", "score_raw", "score_row", "survivors"})
    outputs.push_back(*expr::find_definition(lines, line));
  if (options.columns)
    for (const score::Column& column : score::classic_columns())
      outputs.push_back(*expr::find_definition(lines, column.definition));
  expr::CompileOptions compile_options{panel.columns()};
  if (!options.nodes) compile_options.fused = score::fused_stages();
  return expr::compile(graph, outputs, compile_options);
}

// Sum of every 16th score of each tile's first stock: someone looks at them, and both ways must agree.
Result<double> run_once(const Context& ctx, const expr::Program& program, const panel::Panel& panel,
                        const Options& options) {
  double total = 0.0;
  expr::EvaluateOptions evaluate_options;
  if (options.chunk != 0) evaluate_options.chunk_rows = options.chunk;
  MOMENTUM_TRY_VOID(expr::evaluate(
      ctx, program, panel,
      [&](const expr::Stretch& s) {
        for (std::size_t r = 15; r < s.rows; r += 16) {
          const double score = s.columns[0][r * s.strides[0]];
          if (score == score) total += score;
          for (std::size_t i = 4; i < s.columns.size(); ++i) {
            const double value = s.columns[i][r * s.strides[i]];
            if (value == value) total += value;
          }
        }
      },
      evaluate_options));
  return total;
}

// Every kernel call of one tile, timed by itself over stretches of 16 rows.
void break_down(const expr::Program& program, const panel::Panel& panel, const kernels::KernelTable& table) {
  const expr::Stage& stage = program.stages.back();
  std::vector<double> seconds(stage.steps.size());
  constexpr std::size_t kChunk = 16;
  const std::size_t tiles = std::min<std::size_t>(panel.tiles(), 8);
  std::uint64_t bars = 0;
  // A stage cut after step i costs what the steps up to it cost.
  for (std::size_t count = 0; count <= stage.steps.size(); ++count) {
    expr::Stage part = stage;
    part.steps.resize(count);
    expr::Session session(part, table, kChunk);
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
      const double begin = thread_seconds();
      bars = 0;
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        session.reset();
        std::vector<const double*> at(part.leaves.size());
        for (std::size_t row = 0; row + kChunk <= panel.rows(tile); row += kChunk) {
          for (std::size_t i = 0; i < at.size(); ++i)
            at[i] = panel.values(tile, *panel.column(part.leaves[i].column)) + row * kernels::kTileLanes;
          session.advance(at, row, kChunk);
          bars += kChunk * kernels::kTileLanes;
        }
      }
      best = std::min(best, thread_seconds() - begin);
    }
    if (count > 0) seconds[count - 1] += best;
    if (count < stage.steps.size()) seconds[count] -= best;
  }
  for (std::size_t i = 0; i < seconds.size(); ++i)
    std::fprintf(stderr, "%4zu %8.3f ns  %s\n", i, seconds[i] * 1e9 / static_cast<double>(bars),
                 program.graph.text(stage.steps[i].node).substr(0, 90).c_str());
}

int run(const Options& options) {
  const auto panel = panel_of(options);
  if (!panel) return std::fprintf(stderr, "%s\n", panel.error().what.c_str()), 3;
  auto program = program_of(*panel, options);
  const auto level = kernels::resolve_level(options.simd);
  if (!program || !level)
    return std::fprintf(stderr, "%s\n", (!program ? program.error() : level.error()).what.c_str()), 3;
  if (options.breakdown) break_down(*program, *panel, kernels::kernels_for(*level));

  kernels::FusedStage counting{};
  if (program->stages.back().fused != nullptr && (watched = program->stages.back().fused->at(*level)) != nullptr) {
    counting = {program->stages.back().fused->signature, watch, watch, watch};
    program->stages.back().fused = &counting;
  }
  Context ctx;
  ctx.threads = 1;
  ctx.simd = options.simd;
  std::vector<double> seconds;
  double total = 0.0;
  for (std::size_t i = 0; i < options.runs; ++i) {
    const double begin = thread_seconds();
    const auto sum = run_once(ctx, *program, *panel, options);
    seconds.push_back(thread_seconds() - begin);
    if (!sum) return std::fprintf(stderr, "%s\n", sum.error().what.c_str()), 3;
    total = *sum;
  }
  std::sort(seconds.begin(), seconds.end());
  const double bars = static_cast<double>(options.stocks) * static_cast<double>(options.bars);
  std::printf(
      "{\"simd\": \"%s\", \"stocks\": %zu, \"bars\": %zu, \"ns_per_bar\": %.3f, \"median_ns_per_bar\": %.3f, "
      "\"fused_rows\": %zu, \"refused_rows\": %zu, \"sum\": %.17g}\n",
      std::string(to_string(*level)).c_str(), options.stocks, options.bars, seconds.front() * 1e9 / bars,
      seconds[seconds.size() / 2] * 1e9 / bars, fused_rows / options.runs, refused_rows / options.runs, total);
  return 0;
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  momentum::bench::Options options;
  if (!momentum::bench::parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "executor_bench [--stocks N] [--bars N] [--runs N] [--simd LEVEL] [--chunk N] [--factors] [--columns] "
                 "[--nodes] [--breakdown]\n");
    return 2;
  }
  return momentum::bench::run(options);
}
