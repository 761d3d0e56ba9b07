#include "momentum/sources/kind_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "kind_rows.h"
#include "plain_table.h"

namespace momentum::sources {
namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;

// The key of a row, as references into it.
auto key_of(const InstrumentFact& row) { return std::tie(row.id, row.from); }
auto key_of(const Suspension& row) { return std::tie(row.id, row.from); }
auto key_of(const SessionDay& row) { return std::tie(row.market, row.date); }
template <class Row>
auto key_of(const Row& row) {
  return std::tie(row.id, row.date);
}

template <class Row>
std::string shown_key(const Row& row) {
  const auto& [whose, day] = key_of(row);
  return day.has_value() ? fmt::format("{} {}", to_string(whose), to_string(day)) : std::string(to_string(whose));
}

constexpr std::string_view kConflict = "two different rows for one key";

template <class Row>
Result<KindTable<Row>> read_kind(const Context& ctx, const std::vector<std::string>& paths, std::string_view kind,
                                 Parsed<Row> (*parse)(const CellRow&)) {
  const KindLayout& layout = *find_kind(kind);
  struct Read {
    Row row;
    Origin origin;
  };
  std::vector<Read> read;
  const auto take = [&](const CellRow& cells, Origin origin) -> std::optional<WrongCell> {
    auto row = parse(cells);
    if (!row) return row.error();
    read.push_back({*std::move(row), origin});
    return std::nullopt;
  };
  MOMENTUM_TRY(TableFiles files, read_table(ctx, paths, layout, take));

  KindTable<Row> out;
  ReadSummary& sum = out.summary;
  for (const RefusedRow& refused : files.refused) ++sum.quarantined_by_reason[refused.reason];
  std::ranges::stable_sort(read, {}, [](const Read& r) { return key_of(r.row); });
  for (auto begin = read.begin(); begin != read.end();) {
    const auto end =
        std::find_if(begin, read.end(), [&](const Read& r) { return key_of(r.row) != key_of(begin->row); });
    if (std::all_of(begin, end, [&](const Read& r) { return r.row == begin->row; })) {
      sum.duplicates += end - begin - 1;
      out.rows.push_back(std::move(begin->row));
    } else {
      sum.quarantined_by_reason[std::string(kConflict)] += end - begin;
      for (auto one = begin; one != end; ++one) {
        files.refused.push_back({one->origin, std::string(layout.columns.front().name), shown_key(one->row),
                                 fmt::format("two different rows for {}", shown_key(one->row))});
      }
    }
    begin = end;
  }
  std::ranges::sort(files.refused, {}, [](const RefusedRow& r) { return std::pair(r.origin.file, r.origin.line); });
  for (RefusedRow& refused : files.refused) {
    out.quarantine.push_back({files.names[refused.origin.file], refused.origin.line, std::move(refused.column),
                              std::move(refused.value), std::move(refused.reason)});
  }
  sum.files = static_cast<std::int64_t>(files.names.size());
  sum.empty_files = std::move(files.empty_files);
  sum.stores = std::move(files.stores);
  sum.rows_in = files.rows_in;
  sum.stored = static_cast<std::int64_t>(out.rows.size());
  sum.quarantined = static_cast<std::int64_t>(out.quarantine.size());
  MOMENTUM_CHECK(sum.rows_in == sum.stored + sum.duplicates + sum.quarantined);
  return out;
}

}  // namespace

std::span<const KindLayout> kind_layouts() {
  static const std::array<KindLayout, 6> kLayouts = {
      KindLayout{"instruments",
                 {{"code", kRequired},
                  {"name", kOptional},
                  {"market", kOptional},
                  {"kind", kOptional},
                  {"board", kOptional},
                  {"list_date", kOptional},
                  {"delist_date", kOptional},
                  {"industry", kOptional},
                  {"alias_of", kOptional},
                  {"from", kOptional},
                  {"to", kOptional}}},
      KindLayout{"calendar", {{"market", kRequired}, {"date", kRequired}}},
      KindLayout{"suspensions", {{"code", kRequired}, {"from", kRequired}, {"to", kRequired}}},
      KindLayout{"factors", {{"code", kRequired}, {"date", kRequired}, {"factor", kRequired}}},
      KindLayout{"actions",
                 {{"code", kRequired},
                  {"date", kRequired},
                  {"cash", kOptional},
                  {"bonus", kOptional},
                  {"transfer", kOptional},
                  {"rights", kOptional},
                  {"rights_price", kOptional}}},
      KindLayout{"limits", {{"code", kRequired}, {"date", kRequired}, {"up", kRequired}, {"down", kRequired}}}};
  return kLayouts;
}

const KindLayout* find_kind(std::string_view name) {
  const auto kinds = kind_layouts();
  const auto at = std::ranges::find(kinds, name, &KindLayout::name);
  return at == kinds.end() ? nullptr : &*at;
}

Result<KindTable<InstrumentFact>> read_instruments(const Context& ctx, const std::vector<std::string>& paths) {
  return read_kind(ctx, paths, "instruments", instrument_of);
}
Result<KindTable<SessionDay>> read_calendar(const Context& ctx, const std::vector<std::string>& paths) {
  return read_kind(ctx, paths, "calendar", session_of);
}
Result<KindTable<Suspension>> read_suspensions(const Context& ctx, const std::vector<std::string>& paths) {
  return read_kind(ctx, paths, "suspensions", suspension_of);
}
Result<KindTable<FactorPoint>> read_factors(const Context& ctx, const std::vector<std::string>& paths) {
  return read_kind(ctx, paths, "factors", factor_of);
}
Result<KindTable<CorporateAction>> read_actions(const Context& ctx, const std::vector<std::string>& paths) {
  return read_kind(ctx, paths, "actions", action_of);
}
Result<KindTable<PriceLimit>> read_limits(const Context& ctx, const std::vector<std::string>& paths) {
  return read_kind(ctx, paths, "limits", limit_of);
}

}  // namespace momentum::sources
