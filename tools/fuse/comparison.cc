// Comparisons. What is only compared need not be computed: products stand for quotients, squares for roots, with a margin.

#include <algorithm>

#include "writer.h"

namespace momentum::fuse {

Value Writer::compared(const Step& step) {
  const auto how = [&] {
    switch (step.kernel) {
      case Kernel::greater: return "Gt";
      case Kernel::greater_equal: return "Ge";
      case Kernel::less: return "Lt";
      case Kernel::less_equal: return "Le";
      case Kernel::equal: return "Eq";
      default: return "Ne";
    }
  }();
  ensure_present(step.inputs[0]);
  ensure_present(step.inputs[1]);
  if (const Value a = input(step, 0), b = input(step, 1); !a.rough.empty() && b.finite && !std::isnan(b.number)) {
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
  const std::string a = input_vector(step, 0), b = input_vector(step, 1);
  return mask(fmt::format("hn::{}({}, {})", how, a, b));
}

Value Writer::combined(const Step& step) {
  if (step.kernel == Kernel::logical_not) return mask(fmt::format("hn::Not({})", truth_of(step.inputs[0])));
  const std::string a = truth_of(step.inputs[0]), b = truth_of(step.inputs[1]);
  return mask(fmt::format("hn::{}({}, {})", step.kernel == Kernel::logical_and ? "And" : "Or", a, b));
}

// A chain of comparisons. A quotient is compared as products, with the division only where a product is too close.
Value Writer::stepped(const Step& step) {
  const Place& p = step.inputs[0];
  const auto count = static_cast<std::size_t>(step.params[0]);
  Value x = read(p);
  const bool lazy = !x.over.empty() && !x.kept;
  if (!lazy)
    ensure_present(p);
  else if (!x.present)
    ensure_divisor(p);
  const std::string y = name("chosen");
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

}  // namespace momentum::fuse
