// Every kernel at every level of this machine: 64 rows x 32 lanes, in L1 where the window is short. Items are values,
// so items_per_second is values per second of one core. Each answer is compared with the definition before it is timed.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "momentum/kernels/kernel.h"

namespace momentum::kernels {
namespace {

struct Subject {
  Kernel kernel;
  const char* name;
  const char* inputs;  // x, y: prices; r: 1 / y; t, u: truths; m: rolling mean of x
  std::vector<double> params;
};

const Subject kSubjects[] = {
    {Kernel::negate, "negate", "x", {}},
    {Kernel::absolute, "absolute", "x", {}},
    {Kernel::logarithm, "logarithm", "x", {}},
    {Kernel::square_root, "square_root", "x", {}},
    {Kernel::reciprocal, "reciprocal", "x", {}},
    {Kernel::round_even, "round_even", "x", {}},
    {Kernel::add, "add", "xy", {}},
    {Kernel::subtract, "subtract", "xy", {}},
    {Kernel::multiply, "multiply", "xy", {}},
    {Kernel::divide, "divide", "xy", {}},
    {Kernel::divide_by, "divide_by", "xyr", {}},
    {Kernel::minimum, "minimum", "xy", {}},
    {Kernel::maximum, "maximum", "xy", {}},
    {Kernel::greater, "greater", "xy", {}},
    {Kernel::greater_equal, "greater_equal", "xy", {}},
    {Kernel::less, "less", "xy", {}},
    {Kernel::less_equal, "less_equal", "xy", {}},
    {Kernel::equal, "equal", "xy", {}},
    {Kernel::not_equal, "not_equal", "xy", {}},
    {Kernel::logical_and, "logical_and", "tu", {}},
    {Kernel::logical_or, "logical_or", "tu", {}},
    {Kernel::logical_not, "logical_not", "t", {}},
    {Kernel::select, "select", "txy", {}},
    {Kernel::fill, "fill", "x", {50}},
    {Kernel::step, "step", "x", {3, 5, 10, 0, 8, 12, 0, 10, 15, 0, 12}},
    {Kernel::valid, "valid", "x", {}},
    {Kernel::can_divide, "can_divide", "xy", {}},
    {Kernel::finite, "finite", "x", {}},
    {Kernel::log_finite, "log_finite", "x", {}},
    {Kernel::all_valid, "all_valid", "txy", {1}},
    {Kernel::rolling_sum, "rolling_sum/20", "x", {20}},
    {Kernel::rolling_mean, "rolling_mean/20", "x", {20}},
    {Kernel::rolling_std, "rolling_std/20", "xm", {20}},
    {Kernel::rolling_min, "rolling_min/9", "x", {9}},
    {Kernel::rolling_max, "rolling_max/60", "x", {60}},
    {Kernel::whole, "whole/20", "t", {20}},
    {Kernel::ema, "ema", "x", {2.0 / 13}},
    {Kernel::wilder, "wilder/14", "x", {14, 1}},
    {Kernel::fill_forward, "fill_forward", "x", {}},
    {Kernel::bar_index, "bar_index", "", {}},
    {Kernel::value_when, "value_when/2", "tx", {2}},
    {Kernel::count_when, "count_when", "t", {}},
    {Kernel::mean_when, "mean_when/4", "tx", {4}},
    {Kernel::bars_since, "bars_since", "t", {}},
};
static_assert(std::size(kSubjects) == kKernelCount, "a case for each kernel, in the order of the enum");

// Rows before: history, then what fills windows and seeds. The timed call takes the rows after them, with the state they left.
constexpr std::size_t kRows = 64, kBefore = 128;

class Rows {
 public:
  Rows()
      : data_(static_cast<double*>(std::aligned_alloc(kAlignment, (kBefore + kRows) * kTileLanes * sizeof(double)))) {}
  double* row(std::size_t r) const { return data_.get() + r * kTileLanes; }

 private:
  struct Free {
    void operator()(double* p) const { std::free(p); }
  };
  std::unique_ptr<double[], Free> data_;
};

std::uint64_t random_bits() {
  static std::uint64_t state = 1;
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  return z ^ (z >> 31);
}

Rows prices() {
  Rows rows;
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    double cents = 1000.0 + static_cast<double>(random_bits() % 1000);
    for (std::size_t r = 0; r < kBefore + kRows; ++r)
      rows.row(r)[l] = (cents = std::max(500.0, cents + static_cast<double>(random_bits() % 21) - 10.0)) / 100.0;
  }
  return rows;
}

Rows truths() {
  Rows rows;
  for (std::size_t i = 0; i < (kBefore + kRows) * kTileLanes; ++i) rows.row(0)[i] = random_bits() % 4 != 0 ? 1.0 : 0.0;
  return rows;
}

struct Setup {
  std::vector<Rows> inputs;
  std::vector<const double*> in;
  std::vector<std::size_t> stride;
  Rows out, state, saved;
};

void call(const Subject& subject, SimdLevel level, Setup& setup, std::size_t start, std::size_t rows, double* out) {
  for (std::size_t i = 0; i < setup.inputs.size(); ++i) setup.in[i] = setup.inputs[i].row(start);
  kernels_for(level)[static_cast<std::size_t>(subject.kernel)](
      {setup.in.data(), setup.stride.data(), setup.in.size(), out, setup.state.row(0), subject.params.data(), rows});
}

Setup prepare(const Subject& subject) {
  Setup setup;
  for (const char* input = subject.inputs; *input != '\0'; ++input) {
    Rows rows = *input == 't' || *input == 'u' ? truths() : prices();
    if (*input == 'r')
      for (std::size_t i = 0; i < (kBefore + kRows) * kTileLanes; ++i) rows.row(0)[i] = 1.0 / setup.inputs[1].row(0)[i];
    if (*input == 'm') {
      const double* in = setup.inputs[0].row(kBefore / 2);
      Rows state;
      init_state(Kernel::rolling_mean, subject.params, state.row(0));
      kernels_for(SimdLevel::scalar)[static_cast<std::size_t>(Kernel::rolling_mean)](
          {&in, &kTileLanes, 1, rows.row(kBefore / 2), state.row(0), subject.params.data(), kRows + kBefore / 2});
    }
    setup.inputs.push_back(std::move(rows));
  }
  // The lanes begin in the middle; a state begun there knows nothing of earlier rows.
  for (const Rows& rows : setup.inputs) std::fill(rows.row(0), rows.row(kBefore / 2), std::nan(""));
  setup.in.resize(setup.inputs.size());
  setup.stride.assign(setup.inputs.size(), kTileLanes);
  return setup;
}

// The timed rows by `level`, after the rows before them, which leave the state to start from.
void warm(const Subject& subject, SimdLevel level, Setup& setup) {
  init_state(subject.kernel, subject.params, setup.state.row(0));
  Rows unused;
  call(subject, level, setup, kBefore / 2, kBefore / 2, unused.row(0));
  std::copy_n(setup.state.row(0), state_slots(subject.kernel, subject.params) * kTileLanes, setup.saved.row(0));
  call(subject, level, setup, kBefore, kRows, setup.out.row(0));
}

void time_kernel(benchmark::State& timer, const Subject& subject, SimdLevel level) {
  Setup setup = prepare(subject);
  warm(subject, SimdLevel::scalar, setup);
  const std::vector<double> wanted(setup.out.row(0), setup.out.row(kRows));
  warm(subject, level, setup);
  if (std::memcmp(wanted.data(), setup.out.row(0), wanted.size() * sizeof(double)) != 0) {
    timer.SkipWithError("the answer differs from the definition");
    return;
  }
  const std::size_t slots = state_slots(subject.kernel, subject.params);
  for (auto _ : timer) {
    std::memcpy(setup.state.row(0), setup.saved.row(0), slots * kTileLanes * sizeof(double));
    call(subject, level, setup, kBefore, kRows, setup.out.row(0));
    benchmark::ClobberMemory();
  }
  constexpr double kValues = kRows * kTileLanes;
  timer.SetItemsProcessed(timer.iterations() * static_cast<std::int64_t>(kValues));
  timer.counters["per_value"] =
      benchmark::Counter(kValues, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace
}  // namespace momentum::kernels

int main(int argc, char** argv) {
  using namespace momentum;
  using namespace momentum::kernels;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const Subject& subject : kSubjects)
    for (const SimdLevel level : supported_levels())
      benchmark::RegisterBenchmark((std::string(subject.name) + "@" + std::string(to_string(level))).c_str(),
                                   [&subject, level](benchmark::State& timer) { time_kernel(timer, subject, level); });
  benchmark::RunSpecifiedBenchmarks();
}
