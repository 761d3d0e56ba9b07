#include "reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "momentum/score/classic.h"

namespace momentum::engine {
namespace {

using score::Status;

constexpr int kUsualHistory = 365;

// What one column of one lane is missing.
struct Loss {
  std::size_t bars = 0;   // on how many bars, counted from the first that may have a value (or after the scored row)
  std::size_t begins = 0;  // the first of them
};

// An input that has no value on a bar.
struct Gap {
  std::string_view column;
  std::size_t row;
};

using Names = std::set<std::string, std::less<>>;

// The columns of the data below a node.
void leaves_of(const expr::Graph& graph, expr::NodeId id, Names& names, std::set<expr::NodeId>& seen) {
  if (!seen.insert(id).second) return;
  if (graph[id].kind == expr::NodeKind::leaf) names.insert(graph[id].name);
  for (const expr::NodeId input : graph[id].inputs) leaves_of(graph, input, names, seen);
}

// The last row up to `up_to` on which one of the inputs (of all, if none is named) is missing.
std::optional<Gap> last_gap(const Bars& bars, std::size_t up_to, const Names& among = {}) {
  const std::pair<std::string_view, std::span<const double>> inputs[] = {
      {"close", bars.close}, {"open", bars.open}, {"high", bars.high}, {"low", bars.low}, {"volume", bars.volume}};
  for (std::size_t row = up_to + 1; row-- > 0;)
    for (const auto& [name, values] : inputs)
      if ((among.empty() || among.contains(name)) && std::isnan(values[row])) return Gap{name, row};
  return std::nullopt;
}

// The history that begins after the last gap, where enough bars follow it for a score.
Wording advice(const Lane& lane, const ScanRequest& request, Date session) {
  const auto& dates = lane.bars.dates;
  const auto gap = last_gap(lane.bars, dates.size() - 1);
  if (request.history_days || !gap) return {};
  const int days = std::min(kUsualHistory, session - Date{dates[gap->row]} - 1);
  const auto begin = std::lower_bound(dates.begin(), dates.end(), (session - days).days);
  if (static_cast<std::size_t>(dates.end() - begin) < score::kClassicMinimumBars) return {};
  return {fmt::format("; --history {}d begins after it", days), fmt::format("；--history {}d 从其后开始", days)};
}

// What made a column miss its first value: an input that is missing on that very bar, or on one before any value could exist.
// An older gap is over by then.
std::optional<Gap> cause_of(const expr::Graph& graph, expr::NodeId node, const Loss& loss, const Bars& bars) {
  Names inputs;
  std::set<expr::NodeId> seen;
  leaves_of(graph, node, inputs, seen);
  const auto gap = last_gap(bars, loss.begins, inputs);
  return gap && (gap->row == loss.begins || loss.begins == graph[node].first) ? gap : std::nullopt;
}

Wording reason_text(std::string_view column, const expr::Graph& graph, expr::NodeId node, const Loss& loss,
                    const Lane& lane, const score::Record& record, const ScanRequest& request, Date session) {
  const auto& dates = lane.bars.dates;
  const auto day = [&](std::size_t row) { return to_string(Date{dates[row]}); };
  Wording text;
  if (record.status == Status::stale) {
    text = {fmt::format("{} is missing since {}", column, day(loss.begins)),
            fmt::format("{} 自 {} 起缺失", column, day(loss.begins))};
  } else {
    const Wording all = bars_text(dates.size());
    text = {fmt::format("{} is missing on {} of {}, first on {}", column, loss.bars, all.en, day(loss.begins)),
            fmt::format("{} 在 {}中缺失 {} 根，最早 {}", column, all.zh, loss.bars, day(loss.begins))};
  }
  const auto gap = cause_of(graph, node, loss, lane.bars);
  if (!gap) return text;
  if (gap->column != column || gap->row != loss.begins)
    text += {fmt::format(": {} is missing on {}", gap->column, day(gap->row)),
             fmt::format("：{} 在 {} 缺失", gap->column, day(gap->row))};
  return text += advice(lane, request, session);
}

}  // namespace

Wording bars_text(std::size_t n) { return {n == 1 ? "1 bar" : fmt::format("{} bars", n), fmt::format("{} 根K线", n)}; }

Result<void> explain_missing(const Context& ctx, const Profile& profile, std::span<const Lane> lanes,
                             const ScanRequest& request, Date session, std::vector<score::Record>& records) {
  std::vector<std::size_t> asked;
  std::vector<Lane> chosen;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].status != Status::bad_data && records[i].status != Status::stale) continue;
    asked.push_back(i);
    chosen.push_back(lanes[i]);
  }
  if (asked.empty()) return {};

  std::vector<std::string_view> names{"close", "open", "high", "low", "volume"};
  std::vector<expr::NodeId> outputs;
  outputs.reserve(names.size() + score::classic_columns().size());
  for (const auto name : names) outputs.push_back(profile.node(name));
  for (const auto& column : score::classic_columns()) {
    names.push_back(column.name);
    outputs.push_back(profile.node(column.definition));
  }
  MOMENTUM_TRY(const auto panel, panel_of(chosen, request.adjust));
  MOMENTUM_TRY(const auto program, expr::compile(profile.graph, outputs, {panel.columns()}));
  std::vector<Loss> losses(chosen.size() * outputs.size());
  MOMENTUM_TRY_VOID(expr::evaluate(ctx, program, panel, [&](const expr::Stretch& s) {
    for (std::size_t l = 0; l < panel::kTileLanes; ++l) {
      const std::size_t lane = s.tile * panel::kTileLanes + l;
      const std::uint32_t which = panel.instrument_of(lane);
      if (which == panel::kNoInstrument) continue;
      const score::Record& record = records[asked[which]];
      for (std::size_t c = 0; c < outputs.size(); ++c) {
        Loss& loss = losses[which * outputs.size() + c];
        for (std::size_t r = 0; r < s.rows && s.first_row + r < panel.length(lane); ++r) {
          const std::size_t row = s.first_row + r;
          if (row < profile.graph[outputs[c]].first || !std::isnan(s.columns[c][r * s.strides[c] + l])) continue;
          const Bars& bars = chosen[which].bars;
          // Of minutes, the row that was scored may be of the same day.
          if (record.status == Status::stale && bars.dates[row] < record.as_of.days + (bars.minutes.empty() ? 1 : 0))
            continue;
          if (loss.bars++ == 0) loss.begins = row;
        }
      }
    }
  }));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    std::size_t worst = 0;
    for (std::size_t c = 1; c < outputs.size(); ++c)
      if (losses[i * outputs.size() + c].bars > losses[i * outputs.size() + worst].bars) worst = c;
    score::Record& record = records[asked[i]];
    record.reason = reason_text(names[worst], profile.graph, outputs[worst], losses[i * outputs.size() + worst],
                                chosen[i], record, request, session);
  }
  return {};
}

}  // namespace momentum::engine
