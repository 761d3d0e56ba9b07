// Decoding of a price column out of a column file, one thread: ns a value.
//   column_file_bench [VALUES [RUNS]]
// Writes a synthetic column of cents, 65,536 rows a group, reads it back in every way and checks it against what was
// written; one JSON object a way.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/formats/column_file.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::bench {
namespace {

using namespace formats;

constexpr std::size_t kGroupRows = 65536;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Stock after stock: 2,500 days of a walk with a spread of 2 % a day, from a price of its own.
std::vector<std::int32_t> cents(std::size_t rows) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> step(0, 0.02);
  std::vector<std::int32_t> values(rows);
  double price = 0;
  for (std::size_t k = 0; k < rows; ++k) {
    if (k % 2500 == 0) price = 300 + static_cast<double>(random() % 8000);
    price = std::clamp(price * (1 + step(random)), 100.0, 200000.0);
    values[k] = static_cast<std::int32_t>(price);
  }
  return values;
}

template <class F>
double best_ns(std::size_t runs, std::size_t values, F&& f) {
  double best = 1e300;
  for (std::size_t run = 0; run < runs; ++run) {
    const double begin = thread_seconds();
    f();
    best = std::min(best, thread_seconds() - begin);
  }
  return best * 1e9 / static_cast<double>(values);
}

void print(std::string_view what, double ns, double bytes_a_value, std::size_t wrong) {
  std::printf("{\"what\": \"%.*s\", \"ns_per_value\": %.3f, \"bytes_per_value\": %.3f, \"wrong\": %zu}\n",
              static_cast<int>(what.size()), what.data(), ns, bytes_a_value, wrong);
}

template <class T>
std::size_t bench(const std::string& path, std::string_view name, ColumnSpec spec, const std::vector<T>& values,
                  const std::vector<double>& reals, std::size_t runs) {
  std::filesystem::remove(path);
  double bytes = 0;
  const double write_ns = best_ns(1, values.size(), [&] {
    auto writer = ColumnFileWriter::create(path, {spec}).value();
    for (std::size_t at = 0; at < values.size(); at += kGroupRows) {
      const std::size_t n = std::min(kGroupRows, values.size() - at);
      writer->write_row_group(std::array{ColumnValues{std::span(values).subspan(at, n)}}).value();
    }
    bytes = static_cast<double>(writer->close().value().bytes) / static_cast<double>(values.size());
  });
  print(std::string(name) + " write", write_ns, bytes, 0);

  const auto reader = ColumnFileReader::open(path).value();
  std::size_t wrong = 0;
  std::vector<T> raw(kGroupRows);
  std::vector<double> real(kGroupRows);
  const auto each_group = [&](auto&& f) {
    std::size_t at = 0;
    for (std::size_t g = 0; g < reader->groups().size(); ++g) {
      const auto n = static_cast<std::size_t>(reader->groups()[g].rows);
      f(g, at, n);
      at += n;
    }
  };
  const double read_ns = best_ns(runs, values.size(), [&] {
    each_group([&](std::size_t g, std::size_t, std::size_t n) { reader->read(g, 0, std::span(raw).first(n)).value(); });
  });
  each_group([&](std::size_t g, std::size_t at, std::size_t n) {
    reader->read(g, 0, std::span(raw).first(n)).value();
    wrong += std::memcmp(raw.data(), values.data() + at, n * sizeof(T)) != 0;
  });
  print(std::string(name) + " read", read_ns, bytes, wrong);
  std::size_t wrong_real = 0;
  const double real_ns = best_ns(runs, values.size(), [&] {
    each_group(
        [&](std::size_t g, std::size_t, std::size_t n) { reader->read_real(g, 0, std::span(real).first(n)).value(); });
  });
  each_group([&](std::size_t g, std::size_t at, std::size_t n) {
    reader->read_real(g, 0, std::span(real).first(n)).value();
    wrong_real += std::memcmp(real.data(), reals.data() + at, n * sizeof(double)) != 0;
  });
  print(std::string(name) + " read_real", real_ns, bytes, wrong_real);
  std::filesystem::remove(path);
  return wrong + wrong_real;
}

// The same with every hundredth value missing.
std::size_t bench_holes(const std::string& path, const std::vector<std::int32_t>& values,
                        const std::vector<double>& reals, std::size_t runs) {
  const auto is_hole = [](std::size_t row) { return row % 100 == 50; };
  std::vector<std::uint8_t> validity(validity_bytes(kGroupRows));
  for (std::size_t k = 0; k < kGroupRows; ++k) {
    validity[k / 8] = static_cast<std::uint8_t>(validity[k / 8] | !is_hole(k) << k % 8);
  }
  std::filesystem::remove(path);
  const std::size_t groups = values.size() / kGroupRows;
  auto writer = ColumnFileWriter::create(path, {column_spec("close", Physical::int32, 2)}).value();
  for (std::size_t g = 0; g < groups; ++g) {
    const std::span part = std::span(values).subspan(g * kGroupRows, kGroupRows);
    writer->write_row_group(std::array{ColumnValues{part, validity}}).value();
  }
  const std::int64_t bytes = writer->close().value().bytes;
  std::vector<double> real(kGroupRows);
  std::size_t wrong = 0;
  const double open_ns = best_ns(runs, groups, [&] { ColumnFileReader::open(path).value(); });
  const auto reader = ColumnFileReader::open(path).value();
  const double ns = best_ns(runs, groups * kGroupRows, [&] {
    for (std::size_t g = 0; g < groups; ++g) reader->read_real(g, 0, real).value();
  });
  for (std::size_t g = 0; g < groups; ++g) {
    reader->read_real(g, 0, real).value();
    for (std::size_t k = 0; k < kGroupRows; ++k) {
      wrong += is_hole(k) ? !std::isnan(real[k]) : real[k] != reals[g * kGroupRows + k];
    }
  }
  print("int32 delta with holes read_real", ns, static_cast<double>(bytes) / static_cast<double>(groups * kGroupRows),
        wrong);
  std::printf("{\"what\": \"open\", \"ns_per_chunk\": %.0f}\n", open_ns);
  std::filesystem::remove(path);
  return wrong;
}

int run(std::size_t count, std::size_t runs) {
  const std::string path = (std::filesystem::temp_directory_path() / "momentum_column_file_bench.parquet").string();
  const std::vector<std::int32_t> prices = cents(count);
  std::vector<std::int64_t> volumes(count);
  std::vector<double> reals(count), volume_reals(count);
  std::mt19937_64 random(3);
  for (std::size_t k = 0; k < count; ++k) {
    volumes[k] = static_cast<std::int64_t>(random() % 100'000'000) + (random() % 50 == 0 ? 3'000'000'000 : 0);
    volume_reals[k] = static_cast<double>(volumes[k]);
    reals[k] = static_cast<double>(prices[k]) / 100;
  }
  std::size_t wrong = 0;
  wrong += bench(path, "int32 delta", column_spec("close", Physical::int32, 2), prices, reals, runs);
  wrong += bench(path, "int64 delta", column_spec("volume", Physical::int64, 0), volumes, volume_reals, runs);
  wrong += bench_holes(path, prices, reals, runs);
  wrong += bench(path, "double dictionary zstd", column_spec("close", Physical::float64), reals, reals, runs);

  DecimalForm form;
  const double find_ns = best_ns(runs, count, [&] { form = smallest_form(reals); });
  const std::size_t other_form = form != DecimalForm{Physical::int32, 2};
  print("smallest_form", find_ns, 8, other_form);
  std::vector<std::int32_t> integers(count);
  const double to_ns = best_ns(runs, count, [&] { to_decimal(reals, 2, std::span(integers), {}); });
  print("to_decimal", to_ns, 8, integers != prices);
  std::vector<double> back(count);
  const double from_ns =
      best_ns(runs, count, [&] { from_decimal(std::span<const std::int32_t>(integers), 2, {}, back); });
  print("from_decimal", from_ns, 8, back != reals);
  return wrong + other_form + (integers != prices) + (back != reals) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  std::size_t numbers[2] = {13'000'000, 5};
  for (int k = 1; k < argc; ++k) {
    const std::string_view text = argv[k];
    if (k > 2 || std::from_chars(text.data(), text.data() + text.size(), numbers[k - 1]).ec != std::errc() ||
        numbers[k - 1] == 0) {
      std::fprintf(stderr, "column_file_bench [VALUES [RUNS]]\n");
      return 2;
    }
  }
  return momentum::bench::run(numbers[0], numbers[1]);
}
