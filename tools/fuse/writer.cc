#include "writer.h"

#include <algorithm>

#include "momentum/expr/signature.h"

namespace momentum::fuse {

Result<std::string> Writer::write(std::string_view name) {
  find_uses();
  for (std::size_t i = 0; i < s_.leaves.size(); ++i) begin_leaf(i);
  for (now_ = 0; now_ < s_.steps.size() && refused_.empty(); ++now_) {
    Value value = done_.contains(now_) ? done_.at(now_) : make(s_.steps[now_]);
    finish(s_.steps[now_], std::move(value));
  }
  for (std::size_t i = 0; i < s_.outputs.size() && refused_.empty(); ++i)
    if (s_.outputs[i].kind == PlaceKind::slot) row("store({}, O{} + at);", vector(read(s_.outputs[i])), i);
  if (!refused_.empty()) return fail(ErrorCode::internal, "no fused form of this stage", std::string(name), refused_);
  return text(name);
}

Value Writer::make(const Step& step) {
  switch (step.kernel) {
    case Kernel::add:
    case Kernel::subtract:
    case Kernel::negate:
    case Kernel::absolute:
    case Kernel::round_even:
    case Kernel::logarithm: return arithmetic(step);
    case Kernel::multiply: return multiplied(input(step, 0), input(step, 1));
    case Kernel::divide:
    case Kernel::reciprocal:
    case Kernel::divide_by: return divided(step);
    case Kernel::minimum:
    case Kernel::maximum: return extreme_of_two(step);
    case Kernel::select:
    case Kernel::fill: return selected(step);
    case Kernel::greater:
    case Kernel::greater_equal:
    case Kernel::less:
    case Kernel::less_equal:
    case Kernel::equal:
    case Kernel::not_equal: return compared(step);
    case Kernel::logical_and:
    case Kernel::logical_or:
    case Kernel::logical_not: return combined(step);
    case Kernel::step: return stepped(step);
    case Kernel::valid:
    case Kernel::finite:
    case Kernel::log_finite:
    case Kernel::can_divide:
    case Kernel::all_valid: return tested(step);
    case Kernel::rolling_sum:
    case Kernel::rolling_mean: sums(step); return done_.contains(now_) ? done_.at(now_) : Value{};
    case Kernel::rolling_std: return exact_.contains(now_) ? deviation(step) : spread(step);
    case Kernel::rolling_min:
    case Kernel::rolling_max: return extreme(step);
    case Kernel::whole: return whole(step);
    case Kernel::ema: return ema(step);
    case Kernel::wilder: return wilder(step);
    case Kernel::fill_forward: return fill_forward(step);
    case Kernel::bar_index:
    case Kernel::count_when: return counted(step);
    case Kernel::value_when: return value_when(step);
    case Kernel::mean_when: return mean_when(step);
    default: refuse("no fused form of " + std::string(expr::kernel_name(step.kernel))); return {};
  }
}

// Puts a step's value where its readers look for it.
void Writer::finish(const Step& step, Value x) {
  if (step.out.kind == PlaceKind::slot) {
    // An output's slot is its own from its step on.
    const auto same = [&](const Place& p) { return p.kind == PlaceKind::slot && p.index == step.out.index; };
    x.kept = std::any_of(s_.outputs.begin(), s_.outputs.end(), same) &&
             std::none_of(s_.steps.begin() + static_cast<std::ptrdiff_t>(now_) + 1, s_.steps.end(),
                          [&](const Step& later) { return same(later.out); });
    slots_[step.out.index] = std::move(x);
    return;
  }
  const std::uint32_t w = step.out.index;
  if (x.series.empty()) x.series = fmt::format("W{}", w);
  const auto looks_at_row = [&](const Place& p) {
    return p.shift == 0 &&
           (p.kind == PlaceKind::leaf || p.kind == PlaceKind::constant ||
            (p.kind == PlaceKind::window && (stateless_.contains(p.index) || windows_[p.index].leaf >= 0)));
  };
  if (x.finite && x.positive && kernels::state_slots(step.kernel, step.params) == 0 &&
      std::all_of(step.inputs.begin(), step.inputs.end(), looks_at_row)) {
    stateless_.insert(w);
    if (step.kernel == Kernel::reciprocal) reciprocals_[place(step.inputs[0]).series] = w;
    pre("if (c.checked < {0}) for (std::size_t b = 1; b <= {0}; ++b) good = hn::And(good, within(load(W{1} - b * "
        "kTileLanes), 0x1p{2}, 0x1p{3}));",
        s_.windows[w], w, x.low, x.high);
  }
  written_.push_back({w, x, rows_.size()});
  rows_.emplace_back();  // whether every row or only the last ones are stored is known when all readers are
  windows_[w] = std::move(x);
}

Habit habit_of(std::string_view column) { return column == "volume" ? Habit::whole : Habit::price; }

Result<std::string> source_of(const Stage& stage, std::string_view name) {
  std::set<std::size_t> exact;
  while (true) {
    Writer writer(stage, exact);
    auto source = writer.write(name);
    const std::size_t before = exact.size();
    exact.insert(writer.exact().begin(), writer.exact().end());
    if (source || exact.size() == before) return source;
  }
}

}  // namespace momentum::fuse
