#pragma once
// Programs of which only the value on each lane's last row is wanted, as a scan wants it: most of a graph looks back over a few
// bars, so that it need not be computed, nor its columns read, on all the others.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/expr/program.h"

namespace momentum::expr {

// A graph cut into two programs. `carry` runs over all rows and yields what never forgets: ema, wilder, fill_forward and
// bar_index. `tail` runs over a lane's last rows, with these values as columns, and yields the outputs. What it says on the
// last row has the bits that the whole graph has there, if the lane is settled:
//   the tail is the whole lane, or
//   it has more than `warm_up` rows, and after the first `warm_up` of them each condition that a value_when, mean_when,
//   bars_since or bounded count looks back at held as often as it looks back.
// Anything else says nothing about a lane: it has to be computed on all rows.
struct Latest {
  // A condition, and how often it must have held.
  struct Condition {
    std::size_t output;  // of `tail`: how often it held so far, on every row
    double times;
  };

  Program carry;  // no outputs: there is nothing to carry, and nothing to run
  std::vector<std::string> carry_columns;  // of the panel
  Program tail;  // the outputs asked for, then those of the conditions
  std::vector<std::string> tail_columns;  // of the panel, without those of `carried`
  std::vector<std::string> carried;  // name of each output of `carry` as a column of the tail
  std::vector<Condition> conditions;
  std::size_t warm_up = 0;  // rows of the tail on which windows are not whole
  std::size_t rows = 0;  // enough for lanes where no condition fails often; more rows settle more lanes
};

// `options` as for compile(); the fused stages may have those of both parts. None where the graph cannot be cut: it has
// cross-sections, a recurrence or window over values that look back at conditions, or a count that no comparison bounds.
// Errors: those of compile().
Result<std::optional<Latest>> compile_latest(const Graph& graph, std::span<const NodeId> outputs,
                                             const CompileOptions& options);

// One lane. The columns of the tail may be given for the last rows alone.
struct LatestSeries {
  std::size_t rows = 0;
  std::vector<std::span<const double>> carry;  // as carry_columns, each of so many values
  std::vector<std::span<const double>> tail;  // as tail_columns: of the last rows
};

// Of lane i: values[i * outputs + output], NaN for a lane without bars; settled[i] tells whether they say anything.
struct LatestValues {
  std::size_t outputs = 0;
  std::vector<double> values;
  std::vector<bool> settled;
};

// Errors: those of evaluate_series().
Result<LatestValues> evaluate_latest(const Context& ctx, const Latest& latest, std::span<const LatestSeries> lanes);

}  // namespace momentum::expr
