#include "reference_internal.h"
#include "simd_internal.h"

// clang-format off: foreach_target.h stands first
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "elementwise_simd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "momentum/kernels/logarithm_lanes_simd-inl.h"
#include "tile_simd-inl.h"
// clang-format on

#if HWY_TARGET != HWY_EMU128
HWY_BEFORE_NAMESPACE();
namespace momentum::kernels {
namespace HWY_NAMESPACE {

template <class F>
HWY_INLINE void unary(const KernelCall& c, F f) {
  const double* a = c.in[0];
  double* out = c.out;
  for (std::size_t r = 0; r < c.rows; ++r, a += c.in_stride[0], out += kTileLanes)
    for (std::size_t v = 0; v < kTileLanes; v += kLanes) hn::Store(f(hn::Load(D(), a + v)), D(), out + v);
}

template <class F>
HWY_INLINE void binary(const KernelCall& c, F f) {
  const double *a = c.in[0], *b = c.in[1];
  double* out = c.out;
  for (std::size_t r = 0; r < c.rows; ++r, a += c.in_stride[0], b += c.in_stride[1], out += kTileLanes)
    for (std::size_t v = 0; v < kTileLanes; v += kLanes)
      hn::Store(f(hn::Load(D(), a + v), hn::Load(D(), b + v)), D(), out + v);
}

template <class F>
HWY_INLINE void ternary(const KernelCall& k, F f) {
  const double *a = k.in[0], *b = k.in[1], *c = k.in[2];
  double* out = k.out;
  for (std::size_t r = 0; r < k.rows;
       ++r, a += k.in_stride[0], b += k.in_stride[1], c += k.in_stride[2], out += kTileLanes)
    for (std::size_t v = 0; v < kTileLanes; v += kLanes)
      hn::Store(f(hn::Load(D(), a + v), hn::Load(D(), b + v), hn::Load(D(), c + v)), D(), out + v);
}

HWY_INLINE V truth_or_missing(V a, V b, M m) {
  return hn::IfThenElse(hn::And(present(a), present(b)), truth(m), missing());
}

void fill_kernel(const KernelCall& c) noexcept {
  const V value = set(c.params[0]);
  unary(c, [=](V a) HWY_ATTR { return hn::IfThenElse(present(a), a, value); });
}

void step_kernel(const KernelCall& c) noexcept {
  const auto n = static_cast<std::size_t>(c.params[0]);
  const double* levels = c.params + 2;
  const V first = set(c.params[1]);
  unary(c, [=](V a) HWY_ATTR {
    V v = first;
    for (std::size_t i = 0; i < n; ++i) {
      const V at = set(levels[3 * i]);
      const M passed = levels[3 * i + 1] != 0.0 ? hn::Ge(a, at) : hn::Gt(a, at);
      v = hn::IfThenElse(passed, set(levels[3 * i + 2]), v);
    }
    return hn::IfThenElse(present(a), v, a);
  });
}

void all_valid_kernel(const KernelCall& c) noexcept {
  const double* at[kMaxInputs];
  for (std::size_t i = 0; i < c.inputs; ++i) at[i] = c.in[i];
  const auto truths = static_cast<std::size_t>(c.params[0]);
  const V one = set(1.0);
  for (std::size_t r = 0; r < c.rows; ++r) {
    for (std::size_t v = 0; v < kTileLanes; v += kLanes) {
      M valid = present(one);
      std::size_t n = 0;
      for (; n < truths; ++n) valid = hn::And(valid, hn::Eq(hn::Load(D(), at[n] + v), one));
      for (; n < c.inputs; ++n) valid = hn::And(valid, present(hn::Load(D(), at[n] + v)));
      hn::Store(truth(valid), D(), c.out + r * kTileLanes + v);
    }
    for (std::size_t i = 0; i < c.inputs; ++i) at[i] += c.in_stride[i];
  }
}

void fill_elementwise(KernelTable& table) noexcept {
  const auto put = [&](Kernel k, KernelFn f) { table[static_cast<std::size_t>(k)] = f; };
#define MOMENTUM_UNARY(kernel, expression) \
  put(Kernel::kernel, +[](const KernelCall& call) noexcept { unary(call, [](V a) HWY_ATTR { return expression; }); })
#define MOMENTUM_BINARY(kernel, expression) \
  put(                                      \
      Kernel::kernel,                       \
      +[](const KernelCall& call) noexcept { binary(call, [](V a, V b) HWY_ATTR { return expression; }); })
#define MOMENTUM_TERNARY(kernel, expression) \
  put(                                       \
      Kernel::kernel,                        \
      +[](const KernelCall& call) noexcept { ternary(call, [](V a, V b, V c) HWY_ATTR { return expression; }); })
  MOMENTUM_UNARY(negate, hn::Neg(a));
  MOMENTUM_UNARY(absolute, hn::Abs(a));
  MOMENTUM_UNARY(logarithm, log_of(a));
  MOMENTUM_UNARY(square_root, hn::Sqrt(a));
  MOMENTUM_UNARY(reciprocal, hn::Div(set(1.0), a));
  MOMENTUM_UNARY(round_even, hn::Round(a));
  MOMENTUM_UNARY(logical_not, hn::IfThenElse(present(a), truth(hn::Eq(a, hn::Zero(D()))), missing()));
  MOMENTUM_UNARY(valid, truth(present(a)));
  MOMENTUM_UNARY(finite, truth(hn::Lt(hn::Abs(a), set(kInf))));
  MOMENTUM_UNARY(log_finite, truth(hn::And(hn::Gt(a, hn::Zero(D())), hn::Lt(a, set(kInf)))));
  MOMENTUM_BINARY(add, hn::Add(a, b));
  MOMENTUM_BINARY(subtract, hn::Sub(a, b));
  MOMENTUM_BINARY(multiply, hn::Mul(a, b));
  MOMENTUM_BINARY(divide, hn::Div(a, b));
  MOMENTUM_BINARY(minimum,
                  hn::IfThenElse(hn::And(present(a), present(b)), hn::IfThenElse(hn::Lt(b, a), b, a), missing()));
  MOMENTUM_BINARY(maximum,
                  hn::IfThenElse(hn::And(present(a), present(b)), hn::IfThenElse(hn::Gt(b, a), b, a), missing()));
  MOMENTUM_BINARY(greater, truth_or_missing(a, b, hn::Gt(a, b)));
  MOMENTUM_BINARY(greater_equal, truth_or_missing(a, b, hn::Ge(a, b)));
  MOMENTUM_BINARY(less, truth_or_missing(a, b, hn::Lt(a, b)));
  MOMENTUM_BINARY(less_equal, truth_or_missing(a, b, hn::Le(a, b)));
  MOMENTUM_BINARY(equal, truth_or_missing(a, b, hn::Eq(a, b)));
  MOMENTUM_BINARY(not_equal, truth_or_missing(a, b, hn::Ne(a, b)));
  MOMENTUM_BINARY(logical_and, truth_or_missing(a, b, hn::And(holds(a), holds(b))));
  MOMENTUM_BINARY(logical_or, truth_or_missing(a, b, hn::Or(holds(a), holds(b))));
  MOMENTUM_BINARY(can_divide,
                  truth(hn::AndNot(hn::Or(hn::And(hn::Eq(a, hn::Zero(D())), hn::Eq(b, hn::Zero(D()))),
                                          hn::And(hn::Eq(hn::Abs(a), set(kInf)), hn::Eq(hn::Abs(b), set(kInf)))),
                                   hn::And(present(a), present(b)))));
  MOMENTUM_TERNARY(divide_by, quotient_by(a, b, c));
  MOMENTUM_TERNARY(select, hn::IfThenElse(present(a), hn::IfThenElse(hn::Eq(a, hn::Zero(D())), c, b), missing()));
  put(Kernel::fill, fill_kernel);
  put(Kernel::step, step_kernel);
  put(Kernel::all_valid, all_valid_kernel);
#undef MOMENTUM_UNARY
#undef MOMENTUM_BINARY
#undef MOMENTUM_TERNARY
}

}  // namespace HWY_NAMESPACE
}  // namespace momentum::kernels
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace momentum::kernels {
void fill_elementwise_simd(SimdLevel level, KernelTable& table) noexcept {
  MOMENTUM_PICK_TARGET(level, fill_elementwise, table)
}
}  // namespace momentum::kernels
#endif
