// Recurrences: the state lives in a variable from row to row.

#include "writer.h"

namespace momentum::fuse {

Value Writer::ema(const Step& step) {
  ensure_present(step.inputs[0]);
  Value x = read(step.inputs[0]);
  if (!x.finite) {
    need(fmt::format("hn::Le(hn::Abs({}), set(0x1p500))", vector(x)));
    x.finite = true;
    x.high = 500;
  }
  pre("V y{0} = load({1}); good = hn::And(good, hn::And(present(y{0}), hn::Eq(load({2}), set(1.0))));", now_, state(0),
      state(1));
  if (x.finite) pre("good = hn::And(good, hn::Le(hn::Abs(y{}), set(0x1p{})));", now_, x.high + 1);
  pre("const EmaStep e{}({:a});", now_, step.params[0]);
  row("y{0} = e{0}.plain({1}, y{0});", now_, vector(x));
  post("good = hn::And(good, present(y{0})); store(y{0}, {1}); store(set(1.0), {2});", now_, next(0), next(1));
  Value y = value(fmt::format("y{}", now_));
  y.present = true;
  // x may be 0 or of either sign, so nothing is known of the smallest size; nothing asks.
  if (x.finite) y = facts(y, true, true, -800, x.high + 2);
  return y;
}

Value Writer::wilder(const Step& step) {
  ensure_present(step.inputs[0]);
  const Value x = read(step.inputs[0]);
  pre("V y{0} = load({1}); good = hn::And(good, hn::Ge(load({2}), set({3:a})));", now_, state(0), state(1),
      step.params[0] + step.params[1]);
  pre("good = hn::And(good, hn::Or(hn::Eq(y{0}, hn::Zero(D())), within(y{0}, 0x1p-700, 0x1p700)));", now_);
  pre("const ConstantDivisor by{}({:a});", now_, step.params[0]);
  if (!x.finite || !x.not_negative || x.low < -300 || x.high > 300 || step.params[0] < 2)
    refuse("a mean of what may be negative");
  row("y{0} = by{0}.divide(hn::Add(hn::Mul(y{0}, set({1:a})), {2}));", now_, step.params[0] - 1.0, vector(x));
  post("store(y{0}, {1}); store(hn::Add(load({2}), set(rows_seen)), {3});", now_, next(0), state(1), next(1));
  Value y = facts(value(fmt::format("y{}", now_)), true, true, -800, 701);
  y.not_negative = true;
  return y;
}

Value Writer::fill_forward(const Step& step) {
  ensure_present(step.inputs[0]);
  const Value x = input(step, 0);
  pre("V y{} = hn::Zero(D());", now_);
  row("y{} = {};", now_, vector(x));
  post("store(y{}, {});", now_, next(0));
  return x;
}

// The index of the bar, or the number of rows on which the condition held.
Value Writer::counted(const Step& step) {
  const bool index = step.kernel == Kernel::bar_index;
  if (!index && !input(step, 0).always) need(truth_of(step.inputs[0]));
  pre("V y{} = load({});", now_, state(0));
  const Value before = value(fmt::format("y{}", now_));
  row("y{0} = hn::Add(y{0}, set(1.0));", now_);
  post("store(y{}, {});", now_, next(0));
  Value x = index ? before : value(fmt::format("y{}", now_));
  x.present = x.not_negative = true;
  return x;
}

}  // namespace momentum::fuse
