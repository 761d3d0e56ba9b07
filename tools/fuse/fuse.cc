#include "fuse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "lines_internal.h"
#include "momentum/expr/signature.h"
#include "momentum/kernels/fused.h"

namespace momentum::fuse {
namespace {

class Writer : private Lines {
 public:
  explicit Writer(const Stage& stage) : Lines(stage) {}

  Result<std::string> write(std::string_view name) {
    find_uses();
    for (std::size_t i = 0; i < s_.leaves.size(); ++i) begin_leaf(i);
    for (now_ = 0; now_ < s_.steps.size() && refused_.empty(); ++now_) {
      Value value = done_.contains(now_) ? done_.at(now_) : make(s_.steps[now_]);
      finish(s_.steps[now_], std::move(value));
    }
    for (std::size_t i = 0; i < s_.outputs.size(); ++i)
      if (s_.outputs[i].kind == PlaceKind::slot) row("store({}, O{} + at);", vector(read(s_.outputs[i])), i);
    if (!refused_.empty()) return fail(ErrorCode::internal, "no fused form of this stage", std::string(name), refused_);
    return text(name);
  }

 private:
  Value make(const Step& step) {
    const auto in = [&](std::size_t i) { return read(step.inputs[i]); };
    const auto v = [&](std::size_t i) { return vector(in(i)); };
    const auto p = [&](std::size_t i) -> const Place& { return step.inputs[i]; };
    const auto compare = [&](const char* how) {
      ensure_present(p(0));
      ensure_present(p(1));
      if (const Value a = in(0), b = in(1); !a.rough.empty() && b.finite && !std::isnan(b.number)) {
        Value x;
        x.truth = x.present = x.finite = x.not_negative = true;
        x.m = name("m");
        const std::string d = name();
        row("const V {} = hn::Sub({}, {});", d, a.rough, b.v);
        row("M {} = hn::{}({}, hn::Zero(D()));", x.m, how, d);
        row("if (HWY_UNLIKELY(any(hn::Le(hn::Abs({}), set({:a}))))) {} = hn::{}({}, {});", d,
            a.error + 0x1p-50 * std::fabs(b.number), x.m, how, a.exact, b.v);
        return x;
      }
      const std::string a = v(0), b = v(1);
      return mask(fmt::format("hn::{}({}, {})", how, a, b));
    };
    switch (step.kernel) {
      case Kernel::add:
      case Kernel::subtract: {
        const Value a = in(0), b = in(1);
        const bool finite = a.finite && b.finite;
        const int high = std::max(a.high, b.high) + 1, low = std::min(a.low, b.low) - 54;
        Value x;
        if (!a.about && !b.about)
          x = value(fmt::format("hn::{}({}, {})", step.kernel == Kernel::add ? "Add" : "Sub", vector(a), vector(b)));
        else
          x.about = true;
        x = facts(x, finite, finite, low, high);
        x.no_minus_zero = step.kernel == Kernel::subtract ? a.positive && b.positive : a.positive || b.positive;
        if (step.kernel == Kernel::add)
          x.positive = a.positive && b.positive, x.not_negative = a.not_negative && b.not_negative;
        return x;
      }
      case Kernel::multiply: return multiplied(in(0), in(1));
      case Kernel::divide: {
        const Value a = in(0), b = in(1);
        if (!b.square.empty()) {
          Value x;
          x.about = true;
          x.over = vector(a);
          x.square = b.square;
          return facts(x, a.finite, a.finite, 0, 800);
        }
        Value x = value(fmt::format("hn::Div({}, {})", vector(a), vector(b)));
        x.not_negative = a.not_negative && b.not_negative;
        if (a.finite && b.finite && (b.positive || b.not_negative)) x.over = vector(a), x.under = vector(b);
        if (a.finite && b.finite && b.positive) {
          x = facts(x, true, true, a.low - b.high - 1, a.high - b.low + 1);
          x.positive = a.positive;
        }
        return x;
      }
      case Kernel::reciprocal: {
        const Value a = in(0);
        Value x = value(fmt::format("hn::Div(set(1.0), {})", vector(a)));
        if (!a.finite || !a.positive) return x;
        x = facts(x, true, true, -a.high - 1, -a.low + 1);
        x.positive = x.not_negative = true;
        return x;
      }
      case Kernel::divide_by: {
        const Value a = in(0), b = in(1);
        const bool ranged = a.finite && b.finite && a.positive && b.positive && std::min(a.low, b.low) > -400 &&
                            std::max(a.high, b.high) < 400;
        Value x = value(
            fmt::format("{}({}, {}, {})", ranged ? "quotient_in_range" : "quotient_by", vector(a), vector(b), v(2)));
        if (!ranged) return x;
        x = facts(x, true, true, a.low - b.high - 1, a.high - b.low + 1);
        x.positive = x.not_negative = true;
        return x;
      }
      case Kernel::negate: {
        const Value a = in(0);
        Value x = facts(value(fmt::format("hn::Neg({})", vector(a))), a.present, a.finite, a.low, a.high);
        x.not_negative = a.not_positive;
        x.not_positive = a.not_negative;
        return x;
      }
      case Kernel::absolute: {
        const Value a = in(0);
        Value x = facts(value(fmt::format("hn::Abs({})", vector(a))), a.present, a.finite, a.low, a.high);
        x.not_negative = true;
        return x;
      }
      case Kernel::minimum:
      case Kernel::maximum: {
        ensure_present(p(0));
        ensure_present(p(1));
        const Value a = in(0), b = in(1);
        const bool most = step.kernel == Kernel::maximum;
        // Without a -0 the choice between equal values does not show.
        const bool plain = a.no_minus_zero || a.positive || b.positive || (!std::isnan(b.number) && b.number != 0.0);
        const char* how = most ? plain ? "greatest" : "larger" : plain ? "least" : "smaller";
        Value x = value(fmt::format("{}({}, {})", how, vector(a), vector(b)));
        const bool zero = b.number == 0.0;
        x = facts(x, true, a.finite && b.finite, zero ? a.low : std::min(a.low, b.low),
                  zero ? a.high : std::max(a.high, b.high));
        x.not_negative = most ? a.not_negative || b.not_negative : a.not_negative && b.not_negative;
        x.not_positive = most ? a.not_positive && b.not_positive : a.not_positive || b.not_positive;
        return x;
      }
      case Kernel::round_even: {
        const Value a = in(0);
        Value x = value(fmt::format("hn::Round({})", vector(a)));
        x.present = a.present;
        return x;
      }
      case Kernel::greater: return compare("Gt");
      case Kernel::greater_equal: return compare("Ge");
      case Kernel::less: return compare("Lt");
      case Kernel::less_equal: return compare("Le");
      case Kernel::equal: return compare("Eq");
      case Kernel::not_equal: return compare("Ne");
      case Kernel::logical_and:
      case Kernel::logical_or: {
        const std::string a = truth_of(p(0)), b = truth_of(p(1));
        return mask(fmt::format("hn::{}({}, {})", step.kernel == Kernel::logical_and ? "And" : "Or", a, b));
      }
      case Kernel::logical_not: return mask(fmt::format("hn::Not({})", truth_of(p(0))));
      case Kernel::select: {
        const std::string m = truth_of(p(0));
        const Value b = in(1), c = in(2);
        Value x = value(fmt::format("hn::IfThenElse({}, {}, {})", m, vector(b), vector(c)));
        x.present = b.present && c.present;
        return x;
      }
      case Kernel::fill: {
        const Value a = in(0);
        if (a.present) return a;
        Value x = value(fmt::format("hn::IfThenElse(present({0}), {0}, {1})", vector(a), number(step.params[0])));
        x.present = true;
        return x;
      }
      case Kernel::step: return stepped(step);
      case Kernel::valid: ensure_present(p(0)); return yes();
      case Kernel::finite:
        if (in(0).finite) return yes();
        return mask(fmt::format("hn::Lt(hn::Abs({}), set(std::numeric_limits<double>::infinity()))", v(0)));
      case Kernel::log_finite: {
        const Value a = in(0);
        if (a.finite && a.positive) return yes();
        const std::string x = vector(a);
        return mask(fmt::format(
            "hn::And(hn::Gt({0}, hn::Zero(D())), hn::Lt({0}, set(std::numeric_limits<double>::infinity())))", x));
      }
      case Kernel::can_divide: {
        const Value a = in(0), b = in(1);
        if (!a.finite || !b.finite) {
          refuse("can_divide of what may be infinite");
          return {};
        }
        if (!b.not_negative) {
          refuse("can_divide by what may be negative");
          return {};
        }
        ensure_positive(p(1));
        return yes();
      }
      case Kernel::all_valid: {
        const auto truths = static_cast<std::size_t>(step.params[0]);
        for (std::size_t i = 0; i < step.inputs.size(); ++i) {
          if (i >= truths) {
            const Value x = in(i);
            if (!x.present && !x.under.empty())
              ensure_divisor(p(i));
            else
              ensure_present(p(i));
          } else if (!in(i).always) {
            need(truth_of(p(i)));
          }
        }
        return yes();
      }
      case Kernel::rolling_sum:
      case Kernel::rolling_mean: sums(step); return done_.contains(now_) ? done_.at(now_) : Value{};
      case Kernel::rolling_std: return spread(step);
      case Kernel::rolling_min:
      case Kernel::rolling_max: return extreme(step);
      case Kernel::whole: {
        if (!in(0).always) need(truth_of(p(0)));
        pre("good = hn::And(good, hn::Ge(load({}), {}));", state(0), number(step.params[0]));
        post("store(hn::Add(load({}), set(rows_seen)), {});", state(0), next(0));
        return yes();
      }
      case Kernel::ema: return ema(step);
      case Kernel::wilder: return wilder(step);
      case Kernel::fill_forward: {
        ensure_present(p(0));
        const Value x = in(0);
        pre("V y{} = hn::Zero(D());", now_);
        row("y{} = {};", now_, vector(x));
        post("store(y{}, {});", now_, next(0));
        return x;
      }
      case Kernel::bar_index:
      case Kernel::count_when: {
        if (step.kernel == Kernel::count_when && !in(0).always) need(truth_of(p(0)));
        pre("V y{} = load({});", now_, state(0));
        const Value before = value(fmt::format("y{}", now_));
        row("y{0} = hn::Add(y{0}, set(1.0));", now_);
        post("store(y{}, {});", now_, next(0));
        Value x = step.kernel == Kernel::bar_index ? before : value(fmt::format("y{}", now_));
        x.present = x.not_negative = true;
        return x;
      }
      case Kernel::value_when: return value_when(step);
      case Kernel::mean_when: return mean_when(step);
      default: refuse("no fused form of " + std::string(expr::kernel_name(step.kernel))); return {};
    }
  }

  Value multiplied(const Value& a, const Value& b) {
    const Value& by = std::isnan(a.number) ? b : a;  // the constant, if there is one
    const Value& x = std::isnan(a.number) ? a : b;
    if (!std::isnan(by.number) && x.truth && by.number > 0.0) {
      Value y = value(fmt::format("hn::IfThenElseZero({}, {})", x.m, by.v));
      y = facts(y, true, true, by.low, by.high);
      y.not_negative = true;
      return y;
    }
    if (x.about) {
      if (x.square.empty() || std::isnan(by.number) || by.number <= 0.0) refuse("a product of what is only compared");
      Value y;
      y.about = true;
      y.square = name();
      row("[[maybe_unused]] const V {} = hn::Mul({}, {});", y.square, x.square, number(by.number * by.number));
      return facts(y, true, true, x.low, x.high + by.high);
    }
    if (!x.rough.empty() && by.finite && !std::isnan(by.number)) {
      Value y;
      y.present = x.present;
      y.rough = name();
      row("const V {} = hn::Mul({}, {});", y.rough, x.rough, by.v);
      y.exact = fmt::format("hn::Mul({}, {})", x.exact, by.v);
      y.error = 4.0 * x.error * std::fabs(by.number);
      return y;
    }
    Value y = value(fmt::format("hn::Mul({}, {})", vector(a), vector(b)));
    if (a.finite && b.finite)
      y = facts(y, true, true, a.low + b.low - 1, a.high + b.high + 1);
    else if (!std::isnan(by.number) && by.finite && by.number != 0.0)
      y.present = x.present;
    y.positive = y.finite && a.positive && b.positive;
    y.not_negative = a.not_negative && b.not_negative;
    return y;
  }

  void ensure_divisor(const Place& p) {
    need(fmt::format("hn::Gt({}, hn::Zero(D()))", read(p).under));
    place(p).present = true;
  }

  // A chain of comparisons. A quotient is compared as products, with the division only where a product is too close.
  Value stepped(const Step& step) {
    const Place& p = step.inputs[0];
    const auto count = static_cast<std::size_t>(step.params[0]);
    Value x = read(p);
    const bool lazy = !x.over.empty();
    if (!lazy)
      ensure_present(p);
    else if (!x.present)
      ensure_divisor(p);
    const std::string y = name("y");
    const auto chain = [&](auto&& passed) {
      std::string text = number(step.params[1]);
      for (std::size_t i = 0; i < count; ++i)
        text = fmt::format("hn::IfThenElse({}, {}, {})", passed(i), number(step.params[4 + 3 * i]), text);
      return text;
    };
    const auto exact = [&](const std::string& q) {
      return chain([&](std::size_t i) {
        return fmt::format("hn::{}({}, {})", step.params[3 + 3 * i] != 0.0 ? "Ge" : "Gt", q,
                           number(step.params[2 + 3 * i]));
      });
    };
    if (!lazy) {
      row("[[maybe_unused]] const V {} = {};", y, exact(vector(x)));
    } else {
      bool margins = x.square.empty();
      for (std::size_t i = 0; i < count; ++i) margins = margins || step.params[2 + 3 * i] >= 0.0;
      for (std::size_t i = 0; i < count; ++i)
        if (step.params[2 + 3 * i] < 0.0) refuse("a quotient compared with a negative number");
      std::vector<std::string> over(count);
      const std::string doubt = name("doubt");
      std::string top = x.over;
      if (!x.square.empty()) {  // over / sqrt(square) > t where over |over| > t t square
        top = name();
        row("const V {0} = hn::Mul({1}, hn::Abs({1}));", top, x.over);
      }
      std::string nearest;
      double most = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        const double t = step.params[2 + 3 * i];
        over[i] = name();
        if (t == 0.0) {  // the sign of the numerator, exactly
          row("[[maybe_unused]] const V {} = {};", over[i], x.over);
          continue;
        }
        const std::string product = name();
        row("const V {} = hn::Mul({}, {});", product, x.square.empty() ? x.under : x.square,
            number(x.square.empty() ? t : t * t));
        row("const V {} = hn::Sub({}, {});", over[i], top, product);
        most = std::max(most, x.square.empty() ? t : t * t);
        nearest = nearest.empty() ? fmt::format("hn::Abs({})", over[i])
                                  : fmt::format("least({}, hn::Abs({}))", nearest, over[i]);
      }
      if (most == 0.0) refuse("a quotient compared with zero alone");
      row("const M {} = hn::Le({}, hn::Mul({}, set({:a})));", doubt, nearest, x.square.empty() ? x.under : x.square,
          most * (x.square.empty() ? 0x1p-48 : 0x1p-22));
      const std::string quick = chain([&](std::size_t i) {
        const bool inclusive = step.params[3 + 3 * i] != 0.0 && step.params[2 + 3 * i] == 0.0;
        return fmt::format("hn::{}({}, hn::Zero(D()))", inclusive ? "Ge" : "Gt", over[i]);
      });
      row("[[maybe_unused]] V {} = {};", y, quick);
      if (x.square.empty()) {
        row("if (HWY_UNLIKELY(any({}))) {{ const V q = hn::Div({}, {}); {} = {}; }}", doubt, x.over, x.under, y,
            exact("q"));
      } else {
        need(fmt::format("hn::Not({})", doubt));
      }
    }
    Value out;
    out.v = y;
    out = facts(out, true, true, -60, 60);
    for (std::size_t i = 0; i <= count; ++i)
      if (!(std::fabs(step.params[1 + 3 * i]) < 1e15)) out.finite = false;
    return out;
  }

  // All sums over a series at once: they share its range and its run of equal values.
  void sums(const Step& first) {
    const Place& series = first.inputs[0];
    const Value x = read(series);
    const bool whole = x.leaf >= 0 && habit_of(s_.leaves[static_cast<std::size_t>(x.leaf)].column) == Habit::whole;
    if (!x.finite || (!whole && !x.positive) || series.shift != 0 || series.kind == PlaceKind::slot)
      return refuse("a sum of what may be missing, infinite or negative");
    const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
    const std::string q = fmt::format("q{}", base);
    series_.insert(base);
    if (series.kind == PlaceKind::window) whole_windows_.insert(series.index);
    pre("Series {}; {}.begin({});", q, q, state(3));
    row("{}.add({});", q, x.v);
    // A flat window of whole numbers needs no care: its sum and the quotient are exact.
    if (!whole)
      row("{}.follow({}, {});", q, x.v, loaded(base, 1));
    else
      post("{0}.run = run_at_end({1}, c.rows, {0}.run);", q, base);
    std::size_t shortest = SIZE_MAX;
    std::string flat;
    const std::size_t begin = now_;
    std::string rest_name;
    for (now_ = begin; now_ < s_.steps.size(); ++now_) {
      const Step& step = s_.steps[now_];
      if (!is_sum(step) || step.inputs[0].kind != series.kind || step.inputs[0].index != series.index ||
          step.inputs[0].shift != 0)
        continue;
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

  Value spread(const Step& step) {
    const Place& series = step.inputs[0];
    const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
    const Value x = read(series);
    if (!series_.contains(base) || kernels::state_slots(step.kernel, step.params) != 2) {
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
    const std::string ss = name();
    row("const V {} = d{}.slide({}, {}, {:a});", ss, now_, x.v, loaded(base, w), step.params[0]);
    post("good = hn::And(good, d{}.sure(q{}.low, q{}.high, rows_seen));", now_, base, base);
    y.square = name();
    row("const V {} = hn::Mul({}, {});", y.square, ss, number(1.0 / (step.params[0] - 1.0)));
    return facts(y, true, true, x.low - 60, x.high + 1);
  }

  Value extreme(const Step& step) {
    const Place& series = step.inputs[0];
    const Value x = read(series);
    if (!x.finite || !x.not_negative || series.shift != 0 || series.kind == PlaceKind::slot) {
      refuse("an extreme of what may be missing or zero");
      return {};
    }
    const auto w = static_cast<std::size_t>(step.params[0]);
    if (w < 2) {
      refuse("a window of one");
      return {};
    }
    const std::string base = fmt::format("{}{}", series.kind == PlaceKind::leaf ? 'L' : 'W', series.index);
    if (series.kind == PlaceKind::window) whole_windows_.insert(series.index);
    pre("good = hn::And(good, hn::Ge(load({}), set({:a})));", state(0), step.params[0]);
    post("store(hn::Add(load({}), set(rows_seen)), {});", state(0), next(0));
    Value y = value(fmt::format("extreme<{}, {}>({} + at)", w, step.kernel == Kernel::rolling_max, base));
    y = facts(y, true, true, x.low, x.high);
    y.positive = x.positive;
    y.finite = y.not_negative = true;
    return y;
  }

  Value ema(const Step& step) {
    ensure_present(step.inputs[0]);
    Value x = read(step.inputs[0]);
    if (!x.finite) {
      need(fmt::format("hn::Le(hn::Abs({}), set(0x1p500))", vector(x)));
      x.finite = true;
      x.high = 500;
    }
    pre("V y{0} = load({1}); good = hn::And(good, hn::And(present(y{0}), hn::Eq(load({2}), set(1.0))));", now_,
        state(0), state(1));
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

  Value wilder(const Step& step) {
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

  // What earlier rows left in the state must have the facts that the rows have.
  void test_state(const std::string& v, const Value& x) {
    if (x.present) pre("good = hn::And(good, present({}));", v);
    if (x.finite) pre("good = hn::And(good, hn::Le(hn::Abs({}), set(0x1p{})));", v, x.high);
    if (x.not_negative) pre("good = hn::And(good, hn::Ge({}, hn::Zero(D())));", v);
    if (x.positive) pre("good = hn::And(good, hn::Ge({}, set(0x1p{})));", v, x.low);
  }

  Value value_when(const Step& step) {
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
        if (i + 1 < k) test_state(p, x);  // the oldest is gone with the first row
        post("store({}, {});", p, next(i));
      }
    }
    for (std::size_t i = k; i-- > 1;) row("p{0}_{1} = p{0}_{2};", now_, i, i - 1);
    row("p{}_0 = {};", now_, x.truth ? x.m : vector(x));
    Value y = x;
    y.over.clear();
    y.under.clear();
    y.leaf = -1;
    y.number = NAN;
    const std::string now = name();
    row("const {} {} = p{}_{};", type, now, now_, k - 1);
    (x.truth ? y.m : y.v) = now;
    y.always = false;
    return y;
  }

  Value mean_when(const Step& step) {
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

  void finish(const Step& step, Value x) {
    if (step.out.kind == PlaceKind::slot) {
      slots_[step.out.index] = std::move(x);
      return;
    }
    const std::uint32_t w = step.out.index;
    if (x.finite && x.positive && kernels::state_slots(step.kernel, step.params) == 0 &&
        std::all_of(step.inputs.begin(), step.inputs.end(), [&](const Place& p) {
          return p.shift == 0 &&
                 (p.kind == PlaceKind::leaf || p.kind == PlaceKind::constant ||
                  (p.kind == PlaceKind::window && (stateless_.contains(p.index) || windows_[p.index].leaf >= 0)));
        })) {
      stateless_.insert(w);
      pre("if (c.checked < {0}) for (std::size_t b = 1; b <= {0}; ++b) good = hn::And(good, within(load(W{1} - b * "
          "kTileLanes), "
          "0x1p{2}, 0x1p{3}));",
          s_.windows[w], w, x.low, x.high);
    }
    written_.push_back({w, x, row_.size()});
    // Whether every row or only the last ones are stored is known when all readers are.
    row("@W{}@", w);
    windows_[w] = std::move(x);
  }

  std::string text(std::string_view name) {
    std::string body = row_;
    for (const auto& [w, x, at] : written_) {
      const std::string mark = fmt::format("    @W{}@\n", w);
      std::string store;
      if (whole_windows_.contains(w)) {
        store = fmt::format("    store({}, W{} + at);\n", vector(x), w);
      } else if (x.leaf >= 0 && s_.leaves[static_cast<std::size_t>(x.leaf)].history > 0) {
        post("copy_rows(W{}, L{}, c.rows, {});", w, x.leaf, s_.windows[w]);
      } else if (x.always) {
        post("fill_rows(W{}, c.rows, {}, set(1.0));", w, s_.windows[w]);
      } else {
        store = fmt::format("    if (r + {} >= c.rows) store({}, W{} + at);\n", s_.windows[w], vector(x), w);
      }
      body.replace(body.find(mark), mark.size(), store);
    }
    std::string pointers;
    for (std::size_t i = 0; i < s_.leaves.size(); ++i)
      pointers += fmt::format("  const double* const HWY_RESTRICT L{0} = c.leaves[{0}] + g;\n", i);
    for (const auto& written : written_)
      pointers += fmt::format("  double* const W{0} = c.windows[{0}] + g;\n", std::get<0>(written));
    for (std::size_t i = 0; i < s_.outputs.size(); ++i)
      if (s_.outputs[i].kind == PlaceKind::slot)
        pointers += fmt::format("  double* const HWY_RESTRICT O{0} = c.outputs[{0}] + g;\n", i);
    return fmt::format(R"(// Generated from the graph; see src/fused/README.md.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#include <algorithm>
#include <cstddef>
#include <limits>

#include "momentum/kernels/fused.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "{name}.gen.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "steps_simd-inl.h"

#if HWY_TARGET != HWY_EMU128
HWY_BEFORE_NAMESPACE();
namespace momentum::fused {{
namespace HWY_NAMESPACE {{
namespace {{

HWY_INLINE bool {name}_group(const kernels::FusedCall& c, std::size_t g) {{
{pointers}  const double* const HWY_RESTRICT S = c.state + g;
  double* const HWY_RESTRICT N = c.next + g;
  const double rows_seen = static_cast<double>(c.rows);
  M good = all();
{pre}  if (!hn::AllTrue(D(), good)) return false;
  for (std::size_t r = 0; r < c.rows; ++r) {{
    const std::size_t at = r * kTileLanes;
{row}  }}
{post}  return hn::AllTrue(D(), good);
}}

}}  // namespace

bool {name}_run(const kernels::FusedCall& c) noexcept {{
  for (std::size_t g = 0; g < kTileLanes; g += kLanes)
    if (!{name}_group(c, g)) return false;
  return true;
}}

}}  // namespace HWY_NAMESPACE
}}  // namespace momentum::fused
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace momentum::fused {{
kernels::FusedStage {name}() noexcept {{
  return {{{signature:#x}ULL, N_SSE4::{name}_run, N_AVX2::{name}_run, N_AVX3::{name}_run}};
}}
}}  // namespace momentum::fused
#endif
)",
                       fmt::arg("name", name), fmt::arg("pointers", pointers), fmt::arg("pre", pre_),
                       fmt::arg("row", body), fmt::arg("post", post_), fmt::arg("signature", expr::signature(s_)));
  }
};

}  // namespace

Habit habit_of(std::string_view column) { return column == "volume" ? Habit::whole : Habit::price; }

Result<std::string> source_of(const Stage& stage, std::string_view name) { return Writer(stage).write(name); }

}  // namespace momentum::fuse
