#include "memory_need.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "momentum/kernels/tile.h"

namespace momentum::engine {
namespace {

// Columns of a panel: prices, volume, factor; and its calendar map.
constexpr std::size_t kPanelRow = kernels::kTileLanes * (6 * sizeof(double) + sizeof(std::int32_t));
// A record with its texts and sparkline, and its lines in the answer.
constexpr std::size_t kRecord = 4096;
// Columns of a stored row, as it is merged and written.
constexpr std::size_t kStoredNumbers = 14;

template <class T>
std::size_t bytes_of(const std::vector<T>& items) {
  return items.size() * sizeof(T);
}

}  // namespace

std::size_t panel_need(std::vector<std::int64_t> rows) {
  std::ranges::sort(rows, std::greater<>());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bytes += static_cast<std::size_t>(rows[i]) * sizeof(double);
    if (i % kernels::kTileLanes == 0) bytes += 2 * static_cast<std::size_t>(rows[i]) * kPanelRow;
  }
  return bytes;
}

std::size_t state_need(const catalog::State& state) {
  std::size_t bytes = state.instruments.size() * kRecord + bytes_of(state.coverage);
  for (const catalog::InstrumentRecord& one : state.instruments)
    bytes += sizeof(one) + bytes_of(one.suspended) + bytes_of(one.quarantined) + bytes_of(one.factors) +
             bytes_of(one.names) + bytes_of(one.industries);
  for (const catalog::FileRecord& file : state.files) bytes += bytes_of(file.extents) + bytes_of(file.row_groups);
  for (const catalog::MarketDays& days : state.sessions) bytes += 2 * bytes_of(days.days);
  return bytes;
}

std::size_t rows_need(std::int64_t rows, std::size_t numbers) {
  return static_cast<std::size_t>(rows) * (20 + numbers * sizeof(double));
}

std::string size_text(std::size_t bytes) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  const std::size_t mib = (bytes + kMiB - 1) / kMiB;
  return mib < 10'240 ? fmt::format("{} MiB", mib) : fmt::format("{} GiB", (mib + 1023) / 1024);
}

std::unexpected<Error> over_limit(std::size_t need, std::size_t limit, std::string where) {
  return fail(ErrorCode::too_large,
              fmt::format("the data needs {} of memory, --memory-limit is {}", size_text(need), size_text(limit)),
              std::move(where), fmt::format("allow {}M", (need >> 20) + 1));
}

Result<Context> writing_context(const Context& ctx, const catalog::State& state, std::int64_t incoming_rows,
                                std::size_t held) {
  if (ctx.memory_limit == 0) return ctx;
  std::int64_t file_rows = 0;
  for (const catalog::FileRecord& file : state.files) file_rows = std::max(file_rows, file.rows);
  // buckets fill unevenly
  const std::int64_t bucket_rows = incoming_rows / std::max(1, state.info.buckets) * 3 / 2 + incoming_rows % 8;
  const std::size_t each = rows_need(2 * bucket_rows + file_rows, kStoredNumbers) + kThreadNeed;
  const std::size_t fixed = held + state_need(state);
  if (fixed + each > ctx.memory_limit) return over_limit(fixed + each, ctx.memory_limit, "writing to the store");
  Context own = ctx;
  own.threads =
      static_cast<int>(std::min(static_cast<std::size_t>(ctx.thread_count()), (ctx.memory_limit - fixed) / each));
  return own;
}

}  // namespace momentum::engine
