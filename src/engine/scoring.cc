#include "scoring.h"

#include <algorithm>
#include <iterator>

#include "frequency.h"
#include "momentum/score/classic.h"
#include "reasons.h"
#include "records.h"

namespace momentum::engine {
namespace {

std::span<const double> column_of(const Lane& lane, std::string_view name) {
  const Bars& b = lane.bars;
  if (name == "open") return b.open;
  if (name == "high") return b.high;
  if (name == "low") return b.low;
  if (name == "close") return b.close;
  if (name == "volume") return b.volume;
  MOMENTUM_CHECK(name == "factor");
  return lane.factors.factor;
}

expr::LatestSeries series_of(const Lane& lane, const expr::Latest& latest) {
  expr::LatestSeries series{lane.bars.dates.size(), {}, {}};
  for (const auto& name : latest.carry_columns) series.carry.push_back(column_of(lane, name));
  for (const auto& name : latest.tail_columns) series.tail.push_back(column_of(lane, name));
  return series;
}

// Of an earlier row than the last one, amount and preclose may not be there; and why there is no score, all rows tell.
bool says_all(const score::Record& record, const Lane& lane) {
  if (record.status == score::Status::bad_data) return false;
  return lane.bars.dates.empty() || record.as_of.days == lane.bars.dates.back();
}

}  // namespace

Result<Scoring> Scoring::prepare(const Market& market, const ScanRequest& request, Date session, std::string explained,
                                 Stages* stages) {
  MOMENTUM_TRY(Profile profile, classic_profile(request.adjust));
  Scoring scoring(market, request, session, std::move(explained), stages, std::move(profile));
  const std::vector<expr::NodeId> outputs = record_outputs(scoring.profile_);
  const expr::CompileOptions options{panel_columns(request.adjust), true, score::fused_stages()};
  MOMENTUM_TRY(scoring.program_, expr::compile(scoring.profile_.graph, outputs, options));
  MOMENTUM_TRY(scoring.latest_, expr::compile_latest(scoring.profile_.graph, outputs, options));
  return scoring;
}

bool Scoring::narrow(Cut& cut) const {
  const bool minutes = minutes_of(request_.frequency) != 0;
  if (!latest_ || (request_.history_days && !minutes)) return false;
  const std::int64_t rows = rows_of_bar(request_.frequency);
  const auto carried = [&](std::string_view name) {
    return name == "close" || std::ranges::find(latest_->carry_columns, name) != latest_->carry_columns.end();
  };
  for (const std::string& name : panel_columns(Adjust::none))
    if (!carried(name)) cut.latest_rows[name] = static_cast<std::int64_t>(latest_->rows) * rows;
  cut.latest_rows["amount"] = cut.latest_rows["preclose"] = rows;
  return true;
}

Result<void> Scoring::latest(const Context& ctx, std::span<const Lane> lanes) {
  Stages::Timer step(stages_, Stages::compute);
  std::vector<expr::LatestSeries> series;
  for (const Lane& lane : lanes) series.push_back(series_of(lane, *latest_));
  MOMENTUM_TRY(const expr::LatestValues values, expr::evaluate_latest(ctx, *latest_, series));

  step.next(Stages::records);
  std::vector<score::Record> records;
  std::vector<const Lane*> settled;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (values.settled[i] && !lanes[i].cut_short) {
      const std::span last = std::span(values.values).subspan(i * values.outputs, values.outputs);
      score::Record record = make_record(market_, lanes[i], session_, request_, last);
      if (says_all(record, lanes[i]) && record.ts_code != explained_) {
        records.push_back(std::move(record));
        settled.push_back(&lanes[i]);
        continue;
      }
    }
    others.push_back(lanes[i].instrument);
  }
  const std::lock_guard lock(*mutex_);
  std::ranges::copy(others, std::back_inserter(unsettled_));
  keep(std::move(records), settled);
  return {};
}

Result<void> Scoring::whole(const Context& ctx, std::span<const Lane> lanes) {
  Stages::Timer step(stages_, Stages::compute);
  MOMENTUM_TRY(const panel::Panel panel, panel_of(lanes, request_.adjust));
  LastRows last(panel, program_->outputs.size());
  MOMENTUM_TRY_VOID(expr::evaluate(ctx, *program_, panel, [&](const expr::Stretch& s) { last.keep(s); }));

  step.next(Stages::records);
  std::vector<score::Record> records;
  std::vector<const Lane*> all;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    records.push_back(make_record(market_, lanes[i], session_, request_, last.values(i)));
    all.push_back(&lanes[i]);
  }
  MOMENTUM_TRY_VOID(explain_missing(ctx, profile_, lanes, request_, session_, records));
  MOMENTUM_TRY_VOID(add_ingredients(ctx, profile_, lanes, request_.adjust, explained_, records));
  const std::lock_guard lock(*mutex_);
  keep(std::move(records), all);
  return {};
}

void Scoring::keep(std::vector<score::Record> records, std::span<const Lane* const> lanes) {
  std::ranges::move(records, std::back_inserter(records_));
  trading_ += static_cast<std::size_t>(std::ranges::count_if(
      lanes, [&](const Lane* lane) { return !lane->bars.dates.empty() && lane->bars.dates.back() == session_.days; }));
}

std::vector<std::size_t> Scoring::take_unsettled() {
  std::ranges::sort(unsettled_);
  return std::exchange(unsettled_, {});
}

std::vector<score::Record> Scoring::take_records() { return std::exchange(records_, {}); }

}  // namespace momentum::engine
