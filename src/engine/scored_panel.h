#pragma once
// Lanes of a market as a panel, and a profile evaluated over them.

#include <span>
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

// The columns of panel_of().
std::vector<std::string> panel_columns(Adjust adjust);

// Lines of a profile for panels with these columns, through the profile's fused stages where they fit.
Result<expr::Program> compile(const Profile& profile, std::span<const expr::NodeId> outputs,
                              const std::vector<std::string>& columns);

// The outputs on each lane's last row: what a scan keeps of an evaluation. value(i, output) of panel instrument i is NaN for
// a lane without bars. keep() may be called from several threads for different tiles; the panel outlives it.
class LastRows {
 public:
  LastRows(const panel::Panel& panel, std::size_t outputs);
  void keep(const expr::Stretch& stretch);
  double value(std::size_t instrument, std::size_t output) const { return values_[instrument * outputs_ + output]; }
  std::span<const double> values(std::size_t instrument) const {
    return std::span(values_).subspan(instrument * outputs_, outputs_);
  }

 private:
  const panel::Panel& panel_;
  std::size_t outputs_;
  std::vector<double> values_;
};

// The outputs on all rows: values(i, output) of panel instrument i is as long as its lane.
class AllRows {
 public:
  AllRows(const panel::Panel& panel, std::size_t outputs);
  // As LastRows::keep().
  void keep(const expr::Stretch& stretch);
  std::vector<double>& values(std::size_t instrument, std::size_t output) {
    return values_[instrument * outputs_ + output];
  }

 private:
  const panel::Panel& panel_;
  std::size_t outputs_;
  std::vector<std::vector<double>> values_;
};
Result<AllRows> evaluate_rows(const Context& ctx, const Profile& profile, std::span<const expr::NodeId> outputs,
                              const panel::Panel& panel);

}  // namespace momentum::engine
