#include "read_plan.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "memory_need.h"
#include "momentum/formats/folder.h"

namespace momentum::engine {
namespace {

// How coarse a plan is: what is together wastes little, what is apart takes little.
struct Grain {
  std::size_t lanes;
  std::int64_t rows_per_batch;
};

// A panel wastes little where its lanes end together, so that many are wanted at once; but what one thread works on should stay
// near the core: 256 lanes cost a tenth more than 64. A tile is 32 lanes, whether they are all used or not.
constexpr std::int64_t kUsualRows = store::PlanOptions{}.rows_per_batch;
constexpr Grain kGrains[] = {{64, kUsualRows}, {32, kUsualRows / 2}, {32, kUsualRows / 8}, {4, 1}};

std::vector<std::size_t> computed_together(const store::Plan& plan, std::size_t threads, std::size_t lanes_together) {
  std::size_t all = 0;
  for (const store::Batch& batch : plan.batches) all += batch.instruments.size();
  const std::size_t wanted = std::min(lanes_together, all / (2 * threads) + 1);
  std::vector<std::size_t> ends;
  std::size_t lanes = 0;
  for (std::size_t b = 0; b < plan.batches.size(); ++b) {
    lanes += plan.batches[b].instruments.size();
    if (lanes < wanted && b + 1 < plan.batches.size()) continue;
    ends.push_back(b + 1);
    lanes = 0;
  }
  return ends;
}

Result<ReadPlan> plan_of(const catalog::State& state, const store::Need& need, const Grain& grain, int threads) {
  MOMENTUM_TRY(store::Plan plan, store::plan(state, need, {.rows_per_batch = grain.rows_per_batch}));
  ReadPlan read{.plan = std::move(plan), .ends = {}, .threads = threads};
  read.ends = computed_together(read.plan, static_cast<std::size_t>(threads), grain.lanes);
  return read;
}

std::size_t row_bytes(const store::Plan& plan) {
  const std::size_t keys = plan.dataset == store::Dataset::minute ? 2 : 1;
  return keys * sizeof(std::int32_t) + plan.columns.size() * sizeof(double);
}

// The rows of a part, as the reader keeps them and as a panel: at most what one part in work takes.
std::size_t part_need(const ReadPlan& read) {
  std::size_t most = 0, batch_rows = 0, batches = 0;
  for (std::size_t part = 0, b = 0; part < read.ends.size(); ++part) {
    std::vector<std::int64_t> rows;
    batches = std::max(batches, read.ends[part] - b);
    for (; b < read.ends[part]; ++b) {
      batch_rows = std::max(batch_rows, static_cast<std::size_t>(read.plan.batches[b].rows));
      for (const store::PlannedInstrument& one : read.plan.batches[b].instruments) rows.push_back(one.rows);
    }
    most = std::max(most, panel_need(std::move(rows)));
  }
  // memory of a batch is used again, so that each block grows to the largest
  return most + batches * batch_rows * row_bytes(read.plan) + kThreadNeed;
}

// Row groups that several batches need are kept decoded from the first to the last of them: those of the tail all the time, of the
// others what is open at one part, for each part in work.
std::size_t groups_need(const ReadPlan& read, const catalog::State& state) {
  struct Use {
    std::size_t first = 0, last = 0, first_batch = 0, last_batch = 0;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Use> uses;
  for (std::size_t part = 0, b = 0; part < read.ends.size(); ++part) {
    for (; b < read.ends[part]; ++b) {
      for (const store::PlannedInstrument& one : read.plan.batches[b].instruments)
        for (const store::Piece& piece : one.pieces) {
          Use& use = uses.try_emplace({piece.file, piece.group}, part, part, b, b).first->second;
          use.last = part;
          use.last_batch = b;
        }
    }
  }
  std::int64_t kept = 0;
  std::vector<std::int64_t> changes(read.ends.size() + 1);
  for (const auto& [at, use] : uses) {
    if (use.first_batch == use.last_batch) continue;
    const catalog::FileRecord& file = state.files[at.first];
    const std::int64_t rows = file.row_groups[at.second].rows;
    if (!file.bucket) {
      kept += rows;
    } else {
      changes[use.first] += rows;
      changes[use.last + 1] -= rows;
    }
  }
  std::int64_t open = 0, most = 0;
  for (const std::int64_t change : changes) most = std::max(most, open += change);
  return static_cast<std::size_t>(kept + most * read.threads) * row_bytes(read.plan);
}

// What comes from afar of the row groups of one part, for each part in work, and of the tail for as long as it is kept.
std::size_t fetched_need(const ReadPlan& read, const catalog::State& state) {
  std::int64_t kept = 0, most = 0;
  for (const catalog::FileRecord& file : state.files)
    if (!file.bucket) kept += file.bytes;
  for (std::size_t part = 0, b = 0; part < read.ends.size(); ++part) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> groups;
    for (; b < read.ends[part]; ++b)
      for (const store::PlannedInstrument& one : read.plan.batches[b].instruments)
        for (const store::Piece& piece : one.pieces) groups.emplace(piece.file, piece.group);
    std::int64_t bytes = 0;
    for (const auto& [file, group] : groups) bytes += state.files[file].row_groups[group].bytes;
    most = std::max(most, bytes);
  }
  return static_cast<std::size_t>(kept + most * read.threads);
}

}  // namespace

std::size_t read_need(const ReadPlan& read, const catalog::State& state, bool far) {
  std::size_t pieces = 0;
  for (const store::Batch& batch : read.plan.batches)
    for (const store::PlannedInstrument& one : batch.instruments)
      pieces += sizeof(one) + one.pieces.size() * sizeof(store::Piece);
  return state_need(state) + pieces + groups_need(read, state) +
         static_cast<std::size_t>(read.threads) * part_need(read) + (far ? fetched_need(read, state) : 0);
}

Result<ReadPlan> plan_read(const Context& ctx, const std::string& folder, const catalog::State& state,
                           const store::Need& need) {
  std::size_t least = SIZE_MAX;
  for (int threads = ctx.thread_count();; threads /= 2) {
    for (const Grain& grain : kGrains) {
      MOMENTUM_TRY(ReadPlan read, plan_of(state, need, grain, threads));
      if (ctx.memory_limit == 0) return read;
      const std::size_t bytes = read_need(read, state, formats::is_remote(folder));
      if (bytes <= ctx.memory_limit) return read;
      least = std::min(least, bytes);
    }
    if (threads == 1) return over_limit(least, ctx.memory_limit, folder);
  }
}

}  // namespace momentum::engine
