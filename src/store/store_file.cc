#include <fmt/format.h>

#include <optional>
#include <utility>

#include "momentum/catalog/catalog.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

using formats::ColumnSpec;
using formats::Physical;

constexpr std::string_view kStoreKey = "store";
constexpr std::string_view kPathKey = "path";
// A published copy is one; and in it, a file that is gone or cut comes back when the store is published again.
constexpr std::string_view kRemedy =
    "restore it from a copy of the store (in a published copy: remove it, and publish again)";

constexpr std::array<std::string_view, 3> kPhysicals = {"int32", "int64", "float64"};
constexpr std::array<std::string_view, 4> kEncodings = {"plain", "dictionary", "delta", "byte_stream_split"};
constexpr std::array<std::string_view, 5> kCodecs = {"none", "lz4", "snappy", "zstd", "gzip"};

// How a column is stored does not matter.
bool same_content(const ColumnSpec& a, const ColumnSpec& b) {
  return a.name == b.name && a.physical == b.physical && a.scale == b.scale && a.date == b.date &&
         a.required == b.required;
}

// What is wrong with the opened file; empty: nothing.
std::string difference(const formats::DataFileReader& reader, std::string_view uuid, const catalog::FileRecord& file) {
  if (reader.metadata() != identity_of(uuid, file.path)) return "another file under its name";
  if (reader.specs().size() != file.columns.size()) return "other columns than the catalog says";
  for (std::size_t c = 0; c < file.columns.size(); ++c) {
    const catalog::ColumnRecord found = record_of(reader.specs()[c], file.columns[c].reason);
    if (found != file.columns[c]) return fmt::format("column {} is not as the catalog says", file.columns[c].name);
  }
  const std::vector<ColumnSpec> keys = key_specs(dataset_named(file.dataset).value_or(Dataset::daily));
  for (std::size_t c = 0; c < keys.size(); ++c) {
    if (c >= reader.specs().size() || !same_content(reader.specs()[c], keys[c]))
      return "its rows have no instrument and date";
  }
  if (reader.groups().size() != file.row_groups.size()) return "other row groups than the catalog says";
  for (std::size_t g = 0; g < file.row_groups.size(); ++g) {
    const formats::RowGroupPlace& found = reader.groups()[g];
    const catalog::RowGroupRecord& said = file.row_groups[g];
    if (found.rows != said.rows || found.offset != said.offset || found.bytes != said.bytes)
      return fmt::format("row group {} is not as the catalog says", g);
  }
  return {};
}

}  // namespace

formats::FileForm form_of_file(std::string_view path) noexcept {
  return formats::form_of(path).value_or(formats::FileForm::parquet);
}

std::vector<ColumnSpec> key_specs(Dataset dataset) {
  std::vector<ColumnSpec> out;
  for (const std::string_view name : {kInstrumentColumn, kDateColumn, kMinuteColumn}) {
    if (name == kMinuteColumn && dataset != Dataset::minute) continue;
    ColumnSpec& key = out.emplace_back(column_spec(std::string(name), Physical::int32));
    key.required = true;
    key.date = name == kDateColumn;
  }
  return out;
}

bool is_of(const catalog::FileRecord& file, Dataset dataset) noexcept { return file.dataset == to_string(dataset); }

formats::FileMetadata identity_of(std::string_view store_uuid, std::string_view path) {
  return {{std::string(kStoreKey), std::string(store_uuid)}, {std::string(kPathKey), std::string(path)}};
}

catalog::ColumnRecord record_of(const ColumnSpec& spec, std::string reason) {
  return {.name = spec.name,
          .physical = std::string(kPhysicals[static_cast<std::size_t>(spec.physical)]),
          .scale = spec.scale,
          .encoding = std::string(kEncodings[static_cast<std::size_t>(spec.encoding)]),
          .codec = std::string(kCodecs[static_cast<std::size_t>(spec.codec)]),
          .level = spec.codec == formats::Codec::zstd || spec.codec == formats::Codec::gzip ? spec.level : 0,
          .reason = std::move(reason)};
}

std::unexpected<Error> damaged_file(std::string why, std::string path) {
  return fail(ErrorCode::damaged_store, fmt::format("damaged data file ({})", why), std::move(path),
              std::string(kRemedy));
}

Error of_store(Error error) {
  switch (error.code) {
    case ErrorCode::file_not_found: return damaged_file("it is gone", std::move(error.where)).error();
    case ErrorCode::unreadable_data:
      error.code = ErrorCode::damaged_store;
      error.remedy = kRemedy;
      return error;
    default: return error;
  }
}

namespace {

// A file that gc took while a reader was on its way to it: no damage.
std::optional<Error> removed_by_gc(const std::string& folder, const catalog::FileRecord& file,
                                   const std::string& path) {
  const auto catalog = catalog::Catalog::open(folder);
  if (!catalog) return {};
  const auto removed = catalog->removed(file.id);
  if (!removed || !removed->has_value()) return {};
  return Error{ErrorCode::snapshot_not_found, "gc dropped this state while it was being read", path,
               "run the command again; pin a snapshot that must stay (momentum store pin)"};
}

}  // namespace

Result<std::unique_ptr<formats::DataFileReader>> open_data_file(const std::string& folder, std::string_view store_uuid,
                                                                const catalog::FileRecord& file) {
  const std::string path = folder + "/" + file.path;
  auto reader = formats::open_data_file(form_of_file(file.path), path, file.bytes);
  if (!reader && reader.error().code == ErrorCode::file_not_found) {
    if (auto removed = removed_by_gc(folder, file, path)) return std::unexpected(*std::move(removed));
  }
  if (!reader) return std::unexpected(of_store(std::move(reader).error()));
  if (std::string why = difference(**reader, store_uuid, file); !why.empty()) return damaged_file(std::move(why), path);
  return reader;
}

Result<std::unique_ptr<formats::DataFileReader>> open_data_file(const formats::Folder& folder,
                                                                std::string_view store_uuid,
                                                                const catalog::FileRecord& file) {
  const std::string path = folder.name_of(file.path);
  auto source = folder.open(file.path);
  if (!source) return std::unexpected(of_store(std::move(source).error()));
  auto reader = formats::open_data_file(form_of_file(file.path), *std::move(source), path, file.bytes);
  if (!reader) return std::unexpected(of_store(std::move(reader).error()));
  if (std::string why = difference(**reader, store_uuid, file); !why.empty()) return damaged_file(std::move(why), path);
  return reader;
}

Result<void> read_times(const formats::DataFileReader& reader, std::size_t group, Dataset dataset,
                        std::vector<std::int32_t>& times) {
  times.resize(static_cast<std::size_t>(reader.groups()[group].rows));
  MOMENTUM_TRY_VOID(reader.read(group, *reader.find(kDateColumn), times));
  if (dataset == Dataset::daily) return {};
  std::vector<std::int32_t> minutes(times.size());
  MOMENTUM_TRY_VOID(reader.read(group, *reader.find(kMinuteColumn), minutes));
  for (std::size_t k = 0; k < times.size(); ++k) times[k] = time_of({times[k]}, minutes[k]);
  return {};
}

}  // namespace momentum::store
