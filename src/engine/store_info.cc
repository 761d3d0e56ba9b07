#include "momentum/engine/store_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "momentum/formats/data_file.h"
#include "momentum/formats/folder.h"
#include "momentum/store/dataset.h"
#include "momentum/store/published.h"

namespace momentum::engine {
namespace {

const std::string_view kDaily = store::to_string(store::Dataset::daily);
const std::string_view kMinutes = store::to_string(store::Dataset::minute);

std::string form_of(const catalog::ColumnRecord& column) {
  if (column.name == "date") return fmt::format("date on {}", column.physical);
  if (column.scale < 0) return column.physical;
  return fmt::format("decimal({},{}) on {}", column.physical == "int64" ? 18 : 9, column.scale, column.physical);
}

std::string codec_of(const catalog::ColumnRecord& column) {
  return column.codec == "zstd" ? fmt::format("zstd {}", column.level) : column.codec;
}

// What a file of the catalog must be to be its file; content is for `momentum store verify`.
Result<std::unique_ptr<formats::DataFileReader>> open_file(const formats::Folder& folder,
                                                           const catalog::FileRecord& file) {
  const std::string path = folder.name_of(file.path);
  const auto open = [&]() -> Result<std::unique_ptr<formats::DataFileReader>> {
    MOMENTUM_TRY(auto source, folder.open(file.path));
    return formats::open_data_file(formats::form_of(file.path).value_or(formats::FileForm::parquet), std::move(source),
                                   path, file.bytes);
  };
  auto reader = open();
  if (reader && (*reader)->rows() == file.rows && (*reader)->specs().size() == file.columns.size()) return reader;
  if (!reader && reader.error().category() != Category::not_found && reader.error().category() != Category::bad_data)
    return reader;
  return fail(ErrorCode::damaged_store,
              "the store is damaged: " + (reader ? "not the file of the catalog" : reader.error().what), path,
              "restore this file from a copy of the store");
}

void add_columns(const formats::DataFileReader& reader, const catalog::FileRecord& file,
                 std::vector<ColumnSummary>& columns) {
  for (std::size_t c = 0; c < file.columns.size(); ++c) {
    const catalog::ColumnRecord& record = file.columns[c];
    ColumnSummary one{record.name, form_of(record), record.encoding, codec_of(record), 0, 0, 0, {}, 0, file.dataset};
    auto at = std::ranges::find_if(columns, [&](const ColumnSummary& other) {
      return other.dataset == one.dataset && other.name == one.name && other.form == one.form &&
             other.encoding == one.encoding && other.codec == one.codec;
    });
    if (at == columns.end()) {
      // beside the other forms of this column
      const auto last = std::find_if(columns.rbegin(), columns.rend(), [&](const ColumnSummary& other) {
        return other.dataset == one.dataset && other.name == one.name;
      });
      at = columns.insert(last == columns.rend() ? columns.end() : last.base(), std::move(one));
    }
    ++at->files;
    at->rows += file.rows;
    if (file.rows > at->reason_rows) {
      at->reason = record.reason;
      at->reason_rows = file.rows;
    }
    for (std::size_t group = 0; group < reader.groups().size(); ++group) at->bytes += reader.bytes(group, c);
  }
}

void count_instruments(const catalog::State& state, StoreSummary& out) {
  for (const catalog::Coverage& coverage : state.coverage) {
    if (coverage.bars == 0) continue;
    ++out.instruments_with_bars;
    out.bars += coverage.bars;
    out.first = out.first.has_value() ? std::min(out.first, coverage.first) : coverage.first;
    out.last = std::max(out.last, coverage.last);
  }
  for (const catalog::InstrumentRecord& record : state.instruments) {
    out.corporate_actions += static_cast<std::int64_t>(record.actions.size());
    for (const catalog::FactorEvent& event : record.factors) ++(event.link ? out.factor_events : out.unverified_links);
  }
}

void count_minutes(const catalog::State& state, MinutesSummary& out) {
  std::vector<bool> has(state.instruments.size());
  for (const catalog::FileRecord& file : state.files) {
    if (file.dataset != kMinutes) continue;
    out.bars += file.rows;
    out.bytes += file.bytes;
    out.first = out.first.has_value() ? std::min(out.first, file.first) : file.first;
    out.last = std::max(out.last, file.last);
    for (const catalog::Extent& extent : file.extents) has[static_cast<std::size_t>(extent.instrument)] = true;
  }
  out.instruments = std::ranges::count(has, true);
}

void count_levels(const catalog::State& state, std::string_view dataset, StoreSummary& out) {
  for (const catalog::Level level : {catalog::Level::base, catalog::Level::year, catalog::Level::tail}) {
    LevelSummary one{level, 0, 0, 0, std::string(dataset)};
    for (const catalog::FileRecord& file : state.files) {
      if (file.level != level || file.dataset != dataset) continue;
      ++one.files;
      one.rows += file.rows;
      one.bytes += file.bytes;
    }
    if (one.files > 0) out.levels.push_back(one);
  }
}

}  // namespace

std::string_view to_string(catalog::Level level) noexcept {
  switch (level) {
    case catalog::Level::tail: return "tail";
    case catalog::Level::year: return "year";
    case catalog::Level::base: break;
  }
  return "base";
}

std::string compression_text(int compression) {
  return compression == catalog::kCompatCompression ? "compat" : fmt::format("{}", compression);
}

std::optional<int> compression_of(std::string_view text) noexcept {
  if (text == "compat") return catalog::kCompatCompression;
  if (text.size() != 1 || text[0] < '0' || text[0] > '9') return {};
  return text[0] - '0';
}

int store_format_version() noexcept { return catalog::kStoreFormatVersion; }

Result<StoreSummary> describe_store(const Context& ctx, const std::string& folder, catalog::SnapshotId snapshot) {
  MOMENTUM_TRY(const catalog::State state,
               store::load_state(ctx, folder, snapshot == 0 ? std::nullopt : std::optional(snapshot)));
  StoreSummary out;
  out.folder = folder;
  out.info = state.info;
  out.snapshot = state.snapshot;
  out.instruments = static_cast<std::int64_t>(state.instruments.size());
  out.bytes = state.snapshot.counts.bytes;
  out.price_limits = state.limits;
  count_instruments(state, out);
  count_minutes(state, out.minutes);
  for (const std::string_view dataset : {kDaily, kMinutes}) count_levels(state, dataset, out);
  for (const catalog::MarketDays& market : state.sessions) {
    if (market.days.empty()) continue;
    out.sessions.push_back({market.market, static_cast<std::int64_t>(market.days.size()), market.days.front(),
                            market.days.back(), market.bars.empty() ? 0 : market.bars.back()});
  }
  MOMENTUM_TRY(const auto files, formats::open_folder(folder));
  for (const std::string_view dataset : {kDaily, kMinutes}) {
    for (const catalog::FileRecord& file : state.files) {
      if (file.dataset != dataset) continue;
      if (ctx.cancelled()) return Context::interrupted();
      MOMENTUM_TRY(const auto reader, open_file(*files, file));
      add_columns(*reader, file, out.columns);
    }
  }
  return out;
}

}  // namespace momentum::engine
