#include "records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "momentum/score/classic.h"
#include "reasons.h"

namespace momentum::engine {
namespace {

using score::kMissing;
using score::Record;
using score::Status;

// What make_record reads, by place.
enum Output : std::size_t {
  kScore,
  kScoreRaw,
  kScoreRow,
  kScored,
  kPart1,
  kMomentum20 = kPart1 + score::kParts,
  kRsi,
  kMacd,
  kMacdHist,
  kVolumeRatio,
  kOutputs
};
constexpr std::array<std::string_view, kOutputs> kLines{"score",
                                                        "score_raw",
                                                        "score_row",
                                                        "scored",
                                                        "part_1",
                                                        "part_2",
                                                        "part_3",
                                                        "part_4",
                                                        "part_5",
                                                        "part_6",
                                                        "scored_momentum_20",
                                                        "scored_rsi",
                                                        "scored_macd",
                                                        "scored_macd_hist",
                                                        "scored_vol_ratio_20"};
constexpr std::size_t kSparklineCloses = 60;

bool has_day(std::span<const Date> days, Date day) { return std::binary_search(days.begin(), days.end(), day); }

// A stored price of row r as it is shown: front-adjusted to the last row of the lane, back-adjusted, or as stored.
double shown_price(const Lane& lane, std::span<const double> column, std::size_t r, Adjust adjust) {
  const auto& f = lane.factors.factor;
  if (adjust == Adjust::none) return column[r];
  return adjust == Adjust::back ? column[r] * f[r] : column[r] * (f[r] / f.back());
}

// Row r of a column that may be there for the last rows only.
double value_at(const Bars& bars, std::span<const double> column, std::size_t r) {
  const std::size_t left_out = bars.dates.size() - column.size();
  return r < left_out ? kMissing : column[r - left_out];
}

double change_of_day(const Lane& lane, std::size_t r) {
  const Bars& b = lane.bars;
  const double preclose = value_at(b, b.preclose, r);
  if (preclose > 0.0) return b.close[r] / preclose - 1.0;
  if (r == 0) return kMissing;
  const auto& f = lane.factors.factor;
  return (b.close[r] * f[r]) / (b.close[r - 1] * f[r - 1]) - 1.0;
}

// Status and reason; explain_missing() writes the reasons of bad_data and stale. record.as_of is the last bar's day.
void set_status(const Market& market, const Lane& lane, Date session, const ScanRequest& request, bool scored,
                std::size_t scored_row, Record& record) {
  const std::size_t n = lane.bars.dates.size();
  const Date last_bar = record.as_of;
  if (market.delisted(lane.instrument, session)) {
    record.status = Status::delisted;
    record.reason = {"delisted", "已退市"};
    if (last_bar.has_value())
      record.reason += {"; last bar on " + to_string(last_bar), "；末根K线 " + to_string(last_bar)};
  } else if (n < score::kClassicMinimumBars) {
    record.status = Status::too_few_bars;
    const Wording origin = request.history_days ? Wording{fmt::format("in the last {} days", *request.history_days),
                                                          fmt::format("最近 {} 天", *request.history_days)}
                                                : Wording{"from the origin", "自首根K线起"};
    record.reason = {fmt::format("{} {}, {} needed", bars_text(n).en, origin.en, score::kClassicMinimumBars),
                     fmt::format("{}仅 {}，需要 {} 根", origin.zh, bars_text(n).zh, score::kClassicMinimumBars)};
  } else if (!scored) {
    record.status = Status::bad_data;
  } else if (scored_row + 1 != n) {
    record.status = Status::stale;
  } else if (last_bar != session && has_day(market.suspended(lane.instrument), session)) {
    record.status = Status::suspended;
    record.reason = {"suspended on " + to_string(session), to_string(session) + " 停牌"};
  } else if (last_bar != session) {
    record.status = Status::no_bar;
    record.reason = {"no bar since " + to_string(last_bar), to_string(last_bar) + " 之后没有K线"};
  } else {
    record.status = Status::ok;
  }
}

}  // namespace

Result<Date> session_of(const Market& market, const ScanRequest& request, std::vector<Wording>& notes) {
  const Date end{market.sessions.back()};
  if (request.as_of) {
    MOMENTUM_TRY(const Date session, resolve_session(market, *request.as_of));
    if (session != *request.as_of)
      notes.push_back({fmt::format("{} is no session; taken as of {}", to_string(*request.as_of), to_string(session)),
                       fmt::format("{} 不是交易日，按 {} 计算", to_string(*request.as_of), to_string(session))});
    return session;
  }
  if (minutes_of(request.frequency) != 0 && market.last_minute_day() < end) {
    MOMENTUM_TRY(const Date session, resolve_session(market, market.last_minute_day()));
    const std::string last = to_string(market.last_minute_day());
    notes.push_back({"minutes end " + last, "分钟线止于 " + last});
    return session;
  }
  if (request.allow_partial) return end;
  bool skipped = false;
  const Date session = last_complete_session(market, &skipped);
  if (skipped)
    notes.push_back({fmt::format("{} looks incomplete; taken as of {} (--allow-partial takes the last day)",
                                 to_string(end), to_string(session)),
                     fmt::format("{} 的数据似不完整，按 {} 计算（--allow-partial 取最后一日）", to_string(end),
                                 to_string(session))});
  return session;
}

std::vector<expr::NodeId> record_outputs(const Profile& profile) {
  std::vector<expr::NodeId> nodes;
  for (const auto line : kLines) nodes.push_back(profile.node(line));
  return nodes;
}

Record make_record(const Market& market, const Lane& lane, Date session, const ScanRequest& request,
                   std::span<const double> last) {
  const Adjust adjust = request.adjust;
  const Bars& bars = lane.bars;
  const std::size_t n = bars.dates.size();
  Record record;
  record.ts_code = to_string(market.ids[lane.instrument]);
  record.board = board_of(market.ids[lane.instrument]);
  record.synthetic = market.synthetic;
  record.bars = static_cast<std::int64_t>(n);
  for (const Date day : lane.factors.unverified) record.flags.push_back("unverified_link:" + to_string(day));
  if (n == 0) {
    set_status(market, lane, session, request, false, 0, record);
    record.name = market.name(lane.instrument, lane.last_before.has_value() ? lane.last_before : session);
    record.industry = market.industry(lane.instrument, lane.last_before.has_value() ? lane.last_before : session);
    const auto quarantined = market.quarantined(lane.instrument), suspended = market.suspended(lane.instrument);
    if (minutes_of(request.frequency) != 0) {
      record.reason += {"; no bars of minutes", "；没有分钟线"};
    } else if (lane.last_before.has_value()) {  // bars, but none within the history window
      record.as_of = lane.last_before;
    } else if (!quarantined.empty()) {
      record.reason += {fmt::format("; every row was refused, the first on {}", to_string(quarantined.front())),
                        fmt::format("；每一行都被拒收，最早 {}", to_string(quarantined.front()))};
    } else {
      record.reason += {fmt::format("; suspended since {}", to_string(suspended.front())),
                        fmt::format("；自 {} 起停牌", to_string(suspended.front()))};
    }
    return record;
  }
  record.first_bar = Date{bars.dates.front()};
  record.as_of = Date{bars.dates.back()};

  const bool scored = last[kScored] == 1.0;
  const std::size_t row = scored ? static_cast<std::size_t>(last[kScoreRow]) : n - 1;
  set_status(market, lane, session, request, scored, row, record);
  record.as_of = Date{bars.dates[row]};
  record.name = market.name(lane.instrument, record.as_of);
  record.industry = market.industry(lane.instrument, record.as_of);
  record.close = shown_price(lane, bars.close, row, adjust);
  record.pct_chg = change_of_day(lane, row);
  record.amount = value_at(bars, bars.amount, row);
  const std::size_t first_close = row + 1 > kSparklineCloses ? row + 1 - kSparklineCloses : 0;
  for (std::size_t r = first_close; r <= row; ++r)
    if (!std::isnan(bars.close[r])) record.recent_closes.push_back(shown_price(lane, bars.close, r, adjust));
  if (!scored) return record;

  const double scale = adjust == Adjust::front ? lane.factors.factor.back() : 1.0;
  record.momentum_20 = last[kMomentum20];
  record.rsi = last[kRsi];
  record.macd = last[kMacd] / scale;
  record.macd_hist = last[kMacdHist] / scale;
  record.volume_ratio = last[kVolumeRatio];
  record.score = last[kScore];
  record.score_raw = last[kScoreRaw];
  for (std::size_t p = 0; p < score::kParts; ++p) record.details[p] = last[kPart1 + p];
  return record;
}

void describe(const Market& market, const ScanRequest& request, std::size_t trading, std::size_t listed,
              score::Scan& scan) {
  scan.numerics = kernels::kNumericsVersion;
  scan.history = request.history_days ? fmt::format("{}d", *request.history_days) : "origin";
  scan.frequency = to_string(request.frequency);
  scan.synthetic = market.synthetic;
  if (market.snapshot) scan.store_snapshot = std::to_string(*market.snapshot);
  scan.adjust_applied = adjust_text(market, request.adjust);
  if (listed > 0) scan.coverage = static_cast<double>(trading) / static_cast<double>(listed);
}

Result<void> add_ingredients(const Context& ctx, const Profile& profile, std::span<const Lane> lanes, Adjust adjust,
                             const std::string& code, std::vector<Record>& records) {
  using score::Ingredients;
  struct Line {
    std::string_view line;
    double Ingredients::* member;
  };
  static constexpr std::array<Line, 14> kIngredients{{
      {"scored_close", &Ingredients::close},
      {"scored_ma5", &Ingredients::ma5},
      {"scored_ma10", &Ingredients::ma10},
      {"scored_ma20", &Ingredients::ma20},
      {"scored_ma60", &Ingredients::ma60},
      {"scored_signal", &Ingredients::signal},
      {"previous_macd_hist", &Ingredients::previous_macd_hist},
      {"previous_rsi", &Ingredients::previous_rsi},
      {"scored_vol_ratio_5", &Ingredients::vol_ratio_5},
      {"mean_volume_change", &Ingredients::volume_change},
      {"scored_momentum_5", &Ingredients::momentum_5},
      {"scored_momentum_10", &Ingredients::momentum_10},
      {"scored_momentum_60", &Ingredients::momentum_60},
      {"scored_trend_20", &Ingredients::trend_20},
  }};
  std::vector<expr::NodeId> outputs;
  for (const auto& line : kIngredients) outputs.push_back(profile.node(line.line));
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].ts_code != code || std::isnan(records[i].score)) continue;
    MOMENTUM_TRY(const auto panel, panel_of(lanes.subspan(i, 1), adjust));
    MOMENTUM_TRY(const auto program, compile(profile, outputs, panel.columns()));
    LastRows last(panel, outputs.size());
    MOMENTUM_TRY_VOID(expr::evaluate(ctx, program, panel, [&](const expr::Stretch& s) { last.keep(s); }));
    const double scale = adjust == Adjust::front ? lanes[i].factors.factor.back() : 1.0;
    for (std::size_t k = 0; k < outputs.size(); ++k)
      records[i].ingredients.*kIngredients[k].member =
          last.value(0, k) / (profile.graph[outputs[k]].degree == 1 ? scale : 1.0);
  }
  return {};
}

}  // namespace momentum::engine
