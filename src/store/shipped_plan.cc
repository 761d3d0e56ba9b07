#include "momentum/store/shipped_plan.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "momentum/catalog/packed.h"
#include "momentum/catalog/state_bytes.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

constexpr std::string_view kMagic = "momentum plan";
// The first version that says which dataset. Days, which need not be said, are still sent as the one before.
constexpr std::uint8_t kOtherDatasets = 2;
constexpr std::int64_t kMostRowsPerBatch = std::int64_t{1} << 40;

void put(catalog::PackedWriter& out, const Need& need) {
  out.count(need.columns.size());
  for (const std::string& column : need.columns) out.text(column);
  out.count(need.latest_rows.size());
  for (const auto& [column, rows] : need.latest_rows) {
    out.text(column);
    out.integer(rows);
  }
  out.date(need.first);
  out.date(need.last);
  out.count(need.instruments.size());
  for (const catalog::InstrumentId id : need.instruments) out.integer(id);
  if (need.dataset != Dataset::daily) out.text(to_string(need.dataset));
}

Need get_need(catalog::PackedReader& in) {
  Need need;
  need.columns.resize(in.count());
  for (std::string& column : need.columns) column = in.text();
  const std::size_t latest = in.count();
  for (std::size_t k = 0; k < latest; ++k) {
    std::string column(in.text());
    const std::int64_t rows = in.integer();
    if (rows < 0 || !need.latest_rows.emplace(std::move(column), rows).second) in.refuse();
  }
  need.first = in.date();
  need.last = in.date();
  need.instruments.resize(in.count());
  for (catalog::InstrumentId& id : need.instruments) id = in.small();
  if (!std::ranges::is_sorted(need.instruments)) in.refuse();
  if (in.version() >= kOtherDatasets) {
    const std::optional<Dataset> dataset = dataset_named(in.text());
    if (!dataset) in.refuse();
    need.dataset = dataset.value_or(Dataset::daily);
  }
  return need;
}

bool touches(const Need& need, Date first, Date last) {
  return (!need.first.has_value() || last >= need.first) && (!need.last.has_value() || first <= need.last);
}

Error of_plan(Error error) {
  if (error.code == ErrorCode::damaged_store) {
    error.what = "a damaged plan (" + error.what + ")";
    error.remedy = "make and send it again";
  }
  return error;
}

Result<ShippedPlan> read(std::span<const std::byte> bytes, std::string_view where) {
  MOMENTUM_TRY(catalog::PackedReader in, catalog::open_packed(bytes, kPlanVersion, where));
  if (in.text() != kMagic) return catalog::damaged("no plan", where);
  ShippedPlan plan;
  plan.need = get_need(in);
  plan.options.rows_per_batch = in.integer();
  if (plan.options.rows_per_batch <= 0 || plan.options.rows_per_batch > kMostRowsPerBatch) in.refuse();
  const std::string_view state = in.text();
  MOMENTUM_TRY_VOID(in.finish(where));
  MOMENTUM_TRY(plan.state, catalog::unpack_state(std::as_bytes(std::span(state)), where, catalog::Scope::part));
  return plan;
}

}  // namespace

catalog::State part_of(const catalog::State& state, const Need& need) {
  std::vector<bool> wanted(state.instruments.size(), need.instruments.empty());
  for (const catalog::InstrumentId id : need.instruments)
    if (id >= 0 && static_cast<std::size_t>(id) < wanted.size()) wanted[static_cast<std::size_t>(id)] = true;

  catalog::State part{.info = state.info,
                      .snapshot = state.snapshot,
                      .instruments = std::vector<catalog::InstrumentRecord>(wanted.size()),
                      .coverage = std::vector<catalog::Coverage>(wanted.size()),
                      .files = {},
                      .sessions = state.sessions,
                      .calendars = state.calendars,
                      .limits = state.limits};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    part.instruments[i].id = static_cast<catalog::InstrumentId>(i);
    if (!wanted[i]) continue;
    part.instruments[i] = state.instruments[i];
    part.coverage[i] = state.coverage[i];
  }
  for (const catalog::FileRecord& file : state.files) {
    if (!is_of(file, need.dataset)) continue;
    std::vector<catalog::Extent> extents;
    for (const catalog::Extent& extent : file.extents)
      if (wanted[static_cast<std::size_t>(extent.instrument)] && touches(need, extent.first, extent.last))
        extents.push_back(extent);
    if (extents.empty()) continue;
    catalog::FileRecord& kept = part.files.emplace_back(file);
    kept.extents = std::move(extents);
  }
  return part;
}

std::vector<std::byte> pack_plan(const catalog::State& state, const Need& need, PlanOptions options) {
  catalog::PackedWriter out(need.dataset == Dataset::daily ? kOtherDatasets - 1 : kOtherDatasets);
  out.text(kMagic);
  put(out, need);
  out.integer(options.rows_per_batch);
  const std::vector<std::byte> part = catalog::pack_state(part_of(state, need), catalog::Scope::part);
  out.text({reinterpret_cast<const char*>(part.data()), part.size()});
  return catalog::bytes_of(std::move(out).seal());
}

Result<ShippedPlan> unpack_plan(std::span<const std::byte> bytes, std::string_view where) {
  auto plan = read(bytes, where);
  if (!plan) return std::unexpected(of_plan(std::move(plan).error()));
  return plan;
}

}  // namespace momentum::store
