#pragma once
// What the generator knows of each value while it writes a stage, and the lines it has written.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fuse.h"

namespace momentum::fuse {

using expr::Place;
using expr::PlaceKind;
using expr::Stage;
using expr::Step;
using kernels::Kernel;

// What is known of a value on every row that passes the tests: |x| is 0 or within 2^low .. 2^high where `finite`.
struct Value {
  std::string v;            // its vector; empty where it is only known to be there
  std::string m;            // its mask, where it is a truth
  bool truth = false, always = false;  // always: 1 on every row
  bool present = false, finite = false, positive = false, not_negative = false, not_positive = false;
  bool no_minus_zero = false;
  int low = 0, high = 0;
  std::string over, under;  // the quotient over / under, for whoever only compares it
  std::string square;       // or the root of this, about; `under` then stands for the square of the divisor
  bool about = false;       // not exact: only comparisons with a margin
  std::string rough, exact;  // nearly the value, within `error`; and the expression of the value itself, which is dear
  double error = 0.0;
  std::string total;  // not negative, and zero where this is
  int leaf = -1;  // the same as this leaf's current row
  double number = NAN;  // a constant
};

class Lines {
 protected:
  explicit Lines(const Stage& stage) : s_(stage), slots_(stage.slots), windows_(stage.windows.size()) {}

  template <class... A>
  void pre(fmt::format_string<A...> f, A&&... a) {
    pre_ += "  " + fmt::format(f, std::forward<A>(a)...) + "\n";
  }
  template <class... A>
  void row(fmt::format_string<A...> f, A&&... a) {
    row_ += "    " + fmt::format(f, std::forward<A>(a)...) + "\n";
  }
  template <class... A>
  void post(fmt::format_string<A...> f, A&&... a) {
    post_ += "  " + fmt::format(f, std::forward<A>(a)...) + "\n";
  }
  void refuse(std::string why) {
    if (refused_.empty()) refused_ = fmt::format("step {}: {}", now_, why);
  }
  static std::string number(double x) { return std::isnan(x) ? "missing()" : fmt::format("set({:a})", x); }
  std::string name(const char* prefix = "x") { return fmt::format("{}{}", prefix, ++names_); }
  std::string state(std::size_t i) const { return fmt::format("S + {} * kTileLanes", s_.steps[now_].state + i); }
  std::string next(std::size_t i) const { return fmt::format("N + {} * kTileLanes", s_.steps[now_].state + i); }
  // A row's vector or mask of its own.
  Value value(std::string expression) {
    Value x;
    x.v = name();
    row("[[maybe_unused]] const V {} = {};", x.v, expression);
    return x;
  }
  Value mask(std::string expression) {
    Value x;
    x.m = name("m");
    x.truth = x.present = x.finite = x.not_negative = true;
    row("const M {} = {};", x.m, expression);
    return x;
  }
  static Value yes() {
    Value x;
    x.truth = x.always = x.present = x.finite = x.positive = x.not_negative = true;
    x.m = "all()";
    return x;
  }
  void need(const std::string& m) { row("good = hn::And(good, {});", m); }

  void find_uses() {
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

  void begin_leaf(std::size_t i) {
    const auto& leaf = s_.leaves[i];
    const bool whole = habit_of(leaf.column) == Habit::whole;
    Value x;
    x.leaf = static_cast<int>(i);
    x.v = fmt::format("l{}", i);
    row("const V l{0} = load(L{0} + at);", i);
    if (leaf.history > 0) row("hwy::Prefetch(L{0} + at + kAhead * kTileLanes);", i);
    x.present = x.finite = x.not_negative = true;
    x.positive = !whole;
    x.low = whole ? 0 : -100;
    x.high = whole ? 44 : 100;
    const std::string low = whole ? "0.0" : "0x1p-100", high = whole ? "0x1p44" : "0x1p100";
    if (!whole && !used_leaves_.contains(static_cast<std::uint32_t>(i))) {  // only its extremes or its presence matter
      x.positive = false;
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

  bool has_sum(PlaceKind kind, std::size_t index) const {
    return std::any_of(s_.steps.begin(), s_.steps.end(), [&](const Step& step) {
      return is_sum(step) && step.inputs[0].kind == kind && step.inputs[0].index == index && step.inputs[0].shift == 0;
    });
  }
  static bool is_sum(const Step& step) {
    return step.kernel == Kernel::rolling_mean || step.kernel == Kernel::rolling_sum;
  }

  // Rows `shift` back of a leaf or window, loaded once a row.
  std::string loaded(const std::string& base, std::size_t shift) {
    const auto [at, fresh] = loads_.try_emplace({base, shift}, fmt::format("{}_{}", base, shift));
    if (fresh) row("const V {} = load({} + at - {} * kTileLanes);", at->second, base, shift);
    return at->second;
  }

  Value& place(const Place& p) {
    if (p.kind == PlaceKind::leaf) return leaves_[p.index];
    return p.kind == PlaceKind::slot ? slots_[p.index] : windows_[p.index];
  }

  Value read(const Place& p) {
    if (p.kind == PlaceKind::constant) {
      Value x;
      x.number = s_.constants[p.index];
      x.v = number(x.number);
      x.present = !std::isnan(x.number);
      x.finite = std::isfinite(x.number);
      x.positive = x.finite && x.number > 0.0;
      x.not_negative = x.number >= 0.0 && !std::signbit(x.number);
      x.not_positive = x.number <= 0.0;
      if (x.finite && x.number != 0.0) x.low = x.high = std::ilogb(x.number), ++x.high;
      return x;
    }
    Value x = place(p);
    if (p.shift == 0) return x;
    if (x.leaf >= 0 && s_.leaves[static_cast<std::size_t>(x.leaf)].history >= p.shift) {
      x.v = loaded(fmt::format("L{}", x.leaf), p.shift);
      x.leaf = -1;
      return x;
    }
    if (x.truth) refuse("a truth of earlier rows");
    whole_windows_.insert(p.index);
    const bool known = stateless_.contains(p.index);
    Value y;
    y.v = loaded(fmt::format("W{}", p.index), p.shift);
    if (known)
      y.present = x.present, y.finite = x.finite, y.positive = x.positive, y.not_negative = x.not_negative,
      y.low = x.low, y.high = x.high;
    return y;
  }

  std::string vector(const Value& x) {
    if (x.about || (x.v.empty() && x.exact.empty() && !x.truth)) refuse("the exact value of what is only compared");
    if (x.always) return "set(1.0)";
    if (!x.exact.empty()) return x.exact;
    return x.truth ? fmt::format("truth({})", x.m) : x.v;
  }
  std::string truth_of(const Place& p) {
    ensure_present(p);
    const Value x = read(p);
    return x.truth ? x.m : fmt::format("hn::Ne({}, hn::Zero(D()))", vector(x));
  }

  // After this the value is there on every good row.
  void ensure_present(const Place& p) {
    if (p.kind == PlaceKind::constant) {
      if (std::isnan(s_.constants[p.index])) refuse("a missing constant");
      return;
    }
    Value x = read(p);
    if (x.present) return;
    need(fmt::format("present({})", vector(x)));
    if (p.shift == 0) place(p).present = true;
  }
  void ensure_positive(const Place& p) {
    const Value x = read(p);
    if (x.positive) return;
    need(fmt::format("hn::Gt({}, hn::Zero(D()))", x.total.empty() ? vector(x) : x.total));
    if (p.shift == 0 && p.kind != PlaceKind::constant) place(p).positive = true;
  }

  static Value facts(Value x, bool present, bool finite, int low, int high) {
    x.present = present;
    x.finite = finite && low > -900 && high < 900;
    x.low = low;
    x.high = high;
    return x;
  }

  const Stage& s_;
  std::vector<Value> leaves_, slots_, windows_;
  std::map<std::pair<std::string, std::size_t>, std::string> loads_;
  std::map<std::size_t, Value> done_;
  std::set<std::string> series_;
  std::set<std::uint32_t> used_leaves_, whole_windows_, stateless_;
  std::vector<std::tuple<std::uint32_t, Value, std::size_t>> written_;
  std::string pre_, row_, post_, refused_;
  std::size_t now_ = 0;
  int names_ = 0;
};

}  // namespace momentum::fuse
