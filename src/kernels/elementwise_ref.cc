#include <cmath>
#include <limits>

#include "momentum/kernels/logarithm.h"
#include "reference_internal.h"

namespace momentum::kernels {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

template <auto kFunction>
void unary(const KernelCall& c) noexcept {
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) c.out[r * kTileLanes + l] = kFunction(c.in[0][r * c.in_stride[0] + l]);
}

template <auto kFunction>
void binary(const KernelCall& c) noexcept {
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l)
      c.out[r * kTileLanes + l] = kFunction(c.in[0][r * c.in_stride[0] + l], c.in[1][r * c.in_stride[1] + l]);
}

template <auto kFunction>
void ternary(const KernelCall& c) noexcept {
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l)
      c.out[r * kTileLanes + l] =
          kFunction(c.in[0][r * c.in_stride[0] + l], c.in[1][r * c.in_stride[1] + l], c.in[2][r * c.in_stride[2] + l]);
}

bool missing(double a, double b) noexcept { return std::isnan(a) || std::isnan(b); }
double truth(bool b) noexcept { return b ? 1.0 : 0.0; }

void fill(const KernelCall& c) noexcept {
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const double x = c.in[0][r * c.in_stride[0] + l];
      c.out[r * kTileLanes + l] = std::isnan(x) ? c.params[0] : x;
    }
}

void step(const KernelCall& c) noexcept {
  const auto n = static_cast<std::size_t>(c.params[0]);
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const double x = c.in[0][r * c.in_stride[0] + l];
      double v = std::isnan(x) ? x : c.params[1];
      for (std::size_t i = 0; i < n; ++i) {
        const double* level = c.params + 2 + 3 * i;
        if (level[1] != 0.0 ? x >= level[0] : x > level[0]) v = level[2];
      }
      c.out[r * kTileLanes + l] = v;
    }
}

void all_valid(const KernelCall& c) noexcept {
  const auto truths = static_cast<std::size_t>(c.params[0]);
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      bool valid = true;
      for (std::size_t i = 0; i < c.inputs; ++i) {
        const double x = c.in[i][r * c.in_stride[i] + l];
        valid = valid && (i < truths ? x == 1.0 : !std::isnan(x));
      }
      c.out[r * kTileLanes + l] = truth(valid);
    }
}

}  // namespace

void fill_elementwise_ref(KernelTable& table) noexcept {
  const auto set = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
  set(Kernel::negate, unary<[](double a) { return -a; }>);
  set(Kernel::absolute, unary<[](double a) { return std::fabs(a); }>);
  set(Kernel::logarithm, unary<[](double a) { return logarithm(a); }>);
  set(Kernel::square_root, unary<[](double a) { return std::sqrt(a); }>);
  set(Kernel::reciprocal, unary<[](double a) { return 1.0 / a; }>);
  set(Kernel::round_even, unary<[](double a) { return std::nearbyint(a); }>);
  set(Kernel::logical_not, unary<[](double a) { return std::isnan(a) ? kNaN : truth(a == 0.0); }>);
  set(Kernel::valid, unary<[](double a) { return truth(!std::isnan(a)); }>);
  set(Kernel::finite, unary<[](double a) { return truth(std::isfinite(a)); }>);
  set(Kernel::log_finite, unary<[](double a) { return truth(a > 0.0 && a < kInf); }>);
  set(Kernel::add, binary<[](double a, double b) { return a + b; }>);
  set(Kernel::subtract, binary<[](double a, double b) { return a - b; }>);
  set(Kernel::multiply, binary<[](double a, double b) { return a * b; }>);
  set(Kernel::divide, binary<[](double a, double b) { return a / b; }>);
  set(Kernel::minimum, binary<[](double a, double b) { return missing(a, b) ? kNaN : (b < a ? b : a); }>);
  set(Kernel::maximum, binary<[](double a, double b) { return missing(a, b) ? kNaN : (b > a ? b : a); }>);
  set(Kernel::greater, binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a > b); }>);
  set(Kernel::greater_equal, binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a >= b); }>);
  set(Kernel::less, binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a < b); }>);
  set(Kernel::less_equal, binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a <= b); }>);
  set(Kernel::equal, binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a == b); }>);
  set(Kernel::not_equal, binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a != b); }>);
  set(Kernel::logical_and,
      binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a != 0.0 && b != 0.0); }>);
  set(Kernel::logical_or,
      binary<[](double a, double b) { return missing(a, b) ? kNaN : truth(a != 0.0 || b != 0.0); }>);
  set(Kernel::can_divide, binary<[](double a, double b) {
        return truth(!missing(a, b) && !(a == 0.0 && b == 0.0) && !(std::isinf(a) && std::isinf(b)));
      }>);
  set(Kernel::divide_by, ternary<[](double a, double b, double) { return a / b; }>);
  set(Kernel::select, ternary<[](double a, double b, double c) { return std::isnan(a) ? kNaN : (a != 0.0 ? b : c); }>);
  set(Kernel::fill, fill);
  set(Kernel::step, step);
  set(Kernel::all_valid, all_valid);
}

}  // namespace momentum::kernels
