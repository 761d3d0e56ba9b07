// Tests of validity: what they test is assumed, and tested once.

#include "writer.h"

namespace momentum::fuse {

Value Writer::tested(const Step& step) {
  switch (step.kernel) {
    case Kernel::valid: ensure_present(step.inputs[0]); return yes();
    case Kernel::finite:
      if (input(step, 0).finite) return yes();
      return mask(
          fmt::format("hn::Lt(hn::Abs({}), set(std::numeric_limits<double>::infinity()))", input_vector(step, 0)));
    case Kernel::log_finite: {
      const Value a = input(step, 0);
      if (a.finite && a.positive) return yes();
      const std::string x = vector(a);
      return mask(fmt::format(
          "hn::And(hn::Gt({0}, hn::Zero(D())), hn::Lt({0}, set(std::numeric_limits<double>::infinity())))", x));
    }
    case Kernel::can_divide: {
      const Value a = input(step, 0), b = input(step, 1);
      if (!a.finite || !b.finite) {
        refuse("can_divide of what may be infinite");
        return {};
      }
      if (!b.not_negative) {
        refuse("can_divide by what may be negative");
        return {};
      }
      ensure_positive(step.inputs[1]);
      return yes();
    }
    default: {  // all_valid
      const auto truths = static_cast<std::size_t>(step.params[0]);
      for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        if (i >= truths) {
          const Value x = input(step, i);
          if (!x.present && !x.under.empty())
            ensure_divisor(step.inputs[i]);
          else
            ensure_present(step.inputs[i]);
        } else if (!input(step, i).always) {
          need(truth_of(step.inputs[i]));
        }
      }
      return yes();
    }
  }
}

void Writer::ensure_divisor(const Place& p) {
  need(fmt::format("hn::Gt({}, hn::Zero(D()))", read(p).under));
  place(p).present = true;
}

}  // namespace momentum::fuse
