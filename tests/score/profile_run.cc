#include "profile_run.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <numeric>
#include <span>

#include "momentum/base/context.h"
#include "momentum/expr/evaluate.h"
#include "momentum/score/classic.h"

namespace momentum::score::run {
namespace {

std::vector<std::string> columns_of(const Setup& setup) {
  std::vector<std::string> columns{"open", "high", "low", "close", "volume"};
  if (setup.factors) columns.push_back("factor");
  return columns;
}

Result<panel::Panel> attached_copy(const panel::Panel& panel) {
  const std::span<const std::byte> bytes = panel.flat();
  const std::align_val_t alignment{64};
  auto* memory = static_cast<std::byte*>(::operator new(bytes.size(), alignment));
  std::shared_ptr<std::byte> copy(memory, [alignment](std::byte* p) { ::operator delete(p, alignment); });
  std::memcpy(memory, bytes.data(), bytes.size());
  return panel::Panel::attach({memory, bytes.size()}, copy);
}

}  // namespace

Result<Compiled> compile(const Setup& setup) {
  expr::Graph graph;
  MOMENTUM_TRY(expr::Definitions definitions, classic(graph));
  for (const char* name : {"open", "high", "low", "close", "volume"}) {
    definitions.emplace_back(name, graph.price(name));
  }
  std::vector<expr::NodeId> outputs;
  Compiled compiled;
  for (const auto& [name, node] : definitions) {
    compiled.names.push_back(name);
    outputs.push_back(node);
  }
  MOMENTUM_TRY(compiled.program,
               expr::compile(graph, outputs, {.columns = columns_of(setup), .rewrite = setup.rewrite}));
  return compiled;
}

Result<panel::Panel> panel_of(const std::vector<Instrument>& instruments, const Setup& setup) {
  std::vector<std::vector<double>> ones(instruments.size());
  std::vector<std::vector<std::int32_t>> days(instruments.size());
  std::vector<panel::Series> series;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const Instrument& one = instruments[i];
    if (one.dates.empty()) {
      days[i].resize(one.bars.size());
      std::iota(days[i].begin(), days[i].end(), 0);
    } else {
      days[i] = one.dates;
    }
    panel::Series s{days[i], {one.bars.open, one.bars.high, one.bars.low, one.bars.close, one.bars.volume}};
    if (setup.factors) {
      ones[i] = one.factor.empty() ? std::vector<double>(one.bars.size(), 1.0) : one.factor;
      s.columns.emplace_back(ones[i]);
    }
    series.push_back(std::move(s));
  }
  MOMENTUM_TRY(panel::Panel panel, panel::Panel::build(columns_of(setup), series));
  if (setup.reattach) return attached_copy(panel);
  return panel;
}

Result<std::vector<Lines>> evaluate(const std::vector<Instrument>& instruments, const Setup& setup) {
  MOMENTUM_TRY(const Compiled compiled, compile(setup));
  MOMENTUM_TRY(const panel::Panel panel, panel_of(instruments, setup));
  std::vector<Lines> lines(instruments.size());
  std::vector<std::vector<double*>> places(panel.lanes());
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    for (const std::string& name : compiled.names) {
      std::vector<double>& values = lines[i][name];
      values.resize(instruments[i].bars.size());
      places[panel.lane_of(i)].push_back(values.data());
    }
  }
  const auto sink = [&](const expr::Stretch& s) {
    for (std::size_t l = 0; l < panel::kTileLanes; ++l) {
      const std::size_t lane = s.tile * panel::kTileLanes + l;
      if (places[lane].empty()) continue;
      for (std::size_t c = 0; c < s.columns.size(); ++c) {
        for (std::size_t r = 0; r < s.rows && s.first_row + r < panel.length(lane); ++r) {
          places[lane][c][s.first_row + r] = s.columns[c][r * s.strides[c] + l];
        }
      }
    }
  };
  Context context;
  context.threads = setup.threads;
  context.simd = setup.simd;
  MOMENTUM_TRY_VOID(expr::evaluate(context, compiled.program, panel, sink, {.chunk_rows = setup.chunk_rows}));
  return lines;
}

std::string_view line_of(oracle::Column column) {
  switch (column) {
    case oracle::kVol: return "volume";
    case oracle::kRsi: return "rsi14";
    case oracle::kBollMid: return "ma20";
    default: return oracle::kColumnNames[column];
  }
}

bool same(double a, double b) noexcept {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string difference(const Lines& ours, const Lines& theirs) {
  if (ours.size() != theirs.size()) return "different lines";
  for (const auto& [name, values] : ours) {
    const auto found = theirs.find(name);
    if (found == theirs.end() || found->second.size() != values.size()) return name + ": different length";
    for (std::size_t t = 0; t < values.size(); ++t) {
      if (same(values[t], found->second[t])) continue;
      return fmt::format("{}, bar {}: {:a} and {:a}", name, t, values[t], found->second[t]);
    }
  }
  return {};
}

}  // namespace momentum::score::run
