// The spine: input -> market -> lanes -> graph -> score -> rank.

#include "momentum/engine/scan.h"

#include <algorithm>
#include <functional>

#include "filters.h"
#include "frequency.h"
#include "market.h"
#include "records.h"
#include "scoring.h"
#include "stages.h"

namespace momentum::engine {

Result<score::Scan> scan(const Context& ctx, const ScanRequest& request, InputReport* report) {
  MOMENTUM_TRY_VOID(check(request));
  Stages stages;
  Stages::Timer whole(&stages, Stages::whole), stage(&stages, Stages::open);
  MOMENTUM_TRY(const auto market, open_market(ctx, request.input, request.frequency, report));
  stage.stop();
  MOMENTUM_TRY(const Filters filters, resolve_filters(*market, request));
  score::Scan scan;
  MOMENTUM_TRY(scan.as_of, session_of(*market, request, scan.notes));
  scan.requested_as_of = request.as_of.value_or(scan.as_of);
  MOMENTUM_TRY(Scoring scoring, Scoring::prepare(*market, request, scan.as_of, filters.explain, &stages));

  Cut cut{.session = scan.as_of,
          .history_days = request.history_days,
          .minutes = minutes_of(request.frequency) != 0,
          .adjust = request.adjust,
          .stages = &stages};
  bool all = true;
  if (Cut narrow = cut; scoring.narrow(narrow)) {
    const LaneSink last_rows = at_frequency(*market, request.frequency, std::bind_front(&Scoring::latest, &scoring));
    MOMENTUM_TRY_VOID(market->read(ctx, narrow, last_rows));
    cut.only = scoring.take_unsettled();
    all = false;
  }
  const LaneSink whole_lanes = at_frequency(*market, request.frequency, std::bind_front(&Scoring::whole, &scoring));
  if (all || !cut.only.empty()) MOMENTUM_TRY_VOID(market->read(ctx, cut, whole_lanes));

  stage.next(Stages::rank);
  std::vector<score::Record> records = scoring.take_records();
  const auto listed = std::ranges::count_if(
      records, [](const score::Record& record) { return record.status != score::Status::delisted; });
  describe(*market, request, scoring.trading(), static_cast<std::size_t>(listed), scan);
  rank(std::move(records), filters, request, scan);
  stage.stop();
  whole.stop();
  scan.stages = stages.seconds();
  return scan;
}

}  // namespace momentum::engine
