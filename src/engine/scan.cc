// The spine: files -> market -> lanes -> panel -> graph -> score -> rank.

#include "momentum/engine/scan.h"

#include "filters.h"
#include "market.h"
#include "reasons.h"
#include "records.h"
#include "scored_panel.h"

namespace momentum::engine {

Result<score::Scan> scan(const Context& ctx, const ScanRequest& request, InputReport* report) {
  MOMENTUM_TRY_VOID(check(request));
  MOMENTUM_TRY(const Market market, open_market(ctx, request.input, report));
  MOMENTUM_TRY(const Filters filters, resolve_filters(market, request));
  score::Scan scan;
  MOMENTUM_TRY(scan.as_of, session_of(market, request, scan.notes));
  scan.requested_as_of = request.as_of.value_or(scan.as_of);

  const std::vector<Lane> lanes = cut(market, scan.as_of, request.history_days, request.adjust);
  MOMENTUM_TRY(const panel::Panel panel, panel_of(lanes, request.adjust));
  MOMENTUM_TRY(const Profile profile, classic_profile(request.adjust));
  MOMENTUM_TRY(const expr::Program program, compile(profile, record_outputs(profile), panel));
  LastRows last(panel, program.outputs.size());
  MOMENTUM_TRY_VOID(expr::evaluate(ctx, program, panel, [&](const expr::Stretch& s) { last.keep(s); }));

  std::vector<score::Record> records;
  for (std::size_t i = 0; i < lanes.size(); ++i)
    records.push_back(make_record(market, lanes[i], scan.as_of, request, last, i));
  MOMENTUM_TRY_VOID(explain_missing(ctx, profile, lanes, request, scan.as_of, records));
  MOMENTUM_TRY_VOID(add_ingredients(ctx, profile, lanes, request.adjust, filters.explain, records));
  describe(market, request, records, scan);
  rank(std::move(records), filters, request, scan);
  return scan;
}

}  // namespace momentum::engine
