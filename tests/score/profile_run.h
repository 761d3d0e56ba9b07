#pragma once
// The engine's classic profile over a set of bars, as the tests of this layer compare it: one panel of all instruments,
// every line of the profile as an output, results per instrument and bar.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "classic_oracle.h"
#include "momentum/base/error.h"
#include "momentum/base/simd_level.h"
#include "momentum/expr/program.h"
#include "momentum/panel/panel.h"

namespace momentum::score::run {

struct Instrument {
  oracle::Bars bars;  // prices as stored
  std::vector<double> factor;  // back-adjusted price = stored price x factor; empty: 1
  std::vector<std::int32_t> dates;  // empty: day 0, 1, 2, ...
};

struct Setup {
  SimdLevel simd = SimdLevel::best;
  int threads = 1;
  std::size_t chunk_rows = 16;
  bool rewrite = true;
  bool factors = false;  // give the panel a column of factors
  bool reattach = false;  // evaluate a panel attached from a copy of the bytes
};

// Values by name, one vector per name with one value per bar: the lines of the profile, and the prices and volume that
// they see (open, high, low, close, volume).
using Lines = std::map<std::string, std::vector<double>, std::less<>>;

// What a program over the profile gives out, in this order.
struct Compiled {
  expr::Program program;
  std::vector<std::string> names;
};
Result<Compiled> compile(const Setup& setup);

Result<panel::Panel> panel_of(const std::vector<Instrument>& instruments, const Setup& setup);

// One Lines per instrument.
Result<std::vector<Lines>> evaluate(const std::vector<Instrument>& instruments, const Setup& setup = {});

// The name under which Lines hold a column of the second reference.
std::string_view line_of(oracle::Column column);

// Same bits, or both missing.
bool same(double a, double b) noexcept;

// Where `ours` and `theirs` first differ: "ma5, bar 17: 1.5 and 1.25"; empty where they are the same.
std::string difference(const Lines& ours, const Lines& theirs);

}  // namespace momentum::score::run
