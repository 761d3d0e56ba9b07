#include "degree_internal.h"

#include <cmath>

namespace momentum::expr {
namespace {

bool is_power(std::int8_t d) { return d != kDegreeMixed && d != kDegreeAny; }

// The degree of something that is one of its inputs, or their sum: all alike, or mixed.
std::int8_t common(std::int8_t a, std::int8_t b) {
  if (a == kDegreeAny) return b;
  if (b == kDegreeAny || a == b) return a;
  return kDegreeMixed;
}

std::int8_t combined(std::int8_t a, std::int8_t b, int sign) {
  if (a == kDegreeAny) a = 0;
  if (b == kDegreeAny) b = 0;
  if (!is_power(a) || !is_power(b)) return kDegreeMixed;
  const int sum = a + sign * b;
  return std::abs(sum) < 64 ? static_cast<std::int8_t>(sum) : kDegreeMixed;
}

}  // namespace

std::int8_t degree_of(const Graph& graph, const Node& node) {
  const auto in = [&](std::size_t i) { return graph[node.inputs[i]].degree; };
  switch (node.kind) {
    case NodeKind::leaf: return is_price_column(node.name) ? 1 : 0;
    case NodeKind::constant:
      return node.params[0] == 0.0 || !std::isfinite(node.params[0]) ? kDegreeAny : std::int8_t{0};
    case NodeKind::shift: return in(0);
    case NodeKind::rank: return 0;
    case NodeKind::kernel: break;
  }
  switch (node.kernel) {
    case Kernel::negate:
    case Kernel::absolute:
    case Kernel::rolling_sum:
    case Kernel::rolling_mean:
    case Kernel::rolling_std:
    case Kernel::rolling_min:
    case Kernel::rolling_max:
    case Kernel::ema:
    case Kernel::wilder:
    case Kernel::fill_forward: return in(0);
    case Kernel::fill: return node.params[0] == 0.0 || !std::isfinite(node.params[0]) ? in(0) : common(in(0), 0);
    case Kernel::logarithm:
    case Kernel::round_even: return in(0) == 0 || in(0) == kDegreeAny ? std::int8_t{0} : kDegreeMixed;
    case Kernel::square_root:
      return is_power(in(0)) && in(0) % 2 == 0 ? static_cast<std::int8_t>(in(0) / 2)
             : in(0) == kDegreeAny             ? kDegreeAny
                                               : kDegreeMixed;
    case Kernel::reciprocal: return combined(0, in(0), -1);
    case Kernel::add:
    case Kernel::subtract:
    case Kernel::minimum:
    case Kernel::maximum: return common(in(0), in(1));
    case Kernel::multiply: return combined(in(0), in(1), 1);
    case Kernel::divide:
    case Kernel::divide_by: return combined(in(0), in(1), -1);
    case Kernel::select: return common(in(1), in(2));
    case Kernel::value_when:
    case Kernel::mean_when: return in(1);
    default: return 0;  // truths, counts, step values
  }
}

}  // namespace momentum::expr
