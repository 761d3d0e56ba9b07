#pragma once
// The lazy expression graph: what to compute, as hash-consed nodes. Building the same expression twice gives the same node.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/kernels/kernel.h"

namespace momentum::expr {

using kernels::Kernel;
using NodeId = std::uint32_t;

// leaf: a column of the panel. constant: one number. shift: the input k rows earlier (a view, nothing is computed).
// kernel: one of kernels::Kernel. rank: the cross-section of all lanes on a date; cuts the graph into stages.
enum class NodeKind : std::uint8_t { leaf, constant, shift, kernel, rank };

// Longest way from a node down to a leaf. What walks a graph may recurse that deep.
inline constexpr std::size_t kMaxGraphDepth = 1000;
// A text longer than this ends in "...": shared nodes can make it exponentially long.
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kInfinite = std::numeric_limits<std::size_t>::max();

// Price degree: how a value scales when all prices are multiplied by a number. 1 for prices, 0 for ratios and volumes.
// any: zero and infinity, which have no scale. mixed: neither, e.g. close + volume or log(close).
inline constexpr std::int8_t kDegreeMixed = 127;
inline constexpr std::int8_t kDegreeAny = 126;

struct Node {
  NodeKind kind = NodeKind::constant;
  Kernel kernel = Kernel::add;  // for kind kernel
  std::vector<NodeId> inputs;
  std::vector<double> params;  // constant: the value; shift: k; kernel: its options
  std::string name;  // leaf: the column
  // Derived when the node is made.
  std::size_t first = 0;  // no row before it can hold a value
  // How many earlier rows can change its bits; kInfinite for recurrences, and for what looks back at ranks: another
  // instrument's last rows may be of other days.
  std::size_t reach = 0;
  std::int8_t degree = 0;
  std::uint32_t depth = 0;
  bool ranked = false;  // a rank lies below
};

// Which prices `price("close")` means. adjusted: stored x factor, the back-adjusted price. stored: as they are.
enum class PriceBasis : std::uint8_t { adjusted, stored };

// Not thread-safe while it grows; a finished graph may be read from any thread. Wrong options given to the building
// functions do not throw: the first one is kept in error(), and compiling the graph returns it.
class Graph {
 public:
  // Deeper expressions are the error too_large.
  explicit Graph(PriceBasis basis = PriceBasis::adjusted, std::size_t max_depth = kMaxGraphDepth)
      : basis_(basis), max_depth_(max_depth) {}

  NodeId leaf(std::string_view column);  // as stored
  NodeId price(std::string_view column);  // open high low close preclose under the basis; else leaf()
  NodeId constant(double value);
  NodeId shift(NodeId x, std::size_t rows);
  NodeId kernel(Kernel kernel, std::vector<NodeId> inputs, std::vector<double> params = {});
  NodeId rank(NodeId x);  // of at_traded_level(x)
  NodeId rank_as_is(NodeId x);

  // The value at its row's own traded level (value / F_t), which is what a person saw on that day: for what meets a number
  // or other instruments. Degree 0 is returned as it is, an adjusted column as the stored one, other prices over F_t; a
  // mixed expression is rebuilt on stored prices, with a note.
  NodeId at_traded_level(NodeId x);

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::size_t size() const noexcept { return nodes_.size(); }
  PriceBasis basis() const noexcept { return basis_; }
  bool is_constant(NodeId id) const { return nodes_[id].kind == NodeKind::constant; }
  double value(NodeId id) const { return nodes_[id].params[0]; }

  const std::vector<std::string>& notes() const noexcept { return notes_; }
  const Error* error() const noexcept { return failed_ ? &error_ : nullptr; }
  void set_error(Error error);

  // A canonical text of a node and all below it (up to kMaxTextBytes), and its hash: equal for equal expressions in any
  // graph.
  std::string text(NodeId id) const;
  std::uint64_t hash(std::span<const NodeId> outputs) const;

 private:
  void append_text(NodeId id, std::string& out) const;
  NodeId intern(Node node);
  NodeId fold(Kernel kernel, const std::vector<NodeId>& inputs, const std::vector<double>& params);
  void derive(Node& node) const;

  PriceBasis basis_;
  std::size_t max_depth_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, NodeId> ids_;
  std::vector<std::string> notes_;
  Error error_;
  bool failed_ = false;
};

bool is_elementwise(Kernel kernel) noexcept;
bool is_price_column(std::string_view column) noexcept;
std::string_view kernel_name(Kernel kernel) noexcept;

}  // namespace momentum::expr
