// The spine: input -> market -> lanes -> panel -> graph -> score -> rank.

#include "momentum/engine/scan.h"

#include <algorithm>
#include <mutex>

#include "filters.h"
#include "market.h"
#include "reasons.h"
#include "records.h"
#include "scored_panel.h"
#include "stages.h"

namespace momentum::engine {

Result<score::Scan> scan(const Context& ctx, const ScanRequest& request, InputReport* report) {
  MOMENTUM_TRY_VOID(check(request));
  Stages stages;
  Stages::Timer whole(&stages, Stages::whole), stage(&stages, Stages::open);
  MOMENTUM_TRY(const auto market, open_market(ctx, request.input, report));
  stage.stop();
  MOMENTUM_TRY(const Filters filters, resolve_filters(*market, request));
  score::Scan scan;
  MOMENTUM_TRY(scan.as_of, session_of(*market, request, scan.notes));
  scan.requested_as_of = request.as_of.value_or(scan.as_of);
  MOMENTUM_TRY(const Profile profile, classic_profile(request.adjust));
  MOMENTUM_TRY(const expr::Program program, compile(profile, record_outputs(profile), panel_columns(request.adjust)));

  std::mutex mutex;
  std::vector<score::Record> records;
  std::size_t trading = 0;
  const auto score_lanes = [&](const Context& own, std::span<const Lane> lanes) -> Result<void> {
    Stages::Timer step(&stages, Stages::panel);
    MOMENTUM_TRY(const panel::Panel panel, panel_of(lanes, request.adjust));
    LastRows last(panel, program.outputs.size());
    step.next(Stages::compute);
    MOMENTUM_TRY_VOID(expr::evaluate(own, program, panel, [&](const expr::Stretch& s) { last.keep(s); }));
    step.next(Stages::records);
    std::vector<score::Record> some;
    for (std::size_t i = 0; i < lanes.size(); ++i)
      some.push_back(make_record(*market, lanes[i], scan.as_of, request, last, i));
    MOMENTUM_TRY_VOID(explain_missing(own, profile, lanes, request, scan.as_of, some));
    MOMENTUM_TRY_VOID(add_ingredients(own, profile, lanes, request.adjust, filters.explain, some));
    const std::lock_guard lock(mutex);
    std::ranges::move(some, std::back_inserter(records));
    trading += static_cast<std::size_t>(std::ranges::count_if(lanes, [&](const Lane& lane) {
      return !lane.bars.dates.empty() && lane.bars.dates.back() == scan.as_of.days;
    }));
    return {};
  };
  const Cut cut{
      .session = scan.as_of, .history_days = request.history_days, .adjust = request.adjust, .stages = &stages};
  MOMENTUM_TRY_VOID(market->read(ctx, cut, score_lanes));
  stage.next(Stages::rank);
  MOMENTUM_TRY_VOID(market->complete(ctx, records));
  const auto listed = std::ranges::count_if(
      records, [](const score::Record& record) { return record.status != score::Status::delisted; });
  describe(*market, request, trading, static_cast<std::size_t>(listed), scan);
  rank(std::move(records), filters, request, scan);
  stage.stop();
  whole.stop();
  scan.stages = stages.seconds();
  return scan;
}

}  // namespace momentum::engine
