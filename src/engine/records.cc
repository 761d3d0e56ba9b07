#include "records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "momentum/score/classic.h"

namespace momentum::engine {
namespace {

using score::kMissing;
using score::Record;
using score::Status;

// What make_record reads, by place.
enum Output : std::size_t { kScore, kScoreRaw, kScoreRow, kSurvivors, kPart1, kMomentum20 = kPart1 + score::kParts, kRsi,
                            kMacd, kMacdHist, kVolumeRatio, kOutputs };
constexpr std::array<std::string_view, kOutputs> kLines{"score", "score_raw", "score_row", "survivors", "part_1", "part_2",
                                                        "part_3", "part_4", "part_5", "part_6", "scored_momentum_20",
                                                        "scored_rsi", "scored_macd", "scored_macd_hist",
                                                        "scored_vol_ratio_20"};
constexpr std::size_t kSparklineCloses = 60;

bool has_day(const std::vector<Date>& days, Date day) { return std::binary_search(days.begin(), days.end(), day); }

// A stored price of row r as it is shown: front-adjusted to the last row of the lane, back-adjusted, or as stored.
double shown_price(const Lane& lane, std::span<const double> column, std::size_t r, Adjust adjust) {
  const auto& f = lane.factors.factor;
  if (adjust == Adjust::none) return column[r];
  return adjust == Adjust::back ? column[r] * f[r] : column[r] * (f[r] / f.back());
}

double change_of_day(const Lane& lane, std::size_t r) {
  const Bars& b = lane.bars;
  const double preclose = b.preclose.empty() ? kMissing : b.preclose[r];
  if (preclose > 0.0) return b.close[r] / preclose - 1.0;
  if (r == 0) return kMissing;
  const auto& f = lane.factors.factor;
  return (b.close[r] * f[r]) / (b.close[r - 1] * f[r - 1]) - 1.0;
}

void set_status(const Market& market, const Lane& lane, Date session, double survivors, std::size_t scored_row,
                Record& record) {
  const std::size_t n = lane.bars.dates.size();
  const Date last_bar = record.as_of;
  if (n < score::kClassicMinimumBars) {
    record.status = Status::too_few_bars;
    record.reason = fmt::format("{} bars from the origin, {} needed", n, score::kClassicMinimumBars);
  } else if (!(survivors >= static_cast<double>(score::kClassicScoredRows))) {
    record.status = Status::bad_data;  // its reason: explain_bad_data
  } else if (scored_row + 1 != n) {
    record.status = Status::stale;
    record.reason = fmt::format("values are missing on the last {} bars up to {}", n - 1 - scored_row,
                                to_string(Date{lane.bars.dates.back()}));
  } else if (last_bar != session && has_day(market.set.instruments[lane.instrument].suspended, session)) {
    record.status = Status::suspended;
    record.reason = "suspended on " + to_string(session);
  } else if (last_bar != session) {
    record.status = Status::no_bar;
    record.reason = "no bar since " + to_string(last_bar);
  } else {
    record.status = Status::ok;
  }
}

}  // namespace

Result<Date> session_of(const Market& market, const ScanRequest& request, std::vector<std::string>& notes) {
  const Date end{market.sessions.back()};
  if (request.as_of) {
    MOMENTUM_TRY(const Date session, resolve_session(market, *request.as_of));
    if (session != *request.as_of)
      notes.push_back(fmt::format("{} is no session; taken as of {}", to_string(*request.as_of), to_string(session)));
    return session;
  }
  if (request.allow_partial) return end;
  bool skipped = false;
  const Date session = last_complete_session(market, &skipped);
  if (skipped)
    notes.push_back(fmt::format("{} looks incomplete; taken as of {} (--allow-partial takes the last day)", to_string(end),
                                to_string(session)));
  return session;
}

std::vector<expr::NodeId> record_outputs(const Profile& profile) {
  std::vector<expr::NodeId> nodes;
  for (const auto line : kLines) nodes.push_back(profile.node(line));
  return nodes;
}

Record make_record(const Market& market, const Lane& lane, Date session, Adjust adjust, const LastRows& last,
                   std::size_t i) {
  const auto& source = market.set.instruments[lane.instrument];
  const Bars& bars = lane.bars;
  const std::size_t n = bars.dates.size();
  Record record;
  record.ts_code = to_string(source.id);
  record.industry = source.industry;
  record.board = board_of(source.id);
  record.synthetic = market.set.synthetic;
  record.bars = static_cast<std::int64_t>(n);
  for (const Date day : lane.factors.unverified) record.flags.push_back("unverified_link:" + to_string(day));
  if (n == 0) {  // bars, but none within the history window
    const Bars& all = market.bars[lane.instrument];
    record.name = name_at(all, lane.bars_before - 1);
    record.as_of = Date{all.dates[lane.bars_before - 1]};
    set_status(market, lane, session, 0.0, 0, record);
    return record;
  }
  record.first_bar = Date{bars.dates.front()};
  record.as_of = Date{bars.dates.back()};
  record.name = name_at(bars, n - 1);

  const double survivors = last.value(i, kSurvivors);
  const bool scored = survivors >= static_cast<double>(score::kClassicScoredRows);
  const std::size_t row = scored ? static_cast<std::size_t>(last.value(i, kScoreRow)) : n - 1;
  set_status(market, lane, session, survivors, row, record);
  record.as_of = Date{bars.dates[row]};
  record.close = shown_price(lane, bars.close, row, adjust);
  record.pct_chg = change_of_day(lane, row);
  record.amount = bars.amount.empty() ? kMissing : bars.amount[row];
  const std::size_t first_close = row + 1 > kSparklineCloses ? row + 1 - kSparklineCloses : 0;
  for (std::size_t r = first_close; r <= row; ++r)
    if (!std::isnan(bars.close[r])) record.recent_closes.push_back(shown_price(lane, bars.close, r, adjust));
  if (!scored) return record;

  const double scale = adjust == Adjust::front ? lane.factors.factor.back() : 1.0;
  record.momentum_20 = last.value(i, kMomentum20);
  record.rsi = last.value(i, kRsi);
  record.macd = last.value(i, kMacd) / scale;
  record.macd_hist = last.value(i, kMacdHist) / scale;
  record.volume_ratio = last.value(i, kVolumeRatio);
  record.score = last.value(i, kScore);
  record.score_raw = last.value(i, kScoreRaw);
  for (std::size_t p = 0; p < score::kParts; ++p) record.details[p] = last.value(i, kPart1 + p);
  return record;
}

Result<void> explain_bad_data(const Context& ctx, const Profile& profile, std::span<const Lane> lanes,
                              const ScanRequest& request, std::vector<Record>& records) {
  struct Watched {
    std::string name;
    expr::NodeId node;
  };
  std::vector<Watched> watched;
  for (const char* column : {"open", "high", "low", "close", "volume"}) watched.push_back({column, profile.node(column)});
  for (const auto& column : score::classic_columns())
    watched.push_back({std::string(column.name), profile.node(column.definition)});
  std::vector<expr::NodeId> outputs;
  for (const auto& w : watched) outputs.push_back(w.node);

  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (records[i].status != Status::bad_data) continue;
    MOMENTUM_TRY(const auto panel, panel_of(lanes.subspan(i, 1), request.adjust));
    MOMENTUM_TRY(const auto columns, evaluate_rows(ctx, profile, outputs, panel, 0));
    std::size_t worst = 0, most = 0, where = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::size_t cost = 0, begins = 0;
      for (std::size_t r = profile.graph[outputs[c]].first; r < columns[c].size(); ++r) {
        if (!std::isnan(columns[c][r])) continue;
        if (cost++ == 0) begins = r;
      }
      if (cost > most) worst = c, most = cost, where = begins;
    }
    const auto& dates = lanes[i].bars.dates;
    std::string reason = fmt::format("{} is missing on {} of {} bars, first on {}", watched[worst].name, most, dates.size(),
                                     to_string(Date{dates[where]}));
    for (std::size_t c = 0; c < 5; ++c)
      if (c != worst && std::isnan(columns[c][where])) reason += fmt::format(", where {} is missing", watched[c].name);
    if (!request.history_days) reason += "; a shorter --history (365d) restarts it";
    records[i].reason = std::move(reason);
  }
  return {};
}

void describe(const Market& market, const ScanRequest& request, const std::vector<Record>& records, score::Scan& scan) {
  scan.numerics = kernels::kNumericsVersion;
  scan.history = request.history_days ? fmt::format("{}d", *request.history_days) : "origin";
  scan.synthetic = market.set.synthetic;
  if (request.adjust == Adjust::none) {
    scan.adjust_applied = "none";
  } else {
    scan.adjust_applied = has_factors(market) ? "back (preclose)" : "none (no factors)";
  }
  std::size_t trading = 0;
  for (const auto& bars : market.bars) trading += std::binary_search(bars.dates.begin(), bars.dates.end(), scan.as_of.days);
  if (!records.empty()) scan.coverage = static_cast<double>(trading) / static_cast<double>(records.size());
}

}  // namespace momentum::engine
