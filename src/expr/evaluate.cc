#include "momentum/expr/evaluate.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "momentum/base/parallel.h"
#include "momentum/kernels/cross_section.h"
#include "session_pool_internal.h"

namespace momentum::expr {
namespace {

using kernels::kTileLanes;

// Dates x lanes, one row per date: where a cross-section is ranked.
class Planes {
 public:
  Planes(std::size_t count, std::size_t days, std::size_t lanes)
      : days_(days), lanes_(lanes), values_(count, std::vector<double>()) {}
  void allocate(std::size_t plane) { values_[plane].assign(days_ * lanes_, std::numeric_limits<double>::quiet_NaN()); }
  void release(std::size_t plane) { std::vector<double>().swap(values_[plane]); }
  double* row(std::size_t plane, std::size_t day) { return values_[plane].data() + day * lanes_; }
  std::size_t days() const { return days_; }
  std::size_t lanes() const { return lanes_; }

 private:
  std::size_t days_, lanes_;
  std::vector<std::vector<double>> values_;
};

// The stage after which nobody reads a plane any more.
std::vector<std::size_t> last_readers(const Program& program) {
  std::vector<std::size_t> last(program.planes, 0);
  for (std::size_t stage = 0; stage < program.stages.size(); ++stage)
    for (const LeafUse& leaf : program.stages[stage].leaves)
      if (leaf.column.empty()) last[leaf.plane] = stage;
  return last;
}

// The most planes that are there at once: those a stage writes and those that it or a later one reads.
std::size_t most_planes(const Program& program) {
  const std::vector<std::size_t> last = last_readers(program);
  std::vector<std::size_t> live;
  std::size_t most = 0;
  for (std::size_t stage = 0; stage < program.stages.size(); ++stage) {
    for (const auto plane : program.stages[stage].planes) live.push_back(plane);
    most = std::max(most, live.size());
    std::erase_if(live, [&](std::size_t plane) { return last[plane] <= stage; });
  }
  return most;
}

class Evaluation {
 public:
  Evaluation(const Context& ctx, const Program& program, const panel::Panel& panel, SimdLevel level, std::size_t chunk)
      : ctx_(ctx),
        program_(program),
        panel_(panel),
        level_(level),
        chunk_(chunk),
        planes_(program.planes, panel.calendar().size(), panel.lanes()) {}

  Result<void> run(const StretchSink& sink) {
    const std::vector<std::size_t> last_reader = last_readers(program_);
    for (const Stage& stage : program_.stages) {
      const bool last = &stage == &program_.stages.back();
      const auto number = static_cast<std::size_t>(&stage - program_.stages.data());
      for (const auto plane : stage.planes) planes_.allocate(plane);
      SessionPool sessions(stage, level_, chunk_);
      MOMENTUM_TRY_VOID(parallel_for(ctx_, panel_.tiles(), [&](std::size_t tile) {
        return run_tile(stage, sessions, tile, last ? sink : [&](const Stretch& s) { to_planes(stage, s); });
      }));
      MOMENTUM_TRY_VOID(rank_planes(stage));
      for (std::size_t plane = 0; plane < last_reader.size(); ++plane)
        if (last_reader[plane] == number) planes_.release(plane);
    }
    return {};
  }

 private:
  Result<void> run_tile(const Stage& stage, SessionPool& sessions, std::size_t tile, const StretchSink& sink) {
    const std::size_t chunk = sessions.chunk();
    std::unique_ptr<Session> session = sessions.take();
    const std::size_t rows = panel_.rows(tile);
    std::vector<const double*> columns(stage.outputs.size());
    std::vector<std::size_t> strides(stage.outputs.size());
    std::vector<const double*> leaves(stage.leaves.size()), at(stage.leaves.size());
    std::vector<std::vector<double>> gathered(stage.leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const LeafUse& leaf = stage.leaves[i];
      if (leaf.column.empty()) {
        leaves[i] = gather(leaf.plane, tile, gathered[i]);
      } else {
        leaves[i] = panel_.values(tile, *panel_.column(leaf.column));
      }
    }
    for (std::size_t row = 0; row < rows; row += chunk) {
      if (ctx_.cancelled()) return Context::interrupted();
      const std::size_t n = std::min(chunk, rows - row);
      for (std::size_t i = 0; i < leaves.size(); ++i) at[i] = leaves[i] + row * kTileLanes;
      session->advance(at, row, n);
      for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i] = session->output(i);
        strides[i] = session->output_stride(i);
      }
      sink({tile, row, n, columns, strides});
    }
    sessions.give_back(std::move(session));
    return {};
  }

  // A lane without a bar on a date stays missing there, so it is not ranked.
  void to_planes(const Stage& stage, const Stretch& s) {
    const std::int32_t* days = panel_.days(s.tile) + s.first_row * kTileLanes;
    for (std::size_t i = 0; i < stage.planes.size(); ++i)
      for (std::size_t r = 0; r < s.rows; ++r)
        for (std::size_t l = 0; l < kTileLanes; ++l) {
          const std::int32_t day = days[r * kTileLanes + l];
          if (day < 0) continue;
          planes_.row(stage.planes[i], static_cast<std::size_t>(day))[s.tile * kTileLanes + l] =
              s.columns[i][r * s.strides[i] + l];
        }
  }

  Result<void> rank_planes(const Stage& stage) {
    constexpr std::size_t kDatesPerTask = 64;
    for (const auto plane : stage.planes) {
      const std::size_t tasks = (planes_.days() + kDatesPerTask - 1) / kDatesPerTask;
      MOMENTUM_TRY_VOID(parallel_for(ctx_, tasks, [&](std::size_t task) -> Result<void> {
        std::vector<std::uint32_t> order(planes_.lanes());
        const std::size_t end = std::min((task + 1) * kDatesPerTask, planes_.days());
        for (std::size_t day = task * kDatesPerTask; day < end; ++day)
          kernels::rank_row({planes_.row(plane, day), planes_.lanes()}, order);
        return {};
      }));
    }
    return {};
  }

  // The tile's rows of a plane, in `memory`; the result is 64-byte aligned.
  const double* gather(std::uint32_t plane, std::size_t tile, std::vector<double>& memory) {
    const std::size_t cells = panel_.rows(tile) * kTileLanes;
    memory.resize(cells + kernels::kAlignment / sizeof(double));
    void* start = memory.data();
    std::size_t room = memory.size() * sizeof(double);
    auto* out = static_cast<double*>(std::align(kernels::kAlignment, cells * sizeof(double), start, room));
    const std::int32_t* days = panel_.days(tile);
    for (std::size_t i = 0; i < cells; ++i)
      out[i] = days[i] < 0 ? std::numeric_limits<double>::quiet_NaN()
                           : planes_.row(plane, static_cast<std::size_t>(days[i]))[tile * kTileLanes + i % kTileLanes];
    return out;
  }

  const Context& ctx_;
  const Program& program_;
  const panel::Panel& panel_;
  SimdLevel level_;
  std::size_t chunk_;
  Planes planes_;
};

}  // namespace

Result<void> evaluate(const Context& ctx, const Program& program, const panel::Panel& panel, const StretchSink& sink,
                      const EvaluateOptions& options) {
  MOMENTUM_TRY(const SimdLevel level, kernels::resolve_level(ctx.simd));
  for (const Stage& stage : program.stages)
    for (const LeafUse& leaf : stage.leaves)
      if (!leaf.column.empty() && !panel.column(leaf.column))
        return fail(ErrorCode::name_not_found, "the panel has no column " + leaf.column, {},
                    "compile the expression for the columns of the panel");
  const std::size_t plane_bytes = most_planes(program) * panel.calendar().size() * panel.lanes() * sizeof(double);
  if (plane_bytes > options.plane_bytes_limit) {
    return fail(ErrorCode::too_large, "the cross-sections need " + std::to_string(plane_bytes) + " bytes", {},
                "use fewer rank() or a shorter history");
  }
  return Evaluation(ctx, program, panel, level, options.chunk_rows).run(sink);
}

}  // namespace momentum::expr
