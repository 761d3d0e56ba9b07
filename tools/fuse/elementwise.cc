// Arithmetic: one line a step, with what is known of the result.

#include <algorithm>

#include "writer.h"

namespace momentum::fuse {
namespace {

// Whether a quotient in range may be made from the divisor's rounded reciprocal.
bool in_range(const Value& a, const Value& b) {
  return a.finite && b.finite && a.positive && b.positive && std::min(a.low, b.low) > -400 &&
         std::max(a.high, b.high) < 400;
}

}  // namespace

Value Writer::arithmetic(const Step& step) {
  switch (step.kernel) {
    case Kernel::add:
    case Kernel::subtract: {
      const Value a = input(step, 0), b = input(step, 1);
      const bool finite = a.finite && b.finite;
      const int high = std::max(a.high, b.high) + 1, low = std::min(a.low, b.low) - 54;
      Value x;
      if (!a.about && !b.about)
        x = value(fmt::format("hn::{}({}, {})", step.kernel == Kernel::add ? "Add" : "Sub", vector(a), vector(b)));
      else
        x.about = true, x.origin = a.about ? a.origin : b.origin;
      x = facts(x, finite, finite, low, high);
      x.no_minus_zero = step.kernel == Kernel::subtract ? a.positive && b.positive : a.positive || b.positive;
      if (step.kernel == Kernel::add)
        x.positive = a.positive && b.positive, x.not_negative = a.not_negative && b.not_negative;
      return x;
    }
    case Kernel::negate: {
      const Value a = input(step, 0);
      Value x = facts(value(fmt::format("hn::Neg({})", vector(a))), a.present, a.finite, a.low, a.high);
      x.not_negative = a.not_positive;
      x.not_positive = a.not_negative;
      return x;
    }
    case Kernel::absolute: {
      const Value a = input(step, 0);
      Value x = facts(value(fmt::format("hn::Abs({})", vector(a))), a.present, a.finite, a.low, a.high);
      x.not_negative = true;
      return x;
    }
    case Kernel::round_even: {
      const Value a = input(step, 0);
      Value x = value(fmt::format("hn::Round({})", vector(a)));
      x.present = a.present;
      return x;
    }
    default: {  // logarithm
      const Value a = input(step, 0);
      if (!a.finite || !a.positive) refuse("a logarithm of what may not be positive");
      return facts(value(fmt::format("log_of_normal({}, hn::Zero(D()))", vector(a))), true, true, -54, 10);
    }
  }
}

Value Writer::divided(const Step& step) {
  switch (step.kernel) {
    case Kernel::divide: {
      const Value a = input(step, 0), b = input(step, 1);
      if (!b.square.empty()) {
        Value x;
        x.about = true;
        x.origin = b.origin;
        x.over = vector(a);
        x.square = b.square;
        return facts(x, a.finite, a.finite, 0, 800);
      }
      Value x = value(quotient(step, a, b));
      x.not_negative = a.not_negative && b.not_negative;
      if (a.finite && b.finite && (b.positive || b.not_negative)) x.over = vector(a), x.under = vector(b);
      if (a.finite && b.finite && b.positive) {
        x = facts(x, true, true, a.low - b.high - 1, a.high - b.low + 1);
        x.positive = a.positive;
      }
      return x;
    }
    case Kernel::reciprocal: {
      const Value a = input(step, 0);
      Value x = value(fmt::format("hn::Div(set(1.0), {})", vector(a)));
      if (!a.finite || !a.positive) return x;
      x = facts(x, true, true, -a.high - 1, -a.low + 1);
      x.positive = x.not_negative = true;
      return x;
    }
    default: {  // divide_by
      const Value a = input(step, 0), b = input(step, 1);
      const bool ranged = in_range(a, b);
      Value x = value(fmt::format("{}({}, {}, {})", ranged ? "quotient_in_range" : "quotient_by", vector(a), vector(b),
                                  input_vector(step, 2)));
      if (!ranged) return x;
      x = facts(x, true, true, a.low - b.high - 1, a.high - b.low + 1);
      x.positive = x.not_negative = true;
      return x;
    }
  }
}

// a / b, from the reciprocal of b where there is one.
std::string Writer::quotient(const Step& step, const Value& a, const Value& b) {
  const Place& divisor = step.inputs[1];
  if (divisor.kind == PlaceKind::leaf || divisor.kind == PlaceKind::window) {
    const auto known = reciprocals_.find(place(divisor).series);
    if (known != reciprocals_.end() && s_.windows[known->second] >= divisor.shift && in_range(a, b))
      return fmt::format("quotient_in_range({}, {}, {})", vector(a), vector(b),
                         vector(read({PlaceKind::window, known->second, divisor.shift})));
  }
  return fmt::format("hn::Div({}, {})", vector(a), vector(b));
}

Value Writer::multiplied(const Value& a, const Value& b) {
  const Value& by = std::isnan(a.number) ? b : a;  // the constant, if there is one
  const Value& x = std::isnan(a.number) ? a : b;
  if (!std::isnan(by.number) && x.truth && by.number > 0.0) {
    Value y = value(fmt::format("hn::IfThenElseZero({}, {})", x.m, by.v));
    y = facts(y, true, true, by.low, by.high);
    y.not_negative = true;
    return y;
  }
  if (x.about) {
    if (x.square.empty() || std::isnan(by.number) || by.number <= 0.0) want_exact(x);
    Value y;
    y.about = true;
    y.origin = x.origin;
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

Value Writer::extreme_of_two(const Step& step) {
  ensure_present(step.inputs[0]);
  ensure_present(step.inputs[1]);
  const Value a = input(step, 0), b = input(step, 1);
  const bool most = step.kernel == Kernel::maximum;
  // Unless they are zeros of both signs, the choice between equal values does not show.
  const auto no_zero = [](const Value& x) { return x.positive || (!std::isnan(x.number) && x.number != 0.0); };
  const bool plain = no_zero(a) || no_zero(b) || (a.no_minus_zero && b.no_minus_zero);
  const char* how = most ? plain ? "greatest" : "larger" : plain ? "least" : "smaller";
  Value x = value(fmt::format("{}({}, {})", how, vector(a), vector(b)));
  const bool zero = b.number == 0.0;
  x = facts(x, true, a.finite && b.finite, zero ? a.low : std::min(a.low, b.low),
            zero ? a.high : std::max(a.high, b.high));
  x.not_negative = most ? a.not_negative || b.not_negative : a.not_negative && b.not_negative;
  x.not_positive = most ? a.not_positive && b.not_positive : a.not_positive || b.not_positive;
  return x;
}

Value Writer::selected(const Step& step) {
  if (step.kernel == Kernel::select) {
    const std::string m = truth_of(step.inputs[0]);
    const Value b = input(step, 1), c = input(step, 2);
    Value x = value(fmt::format("hn::IfThenElse({}, {}, {})", m, vector(b), vector(c)));
    x.present = b.present && c.present;
    return x;
  }
  const Value a = input(step, 0);  // fill
  if (a.present) return a;
  Value x = value(fmt::format("hn::IfThenElse(present({0}), {0}, {1})", vector(a), number(step.params[0])));
  x.present = true;
  return x;
}

}  // namespace momentum::fuse
