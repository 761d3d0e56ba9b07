#pragma once
// A compiled graph: the order of the kernel calls and where every value lives while a tile runs.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/expr/graph.h"
#include "momentum/kernels/fused.h"

namespace momentum::expr {

// Where a node's rows live.
//   leaf      the caller's memory (a panel's column) where it reaches back far enough, else a window
//   constant  one row
//   slot      `chunk` rows, shared by nodes that are not alive together
//   window    the last `history` rows and the current ones, for what later rows look back at
enum class PlaceKind : std::uint8_t { leaf, constant, slot, window };
struct Place {
  PlaceKind kind;
  std::uint32_t index;   // of the leaf, constant, slot or window
  std::size_t shift = 0;  // rows back: a view
};

struct LeafUse {
  std::string column;             // of the panel, or empty:
  std::uint32_t plane = 0;        // the plane of a cross-section node
  std::size_t history = 0;        // rows looked back
  std::uint32_t window = 0;       // its window, for callers whose memory does not reach back
};

struct Step {
  Kernel kernel;
  std::vector<Place> inputs;
  Place out;
  std::vector<double> params;
  std::size_t state = 0;          // first row of its state
  NodeId node = 0;                // for reading and measuring
};

// What runs over the tiles between two cross-sections.
struct Stage {
  std::vector<LeafUse> leaves;
  std::vector<double> constants;
  std::vector<std::size_t> windows;  // history of each
  std::size_t slots = 0;
  std::size_t state_rows = 0;
  std::vector<Step> steps;
  std::vector<Place> outputs;        // the stage's cross-section inputs, or the program's outputs
  std::vector<std::uint32_t> planes;  // plane that output i is ranked into; empty for the last stage
  const kernels::FusedStage* fused = nullptr;  // the same as one function, where there is one
};

struct Program {
  Graph graph;                     // as optimised
  std::vector<NodeId> outputs;
  std::vector<Stage> stages;
  std::size_t planes = 0;
  std::uint64_t hash = 0;          // of the graph, as given
  std::vector<std::string> notes;  // for the user
};

struct CompileOptions {
  std::vector<std::string> columns;  // what the panel has
  bool rewrite = true;               // off: the graph exactly as built (the bits are the same)
  std::span<const kernels::FusedStage> fused =
      {};  // taken where the signature fits (the bits are the same); outlives the program
};

// Errors: the graph's own; name_not_found for a leaf that is not among the columns.
Result<Program> compile(const Graph& graph, std::span<const NodeId> outputs, const CompileOptions& options);

}  // namespace momentum::expr
