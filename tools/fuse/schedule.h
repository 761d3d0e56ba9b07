#pragma once
// The order of a stage's lines. In the order of the steps every indicator of a row would be alive at once, far more values than
// there are registers. Here each value is made where it is used, and a row is cut into a few loops, one after the other.

#include <string>
#include <vector>

namespace momentum::fuse {

struct Loops {
  std::string scratch;  // declarations of the rows that pass values from one loop to a later one
  std::string text;  // the loops
};

// `rows`: the statements of one row, a line each, no name declared twice and each before its use (which is checked); empty
// lines are left out.
// `pre`: what stands before the rows. A variable declared there that a line assigns, or calls slide(), add() or follow() on, is
// carried from row to row: all its lines stay together in their order. `good` only ever loses lanes, so its lines may go
// anywhere. Values that nobody uses are dropped.
Loops arrange(const std::vector<std::string>& rows, const std::string& pre);

}  // namespace momentum::fuse
