#include "scored_panel.h"

#include <algorithm>
#include <limits>

#include "momentum/score/classic.h"

namespace momentum::engine {

using panel::kTileLanes;

std::vector<std::string> panel_columns(Adjust adjust) {
  std::vector<std::string> columns{"open", "high", "low", "close", "volume"};
  if (adjust != Adjust::none) columns.push_back("factor");
  return columns;
}

Result<panel::Panel> panel_of(std::span<const Lane> lanes, Adjust adjust) {
  std::vector<panel::Series> series;
  std::vector<std::vector<std::int32_t>> times(
      lanes.size());  // of minutes: the panel's calendar is then one of minutes
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const Lane& lane = lanes[i];
    const Bars& b = lane.bars;
    times[i] = times_of(b);
    panel::Series s{times[i].empty() ? b.dates : times[i], {b.open, b.high, b.low, b.close, b.volume}};
    if (adjust != Adjust::none) s.columns.push_back(lane.factors.factor);
    series.push_back(std::move(s));
  }
  return panel::Panel::build(panel_columns(adjust), series);
}

expr::NodeId Profile::node(std::string_view line) const {
  const expr::NodeId* found = expr::find_definition(lines, line);
  MOMENTUM_CHECK(found != nullptr);
  return *found;
}

Result<Profile> classic_profile(Adjust adjust) {
  Profile profile{expr::Graph(adjust == Adjust::none ? expr::PriceBasis::stored : expr::PriceBasis::adjusted), {}};
  MOMENTUM_TRY(profile.lines, score::classic(profile.graph));
  for (const char* column : {"open", "high", "low", "close", "volume"})
    profile.lines.emplace_back(column, profile.graph.price(column));
  return profile;
}

Result<expr::Program> compile(const Profile& profile, std::span<const expr::NodeId> outputs,
                              const std::vector<std::string>& columns) {
  return expr::compile(profile.graph, outputs, {columns, true, score::fused_stages()});
}

LastRows::LastRows(const panel::Panel& panel, std::size_t outputs)
    : panel_(panel),
      outputs_(outputs),
      values_(panel.instruments() * outputs, std::numeric_limits<double>::quiet_NaN()) {}

void LastRows::keep(const expr::Stretch& s) {
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    const std::size_t lane = s.tile * kTileLanes + l;
    const std::size_t length = panel_.length(lane);
    if (length <= s.first_row || length > s.first_row + s.rows) continue;
    const std::size_t row = length - 1 - s.first_row;
    for (std::size_t i = 0; i < outputs_; ++i)
      values_[panel_.instrument_of(lane) * outputs_ + i] = s.columns[i][row * s.strides[i] + l];
  }
}

AllRows::AllRows(const panel::Panel& panel, std::size_t outputs)
    : panel_(panel), outputs_(outputs), values_(panel.instruments() * outputs) {
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i].resize(panel.length(panel.lane_of(i / outputs)));
}

void AllRows::keep(const expr::Stretch& s) {
  for (std::size_t l = 0; l < kTileLanes; ++l) {
    const std::size_t lane = s.tile * kTileLanes + l;
    const std::size_t length = panel_.length(lane);
    if (length <= s.first_row) continue;
    const std::size_t rows = std::min(s.rows, length - s.first_row);
    for (std::size_t i = 0; i < outputs_; ++i) {
      double* const to = values(panel_.instrument_of(lane), i).data() + s.first_row;
      for (std::size_t r = 0; r < rows; ++r) to[r] = s.columns[i][r * s.strides[i] + l];
    }
  }
}

Result<AllRows> evaluate_rows(const Context& ctx, const Profile& profile, std::span<const expr::NodeId> outputs,
                              const panel::Panel& panel) {
  AllRows rows(panel, outputs.size());
  if (outputs.empty()) return rows;
  MOMENTUM_TRY(const auto program, compile(profile, outputs, panel.columns()));
  MOMENTUM_TRY_VOID(expr::evaluate(ctx, program, panel, [&](const expr::Stretch& s) { rows.keep(s); }));
  return rows;
}

}  // namespace momentum::engine
