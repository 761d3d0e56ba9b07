#pragma once
// One stage being written: every step in turn, in the form that holds on ordinary rows.

#include <set>
#include <string>
#include <string_view>

#include "lines.h"

namespace momentum::fuse {

class Writer : private Lines {
 public:
  // `exact`: steps whose value is needed to the last bit although a comparison could do with less.
  Writer(const Stage& stage, const std::set<std::size_t>& exact) : Lines(stage), exact_(exact) {}

  // The source text. After an error, exact() may hold steps that were not among those given: then try again with them.
  Result<std::string> write(std::string_view name);
  const std::set<std::size_t>& exact() const { return wanted_exact_; }

 private:
  Value make(const Step& step);
  void finish(const Step& step, Value x);
  std::string text(std::string_view name);

  // elementwise.cc
  Value arithmetic(const Step& step);
  Value divided(const Step& step);
  std::string quotient(const Step& step, const Value& a, const Value& b);
  Value multiplied(const Value& a, const Value& b);
  Value extreme_of_two(const Step& step);
  Value selected(const Step& step);
  // comparison.cc
  Value compared(const Step& step);
  Value combined(const Step& step);
  Value stepped(const Step& step);
  // validity.cc
  Value tested(const Step& step);
  void ensure_divisor(const Place& p);
  // rolling.cc
  void sums(const Step& first);
  Value spread(const Step& step);
  Value deviation(const Step& step);
  Value extreme(const Step& step);
  Value whole(const Step& step);
  // recurrence.cc
  Value ema(const Step& step);
  Value wilder(const Step& step);
  Value fill_forward(const Step& step);
  Value counted(const Step& step);
  // conditional.cc
  Value value_when(const Step& step);
  Value mean_when(const Step& step);

  Value input(const Step& step, std::size_t i) { return read(step.inputs[i]); }
  std::string input_vector(const Step& step, std::size_t i) { return vector(read(step.inputs[i])); }

  const std::set<std::size_t>& exact_;
};

}  // namespace momentum::fuse
