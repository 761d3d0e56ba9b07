// Windows.

#include <algorithm>

#include "writer.h"

namespace momentum::fuse {

// All sums over a series at once: they share its range and its run of equal values.
void Writer::sums(const Step& first) {
  const Place& series = first.inputs[0];
  const Value x = read(series);
  const bool whole = x.leaf >= 0 && habit_of(s_.leaves[static_cast<std::size_t>(x.leaf)].column) == Habit::whole;
  if (!x.finite || (!whole && !x.positive) || series.shift != 0 || series.kind == PlaceKind::slot)
    return refuse("a sum of what may be missing, infinite or negative");
  const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
  const std::string q = fmt::format("q{}", base);
  series_.insert(base);
  test_history(series);
  if (series.kind == PlaceKind::window) whole_windows_.insert(series.index);
  const auto is_here = [&](const Step& step) {
    if (!is_sum(step)) return false;
    const Place& p = step.inputs[0];
    return p.kind == series.kind && p.index == series.index && p.shift == 0;
  };
  const std::size_t begin = now_;
  // The run of equal values is in the state of means alone.
  for (std::size_t i = s_.steps.size(); i-- > begin;)
    if (is_here(s_.steps[i]) && s_.steps[i].kernel == Kernel::rolling_mean) now_ = i;
  pre("Series {}; {}.begin({});", q, q, state(3));
  row("{}.add({});", q, x.v);
  // A flat window of whole numbers needs no care: its sum and the quotient are exact.
  if (!whole)
    row("{}.follow({}, {});", q, x.v, loaded(base, 1));
  else
    post("{0}.run = run_at_end({1}, c.rows, {0}.run);", q, base);
  std::size_t shortest = SIZE_MAX;
  std::string flat;
  std::string rest_name;
  for (now_ = begin; now_ < s_.steps.size(); ++now_) {
    const Step& step = s_.steps[now_];
    if (!is_here(step)) continue;
    const auto w = static_cast<std::size_t>(step.params[0]);
    const std::string old = loaded(base, w);
    const bool mean = step.kernel == Kernel::rolling_mean;
    pre("good = hn::And(good, begin_window({}, {:a}));", state(0), step.params[0]);
    if (mean) pre("good = hn::And(good, hn::Eq(load({}), {}.run));", state(3), q);
    std::string total;
    if (whole) {
      pre("V s{0} = load({1}); good = hn::And(good, hn::And(hn::Eq(load({2}), hn::Zero(D())), "
          "hn::And(is_whole(s{0}), within(s{0}, 0.0, 0x1p52))));",
          now_, state(0), state(1));
      row("s{0} = slide_whole(s{0}, {1}, {2});", now_, x.v, old);
      total = fmt::format("s{}", now_);
      if (w > 64) refuse("a long sum of whole numbers");
    } else {
      pre("Sum s{}; s{}.begin({});", now_, now_, state(0));
      row("[[maybe_unused]] const V rest{0} = s{0}.slide({1}, {2});", now_, x.v, old);
      if (w < shortest) rest_name = fmt::format("rest{}", now_);
      row("const V t{0} = s{0}.value();", now_);
      row("[[maybe_unused]] const V left{0} = hn::Sub(s{0}.lo, hn::Sub(t{0}, s{0}.hi));", now_);
      sums_[{base, w}] = now_;
      total = fmt::format("t{}", now_);
    }
    shortest = std::min(shortest, w);
    Value y;
    y.v = fmt::format("x{}s", now_);
    if (!mean) {
      row("const V {} = {};", y.v, total);
    } else {
      const bool binary = (w & (w - 1)) == 0;
      if (!binary) pre("const ConstantDivisor by{}({:a});", now_, step.params[0]);
      row("[[maybe_unused]] V {} = {};", y.v,
          binary ? fmt::format("hn::Mul({}, set({:a}))", total, 1.0 / step.params[0])
                 : fmt::format("by{}.divide({})", now_, total));
      if (!whole)
        flat +=
            fmt::format(" {0} = hn::IfThenElse(hn::Ge({1}.run, set({2:a})), {3}, {0});", y.v, q, step.params[0], x.v);
    }
    y = facts(y, true, true, x.low - (mean ? 21 : 0), x.high + (mean ? 1 : 21));
    y.positive = x.positive;
    y.not_negative = true;
    y.total = whole ? total : "";
    done_[now_] = y;
    if (!whole) {
      post("s{}.settle();", now_);
      post("good = hn::And(good, end_sum({}, {}, s{}.hi, s{}.lo, {}, rows_seen, {:a}, {}.low, {}.high));", state(0),
           next(0), now_, now_, mean ? q + ".run" : fmt::format("load({})", state(3)), step.params[0], q, q);
    } else {
      post("end_sum({}, {}, s{}, hn::Zero(D()), {}, rows_seen, {:a}, larger({}.low, set(1.0)), {}.high);", state(0),
           next(0), now_, mean ? q + ".run" : fmt::format("load({})", state(3)), step.params[0], q, q);
    }
  }
  now_ = begin;
  if (!whole) {
    need(fmt::format("hn::Ge({}, {})", rest_name, x.v));
    post("good = hn::And(good, hn::And(hn::Ge({0}.low, set(0x1p{1})), hn::Le({0}.high, set(0x1p{2}))));", q, x.low,
         x.high);
  } else {
    post("good = hn::And(good, within({0}.high, 0.0, 0x1p44)); good = hn::And(good, hn::Ge({0}.low, hn::Zero(D())));",
         q);
    post("good = hn::And(good, present(s{}));", begin);
  }
  if (!flat.empty()) row("if (HWY_UNLIKELY(any(hn::Ge({}.run, set({}.0))))) {{{} }}", q, shortest, flat);
}

Value Writer::spread(const Step& step) {
  const Place& series = step.inputs[0];
  const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
  const Value x = read(series);
  if (!series_.contains(base) || kernels::state_slots(step.kernel, step.params) != 2) {
    wanted_exact_.insert(now_);
    refuse("a deviation without the mean of its series");
    return {};
  }
  const auto w = static_cast<std::size_t>(step.params[0]);
  pre("Spread d{0}; d{0}.begin({1}, {2});", now_, base, w);
  pre("good = hn::And(good, hn::And(hn::Ge(load({}), set({:a})), hn::Eq(load({}), q{}.run)));", state(0),
      step.params[0], state(1), base);
  post("store(hn::Add(load({}), set(rows_seen)), {});", state(0), next(0));
  post("store(q{}.run, {});", base, next(1));
  Value y;
  y.about = true;
  y.origin = now_;
  const std::string ss = name();
  row("const V {} = d{}.slide({}, {}, {:a});", ss, now_, x.v, loaded(base, w), step.params[0]);
  post("good = hn::And(good, d{}.sure(q{}.low, q{}.high, rows_seen));", now_, base, base);
  y.square = name();
  row("const V {} = hn::Mul({}, {});", y.square, ss, number(1.0 / (step.params[0] - 1.0)));
  return facts(y, true, true, x.low - 60, x.high + 1);
}

// To the last bit. Windows of equal values are exactly 0; a rounding that is not certain is left to the definition.
Value Writer::deviation(const Step& step) {
  const Place& series = step.inputs[0];
  const Value x = read(series);
  if (!x.finite || series.shift != 0 || series.kind == PlaceKind::slot ||
      kernels::state_slots(step.kernel, step.params) != 2) {
    refuse("a deviation of what may be infinite");
    return {};
  }
  const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
  if (series.kind == PlaceKind::window) whole_windows_.insert(series.index);
  test_history(series);
  const auto w = static_cast<std::size_t>(step.params[0]);
  pre("WindowDeviation<{1}> d{0}; d{0}.begin({2}, c.rows, {3});", now_, w, base, state(1));
  pre("good = hn::And(good, hn::Ge(load({}), set({:a})));", state(0), step.params[0]);
  Value y;
  y.v = name();
  std::string sum;
  if (const auto at = sums_.find({base, w}); at != sums_.end()) sum = fmt::format(", t{0}, left{0}", at->second);
  row("const V {} = d{}.slide({}, {}, {}, {} + at{});", y.v, now_, x.v, loaded(base, 1), loaded(base, w), base, sum);
  post("store(hn::Add(load({}), set(rows_seen)), {});", state(0), next(0));
  post("store(d{}.run, {});", now_, next(1));
  // Zero where the window is flat; else not much smaller than the last bit of its values.
  y = facts(y, true, true, x.low - 60, x.high + 1);
  y.not_negative = true;
  return y;
}

Value Writer::extreme(const Step& step) {
  const Place& series = step.inputs[0];
  const Value x = read(series);
  if (!x.finite || !x.not_negative || series.shift != 0 || series.kind == PlaceKind::slot) {
    refuse("an extreme of what may be missing or negative");
    return {};
  }
  const auto w = static_cast<std::size_t>(step.params[0]);
  if (w < 2) {
    refuse("a window of one");
    return {};
  }
  const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
  if (series.kind == PlaceKind::window) whole_windows_.insert(series.index);
  test_history(series);
  pre("good = hn::And(good, hn::Ge(load({}), set({:a})));", state(0), step.params[0]);
  post("store(hn::Add(load({}), set(rows_seen)), {});", state(0), next(0));
  const std::string most = fmt::format("extreme<{}, {}>({} + at)", w, step.kernel == Kernel::rolling_max, base);
  const bool no_minus_zero = x.positive || (series.kind == PlaceKind::leaf && x.no_minus_zero);
  Value y = value(no_minus_zero ? most : fmt::format("hn::Add({}, hn::Zero(D()))", most));  // a zero is +0
  y = facts(y, true, true, x.low, x.high);
  y.positive = x.positive;
  y.finite = y.not_negative = true;
  return y;
}

Value Writer::whole(const Step& step) {
  if (!input(step, 0).always) need(truth_of(step.inputs[0]));
  pre("good = hn::And(good, hn::Ge(load({}), {}));", state(0), number(step.params[0]));
  post("store(hn::Add(load({}), set(rows_seen)), {});", state(0), next(0));
  return yes();
}

}  // namespace momentum::fuse
