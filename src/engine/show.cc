#include "momentum/engine/show.h"

#include <arrow/api.h>

#include <algorithm>
#include <cmath>

#include "frequency.h"
#include "lane_columns.h"
#include "market.h"
#include "momentum/base/trading_hours.h"
#include "momentum/kernels/tile.h"
#include "momentum/score/classic.h"
#include "momentum/score/record.h"
#include "scored_panel.h"

namespace momentum::engine {
namespace {

bool wants(const ShowRequest& request, std::string_view column) {
  return std::ranges::find(request.columns, column) != request.columns.end();
}
bool wants_limits(const ShowRequest& request) { return wants(request, "up_limit") || wants(request, "down_limit"); }

Result<std::shared_ptr<arrow::Table>> to_table(const Lane& lane, const std::vector<LaneColumn>& columns,
                                               std::size_t first, std::size_t last) {
  const auto checked = [](const arrow::Status& status) -> Result<void> {
    if (status.ok()) return {};
    return fail(ErrorCode::out_of_memory, status.ToString());
  };
  arrow::FieldVector fields{arrow::field("date", arrow::date32())};
  arrow::ArrayVector arrays(1);
  arrow::Date32Builder dates;
  for (std::size_t r = first; r < last; ++r) MOMENTUM_TRY_VOID(checked(dates.Append(lane.bars.dates[r])));
  MOMENTUM_TRY_VOID(checked(dates.Finish(&arrays[0])));
  if (!lane.bars.minutes.empty()) {
    arrow::StringBuilder times;
    for (std::size_t r = first; r < last; ++r)
      MOMENTUM_TRY_VOID(checked(times.Append(minute_text(lane.bars.minutes[r]))));
    fields.push_back(arrow::field("time", arrow::utf8()));
    MOMENTUM_TRY_VOID(checked(times.Finish(&arrays.emplace_back())));
  }
  for (const auto& column : columns) {
    std::shared_ptr<arrow::Array> array;
    if (column.is_date) {
      arrow::Date32Builder builder;
      for (std::size_t r = first; r < last; ++r) {
        const double row = column.value(r);
        MOMENTUM_TRY_VOID(checked(std::isnan(row) ? builder.AppendNull()
                                                  : builder.Append(lane.bars.dates[static_cast<std::size_t>(row)])));
      }
      MOMENTUM_TRY_VOID(checked(builder.Finish(&array)));
    } else {
      arrow::DoubleBuilder builder;
      for (std::size_t r = first; r < last; ++r) {
        const double v = column.value(r);
        MOMENTUM_TRY_VOID(checked(std::isnan(v) ? builder.AppendNull() : builder.Append(v)));
      }
      MOMENTUM_TRY_VOID(checked(builder.Finish(&array)));
    }
    fields.push_back(arrow::field(column.name, array->type()));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(arrow::schema(std::move(fields)), std::move(arrays),
                            static_cast<std::int64_t>(last - first));
}

// The lane with its prices adjusted additively, to be taken as they stand.
Lane additive_lane(const Lane& lane, const panel::AdditiveInput& input) {
  Lane out = lane;
  for (auto* const column : {&out.bars.open, &out.bars.high, &out.bars.low, &out.bars.close}) {
    out.bars.storage.push_back(std::make_shared<const std::vector<double>>(panel::additive_prices(input, *column)));
    *column = *out.bars.storage.back();
  }
  out.factors.factor.assign(lane.bars.dates.size(), 1.0);
  return out;
}

// name_not_found, of all columns that there are.
Result<void> check_columns(const ShowRequest& request) {
  const Lane nothing{};
  LaneColumns bars(nothing, request.adjust), extra(nothing, request.adjust);
  bars.bars();
  extra.extras({}, {}, {});
  std::vector<std::string> names;
  for (const LaneColumn& column : bars.take()) names.push_back(column.name);
  for (const score::Column& column : score::classic_columns()) names.emplace_back(column.name);
  if (request.scores) {
    names.emplace_back("score");
    names.emplace_back("score_raw");
    for (const auto& part : score::classic_parts()) names.emplace_back(part.key);
    names.emplace_back("score_row");
  }
  for (const LaneColumn& column : extra.take()) names.push_back(column.name);
  for (const std::string& name : request.columns)
    if (name != "date" && std::ranges::find(names, name) == names.end()) return no_such_column(name, names);
  return {};
}

// The table of one lane. Lines of the profile that nobody wants are not computed.
Result<std::shared_ptr<arrow::Table>> rows_of(const Context& ctx, const ShowRequest& request, const Lane& raw,
                                              const LaneActions& actions, const std::vector<DayLimit>& known_limits) {
  MOMENTUM_TRY_VOID(check_columns(request));
  const panel::AdditiveInput input = additive_input(raw, actions, request.adjust);
  const bool additive = request.method == Method::additive;
  const Lane lane = additive ? additive_lane(raw, input) : raw;
  const Adjust adjust = additive ? Adjust::none : request.adjust;
  MOMENTUM_TRY(const Profile profile, classic_profile(adjust));
  std::vector<std::string> names;
  std::vector<expr::NodeId> outputs;
  const auto want = [&](std::string name, std::string_view line) {
    if (!request.columns.empty() && !wants(request, name)) return;
    names.push_back(std::move(name));
    outputs.push_back(profile.node(line));
  };
  for (const auto& column : score::classic_columns()) want(std::string(column.name), column.definition);
  if (request.scores) {
    want("score", "score");
    want("score_raw", "score_raw");
    for (std::size_t p = 0; p < score::kParts; ++p)
      want(std::string(score::classic_parts()[p].key), "shown_part_" + std::to_string(p + 1));
    want("score_row", "shown_row");
  }
  const std::span all(&lane, 1);
  MOMENTUM_TRY(const auto panel, panel_of(outputs.empty() ? all.first(0) : all, adjust));
  MOMENTUM_TRY(auto values, evaluate_rows(ctx, profile, outputs, panel));

  LaneColumns columns(lane, adjust);
  columns.bars();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "score_row") {
      columns.row_date(names[i], values.values(0, i));
    } else {
      columns.line(names[i], values.values(0, i), profile.graph[outputs[i]].degree);
    }
  }
  auto ordinary = columns.take();
  const std::size_t ordinary_count = ordinary.size();
  const std::vector<double> volumes = level_volumes(raw, input, request.adjust);
  LaneColumns extra(raw, adjust);
  const RowLimits limits = row_limits(raw.bars.dates, known_limits);
  extra.extras(volumes, limits.up, limits.down);
  for (auto& column : extra.take()) ordinary.push_back(std::move(column));
  MOMENTUM_TRY(const auto chosen, select_columns(std::move(ordinary), ordinary_count, request.columns));

  const auto& dates = lane.bars.dates;
  std::size_t first = 0;
  if (request.start)
    first = static_cast<std::size_t>(std::lower_bound(dates.begin(), dates.end(), request.start->days) - dates.begin());
  if (request.last && static_cast<std::int64_t>(dates.size() - first) > *request.last)
    first = dates.size() - static_cast<std::size_t>(*request.last);
  return to_table(lane, chosen, first, dates.size());
}

// Scores are of one kind of prices; and what is not adjusted is not adjusted by any method.
Result<void> check_method(const ShowRequest& request) {
  const bool wants_volumes = wants(request, "adj_volume");
  if (request.frequency != Frequency::day && (request.method == Method::additive || wants_volumes))
    return fail(ErrorCode::bad_value, "what corporate actions adjust is shown by days", "--freq",
                "leave it out, or --method additive and adj_volume");
  if (request.frequency != Frequency::day && wants_limits(request))
    return fail(ErrorCode::bad_value, "price limits are of a day", "--freq",
                "leave it out, or up_limit and down_limit");
  if (request.method == Method::ratio) return {};
  if (request.scores)
    return fail(ErrorCode::bad_value, "no scores of additive prices", "--method additive",
                "leave out --scores, or --method");
  if (request.adjust == Adjust::none)
    return fail(ErrorCode::bad_value, "prices that are not adjusted have no method", "--method additive",
                "use --adjust front or back");
  return {};
}

}  // namespace

Result<Shown> show(const Context& ctx, const ShowRequest& request, InputReport* report) {
  MOMENTUM_TRY_VOID(check_history(request.history_days));
  if (request.last.value_or(0) < 0) return fail(ErrorCode::bad_value, "a negative number of rows", "--last");
  MOMENTUM_TRY_VOID(check_method(request));
  MOMENTUM_TRY(const auto market, open_market(ctx, request.input, request.frequency, report));
  MOMENTUM_TRY(const std::size_t instrument, find_instrument(*market, request.code));
  const Date first = market->first_bar(instrument);
  Shown shown;
  shown.code = to_string(market->ids[instrument]);
  const LaneActions actions{market->actions(instrument), market->digits(instrument)};
  shown.adjust_applied = request.method == Method::ratio ? adjust_text(*market, request.adjust)
                                                         : additive_text(*market, instrument, request.adjust);
  shown.synthetic = market->synthetic;
  shown.numerics = kernels::kNumericsVersion;
  if (request.history_days) shown.history = std::to_string(*request.history_days) + "d";
  if (market->snapshot) shown.store_snapshot = std::to_string(*market->snapshot);
  if (!first.has_value())
    return fail(ErrorCode::empty_input, "it has no bar", shown.code,
                market->has_minutes(instrument) ? "import bars of days, or see those of minutes by --freq 1m"
                : request.input.store.empty()   ? "see --report FILE"
                                                : "import some");
  // Every bar is a row, also one on a day too thin for a session.
  Date end{std::max(market->sessions.back(), market->last_bar(instrument).days)};
  if (request.end && *request.end < end) end = *request.end;
  if (end < first) {
    return fail(ErrorCode::session_not_found, shown.code + " has no bar up to " + to_string(end), "--end",
                "its first bar is of " + to_string(first));
  }
  std::vector<std::vector<DayLimit>> limits(1);
  if (wants_limits(request)) {
    const Date from = std::max(first, request.start.value_or(first));
    MOMENTUM_TRY(limits, market->limits(ctx, {&instrument, 1}, from, end));
  }
  const bool minutes = minutes_of(request.frequency) != 0;
  const Cut cut{.session = end,
                .history_days = request.history_days,
                .minutes = minutes,
                .adjust = request.adjust,
                .only = {instrument}};
  const LaneSink sink = [&](const Context& own, std::span<const Lane> lanes) -> Result<void> {
    if (lanes.empty()) return {};
    if (lanes[0].bars.dates.empty() && minutes)
      return fail(ErrorCode::empty_input, "it has no bars of minutes up to " + to_string(end), shown.code,
                  "momentum import --freq 1m brings some in");
    if (!lanes[0].bars.dates.empty()) {
      shown.as_of = Date{lanes[0].bars.dates.back()};
      shown.name = market->name(instrument, shown.as_of);
    }
    MOMENTUM_TRY(shown.rows, rows_of(own, request, lanes[0], actions, limits[0]));
    return {};
  };
  MOMENTUM_TRY_VOID(market->read(ctx, cut, at_frequency(*market, request.frequency, sink)));
  return shown;
}

}  // namespace momentum::engine
