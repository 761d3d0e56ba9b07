#include "momentum/expr/signature.h"

#include <bit>

namespace momentum::expr {
namespace {

class Fnv {
 public:
  void add(std::uint64_t word) noexcept {
    h_ = (h_ ^ word) * 0x100000001b3ULL;
    h_ ^= h_ >> 29;
  }
  void add(double x) noexcept { add(std::bit_cast<std::uint64_t>(x)); }
  void add(const Place& p) noexcept {
    add(static_cast<std::uint64_t>(p.kind));
    add(std::uint64_t{p.index});
    add(std::uint64_t{p.shift});
  }
  std::uint64_t value() const noexcept { return h_; }

 private:
  std::uint64_t h_ = 0xcbf29ce484222325ULL;
};

}  // namespace

std::uint64_t signature(const Stage& stage) noexcept {
  Fnv h;
  h.add(static_cast<std::uint64_t>(kernels::kNumericsVersion));
  h.add(std::uint64_t{stage.steps.size()});
  for (const Step& step : stage.steps) {
    h.add(static_cast<std::uint64_t>(step.kernel));
    h.add(std::uint64_t{step.inputs.size()});
    for (const Place& place : step.inputs) h.add(place);
    h.add(step.out);
    h.add(std::uint64_t{step.params.size()});
    for (const double p : step.params) h.add(p);
    h.add(std::uint64_t{step.state});
    h.add(std::uint64_t{kernels::state_slots(step.kernel, step.params)});
  }
  h.add(std::uint64_t{stage.leaves.size()});
  for (const LeafUse& leaf : stage.leaves) {
    h.add(std::uint64_t{leaf.column.size()});
    for (const char c : leaf.column) h.add(std::uint64_t{static_cast<unsigned char>(c)});
    h.add(std::uint64_t{leaf.plane});
    h.add(std::uint64_t{leaf.history});
    h.add(std::uint64_t{leaf.window});
  }
  h.add(std::uint64_t{stage.constants.size()});
  for (const double c : stage.constants) h.add(c);
  h.add(std::uint64_t{stage.windows.size()});
  for (const std::size_t history : stage.windows) h.add(std::uint64_t{history});
  h.add(std::uint64_t{stage.slots});
  h.add(std::uint64_t{stage.state_rows});
  h.add(std::uint64_t{stage.outputs.size()});
  for (const Place& place : stage.outputs) h.add(place);
  return h.value();
}

}  // namespace momentum::expr
