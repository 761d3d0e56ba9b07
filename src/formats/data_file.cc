#include "momentum/formats/data_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "csv_file_internal.h"
#include "hdf5/hdf5_file_internal.h"
#include "mapped_file_internal.h"
#include "momentum/formats/column_file.h"

namespace momentum::formats {
namespace {

constexpr std::array<std::string_view, 3> kSuffixes = {".parquet", ".h5", ".csv"};
constexpr int kGzipLevel = 6;
constexpr std::array<std::string_view, 3> kWords = {"parquet", "hdf", "csv"};

}  // namespace

std::string_view suffix_of(FileForm form) noexcept { return kSuffixes[static_cast<std::size_t>(form)]; }

std::optional<FileForm> form_of(std::string_view path) noexcept {
  const auto found = std::ranges::find_if(kSuffixes, [&](std::string_view suffix) { return path.ends_with(suffix); });
  if (found == kSuffixes.end()) return {};
  return static_cast<FileForm>(found - kSuffixes.begin());
}

std::optional<FileForm> form_named(std::string_view word) noexcept {
  const auto found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return {};
  return static_cast<FileForm>(found - kWords.begin());
}

std::optional<std::size_t> DataFileReader::find(std::string_view name) const {
  const auto found = std::ranges::find(specs(), name, &ColumnSpec::name);
  if (found == specs().end()) return {};
  return static_cast<std::size_t>(found - specs().begin());
}

Result<std::unique_ptr<DataFileWriter>> create_data_file(FileForm form, const std::string& path,
                                                         std::vector<ColumnSpec> specs, const FileMetadata& metadata) {
  switch (form) {
    case FileForm::hdf5: return create_hdf5_file(path, std::move(specs), metadata);
    case FileForm::csv: return create_csv_file(path, std::move(specs), metadata);
    case FileForm::parquet: break;
  }
  return ColumnFileWriter::create(path, std::move(specs), metadata);
}

Result<std::unique_ptr<DataFileReader>> open_data_file(FileForm form, const std::string& path,
                                                       std::optional<std::int64_t> expected_bytes) {
  MOMENTUM_TRY(std::unique_ptr<MappedFile> file, MappedFile::open(path));
  return open_data_file(form, std::move(file), path, expected_bytes);
}

Result<std::unique_ptr<DataFileReader>> open_data_file(FileForm form, std::unique_ptr<ByteSource> source,
                                                       std::string path, std::optional<std::int64_t> expected_bytes) {
  const std::int64_t size = source->size();
  if (expected_bytes.value_or(size) != size)
    return fail(ErrorCode::unreadable_data,
                fmt::format("a damaged file (it has {} bytes, not {})", size, *expected_bytes), std::move(path),
                "restore it from a copy, or import its data again");
  switch (form) {
    case FileForm::hdf5: return open_hdf5_file(std::move(source), std::move(path));
    case FileForm::csv: return open_csv_file(std::move(source), std::move(path));
    case FileForm::parquet: break;
  }
  return ColumnFileReader::open(std::move(source), std::move(path));
}

ColumnSpec spec_of_form(FileForm form, ColumnSpec spec, int compression) {
  if (form == FileForm::parquet) return spec;
  spec.encoding = Encoding::plain;
  spec.codec = Codec::none;
  spec.level = 1;
  if (form == FileForm::csv || compression == 0) return spec;
  if (compression < 0) {
    spec.codec = Codec::gzip;
    spec.level = kGzipLevel;
  } else if (compression == 1) {
    spec.codec = Codec::lz4;
  } else {
    spec.codec = Codec::zstd;
    spec.level = compression - 1;
  }
  return spec;
}

}  // namespace momentum::formats
