#include "momentum/engine/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>

#include "frequency.h"
#include "lane_columns.h"
#include "momentum/base/progress.h"
#include "momentum/formats/export_file.h"
#include "momentum/kernels/tile.h"
#include "momentum/score/classic.h"
#include "scored_panel.h"
#include "store_market.h"

namespace momentum::engine {
namespace {

// What is together in memory: numbers of the rows that are read at once.
constexpr std::size_t kPartBytes = std::size_t{96} << 20;

const std::vector<std::string> kUsualColumns{"open", "high", "low", "close", "volume", "amount"};
const std::vector<std::string> kStoredColumns{"turnover", "float_value", "total_value", "is_st",
                                              "pe_ttm",   "pb",          "ps_ttm",      "pcf_ttm"};

bool contains(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

// The wanted columns, and where each comes from.
struct Columns {
  std::vector<std::string> names;  // each once, in the order in which they were named
  std::vector<std::string> stored;  // of kStoredColumns: those among them
  std::vector<const score::Column*> lines;  // of the profile: those among them
  bool limits = false;  // price limits are among them
  bool from_origin = false;  // one of them depends on bars before the first one shown
};

Result<Columns> columns_of(const ExportRequest& request) {
  Columns out;
  std::vector<std::string> plain;  // of bars
  const Lane nothing{};
  LaneColumns of_bars(nothing, request.adjust);
  of_bars.bars();
  of_bars.extras({}, {}, {});
  for (const LaneColumn& column : of_bars.take()) plain.push_back(column.name);
  std::vector<std::string> all = plain;
  for (const score::Column& column : score::classic_columns()) all.emplace_back(column.name);
  all.insert(all.end(), kStoredColumns.begin(), kStoredColumns.end());
  for (const std::string& name : request.columns.empty() ? kUsualColumns : request.columns) {
    if (name == "date" || name == "code" || contains(out.names, name)) continue;
    if (!contains(all, name)) return no_such_column(name, all);
    const bool is_limit = name == "up_limit" || name == "down_limit";
    if (request.frequency != Frequency::day && (contains(kStoredColumns, name) || name == "adj_volume" || is_limit))
      return fail(ErrorCode::bad_value, fmt::format("{} is of days", name), "--freq",
                  fmt::format("leave it out, or {}", name));
    out.names.push_back(name);
    if (contains(kStoredColumns, name)) out.stored.push_back(name);
    out.limits = out.limits || is_limit;
    if (name == "factor" || name == "adj_volume") out.from_origin = true;
  }
  if (out.names.empty())
    return fail(ErrorCode::bad_value, "no column but code and date", "--columns", "name one more, or leave it out");
  for (const score::Column& column : score::classic_columns())
    if (contains(out.names, std::string(column.name))) out.lines.push_back(&column);
  out.from_origin = out.from_origin || request.adjust != Adjust::none;
  if (minutes_of(request.frequency) != 0) out.from_origin = false;  // their factors are those of their days
  const bool begins_before = request.frequency == Frequency::week || request.frequency == Frequency::month;
  out.from_origin = out.from_origin || begins_before || !out.lines.empty();
  return out;
}

// The rows of one instrument that are to be written.
struct Rows {
  std::size_t instrument = 0;
  std::vector<std::int32_t> dates, minutes;
  std::vector<std::vector<double>> columns;
};

class Export {
 public:
  static Result<Export> prepare(const Context& ctx, const ExportRequest& request) {
    MOMENTUM_TRY(Columns columns, columns_of(request));
    MOMENTUM_TRY(StoreMarket market,
                 StoreMarket::open(ctx, {.store = request.store, .snapshot = request.snapshot, .universe = "all"},
                                   minutes_of(request.frequency) != 0));
    MOMENTUM_TRY(Profile profile, classic_profile(request.adjust));
    Export out(request, std::move(columns), std::move(market), std::move(profile));
    MOMENTUM_TRY_VOID(out.choose());
    for (const score::Column* const line : out.columns_.lines)
      out.outputs_.push_back(out.profile_.node(line->definition));
    return out;
  }

  Result<ExportReport> run(const Context& ctx, formats::ExportForm form, const std::string& path) {
    ExportReport report{.adjust_applied = adjust_text(market_, request_.adjust),
                        .synthetic = market_.synthetic,
                        .store_snapshot = market_.snapshot.value_or(0)};
    const formats::ExportTime time = of_minutes() ? formats::ExportTime::minute : formats::ExportTime::day;
    MOMENTUM_TRY(const auto writer, formats::create_export(form, path, time, columns_.names, notes(report)));
    Progress progress(ctx.progress, "exporting", chosen_.size());
    const std::size_t most = rows_at_once(ctx);
    for (std::size_t from = 0; from < chosen_.size();) {
      std::size_t to = from;
      for (std::size_t rows = 0; to < chosen_.size() && (to == from || rows + rows_of(chosen_[to]) <= most); ++to)
        rows += rows_of(chosen_[to]);
      MOMENTUM_TRY(const std::vector<Rows> part, read(ctx, std::span(chosen_).subspan(from, to - from)));
      for (const Rows& rows : part) {
        if (ctx.cancelled()) return Context::interrupted();
        MOMENTUM_TRY_VOID(write(*writer, rows));
        ++report.instruments;
        report.rows += static_cast<std::int64_t>(rows.dates.size());
      }
      progress.advance(to - from);
      from = to;
    }
    MOMENTUM_TRY_VOID(writer->close());
    return report;
  }

 private:
  Export(const ExportRequest& request, Columns columns, StoreMarket market, Profile profile)
      : request_(request), columns_(std::move(columns)), market_(std::move(market)), profile_(std::move(profile)) {}

  bool of_minutes() const { return minutes_of(request_.frequency) != 0; }
  // The days of its bars.
  std::pair<Date, Date> days_of(std::size_t i) const {
    if (of_minutes()) return {market_.minute_bars(i).first, market_.minute_bars(i).last};
    return {market_.first_bar(i), market_.last_bar(i)};
  }

  // Instruments that may have rows, in the order of their codes.
  Result<void> choose() {
    end_ = request_.end.value_or(Date{market_.sessions.back()});
    std::set<std::size_t> wanted;
    for (const std::string& code : request_.codes) {
      MOMENTUM_TRY(const std::size_t at, find_instrument(market_, code));
      wanted.insert(at);
    }
    for (std::size_t i = 0; i < market_.ids.size(); ++i) {
      if (!request_.codes.empty() && !wanted.contains(i)) continue;
      const auto [first, last] = days_of(i);
      if (!first.has_value()) continue;
      if (!request_.end) end_ = std::max(end_, last);  // a day too thin for a session has rows, too
      if (request_.end && first > *request_.end) continue;
      if (request_.start && last < *request_.start) continue;
      chosen_.push_back(i);
    }
    std::ranges::sort(chosen_, {}, [&](std::size_t i) { return to_string(market_.ids[i]); });
    return {};
  }

  formats::FileMetadata notes(const ExportReport& report) const {
    return {{"as_of", to_string(end_)},
            {"adjust_applied", report.adjust_applied},
            {"freq", std::string(to_string(request_.frequency))},
            {"profile", outputs_.empty() ? "" : ScanRequest{}.profile},
            {"numerics", std::to_string(kernels::kNumericsVersion)},
            {"store_snapshot", std::to_string(report.store_snapshot)},
            {"synthetic", report.synthetic ? "true" : "false"}};
  }

  // About: weekdays from the first bar to the last. Of minutes all, however long the bars are that are made of them.
  std::size_t rows_of(std::size_t i) const {
    if (of_minutes()) return static_cast<std::size_t>(market_.minute_bars(i).bars);
    const auto [first, last] = days_of(i);
    const std::int64_t days = last.days - first.days;
    return static_cast<std::size_t>(days * 5 / 7 + 1);
  }

  // Beside what reading needs, which is planned by itself: what is computed and what is written.
  std::size_t rows_at_once(const Context& ctx) const {
    std::size_t bytes = kPartBytes;
    if (ctx.memory_limit > 0) bytes = std::min(bytes, ctx.memory_limit / 8);
    const std::size_t limits = columns_.limits ? sizeof(DayLimit) / sizeof(double) : 0;
    return bytes / (sizeof(double) * (columns_.names.size() + outputs_.size() + limits + 1)) + 1;
  }

  Result<std::vector<Rows>> read(const Context& ctx, std::span<const std::size_t> instruments) const {
    Cut cut{.session = end_,
            .minutes = of_minutes(),
            .adjust = request_.adjust,
            .only = {instruments.begin(), instruments.end()}};
    cut.more = columns_.stored;
    std::ranges::sort(cut.only);
    if (!columns_.from_origin && request_.start) cut.history_days = std::max(0, end_ - *request_.start);
    MOMENTUM_TRY(const KnownLimits limits, limits_of(ctx, instruments));
    std::mutex mutex;
    std::vector<Rows> out;
    const LaneSink sink = [&](const Context& own, std::span<const Lane> lanes) -> Result<void> {
      MOMENTUM_TRY(std::vector<Rows> made, compute(own, lanes, limits));
      const std::lock_guard guard(mutex);
      out.insert(out.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
      return {};
    };
    MOMENTUM_TRY_VOID(market_.read(ctx, cut, at_frequency(market_, request_.frequency, sink)));
    std::ranges::sort(out, {}, [&](const Rows& rows) { return to_string(market_.ids[rows.instrument]); });
    return out;
  }

  // By instrument; none where they are not wanted.
  using KnownLimits = std::map<std::size_t, std::vector<DayLimit>>;
  Result<KnownLimits> limits_of(const Context& ctx, std::span<const std::size_t> instruments) const {
    KnownLimits out;
    if (!columns_.limits) return out;
    Date first = end_;
    for (const std::size_t i : instruments) first = std::min(first, market_.first_bar(i));
    if (request_.start) first = std::max(first, *request_.start);
    MOMENTUM_TRY(auto limits, market_.limits(ctx, instruments, first, end_));
    for (std::size_t k = 0; k < instruments.size(); ++k) out[instruments[k]] = std::move(limits[k]);
    return out;
  }

  Result<std::vector<Rows>> compute(const Context& ctx, std::span<const Lane> lanes, const KnownLimits& limits) const {
    MOMENTUM_TRY(const panel::Panel panel, panel_of(outputs_.empty() ? lanes.first(0) : lanes, request_.adjust));
    MOMENTUM_TRY(AllRows lines, evaluate_rows(ctx, profile_, outputs_, panel));
    std::vector<Rows> out;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      if (lanes[i].bars.dates.empty()) continue;
      MOMENTUM_TRY(Rows rows, rows_of_lane(lanes[i], i, lines, limits));
      if (!rows.dates.empty()) out.push_back(std::move(rows));
    }
    return out;
  }

  Result<Rows> rows_of_lane(const Lane& lane, std::size_t place, AllRows& lines, const KnownLimits& known) const {
    LaneColumns made(lane, request_.adjust);
    made.bars();
    for (std::size_t k = 0; k < outputs_.size(); ++k)
      made.line(std::string(columns_.lines[k]->name), lines.values(place, k), profile_.graph[outputs_[k]].degree);
    const std::vector<double> volumes = volumes_of(lane);
    const RowLimits limits = columns_.limits ? row_limits(lane.bars.dates, known.at(lane.instrument)) : RowLimits{};
    made.extras(volumes, limits.up, limits.down);
    for (std::size_t k = 0; k < columns_.stored.size(); ++k) made.stored(columns_.stored[k], lane.bars.more[k]);
    MOMENTUM_TRY(const std::vector<LaneColumn> chosen, select_columns(made.take(), 0, columns_.names));

    const std::span<const std::int32_t> dates = lane.bars.dates;
    std::size_t first = 0;
    if (request_.start)
      first = static_cast<std::size_t>(std::ranges::lower_bound(dates, request_.start->days) - dates.begin());
    Rows out{.instrument = lane.instrument, .dates = {}, .minutes = {}, .columns = {}};
    out.dates.assign(dates.begin() + static_cast<std::ptrdiff_t>(first), dates.end());
    if (of_minutes())
      out.minutes.assign(lane.bars.minutes.begin() + static_cast<std::ptrdiff_t>(first), lane.bars.minutes.end());
    for (const LaneColumn& column : chosen) {
      std::vector<double>& values = out.columns.emplace_back(out.dates.size());
      for (std::size_t r = first; r < dates.size(); ++r) values[r - first] = column.value(r);
    }
    return out;
  }

  std::vector<double> volumes_of(const Lane& lane) const {
    if (!contains(columns_.names, "adj_volume")) return {};
    const LaneActions actions{market_.actions(lane.instrument), market_.digits(lane.instrument)};
    return level_volumes(lane, additive_input(lane, actions, request_.adjust), request_.adjust);
  }

  Result<void> write(formats::ExportWriter& writer, const Rows& rows) const {
    const Instrument& id = market_.ids[rows.instrument];
    const std::string code = to_string(id), key = fmt::format("{}{}", to_string(id.market), id.symbol);
    return writer.add(
        {.code = code, .key = key, .dates = rows.dates, .minutes = rows.minutes, .columns = rows.columns});
  }

  const ExportRequest& request_;
  Columns columns_;
  StoreMarket market_;
  Date end_;
  std::vector<std::size_t> chosen_;
  Profile profile_;
  std::vector<expr::NodeId> outputs_;
};

}  // namespace

Result<void> check_export_path(const std::string& path) {
  if (formats::export_form_of(path)) return {};
  return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", path), "-o",
              "its suffix says the form: .parquet, .csv or .h5");
}

Result<ExportReport> export_bars(const Context& ctx, const ExportRequest& request, const std::string& path,
                                 const std::string& name) {
  MOMENTUM_TRY_VOID(check_export_path(name));
  MOMENTUM_TRY(Export work, Export::prepare(ctx, request));
  return work.run(ctx, *formats::export_form_of(name), path);
}

}  // namespace momentum::engine
