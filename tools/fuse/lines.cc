#include "lines.h"

#include <algorithm>
#include <limits>

namespace momentum::fuse {

void Lines::find_uses() {
  for (const Step& step : s_.steps)
    for (const Place& p : step.inputs) {
      if (p.kind != PlaceKind::leaf) continue;
      const bool test = step.kernel == Kernel::all_valid || step.kernel == Kernel::valid;
      if (p.shift > 0 || (!test && step.kernel != Kernel::rolling_min && step.kernel != Kernel::rolling_max))
        used_leaves_.insert(p.index);
    }
  for (const Place& p : s_.outputs)
    if (p.kind == PlaceKind::window) whole_windows_.insert(p.index);
}

void Lines::begin_leaf(std::size_t i) {
  const auto& leaf = s_.leaves[i];
  const bool whole = habit_of(leaf.column) == Habit::whole;
  Value x;
  x.leaf = static_cast<int>(i);
  x.series = fmt::format("L{}", i);
  x.v = fmt::format("l{}", i);
  row("[[maybe_unused]] const V l{0} = load(L{0} + at);", i);
  if (leaf.history > 0) row("hwy::Prefetch(L{0} + at + kAhead * kTileLanes);", i);
  x.present = x.finite = x.not_negative = true;
  x.positive = !whole;
  x.low = whole ? 0 : -100;
  x.high = whole ? 44 : 100;
  const std::string low = whole ? "0.0" : "0x1p-100", high = whole ? "0x1p44" : "0x1p100";
  if (!whole && !used_leaves_.contains(static_cast<std::uint32_t>(i))) {  // only its extremes or its presence matter
    x.positive = false;
    x.no_minus_zero = true;
    x.low = -1074;
    pre("Bits most{} = no_bits();", i);
    row("follow(most{0}, l{0});", i);
    if (leaf.history > 0)
      pre("if (c.checked < {0}) for (std::size_t b = 1; b <= {0}; ++b) follow(most{1}, load(L{1} - b * kTileLanes));",
          leaf.history, i);
    post("good = hn::And(good, at_most(most{}, 0x1p100));", i);
  } else {
    if (whole) need(fmt::format("is_whole(l{})", i));
    if (!has_sum(PlaceKind::leaf, i)) need(fmt::format("within(l{}, {}, {})", i, low, high));
    if (leaf.history > 0)
      pre("if (c.checked < {0}) for (std::size_t b = 1; b <= {0}; ++b) {{ const V x = load(L{1} - b * kTileLanes); "
          "good = hn::And(good, {2}); }}",
          leaf.history, i, whole ? "hn::And(within(x, 0.0, 0x1p44), is_whole(x))" : "within(x, 0x1p-100, 0x1p100)");
  }
  leaves_.push_back(x);
}

bool Lines::has_sum(PlaceKind kind, std::size_t index) const {
  return std::any_of(s_.steps.begin(), s_.steps.end(), [&](const Step& step) {
    return is_sum(step) && step.inputs[0].kind == kind && step.inputs[0].index == index && step.inputs[0].shift == 0;
  });
}

std::string Lines::loaded(const std::string& base, std::size_t shift) {
  const auto [at, fresh] = loads_.try_emplace({base, shift}, fmt::format("{}_{}", base, shift));
  if (fresh) row("[[maybe_unused]] const V {} = load({} + at - {} * kTileLanes);", at->second, base, shift);
  return at->second;
}

Value Lines::read(const Place& p) {
  if (p.kind == PlaceKind::constant) {
    Value x;
    x.number = s_.constants[p.index];
    x.v = number(x.number);
    x.present = !std::isnan(x.number);
    x.finite = std::isfinite(x.number);
    x.positive = x.finite && x.number > 0.0;
    x.not_negative = x.number >= 0.0 && !std::signbit(x.number);
    x.not_positive = x.number <= 0.0;
    x.no_minus_zero = x.number != 0.0 || !std::signbit(x.number);
    if (x.finite && x.number != 0.0) x.low = x.high = std::ilogb(x.number), ++x.high;
    return x;
  }
  Value x = place(p);
  if (p.shift == 0) return x;
  if (x.leaf >= 0 && s_.leaves[static_cast<std::size_t>(x.leaf)].history >= p.shift) {
    x.v = loaded(fmt::format("L{}", x.leaf), p.shift);
    x.leaf = -1;
    x.series.clear();
    return x;
  }
  if (x.truth) refuse("a truth of earlier rows");
  whole_windows_.insert(p.index);
  const bool known = stateless_.contains(p.index);
  Value y = known ? facts_alone(x) : Value{};
  y.v = loaded(fmt::format("W{}", p.index), p.shift);
  return y;
}

std::string Lines::has_facts(const std::string& v, const Value& x) {
  if (!x.finite) {
    if (!x.present) return {};
    return x.not_negative ? fmt::format("hn::Ge({}, hn::Zero(D()))", v) : fmt::format("present({})", v);
  }
  if (x.positive) return fmt::format("within({}, 0x1p{}, 0x1p{})", v, x.low, x.high);
  const std::string size = x.not_negative ? v : fmt::format("hn::Abs({})", v);
  return fmt::format("hn::Or(hn::Eq({0}, hn::Zero(D())), within({1}, 0x1p{2}, 0x1p{3}))", v, size, x.low, x.high);
}

void Lines::test_history(const Place& p) {
  if (p.kind != PlaceKind::window || stateless_.contains(p.index)) return;
  const std::string has = has_facts("x", place(p));
  if (!tested_windows_.insert({p.index, has}).second) return;
  pre("if (c.checked < {0}) for (std::size_t b = 1; b <= {0}; ++b) {{ const V x = load(W{1} - b * kTileLanes); good = "
      "hn::And(good, {2}); }}",
      s_.windows[p.index], p.index, has);
}

std::string Lines::vector(const Value& x) {
  if (x.about) want_exact(x);
  if (x.v.empty() && x.exact.empty() && !x.truth) refuse("a value that was not written");
  if (x.always) return "set(1.0)";
  if (!x.exact.empty()) return x.exact;
  return x.truth ? fmt::format("truth({})", x.m) : x.v;
}

std::string Lines::truth_of(const Place& p) {
  ensure_present(p);
  const Value x = read(p);
  return x.truth ? x.m : fmt::format("hn::Ne({}, hn::Zero(D()))", vector(x));
}

void Lines::ensure_present(const Place& p) {
  if (p.kind == PlaceKind::constant) {
    if (std::isnan(s_.constants[p.index])) refuse("a missing constant");
    return;
  }
  Value x = read(p);
  if (x.present) return;
  need(fmt::format("present({})", vector(x)));
  if (p.shift == 0) place(p).present = true;
}

void Lines::ensure_positive(const Place& p) {
  const Value x = read(p);
  if (x.positive) return;
  need(fmt::format("hn::Gt({}, hn::Zero(D()))", x.total.empty() ? vector(x) : x.total));
  if (p.shift == 0 && p.kind != PlaceKind::constant) place(p).positive = true;
}

}  // namespace momentum::fuse
