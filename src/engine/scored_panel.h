#pragma once
// Lanes of a market as a panel, and a profile evaluated over them.

#include <string>
#include <vector>

#include "market.h"
#include "momentum/expr/evaluate.h"
#include "momentum/expr/parse.h"
#include "momentum/panel/panel.h"

namespace momentum::engine {

// Columns open high low close volume and, unless adjust is none, factor; instrument i of the panel is lanes[i].
Result<panel::Panel> panel_of(std::span<const Lane> lanes, Adjust adjust);

// The classic profile as a graph under the basis that `adjust` says. Its lines, and the columns open high low close volume.
struct Profile {
  expr::Graph graph;
  expr::Definitions lines;
  expr::NodeId node(std::string_view line) const;
};
Result<Profile> classic_profile(Adjust adjust);

// Values of `outputs` on each lane's last row: value(i, output) of panel instrument i; NaN for a lane without bars.
class LastRows {
 public:
  LastRows(std::size_t instruments, std::size_t outputs);
  double value(std::size_t instrument, std::size_t output) const { return values_[instrument * outputs_ + output]; }
  double& at(std::size_t instrument, std::size_t output) { return values_[instrument * outputs_ + output]; }

 private:
  std::size_t outputs_;
  std::vector<double> values_;
};
Result<LastRows> evaluate_last(const Context& ctx, const Profile& profile, std::span<const expr::NodeId> outputs,
                               const panel::Panel& panel);

// All rows of one panel instrument: result[output][row].
Result<std::vector<std::vector<double>>> evaluate_rows(const Context& ctx, const Profile& profile,
                                                       std::span<const expr::NodeId> outputs, const panel::Panel& panel,
                                                       std::size_t instrument);

}  // namespace momentum::engine
