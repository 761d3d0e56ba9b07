#pragma once
// What the generator knows of each value while it writes a stage.

#include <cmath>
#include <cstddef>
#include <string>

namespace momentum::fuse {

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
  bool about = false;       // not exact: only comparisons with a margin; whoever wants more says so of `origin`
  std::size_t origin = 0;   // the step that it stems from
  std::string rough, exact;  // nearly the value, within `error`; and the expression of the value itself, which is dear
  double error = 0.0;
  std::string total;  // not negative, and zero where this is
  bool kept = false;  // an output: it is computed whether or not a comparison needs it
  std::string series;  // the leaf or window whose current row this is, "" if it is none
  int leaf = -1;  // the same as this leaf's current row
  double number = NAN;  // a constant
};

// With what holds on every row that passes the tests.
inline Value facts(Value x, bool present, bool finite, int low, int high) {
  x.present = present;
  x.finite = finite && low > -900 && high < 900;
  x.low = low;
  x.high = high;
  return x;
}

// The facts of x that a value of another row can share, where they are tested of it.
inline Value facts_alone(const Value& x) {
  Value y;
  y.present = x.present, y.finite = x.finite, y.positive = x.positive, y.not_negative = x.not_negative;
  y.low = x.low, y.high = x.high;
  return y;
}

}  // namespace momentum::fuse
