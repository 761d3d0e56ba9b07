// Values of the rows on which a condition held: on ordinary rows it always does, so they are those of the rows before.

#include "writer.h"

namespace momentum::fuse {

Value Writer::value_when(const Step& step) {
  if (!read(step.inputs[0]).always) need(truth_of(step.inputs[0]));
  const Value x = read(step.inputs[1]);
  const auto k = static_cast<std::size_t>(step.params[0]);
  const char* type = x.truth ? "M" : "V";
  for (std::size_t i = 0; i < k; ++i) {
    const std::string p = fmt::format("p{}_{}", now_, i);
    if (x.truth) {
      pre("M {0} = hn::Eq(load({1}), set(1.0)); good = hn::And(good, hn::Or({0}, hn::Eq(load({1}), hn::Zero(D()))));",
          p, state(i));
      post("store(truth({}), {});", p, next(i));
    } else {
      pre("V {} = load({});", p, state(i));
      // What earlier rows left must have the facts that the rows have. The oldest is gone with the first row.
      if (const std::string has = has_facts(p, x); i + 1 < k && !has.empty()) pre("good = hn::And(good, {});", has);
      post("store({}, {});", p, next(i));
    }
  }
  for (std::size_t i = k; i-- > 1;) row("p{0}_{1} = p{0}_{2};", now_, i, i - 1);
  row("p{}_0 = {};", now_, x.truth ? x.m : vector(x));
  // The facts alone: whatever stands for x in a comparison is of this row, and y is of an earlier one.
  Value y = facts_alone(x);
  y.truth = x.truth;
  (x.truth ? y.m : y.v) = name();
  row("[[maybe_unused]] const {} {} = p{}_{};", type, x.truth ? y.m : y.v, now_, k - 1);
  return y;
}

Value Writer::mean_when(const Step& step) {
  if (!read(step.inputs[0]).always) need(truth_of(step.inputs[0]));
  const Value x = read(step.inputs[1]);
  const auto n = static_cast<std::size_t>(step.params[0]);
  if (n < 2) {
    refuse("a mean of one");
    return {};
  }
  // Bounded, so that the error of plain additions is.
  need(fmt::format("hn::Le(hn::Abs({}), set(0x1p20))", vector(x)));
  for (std::size_t i = 0; i < n; ++i) {
    pre("V p{0}_{1} = load({2});", now_, i, state(i));
    if (i + 1 < n) pre("good = hn::And(good, hn::Le(hn::Abs(p{}_{}), set(0x1p20)));", now_, i);
    post("store(p{}_{}, {});", now_, i, next(i));
  }
  pre("good = hn::And(good, hn::Ge(load({}), set({:a})));", state(n), step.params[0] - 1.0);
  post("store(hn::Add(load({}), set(rows_seen)), {});", state(n), next(n));
  for (std::size_t i = n; i-- > 1;) row("p{0}_{1} = p{0}_{2};", now_, i, i - 1);
  row("p{}_0 = {};", now_, vector(x));
  // Nearly: plain additions of n numbers up to 2^20.
  Value y;
  std::string sum = fmt::format("p{}_0", now_), all = fmt::format("good, p{}_0", now_);
  for (std::size_t i = 1; i < n; ++i) {
    sum = fmt::format("hn::Add({}, p{}_{})", sum, now_, i);
    all += fmt::format(", p{}_{}", now_, i);
  }
  y.rough = name();
  row("[[maybe_unused]] const V {} = hn::Mul({}, set({:a}));", y.rough, sum, 1.0 / step.params[0]);
  y.error = 0x1p-30 * step.params[0];
  y.exact = fmt::format("hn::Div(few_sum({}), set({:a}))", all, step.params[0]);
  y.present = true;
  return y;
}

}  // namespace momentum::fuse
