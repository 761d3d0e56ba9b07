// A whole market read from a store: planning, opening and decoding, in ns a value.
//   store_read_bench [STOCKS [YEARS [THREADS [RUNS [BATCH_ROWS]]]]]
// Makes a store of random walks as a writer would leave it, reads open, high, low, close, volume and days of all of it and
// checks every number against what was written; then one stock, and the last year. One JSON object a line.

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/parallel.h"
#include "momentum/catalog/catalog.h"
#include "momentum/formats/column_file.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/plan.h"
#include "store_file_internal.h"

namespace momentum::bench {
namespace {

using namespace store;
using Clock = std::chrono::steady_clock;

constexpr int kBuckets = 8;
constexpr Date kLast{20453};  // 2025-12-31

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Memory of the process that is no file's, now or at its peak.
double anonymous_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "RssAnon:") {
      double kb = 0;
      status >> kb;
      return kb / 1024;
    }
  }
  return 0;
}

// Bars of one stock: days, then open, high, low, close in cents and volume.
struct History {
  std::vector<std::int32_t> days;
  std::vector<std::int32_t> prices[4];
  std::vector<std::int64_t> volume;
};

History history_of(catalog::InstrumentId id, int years) {
  std::mt19937_64 random(static_cast<std::uint64_t>(id) + 1);
  std::normal_distribution<double> step(0, 0.02);
  History out;
  double price = 300 + static_cast<double>(random() % 8000);
  const int missing_years = random() % 4 == 0 ? static_cast<int>(random() % static_cast<unsigned>(years)) : 0;
  for (Date at = kLast - (years - missing_years) * 365; at <= kLast; at = at + 1) {
    if (is_weekend(at) || random() % 25 == 0) continue;
    const double open = price;
    price = std::clamp(price * (1 + step(random)), 100.0, 200000.0);
    const double high = std::max(open, price) * 1.01, low = std::min(open, price) * 0.99;
    out.days.push_back(at.days);
    const double all[4] = {open, high, low, price};
    for (int c = 0; c < 4; ++c) out.prices[c].push_back(static_cast<std::int32_t>(all[c]));
    out.volume.push_back(static_cast<std::int64_t>(random() % 1'000'000) * 100);
  }
  return out;
}

// Sums that do not depend on the order of anything.
struct Check {
  std::uint64_t rows = 0, sum = 0;
  void add(std::int32_t id, std::int32_t on, const double (&values)[5]) {
    std::uint64_t mixed = static_cast<std::uint64_t>(id) << 32 | static_cast<std::uint32_t>(on);
    for (const double value : values) mixed = (mixed ^ std::bit_cast<std::uint64_t>(value)) * 0x9E3779B97F4A7C15U;
    sum += mixed ^ mixed >> 31;
    ++rows;
  }
};

class Writer {
 public:
  Writer(std::string folder, std::string uuid, std::string path, catalog::Level level, std::optional<int> bucket,
         std::int64_t group_rows)
      : group_rows_(group_rows) {
    file_.path = std::move(path);
    file_.level = level;
    file_.bucket = bucket;
    std::vector<formats::ColumnSpec> specs = key_specs();
    for (const std::string_view column : kBarColumns) {
      const bool price = column != "volume";
      specs.push_back(
          column_spec(std::string(column), price ? formats::Physical::int32 : formats::Physical::int64, price ? 2 : 0));
    }
    for (const auto& spec : specs) file_.columns.push_back(record_of(spec, "bench"));
    writer_ =
        formats::ColumnFileWriter::create(folder + "/" + file_.path, specs, identity_of(uuid, file_.path)).value();
  }
  void add(catalog::InstrumentId id, const History& from, std::size_t begin, std::size_t end) {
    if (begin == end) return;
    const auto rows = static_cast<std::int64_t>(end - begin);
    if (static_cast<std::int64_t>(days_.size()) + rows > group_rows_) flush();
    const Date first{from.days[begin]}, last{from.days[end - 1]};
    file_.first = file_.rows == 0 ? first : std::min(file_.first, first);
    file_.last = file_.rows == 0 ? last : std::max(file_.last, last);
    file_.extents.push_back({id, file_.rows, rows, first, last});
    file_.rows += rows;
    ids_.insert(ids_.end(), end - begin, id);
    const auto append = [&](auto& to, const auto& column) {
      to.insert(to.end(), column.begin() + static_cast<std::ptrdiff_t>(begin),
                column.begin() + static_cast<std::ptrdiff_t>(end));
    };
    append(days_, from.days);
    for (int c = 0; c < 4; ++c) append(prices_[c], from.prices[c]);
    append(volume_, from.volume);
  }
  catalog::FileRecord close() {
    flush();
    const auto summary = writer_->close().value();
    std::int64_t row = 0;
    for (const auto& group : summary.groups) {
      file_.row_groups.push_back({row, group.rows, group.offset, group.bytes});
      row += group.rows;
    }
    file_.bytes = summary.bytes;
    file_.checksum = summary.hash;
    return file_;
  }

 private:
  void flush() {
    if (ids_.empty()) return;
    std::vector<formats::ColumnValues> group;
    for (const auto* column : {&ids_, &days_, &prices_[0], &prices_[1], &prices_[2], &prices_[3]})
      group.push_back({std::span<const std::int32_t>(*column)});
    group.push_back({std::span<const std::int64_t>(volume_)});
    writer_->write_row_group(group).value();
    for (auto* column : {&ids_, &days_, &prices_[0], &prices_[1], &prices_[2], &prices_[3]}) column->clear();
    volume_.clear();
  }

  std::int64_t group_rows_;
  catalog::FileRecord file_;
  std::unique_ptr<formats::ColumnFileWriter> writer_;
  std::vector<std::int32_t> ids_, days_, prices_[4];
  std::vector<std::int64_t> volume_;
};

// Returns what a reading of everything must give.
Check make_store(const std::string& folder, int stocks, int years) {
  catalog::Catalog::create(Context{}, folder, {.buckets = kBuckets}).value();
  const auto lock = catalog::WriterLock::acquire(Context{}, folder, std::chrono::milliseconds(0)).value();
  auto catalog = catalog::Catalog::open(lock).value();
  const catalog::State empty = catalog.load().value();
  const Date tail = *make_date(2025, 12, 1), year = *make_date(2024, 1, 1);
  const auto writer = [&](std::string path, catalog::Level level, std::optional<int> bucket, std::int64_t rows) {
    return Writer(folder, empty.info.uuid, "data/" + path, level, bucket, rows);
  };
  catalog::Change change{.op = "import"};
  Check check;
  Writer tails = writer("tail", catalog::Level::tail, {}, 16384);
  std::vector<Writer> bases, recent;
  for (int b = 0; b < kBuckets; ++b) {
    bases.push_back(writer("base-" + std::to_string(b), catalog::Level::base, b, 65536));
    recent.push_back(writer("year-" + std::to_string(b), catalog::Level::year, b, 16384));
  }
  for (catalog::InstrumentId id = 0; id < stocks; ++id) {
    const History history = history_of(id, years);
    const auto place = [&](Date first) {
      return static_cast<std::size_t>(std::ranges::lower_bound(history.days, first.days) - history.days.begin());
    };
    const auto bucket = static_cast<std::size_t>(static_cast<std::uint32_t>(id) * 0x9E3779B1U >> 16) % kBuckets;
    bases[bucket].add(id, history, 0, place(year));
    recent[bucket].add(id, history, place(year), place(tail));
    tails.add(id, history, place(tail), history.days.size());
    for (std::size_t k = 0; k < history.days.size(); ++k) {
      const double cents = 100;
      check.add(id, history.days[k],
                {history.prices[0][k] / cents, history.prices[1][k] / cents, history.prices[2][k] / cents,
                 history.prices[3][k] / cents, static_cast<double>(history.volume[k])});
    }
    catalog::InstrumentRecord record;
    record.id = id;
    record.code = {std::to_string(600000 + id), Market::SH};
    change.instruments.push_back(std::move(record));
  }
  for (Writer& one : bases) change.add_files.push_back(one.close());
  for (Writer& one : recent) change.add_files.push_back(one.close());
  change.add_files.push_back(tails.close());
  catalog.commit(Context{}, change, empty.snapshot.id).value();
  return check;
}

struct Times {
  double load = 1e9, plan = 1e9, open = 1e9, read = 1e9, cpu = 1e9;
};

// Once: everything a scan does before it computes. `take` gets each batch.
Times read_once(const Context& ctx, const std::string& folder, const Need& need, PlanOptions options,
                std::int64_t& rows, std::size_t& batches, const std::function<void(const BatchBars&)>& take) {
  Times times;
  const double cpu = cpu_seconds();
  auto begin = Clock::now();
  const catalog::State state = catalog::Catalog::open(folder).value().load().value();
  times.load = seconds_since(begin);
  begin = Clock::now();
  const Plan made = plan(state, need, options).value();
  times.plan = seconds_since(begin);
  begin = Clock::now();
  const BarsReader reader = BarsReader::open(ctx, folder, state, made).value();
  times.open = seconds_since(begin);
  begin = Clock::now();
  parallel_for(ctx, made.batches.size(), [&](std::size_t b) -> Result<void> {
    MOMENTUM_TRY(const BatchBars bars, reader.read(made.batches[b]));
    take(bars);
    return {};
  }).value();
  times.read = seconds_since(begin);
  times.cpu = cpu_seconds() - cpu;
  rows = made.rows;
  batches = made.batches.size();
  return times;
}

void bench(const Context& ctx, std::string_view what, const std::string& folder, const Need& need, int runs,
           PlanOptions options) {
  Times best;
  std::int64_t rows = 0;
  std::size_t batches = 0;
  for (int run = 0; run < runs; ++run) {
    const Times times = read_once(ctx, folder, need, options, rows, batches, [](const BatchBars&) {});
    for (double Times::* one : {&Times::load, &Times::plan, &Times::open, &Times::read, &Times::cpu})
      best.*one = std::min(best.*one, times.*one);
  }
  std::printf(
      "{\"what\": \"%.*s\", \"rows\": %lld, \"batches\": %zu, \"load_ms\": %.2f, \"plan_ms\": %.2f, \"open_ms\": %.2f, "
      "\"read_ms\": %.2f, \"cpu_ms\": %.1f, \"cpu_ns_per_value\": %.3f, \"anonymous_mb\": %.1f}\n",
      static_cast<int>(what.size()), what.data(), static_cast<long long>(rows), batches, best.load * 1e3,
      best.plan * 1e3, best.open * 1e3, best.read * 1e3, best.cpu * 1e3,
      best.cpu * 1e9 / static_cast<double>(std::max<std::int64_t>(rows, 1)) /
          static_cast<double>(need.columns.size() + 1),
      anonymous_mb());
}

int run(int stocks, int years, int threads, int runs, PlanOptions options) {
  const std::string folder = (std::filesystem::temp_directory_path() / "momentum_store_read_bench").string();
  std::filesystem::remove_all(folder);
  const Check written = make_store(folder, stocks, years);
  Context ctx;
  ctx.threads = threads;
  Need need{.columns = {kBarColumns.begin(), kBarColumns.end()}};

  std::atomic<std::uint64_t> rows = 0, sum = 0;
  std::int64_t planned = 0;
  std::size_t batches = 0;
  read_once(ctx, folder, need, options, planned, batches, [&](const BatchBars& bars) {
    Check check;
    for (const SeriesBars& series : bars.series) {
      for (std::size_t k = 0; k < series.dates.size(); ++k) {
        const auto& columns = series.columns;
        check.add(series.id, series.dates[k],
                  {columns[0][k], columns[1][k], columns[2][k], columns[3][k], columns[4][k]});
      }
    }
    rows += check.rows;
    sum += check.sum;
  });
  const bool right = rows == written.rows && sum == written.sum;
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/data")) bytes += entry.file_size();
  std::printf("{\"what\": \"store\", \"rows\": %llu, \"mb\": %.1f, \"right\": %s}\n",
              static_cast<unsigned long long>(written.rows), static_cast<double>(bytes) / 1e6,
              right ? "true" : "false");
  bench(ctx, "all", folder, need, runs, options);
  need.first = kLast - 365;
  bench(ctx, "last year", folder, need, runs, options);
  need.first = {};
  need.instruments = {static_cast<catalog::InstrumentId>(stocks / 2)};
  bench(ctx, "one stock", folder, need, runs, options);
  std::filesystem::remove_all(folder);
  return right ? 0 : 1;
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  using momentum::store::PlanOptions;
  int numbers[5] = {5500, 10, 2, 5, static_cast<int>(PlanOptions{}.rows_per_batch)};
  for (int k = 1; k < argc; ++k) {
    const std::string_view text = argv[k];
    if (k > 5 || std::from_chars(text.data(), text.data() + text.size(), numbers[k - 1]).ec != std::errc() ||
        numbers[k - 1] < 1) {
      std::fprintf(stderr, "store_read_bench [STOCKS [YEARS [THREADS [RUNS [BATCH_ROWS]]]]]\n");
      return 2;
    }
  }
  return momentum::bench::run(numbers[0], numbers[1], numbers[2], numbers[3], {.rows_per_batch = numbers[4]});
}
