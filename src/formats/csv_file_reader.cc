#include <fmt/format.h>

#include <array>
#include <cstring>
#include <new>

#include "content_hash_internal.h"
#include "csv_cell_internal.h"
#include "csv_file_internal.h"
#include "mapped_file_internal.h"
#include "stretch_reader_internal.h"

namespace momentum::formats {
namespace {

std::unexpected<Error> damage_of(const std::string& path, std::string_view why) {
  return fail(ErrorCode::unreadable_data, fmt::format("damaged CSV data file ({})", why), path,
              "restore it from a copy, or import its data again");
}

class CsvFileReader final : public StretchReader<CsvFileReader> {
 public:
  CsvFileReader(std::string path, std::unique_ptr<ByteSource> file, CsvLayout layout)
      : path_(std::move(path)), file_(std::move(file)), layout_(std::move(layout)) {
    for (std::size_t g = 0; g < layout_.offsets.size(); ++g) {
      const CsvTrailer::Group& group = layout_.trailer.groups[g];
      groups_.push_back({group.rows, layout_.offsets[g], group.bytes});
      rows_ += group.rows;
    }
  }

  const std::vector<ColumnSpec>& specs() const override { return layout_.trailer.specs; }
  const FileMetadata& metadata() const override { return layout_.trailer.metadata; }
  std::span<const RowGroupPlace> groups() const override { return groups_; }
  std::int64_t rows() const override { return rows_; }
  std::int64_t missing(std::size_t group, std::size_t column) const override {
    MOMENTUM_CHECK(group < groups_.size() && column < specs().size());
    return layout_.trailer.groups[group].missing[column];
  }
  // An even share: columns stand between each other.
  std::int64_t bytes(std::size_t group, std::size_t column) const override {
    MOMENTUM_CHECK(group < groups_.size() && column < specs().size());
    const auto columns = static_cast<std::int64_t>(specs().size());
    return groups_[group].bytes / columns +
           (static_cast<std::int64_t>(column) < groups_[group].bytes % columns ? 1 : 0);
  }
  Result<std::uint64_t> hash() const override { return content_hash(*file_); }
  // All columns stand in the same lines.
  std::shared_ptr<const void> fetch(std::size_t group, std::span<const std::size_t>) const override {
    return file_->fetch({{groups_[group].offset, groups_[group].bytes}});
  }

  std::unexpected<Error> damage(std::string_view why) const { return damage_of(path_, why); }
  template <class T, class F>
  Result<void> decode(std::size_t group, std::size_t column, std::int64_t end, F&& on_stretch) const;

 private:
  std::string path_;
  std::unique_ptr<ByteSource> file_;
  CsvLayout layout_;
  std::vector<RowGroupPlace> groups_;
  std::int64_t rows_ = 0;
};

// The cell of one column in the line at the front of `text`, which is cut off it. False: no such line.
bool next_cell(std::string_view& text, std::size_t column, std::size_t columns, std::string_view& cell) {
  const auto* const line_end = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
  if (line_end == nullptr) return false;
  const char* at = text.data();
  for (std::size_t c = 0; c < columns; ++c) {
    const auto* end = static_cast<const char*>(std::memchr(at, ',', static_cast<std::size_t>(line_end - at)));
    if (end == nullptr) end = line_end;
    if (c == column) {
      cell = std::string_view(at, static_cast<std::size_t>(end - at));
      text.remove_prefix(static_cast<std::size_t>(line_end - text.data()) + 1);
      return (end == line_end) == (c + 1 == columns);
    }
    if (end == line_end) return false;
    at = end + 1;
  }
  return false;
}

template <class T, class F>
Result<void> CsvFileReader::decode(std::size_t group, std::size_t column, std::int64_t end, F&& on_stretch) const {
  const RowGroupPlace& place = groups_[group];
  MOMENTUM_TRY(const SourceBytes held, file_->read({place.offset, place.bytes}));
  const std::span<const std::byte> lines = held.bytes;
  if (content_hash(lines) != layout_.trailer.groups[group].hash)
    return damage(fmt::format("checksum of row group {}", group));
  const ColumnSpec& spec = specs()[column];
  const bool some_missing = missing(group, column) != 0;
  std::string_view text(reinterpret_cast<const char*>(lines.data()), lines.size());
  std::array<T, kStretchRows> values;
  std::array<std::uint8_t, kStretchRows> present;
  for (std::int64_t row = 0; row < end;) {
    const auto n = static_cast<std::size_t>(std::min(kStretchRows, end - row));
    for (std::size_t k = 0; k < n; ++k) {
      std::string_view cell;
      if (!next_cell(text, column, specs().size(), cell)) return damage("a line of other cells");
      const bool empty = cell.empty() || cell == "\"\"";
      if (empty && !some_missing) return damage("a cell without its value");
      present[k] = !empty;
      values[k] = T{};
      if (!empty && !cell_value(cell, spec, values[k])) return damage("a cell that is no value of its column");
    }
    on_stretch(row, std::span<const T>(values).first(n),
               std::span<const std::uint8_t>(present).first(some_missing ? n : 0));
    row += static_cast<std::int64_t>(n);
  }
  if (end == place.rows && !text.empty()) return damage("more lines than rows");
  return {};
}

}  // namespace

Result<std::unique_ptr<DataFileReader>> open_csv_file(std::unique_ptr<ByteSource> file, std::string path) {
  try {
    std::string version;
    MOMENTUM_TRY(auto layout, csv_layout(*file, version));
    if (!layout && !version.empty())
      return fail(ErrorCode::unreadable_data, fmt::format("CSV data file of an unknown version ({})", version),
                  std::move(path), "use the version of the program that wrote it, or a newer one");
    if (!layout) return damage_of(path, "the lines at its end");
    return std::make_unique<CsvFileReader>(std::move(path), std::move(file), *std::move(layout));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to read", std::move(path), "close other programs");
  }
}

Result<std::unique_ptr<DataFileReader>> open_csv_bytes(std::span<const std::byte> bytes, std::string path) {
  return open_csv_file(std::make_unique<MemorySource>(bytes), std::move(path));
}

}  // namespace momentum::formats
