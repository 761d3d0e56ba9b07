#pragma once
// Calls of every operator with what its node must say about itself. An operator of the table that has none here fails
// the suite.

#include <vector>

#include "market.h"
#include "momentum/expr/operators.h"

namespace momentum::expr {

struct OperatorCall {
  std::string_view name;
  std::string text;
  std::size_t first;  // no value before this row
  std::size_t reach;  // earlier rows that matter
  bool present = true;  // on bars without gaps it has a value from `first` on, whatever the prices
};

inline const std::vector<OperatorCall>& operator_calls() {
  static const std::vector<OperatorCall> calls{
      {"abs", "abs(close - open)", 0, 0},
      {"log", "log(close / open)", 0, 0},
      {"sqrt", "sqrt(volume)", 0, 0},
      {"round", "round(turnover * 100)", 0, 0},
      {"min", "min(close, open)", 0, 0},
      {"min", "min(close, ref(close, 2))", 2, 2},
      {"max", "max(close, open)", 0, 0},
      {"if", "if(close > open, high, low)", 0, 0},
      {"if", "if(close > open, mean(close, 4), close)", 0, 3, false},
      {"if", "if(ref(close, 1) > 0, mean(close, 4), ref(close, 2))", 2, 3, false},
      {"fill", "fill(ref(close / open, 3), 1)", 0, 3},
      {"valid", "valid(ref(close, 2))", 0, 2},
      {"all_valid", "all_valid(close, ref(volume, 4), mean(close, 3))", 0, 4},
      {"step", "step(close / open, 0, 1, 1, 5, 1.002, 0, 7)", 0, 0},
      {"ref", "ref(close, 5)", 5, 5},
      {"ref", "ref(ref(close, 2) + open, 3)", 5, 5},
      {"ref", "ref(close, 40)", 40, 40},
      {"delta", "delta(close)", 1, 1},
      {"delta", "delta(close, 4)", 4, 4},
      {"pct", "pct(close, 5)", 5, kInfinite},
      {"sum", "sum(volume, 6)", 5, 5},
      {"sum", "sum(close, 1)", 0, 0},
      {"mean", "mean(close, 7)", 6, 6},
      {"mean", "mean(mean(close, 3), 4)", 5, 5},
      {"mean", "mean(close, 35)", 34, 34},
      {"std", "std(close, 5)", 4, 4},
      {"std", "std(log(close / ref(close, 1)), 20)", 20, 20},
      {"lowest", "lowest(low, 9)", 8, 8},
      {"highest", "highest(high, 9)", 8, 8},
      {"highest", "ref(highest(high, 9), 2)", 10, 10},
      {"every", "every(close >= open, 3)", 0, 2},
      {"every", "every(close - open, 3)", 0, 2},
      {"ema", "ema(close, 2/13)", 0, kInfinite},
      {"ema", "ema(mean(close, 4), 1)", 3, kInfinite},
      {"wilder", "wilder(close, 6)", 5, kInfinite},
      {"wilder", "wilder(delta(close), 3)", 3, kInfinite},
      {"rsi", "rsi(ema(close, 1/2))", 14, kInfinite},
      {"rsi", "rsi(volume, 6)", 6, kInfinite},
      {"ffill", "ffill(close)", 0, kInfinite},
      {"bar_index", "bar_index()", 0, kInfinite},
      {"value_when", "value_when(close > open, close)", 0, kInfinite, false},
      {"value_when", "value_when(volume > 0, mean(close, 2), 3)", 3, kInfinite},
      {"count_when", "count_when(close > open)", 0, kInfinite},
      {"mean_when", "mean_when(close > open, close, 4)", 3, kInfinite, false},
      {"mean_when", "mean_when(volume > 0, close, 4)", 3, kInfinite},
      {"mean_when", "mean_when(volume > 0, ref(close, 5), 4)", 5, kInfinite},
      {"bars_since", "bars_since(close > open)", 0, kInfinite, false},
      {"rank", "rank(close)", 0, 0},
      {"rank", "rank(mean(volume, 5))", 4, 4},
      {"rank", "mean(rank(close), 5)", 4, kInfinite},
  };
  return calls;
}

}  // namespace momentum::expr
