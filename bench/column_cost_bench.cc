// What reading a value costs, for every encoding and codec: beside the table that decides how a store's columns are written
// (src/formats/decode_cost.cc).
//   column_cost_bench [ROWS [RUNS]]
// Writes made-up market columns, 65,536 rows a group, in every way, streams them back as numbers and checks each. One JSON
// object a way; one thread, processor time, best of the runs.

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
#include <variant>
#include <vector>

#include "decode_cost_internal.h"
#include "momentum/formats/column_file.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::bench {
namespace {

using namespace formats;

constexpr std::size_t kGroupRows = 65536;
constexpr std::size_t kHistory = 2500;  // rows of one stock

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Column {
  std::string_view name;
  ColumnSpec spec;
  std::variant<std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<double>> values;
};

// Stock after stock: days, prices in cents, shares, market values of a vendor that multiplies doubles.
std::vector<Column> columns(std::size_t rows) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> step(0, 0.02), log_volume(0, 0.5);
  std::vector<std::int32_t> days(rows), cents(rows), flags(rows);
  std::vector<std::int64_t> shares(rows), amounts(rows);
  std::vector<double> prices(rows), market_values(rows), ratios(rows);
  double price = 0, issued = 0, usual = 0;
  for (std::size_t k = 0; k < rows; ++k) {
    if (k % kHistory == 0) {
      price = 300 + static_cast<double>(random() % 8000);
      issued = static_cast<double>(100'000'000 + random() % 4'000'000'000);
      usual = static_cast<double>(100'000 + random() % 20'000'000);
      days[k] = 14000;
    } else {
      days[k] = days[k - 1] + (k % 5 == 0 ? 3 : 1);
    }
    price = std::clamp(price * (1 + step(random)), 100.0, 200000.0);
    cents[k] = static_cast<std::int32_t>(price);
    shares[k] = static_cast<std::int64_t>(usual * std::exp(log_volume(random)));
    amounts[k] = shares[k] * cents[k];
    flags[k] = k / kHistory % 20 == 7;
    prices[k] = static_cast<double>(cents[k]) / 100;
    market_values[k] = prices[k] * issued;
    ratios[k] = 1 / price + 1e-9 * step(random);
  }
  const auto spec = [](Physical physical, int scale = kNoScale) {
    ColumnSpec out = column_spec("a", physical, scale);
    out.required = true;
    return out;
  };
  return {{"days", spec(Physical::int32), days},
          {"flags", spec(Physical::int32, 0), flags},
          {"cents", spec(Physical::int32, 2), cents},
          {"shares", spec(Physical::int64, 0), shares},
          {"amounts", spec(Physical::int64, 2), amounts},
          {"prices as doubles", spec(Physical::float64), prices},
          {"market values", spec(Physical::float64), market_values},
          {"ratios", spec(Physical::float64), ratios}};
}

double as_number(auto value, int scale) { return static_cast<double>(value) / (scale == 2 ? 100.0 : 1.0); }

// `encoded`: bytes a value without codec, which is where they come from. False: something else came back.
bool measure(const std::string& path, const Column& column, const ColumnSpec& spec, std::size_t runs, double& encoded) {
  std::filesystem::remove(path);
  const std::size_t rows = std::visit([](const auto& values) { return values.size(); }, column.values);
  auto writer = ColumnFileWriter::create(path, {spec}).value();
  for (std::size_t at = 0; at < rows; at += kGroupRows) {
    const std::size_t n = std::min(kGroupRows, rows - at);
    std::visit(
        [&](const auto& values) {
          writer->write_row_group(std::array{ColumnValues{std::span(values).subspan(at, n)}}).value();
        },
        column.values);
  }
  const double bytes = static_cast<double>(writer->close().value().bytes) / static_cast<double>(rows);
  const auto reader = ColumnFileReader::open(path).value();
  double best = 1e300, sum = 0;
  for (std::size_t run = 0; run < runs; ++run) {
    const double begin = thread_seconds();
    for (std::size_t g = 0; g < reader->groups().size(); ++g) {
      reader
          ->stream_real(g, 0, reader->groups()[g].rows,
                        [&](std::int64_t, std::span<const double> stretch) { sum += stretch[0]; })
          .value();
    }
    best = std::min(best, thread_seconds() - begin);
  }
  bool equal = sum == sum;
  std::vector<double> got(kGroupRows);
  std::size_t at = 0;
  for (std::size_t g = 0; g < reader->groups().size(); ++g) {
    const auto n = static_cast<std::size_t>(reader->groups()[g].rows);
    reader->read_real(g, 0, std::span(got).first(n)).value();
    std::visit(
        [&](const auto& values) {
          for (std::size_t k = 0; k < n; ++k) equal = equal && got[k] == as_number(values[at + k], spec.scale);
        },
        column.values);
    at += n;
  }
  constexpr std::array kEncodings = {"plain", "dictionary", "delta", "byte_stream_split"};
  constexpr std::array kCodecs = {"none", "lz4", "snappy", "zstd"};
  const double ns = best * 1e9 / static_cast<double>(rows);
  if (spec.codec == Codec::none) encoded = bytes;
  const double table = decode_cost(spec.physical, spec.scale > 0, spec.encoding, spec.codec, {encoded, bytes});
  std::printf(
      "{\"column\": \"%.*s\", \"encoding\": \"%s\", \"codec\": \"%s\", \"level\": %d, \"bytes\": %.3f, \"ns\": %.2f, "
      "\"table_ns\": %.2f, \"equal\": %s}\n",
      static_cast<int>(column.name.size()), column.name.data(), kEncodings[static_cast<std::size_t>(spec.encoding)],
      kCodecs[static_cast<std::size_t>(spec.codec)], spec.codec == Codec::zstd ? spec.level : 0, bytes, ns, table,
      equal ? "true" : "false");
  std::fflush(stdout);
  std::filesystem::remove(path);
  return equal;
}

int run(std::size_t rows, std::size_t runs) {
  const std::string path = (std::filesystem::temp_directory_path() / "momentum_column_cost_bench.parquet").string();
  bool good = true;
  for (const Column& column : columns(rows)) {
    const bool real = column.spec.physical == Physical::float64;
    for (const Encoding encoding :
         {Encoding::plain, Encoding::dictionary, Encoding::delta, Encoding::byte_stream_split}) {
      if (encoding == (real ? Encoding::delta : Encoding::byte_stream_split)) continue;
      ColumnSpec spec = column.spec;
      spec.encoding = encoding;
      double encoded = 0;
      for (const Codec codec : {Codec::none, Codec::lz4, Codec::snappy, Codec::zstd}) {
        spec.codec = codec;
        for (const int level : {1, 3, 9}) {
          if (codec != Codec::zstd && level > 1) continue;
          spec.level = level;
          good = measure(path, column, spec, runs, encoded) && good;
        }
      }
    }
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace momentum::bench

int main(int argc, char** argv) {
  std::size_t numbers[2] = {2'000'000, 5};
  for (int k = 1; k < argc; ++k) {
    const std::string_view text = argv[k];
    if (k > 2 || std::from_chars(text.data(), text.data() + text.size(), numbers[k - 1]).ec != std::errc() ||
        numbers[k - 1] == 0) {
      std::fprintf(stderr, "column_cost_bench [ROWS [RUNS]]\n");
      return 2;
    }
  }
  return momentum::bench::run(numbers[0], numbers[1]);
}
