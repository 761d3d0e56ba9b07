#include "momentum/engine/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "factor_events.h"
#include "identity.h"
#include "import_rules.h"
#include "memory_need.h"
#include "momentum/store/ingest.h"
#include "stored_days.h"
#include "writing.h"

namespace momentum::engine {
namespace {

constexpr std::string_view kGroup = "a";

std::string arguments_of(const DemoRequest& request) {
  const sources::DemoOptions& options = request.market;
  return fmt::format("--stocks {} --years {} --seed {} --end {}{} (version {})", options.stocks, options.years,
                     options.seed, to_string(options.end),
                     request.minutes == 0 ? "" : fmt::format(" --minutes {}", request.minutes), sources::kDemoVersion);
}

catalog::InstrumentRecord record_of(const sources::DemoMarket& market, std::size_t i) {
  const sources::DemoInstrument& stock = market.instrument(i);
  catalog::InstrumentRecord record = new_record(static_cast<catalog::InstrumentId>(i), stock.id);
  record.kind = stock.kind;
  record.board = stock.board;
  Date last = stock.delist_date;  // is the first day after its listing
  if (last.has_value()) last = *std::prev(std::ranges::lower_bound(market.sessions(), last));
  record.listings = {{stock.list_date, last}};
  for (const sources::DemoName& name : stock.names) record.names.push_back({name.from, name.name});
  record.industries = {{stock.list_date, stock.industry}};
  record.price_basis = {{stock.list_date, "raw"}};
  return record;
}

// Counts bars per session as the market passes by.
class SessionCounts {
 public:
  explicit SessionCounts(std::span<const Date> sessions) : sessions_(sessions), bars_(sessions.size()) {}

  void add(std::span<const std::int32_t> days) {
    std::size_t at = 0;
    for (const std::int32_t day : days) {
      while (sessions_[at].days < day) ++at;
      bars_[at].fetch_add(1, std::memory_order_relaxed);
    }
  }
  catalog::MarketDays days() const {
    catalog::MarketDays out{std::string(kGroup), {sessions_.begin(), sessions_.end()}, {}};
    for (const auto& bars : bars_) out.bars.push_back(bars.load());
    return out;
  }

 private:
  std::span<const Date> sessions_;
  std::vector<std::atomic<std::int32_t>> bars_;
};

// A store for these options alone: a new one, or what a killed maker left, which is empty.
Result<Writing> open_empty(const Context& ctx, const DemoRequest& request, const std::string& arguments) {
  catalog::StoreInfo info;
  info.storage = request.storage.value_or(info.storage);
  info.compression = request.compression.value_or(info.compression);
  info.synthetic = true;
  info.arguments = arguments;
  info.tool_version = request.tool_version;
  MOMENTUM_TRY(Writing to, open_for_writing(ctx, request.store, request.lock_wait, info));
  const catalog::StoreInfo& has = to.state.info;
  const bool same =
      has.synthetic && has.arguments == arguments && has.storage == info.storage && has.compression == info.compression;
  if (to.state.snapshot.id > 1 || !same) {
    return fail(ErrorCode::store_exists, "a store stands here already", request.store,
                "a demo market needs a folder of its own: choose one with --store DIR");
  }
  return to;
}

// Of the last so many sessions.
Result<void> put_minutes(const Context& ctx, const sources::DemoMarket& market, int days, const std::string& arguments,
                         Writing& to, DemoReport& report) {
  MOMENTUM_TRY(to.state, to.catalog.load());
  const Date from = market.sessions()[market.sessions().size() - static_cast<std::size_t>(days)];
  std::vector<store::Incoming> incoming;
  for (const catalog::InstrumentRecord& record : to.state.instruments) incoming.push_back({record});
  MOMENTUM_TRY(const Context writing,
               writing_context(ctx, to.state, std::int64_t{240} * days * static_cast<std::int64_t>(market.size()), 0));
  const store::IngestOptions options{
      .dataset = store::Dataset::minute, .op = "demo", .note = arguments, .newest = market.sessions().back()};
  MOMENTUM_TRY(const store::Outcome outcome,
               store::ingest(
                   writing, to.lock, to.catalog, to.state, incoming,
                   [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> { return market.minutes(i, from).bars; },
                   {}, {}, options));
  report.minutes = outcome.stored;
  report.snapshot = outcome.snapshot.id;
  return {};
}

}  // namespace

Result<DemoReport> make_demo(const Context& ctx, const DemoRequest& request) {
  MOMENTUM_TRY(const sources::DemoMarket market, sources::DemoMarket::make(request.market));
  const auto sessions = static_cast<std::int64_t>(market.sessions().size());
  if (request.minutes < 0 || request.minutes > sessions)
    return fail(ErrorCode::bad_value, fmt::format("minutes of {} of {} sessions", request.minutes, sessions),
                "--minutes", "give 0 or more, up to all of them");
  const std::string arguments = arguments_of(request);
  MOMENTUM_TRY(Writing to, open_empty(ctx, request, arguments));

  std::vector<store::Incoming> incoming;
  for (std::size_t i = 0; i < market.size(); ++i) incoming.push_back({record_of(market, i)});
  std::vector<std::vector<Date>> suspended(market.size());
  SessionCounts counts(market.sessions());
  const auto bars_of = [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> {
    sources::InstrumentBars bars = market.bars(i);
    suspended[i] = std::move(bars.suspended);
    return bars.bars;
  };
  const auto describe = [&](std::size_t i, const store::Merged& merged,
                            catalog::InstrumentRecord& record) -> Result<void> {
    record.suspended = std::move(suspended[i]);
    record.factors = factor_events(record, {.days = merged.dates,
                                            .close = merged.close,
                                            .preclose = merged.preclose,
                                            .sessions = {&market.sessions().front().days, market.sessions().size()},
                                            .stored = {},
                                            .touched = {}});
    counts.add(merged.dates);
    return {};
  };
  MOMENTUM_TRY(const Context writing,
               writing_context(ctx, to.state, sessions * static_cast<std::int64_t>(market.size()), 0));
  const store::IngestOptions options{.op = "demo", .note = arguments, .newest = market.sessions().back()};
  MOMENTUM_TRY(const store::Outcome outcome,
               store::ingest(
                   writing, to.lock, to.catalog, to.state, incoming, bars_of, describe,
                   [&]() -> Result<std::vector<catalog::MarketDays>> { return std::vector{counts.days()}; }, options));
  DemoReport report{.instruments = static_cast<std::int64_t>(market.size()),
                    .bars = outcome.stored,
                    .sessions = sessions,
                    .first = market.sessions().front(),
                    .last = market.sessions().back(),
                    .snapshot = outcome.snapshot.id};
  if (request.minutes > 0) MOMENTUM_TRY_VOID(put_minutes(ctx, market, request.minutes, arguments, to, report));
  return report;
}

}  // namespace momentum::engine
