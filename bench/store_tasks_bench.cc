// What a store is asked for most: store_tasks_bench FOLDER [THREADS [RUNS]].
//   all       every bar of every instrument, all columns that the store has
//   one       one instrument, every bar
//   recent    the last 250 sessions of all instruments
// The catalog's state is loaded once and its time told apart: a program that answers more than one question keeps it. Times are
// the best of the runs, by the clock; planning, opening and decoding of doubles included. One JSON object a line, with the number of
// rows and the sums of close and volume, for whoever reads the same files in another way.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <string>

#include "momentum/base/parallel.h"
#include "momentum/catalog/catalog.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/plan.h"

namespace momentum::bench {
namespace {

using namespace store;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRecentSessions = 250;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Answer {
  std::int64_t rows = 0;
  double close = 0.0, volume = 0.0;
};

double sum_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double v : values) sum += std::isnan(v) ? 0.0 : v;
  return sum;
}

Result<void> read(const Context& ctx, const std::string& folder, const catalog::State& state, const Need& need,
                  Answer* answer) {
  MOMENTUM_TRY(const Plan made, plan(state, need));
  MOMENTUM_TRY(const BarsReader reader, BarsReader::open(ctx, folder, state, made));
  const auto place = [&](std::string_view column) {
    return static_cast<std::size_t>(std::ranges::find(need.columns, column) - need.columns.begin());
  };
  std::mutex mutex;
  return parallel_for(ctx, made.batches.size(), [&](std::size_t b) -> Result<void> {
    MOMENTUM_TRY(const BatchBars bars, reader.read(made.batches[b]));
    if (answer == nullptr) return {};
    const std::lock_guard lock(mutex);
    for (const SeriesBars& series : bars.series) {
      answer->rows += static_cast<std::int64_t>(series.dates.size());
      answer->close += sum_of(series.columns[place("close")]);
      answer->volume += sum_of(series.columns[place("volume")]);
    }
    return {};
  });
}

Result<void> task(const Context& ctx, std::string_view name, const std::string& folder, const catalog::State& state,
                  const Need& need, int runs) {
  Answer answer;
  MOMENTUM_TRY_VOID(read(ctx, folder, state, need, &answer));
  double best = 1e9;
  for (int run = 0; run < runs; ++run) {
    const auto begin = Clock::now();
    MOMENTUM_TRY_VOID(read(ctx, folder, state, need, nullptr));
    best = std::min(best, seconds_since(begin));
  }
  fmt::print("{{\"task\": \"{}\", \"seconds\": {}, \"rows\": {}, \"close\": {}, \"volume\": {}, \"columns\": {}}}\n",
             name, best, answer.rows, answer.close, answer.volume, need.columns.size());
  return {};
}

Result<void> run(const std::string& folder, int threads, int runs) {
  Context ctx;
  ctx.threads = threads;
  const auto begin = Clock::now();
  MOMENTUM_TRY(const auto catalog, catalog::Catalog::open(folder));
  MOMENTUM_TRY(const catalog::State state, catalog.load());
  fmt::print("{{\"task\": \"load\", \"seconds\": {}, \"instruments\": {}}}\n", seconds_since(begin),
             state.instruments.size());

  Need need;
  for (const catalog::FileRecord& file : state.files)
    for (const auto& column : file.columns)
      if (column.name != "instrument" && column.name != "date" &&
          std::ranges::find(need.columns, column.name) == need.columns.end())
        need.columns.push_back(column.name);
  MOMENTUM_TRY_VOID(task(ctx, "all", folder, state, need, runs));

  Need one = need;
  one.instruments = {static_cast<catalog::InstrumentId>(state.instruments.size() / 2)};
  MOMENTUM_TRY_VOID(task(ctx, "one", folder, state, one, runs * 10));

  Need recent = need;
  const std::vector<Date>& days = state.sessions.front().days;
  recent.first = days[days.size() - std::min(kRecentSessions, days.size())];
  return task(ctx, "recent", folder, state, recent, runs);
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  const auto number = [&](int k, int usual) { return argc > k ? std::max(std::atoi(argv[k]), 1) : usual; };
  if (argc < 2) return fmt::print(stderr, "store_tasks_bench FOLDER [THREADS [RUNS]]\n"), 2;
  const auto done = momentum::bench::run(argv[1], number(2, 2), number(3, 5));
  if (!done) return fmt::print(stderr, "store_tasks_bench: {}\n", done.error().to_string()), 1;
}
