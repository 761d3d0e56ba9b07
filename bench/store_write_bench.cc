// Writing a store of a made-up market: the whole history, one day more, the same again, a new month.
//   store_write_bench [STOCKS [YEARS [THREADS]]]
// One JSON object a call. Whether the answer is right is asked of the store itself: the same bars again are all known.

#include <sys/resource.h>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/buffer.h>
#include <arrow/table.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/sources/demo_market.h"
#include "momentum/store/ingest.h"

namespace momentum::bench {
namespace {

using Clock = std::chrono::steady_clock;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Store {
  Context ctx;
  catalog::WriterLock lock;
  catalog::Catalog catalog;
};

Store make_store(const std::string& folder, int threads) {
  Context ctx;
  ctx.threads = threads;
  catalog::Catalog::create(ctx, folder, {.synthetic = true}).value();
  auto lock = catalog::WriterLock::acquire(ctx, folder, std::chrono::milliseconds(0)).value();
  auto catalog = catalog::Catalog::open(lock).value();
  return {ctx, std::move(lock), std::move(catalog)};
}

// Prints how long it took; the number of rows that came in and were not what they should be.
std::int64_t call(Store& store, std::string_view what, const sources::DemoMarket& market, const store::BarsOf& bars_of,
                  const store::IngestOptions& options, std::int64_t store::Outcome::* expected) {
  const catalog::State state = store.catalog.load().value();
  std::vector<store::Incoming> incoming;
  for (std::size_t i = 0; i < market.size(); ++i) {
    catalog::InstrumentRecord record;
    record.id = static_cast<catalog::InstrumentId>(i);
    record.code = market.instrument(i).id;
    incoming.push_back({record});
  }
  const double cpu_begin = cpu_seconds();
  const auto begin = Clock::now();
  const store::Describe look = [](std::size_t, const store::Merged&, catalog::InstrumentRecord&) {
    return Result<void>{};
  };
  const store::Outcome out =
      store::ingest(store.ctx, store.lock, store.catalog, state, incoming, bars_of, look, {}, options).value();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const double cpu = cpu_seconds() - cpu_begin;
  const catalog::State after = store.catalog.load().value();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::int64_t rows = out.stored + out.known + out.conflicting + out.corrected;
  const std::int64_t wrong = rows - out.*expected;
  std::printf(
      "{\"what\": \"%.*s\", \"rows\": %lld, \"seconds\": %.3f, \"cpu\": %.3f, \"bytes_per_bar\": %.2f, \"files\": %zu, "
      "\"peak_mb\": "
      "%ld, \"wrong\": %lld}\n",
      static_cast<int>(what.size()), what.data(), static_cast<long long>(rows), seconds, cpu,
      static_cast<double>(after.snapshot.counts.bytes) / static_cast<double>(after.snapshot.counts.rows),
      after.files.size(), usage.ru_maxrss / 1024, static_cast<long long>(wrong));
  return wrong;
}

int run(int stocks, int years, int threads) {
  std::string folder = (std::filesystem::temp_directory_path() / "store_write_bench_XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const auto market =
      sources::DemoMarket::make({.stocks = stocks, .years = years, .end = *make_date(2025, 11, 28)}).value();
  const Date last = market.sessions().back();
  std::int64_t wrong = 0;
  {
    Store store = make_store(folder, threads);
    const store::BarsOf all = [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> {
      return market.bars(i).bars;
    };
    std::vector<std::shared_ptr<arrow::Table>> ends;  // the last bar of each
    for (std::size_t i = 0; i < market.size(); ++i) {
      const auto bars = market.bars(i).bars;
      arrow::ChunkedArrayVector row;  // copied: a slice would hold all bars
      for (const auto& column : bars->columns()) {
        const auto end = arrow::Concatenate({column->chunk(0)->Slice(bars->num_rows() - 1)}).ValueOrDie();
        row.push_back(std::make_shared<arrow::ChunkedArray>(end));
      }
      ends.push_back(arrow::Table::Make(bars->schema(), row, 1));
    }
    // The same as if it were another day's.
    const auto moved = [&](Date to) -> store::BarsOf {
      const auto dates = std::make_shared<arrow::Date32Array>(1, arrow::Buffer::FromVector(std::vector{to.days}));
      return [&, date = std::make_shared<arrow::ChunkedArray>(dates)](
                 std::size_t i) -> Result<std::shared_ptr<arrow::Table>> {
        return ends[i]->SetColumn(0, ends[i]->field(0), date).ValueOrDie();
      };
    };
    wrong += call(store, "all", market, all, {.newest = last}, &store::Outcome::stored);
    wrong += call(store, "all again", market, all, {.newest = last}, &store::Outcome::known);
    wrong += call(store, "a day", market, moved(last + 2), {.newest = last + 2}, &store::Outcome::stored);
    wrong += call(store, "a new month", market, moved(last + 4), {.newest = last + 4}, &store::Outcome::stored);
    wrong += call(store, "a day of it", market, moved(last + 5), {.newest = last + 5}, &store::Outcome::stored);
  }
  std::filesystem::remove_all(folder);
  return wrong == 0 ? 0 : 1;
}

int number(int argc, char** argv, int place, int otherwise) {
  if (argc > place) std::from_chars(argv[place], argv[place] + std::string_view(argv[place]).size(), otherwise);
  return otherwise;
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  using momentum::bench::number;
  return momentum::bench::run(number(argc, argv, 1, 5500), number(argc, argv, 2, 10), number(argc, argv, 3, 0));
}
